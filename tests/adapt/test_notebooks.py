"""Notebooks go through as scripts and come back as they were, magics and all."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from assay.adapt import notebooks
from assay.adapt.adapting import adapt
from assay.adapt.smoke import script_of
from assay.cli import main
from assay.core.errors import InputError

CELLS = (
    "%%time\nx = 1\n",
    "%%bash\nls\n\necho 'it",
    "print('%s %d'\n      % (1, 2))\nfiles = !ls\nn = 5 % 3",
    "if x:\n    !pip install -q y\nx = 1 \\\n  % 3\n%cd ..\n\n",
    "%time fit(\n    3)\ntext = '''\n%time\n!x\n'''\nfit?\n  %matplotlib inline",
    "%timeit x\n%time t = '''\n'''",
)


def _book(*cells: str) -> str:
    held = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": [1],
             "execution_count": 1} for cell in cells]  # fmt: skip
    return json.dumps({"cells": held})


@pytest.mark.parametrize("cell", CELLS[:4])
def test_a_cell_comes_back_as_it_was(cell: str) -> None:
    script, cells = notebooks.to_script(_book(cell))
    ast.parse(script)
    assert json.loads(notebooks.from_script(script, cells)) == json.loads(_book(cell))


def test_code_under_and_behind_magics_stays_code() -> None:
    script, cells = notebooks.to_script(_book(*CELLS))
    assert json.loads(notebooks.from_script(script, cells)) == json.loads(_book(*CELLS))
    lines = script.splitlines()
    assert {"x = 1", "      % (1, 2))", "files = []  #!magic files = !ls", "n = 5 % 3",
            "    pass  #!magic !pip install -q y", "  % 3", "fit(  #!ran %time ",
            "#!magic fit?"} < set(lines)  # fmt: skip
    assert "left out the cell %%bash" in cells.left_out
    assert "left out the line files = !ls" in cells.left_out


def test_what_is_written_has_the_magics_of_the_notebook() -> None:
    training = (
        "%%time\nimport torch\nmodel = torch.nn.Linear(2, 1)\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
    )
    loop = (
        "files = !ls\nfor epoch in range(3):\n    !echo hi\n    loss = model(x).mean()\n"
        "    loss.backward()\n    optimizer.step()\n    print(loss.item())\n"
    )
    found = adapt(_book(training, loop), ["mlflow"], verify=False)
    first, second = ("".join(cell["source"]) for cell in json.loads(found.text)["cells"])
    assert first.startswith("%%time\nimport mlflow\nimport torch\n")
    assert second.startswith("files = !ls\nmlflow.start_run(")
    assert "\nfor epoch in range(3):\n    !echo hi\n" in second
    assert 'mlflow.log_metric("train_loss", loss.item(), step=epoch)' in second


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', '{"cells": 3}', '{"cells": [', "x = 1"])
def test_what_is_no_notebook_is_told_with_its_name(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "book.ipynb"
    place.write_text(text)
    assert main(["adapt", str(place), "--add", "mlflow", "--no-verify"]) == 2
    assert "book.ipynb: not a notebook" in capsys.readouterr().err
    with pytest.raises(InputError, match=r"book\.ipynb: not a notebook"):
        script_of(place)
