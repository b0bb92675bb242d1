"""What becomes of a value on its way out of the jail."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import json
import pathlib
import re
import subprocess
import sys
import time
import uuid
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.compare import difference, shorten
from assay.core.words import Tolerance
from assay.engine.inside import encode as encode_module
from assay.engine.inside.encode import encode, to_text

INSIDE = pathlib.Path(encode_module.__file__).parent
Point = collections.namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Plain:
    x: int
    y: Any = None


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    x: int


class Parent:
    __slots__ = ("a",)


class Child(Parent):
    __slots__ = ("b", "never_set")

    def __init__(self) -> None:
        self.a, self.b = 1, 2


class Grid(np.ndarray):  # type: ignore[type-arg]
    def tobytes(self, *_: Any) -> bytes:
        return b"another"


def array(dtype: str, shape: list[int], content: Any, lib: str = "numpy", **more: Any) -> Any:
    return {"t": "array", "lib": lib, "dtype": dtype, "shape": shape, "v": content, **more}


PLAIN = [None, True, 0, -(2**63), 2**63 - 1, 1.5, "text", "žluť 🙂", [], [1, [2.0, "x", None]]]


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_stand_for_themselves(value: Any) -> None:
    assert encode(value) == value
    assert json.loads(to_text(encode(value))) == value


TAGGED = [
    (2**64, {"t": "int", "v": "0x10000000000000000"}),
    (-(2**63) - 1, {"t": "int", "v": "-0x8000000000000001"}),
    ("\ud83d\ude00", {"t": "str", "v": [0xD83D, 0xDE00]}),
    ((1, [2]), {"t": "tuple", "v": [1, [2]]}),
    (Point(1, 2), {"t": "tuple", "v": [1, 2], "cls": "Point"}),
    ({2, 1, 10}, {"t": "set", "v": [1, 10, 2]}),
    (frozenset("a"), {"t": "frozenset", "v": ["a"]}),
    ({"a": 1}.keys(), {"t": "set", "v": ["a"], "cls": "dict_keys"}),
    ({"b": 1, 2: [3]}, {"t": "dict", "v": [["b", 1], [2, [3]]]}),
    (collections.Counter("aa"), {"t": "dict", "v": [["a", 2]], "cls": "Counter"}),
    (collections.OrderedDict(a=1), {"t": "dict", "v": [["a", 1]], "cls": "OrderedDict"}),
    (collections.defaultdict(int), {"t": "dict", "v": [], "cls": "defaultdict"}),
    (collections.deque([1]), {"t": "deque", "v": [1]}),
    (b"ab", {"t": "bytes", "v": "YWI="}),
    (bytearray(b"ab"), {"t": "bytearray", "v": "YWI="}),
    (1 + 2j, {"t": "complex", "v": [1.0, 2.0]}),
    (range(1, 9, 2), {"t": "range", "v": [1, 9, 2]}),
    (slice(None, 3), {"t": "slice", "v": [None, 3, None]}),
    (..., {"t": "name", "v": "Ellipsis"}),
    (len, {"t": "name", "v": "builtins.len"}),
    (int, {"t": "name", "v": "builtins.int"}),
    (np.float32, {"t": "name", "v": "numpy.float32"}),
    (np.dtype("float32"), {"t": "name", "v": "numpy.float32"}),
    (Colour.RED, {"t": "enum", "type": "Colour", "name": "RED", "v": 1}),
    (Level.LOW, {"t": "int", "v": 1, "cls": "Level"}),
    (datetime.date(2020, 1, 2), {"t": "date", "v": "2020-01-02"}),
    (datetime.datetime(2020, 1, 2, 3), {"t": "datetime", "v": "2020-01-02T03:00:00"}),
    (datetime.time(1, 2), {"t": "time", "v": "01:02:00"}),
    (datetime.timedelta(1, 2, 3), {"t": "timedelta", "v": [1, 2, 3]}),
    (decimal.Decimal("1.50"), {"t": "decimal", "v": "1.50"}),
    (fractions.Fraction(1, 3), {"t": "fraction", "v": [1, 3]}),
    (uuid.UUID(int=1), {"t": "uuid", "v": "00000000-0000-0000-0000-000000000001"}),
    (pathlib.PurePosixPath("a/b"), {"t": "path", "v": "a/b", "cls": "PurePosixPath"}),
    (re.compile("a", re.I), {"t": "pattern", "v": "a", "flags": 34}),
    (KeyError("k", 1), {"t": "exception", "type": "KeyError", "v": ["k", 1]}),
    (Plain(1, [2]), {"t": "object", "type": "Plain", "v": {"x": 1, "y": [2]}}),
    (Slotted(1), {"t": "object", "type": "Slotted", "v": {"x": 1}}),
    (Child(), {"t": "object", "type": "Child", "v": {"a": 1, "b": 2}}),
    (np.float64(1), array("float64", [], "AAAAAAAA8D8=", scalar=True)),
    (np.str_("a"), {"t": "str", "v": "a", "cls": "str_"}),
    (np.array([1, 2], ">i2"), array("int16", [2], "AQACAA==")),
    (np.array([[1, 2], [3, 4]], "u1").T, array("uint8", [2, 2], "AQMCBA==")),
    (np.array(["a", "bb"]), array("str", [2], ["a", "bb"])),
    (np.array([None, "a"]), array("object", [2], [None, "a"])),
    (np.array(["1970-01-02"], "M8[D]"), array("datetime64[D]", [1], "AQAAAAAAAAA=")),
    (np.ones((1, 1), "u1").view(Grid), array("uint8", [1, 1], "AQ==", cls="Grid")),
    (
        np.ma.array(np.array([1, 9], "u1"), mask=[False, True]),
        {"t": "masked", "v": array("uint8", [2], "AQA="), "mask": array("bool", [2], "AAE=")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), TAGGED, ids=lambda one: repr(one)[:40])
def test_the_grammar(value: Any, expected: Any) -> None:
    assert encode(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        (n for n in [1]), iter([1]), lambda: 0, [].append, object(), functools.partial(int, "1"),
        re.match("a", "a"), np.zeros(1, "V3"), {"a": 1}.values(),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_what_cannot_be_read_is_opaque(value: Any) -> None:
    assert encode(value)["t"] == "opaque"


def test_a_closure_is_not_known_by_its_name() -> None:
    def adder(amount: int) -> Any:
        def add(number: int) -> int:
            return number + amount

        return add

    assert encode(adder(3))["t"] == "opaque"


def test_a_class_that_keeps_state_in_c_is_opaque_though_it_has_attributes() -> None:
    class Mine(functools.partial):  # type: ignore[type-arg]
        pass

    mine = Mine(int, "1")
    mine.note = "visible"
    assert encode(mine)["t"] == "opaque"


class Chameleon:
    """Equal to everything, an instance of everything, of every length."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    __class__ = property(lambda self: self.kind)  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __len__(self) -> int:
        return 3

    def __iter__(self) -> Any:
        return iter([1, 2, 3])

    def __array__(self, *_: Any, **__: Any) -> Any:
        return np.arange(3)

    def __reduce__(self) -> Any:
        return (list, ([1, 2, 3],))

    def __getattribute__(self, name: str) -> Any:
        return {"x": 1} if name == "__dict__" else object.__getattribute__(self, name)


