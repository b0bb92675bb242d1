"""A value as plain JSON data: what a check's call returned, ready to leave the jail.

Runs inside the jail as the top-level module `encode` on whatever Python (3.9 and later) the
environment has, and in the controller for the expected value. It imports the standard library
only; numpy, torch, pandas and the rest are recognised when the program has imported them.

`None`, bool, str, float and small int stand for themselves and a list for a list; everything else
is an object with a tag "t". Subclasses of builtins are read through the base class and keep their
name in "cls". What cannot be read faithfully is {"t": "opaque", "type": …}, which equals nothing.

What is read is the object's own state, by its real type: `__class__`, `__eq__`, `__iter__`,
`__len__`, `__reduce__` and metaclass tricks are never asked. This makes encoding honest, not
safe: the program shares the process and can send any JSON, so the controller trusts none of it.
"""

from __future__ import annotations

import base64
import json
import sys
import types
from collections.abc import Callable, Iterable
from json.encoder import encode_basestring_ascii
from typing import Any

from .encode_arrays import ARRAY_READERS

MAX_DEPTH = 60
MAX_NODES = 200_000
MAX_BYTES = 16 << 20
SMALLEST, LARGEST = -(2**63), 2**63 - 1

_AS_IS = frozenset(map(id, (float, bool, type(None))))
_ONLY_INT, _ONLY_STR = {id(int)}, {id(str)}
_dumps = json.JSONEncoder(separators=(",", ":"), sort_keys=True, check_circular=False).encode


class _TooLargeError(Exception):
    """The value is over the node or byte budget."""


def encode(value: Any, *, max_nodes: int = MAX_NODES, max_bytes: int = MAX_BYTES) -> Any:
    """The value as JSON-able data. Raises nothing but MemoryError and KeyboardInterrupt."""
    kind = type(value)
    if value is None or kind is float or kind is bool:
        return value
    if kind is int and SMALLEST <= value <= LARGEST:
        return value
    try:
        return _Encoder(max_nodes, max_bytes).value(value)
    except (MemoryError, KeyboardInterrupt):
        raise
    except _TooLargeError:
        return _opaque("too large")
    except BaseException as fault:
        return _opaque(_name(kind), fault)


def to_text(encoded: Any) -> str:
    """Compact ASCII JSON, with keys and the items of dicts in sorted order: values that were
    built in another order have the same text. (1, 1.0 and True stay three texts.)"""
    text = _dumps(encoded)
    return _dumps(_ordered(encoded)) if '"t":"dict"' in text else text


def _ordered(encoded: Any) -> Any:
    if type(encoded) is list:
        return [_ordered(item) for item in encoded]
    if type(encoded) is not dict:
        return encoded
    result = {key: _ordered(item) for key, item in encoded.items()}
    if result.get("t") == "dict" and type(result.get("v")) is list:
        result["v"].sort(key=_dumps)
    return result


def _of(attribute: str, kind: type) -> Any:
    """An attribute that `type` itself keeps, past whatever the metaclass says."""
    return type.__dict__[attribute].__get__(kind)


def _name(kind: type) -> str:
    return str(_of("__name__", kind))[:200]


def _opaque(kind: str, fault: BaseException | None = None) -> dict[str, Any]:
    known = {"t": "opaque", "type": kind}
    return known if fault is None else {**known, "error": _name(type(fault))}


def _tagged(tag: str, payload: Any, value: Any = None, base: type | None = None) -> dict[str, Any]:
    result = {"t": tag, "v": payload}
    if base is not None and type(value) is not base:
        result["cls"] = _name(type(value))
    return result


