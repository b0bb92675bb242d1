"""One fenced block, in every way to write a fence."""

from __future__ import annotations

from tests.models.corpus import TOTAL, TOTAL_CODE, TOTALS, Shape, indented

_TAGS = [
    "python",
    "py",
    "python3",
    "Python",
    "PYTHON",
    "pycon",
    " python",
    "python ",
    "{.python}",
    "{python}",
    'python title="total.py"',
    "python:total.py",
    "python linenums=1",
    "",
    "text",
    "java",
]
_QUOTED = indented(f"```python\n{TOTAL_CODE}```\n", "> ")
_DOCUMENTED = TOTAL_CODE.replace(
    ":\n    out",
    ':\n    """Running totals.\n\n    ```python\n    running_total([1])\n    ```\n    """\n    out',
)


def _shape(name: str, completion: str, found: str = "fenced") -> Shape:
    return Shape(f"fence: {name}", completion, TOTAL, TOTALS, found)


SHAPES = [
    *(_shape(f"tag {tag!r}", f"Here:\n\n```{tag}\n{TOTAL_CODE}```\n\nDone.") for tag in _TAGS),
    _shape("tildes", f"~~~python\n{TOTAL_CODE}~~~\n"),
    _shape("four ticks", f"````python\n{TOTAL_CODE}````\n"),
    _shape(
        "four ticks around three in a comment",
        f"````python\n{TOTAL_CODE}# see\n# ```\n````\nThat is it.",
    ),
    _shape("tildes around ticks in a docstring", f"~~~py\n{_DOCUMENTED}~~~"),
    _shape("ticks around ticks in a docstring", f"```python\n{_DOCUMENTED}```\n"),
    _shape("CRLF", f"Sure!\n```python\n{TOTAL_CODE}```\nBye.".replace("\n", "\r\n")),
    _shape("CR alone", f"Sure!\n```python\n{TOTAL_CODE}```\nBye.".replace("\n", "\r")),
    _shape("no line end at the end", f"```python\n{TOTAL_CODE.rstrip()}\n```"),
    _shape("indented", indented(f"```python\n{TOTAL_CODE}```\n", "   ")),
    _shape("indented by a tab", indented(f"```python\n{TOTAL_CODE}```\n", "\t")),
    _shape("only the fences indented", f"   ```python\n{TOTAL_CODE}   ```\n"),
    _shape("in a bullet list", "- First:\n\n" + indented(f"```python\n{TOTAL_CODE}```\n", "  ")),
    _shape("in a numbered list", "1. First:\n" + indented(f"```python\n{TOTAL_CODE}```\n", "   ")),
    _shape(
        "on a list's own line",
        "1. ```python\n" + indented(f"{TOTAL_CODE}```\n", "   ") + "2. Done.\n",
    ),
    _shape("on a bullet's own line", "- ```python\n" + indented(f"{TOTAL_CODE}```\n", "  ")),
    _shape("in a quote", _QUOTED),
    _shape("in a quote without spaces", _QUOTED.replace("> ", ">")),
    _shape("in a quote in a quote", indented(_QUOTED, "> ")),
    _shape("in a quote that is not repeated", f"> ```python\n{TOTAL_CODE}```\n"),
    _shape(
        "in a markdown answer",
        f"```markdown\n# Answer\n\n```python\n{TOTAL_CODE}```\n\nEnd.\n```\n",
    ),
    _shape("in a longer markdown fence", f"````md\n# Answer\n\n```python\n{TOTAL_CODE}```\n````\n"),
    _shape("unclosed at the end", f"Here it is.\n\n```python\n{TOTAL_CODE}", "unclosed"),
    _shape(
        "unclosed, prose after it",
        f"```python\n{TOTAL_CODE}\nThis adds the numbers up. It's linear.\n",
        "unclosed",
    ),
    _shape(
        "unclosed, then another one",
        f"```python\n{TOTAL_CODE}\n```python\nrunning_total([1])\n```",
        "unclosed",
    ),
    _shape("unclosed at the start", f"{TOTAL_CODE}```\n\nThis adds them up.", "unopened"),
    _shape("closed by other text's fence", f"```\n{TOTAL_CODE}``` \n"),
    _shape("closing fence glued to the code", f"```python\n{TOTAL_CODE.rstrip()}```\nThat's all."),
    _shape("closing fence glued, nothing after", f"```python\n{TOTAL_CODE.rstrip()}```"),
    _shape("opening fence glued to prose", f"Here is the code: ```python\n{TOTAL_CODE}```\n"),
    _shape("code on the line of the fence", f"```{TOTAL_CODE}```\n"),
    _shape("code behind the tag", f"```python {TOTAL_CODE}```\n"),
    _shape(
        "a block on one line",
        "```def running_total(numbers, start=0): "
        "return [start + sum(numbers[: i + 1]) for i in range(len(numbers))]```",
    ),
    _shape("a file's name first", f"**total.py**\n```python\ntotal.py\n{TOTAL_CODE}```"),
    _shape("a comment with the file's name", f"```python\n# total.py\n{TOTAL_CODE}```"),
    _shape("blank lines around the code", f"```python\n\n\n{TOTAL_CODE}\n\n\n```"),
    _shape("closed by a longer fence", f"```python\n{TOTAL_CODE}`````\n"),
    _shape("dash rules in comments", "```python\n" + f"# {'-' * 78}\n" * 12 + f"{TOTAL_CODE}```"),
    _shape(
        "HTML details around it",
        f"<details>\n<summary>Code</summary>\n\n```python\n{TOTAL_CODE}```\n\n</details>",
    ),
]