@pytest.mark.parametrize("kind", [int, list, dict, tuple, str, np.ndarray, Plain])
def test_a_chameleon_is_read_as_what_it_is(kind: type) -> None:
    encoded = encode(Chameleon(kind))
    assert (encoded["t"], encoded["type"]) == ("object", "Chameleon")
    assert list(encoded["v"]) == ["kind"]
    assert encode([Chameleon(kind), 1])[0]["type"] == "Chameleon"


class Liar(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        return iter([1, 2, 3])

    def __len__(self) -> int:
        return 3

    def __getitem__(self, at: Any) -> Any:
        return 1


class LyingInt(int):
    def __int__(self) -> int:
        return 42

    def __index__(self) -> int:
        return 42

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class LyingText(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "expected"


class LyingDict(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        return [("a", 1)]


@pytest.mark.parametrize(
    ("value", "content"),
    [(Liar([9]), [9]), (LyingInt(7), 7), (LyingText("real"), "real"), (LyingDict(b=2), [["b", 2]])],
)
def test_subclasses_of_builtins_are_read_through_the_base(value: Any, content: Any) -> None:
    assert encode(value)["v"] == content


def test_a_metaclass_cannot_pass_its_class_off_as_int() -> None:
    class Meta(type):
        def __eq__(cls, other: object) -> bool:
            return True

        def __hash__(cls) -> int:
            return hash(int)

        def __instancecheck__(cls, other: object) -> bool:
            return True

        __mro__ = (int, object)  # type: ignore[assignment]
        __name__ = "int"

    class Fake(metaclass=Meta):
        pass

    fake = Fake()
    assert encode([fake, fake])[0] == {"t": "object", "type": "Fake", "v": {}}
    assert encode({"k": fake})["v"][0][1]["t"] == "object"


def test_objects_that_raise_are_opaque_and_spoil_nothing_else() -> None:
    class Zone(datetime.tzinfo):
        def utcoffset(self, _: Any) -> Any:
            raise SystemExit("out")

    assert encode([1, datetime.datetime(2020, 1, 1, tzinfo=Zone())]) == [
        1,
        {"t": "opaque", "type": "datetime", "error": "SystemExit"},
    ]


def test_cycles_depth_and_size_have_ends() -> None:
    cycle: list[Any] = [1]
    cycle.append(cycle)
    assert encode(cycle) == [1, {"t": "cycle"}]
    shared = [1]
    assert encode([shared, shared]) == [[1], [1]]
    deep: Any = 0
    for _ in range(5000):
        deep = (deep,)
    assert '"too deep"' in to_text(encode(deep))
    too_large = {"t": "opaque", "type": "too large"}
    assert encode(list(range(11)), max_nodes=10) == too_large
    assert encode([[1] * 6, [1] * 6], max_nodes=10) == too_large
    assert encode("x" * 100, max_bytes=90) == too_large
    assert encode(["x" * 50] * 2, max_bytes=90) == too_large
    assert encode("\0" * 20, max_bytes=90) == too_large, "a control character is six bytes of JSON"
    assert encode(1 << 1000, max_bytes=90) == too_large
    assert encode(np.zeros(100), max_bytes=90) == too_large
    assert encode({"x" * 100: 1}, max_bytes=90) == too_large


def test_a_huge_array_that_takes_no_memory_is_refused_before_it_is_copied() -> None:
    start = time.process_time()
    assert encode(np.broadcast_to(1.0, (10**6, 10**6)))["type"] == "too large"
    assert time.process_time() - start < 1


def test_equal_values_have_equal_text_whatever_their_order() -> None:
    assert to_text(encode({"a": 1, "b": {"x": 1, "y": 2}})) == to_text(
        encode({"b": {"y": 2, "x": 1}, "a": 1})
    )
    words = [f"word {number}" for number in range(50)]
    assert to_text(encode(set(words))) == to_text(encode({*words[25:], *words[:25]}))
    assert to_text(encode([{"a": 1}, {"t": "dict"}])) == (
        '[{"t":"dict","v":[["a",1]]},{"t":"dict","v":[["t","dict"]]}]'
    )
    assert to_text([float("nan"), float("-inf"), 1.0]) == "[NaN,-Infinity,1.0]"


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(),
    st.complex_numbers(), st.decimals(allow_nan=False), st.fractions(), st.dates(), st.datetimes(),
    st.timedeltas(), st.uuids(),
)  # fmt: skip
KEYS = st.one_of(st.booleans(), st.integers(), st.text(), st.tuples(st.integers(), st.text()))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(KEYS, inner, max_size=4),
        st.builds(Plain, st.integers(), inner),
    ),
    max_leaves=12,
) | st.frozensets(KEYS)


