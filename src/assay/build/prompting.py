"""Whether a prompt says enough of the function that it asks for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assay.build.definitions import Definition, parsed_definition, raised_in

_SECTIONS = re.compile(
    r"^\s*(args|arguments|parameters|params|attributes|inputs?|returns?|outputs?|yields?|raises?"
    r"|shapes?|examples?|notes?|references?)\s*:?\s*$|^\s*:(param|return|returns|raises|type|rtype)\b",
    re.I | re.M,
)  # fmt: skip
_RETURNS = re.compile(
    r"(^|\n)\s*(returns?|outputs?|yields?)\s*:?|:(return|returns|rtype)\b|\b(returns?|yields?)\b",
    re.I,
)  # fmt: skip
_ERRORS = re.compile(
    r"\braises?\b|\w+Error\b|\bexception\b|\binvalid\b|must (not )?(be|have)\b", re.I
)
_EDGES = re.compile(
    r"\bempty\b|\bzeros?\b|\bnone\b|\bnan\b|\bdefaults?\b|\bnegative\b|\botherwise\b|\bif\b"
    r"|\bunless\b|\bat least\b|\bat most\b|\bmaximum\b|\bminimum\b|\boptional\b|\bexcept\b",
    re.I,
)  # fmt: skip
_SHAPES = re.compile(
    r"\bshapes?\b|\bdtype\b|\(\s*[*\w]+\s*,\s*[*\w]+|\btensor\b|\barray\b|\bint\b|\bfloat\b", re.I
)
_EXAMPLE = re.compile(r">>>|\.\. math::|\$\$|`[^`]*=[^`]*`|\bformula\b|:math:")
_IGNORED = {"self", "cls", "args", "kwargs"}
_WORDS_ENOUGH = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer to one of the review's questions: from 0 (no) to 1 (yes), and what is missing."""

    question: str
    score: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """The three questions, answered; `score` is the least of them."""

    findings: tuple[Finding, ...]

    @property
    def score(self) -> float:
        return min(one.score for one in self.findings)

    def lines(self) -> Iterator[str]:
        """What is missing, one line a question that is not fully met."""
        for one in self.findings:
            if one.score < 1:
                told = "; ".join(one.missing) or "little is said"
                yield f"prompt: {one.question} {one.score:.0%}: {told}"


def review(text: str, definition: Definition) -> Review:
    """The paper's three review questions, put to a prompt, whoever wrote it: are inputs and
    outputs named? are errors and boundary cases named? is it enough to implement it?

    The checks are of form and compare with the definition: parameters that are never mentioned,
    exceptions that the body raises and the prompt does not know. They find what is missing, and
    cannot tell that what is there is right.
    """
    words = _without_signature(text, definition)
    node = parsed_definition(definition)
    raised = {one for one in raised_in(definition) if one[:1].isupper()} - {"NotImplementedError"}
    errors = _errors(words, sorted(raised))
    return Review((_inputs(words, definition, node), errors, _enough(words, node)))


def _inputs(words: str, definition: Definition, node: ast.AST | None) -> Finding:
    names = _parameters(node)
    missing = [f"`{name}` is not mentioned" for name in names if not _mentions(words, name)]
    returns = definition.kind == "class" or not _returns_value(node) or bool(_RETURNS.search(words))
    if not returns:
        missing.append("what it returns is not said")
    total = len(names) + 1
    return Finding("inputs and outputs named?", round(1 - len(missing) / total, 2), tuple(missing))


def _errors(words: str, raised: list[str]) -> Finding:
    missing = [f"{name} is raised and not mentioned" for name in raised if name not in words]
    if raised and _ERRORS.search(words):
        # It says that something is wrong with some input, if not by which exception.
        share = 1 - 0.5 * len(missing) / len(raised)
    else:
        share = 1 - len(missing) / len(raised) if raised else 1.0
    if not _EDGES.search(words):
        share -= 0.25
        missing.append("no boundary case, default or condition is mentioned")
    return Finding("errors and boundary cases named?", max(0.0, round(share, 2)), tuple(missing))


def _enough(words: str, node: ast.AST | None) -> Finding:
    statements = sum(isinstance(one, ast.stmt) for one in ast.walk(node)) if node else 0
    count = len(re.findall(r"\w+", _SECTIONS.sub(" ", words)))
    wanted = _WORDS_ENOUGH + 2 * statements
    missing = []
    score = min(1.0, count / wanted)
    if score < 1:
        missing.append(f"{count} words for {statements} statements; about {wanted} are wanted")
    if not _SHAPES.search(words):
        score -= 0.2
        missing.append("neither types nor shapes are said")
    if not _EXAMPLE.search(words) and score < 0.7:
        missing.append("neither formula nor example")
    return Finding("enough to implement?", max(0.0, round(score, 2)), tuple(missing))


def _without_signature(text: str, definition: Definition) -> str:
    """The prose alone: every parameter stands in the signature anyway."""
    return text.replace(definition.signature, " ")


def _parameters(node: ast.AST | None) -> list[str]:
    if isinstance(node, ast.ClassDef):
        inner = [one for one in node.body if isinstance(one, ast.FunctionDef)]
        return _parameters(next((one for one in inner if one.name == "__init__"), None))
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [one.arg for one in arguments if one.arg not in _IGNORED and one.arg[0] != "_"]


def _mentions(words: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", words) is not None


def _returns_value(node: ast.AST | None) -> bool:
    return node is not None and any(
        (isinstance(one, ast.Return) and one.value is not None) or isinstance(one, ast.Yield)
        for one in ast.walk(node)
    )
