"""Methods: bare, indented, in their class, in the whole file; and classes."""

from __future__ import annotations

from assay import Target
from tests.models.corpus import (
    METER,
    UPDATE_BODY,
    UPDATE_CODE,
    UPDATES,
    WINDOW,
    WINDOW_CODE,
    WINDOWS,
    Shape,
    indented,
)

_METHOD = indented(UPDATE_CODE)
_FILE = METER.context.replace("\n\ndef fresh", f"\n{_METHOD}\n\ndef fresh")
_SKETCH = (
    "class Meter:\n    def __init__(self):\n        pass\n\n    # ... existing methods ...\n\n"
    + _METHOD
)
_STUB = Target(
    "method",
    "Meter.update",
    "",
    METER.context.replace(
        "    def mean",
        "    def update(self, value: float, count: int = 1) -> float:\n"
        '        """Adds a value."""\n        raise NotImplementedError\n\n    def mean',
    ),
)
_OPEN = Target(
    "method",
    "Meter.update",
    "",
    METER.context.replace("\n\ndef fresh():\n    return Meter()\n", "").replace(
        "import math", "import math\n\n\ndef fresh():\n    return Meter()"
    )
    + "\n    def update(self, value: float, count: int = 1) -> float:\n"
    '        """Adds a value."""\n',
)
_WITH_HELPER = (
    "def update(self, value, count=1):\n    self._add(value * count, count)\n"
    "    return self.mean()\n\n\n"
    "def _add(self, value, count):\n    self.total += value\n    self.count += count\n"
)
_NESTED = Target(
    "method",
    "Outer.Inner.twice",
    "def twice(self, x):",
    "class Outer:\n    class Inner:\n        pass\n\n    other = 1\n",
)
_STATE = (
    "class Meter:\n    unit = 's'\n\n    def __init__(self):\n        self.seen = []\n\n"
    "    def mean(self):\n"
    "        return sum(self.seen) / len(self.seen)\n\n    def update(self, value, count=1):\n"
    "        self.seen += [value] * count\n        return self.mean()\n"
)


def _shape(name: str, completion: str, target: Target = METER, found: str = "") -> Shape:
    return Shape(f"method: {name}", completion, target, UPDATES, found)


