"""Prompts in a model's words: it is shown a definition and specifies it; a review by rules sends
that back once, and where it still does not say enough, the docstring's prompt stays."""

from __future__ import annotations

import ast
import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assay.build.definitions import Definition, Node, body_of, parsed_definition
from assay.build.material import DOCSTRING, material
from assay.build.prompting import review
from assay.core.errors import AssayError
from assay.core.words import Task
from assay.models.base import Message, Model, Request, complete

MODEL = "model"
TRIES = 2
_MOST_TOKENS = 1500
# Of a review: what is named has to be named wholly, and of the words that are wanted most.
_ENOUGH = (1.0, 1.0, 0.8)
# A line of the body this short says nothing by itself; of the longer ones so many may be quoted.
_SHORT_LINE, _MOST_QUOTED = 16, 0.25

_ASK = """\
This is the {kind} `{name}` of the library {library}:

```python
{source}
```

Write the specification from which an engineer who has never seen this code can write it again, so
that both give the same results. Say in prose or lists:

- what it computes, with the formulas and the order of steps that decide a result;
- every parameter by its name: what it means, its type, shape and dtype, what its default does;
- what it returns: type, shape, dtype;
- each exception that it raises, by its class, and when; what happens at the boundaries, such as
  empty inputs, zeros, None.

The signature is shown beside your text: do not repeat it, and quote no line of the body. Answer
with the specification alone."""
_ASK_AGAIN = """\
That does not say enough yet:

{missing}

Write the whole specification again with that in it."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A task with the prompt that it ends up with: in the `style` of the model or of the docstring,
    after so many `tries`. `missing` is what the last review found, or why there was no answer."""

    task: Task
    style: str
    tries: int
    missing: tuple[str, ...] = ()


def worded(wanted: Sequence[tuple[Task, Definition]], site: Path, model: Model) -> list[Worded]:
    """The tasks with prompts in the model's words where those pass the review; `prompts` of a task
    then has both. `site` is where the library's text is.

    Raises what the first request raises: where that fails, the others would fail alike. A later
    failure leaves its task the docstring's prompt.
    """
    return asyncio.run(_all_worded(wanted, site, model))


def lines(found: Sequence[Worded]) -> Iterator[str]:
    """How many prompts are whose, and what was missing most in those that were refused."""
    counts = Counter((one.style, one.tries) for one in found)
    own = sum(n for (style, _), n in counts.items() if style == MODEL)
    yield (
        f"{own} of {len(found)} are in the model's words, {counts[MODEL, TRIES]} of them after a "
        f"second try; {len(found) - own} stay by the docstring"
    )
    for one in found:
        if one.style == DOCSTRING:
            yield f"{one.task.id}: {'; '.join(one.missing[:3])}"


async def _all_worded(
    wanted: Sequence[tuple[Task, Definition]], site: Path, model: Model
) -> list[Worded]:
    try:
        first = await _worded(*wanted[0], site, model)
        rest = await asyncio.gather(*(_or_not(*one, site, model) for one in wanted[1:]))
    finally:
        await model.close()
    return [first, *rest]


async def _or_not(task: Task, definition: Definition, site: Path, model: Model) -> Worded:
    try:
        return await _worded(task, definition, site, model)
    except AssayError as error:
        return Worded(_by_docstring(task), DOCSTRING, TRIES, (f"no answer: {error}",))


async def _worded(task: Task, definition: Definition, site: Path, model: Model) -> Worded:
    said = [Message("user", _question(definition))]
    missing: list[str] = []
    for number in range(TRIES):
        request = Request(tuple(said), max_tokens=_MOST_TOKENS, task=task.id)
        # By its number, recorded answers know a second try from the first.
        (answer,) = await complete(model, request, (number,))
        words = _unwrapped(answer.text)
        missing = faults(words, definition)
        if not missing:
            prompt = material(site, definition.name, words).prompt
            both = {DOCSTRING: task.prompt, MODEL: prompt}
            return Worded(replace(task, prompt=prompt, prompts=both), MODEL, number + 1)
        again = _ASK_AGAIN.format(missing="\n".join(f"- {one}" for one in missing))
        said += [Message("assistant", answer.text or "(nothing)"), Message("user", again)]
    return Worded(_by_docstring(task), DOCSTRING, TRIES, tuple(missing))


def _by_docstring(task: Task) -> Task:
    return replace(task, prompts={DOCSTRING: task.prompt})


def _question(definition: Definition) -> str:
    return _ASK.format(
        kind=definition.kind, name=definition.qualname, source=definition.source,
        library=definition.module.partition(".")[0],
    )  # fmt: skip


def faults(words: str, definition: Definition) -> list[str]:
    """Why words do not do for a prompt: what the three questions of the review miss, and lines of
    the body that give the answer away. Empty where they do."""
    found: list[str] = []
    for finding, enough in zip(review(words, definition).findings, _ENOUGH, strict=True):
        if finding.score < enough:
            found += finding.missing or (finding.question,)
    body = _long_lines(definition)
    plain = _plain(words)
    quoted = [line for line in body if _plain(line) in plain]
    if len(quoted) > max(1.0, _MOST_QUOTED * len(body)):
        found.append(f"it quotes the body: {len(quoted)} lines, such as `{quoted[0]}`")
    return found


def _long_lines(definition: Definition) -> list[str]:
    node = parsed_definition(definition)
    if not isinstance(node, Node):
        return []
    text = "\n".join(ast.unparse(one) for one in body_of(node))
    return [line.strip() for line in text.splitlines() if len(line.strip()) > _SHORT_LINE]


def _plain(text: str) -> str:
    return "".join(text.replace('"', "'").split())


def _unwrapped(text: str) -> str:
    """An answer without the fence that some models put around all of it."""
    inner = text.strip()
    if inner.startswith("```") and inner.endswith("```") and inner.count("```") == 2:
        inner = inner.partition("\n")[2].removesuffix("```")
    return inner.strip()
