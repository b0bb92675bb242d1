"""When two encoded values are equal, and that nothing which leaves the jail can fool it."""

from __future__ import annotations

import base64
import collections
import datetime
import decimal
import fractions
import math
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.compare import behaviour, difference, shorten
from assay.core.words import EXACT, Tolerance
from assay.engine.inside.encode import encode

NAN, INF = math.nan, math.inf
LOOSE, STRICT = Tolerance(), Tolerance(strict=True)
Point = collections.namedtuple("Point", "x y")


def f32(*numbers: float) -> Any:
    return np.array(numbers, np.float32)


def tensor(value: Any) -> Any:
    """What torch would have sent for the same numbers."""
    return {**encode(value), "lib": "torch"}


def sent(value: Any) -> Any:
    return value if isinstance(value, dict) and "lib" in value else encode(value)


class Thing:
    def __init__(self, **state: Any) -> None:
        self.__dict__.update(state)


# Equal unless strict; the last column says whether they are equal under strict too.
EQUAL: list[tuple[Any, Any, bool]] = [
    (1, 1, True), (True, 1, False), (1, 1.0, False), (1.0, 1 + 0j, False), (0, False, False),
    (2**70, 2**70, True), (2**70, float(2**70), False), (NAN, NAN, True), (INF, INF, True),
    (0.0, -0.0, True), (1.0, 1.0 + 5e-8, True), (1e10, 1e10 + 500, True),
    (NAN, np.float64(NAN), False),
    (complex(1, NAN), complex(1, NAN), True), (complex(INF, 1), complex(INF, 1 + 1e-9), True),
    (decimal.Decimal("1.0"), decimal.Decimal("1.00"), True), (decimal.Decimal(1), 1, False),
    (fractions.Fraction(1, 2), 0.5, False), (fractions.Fraction(4, 2), 2, False),
    ("a", "a", True), ("\ud800", "\ud800", True), (b"a", bytearray(b"a"), False),
    ([1, [2.0]], [1, [2.0 + 1e-9]], True), ([True], [1], False), ([NAN, "a"], [NAN, "a"], True),
    (Point(1, 2), (1, 2), False), ({1, 2}, frozenset({2, 1}), False),
    ({1.0, 2.0, "a"}, {2.0, 1.0 + 1e-9, "a"}, True),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True), ({"a": 1}, collections.OrderedDict(a=1), False),
    ({1: "x"}, {1.0: "x"}, False), ({(1, 2.0): 1}, {(1, 2.0 + 1e-9): 1}, True),
    ({0.1: 1, 0.2: 2}, {0.2 + 1e-12: 2, 0.1: 1}, True),
    (range(0), range(3, 1), True), (range(0, 3, 2), range(0, 4, 2), True),
    (datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1), True),
    (Thing(a=1, b=[1.0]), Thing(b=[1.0 + 1e-9], a=1), True), (KeyError("a"), KeyError("a"), True),
    (np.array([1, 2]), np.array([1, 2]), True), (np.array([1, 2]), np.array([1, 2], "i4"), False),
    (np.array([True]), np.array([1]), False), (np.array([1.0]), f32(1.0), False),
    (f32(1.0, NAN, INF), f32(1.0 + 1e-6, NAN, INF), True),
    (np.array([-0.0]), np.array([0.0]), True),
    (np.array([2**63], "u8"), np.array([2**63], "u8"), True),
    (np.array([1, 2]), tensor(np.array([1, 2])), False), (3, tensor(np.array(3)), False),
    (tensor(np.array(3.0)), 3, False), ([1, 2], np.array([1, 2]), False),
    ([[1.0, 2], [3, 4]], np.array([[1, 2], [3, 4]]), False), (np.array([1, 2]), [1, 2], False),
    ([0.1, 0.2], f32(0.1, 0.2), False), (0.1, np.float32(0.1), False), ([], np.zeros(0), False),
    ([["a"]], np.array([["a"]]), False), ([np.float64(1)], [1], False),
    (np.array(["a"]), np.array(["a"], object), False), (np.int64(3), np.float64(3), False),
    (np.array([1 + 1j]), np.array([1 + 1j], np.complex64), False),
    (np.array(["2020-01-01"], "M8[D]"), np.array(["2020-01-01"], "M8[s]"), False),
    (np.array(["NaT"], "M8[D]"), np.array(["NaT"], "M8[D]"), True),
    (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 7], mask=[0, 1]), True),
    (np.zeros((0, 3)), np.zeros((0, 3)), True),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "strictly"), EQUAL, ids=lambda one: repr(one)[:30])
