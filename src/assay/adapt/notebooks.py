"""Notebooks: their code cells as one script, and a script back into the cells it came from."""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assay.core.errors import InputError

_MARK = "# %% cell "
# What only IPython understands goes through as a comment, behind what stands in for it.
_MAGIC = "#!magic "
_IPYTHON = re.compile(r"[%!]|\?{1,2}\w|\w[\w.]*\?{1,2}\s*$")
_ASSIGNED = re.compile(r"([A-Za-z_][\w., \[\]'\"]*?)\s*=\s*[!%](?!=)")
# Magics that run the Python which they are given.
_RUNS = r"(?:time|capture|prun)\b"
_RUNS_LINE = re.compile(rf"%{_RUNS}(?:\s+-\w+(?:\s+\d+)?)*\s+(?=[A-Za-z_])")
_RUNS_CELL = re.compile(rf"%%{_RUNS}")
_STOOD_IN = re.compile(rf"(\s*)(?:pass  |.* = \[\]  )?{_MAGIC}(.*)")
_RAN = re.compile(r"(\s*)(.*)  #!ran (.*)")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Cells:
    """The notebook that a script was made of. `left_out` says what of it only IPython can run."""

    content: dict[str, Any]
    left_out: tuple[str, ...] = ()


def is_notebook(text: str) -> bool:
    """Whether a text is a notebook's JSON."""
    return text.lstrip()[:1] == "{" and '"cells"' in text


def to_script(text: str) -> tuple[str, Cells]:
    """The code cells as a script, each under a mark; InputError where it is no notebook."""
    try:
        content = json.loads(text)
        cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError):
        raise InputError(
            "not a notebook: its JSON has no cells of version 4; adapt takes .py and .ipynb"
        ) from None
    lines: list[str] = []
    left: list[str] = []
    for number, source in enumerate(sources):
        lines += [f"{_MARK}{number}", *_plain(source.split("\n"), left)]
    return "\n".join(lines) + "\n", Cells(content, tuple(left))


def _plain(lines: list[str], left: list[str]) -> Iterator[str]:
    """The lines of a cell as Python has them."""
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not _RUNS_CELL.match(first):
        left.append(f"left out the cell {first[:_SHOWN]}")
        yield from (_MAGIC + line for line in lines)
        return
    begun: list[str] = []
    within_block = False
    for line in lines:
        plain = line if begun else _of_line(line, within_block)
        if _MAGIC in plain and plain != line:
            left.append(f"left out the line {line.strip()[:_SHOWN]}")
        begun.append(plain)
        if not _goes_on(begun):
            begun.clear()
        if line.strip():
            within_block = line[0].isspace() or line.split("#")[0].rstrip().endswith(":")
        yield plain


def _of_line(line: str, within_block: bool) -> str:
    """A line that begins a statement: with what stands in for a magic, which a block may need."""
    bare = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    if assigned := _ASSIGNED.match(bare):
        return f"{indent}{assigned[1]} = []  {_MAGIC}{bare}"
    ran = _RUNS_LINE.match(bare)
    if ran is not None and (
        bare.endswith(("(", "[", "{", ",")) or not _goes_on([bare[ran.end() :]])
    ):
        return f"{indent}{bare[ran.end() :]}  #!ran {ran[0]}"
    if _IPYTHON.match(bare):
        stand_in = "pass  " if indent and within_block else ""
        return f"{indent}{stand_in}{_MAGIC}{bare}"
    return line


def _goes_on(lines: list[str]) -> bool:
    """Whether the statement that these lines begin is not whole yet."""
    try:
        for _ in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            pass
    except tokenize.TokenError:
        return True
    except (SyntaxError, ValueError):
        return False
    return False


def from_script(script: str, cells: Cells) -> str:
    """The notebook with the script's text in its cells; outputs of changed cells are dropped."""
    parts: dict[int, list[str]] = {}
    at = 0
    for line in script.removesuffix("\n").split("\n"):
        if re.fullmatch(rf"{_MARK}\d+", line):
            at = int(line.removeprefix(_MARK))
        else:
            parts.setdefault(at, []).append(_as_before(line))
    content = json.loads(json.dumps(cells.content))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code):
        text = "\n".join(parts.get(number, []))
        if text != "".join(cell["source"]):
            cell["source"] = text.splitlines(keepends=True)
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _as_before(line: str) -> str:
    if (ran := _RAN.fullmatch(line)) is not None:
        return f"{ran[1]}{ran[3]}{ran[2]}"
    stood_in = _STOOD_IN.fullmatch(line)
    return f"{stood_in[1]}{stood_in[2]}" if stood_in else line
