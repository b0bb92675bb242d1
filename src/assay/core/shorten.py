"""An encoded value as one short line of Python-like text, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assay.core.arrays import read_array

MOST_ELEMENTS = 6
_BRACKETS = {
    "list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}"), "frozenset": ("frozenset({", "})"),
    "deque": ("deque([", "])"), "range": ("range(", ")"), "slice": ("slice(", ")"),
}  # fmt: skip
_CALLS = ("decimal", "uuid", "path", "date", "time", "datetime")


def shorten(encoded: object, width: int = 200) -> str:
    """At most `width` characters; what is left out is an ellipsis. Never raises: what is not the
    encoding of a value is shown as the JSON that it is."""
    text = ""
    try:
        for piece in _pieces(encoded, width):
            text += piece
            if len(text) > width:
                break
    except Exception:
        text += "…not a valid value"
    # One line, which no control character or lone surrogate can break.
    text = "".join(sign if sign.isprintable() else "�" for sign in text[: width + 1])
    return text if len(text) <= width else text[: width - 1] + "…"


def _pieces(encoded: Any, width: int) -> Iterator[str]:
    kind = type(encoded)
    if kind is str:
        yield repr(encoded[: width + 1])
    elif kind is int:
        yield _int(encoded)
    elif encoded is None or kind is bool or kind is float:
        yield repr(encoded)
    elif kind is list:
        yield from _sequence(encoded, "[", "]", width)
    elif kind is dict and type(encoded.get("t")) is str:
        yield from _tag(encoded, width)
    else:
        yield _json(encoded, width)


def _int(number: int) -> str:
    # Decimal digits take quadratic time, and Python refuses more than 4,300.
    return repr(number) if number.bit_length() < 256 else hex(number)


def _json(encoded: Any, width: int) -> str:
    pieces = ""
    for piece in json.JSONEncoder().iterencode(encoded):
        pieces += piece[: width + 1]
        if len(pieces) > width:
            break
    return pieces


def _sequence(items: Any, opening: str, closing: str, width: int) -> Iterator[str]:
    yield opening
    for place, item in enumerate(items):
        if place:
            yield ", "
        yield from _pieces(item, width)
    yield closing


def _tag(encoded: dict[str, Any], width: int) -> Iterator[str]:
    tag, content = encoded["t"], encoded.get("v")
    if tag in _BRACKETS and type(content) is list:
        opening, closing = _BRACKETS[tag]
        if tag == "tuple" and len(content) == 1:
            closing = ",)"
        if tag == "set" and not content:
            opening, closing = "set(", ")"
        yield from _sequence(content, opening, closing, width)
    elif tag == "dict" and type(content) is list:
        yield from _dict(content, width)
    elif tag == "array":
        yield _array(encoded, width)
    elif tag in ("opaque", "cycle"):
        yield f"<{str(encoded.get('type', 'cycle'))[: width + 1]}>"
    else:
        yield from _named(encoded, tag, content, width)


def _dict(pairs: list[Any], width: int) -> Iterator[str]:
    yield "{"
    for place, (key, item) in enumerate(pairs):
        if place:
            yield ", "
        yield from _pieces(key, width)
        yield ": "
        yield from _pieces(item, width)
    yield "}"


def _named(encoded: dict[str, Any], tag: str, content: Any, width: int) -> Iterator[str]:
    if tag in ("int", "float", "str") and type(content) in (int, float, str):
        is_text = tag == "str" or type(content) is not str
        yield from _pieces(content, width) if is_text else iter([content[: width + 1]])
    elif tag == "name" and type(content) is str:
        yield content[: width + 1]
    elif tag == "complex":
        yield repr(complex(*content))
    elif tag == "enum":
        yield f"{str(encoded.get('type'))[:width]}.{str(encoded.get('name'))[:width]}"
    elif tag == "exception" and type(content) is list:
        yield from _sequence(content, f"{str(encoded.get('type'))[:width]}(", ")", width)
    elif tag == "object" and type(content) is dict:
        yield from _object(encoded, content, width)
    elif tag in _CALLS and type(content) is str:
        yield f"{tag}({content[: width + 1]})"
    else:
        yield from _rest(encoded, tag, width)


def _object(encoded: dict[str, Any], content: dict[str, Any], width: int) -> Iterator[str]:
    yield f"{str(encoded.get('type'))[:width]}("
    for place, (name, item) in enumerate(content.items()):
        yield f"{', ' if place else ''}{name[:width]}="
        yield from _pieces(item, width)
    yield ")"


def _rest(encoded: dict[str, Any], tag: str, width: int) -> Iterator[str]:
    """Frames, series, masked arrays, modules, bytes, …: the tag and what is under it."""
    yield f"{str(encoded.get('type', tag))[:width]}("
    for place, name in enumerate(name for name in encoded if name not in ("t", "cls", "type")):
        yield f"{', ' if place else ''}{name[:width]}="
        yield from _pieces(encoded[name], width)
    yield ")"


def _array(encoded: dict[str, Any], width: int) -> str:
    array = read_array(encoded)
    if encoded.get("scalar") is True and array.is_numeric:
        return f"{array.lib[:width]}.{array.dtype}({array.row(0, 1)[0]!r})"
    size, shown = array.size, min(array.size, MOST_ELEMENTS)
    if array.is_listed:
        elements = [shorten(item, width) for item in array.content[:shown]]
    elif array.is_numeric:
        elements = [_element(item) for item in array.row(0, shown)]
    else:
        elements = [str(item) for item in array.block(0, shown)]
    ending = ", …" if shown < size else ""
    name = "tensor" if array.lib == "torch" else "array"
    return f"{name} {array.dtype} {array.shape} [{', '.join(elements)}{ending}]"


def _element(item: Any) -> str:
    return f"{item:.7g}" if isinstance(item, float) else str(item)