def test_equal(one: Any, other: Any, strictly: bool) -> None:
    one, other = sent(one), sent(other)
    assert difference(one, other, LOOSE) is None
    assert difference(other, one, LOOSE) is None
    assert (difference(one, other, STRICT) is None) is strictly


DIFFERENT: list[tuple[Any, Any]] = [
    (None, 0), (0, None), ("", None), ([], None), (1, "1"), (1, 2), (2**70, 2**70 + 1),
    (10**15, 10**15 + 1), (1.0, 1.001), (NAN, 0.0), (0.0, NAN), (INF, -INF), (INF, 1e308),
    (1e308, INF),
    (10**400, 1e308), (10**400, INF), (1 + 1j, 1 - 1j), (complex(NAN, 1), complex(1, NAN)),
    (decimal.Decimal("1.0"), decimal.Decimal("1.0000000001")), ("a", "b"), ("a", b"a"),
    ([1], (1,)), ((1,), [1]), ([1], [1, 2]), ([1, 2], [2, 1]), ([], {}), ({1}, [1]), ({1}, {2}),
    ({1, 2}, {1}), ({1.0}, {1.1}), ({"a": 1}, {"a": 2}), ({"a": 1}, {"b": 1}), ({"1": 1}, {1: 1}),
    ({"a": 1}, {"a": 1, "b": 2}), (range(3), range(4)), (Thing(a=1), Thing(a=2)),
    (Thing(), Point(1, 2)),
    (KeyError("a"), ValueError("a")), (KeyError("a"), KeyError("b")), (len, print),
    (datetime.timedelta(1), datetime.timedelta(2)), (datetime.date(2020, 1, 1), "2020-01-01"),
    (np.array([1, 2]), np.array([1.0, 2.0])), (np.array([1, 2]), np.array([[1, 2]])),
    (np.array([1, 2]), np.array([1, 3])), (f32(1.0), f32(1.001)),
    (np.array([NAN]), np.array([1.0])),
    (np.array([INF]), np.array([1.0])), (np.array([1.0]), np.array([INF])),
    (np.array([INF]), np.array([-INF])), (np.array([2**63], "u8"), np.array([-(2**63)], "i8")),
    (np.array([2**53], "i8"), np.array([2**53 + 1], "u8")), ([1, 2], np.array([1, 3])),
    ([1, 2], np.array([[1, 2]])), ([[1], [2, 3]], np.array([[1, 2], [3, 4]])),
    ((1, 2), np.array([1, 2])),
    (1, np.array([1])), ([1], np.array(1)), ([[]], np.zeros((0, 1))), (["1"], np.array([1])),
    (np.array(["2020"], "M8[Y]"), np.array(["NaT"], "M8[D]")), (np.zeros((0, 3)), np.zeros((3, 0))),
    (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[1, 0])),
    (np.array([complex(1, NAN)]), np.array([complex(NAN, 1)])),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=lambda one: repr(one)[:30])
@pytest.mark.parametrize("tolerance", [LOOSE, EXACT, STRICT], ids=["loose", "exact", "strict"])
def test_different(one: Any, other: Any, tolerance: Tolerance) -> None:
    for pair in ((sent(one), sent(other)), (sent(other), sent(one))):
        text = difference(*pair, tolerance)
        assert text is not None
        assert "\n" not in text
        assert not text.startswith("not a valid value")
        assert len(text) < 500


