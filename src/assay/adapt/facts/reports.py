"""What a script tells of itself: the values in its prints, log lines and progress bars."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import libcst as cst

from assay.adapt.facts import naming
from assay.adapt.facts.flow import Flow
from assay.adapt.facts.source import Source

_PRINTS = re.compile(
    r"^(print|(click|typer)\.s?echo|tqdm\.write|tqdm\.tqdm\.write|\w*\.?(set_description|set_postfix|set_postfix_str)|"
    r".*\b(log|logger|logging|console|LOG|LOGGER|sys\.stdout|pbar|bar|file|f)\."
    r"(info|debug|write|print|log|warning|desc)|.*\.set_(description|postfix)(_str)?|"
    r"(self\.)?(print_?log|log_?print|pprint|write_log|log))$"
)
_BARS = ("set_description", "set_postfix", "set_postfix_str")
_PERCENTS = re.compile(r"%(?:\((\w+)\))?[-+ 0#]*[\d*]*(?:\.\d+)?([a-zA-Z%])")
# What is added to a label in brackets: "Test Accuracy (Overall): 0.91".
_ADDED = re.compile(r"\(([A-Za-z]{3,})\)(?=\s*[:=]?\s*$)")
_BEHIND = re.compile(r"\s*\(([A-Za-z]{3,})\)")


@dataclass(frozen=True, slots=True)
class Told:
    """A value that is reported. `text` is its expression where it is not just `node` (`losses.avg`
    of a field `{loss.avg}`); `numeric` says that it is formatted as a number; `bar` that it stands
    in a progress bar; `key` that the label is a key or keyword, hence a name the script chose;
    `kept` that `text` reads the value from where the script put it; `listed` that it is one of a
    list or array, for the script to look at later."""

    node: cst.BaseExpression
    text: str
    label: str
    numeric: bool
    call: cst.CSTNode
    bar: bool = False
    key: bool = False
    kept: bool = False
    listed: bool = False


def find(source: Source, flow: Flow) -> list[Told]:
    """All values that are reported, in the order of the text."""
    found: list[Told] = []
    for call in source.all(cst.Call):
        name = source.code(call.func)
        if _PRINTS.match(name):
            bar = name.rsplit(".", 1)[-1] in _BARS
            for told in _of_arguments(source, flow, call):
                found.append(Told(told.node, told.text, told.label, told.numeric, told.call, bar,
                                  told.key))  # fmt: skip
        elif name.endswith(".append") and call.args and isinstance(call.args[0].value, cst.Dict):
            kept = name.removesuffix(".append")
            for told in _of_dict(source, call.args[0].value, call):
                if isinstance(told.node, cst.Name):
                    found.append(told)
                else:
                    # What has been computed for the list is read from it.
                    text = f'{kept}[-1]["{told.label}"]'
                    found.append(Told(told.node, text, told.label, told.numeric, call, key=True,
                                      kept=True))  # fmt: skip
    return [*found, *_listed(source, flow)]


def _listed(source: Source, flow: Flow) -> Iterator[Told]:
    """What loops put into lists and arrays: `scores.append(…)`, `scores[i] = …`."""
    for call in source.all(cst.Call):
        name = source.code(call.func)
        if re.fullmatch(r"\w+\.append", name) and len(call.args) == 1:
            held = name.removesuffix(".append")
            yield _item(source, held, f"{held}[-1]", call.args[0].value, call)
    for name, definitions in flow.named().items():
        if (match := re.fullmatch(r"(\w+)\[\w+\]", name)) is None:
            continue
        for one in definitions:
            if one.how == "assign" and one.index is None and source.loops_of(one.statement):
                yield _item(source, match[1], name, one.value, one.statement)


def _item(source: Source, held: str, text: str, value: cst.BaseExpression, at: cst.CSTNode) -> Told:
    is_plain = isinstance(value, (cst.Name, cst.Attribute))
    text = source.code(value) if is_plain else text
    return Told(value, text, naming.singular(held), False, at, key=True, kept=True, listed=True)


def _of_arguments(source: Source, flow: Flow, call: cst.Call) -> Iterator[Told]:
    label = ""
    plain = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
    shown = _literal(plain[0]) if len(plain) > 1 else None
    if shown is not None and _fields(shown) == len(plain) - 1:
        # Loggers fill in what they are given after the text.
        yield from _of_percent(source, shown, plain[1:], call)
        return
    for arg in call.args:
        if arg.keyword is not None:
            if arg.keyword.value in ("sep", "end", "file", "flush", "ordered_dict", "refresh"):
                continue
            for told in _of(source, flow, arg.value, arg.keyword.value, call):
                yield Told(told.node, told.text, told.label or arg.keyword.value, told.numeric,
                           call, key=True)  # fmt: skip
            continue
        value = arg.value
        if isinstance(value, cst.SimpleString):
            label = str(value.evaluated_value)
            continue
        if isinstance(value, cst.Dict):
            yield from _of_dict(source, value, call)
            continue
        yield from _of(source, flow, value, label, call)
        label = ""


def _of_dict(source: Source, value: cst.Dict, call: cst.CSTNode) -> Iterator[Told]:
    for element in value.elements:
        if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
            key = str(element.key.evaluated_value)
            yield Told(element.value, source.code(element.value), key, False, call, key=True)


def _of(
    source: Source, flow: Flow, value: cst.BaseExpression, label: str, call: cst.CSTNode
) -> Iterator[Told]:
    """The values within an argument, with the labels that stand before them."""
    if isinstance(value, (cst.FormattedString, cst.ConcatenatedString)):
        yield from _of_formatted(source, value, label, call)
    elif isinstance(value, cst.Name):
        yield from _of_name(source, flow, value, label, call)
    elif isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Modulo):
        if isinstance(value.left, (cst.SimpleString, cst.ConcatenatedString)):
            right = value.right
            given = [e.value for e in right.elements] if isinstance(right, cst.Tuple) else [right]
            yield from _of_percent(source, _literal(value.left) or "", given, call)
    elif isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Add):
        text = _literal(value.left)
        if text is not None or not isinstance(value.left, cst.BaseNumber):
            yield from _of(source, flow, value.left, label, call)
            before = text if text is not None else _last_text(value.left)
            yield from _of(source, flow, value.right, before or "", call)
    elif isinstance(value, cst.Call):
        func = value.func
        if isinstance(func, cst.Attribute) and func.attr.value == "format":
            template = _literal(func.value)
            if template is not None:
                yield from _of_template(source, template, value, call)
        elif isinstance(func, cst.Name) and func.value in ("str", "format", "repr") and value.args:
            yield from _of(source, flow, value.args[0].value, label, call)
        else:
            yield Told(value, source.code(value), label, False, call)
    elif not isinstance(value, cst.BaseString):
        yield Told(value, source.code(value), label, False, call)


def _of_name(
    source: Source, flow: Flow, value: cst.Name, label: str, call: cst.CSTNode
) -> Iterator[Told]:
    """A variable; where it holds a text, the values in that text."""
    texts = [d.value for d in flow.definitions(value.value, source.function_of(value))
             if d.how in ("assign", "add") and _is_text(d.value)]  # fmt: skip
    for text in texts:
        yield from _of(source, flow, text, "", text)
    if not texts:
        yield Told(value, source.code(value), label, False, call)


def _is_text(value: cst.BaseExpression) -> bool:
    if isinstance(value, (cst.FormattedString, cst.ConcatenatedString)):
        return True
    if isinstance(value, cst.BinaryOperation):
        return _is_text(value.left) or isinstance(value.left, cst.SimpleString)
    is_format = isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute)
    return is_format and value.func.attr.value == "format"  # type: ignore[attr-defined]


def _literal(value: cst.CSTNode) -> str | None:
    if isinstance(value, cst.SimpleString):
        text = value.evaluated_value
        return text if isinstance(text, str) else None
    if isinstance(value, cst.ConcatenatedString):
        left, right = _literal(value.left), _literal(value.right)
        return left + right if left is not None and right is not None else None
    return None


def _last_text(value: cst.BaseExpression) -> str | None:
    if isinstance(value, cst.BinaryOperation):
        return _literal(value.right)
    return _literal(value)


def _of_formatted(
    source: Source, value: cst.BaseExpression, label: str, call: cst.CSTNode
) -> Iterator[Told]:
    texts, values = [label], []
    for part in _parts(value):
        if isinstance(part, cst.FormattedStringExpression):
            spec = "".join(
                p.value for p in part.format_spec or () if isinstance(p, cst.FormattedStringText)
            )
            values.append((part.expression, bool(re.search(r"[efg%]$", spec, re.I))))
            texts.append("")
        else:
            texts[-1] += part
    for (inner, numeric), told in zip(values, _labels(texts), strict=True):
        yield Told(inner, source.code(inner), told, numeric, call)


def _parts(value: cst.BaseExpression) -> Iterator[cst.FormattedStringExpression | str]:
    if isinstance(value, cst.ConcatenatedString):
        yield from _parts(value.left)
        yield from _parts(value.right)
    elif isinstance(value, cst.FormattedString):
        for part in value.parts:
            if isinstance(part, cst.FormattedStringExpression):
                yield part
            elif isinstance(part, cst.FormattedStringText):
                yield part.value
    elif isinstance(value, cst.SimpleString):
        yield str(value.evaluated_value)


def _fields(template: str) -> int:
    return sum(match.group(2) != "%" for match in _PERCENTS.finditer(template))


def _of_percent(
    source: Source, template: str, given: Sequence[cst.BaseExpression], call: cst.CSTNode
) -> Iterator[Told]:
    end, texts, numeric = 0, [""], []
    for match in _PERCENTS.finditer(template):
        texts[-1], end = template[end : match.start()], match.end()
        if match.group(2) != "%":
            numeric.append(match.group(2) in "efgEFG")
            texts.append("")
    texts[-1] = template[end:]
    for node, told, number in zip(given, _labels(texts), numeric, strict=False):
        yield Told(node, source.code(node), told, number, call)


def _of_template(
    source: Source, template: str, value: cst.Call, call: cst.CSTNode
) -> Iterator[Told]:
    given = [arg.value for arg in value.args if arg.keyword is None and not arg.star]
    keywords = {arg.keyword.value: arg.value for arg in value.args if arg.keyword}
    at = 0
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError:
        return
    labels = _labels([*(text for text, *_ in pieces), ""])
    for (_, field, spec, _), told in zip(pieces, labels, strict=True):
        if field is None:
            continue
        match = re.match(r"(\w*)(.*)", field)
        head, rest = match.groups() if match else ("", "")
        if head == "":
            head, at = str(at), at + 1
        node = keywords.get(head)
        if head.isdigit() and int(head) < len(given):
            node = given[int(head)]
        if node is not None:
            numeric = bool(re.search(r"[efg%]$", spec or "", re.I))
            yield Told(node, source.code(node) + rest, told, numeric, call)


def _labels(texts: Sequence[str]) -> Iterator[str]:
    """The label of each value from the texts around them, one more than there are values. A word
    in brackets right behind a value is said of that one: "0.91 (initial) 0.94 (optimized)"."""
    for place, (before, after) in enumerate(pairwise(texts)):
        said = _BEHIND.match(after)
        label = _label(_BEHIND.sub("", before, count=1) if place else before)
        yield f"{said[1]} {label}".strip() if said else label


def _label(text: str) -> str:
    """The words right before a value; "" where none stand there, and where they name several parts
    of the data, as in "train/val", which says nothing of one value."""
    if re.search(r"[a-z]{2}\s*/\s*[a-z]{2}", text, re.I) and len(naming.phases(text)) > 1:
        return ""
    text = _ADDED.sub(r"\1", text)
    pieces = [
        piece for piece in re.split(r"[|,;()\[\]\t\n/]|\s-+\s|-+>|  +", text) if piece.strip()
    ]
    last = pieces[-1].strip(" :=-~<>#*.@$'\"") if pieces else ""
    return last if re.search(r"[A-Za-z]{2}|[A-Z]", last) else ""
