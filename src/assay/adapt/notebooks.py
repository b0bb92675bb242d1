"""Notebooks: their code cells as one script, and a script back into the cells it came from."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from assay.core.errors import InputError

_MARK = "# %% cell "
# What only IPython understands goes through as a comment.
_MAGIC = "#!magic "
_IPYTHON = re.compile(r"\s*([%!]|\w[\w.]*\?{1,2}\s*$)")


@dataclass(frozen=True, slots=True)
class Cells:
    """The notebook that a script was made of."""

    content: dict[str, Any]


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
            "not a notebook: its JSON has no cells; adapt takes .py and .ipynb"
        ) from None
    lines: list[str] = []
    for number, source in enumerate(sources):
        lines.append(f"{_MARK}{number}")
        whole = source.lstrip().startswith("%%")
        lines += [_MAGIC + line if whole or _IPYTHON.match(line) else line
                  for line in source.splitlines()]  # fmt: skip
    return "\n".join(lines) + "\n", Cells(content)


def from_script(script: str, cells: Cells) -> str:
    """The notebook with the script's text in its cells; outputs of changed cells are dropped."""
    parts: dict[int, list[str]] = {}
    at = 0
    for line in script.splitlines():
        if line.startswith(_MARK):
            at = int(line.removeprefix(_MARK))
        else:
            parts.setdefault(at, []).append(line.removeprefix(_MAGIC))
    content = json.loads(json.dumps(cells.content))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code):
        text = "\n".join(parts.get(number, []))
        if text != "".join(cell["source"]):
            cell["source"] = text.splitlines(keepends=True)
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
