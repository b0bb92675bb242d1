"""The parts of the documentation that are taken from the code, between `<!-- name -->` and
`<!-- /name -->`: `outcomes` (the table of outcomes) and `exceptions` (the exception tree)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assay.core.errors import AssayError
from assay.core.outcomes import RULES


def outcomes() -> str:
    """The table of outcomes, in the order of the rules."""
    lines = [
        "| outcome | meaning | whose fault | counts | retried |",
        "|---|---|---|---|---|",
    ]
    for outcome, rule in RULES.items():
        counts, retried = ("yes" if answer else "no" for answer in (rule.counts, rule.retried))
        lines.append(
            f"| `{outcome.label}` | {rule.meaning} | {rule.fault} | {counts} | {retried} |"
        )
    return "\n".join(lines)


def exceptions() -> str:
    """The exception tree, each with its exit code and the first line of its docstring."""
    return "\n".join(_branch(AssayError, 0))


def _branch(kind: type[AssayError], depth: int) -> Iterator[str]:
    says = (kind.__doc__ or "").strip().splitlines()[0]
    yield f"{'  ' * depth}- `{kind.__name__}` (exit {kind.exit_code}): {says}"
    for below in kind.__subclasses__():
        if below.__module__ == AssayError.__module__:
            yield from _branch(below, depth + 1)


PARTS: dict[str, Callable[[], str]] = {"outcomes": outcomes, "exceptions": exceptions}


def refreshed(text: str) -> str:
    """A page with its generated parts as they should be."""
    for name, generate in PARTS.items():
        between = re.compile(rf"^<!-- {name} -->\n.*?^<!-- /{name} -->$", re.S | re.M)
        fresh = f"<!-- {name} -->\n{generate()}\n<!-- /{name} -->"
        text = between.sub(lambda _, fresh=fresh: fresh, text)  # type: ignore[misc]
    return text