TEXTS = [
    ([1, 2, {"x": 3.0}], [1, 2, {"x": 3.1}],
     'at [2][\'x\']: expected 3.0, got 3.1 (off by 0.1, tolerance 1e-07)'),
    (1, 2, "expected 1, got 2"),
    ([1], [1, 2], "expected [1], got [1, 2] (1 items, not 2)"),
    ([1], (1,), "expected [1], got (1,) (list is not tuple)"),
    (Thing(a=[0]), Thing(a=[1]), "at .a[0]: expected 0, got 1"),
    (np.zeros((2, 3)), np.array([[0, 0, 0.5], [0, 2, 0]]),
     "at [0, 2]: expected 0.0, got 0.5 (2 of 6 elements differ, by up to 2; tolerance 1e-07)"),
    ([[1.0]], np.array([[2.0]]), "at [0][0]: expected 1.0, got 2.0 (off by 1, tolerance 1e-07)"),
    ({1}, {2}, "at {…}: expected 1, got 2"),
    (np.array([["a", "b"], ["c", "d"]]), np.array([["a", "b"], ["c", "e"]]),
     "at [1, 1]: expected 'd', got 'e'"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "observed", "text"), TEXTS)
def test_the_text_names_the_place_and_both_values(expected: Any, observed: Any, text: str) -> None:
    assert difference(encode(expected), encode(observed), LOOSE) == text


def test_tolerance_is_the_wider_of_the_two_dtypes_unless_it_is_given() -> None:
    exact, rough = encode(np.array([1.0])), encode(f32(1.000001))
    assert difference(exact, rough, LOOSE) is None
    assert difference(exact, encode(np.array([1.000001])), LOOSE)
    assert difference(exact, rough, EXACT)
    assert difference(exact, encode(np.array([1.4])), Tolerance(relative=0.5)) is None
    assert difference(1.0, 1.4, Tolerance(absolute=0.5)) is None
    assert difference(1.0, 1.5, Tolerance(absolute=0.4))
    assert difference(3, 4, Tolerance(absolute=2.0)), "two integers are always exact"
    half = {"t": "array", "lib": "torch", "dtype": "bfloat16", "shape": [1], "v": "gD8="}
    assert difference(half, {**half, "v": "gT8="}, LOOSE) is None, "one step of bfloat16"
    assert difference(half, {**half, "v": "hT8="}, LOOSE)


def test_json_is_granted_tuples_arrays_and_int_keys_unless_strict() -> None:
    for expected, observed in [
        ([1, [2]], (1, (2,))), ([1, 2], np.array([1, 2])), ({"1": "a"}, {1: "a"}),
        ({"a": [1, 2]}, {"a": (1, 2)}),
    ]:  # fmt: skip
        pair = (encode(expected), encode(observed))
        assert difference(*pair, LOOSE, from_json=True) is None
        assert difference(*pair, STRICT, from_json=True)
    assert difference([1, (2,)][:1], encode((1,)), LOOSE)
    assert difference([1], encode({1}), LOOSE, from_json=True)
    assert difference(encode({"True": 1}), encode({True: 1}), LOOSE, from_json=True)


def test_what_could_not_be_read_is_never_equal() -> None:
    for value in ((number for number in [1]), [lambda: 0], {"k": object()}):
        encoded = encode(value)
        text = difference(encoded, encoded, LOOSE)
        assert text is not None
        assert "never equal" in text
    cycle: list[Any] = []
    cycle.append(cycle)
    assert "never equal" in str(difference(encode(cycle), encode(cycle), LOOSE))


