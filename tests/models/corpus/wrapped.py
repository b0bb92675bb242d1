"""Programs in other formats: JSON, tags, diffs."""

from __future__ import annotations

import json

from assay import Target
from tests.models.corpus import (
    METER,
    PROMPT,
    SCALED,
    SCALED_BODY,
    SCALES,
    TOTAL,
    TOTAL_BODY,
    TOTAL_CODE,
    TOTALS,
    UPDATES,
    WRONG_CODE,
    Shape,
)

_OBJECT = json.dumps({"explanation": "It adds (all of) them.", "code": TOTAL_CODE})
_NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": ["# Totals\n", "in order"]},
            {"cell_type": "code", "source": TOTAL_CODE.splitlines(keepends=True), "outputs": []},
            {"cell_type": "code", "source": ["running_total([1, 2])"], "outputs": []},
        ],
        "nbformat": 4,
    }
)
_PLUS = "".join(f"+{line}\n" for line in TOTAL_CODE.splitlines())
_STUB = Target("function", "running_total", "", f"{TOTAL.context}\n\n{TOTAL.signature}\n    pass\n")
_NEW_BODY = "".join(f"+{line}\n" for line in TOTAL_BODY.splitlines())
_HEADER = "--- a/total.py\n+++ b/total.py\n"


def _shape(name: str, completion: str, found: str, target: Target = TOTAL) -> Shape:
    return Shape(f"wrapped: {name}", completion, target, TOTALS, found)


SHAPES = [
    _shape("JSON", _OBJECT, "JSON"),
    _shape("JSON in a fence", f"```json\n{_OBJECT}\n```", "JSON"),
    _shape("JSON in prose", f"Here is the answer: {_OBJECT} — enjoy.", "JSON"),
    _shape("JSON with raw line ends", _OBJECT.replace("\\n", "\n"), "JSON"),
    _shape("JSON, cut off after the code", _OBJECT[:-1] + ', "notes": "it is lin', "JSON"),
    _shape(
        "JSON with a fence in it",
        json.dumps({"answer": f"So:\n```python\n{TOTAL_CODE}```\nDone."}),
        "JSON",
    ),
    _shape("JSON under another key", json.dumps({"result": {"text": TOTAL_CODE}}), "JSON"),
    _shape(
        "JSON of a chat's reply",
        json.dumps({"choices": [{"message": {"role": "assistant", "content": TOTAL_CODE}}]}),
        "JSON",
    ),
    _shape("a notebook file", _NOTEBOOK, "JSON"),
    _shape("code tags", f"<code>\n{TOTAL_CODE}</code>", "tags"),
    _shape("code tags on its lines", f"Here: <code>{TOTAL_CODE}</code> done", "tags"),
    _shape("answer tags", f"<answer>{TOTAL_CODE}</answer>\nDone.", "tags"),
    _shape("answer tags never closed", f"So.\n<answer>\n{TOTAL_CODE}", "tags"),
    _shape("a tag with attributes", f'<code lang="python">\n{TOTAL_CODE}</code>', "tags"),
    _shape("tags in tags", f"<pre><code>{TOTAL_CODE}</code></pre>", "tags"),
    _shape("a fence in tags", f"<answer>\n```python\n{TOTAL_CODE}```\n</answer>", "fenced"),
    _shape("tags in a fence", f"```python\n<code>\n{TOTAL_CODE}</code>\n```\n", ""),
    _shape("only the closing tag", f"{TOTAL_CODE}</code>\nEND SOLUTION\n", ""),
    _shape("brackets", f"[PYTHON]\n{TOTAL_CODE}[/PYTHON]\nThat's it.", "tags"),
    _shape(
        "LaTeX", f"\\begin{{lstlisting}}[language=Python]\n{TOTAL_CODE}\\end{{lstlisting}}", "tags"
    ),
    _shape("DS-1000's marks", f"BEGIN SOLUTION\n{TOTAL_CODE}END SOLUTION\n", "tags"),
    _shape(
        "HTML with entities",
        f"<pre>{TOTAL_CODE.replace('out = []', 'out = [] if 1 &lt; 2 else [&quot;&quot;]')}</pre>",
        "tags",
    ),
    _shape(
        "a draft in tags and then the answer",
        f"<scratchpad>\n{WRONG_CODE}</scratchpad>\n<answer>\n{TOTAL_CODE}</answer>\n",
        "tags",
    ),
    _shape(
        "a diff of a new file",
        f"```diff\n--- /dev/null\n+++ b/total.py\n@@ -0,0 +1,6 @@\n{_PLUS}```\n",
        "diff",
    ),
    _shape(
        "a diff without a fence",
        f"diff --git a/total.py b/total.py\n{_HEADER}@@ -1,0 +1,6 @@\n{_PLUS}",
        "diff",
    ),
    _shape("lines with a plus", f"```diff\n{_PLUS}```", "diff"),
    _shape("lines with a plus, not said to be a diff", f"```python\n{_PLUS}```", "diff"),
    _shape(
        "a diff of the body",
        f"```diff\n{_HEADER}@@ -4,2 +4,6 @@\n {TOTAL.signature}\n-    pass\n{_NEW_BODY}```\n",
        "diff",
        _STUB,
    ),
    _shape(
        "a diff of a wrong version",
        "```diff\n"
        + "".join(
            f"{' ' if line in TOTAL_CODE else '-'}{line}\n" for line in WRONG_CODE.splitlines()
        ).replace(
            "-        start -= number\n", "-        start -= number\n+        start += number\n"
        )
        + "```",
        "diff",
    ),
    _shape(
        "search and replace",
        f"<<<<<<< SEARCH\n{TOTAL.signature}\n    pass\n=======\n{TOTAL_CODE}>>>>>>> REPLACE\n",
        "diff",
        _STUB,
    ),
    Shape(
        "wrapped: a diff that adds the body alone",
        "```diff\n"
        + "".join(f"+{line}\n" for line in ["    out = []", *SCALED_BODY.splitlines()])
        + "```",
        SCALED,
        SCALES,
        "diff",
    ),
    Shape(
        "wrapped: a diff against the prompt",
        "```diff\n@@ -12,3 +12,4 @@\n"
        '     >>> scaled([1.0], 2.0)\n     [2.0]\n     """\n+' + SCALED_BODY + "```",
        SCALED,
        SCALES,
        "diff",
    ),
    Shape(
        "wrapped: a diff of a class",
        "```diff\n@@ -14,3 +14,8 @@\n"
        "     def mean(self):\n"
        "         return self.total / self.count if self.count else math.nan\n \n"
        "+    def update(self, value, count=1):\n+        self.total += value * count\n"
        "+        self.count += count\n+        return self.mean()\n+\n```",
        METER,
        UPDATES,
        "diff",
    ),
    Shape(
        "wrapped: a body in JSON", json.dumps({"completion": SCALED_BODY}), SCALED, SCALES, "JSON"
    ),
    Shape(
        "wrapped: the prompt and its body in a fence",
        f"```python\n{PROMPT}{SCALED_BODY}```",
        SCALED,
        SCALES,
    ),
]