@given(VALUES)
def test_every_value_survives_json_and_equals_itself(value: Any) -> None:
    encoded = encode(value)
    sent = to_text(encoded)
    assert sent.isascii()
    received = json.loads(sent)
    for tolerance in (Tolerance(), Tolerance(0, 0), Tolerance(strict=True)):
        assert difference(encoded, received, tolerance) is None, shorten(encoded)
    assert to_text(received) == sent


def run_inside(program: str, *options: str) -> str:
    """Runs a program as the jail does: `inside` is a package of its own, and assay is not there."""
    path = f"import sys; sys.path.append({str(INSIDE.parent)!r})\nfrom inside import encode\n"
    result = subprocess.run(
        [sys.executable, *options, "-c", path + program],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_inside_it_needs_nothing_and_imports_nothing() -> None:
    out = run_inside(
        "class ndarray: pass\n"
        "encode.encode([1, (2,), {3: 4}, ndarray()])\n"
        "print(*sorted({'assay', 'numpy', 'torch', 'pandas', 'decimal'} & set(sys.modules)), '.')",
        "-I", "-S",
    )  # fmt: skip
    assert out == ".\n"


TORCH = """
import json, torch, warnings
from inside.encode import encode as e
class Sneaky(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *a, **k): return torch.ones(2)
    def detach(self): return torch.ones(2)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__(); self.w = torch.nn.Parameter(torch.zeros(1))
cases = {
    "float": torch.tensor([1.0, 2.0], requires_grad=True),
    "bfloat16": torch.ones(2, dtype=torch.bfloat16),
    "float8": torch.ones(1).to(torch.float8_e4m3fn),
    "scalar": torch.tensor(3),
    "transposed": torch.tensor([[1, 2], [3, 4]], dtype=torch.uint8).T,
    "conjugate": torch.tensor([1 + 1j]).conj(),
    "sparse": torch.eye(2, dtype=torch.uint8).to_sparse(),
    "empty": torch.zeros(0, 3),
    "expanded": torch.zeros(1).expand(10**12),
    "sparse and huge": torch.sparse_coo_tensor([[0]], [1.0], (10**12,)),
    "meta": torch.ones(2, device="meta"),
    "sneaky": torch.zeros(2).as_subclass(Sneaky),
    "module": Net(),
    "dtype": torch.float32,
    "shape": torch.zeros(2, 3).shape,
}
print(json.dumps({name: e(value) for name, value in cases.items()}))
"""


def test_torch() -> None:
    pytest.importorskip("torch")
    found = json.loads(run_inside(TORCH))
    known = {
        "float": array("float32", [2], "AACAPwAAAEA=", "torch"),
        "bfloat16": array("bfloat16", [2], "gD+APw==", "torch"),
        "float8": array("float8_e4m3fn", [1], "AACAPw==", "torch"),
        "scalar": array("int64", [], "AwAAAAAAAAA=", "torch"),
        "transposed": array("uint8", [2, 2], "AQMCBA==", "torch"),
        "conjugate": array("complex64", [1], "AACAPwAAgL8=", "torch"),
        "sparse": array("uint8", [2, 2], "AQAAAQ==", "torch"),
        "empty": array("float32", [0, 3], "", "torch"),
        "expanded": {"t": "opaque", "type": "too large"},
        "sparse and huge": {"t": "opaque", "type": "too large"},
        "meta": {"t": "opaque", "type": "tensor"},
        "sneaky": array("float32", [2], "AAAAAAAAAAA=", "torch"),
        "dtype": {"t": "name", "v": "torch.float32"},
        "shape": {"t": "tuple", "v": [2, 3], "cls": "Size"},
    }
    module = found.pop("module")
    assert found == known
    weight = array("float32", [1], "AAAAAA==", "torch")
    assert (module["type"], module["v"]["v"]) == ("Net", [["w", weight]])


def test_pandas() -> None:
    pd = pytest.importorskip("pandas")
    tolerance = Tolerance()

    def frame(**columns: Any) -> Any:
        return json.loads(to_text(encode(pd.DataFrame(columns))))

    base = frame(a=[1, 2], b=["x", None], c=[1.0, np.nan])
    assert difference(base, frame(a=[1, 2], b=["x", None], c=[1.0, np.nan]), tolerance) is None
    changed = difference(base, frame(a=[1, 2], b=["x", "y"], c=[1.0, np.nan]), tolerance)
    assert changed == "at .iloc[:, 1][1]: expected None, got 'y'"
    assert difference(base, frame(a=[1.0, 2.0], b=["x", None], c=[1.0, np.nan]), tolerance)
    assert difference(base, frame(a=[1, 2], z=["x", None], c=[1.0, np.nan]), tolerance)

    def series(*arguments: Any, **options: Any) -> Any:
        return json.loads(to_text(encode(pd.Series(*arguments, **options))))

    assert difference(series([1, 2]), series([1, 2], dtype="Int64"), tolerance) is None
    assert difference(series([1, 2]), series([1, None], dtype="Int64"), tolerance)
    assert difference(series([1, 2]), series([1, 2], index=[1, 2]), tolerance)
    assert difference(series(["a", "b"]), series(["a", "b"], dtype="category"), tolerance)
    days = pd.date_range("2020-01-01", periods=2)
    zoned = series(days.tz_localize("UTC"))
    assert difference(series(days), series(days), tolerance) is None
    assert difference(zoned, series(days), tolerance)
    assert (
        difference(zoned, series(days.tz_localize("UTC").tz_convert("Asia/Tokyo")), tolerance)
        is None
    )
    pairs = pd.MultiIndex.from_tuples([(1, "a"), (2, "b")])
    assert difference(series([1, 2], index=pairs), series([1, 2], index=pairs), tolerance) is None
    assert encode(pd.RangeIndex(10**9)) == {"t": "opaque", "type": "too large"}
    nano = pd.Timestamp("2020-01-01") + pd.Timedelta(1, "ns")
    assert difference(encode(nano), encode(pd.Timestamp("2020-01-01")), tolerance)
    assert (
        difference(encode(pd.Timestamp("2020")), encode(datetime.datetime(2020, 1, 1)), tolerance)
        is None
    )


def test_scipy_sparse_matrices_are_what_they_say_not_how_they_say_it() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    dense = encode(np.eye(3))
    for form in ("csr", "csc", "coo", "lil"):
        assert difference(dense, encode(sparse.eye(3, format=form)), Tolerance()) is None
    large = sparse.eye(10**5, format="csr")
    assert difference(encode(large), encode(large.tocoo()), Tolerance()) is None
    assert "rows" in str(difference(encode(large), encode(sparse.eye(10**5, k=1)), Tolerance()))
