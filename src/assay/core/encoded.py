"""Reading an encoded value that nobody vouches for: checked data, or `MalformedError`.

`engine/inside/encode.py` writes this form, inside the jail. What arrives here may be anything that
JSON can say, so every tag is checked before it is believed, and nothing is bought on credit: the
cost of reading is linear in the length of the text that came.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from assay.core.arrays import MalformedError, read_array
from assay.core.closeness import LONGEST_BITS

# Digits. Fractions and decimals are the only ones whose arithmetic is worse than linear.
LONGEST_EXACT = 10_000
_HEXADECIMAL = re.compile(r"-?0x[0-9a-f]+")


class Value(NamedTuple):
    """An encoded value as far as its own level.

    `kind` is none, number, str, bytes, list, tuple, deque, set, dict, array, atom, record or
    opaque; `label` is its exact type, which only strict comparison asks for; `precision` is the
    dtype that a number comes from.
    """

    kind: str
    content: Any
    label: str
    precision: str = "float64"


class Record(NamedTuple):
    """A thing with a name and named parts: an object, an exception, a frame, …"""

    tag: str
    name: str
    parts: dict[str, Any]


_NONE = Value("none", None, "NoneType")


def read(encoded: object) -> Value:
    """The value at this place; what it contains stays encoded. Raises `MalformedError` only."""
    kind = type(encoded)
    if kind is float or kind is int or kind is bool:
        return Value("number", encoded, kind.__name__)
    if kind is str or kind is list:
        return Value(kind.__name__, encoded, kind.__name__)
    if encoded is None:
        return _NONE
    if type(encoded) is not dict:
        raise MalformedError(f"a {kind.__name__} in JSON")
    tag = encoded.get("t")
    reader = _READERS.get(tag) if type(tag) is str else None
    if reader is None:
        raise MalformedError("an object without a known tag")
    try:
        value = reader(encoded)
    except MalformedError:
        raise
    except Exception as fault:
        # Only the class: messages of numpy, Decimal and others repeat what was handed in.
        raise MalformedError(f"{tag} that cannot be read ({type(fault).__name__})") from None
    own = encoded.get("cls")
    return value._replace(label=f"{tag} {own[:200]}") if type(own) is str else value


def _field(encoded: dict[str, Any], name: str, *kinds: type) -> Any:
    content = encoded.get(name)
    if type(content) not in kinds:
        raise MalformedError(f"{encoded['t']} without its {name!r}")
    return content


def _exact_int(content: object) -> int:
    if type(content) is int:
        return content
    # `int` would also take blanks, underscores and other digits.
    if type(content) is str and _HEXADECIMAL.fullmatch(content):
        return int(content, 16)
    raise MalformedError("an int that is none")


def _nested_int(encoded: object) -> int:
    if type(encoded) is dict and encoded.get("t") == "int":
        encoded = encoded.get("v")
    number = _exact_int(encoded)
    if number.bit_length() > LONGEST_BITS:
        raise MalformedError("a number too long to reckon with")
    return number


def _int(encoded: dict[str, Any]) -> Value:
    return Value("number", _exact_int(encoded.get("v")), "int")


def _float(encoded: dict[str, Any]) -> Value:
    return Value("number", float(_field(encoded, "v", float, int)), "float")


def _complex(encoded: dict[str, Any]) -> Value:
    real, imaginary = _field(encoded, "v", list)
    if type(real) not in (int, float) or type(imaginary) not in (int, float):
        raise MalformedError("complex without two numbers")
    return Value("number", complex(real, imaginary), "complex")


def _decimal(encoded: dict[str, Any]) -> Value:
    text = _field(encoded, "v", str)
    if len(text) > LONGEST_EXACT:
        raise MalformedError("a number too long to reckon with")
    number = Decimal(text)
    # A signalling NaN would raise at every comparison.
    return Value("number", Decimal("NaN") if number.is_snan() else number, "Decimal")


def _fraction(encoded: dict[str, Any]) -> Value:
    over, under = map(_nested_int, _field(encoded, "v", list))
    return Value("number", Fraction(over, under), "Fraction")


def _str(encoded: dict[str, Any]) -> Value:
    content = _field(encoded, "v", str, list)
    if type(content) is list:
        if any(type(point) is not int for point in content):
            raise MalformedError("str without code points")
        content = "".join(map(chr, content))
    return Value("str", content, "str")


def _bytes(encoded: dict[str, Any]) -> Value:
    raw = base64.b64decode(_field(encoded, "v", str), validate=True)
    return Value("bytes", raw, encoded["t"])


def _sequence(encoded: dict[str, Any]) -> Value:
    tag = encoded["t"]
    return Value("set" if tag == "frozenset" else tag, _field(encoded, "v", list), tag)


def _dict(encoded: dict[str, Any]) -> Value:
    pairs = _field(encoded, "v", list)
    if any(type(pair) is not list or len(pair) != 2 for pair in pairs):
        raise MalformedError("dict without pairs")
    return Value("dict", pairs, "dict")


def _array(encoded: dict[str, Any]) -> Value:
    array = read_array(encoded)
    label = f"{array.lib} {array.dtype}"
    if encoded.get("scalar") is True and array.shape == () and array.is_numeric:
        return Value("number", array.row(0, 1)[0], label, array.dtype)
    return Value("array", array, label)


def _range(encoded: dict[str, Any]) -> Value:
    own = range(*map(_nested_int, _field(encoded, "v", list)))
    # As Python compares ranges: by the numbers in them.
    size = max(0, -((own.start - own.stop) // own.step))
    ends = (own[0], own[-1]) if size else ()
    return Value("atom", ("range", size, ends), "range")


def _nanoseconds(encoded: dict[str, Any]) -> int:
    """What pandas knows of an instant beyond its microseconds."""
    return 0 if "ns" not in encoded else int(_field(encoded, "ns", int))


def _text_atom(parse: Callable[[str], Any]) -> Callable[[dict[str, Any]], Value]:
    def atom(encoded: dict[str, Any]) -> Value:
        content = parse(_field(encoded, "v", str))
        return Value("atom", (encoded["t"], content, _nanoseconds(encoded)), encoded["t"])

    return atom


def _timedelta(encoded: dict[str, Any]) -> Value:
    days, seconds, micros = map(_exact_int, _field(encoded, "v", list))
    length = timedelta(days=days, seconds=seconds, microseconds=micros)
    return Value("atom", ("timedelta", length, _nanoseconds(encoded)), "timedelta")


def _record(name: str, parts: dict[str, Any], encoded: dict[str, Any]) -> Value:
    return Value("record", Record(encoded["t"], name, parts), encoded["t"])


def _slice(encoded: dict[str, Any]) -> Value:
    start, stop, step = _field(encoded, "v", list)
    return _record("slice", {".start": start, ".stop": stop, ".step": step}, encoded)


def _pattern(encoded: dict[str, Any]) -> Value:
    parts = {".pattern": encoded.get("v"), ".flags": encoded.get("flags")}
    return _record("re.Pattern", parts, encoded)


def _enum(encoded: dict[str, Any]) -> Value:
    name = f"{_field(encoded, 'type', str)}.{_field(encoded, 'name', str)}"
    return _record(name, {".value": encoded.get("v")}, encoded)


def _exception(encoded: dict[str, Any]) -> Value:
    arguments = _field(encoded, "v", list)
    parts = {f".args[{place}]": item for place, item in enumerate(arguments)}
    return _record(_field(encoded, "type", str), parts, encoded)


def _object(encoded: dict[str, Any]) -> Value:
    parts = {f".{name}": part for name, part in _field(encoded, "v", dict).items()}
    return _record(_field(encoded, "type", str), parts, encoded)


def _module(encoded: dict[str, Any]) -> Value:
    parts = {".state_dict()": encoded.get("v")}
    return _record(_field(encoded, "type", str), parts, encoded)


def _named_parts(*names: str) -> Callable[[dict[str, Any]], Value]:
    def record(encoded: dict[str, Any]) -> Value:
        parts = {f".{name}": encoded.get(name) for name in names}
        return _record(encoded["t"], {**parts, ".values": encoded.get("v")}, encoded)

    return record


def _frame(encoded: dict[str, Any]) -> Value:
    parts = {".columns": encoded.get("columns"), ".index": encoded.get("index")}
    columns = _field(encoded, "v", list)
    parts.update((f".iloc[:, {place}]", column) for place, column in enumerate(columns))
    return _record("frame", parts, encoded)


def _opaque(encoded: dict[str, Any]) -> Value:
    tag = encoded["t"]
    name = "a cycle" if tag == "cycle" else f"opaque {_field(encoded, 'type', str)[:100]}"
    fault = encoded.get("error")
    return Value("opaque", f"{name} ({fault[:100]})" if type(fault) is str else name, tag)


_READERS: dict[str, Callable[[dict[str, Any]], Value]] = {
    "int": _int, "float": _float, "complex": _complex, "decimal": _decimal, "fraction": _fraction,
    "str": _str, "bytes": _bytes, "bytearray": _bytes,
    "list": _sequence, "tuple": _sequence, "deque": _sequence, "set": _sequence,
    "frozenset": _sequence, "dict": _dict, "array": _array, "masked": _named_parts("mask"),
    "range": _range, "name": _text_atom(str), "uuid": _text_atom(str), "path": _text_atom(str),
    "date": _text_atom(date.fromisoformat), "time": _text_atom(time.fromisoformat),
    "datetime": _text_atom(datetime.fromisoformat), "timedelta": _timedelta,
    "slice": _slice, "pattern": _pattern, "enum": _enum, "exception": _exception,
    "object": _object, "module": _module, "frame": _frame,
    "series": _named_parts("name", "index"), "index": _named_parts("names"),
    "opaque": _opaque, "cycle": _opaque,
}  # fmt: skip