def test_the_values_of_a_large_array_are_compared_a_block_at_a_time() -> None:
    ours = np.zeros(1_000_003, np.float16)
    theirs = ours.copy()
    theirs[[700_000, 1_000_002]] = 1, 3
    pair = (encode(ours), encode(theirs))
    text = difference(*pair, LOOSE)
    assert text is not None
    assert text.startswith("at [700000]: expected 0.0, got 1.0 (2 of 1000003 elements differ, by")
    tracemalloc.start()
    difference(*pair, LOOSE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 << 20


class AlwaysEqual:
    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("expected", [1, "a", [1, 2], {"a": 1}, (1,), 1.5, None, np.ones(2)])
def test_an_object_that_equals_everything_equals_nothing(expected: Any) -> None:
    assert difference(encode(expected), encode(AlwaysEqual()), LOOSE)
    assert difference(encode([expected]), encode([AlwaysEqual()]), LOOSE)


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def claimed(shape: Any, content: Any = "", dtype: Any = "float64", **more: Any) -> dict[str, Any]:
    return {"t": "array", "lib": "numpy", "dtype": dtype, "shape": shape, "v": content, **more}


def test_a_bool_of_another_byte_is_true() -> None:
    assert difference(encode(np.array([True])), claimed([1], b64(b"\2"), "bool"), LOOSE) is None


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


HOSTILE: list[Any] = [
    {}, {"t": 1}, {"t": []}, {"t": "no such"}, {"t": "int"}, {"t": "int", "v": "zz"},
    {"t": "int", "v": " 0x1_0 "}, {"t": "int", "v": True}, {"t": "float", "v": "1"},
    {"t": "str", "v": 1}, {"t": "str", "v": [-1]}, {"t": "str", "v": [10**30]},
    {"t": "str", "v": [True]},
    {"t": "tuple"}, {"t": "tuple", "v": "ab"}, {"t": "set", "v": {}}, {"t": "dict", "v": [[1]]},
    {"t": "dict", "v": [1]}, {"t": "dict", "v": {"a": 1}}, {"t": "bytes", "v": "!"},
    {"t": "bytes", "v": "é"}, {"t": "complex", "v": [1]}, {"t": "complex", "v": [10**400, 1]},
    {"t": "complex", "v": [None, 1]}, {"t": "decimal", "v": "x"},
    {"t": "decimal", "v": "9" * 10**6},
    {"t": "fraction", "v": [1, 0]}, {"t": "fraction", "v": [1]}, {"t": "range", "v": [0, 1, 0]},
    {"t": "fraction", "v": ["0x" + "f" * 10**5, "0x" + "d" * 10**5]},
    {"t": "date", "v": "2020"}, {"t": "date", "v": 1}, {"t": "timedelta", "v": [10**30, 0, 0]},
    {"t": "datetime", "v": "2020-01-01", "ns": []}, {"t": "enum"},
    {"t": "exception", "type": 1, "v": []},
    {"t": "object", "type": "X", "v": []}, {"t": "object", "v": {}}, {"t": "opaque"},
    {"t": "frame"}, {"t": "frame", "v": 3}, claimed(None), claimed([-1]),
    claimed([True], b64(bytes(8))),
    claimed([2], b64(bytes(8))), claimed([1], b64(bytes(9))), claimed([2**62]),
    claimed([10**9, 10**9]),
    claimed([10**100, 0]), claimed([1] * 1000, b64(bytes(8))), claimed([1.0], b64(bytes(8))),
    claimed([1], "!" * 12), claimed([1], "AAAA=AAAAAA="), claimed([1], 5), claimed([1], [1]),
    claimed([1], b64(bytes(8)), "object"), claimed([10**12], [1], "object"),
    claimed([1], b64(bytes(8)), "V8"),
    claimed([1], b64(bytes(8)), "O"), claimed([1], b64(bytes(8)), []),
    claimed([1], b64(bytes(8)), "f8,f8"),
    claimed([1], b64(bytes(8)), "datetime64[0000000ns]"), claimed([1], b64(bytes(8)), tz=1),
]  # fmt: skip

EXPECTED: list[Any] = [
    1, 1.5, "a", None, [1], (1,), {"a": 1},
    {1}, b"a", 1j, np.ones(1), np.ones((1, 1)), np.float32(1),
    Thing(a=1), KeyError("a"), decimal.Decimal(1), range(1), datetime.date(2020, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize("observed", HOSTILE, ids=lambda one: str(one)[:50])
def test_malformed_json_is_told_apart_and_equals_nothing(observed: Any) -> None:
    for expected in EXPECTED:
        text = difference(encode(expected), observed, LOOSE)
        assert text is not None
        if type(expected) is not type(observed):
            assert text.startswith("not a valid value: "), text
        assert difference(encode([expected]), [observed], STRICT)
    assert difference(observed, observed, LOOSE), "not even to itself"
    assert len(shorten(observed)) <= 200
    assert len(behaviour(observed)) == 8


SOUND_BUT_AWKWARD: list[Any] = [
    {"t": "decimal", "v": "1E+999999999"}, {"t": "decimal", "v": "sNaN"},
    {"t": "decimal", "v": "-Infinity"},
    {"t": "int", "v": "0x" + "f" * 10**6}, {"t": "float", "v": 10**300}, 10**400, -(10**400),
    claimed([2**40, 0]), claimed([2**40, 2**40, 0]), claimed([0] * 32), nested(900), nested(20_000),
    claimed([], b64(bytes(8)), scalar=True), claimed([1], b64(bytes(2)), "float16"),
    {"t": "range", "v": [0, {"t": "int", "v": "0x" + "f" * 1000}, 1]},
    {"t": "dict", "v": [[NAN, 1], [NAN, 2]]}, {"t": "set", "v": [1, 1, 1]},
    {"t": "tuple", "v": [], "cls": []},
    claimed([1], b64(b"\x7f" * 8), "datetime64[Y]"),
    claimed([1], b64(b"\x7f" * 8), "timedelta64[as]"),
    {"t": "str", "v": [0xD800]}, "\ud800", {"t": "name", "v": "\x1b[31m\n" * 500},
]  # fmt: skip


@pytest.mark.parametrize("observed", SOUND_BUT_AWKWARD, ids=lambda one: str(type(one)))
def test_extreme_values_are_judged_quickly(observed: Any) -> None:
    start = time.process_time()
    for expected in EXPECTED:
        assert difference(encode(expected), observed, LOOSE)
        assert difference(encode([expected]), [observed], STRICT)
    difference(claimed([1], b64(bytes(8)), "datetime64[s]"), observed, LOOSE)
    assert shorten(observed).isprintable()
    assert len(behaviour(observed)) == 8
    assert time.process_time() - start < 5


def test_a_deep_pile_of_sets_is_digested_in_linear_time() -> None:
    value: Any = "x" * 10**6
    for _ in range(140):
        value = {"t": "set", "v": [value]}
    start = time.process_time()
    assert behaviour(value) != behaviour({"t": "set", "v": [value]})
    assert time.process_time() - start < 0.5


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["t", "v", "type", "cls", "name", "shape", "dtype", "index", "mask"]),
            inner | st.sampled_from([e["t"] for e in map(encode, EXPECTED) if type(e) is dict]),
            max_size=5,
        ),
    ),
    max_leaves=15,
)


