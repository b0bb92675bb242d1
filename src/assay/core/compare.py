"""Whether an observed value is the expected one, and if not, where they part.

Both sides are encoded (see `engine/inside/encode.py`). The observed one comes out of the jail and
may be any JSON at all: what is not the encoding of a value is different from every value.

What is equal to what, unless the tolerance is strict:

* numbers as in Python (True == 1 == 1.0), floats within tolerance of the wider dtype's default,
  NaN equal to NaN; two integers are equal only if they are the same;
* subclasses as their base: a namedtuple is a tuple, an OrderedDict a dict; frozensets are sets;
* arrays with the same shape, the same kind of dtype (bools count as integers) and close elements,
  whatever the library; a list or a number and an array by shape and elements;
* never a list and a tuple, unless the expected value was written in JSON, which has no tuples;
* objects, exceptions, frames, … with the same class name and equal parts.

Strict, exact types matter as well, and JSON is granted nothing. Values that cannot be read
(generators, closures, cycles) are equal to nothing, not even to themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from assay.core.arrays import Array, MalformedError, element_difference, mismatch, place_of, spell
from assay.core.behaviour import behaviour, canonical
from assay.core.closeness import allowance, close, distance
from assay.core.encoded import Record, Value, read
from assay.core.shorten import shorten
from assay.core.words import Tolerance

__all__ = ["behaviour", "difference", "shorten"]

SHOWN = 80
# Items of sets and keys of dicts that have no exact partner are paired by nearness up to here.
MOST_PAIRED = 10_000

_EXACT_TYPES = (int, str, bool, type(None))
_PLAIN_TYPES = frozenset((*_EXACT_TYPES, float))
_CONTAINERS = frozenset(("list", "tuple", "deque", "set", "frozenset"))


def difference(
    expected: object, observed: object, tolerance: Tolerance, *, from_json: bool = False
) -> str | None:
    """None where the two encoded values are equal, else one line: the place and both values.

    `from_json` says that the expected value was written as JSON: its lists match tuples and
    arrays too, and its keys match ints. Never raises for an observed value, whatever it is.
    """
    try:
        # The usual case. `True == 1 == 1.0` in Python as here, and NaN takes the long way.
        if not tolerance.strict and expected == observed and _is_certain(expected):
            return None
        return _Comparison(tolerance, from_json).at(expected, observed, "")
    except MalformedError as fault:
        return f"not a valid value: {fault}"
    except Exception as fault:
        # RecursionError, or a hole in the checks: either way this is no value to accept.
        return f"not a valid value: {type(fault).__name__}"


def _is_certain(encoded: Any) -> bool:
    """Whether there are only plain items and containers, for which `==` of the encoded values is
    our equality; what is opaque equals nothing, and tags with more in them are read with care."""
    kind = type(encoded)
    if kind is dict:
        content = encoded.get("v")
        if type(content) is not list:
            return False
        if encoded.get("t") == "dict":
            return all(type(p) is list and len(p) == 2 and _is_certain(p) for p in content)
        return encoded.get("t") in _CONTAINERS and _is_certain(content)
    if kind is list:
        return _PLAIN_TYPES.issuperset(map(type, encoded)) or all(map(_is_certain, encoded))
    return kind in _PLAIN_TYPES


def _said(place: str, text: str) -> str:
    return f"at {place}: {text}" if place else text


class _Pair(NamedTuple):
    """Two encoded values and where they stand."""

    place: str
    expected: Any
    observed: Any

    def differ(self, why: str = "") -> str:
        text = f"expected {shorten(self.expected, SHOWN)}, got {shorten(self.observed, SHOWN)}"
        return _said(self.place, f"{text} ({why})" if why else text)


def _indexed(place: str, expected: Iterable[Any], observed: Iterable[Any]) -> Iterator[_Pair]:
    for index, (ours, theirs) in enumerate(zip(expected, observed, strict=True)):
        yield _Pair(f"{place}[{index}]", ours, theirs)


class _Comparison:
    """One comparison: its tolerance, and what JSON is granted."""

    __slots__ = ("from_json", "strict", "tolerance")

    def __init__(self, tolerance: Tolerance, from_json: bool) -> None:
        self.tolerance = tolerance
        self.strict = tolerance.strict
        self.from_json = from_json and not tolerance.strict

    def at(self, expected: Any, observed: Any, place: str) -> str | None:
        kind = type(expected)
        if kind is type(observed):
            if kind in _EXACT_TYPES:
                same = expected == observed
                return None if same else _Pair(place, expected, observed).differ()
            if kind is float and expected == observed:
                return None
        pair = _Pair(place, expected, observed)
        ours, theirs = read(expected), read(observed)
        for value in (ours, theirs):
            if value.kind == "opaque":
                return pair.differ(f"{value.content} is never equal")
        if self.strict and ours.label != theirs.label:
            return pair.differ(f"{ours.label} is not {theirs.label}")
        if ours.kind == theirs.kind:
            return _COMPARERS.get(ours.kind, _Comparison._exact)(self, ours, theirs, pair)
        return self._across(ours, theirs, pair)

    def _first(self, pairs: Iterable[_Pair]) -> str | None:
        for pair in pairs:
            found = self.at(pair.expected, pair.observed, pair.place)
            if found is not None:
                return found
        return None

    def _exact(self, ours: Value, theirs: Value, pair: _Pair) -> str | None:
        return None if ours.content == theirs.content else pair.differ()

    def _number(self, ours: Value, theirs: Value, pair: _Pair) -> str | None:
        relative, absolute = allowance(self.tolerance, ours.precision, theirs.precision)
        if close(ours.content, theirs.content, relative, absolute):
            return None
        off = distance(ours.content, theirs.content)
        if off is None or (isinstance(ours.content, int) and isinstance(theirs.content, int)):
            return pair.differ()
        return pair.differ(f"off by {off:.6g}, tolerance {spell(relative, absolute)}")

    def _items(self, ours: Value, theirs: Value, pair: _Pair) -> str | None:
        if len(ours.content) != len(theirs.content):
            return pair.differ(f"{len(ours.content)} items, not {len(theirs.content)}")
        return self._first(_indexed(pair.place, ours.content, theirs.content))

    def _set(self, ours: Value, theirs: Value, pair: _Pair) -> str | None:
        if len(ours.content) != len(theirs.content):
            return pair.differ(f"{len(ours.content)} items, not {len(theirs.content)}")
        place = f"{pair.place}{{…}}"
        matches = self._matches(ours.content, theirs.content)
        return self._first(_Pair(place, ours.content[i], theirs.content[j]) for i, j in matches)

    def _dict(self, ours: Value, theirs: Value, pair: _Pair) -> str | None:
        if len(ours.content) != len(theirs.content):
            return pair.differ(f"{len(ours.content)} keys, not {len(theirs.content)}")
        wanted = [key for key, _ in ours.content]
        given = [key for key, _ in theirs.content]
        if self.from_json:
            given = _as_json(given, wanted)
        for i, j in self._matches(wanted, given):
            found = self.at(wanted[i], given[j], f"a key of {pair.place or 'the dict'}")
            if found is None:
                place = f"{pair.place}[{shorten(wanted[i], SHOWN)}]"
                found = self.at(ours.content[i][1], theirs.content[j][1], place)
            if found is not None:
                return found
        return None

    def _matches(self, expected: list[Any], observed: list[Any]) -> list[tuple[int, int]]:
        """Each expected item with its partner: the one that is exactly equal, else by rank."""
        waiting: dict[Any, list[int]] = {}
        for index, item in enumerate(observed):
            waiting.setdefault(canonical(item), []).append(index)
        matched, alone = [], []
        for index, item in enumerate(expected):
            partners = waiting.get(canonical(item))
            if partners:
                matched.append((index, partners.pop()))
            else:
                alone.append(index)
        left = [index for partners in waiting.values() for index in partners]
        if len(alone) > MOST_PAIRED:
            return [(alone[0], left[0])]
        alone.sort(key=lambda index: _rank(expected[index]))
        left.sort(key=lambda index: _rank(observed[index]))
        # The pairs that may differ first: whoever reads on has the answer sooner.
        return [*zip(alone, left, strict=True), *matched]

    def _array(self, ours: Value, theirs: Value, pair: _Pair) -> str | None:
        expected: Array = ours.content
        observed: Array = theirs.content
        why = mismatch(expected, observed, self.strict)
        if why is not None:
            return pair.differ(why)
        if expected.is_listed:
            return self._first(
                _Pair(f"{pair.place}{list(place_of(flat, expected.shape))}", *items)
                for flat, items in enumerate(zip(expected.content, observed.content, strict=True))
            )
        found = element_difference(expected, observed, self.tolerance)
        if found is None:
            return None
        place, text = found
        return _said(f"{pair.place}{list(place) if place else ''}", text)

    def _record(self, ours: Value, theirs: Value, pair: _Pair) -> str | None:
        expected: Record = ours.content
        observed: Record = theirs.content
        if expected[:2] != observed[:2] or expected.parts.keys() != observed.parts.keys():
            return pair.differ()
        return self._first(
            _Pair(f"{pair.place}{name}", part, observed.parts[name])
            for name, part in expected.parts.items()
        )

    def _across(self, ours: Value, theirs: Value, pair: _Pair) -> str | None:
        """Two kinds that may be equal all the same."""
        kinds = (ours.kind, theirs.kind)
        if not self.strict:
            if kinds == ("array", "list"):
                return self._nested(ours.content, pair.observed, pair.place, swapped=True)
            if kinds == ("list", "array"):
                return self._nested(theirs.content, pair.expected, pair.place, swapped=False)
            if set(kinds) == {"array", "number"}:
                ours, theirs = _element(ours), _element(theirs)
                if ours.kind == theirs.kind:
                    return self._number(ours, theirs, pair)
        if self.from_json and kinds == ("list", "tuple"):
            return self._items(ours, theirs, pair)
        return pair.differ("" if "none" in kinds else f"{kinds[0]} is not {kinds[1]}")

    def _nested(self, array: Array, lists: Any, place: str, *, swapped: bool) -> str | None:
        """Lists in lists against an array; `swapped` where the array is the expected one."""
        if not (array.shape and (array.is_numeric or array.is_listed)):
            return _said(place, f"a list is not an array of {array.dtype[:SHOWN]} {array.shape}")
        leaves = [(place, lists)]
        for axis, side in enumerate(array.shape):
            inner: list[tuple[str, Any]] = []
            for where, items in leaves:
                value = read(items)
                if value.kind != "list" or len(value.content) != side:
                    wanted = f"a list of {side} for axis {axis} of shape {array.shape}"
                    return _said(where, f"{shorten(items, SHOWN)} is not {wanted}")
                inner.extend((f"{where}[{at}]", item) for at, item in enumerate(value.content))
            leaves = inner
        return self._leaves(array, leaves, swapped)

    def _leaves(self, array: Array, leaves: list[tuple[str, Any]], swapped: bool) -> str | None:
        elements = array.row(0, array.size)
        for (place, leaf), element in zip(leaves, elements, strict=True):
            value, shown = read(leaf), _encoded_number(element)
            pair = _Pair(place, shown, leaf) if swapped else _Pair(place, leaf, shown)
            if array.is_numeric and value.kind == "number":
                number = Value("number", element, "", array.dtype)
                both = (number, value) if swapped else (value, number)
                found = self._number(*both, pair)
            else:
                found = self._first([pair])
            if found is not None:
                return found
        return None


def _element(value: Value) -> Value:
    """The number in an array without dimensions."""
    if value.kind == "array" and value.content.is_numeric and value.content.shape == ():
        return Value("number", value.content.row(0, 1)[0], "", value.content.dtype)
    return value


def _encoded_number(element: Any) -> Any:
    if type(element) is complex:
        return {"t": "complex", "v": [element.real, element.imag]}
    return element


def _as_json(keys: list[Any], wanted: list[Any]) -> list[Any]:
    """Int keys as JSON would write them, where such a key is asked for."""
    names = {key for key in wanted if type(key) is str}
    # 20 digits at most: what is longer is encoded otherwise.
    return [str(key) if type(key) is int and _digits(key) in names else key for key in keys]


def _digits(key: int) -> str:
    return str(key) if key.bit_length() <= 64 else ""


def _rank(item: Any) -> tuple[int, float, str]:
    value = read(item)
    if value.kind == "number" and isinstance(value.content, (int, float)):
        try:
            return (0, float(value.content), "")
        except OverflowError:
            pass
    return (1, 0.0, repr(canonical(item, rounded=True)))


_COMPARERS: dict[str, Callable[[_Comparison, Value, Value, _Pair], str | None]] = {
    "number": _Comparison._number,
    "list": _Comparison._items,
    "tuple": _Comparison._items,
    "deque": _Comparison._items,
    "set": _Comparison._set,
    "dict": _Comparison._dict,
    "array": _Comparison._array,
    "record": _Comparison._record,
}
