"""Whole scripts, and completions that hold no program or another one."""

from __future__ import annotations

from assay import Outcome, Target
from tests.models.corpus import AREA, METER, SCALED, SCRIPT, SCRIPT_CODE, TOTAL, TOTAL_CODE, Shape

_FUNCTION = Target("script", "", "", "GIVEN = 2\n")
_GIVEN = "import math\n\nsteps = [1, 2]\nfor step in steps:\n    print(step)\n"
_TRAINING = Target("script", "", "", _GIVEN)
_LOGGED = "import math\n\nlog = []\nsteps = [1, 2]\nfor step in steps:\n    log.append(step)\n"
_LOGS = {"log": [1, 2], "steps": [1, 2]}
# DS-1000's way: the text goes into a program of the check's own.
_HELD = Target("script", "code")
_HELD_CODE = "result = df.sum()\nresult += 1"
_HELD_BODY = "    result = df.sum()\n    return result"


def _none(name: str, completion: str, outcome: Outcome, target: Target = TOTAL) -> Shape:
    return Shape(f"none: {name}", completion, target, outcome)


SHAPES = [
    Shape("script: alone", SCRIPT_CODE, SCRIPT, AREA, "bare"),
    Shape("script: fenced", f"Here:\n```python\n{SCRIPT_CODE}```\nRun it.", SCRIPT, AREA, "fenced"),
    Shape("script: unclosed", f"```python\n{SCRIPT_CODE}", SCRIPT, AREA),
    Shape(
        "script: in prose",
        f"Sure, here's the script:\n\n{SCRIPT_CODE}\nThat's all of it.",
        SCRIPT,
        AREA,
    ),
    Shape(
        "script: then a shell command",
        f"```python\n{SCRIPT_CODE}```\n```bash\npython area.py\n```\n",
        SCRIPT,
        AREA,
    ),
    Shape(
        "script: in two parts",
        "```python\nimport math\n\nradius = 2\n```\nand then\n"
        "```python\narea = round(math.pi * radius**2, 2)\n```\n",
        SCRIPT,
        AREA,
        "several blocks",
    ),
    Shape(
        "script: then a snippet",
        f"```python\n{SCRIPT_CODE}```\nThe line that counts is\n```python\nradius = 3\n```\n",
        SCRIPT,
        AREA,
    ),
    Shape(
        "script: corrected",
        f"```python\n{SCRIPT_CODE.replace('**2', '**3')}```\nCorrected:\n"
        f"```python\n{SCRIPT_CODE}```",
        SCRIPT,
        AREA,
    ),
    Shape("script: a diff", "```diff\n+import math\n+area = 12.57\n```", SCRIPT, AREA, "diff"),
    Shape(
        "script: goes on from what is given",
        "```python\nimport math\n\narea = round(math.pi * GIVEN**2, 2)\n```",
        _FUNCTION,
        AREA,
    ),
    Shape(
        "script: with a main block",
        'def main():\n    global area\n    area = 12.57\n\n\nif __name__ != "never":\n    main()\n',
        SCRIPT,
        AREA,
    ),
    Shape(
        "script: the given one, rewritten", f"```python\n{_LOGGED}```", _TRAINING, _LOGS, "fenced"
    ),
    Shape(
        "script: a diff against the given one",
        "Log it:\n```diff\n--- a/train.py\n+++ b/train.py\n@@ -1,5 +1,6 @@\n import math\n \n"
        "+log = []\n steps = [1, 2]\n for step in steps:\n-    print(step)\n"
        "+    log.append(step)\n```\n",
        _TRAINING,
        _LOGS,
        "diff",
    ),
    Shape(
        "script: a diff of two places of the given one",
        "```diff\n@@ -1,2 +1,3 @@\n import math\n+log = []\n@@ -4,2 +5,2 @@\n"
        " for step in steps:\n-    print(step)\n+    log.append(step)\n```\n",
        _TRAINING,
        _LOGS,
        "diff",
    ),
    Shape(
        "script: a diff without a fence",
        "Log it:\n\n--- a/train.py\n+++ b/train.py\n@@ -1,3 +1,4 @@\n import math\n \n"
        "+log = [1, 2]\n steps = [1, 2]\n",
        _TRAINING,
        _LOGS,
        "diff",
    ),
    Shape("script: held", _HELD_CODE, _HELD, {"code": _HELD_CODE}),
    Shape("script: held, fenced", f"```python\n{_HELD_CODE}\n```", _HELD, {"code": _HELD_CODE}),
    Shape("script: held, a body", _HELD_BODY, _HELD, {"code": _HELD_BODY}),
    Shape(
        "script: held, a body in a fence", f"```\n{_HELD_BODY}\n```", _HELD, {"code": _HELD_BODY}
    ),
    Shape(
        "script: held, with DS-1000's last marks",
        f"{_HELD_CODE}\n</code>\nEND SOLUTION",
        _HELD,
        {"code": _HELD_CODE},
    ),
    Shape(
        "script: held, in a list",
        f"1. So:\n   ```python\n   {_HELD_CODE.replace(chr(10), chr(10) + '   ')}\n   ```",
        _HELD,
        {"code": _HELD_CODE},
    ),
    _none("empty", "", Outcome.NO_CODE),
    _none("white space", " \n\t\n ", Outcome.NO_CODE),
    _none("a refusal", "I'm sorry, but I can't help with that.", Outcome.NO_CODE),
    _none("one word", "None", Outcome.NO_CODE),
    _none("a remark", "Note: this is left to the reader.", Outcome.NO_CODE),
    _none(
        "prose about code",
        "You could loop over the numbers and add each of them to `start`.",
        Outcome.NO_CODE,
    ),
    _none("an empty fence", "```python\n```", Outcome.NO_CODE),
    _none("a fence that never begins", "```python", Outcome.NO_CODE),
    _none("comments in a fence", "```python\n# TODO\n```", Outcome.NO_CODE),
    _none("a refusal, for a script", "I can't.", Outcome.NO_CODE, SCRIPT),
    _none(
        "a function under another name",
        f"```python\n{TOTAL_CODE.replace('running_total', 'totals')}```",
        Outcome.WRONG_TARGET,
    ),
    _none("a call of it alone", "```python\nprint(running_total([1]))\n```", Outcome.WRONG_TARGET),
    _none(
        "its tests alone",
        "def test_total():\n    assert running_total([1]) == [1]\n",
        Outcome.WRONG_TARGET,
    ),
    _none(
        "an import of it", "```python\nfrom total import running_total\n```", Outcome.WRONG_TARGET
    ),
    _none(
        "a method of some class",
        "class Solution:\n    def running_total(self, numbers):\n        return []\n",
        Outcome.WRONG_TARGET,
    ),
    _none(
        "cut in its body",
        "```python\ndef running_total(numbers):\n    out = []\n    for number in",
        Outcome.WRONG_TARGET,
    ),
    _none("a class where it is none", "class running_total:\n    pass\n", Outcome.WRONG_TARGET),
    _none(
        "another method",
        "```python\ndef reset(self):\n    self.total = 0\n```",
        Outcome.WRONG_TARGET,
        METER,
    ),
    _none("shell commands", "```bash\npip install totals\n```", Outcome.NO_CODE),
    _none(
        "another language",
        "```javascript\nfunction running_total(n) { return n; }\n```",
        Outcome.NO_CODE,
    ),
    _none("an example's output", "```\n[1, 3, 6]\n```", Outcome.NO_CODE),
    _none("a cut string", '```python\nvalue = "running_total', Outcome.NO_CODE, SCALED),
]
