"""How a model is asked for a mutant: sentence by sentence, so that code cannot be touched.

The model sees the prompt's sentences in numbered lines and answers in such lines; these go back
to where the sentences stood. What no line speaks of, code and lists, never reaches it.
"""

from __future__ import annotations

import re

from assay.models.base import Message
from assay.solve.mutations.base import Prompt, Rewritten
from assay.solve.mutations.reading import Block, read, rendered

_SYSTEM = """\
You rewrite the wording of programming tasks without changing what is asked. Keep every name, \
number, unit, formula and everything in `backticks` or quotes exactly as it is. Keep every "not", \
every condition and every bound. Add nothing and leave nothing out.
You get numbered sentences. Answer with the same numbers, one rewritten sentence per line, and \
nothing else."""
_LINE = re.compile(r"^\s*\(?(\d+)[.):]\s+(.+?)\s*$")


def asked(prompt: Prompt, instruction: str) -> tuple[Message, ...]:
    """The conversation that asks for a text; what `told` reads is its answer."""
    lines = [f"{number}. {one}" for number, one in enumerate(_sentences(prompt), 1)]
    return (
        Message("system", _SYSTEM),
        Message("user", "\n".join([instruction, "", *lines])),
    )


def told(prompt: Prompt, answer: str) -> Rewritten | None:
    """The prompt with the answer's sentences; None unless there is one for each."""
    lines = filter(None, map(_LINE.match, answer.splitlines()))
    said = {found[1]: found[2] for found in lines}
    given = _sentences(prompt)
    if not given or sorted(said) != sorted(str(n) for n in range(1, len(given) + 1)):
        return None
    left = iter([said[str(number)] for number in range(1, len(given) + 1)])
    blocks: list[Block] = []
    for block in read(prompt.text):
        if block.kind == "prose":
            block = block.saying([next(left) for _ in block.sentences])
        blocks.append(block)
    return Rewritten(rendered(blocks), prompt.target.name)


def _sentences(prompt: Prompt) -> list[str]:
    blocks = read(prompt.text)
    return [one for block in blocks if block.kind == "prose" for one in block.sentences]
