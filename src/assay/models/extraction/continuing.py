"""Bodies without their signature: the lines that continue a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assay.models.extraction import layout
from assay.models.extraction.frames import Frame
from assay.models.extraction.placing import Placed, argument_names, place
from assay.models.extraction.statements import (
    Definition,
    Unit,
    acts,
    first_line_of,
    parse,
    strays,
    units,
)  # fmt: skip

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_CODE = re.compile(r"[(\[{=]|->")


def goes_on(answer: str, frame: Frame) -> bool:
    """Whether an answer is a bare continuation of a prompt that breaks off: no block, no definition
    of its own, and a first line that is indented, or that is code and no sentence."""
    first = layout.first_line(answer)
    if not frame.goes_on or not first or _FENCE.search(answer):
        return False
    if re.search(rf"^(?:async\s+def|def|class)\s+{re.escape(frame.name)}\b", answer, re.MULTILINE):
        return False
    return first[0] in " \t" or _CODE.search(first) is not None


def to_the_letter(answer: str, frame: Frame) -> str | None:
    """Prompt + completion, if that is a program in which the target does something."""
    program = f"{frame.context}{answer}\n"
    tree = parse(program)
    if tree is None:
        return None
    begun = [one for one in tree.body if isinstance(one, Definition) and one.name == frame.name]
    does = any(acts(inner) for node in begun for inner in node.body[frame.filled :])
    return program if does else None


def continued(code: str, frame: Frame) -> Iterator[Placed]:
    """The programs that a text makes as what follows the head, when it gives it a body."""
    for text in _continuations(code, frame):
        begun = [
            unit.node for unit in units(text)
            if isinstance(unit.node, Definition) and unit.node.name == frame.name
        ]  # fmt: skip
        if any(acts(inner) for node in begun for inner in node.body[frame.filled :]):
            yield from place(text, frame)


def _continuations(code: str, frame: Frame) -> Iterator[str]:
    """The beginning of the answer, which the prompt gave, with this text as what follows it.

    The first is what HumanEval's own harness does, prompt + completion. The others mend its
    margin.
    """
    head, first = frame.head, layout.first_line(code)
    if not head or not first:
        return
    inner = _inner_margin(head)
    if first[0] in " \t":
        margin = frame.indent if first.startswith(frame.indent + first[0]) else ""
        yield head + layout.moved(code, margin, "")
        lines = code.lstrip("\n").split("\n")
        ended = (number for number, line in enumerate(lines) if line[:1].strip())
        run = "\n".join(lines[: next(ended, None)])
        yield head + layout.moved(run, layout.margin_of(first), inner)
        return
    if frame.goes_on and parse(head + code):
        yield head + code
    if body := _body(units(code), frame):
        text = "\n".join(unit.text for unit in body)
        yield head + layout.moved(text, "", inner, layout.strings(parse(text)))
    second = layout.first_line(code.partition(first)[2])
    if second[:1] in (" ", "\t"):
        # Only the first line stands at the margin, as after a `strip()`.
        yield head + inner + code.lstrip("\n")


def _body(said: list[Unit], frame: Frame) -> list[Unit]:
    """The statements at the margin that were meant as a body: up to the last that returns.

    Without any that returns, all of them, if they use an argument and never the target itself.
    """
    returning = [number for number, unit in enumerate(said) if strays(unit)]
    if returning:
        return said[: returning[-1] + 1]
    reads = frozenset[str]().union(*(unit.names.reads for unit in said))
    given = argument_names(frame.arguments) if frame.arguments else []
    return said if reads.intersection(given) and frame.name not in reads else []


def _inner_margin(head: str) -> str:
    """The margin of the body that a head begins."""
    tree = parse(head) or parse(head.rstrip("\n") + "\n    pass")
    node = tree.body[-1] if tree and tree.body else None
    if not isinstance(node, Definition):
        return "    "
    at = first_line_of(node.body[0]) - 1
    return layout.margin_of([*head.split("\n"), ""][at]) or "    "