class _Encoder:
    """One walk over one value, with what is left of its budget."""

    __slots__ = ("active", "bytes", "nodes")

    def __init__(self, nodes: int, size: int) -> None:
        self.nodes = nodes
        self.bytes = size
        self.active: set[int] = set()

    def value(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            return self.text(value)
        if kind is int:
            return _int(self, value)
        if value is None or kind is float or kind is bool:
            return value
        if len(self.active) >= MAX_DEPTH:
            return _opaque("too deep")
        if id(value) in self.active:
            return {"t": "cycle"}
        self.active.add(id(value))
        try:
            return _reader(kind)(self, value)
        except (_TooLargeError, MemoryError, KeyboardInterrupt):
            raise
        except BaseException as fault:
            return _opaque(_name(kind), fault)
        finally:
            self.active.discard(id(value))

    def spend(self, nodes: int, size: int = 0) -> None:
        self.nodes -= nodes
        self.bytes -= size
        if self.nodes < 0 or self.bytes < 0:
            raise _TooLargeError

    def text(self, value: str) -> Any:
        self.spend(0, len(encode_basestring_ascii(value)))
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                # JSON would join two lone surrogates into one character.
                self.spend(len(value), 4 * len(value))
                return {"t": "str", "v": list(map(ord, value))}
        return value

    def items(self, values: Iterable[Any]) -> list[Any]:
        values = list(values)
        self.spend(len(values))
        # Identities of types, in C: a metaclass can lie about equality, not about `id`.
        kinds = set(map(id, map(type, values)))
        if kinds <= _AS_IS:
            return values
        if kinds == _ONLY_INT and min(values) >= SMALLEST and max(values) <= LARGEST:
            return values
        if kinds == _ONLY_STR and all(map(str.isascii, values)):
            self.spend(0, len(encode_basestring_ascii("".join(values))) + 2 * len(values))
            return values
        return [self.value(item) for item in values]

    def raw(self, size: int, read: Callable[[], bytes]) -> str:
        # Paid before it is read: numpy.broadcast_to and torch's expand claim terabytes for nothing.
        self.spend(1, size)
        return base64.b64encode(read()).decode("ascii")


def _int(walk: _Encoder, value: int) -> Any:
    number = int.__int__(value)
    payload: Any = number
    if not SMALLEST <= number <= LARGEST:
        # Hexadecimal has no limit on digits and takes linear time.
        walk.spend(0, number.bit_length() // 4)
        payload = hex(number)
    elif type(value) is int:
        return number
    return _tagged("int", payload, value, int)


def _float(_: _Encoder, value: float) -> Any:
    return _tagged("float", float.__float__(value), value, float)


def _str(walk: _Encoder, value: str) -> Any:
    own = walk.text(str.__str__(value))
    return _tagged("str", own["v"] if type(own) is dict else own, value, str)


def _complex(_: _Encoder, value: complex) -> Any:
    parts = [vars(complex)[part].__get__(value) for part in ("real", "imag")]
    return _tagged("complex", parts, value, complex)


def _bytes(walk: _Encoder, value: Any) -> Any:
    base = bytearray if bytearray in _of("__mro__", type(value)) else bytes
    # Not through the buffer protocol, which a subclass can override since Python 3.12.
    text = walk.raw(base.__len__(value), lambda: bytes(base.__getitem__(value, slice(None))))
    return _tagged(base.__name__, text, value, base)


def _memoryview(walk: _Encoder, value: memoryview) -> Any:
    return _tagged("bytes", walk.raw(value.nbytes, value.tobytes), value, bytes)


def _list(walk: _Encoder, value: Any) -> Any:
    items = walk.items(list.__iter__(value))
    return items if type(value) is list else _tagged("list", items, value, list)


def _tuple(walk: _Encoder, value: Any) -> Any:
    return _tagged("tuple", walk.items(tuple.__iter__(value)), value, tuple)


def _deque(walk: _Encoder, value: Any) -> Any:
    base = _resolve("collections.deque")
    return _tagged("deque", walk.items(base.__iter__(value)), value, base)


def _set(walk: _Encoder, value: Any) -> Any:
    base = set if set in _of("__mro__", type(value)) else frozenset
    items = sorted(walk.items(base.__iter__(value)), key=to_text)
    return _tagged(base.__name__, items, value, base)


def _set_view(walk: _Encoder, value: Any) -> Any:
    return _tagged("set", sorted(walk.items(value), key=to_text), value, set)


def _dict(walk: _Encoder, value: Any) -> Any:
    pairs = list(dict.items(value))
    walk.spend(2 * len(pairs))
    items = [[walk.value(key), walk.value(item)] for key, item in pairs]
    return _tagged("dict", items, value, dict)


def _mapping_proxy(walk: _Encoder, value: Any) -> Any:
    return {**_dict(walk, dict(value)), "cls": "mappingproxy"}


def _bounds(walk: _Encoder, value: Any) -> Any:
    tag = "range" if type(value) is range else "slice"
    return _tagged(tag, walk.items((value.start, value.stop, value.step)))


def _exception(walk: _Encoder, value: BaseException) -> Any:
    arguments = vars(BaseException)["args"].__get__(value)
    return {"t": "exception", "type": _name(type(value)), "v": walk.items(arguments)}


def _enum(walk: _Encoder, value: Any) -> Any:
    own = vars(value)
    result = {"t": "enum", "type": _name(type(value)), "v": walk.value(own["_value_"])}
    return {**result, "name": str(own["_name_"])[:1000]}


def _class(_: _Encoder, value: type) -> Any:
    return _tagged("name", f"{_of('__module__', value)}.{_of('__qualname__', value)}"[:1000])


def _function(_: _Encoder, value: Any) -> Any:
    # Two closures or lambdas share a name and little else; so do methods of two objects.
    owner = getattr(value, "__self__", None)
    if "<" in value.__qualname__ or not (owner is None or type(owner) is types.ModuleType):
        return _opaque("function")
    return _tagged("name", f"{value.__module__}.{value.__qualname__}"[:1000])


def _constant(_: _Encoder, value: Any) -> Any:
    return _tagged("name", repr(value))


def _described(tag: str, base_name: str, method: str = "__str__") -> Callable[[_Encoder, Any], Any]:
    """Reads what a text says completely, by the method of the standard library's own class."""

    def read(walk: _Encoder, value: Any) -> Any:
        base = _resolve(base_name)
        return _tagged(tag, walk.value(getattr(base, method)(value)), value, base)

    return read


def _timedelta(walk: _Encoder, value: Any) -> Any:
    base = _resolve("datetime.timedelta")
    parts = [vars(base)[part].__get__(value) for part in ("days", "seconds", "microseconds")]
    return _tagged("timedelta", walk.items(parts), value, base)


def _fraction(walk: _Encoder, value: Any) -> Any:
    base = _resolve("fractions.Fraction")
    return _tagged("fraction", walk.items([value._numerator, value._denominator]), value, base)


def _pattern(walk: _Encoder, value: Any) -> Any:
    return {"t": "pattern", "v": walk.value(value.pattern), "flags": int(value.flags)}


def _object(walk: _Encoder, value: Any) -> Any:
    """The attributes of an instance of a class that is written in Python."""
    kind = type(value)
    if kind is object or _hides_state(kind):
        return _opaque(_name(kind))
    state: dict[str, Any] = {}
    for owner in reversed(_of("__mro__", kind)):
        members = _of("__dict__", owner)
        own = members.get("__dict__")
        if type(own) is types.GetSetDescriptorType:
            state.update(own.__get__(value))
        for name in _slots(members):
            try:
                state[name] = members[name].__get__(value)
            except AttributeError:
                continue  # a slot that was never set
    if any(type(name) is not str for name in state):
        return _opaque(_name(kind))
    walk.spend(len(state), sum(map(len, map(encode_basestring_ascii, state))))
    content = {name: walk.value(item) for name, item in state.items()}
    return {"t": "object", "type": _name(kind), "v": content}


def _slots(members: Any) -> list[str]:
    if "__slots__" not in members:
        return []
    return [name for name in members if type(members[name]) is types.MemberDescriptorType]


def _hides_state(kind: type) -> bool:
    """Whether instances are larger than their `__dict__` and slots explain. Such a class keeps
    state in C (functools.partial has a `__dict__` too, an empty one): its attributes are not it."""
    while kind is not object:
        base: type = _of("__base__", kind)
        grown: int = _of("__basicsize__", kind) - _of("__basicsize__", base)
        explained = len(_slots(_of("__dict__", kind)))
        for offset in ("__dictoffset__", "__weakrefoffset__"):
            explained += _of(offset, kind) > 0 and _of(offset, base) <= 0
        if grown > 8 * explained or _of("__itemsize__", kind):
            return True
        kind = base
    return False


def _printed(walk: _Encoder, value: Any) -> Any:
    return {"t": "name", "v": walk.value(f"{_name(type(value))} {value}")}


_Reader = Callable[[_Encoder, Any], Any]
_BUILTIN: list[tuple[type, _Reader]] = [
    (int, _int), (float, _float), (complex, _complex), (str, _str), (bytes, _bytes),
    (bytearray, _bytes), (memoryview, _memoryview), (list, _list), (tuple, _tuple), (set, _set),
    (frozenset, _set), (dict, _dict), (range, _bounds), (slice, _bounds),
    (BaseException, _exception), (type, _class), (types.FunctionType, _function),
    (types.BuiltinFunctionType, _function), (types.MappingProxyType, _mapping_proxy),
    (type({}.keys()), _set_view), (type({}.items()), _set_view),
    (type(Ellipsis), _constant), (type(NotImplemented), _constant),
]  # fmt: skip
_NAMED: dict[str, _Reader] = {
    "collections.deque": _deque,
    "datetime.date": _described("date", "datetime.date", "isoformat"),
    "datetime.datetime": _described("datetime", "datetime.datetime", "isoformat"),
    "datetime.time": _described("time", "datetime.time", "isoformat"),
    "datetime.timedelta": _timedelta,
    "decimal.Decimal": _described("decimal", "decimal.Decimal"),
    "enum.Enum": _enum,
    "fractions.Fraction": _fraction,
    "pandas.Interval": _printed,
    "pandas.Period": _printed,
    "pandas._libs.missing.NAType": _constant,
    "pandas._libs.tslibs.nattype.NaTType": _constant,
    "pathlib.PurePath": _described("path", "pathlib.PurePath"),
    "re.Pattern": _pattern,
    "torch.device": _constant,
    "torch.dtype": _constant,
    "uuid.UUID": _described("uuid", "uuid.UUID"),
    **ARRAY_READERS,
}
# By identity of the class, which is kept alive beside it: hashing a class asks its metaclass.
_KNOWN: dict[int, tuple[type, _Reader]] = {}


def _resolve(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(sys.modules.get(module), "__dict__", {}).get(attribute)


def _reader(kind: type) -> _Reader:
    """How to read this type: by the first class of its real MRO that is known here."""
    known = _KNOWN.get(id(kind))
    if known is not None:
        return known[1]
    table = {id(base): reader for base, reader in _BUILTIN}
    table.update((id(_resolve(name)), reader) for name, reader in _NAMED.items())
    table.pop(id(None), None)
    found = (table[id(base)] for base in _of("__mro__", kind) if id(base) in table)
    reader = next(found, _object)
    _KNOWN[id(kind)] = (kind, reader)
    return reader