SHAPES = [
    _shape("alone", UPDATE_CODE, found="bare"),
    _shape("fenced", f"```python\n{UPDATE_CODE}```\n", found="fenced"),
    _shape("indented as in its class", f"```python\n{_METHOD}```\n", found="fenced"),
    _shape("indented, not fenced", _METHOD, found="bare"),
    _shape("indented, in prose", f"Add this method:\n\n{_METHOD}\nto the class.", found="indented"),
    _shape("only its first line at the margin", _METHOD.lstrip()),
    _shape("in its class", f"```python\nclass Meter:\n{_METHOD}```\n"),
    _shape(
        "in its whole class",
        "class Meter:" + _FILE.partition("class Meter:")[2].partition("\n\ndef fresh")[0],
    ),
    _shape("in the whole file", f"```python\n{_FILE}```"),
    _shape("in a sketch of its class", f"```python\n{_SKETCH}```\n"),
    _shape("in a class with another state", f"```python\n{_STATE}```"),
    _shape("with a helper beside it", f"```python\n{_WITH_HELPER}```"),
    _shape("with a helper, both indented", indented(_WITH_HELPER)),
    _shape("in a class with a helper", "class Meter:\n" + indented(_WITH_HELPER)),
    _shape(
        "in a class with a constant",
        "class Meter:\n    BY = 1\n\n"
        + _METHOD.replace("value * count", "value * count * self.BY"),
    ),
    _shape(
        "with an import before it",
        "from operator import mul\n\n\n"
        + UPDATE_CODE.replace("value * count", "mul(value, count)"),
    ),
    _shape(
        "with an import and its class",
        "from operator import mul\n\n\nclass Meter:\n"
        + _METHOD.replace("value * count", "mul(value, count)"),
    ),
    _shape(
        "then how to use it", f"{UPDATE_CODE}\n\nmeter = Meter()\nprint(meter.update(input()))\n"
    ),
    _shape(
        "in its class, then how to use it",
        f"class Meter:\n{_METHOD}\n\nmeter = Meter()\nmeter.update(1)\n1 / 0\n",
    ),
    _shape("decorated", "import functools\n\n\n@functools.wraps(print)\n" + UPDATE_CODE),
    _shape("of a class under another name", f"class BetterMeter:\n{_METHOD}"),
    _shape(
        "its text not moved",
        UPDATE_CODE.replace(
            "self.count", 's = """\n  x"""\n    assert s == "\\n  x"\n    self.count', 1
        ),
    ),
    _shape("its body alone", UPDATE_BODY, found="body only"),
    _shape("its body, indented once", indented(UPDATE_BODY), found="body only"),
    _shape("its body, indented twice", indented(UPDATE_BODY, " " * 8), found="body only"),
    _shape(
        "its body in a fence", f"```python\n{indented(UPDATE_BODY, ' ' * 8)}```", found="body only"
    ),
    _shape("for a stub", f"```python\n{UPDATE_CODE}```", _STUB),
    _shape("for a stub, in its class", f"class Meter:\n{_METHOD}", _STUB),
    _shape("for a stub, its body", indented(UPDATE_BODY, " " * 8), _STUB, "body only"),
    _shape("that goes on from the prompt", indented(UPDATE_BODY, " " * 8), _OPEN, "body only"),
    _shape(
        "that goes on, then another method",
        indented(UPDATE_BODY, " " * 8) + "\n    def reset(self):\n        self.total = 0\n",
        _OPEN,
        "body only",
    ),
    _shape(
        "that goes on, then another method, cut off",
        indented(UPDATE_BODY, " " * 8) + "\n    def reset(self):\n        self.total = (",
        _OPEN,
        "body only",
    ),
    _shape(
        "that goes on, then a function",
        indented(UPDATE_BODY, " " * 8) + "\n\ndef other():\n    return Met",
        _OPEN,
        "body only",
    ),
    _shape(
        "then another method of the class, cut off",
        f"class Meter:\n{_METHOD}\n    def reset(self):\n        self.total = (",
    ),
    _shape(
        "in two blocks of its class",
        f"```python\nclass Meter:\n    def __init__(self):\n        ...\n```\n"
        f"and\n```python\nclass Meter:\n{_METHOD}```\n",
    ),
    _shape(
        "a first attempt, then corrected",
        f"```python\n{UPDATE_CODE.replace('+=', '-=')}```\nNo: fixed:\n```python\n{UPDATE_CODE}```",
    ),
    Shape(
        "method: of a class in a class",
        "def twice(self, x):\n    return 2 * x\n",
        _NESTED,
        {"Outer.Inner().twice(2)": 4, "Outer.other": 1},
    ),
    Shape(
        "method: asynchronous",
        "async def go(self):\n    return 1\n",
        Target("method", "A.go", "async def go(self):", "import asyncio\n\n\nclass A:\n    pass\n"),
        {"asyncio.run(A().go())": 1},
    ),
    Shape(
        "method: static",
        "class A:\n    @staticmethod\n    def one():\n        return 1\n",
        Target("method", "A.one", "def one():", "class A:\n    pass\n"),
        {"A.one()": 1},
    ),
    Shape(
        "method: a property",
        "@property\ndef one(self):\n    return 1\n",
        Target("method", "A.one", "def one(self):", "class A:\n    x = 2\n"),
        {"A().one + A.x": 3},
    ),
    Shape(
        "function: asynchronous",
        "```python\nimport asyncio\n\n\nasync def go():\n    return 1\n```\n"
        "```python\nasyncio.run(go())\n```",
        Target("function", "go", "async def go():"),
        {"asyncio.run(go())": 1},
    ),
    Shape("class: alone", WINDOW_CODE, WINDOW, WINDOWS),
    Shape(
        "class: fenced, with an example",
        f"```python\n{WINDOW_CODE}\n\nw = Window(2)\nw.push(input())\n```",
        WINDOW,
        WINDOWS,
    ),
    Shape(
        "class: its methods alone",
        WINDOW_CODE.partition('"""\n\n')[2],
        WINDOW,
        WINDOWS,
        "body only",
    ),
    Shape(
        "class: a stub before it", "class Window:\n    pass\n\n\n" + WINDOW_CODE, WINDOW, WINDOWS
    ),
    Shape(
        "class: then prose",
        WINDOW_CODE + "\nIt keeps the last values, that's all.\n",
        WINDOW,
        WINDOWS,
    ),
    Shape(
        "class: a data class",
        "from dataclasses import dataclass, field\n\n\n@dataclass\nclass Window:\n"
        "    size: int\n    values: list = field(default_factory=list)\n\n"
        "    def push(self, value):\n"
        "        self.values = [*self.values, value][-self.size :]\n        return self.values\n",
        WINDOW,
        WINDOWS,
    ),
    Shape(
        "class: made with an import of its own",
        "```python\nimport collections\n```\n```python\n"
        + WINDOW_CODE.replace("deque(", "collections.deque(")
        + "```",
        WINDOW,
        WINDOWS,
    ),
]
