"""Functions without a fence: alone, in prose, in transcripts, in files, with what follows them."""

from __future__ import annotations

from assay import Target
from tests.models.corpus import TOTAL, TOTAL_BODY, TOTAL_CODE, TOTALS, Shape, indented

_LINES = TOTAL_CODE.splitlines()
_TYPED = f">>> {_LINES[0]}\n" + "".join(f"... {line}\n" for line in _LINES[1:]) + "... \n"
_CELL = f"In [1]: {_LINES[0]}\n" + "".join(f"   ...: {line}\n" for line in _LINES[1:])
_FILE = f'''#!/usr/bin/env python3
"""Totals."""
from __future__ import annotations

import sys

STEP: int = 0


def step(number):
    return number + STEP


{TOTAL_CODE.replace("+= number", "+= step(number)")}

def main() -> None:
    print(running_total([int(part) for part in sys.argv[1:]]))


if __name__ == "__main__":
    main()
'''
_ANY = Target("function", "running_total")


def _shape(name: str, completion: str, target: Target = TOTAL, found: str = "bare") -> Shape:
    return Shape(f"bare: {name}", completion, target, TOTALS, found)


SHAPES = [
    _shape("alone", TOTAL_CODE),
    _shape("prose before it", f"Sure! Here's the function:\n\n{TOTAL_CODE}"),
    _shape(
        "prose after it",
        f"{TOTAL_CODE}\nThis adds them up; it's linear.\n\nLet me know if you need more!",
    ),
    _shape("prose right after it", f"{TOTAL_CODE}Let me know if that works for you!"),
    _shape("prose around it", f"Sure, here you go:\n{TOTAL_CODE}\nHope this helps."),
    _shape(
        "prose between its parts",
        "First the import:\n\nfrom itertools import accumulate\n\nThen the function:\n\n"
        "def running_total(numbers, start=0):\n"
        "    return list(accumulate(numbers, initial=start))[1:]\n",
    ),
    _shape(
        "Markdown headings around it", f"## Solution\n\n{TOTAL_CODE}\n## Notes\n\n- It's linear.\n"
    ),
    _shape("a whole file", _FILE),
    _shape(
        "an indented code block", f"Here:\n\n{indented(TOTAL_CODE)}\nThat's it.", found="indented"
    ),
    _shape("all of it indented", indented(TOTAL_CODE)),
    _shape("indented by tabs", TOTAL_CODE.replace("    ", "\t")),
    _shape("tabs mixed with spaces", TOTAL_CODE.replace("        start", "\tstart")),
    _shape("a byte order mark", "\ufeff" + TOTAL_CODE),
    _shape("no-break spaces", TOTAL_CODE.replace("    ", "\u00a0" * 4)),
    _shape("zero-width spaces", TOTAL_CODE.replace("for ", "for \u200b")),
    _shape("smart quotes", TOTAL_CODE.replace("out = []", "out, _unit = [], “s”")),
    _shape("escaped underscores", TOTAL_CODE.replace("running_total", r"running\_total")),
    _shape(
        "HTML entities",
        TOTAL_CODE.replace(
            "start += number", "start += number if number &lt; 9 &amp; 15 or True else &quot;&quot;"
        ),
    ),
    _shape("line ends spelt out", TOTAL_CODE.replace("\n", "\\n")),
    _shape("a string literal", repr(TOTAL_CODE)),
    _shape("line numbers", "".join(f"{n:>3} | {line}\n" for n, line in enumerate(_LINES, 1))),
    _shape("a null byte at its end", TOTAL_CODE + "\0"),
    _shape(
        "an interpreter's transcript",
        f"{_TYPED}>>> running_total([1, 2])\n[1, 3]\n",
        found="transcript",
    ),
    _shape(
        "a transcript in a fence", f"```pycon\n{_TYPED}>>> print(1)\n1\n```\n", found="transcript"
    ),
    _shape(
        "a notebook's cells",
        f"{_CELL}\nIn [2]: running_total([1])\nOut[2]: [1]\n",
        found="transcript",
    ),
    _shape("a notebook's cell", f"%%time\n# %%\n{TOTAL_CODE}\n%timeit running_total([1])\n?help\n"),
    _shape(
        "everything of a module imported",
        "from itertools import *\n\n\ndef running_total(numbers, start=0):\n"
        "    return list(accumulate(numbers, initial=start))[1:]\n",
    ),
    _shape("a notebook's magics", f"%matplotlib inline\n!pip install numpy\n\n{TOTAL_CODE}"),
    _shape(
        "examples after it",
        f"{TOTAL_CODE}\nprint(running_total([1]))\nvalues = running_total(input())\n",
    ),
    _shape(
        "a plot after it",
        f"{TOTAL_CODE}\nimport matplotlib.pyplot as plt\n"
        "plt.plot(running_total([1]))\nplt.show()\n",
    ),
    _shape("tests after it", f"{TOTAL_CODE}\nassert running_total([1]) == [2]\n"),
    _shape(
        "a unittest after it",
        f"{TOTAL_CODE}\nimport unittest\n\n\nclass TestTotal(unittest.TestCase):\n"
        "    def test_total(self):\n        self.assertEqual(running_total([1]), [1])\n\n\n"
        "unittest.main()\n",
    ),
    _shape(
        "doctests run after it",
        f"{TOTAL_CODE}\nimport doctest\ndoctest.testmod(raise_on_error=True)\n",
    ),
    _shape(
        "a builtin shadowed after it",
        TOTAL_CODE.replace("out = []", "out = list()") + "\nlist = running_total([1, 2])\n",
    ),
    _shape("data read before it", f'rows = open("/no/such/file").read()\n\n\n{TOTAL_CODE}'),
    _shape("its own name called before it", "print(running_total)\n\n" + TOTAL_CODE),
    _shape("a guard without a function", f'{TOTAL_CODE}\nif __name__ == "__main__":\n    1 / 0\n'),
    _shape(
        "a decorator",
        "import functools\n\n\ndef plain(f):\n    return functools.wraps(f)(f)\n\n\n@plain\n"
        + TOTAL_CODE,
    ),
    _shape(
        "a decorator of several lines",
        "import functools\n\n\n@functools.wraps(\n    print,\n)\n"
        + TOTAL_CODE
        + "\nThat's decorated.\n",
    ),
    _shape(
        "wrapped after it",
        TOTAL_CODE.replace("running_total", "_slow", 1)
        + "\n\nrunning_total = lambda n, start=0: _slow(n, start)\n",
    ),
    _shape(
        "made by a call",
        TOTAL_CODE.replace("running_total", "_slow", 1)
        + "\n\nimport functools\nrunning_total = functools.partial(_slow)\n",
    ),
    _shape(
        "a lambda",
        "running_total = lambda numbers, start=0: "
        "[start + sum(numbers[: i + 1]) for i in range(len(numbers))]\n",
    ),
    _shape(
        "defined under an if", "import sys\n\nif sys.version_info >= (3,):\n" + indented(TOTAL_CODE)
    ),
    _shape(
        "from the future",
        "Here:\nfrom __future__ import annotations\n"
        + TOTAL_CODE.replace("List[int]:", "Unknown:"),
    ),
    _shape("another spelling of its name", TOTAL_CODE.replace("running_total", "runningTotal")),
    _shape(
        "a worse definition before it",
        f"def running_total(numbers, start=0):\n    return None\n\n\n{TOTAL_CODE}",
    ),
    _shape("a stub after it", f"{TOTAL_CODE}\n\ndef running_total(numbers, start=0):\n    ...\n"),
    _shape(
        "a repeated definition, cut off",
        f"{TOTAL_CODE}\n\ndef running_total(numbers):\n    return [sum(",
    ),
    _shape("a cut helper after it", f"{TOTAL_CODE}\n\ndef other(x):\n    if x:\n        y = "),
    _shape("a cut remark in its body", f"{TOTAL_CODE}    # an exam"),
    _shape(
        "cut after its end, in its body",
        f"{TOTAL_CODE}    assert running_total([1",
        found="cut short",
    ),
    _shape(
        "prose in its body's margin", f"{TOTAL_CODE}\n    This adds them up.\n", found="cut short"
    ),
    _shape(
        "with nobody's signature",
        TOTAL_CODE.replace(": List[int]", "").replace(" -> List[int]", ""),
        _ANY,
    ),
    _shape(
        "a main function that is never called",
        f"{TOTAL_CODE}\n\ndef main():\n    input()\n\n\nmain()\n",
    ),
    _shape("an end token", f"{TOTAL_CODE}<|im_end|>\n<|im_start|>user\nAnd now?"),
    _shape(
        "a global that it counts in",
        "_calls = 0\n\n\n"
        + TOTAL_CODE.replace("    out = []", "    global _calls\n    _calls += 1\n    out = []"),
    ),
    _shape(
        "an attribute of itself",
        TOTAL_CODE.replace("out = []", "out = list(running_total.first)")
        + "\n\nrunning_total.first = ()\n",
    ),
    _shape(
        "a table that a loop fills",
        "SAME = {}\nfor i in range(9):\n    SAME[i] = i\n\n\n"
        + TOTAL_CODE.replace("+= number", "+= SAME.get(number, number)"),
    ),
    _shape(
        "a name found in globals",
        "def _one():\n    return 0\n\n\nextra = _one()\n\n\n"
        + TOTAL_CODE.replace("out = []", "out = []\n    start += globals()['extra']"),
    ),
    _shape("a seed before it", "import random\n\nrandom.seed(0)\n\n\n" + TOTAL_CODE),
    _shape(
        "docstring, and its body after",
        'def running_total(numbers, start=0):\n    """Adds up."""\n' + TOTAL_BODY,
    ),
]
