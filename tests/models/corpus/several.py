"""Several blocks: parts of one program, attempts, examples, tests."""

from __future__ import annotations

from assay import Target
from tests.models.corpus import (
    TOTAL,
    TOTAL_CODE,
    TOTALS,
    WINDOW,
    WINDOW_CODE,
    WINDOWS,
    WRONG_CODE,
    Shape,
)

_ACCUMULATED = (
    "def running_total(numbers, start=0):\n"
    "    return list(accumulate(numbers, initial=start))[1:]\n"
)
_WITH_HELPER = (
    "def running_total(numbers, start=0):\n"
    "    return [add_up(numbers[: i + 1], start) for i in range(len(numbers))]\n"
)
_HELPER = "def add_up(numbers, start):\n    return start + sum(numbers)\n"
_BARE = Target("function", "running_total", "def running_total(numbers, start=0):")


def _block(code: str, tag: str = "python") -> str:
    return f"```{tag}\n{code}```\n"


def _shape(name: str, *parts: str, target: Target = TOTAL, found: str = "") -> Shape:
    return Shape(f"several: {name}", "\n".join(parts), target, TOTALS, found)


SHAPES = [
    _shape(
        "imports, then the function",
        "First the imports:",
        _block("from itertools import accumulate\n"),
        "Then the function:",
        _block(_ACCUMULATED),
        found="several blocks",
    ),
    _shape(
        "the function, then its imports",
        _block(_ACCUMULATED),
        "It needs this import:",
        _block("from itertools import accumulate\n"),
        found="several blocks",
    ),
    _shape(
        "imports, helper, function, usage",
        _block("import functools\n"),
        _block(_HELPER),
        _block(_WITH_HELPER),
        "Usage:",
        _block("print(running_total([1, 2]))\nexit()\n"),
    ),
    _shape("a helper after the function", _block(_WITH_HELPER), "where", _block(_HELPER)),
    _shape(
        "a class that the function uses",
        _block("class Adder:\n    def __call__(self, a, b):\n        return a + b\n"),
        _block(
            "def running_total(numbers, start=0):\n    add, out = Adder(), []\n"
            "    for n in numbers:\n"
            "        start = add(start, n)\n        out.append(start)\n    return out\n"
        ),
        target=_BARE,
    ),
    _shape(
        "a first attempt, then a correction",
        _block(WRONG_CODE),
        "Wait, that subtracts. Here is the corrected version:",
        _block(TOTAL_CODE),
    ),
    _shape(
        "a correction without a word of it",
        _block(WRONG_CODE),
        "Hmm, the sign.",
        _block(TOTAL_CODE),
    ),
    _shape(
        "a correction that leaves the imports out",
        _block("from itertools import accumulate\n\n\n" + WRONG_CODE),
        "Fixed:",
        _block(_ACCUMULATED),
    ),
    _shape(
        "an alternative after it",
        _block(TOTAL_CODE),
        "Alternatively, a naive and slower version:",
        _block(WRONG_CODE),
    ),
    _shape(
        "the original first", "Your original code:", _block(WRONG_CODE), "Mine:", _block(TOTAL_CODE)
    ),
    _shape(
        "what not to do after it",
        _block(TOTAL_CODE),
        "Do not write this instead:",
        _block(WRONG_CODE),
    ),
    _shape(
        "a usage example after it",
        _block(TOTAL_CODE),
        "Example:",
        _block("from total import running_total\n\nprint(running_total([1, 2]))\n"),
    ),
    _shape(
        "a usage example before it",
        "You will call it like this:",
        _block("result = running_total([1, 2])\nprint(result)\n"),
        "So:",
        _block(TOTAL_CODE),
    ),
    _shape(
        "tests after it",
        _block(TOTAL_CODE),
        "Tests:",
        _block(
            "import pytest\nfrom total import running_total\n\n\ndef test_total():\n"
            "    assert running_total([1]) == [2]\n\n\ntest_total()\n"
        ),
    ),
    _shape("its output after it", _block(TOTAL_CODE), "Output:", _block("[1, 3, 6]\n", "")),
    _shape(
        "shell commands around it",
        _block("pip install numpy\n", "bash"),
        _block(TOTAL_CODE),
        _block("python total.py\n", "sh"),
    ),
    _shape(
        "an elided sketch after it",
        _block(TOTAL_CODE),
        "In short:",
        _block("def running_total(numbers, start=0):\n    out = []\n    ...\n    return out\n"),
    ),
    _shape(
        "a sketch with a remark for the rest",
        _block(TOTAL_CODE),
        "Then add error handling:",
        _block(
            "def running_total(numbers, start=0):\n    if not numbers:\n        return None\n"
            "    # ... rest of the function\n    return 1\n"
        ),
    ),
    _shape(
        "a stub first",
        "The skeleton:",
        _block("def running_total(numbers, start=0):\n    pass\n"),
        "Filled in:",
        _block(TOTAL_CODE),
    ),
    _shape(
        "lines of it explained afterwards",
        _block(TOTAL_CODE),
        "This line adds:",
        _block("start += number\n"),
        "and this returns:",
        _block("return out\n"),
    ),
    _shape(
        "lines of it explained before",
        "We loop:",
        _block("for number in numbers:\n    start += number\n"),
        "In full:",
        _block(TOTAL_CODE),
    ),
    _shape("the same twice", _block(TOTAL_CODE), "Once more:", _block(TOTAL_CODE)),
    _shape(
        "another language after it",
        _block(TOTAL_CODE),
        "In JavaScript:",
        _block("function running_total(numbers) { return numbers; }\n", "javascript"),
    ),
    _shape(
        "a cut one after a whole one",
        _block(TOTAL_CODE),
        "Improved:",
        "```python\ndef running_total(numbers, start=0):\n    out = []\n    for number in numb",
    ),
    Shape(
        "several: a class, then how to use it",
        _block(WINDOW_CODE) + "Use:\n" + _block("window = Window(3)\nwindow.push(input())\n"),
        WINDOW,
        WINDOWS,
    ),
    Shape(
        "several: a class and the base it needs",
        _block("class Base:\n    values: object\n")
        + _block(WINDOW_CODE.replace("Window:", "Window(Base):")),
        WINDOW,
        WINDOWS,
    ),
]
