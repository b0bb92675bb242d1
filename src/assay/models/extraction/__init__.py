"""Completion → program: what a model wrote, as a module that is ready to run.

A completion has many readings: each fenced block, the blocks together, the text around them, a
diff, a transcript, a body that continues the prompt. Every reading is placed where the target
wants it, and the one that makes the best program wins; `ranking.Rank` says what "best" is.
Nothing here runs any of it, and no text makes it raise.

What we hold to:

- HumanEval's own way (prompt + completion) is one of the readings. Where it makes a module, that
  module's target is the extracted one's, less the calls, prints and tests after the function.
- Where the target `continues`, a bare continuation is taken to the letter, as HumanEval's own
  harness takes it, so that published figures come out again: what follows the function stays,
  and what is cut off is no program.
- A function under another name is `wrong_target`. Another spelling of the name that was asked
  for (`isPrime` for `is_prime`) is accepted, and bound to it.
- A target whose own text was cut off is kept only if no path falls off its end.
- Code in the reasoning never wins over the answer's; it is read only when the answer is empty
  or the reasoning never ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from assay.core.outcomes import Outcome
from assay.core.words import Target
from assay.models.extraction.continuing import goes_on, to_the_letter
from assay.models.extraction.frames import frame_of
from assay.models.extraction.layout import plain
from assay.models.extraction.ranking import readings
from assay.models.extraction.thinking import split_thinking

__all__ = ["Extraction", "extract"]

_LONGEST, _ALTERNATIVES = 1 << 18, 3


@dataclass(frozen=True, slots=True)
class Extraction:
    """A program, or the outcome that says why there is none.

    `shape` names how it was found, `thinking` is the reasoning that stood before the answer, and
    `alternatives` are the next best readings.
    """

    program: str | None
    outcome: Literal[Outcome.NO_CODE, Outcome.WRONG_TARGET] | None
    shape: str
    thinking: str = ""
    alternatives: tuple[str, ...] = ()


def extract(completion: str, target: Target, *, prompt: str = "") -> Extraction:
    """The program in a completion. Never raises, whatever the completion holds.

    The program is whole: the target's context stands around it, a method is in its class, and a
    script with a name is handed over in a global of that name. Where the context does not begin
    the target, a `prompt` that is a program and breaks off there says what the answer goes on
    from; any other prompt changes nothing.
    """
    answer, thinking, finished = split_thinking(plain(completion))
    found = _extracted(answer, target, prompt)
    if found.program is None and thinking and (not finished or not answer.strip()):
        drafted = _extracted(thinking, target, prompt)
        if drafted.program is not None:
            found = replace(drafted, shape=f"reasoning: {drafted.shape}")
    return replace(found, thinking=thinking)


def _extracted(answer: str, target: Target, prompt: str) -> Extraction:
    if len(answer) > _LONGEST:
        # An honest answer this long has its program at one of its ends.
        answer = f"{answer[: _LONGEST // 2]}\n{answer[-_LONGEST // 2 :]}"
    frame = frame_of(target, prompt)
    if target.continues and goes_on(answer, frame):
        program = to_the_letter(answer, frame)
        return Extraction(program, None if program else Outcome.NO_CODE, "continuation")
    try:
        found, code_seen = readings(answer, frame)
    except (RecursionError, MemoryError):
        found, code_seen = [], True
    if not found:
        if code_seen:
            return Extraction(None, Outcome.WRONG_TARGET, "other code")
        return Extraction(None, Outcome.NO_CODE, "no code")
    best = found[0]
    programs = dict.fromkeys(reading.program for reading in found)
    others = tuple(program for program in programs if program != best.program)
    return Extraction(best.program, None, best.shape, "", others[:_ALTERNATIVES])