@given(JSON, st.sampled_from(EXPECTED))
@settings(max_examples=300)
def test_no_json_raises(observed: Any, expected: Any) -> None:
    for pair in ((encode(expected), observed), (observed, observed)):
        assert isinstance(difference(*pair, LOOSE), str | None)
        assert isinstance(difference(*pair, STRICT, from_json=True), str | None)
    assert len(shorten(observed, 50)) <= 50
    assert len(behaviour(observed)) == 8


@given(st.data())
def test_no_bent_encoding_raises(data: st.DataObject) -> None:
    """A true encoding with one field replaced: what a forger would try."""
    true = encode(data.draw(st.sampled_from([e for e in EXPECTED if type(encode(e)) is dict])))
    field = data.draw(st.sampled_from(sorted(true)))
    bent = {**true, field: data.draw(JSON)}
    assert isinstance(difference(true, bent, LOOSE), str | None)
    assert len(shorten(bent)) <= 200
    assert len(behaviour(bent)) == 8


LEAVES = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(st.text(), inner, min_size=1, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=10,
)


def perturbed(value: Any, data: st.DataObject) -> Any:
    """The same value but for one leaf."""
    if isinstance(value, dict):
        key = data.draw(st.sampled_from(list(value)))
        return {**value, key: perturbed(value[key], data)}
    if isinstance(value, list | tuple):
        at = data.draw(st.integers(0, len(value) - 1))
        return type(value)([*value[:at], perturbed(value[at], data), *value[at + 1 :]])
    if isinstance(value, str):
        return value + "x"
    return value + 1 if isinstance(value, int) else value * 1.01 + 1


