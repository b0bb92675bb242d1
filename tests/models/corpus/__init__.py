"""Answer shapes: what models write around, into and instead of the program that was asked for.

Each module holds a table `SHAPES`. The programs are ours, so the tests may run them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assay import Outcome, Target


@dataclass(frozen=True)
class Shape:
    """A completion, and what comes of it: calls with their values, or why there is no program.

    Expected values are those of the asked behaviour; `found` is what the shape's name contains.
    """

    name: str
    completion: str
    target: Target
    expected: Mapping[str, Any] | Outcome
    found: str = ""


# A function with helpers around it: the completion is an answer from a chat.
TOTAL = Target(
    "function",
    "running_total",
    "def running_total(numbers: List[int], start: int = 0) -> List[int]:",
    "import math\nfrom typing import List\n",
)
TOTAL_BODY = """\
    out = []
    for number in numbers:
        start += number
        out.append(start)
    return out
"""
TOTAL_CODE = f"{TOTAL.signature}\n{TOTAL_BODY}"
TOTALS = {
    "running_total([1, 2, 3])": [1, 3, 6],
    "running_total([], 4)": [],
    "running_total([2, -2], start=1)": [3, 1],
}
WRONG_BODY = TOTAL_BODY.replace("start += number", "start -= number")
WRONG_CODE = f"{TOTAL.signature}\n{WRONG_BODY}"

# HumanEval's way: the context is the prompt, and the completion goes on from it.
PROMPT = '''from typing import List


def scale(number: float, by: float) -> float:
    """ Helper. """
    return number * by


def scaled(numbers: List[float], by: float) -> List[float]:
    """ Return the numbers, each times `by`.
    >>> scaled([1.0], 2.0)
    [2.0]
    """
'''
SCALED = Target("function", "scaled", context=PROMPT)
SCALED_BODY = "    return [scale(number, by) for number in numbers]\n"
SCALES = {"scaled([1.0, 2.0], 2.0)": [2.0, 4.0], "scaled([], 3.0)": []}

# A method of a class that is given.
METER = Target(
    "method",
    "Meter.update",
    "def update(self, value: float, count: int = 1) -> float:",
    '''import math


class Meter:
    """Averages values."""

    unit = "s"

    def __init__(self):
        self.total = 0.0
        self.count = 0

    def mean(self):
        return self.total / self.count if self.count else math.nan


def fresh():
    return Meter()
''',
)
UPDATE_BODY = """\
self.total += value * count
self.count += count
return self.mean()
"""
UPDATE_CODE = (
    "def update(self, value: float, count: int = 1) -> float:\n"
    "    self.total += value * count\n"
    "    self.count += count\n"
    "    return self.mean()\n"
)
UPDATES = {"fresh().update(4.0)": 4.0, "[m := fresh(), m.update(1.0, 3), m.update(5.0)][2]": 2.0}

WINDOW = Target("class", "Window", "class Window:", "from collections import deque\n")
WINDOW_CODE = '''class Window:
    """The last values."""

    def __init__(self, size):
        self.values = deque(maxlen=size)

    def push(self, value):
        self.values.append(value)
        return list(self.values)
'''
WINDOWS = {"[w := Window(2), w.push(1), w.push(2), w.push(3)][3]": [2, 3]}

SCRIPT = Target("script", "", "", "")
SCRIPT_CODE = "import math\n\nradius = 2\narea = round(math.pi * radius**2, 2)\nprint(area)\n"
AREA = {"area": 12.57}


def every_shape() -> list[Shape]:
    """The whole corpus."""
    modules = [
        importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    ]
    return [shape for module in modules for shape in module.SHAPES]


def indented(text: str, by: str = "    ") -> str:
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))