@given(TREES, st.data())
def test_one_changed_leaf_is_found(value: Any, data: st.DataObject) -> None:
    assert difference(encode(value), encode(perturbed(value, data)), LOOSE)


SAME = [
    (1, 1.0), (True, 1), (0.0, -0.0), (0.1 + 0.2, 0.3), (1e-12, 0), (1234567, 1234567.0000001),
    ({"a": 1, "b": 2}, {"b": 2.0, "a": True}),
    ({3, 1}, frozenset({1.0, 3})), (Point(1, 2), (1, 2)), (np.float32(0.1), 0.1),
    (np.array(3.0), 3),
    (f32(0.1, 1e-9, -0.0), np.array([0.1, 0.0, 0.0])), (np.array([1, 2], "i4"), np.array([1, 2])),
    (np.array([True]), np.array([1])), (NAN, NAN), ([INF, NAN], [INF, NAN]), (2**70, float(2**70)),
    (1 + 0j, 1), (np.array([1, 2]), tensor(np.array([1, 2]))),
]  # fmt: skip
OTHER = [
    (1, 2), (1234567, 1234568), (0.1, 0.1001), ("1", 1), ([1], (1,)), (None, 0), (b"a", "a"),
    (np.array([1, 2]), np.array([[1, 2]])), (np.array([1]), np.array([1.0])), (f32(0.1), f32(0.2)),
    (Thing(a=1), Thing(a=2)), (INF, -INF), (INF, NAN), ({"a": 1}, {"a": 2}),
    (KeyError(1), ValueError(1)),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME, ids=lambda one: repr(one)[:30])
def test_values_that_are_equal_share_their_behaviour(one: Any, other: Any) -> None:
    assert behaviour(sent(one)) == behaviour(sent(other))


@pytest.mark.parametrize(("one", "other"), OTHER, ids=lambda one: repr(one)[:30])
def test_other_values_have_another_behaviour(one: Any, other: Any) -> None:
    assert behaviour(sent(one)) != behaviour(sent(other))


SHORT = [
    ([1, "a", None, 2.5], "[1, 'a', None, 2.5]"), ((1,), "(1,)"), (set(), "set()"),
    ({"a": {1, 2}}, "{'a': {1, 2}}"), (1 + 2j, "(1+2j)"), (len, "builtins.len"),
    (2**70, "0x400000000000000000"), (KeyError("x"), "KeyError('x')"), (Thing(a=1), "Thing(a=1)"),
    (np.float32(0.5), "numpy.float32(0.5)"), ((n for n in [1]), "<generator>"),
    (np.arange(8, dtype="i4").reshape(2, 4), "array int32 (2, 4) [0, 1, 2, 3, 4, 5, …]"),
    (tensor(f32(0.1, 0.2)), "tensor float32 (2,) [0.1, 0.2]"), ("a\nb", r"'a\nb'"),
    (np.array(["a"]), "array str (1,) ['a']"), (datetime.date(2020, 1, 2), "date(2020-01-02)"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), SHORT)
def test_shortened_values_read_like_python(value: Any, text: str) -> None:
    assert shorten(sent(value)) == text


def test_what_is_long_is_cut() -> None:
    assert shorten(list(range(1000)), 20) == "[0, 1, 2, 3, 4, 5, …"
    assert shorten("x" * 10**7, 10) == "'xxxxxxxx…"
