"""A script keeps its encoding and its line ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.adapt import texts
from assay.adapt.codemod import rewrite
from assay.adapt.facts import recognise
from assay.adapt.smoke import script_of
from assay.adapt.words import Rewrite
from assay.cli import main
from assay.core.errors import InputError

SCRIPT = """import torch

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    loss = model(torch.ones(4, 2)).mean()
    loss.backward()
    optimizer.step()
    print("Verlust für", epoch, loss.item())
"""


@pytest.mark.parametrize("option", ["--out", "--write"])
@pytest.mark.parametrize(
    ("first", "ends", "encoding"),
    [("", "\n", "utf-8"), ("", "\r\n", "utf-8"), ("", "\r\n", "utf-8-sig"),
     ("# -*- coding: latin-1 -*-\n", "\n", "latin-1")],
)  # fmt: skip
def test_what_is_written_is_as_what_was_read(
    first: str, ends: str, encoding: str, option: str, tmp_path: Path
) -> None:
    place, out = tmp_path / "train.py", tmp_path / "out.py"
    place.write_bytes((first + SCRIPT).replace("\n", ends).encode(encoding))
    asked = [option] if option == "--write" else [option, str(out)]
    main(["adapt", str(place), "--add", "mlflow", "--no-verify", *asked])
    found = (place if option == "--write" else out).read_bytes()
    plain = rewrite(first + SCRIPT, ["mlflow"], project="train")
    assert isinstance(plain, Rewrite)
    assert found == plain.text.replace("\n", ends).encode(encoding)
    assert script_of(out if option == "--out" else place)[0] == found.decode(encoding)


def test_a_coding_line_that_nobody_knows_is_told(tmp_path: Path) -> None:
    place = tmp_path / "train.py"
    place.write_bytes(b"# coding: klingon\nx = 1\n")
    with pytest.raises(InputError, match=r"train\.py: cannot be read as text.*klingon"):
        texts.read(place)


def test_a_form_feed_ends_no_line() -> None:
    text = SCRIPT.replace("\n\nmodel", "\n\f\nmodel")
    found = rewrite(text, ["mlflow"])
    assert isinstance(found, Rewrite)
    assert [one.line for one in recognise(text).metrics] == [9]
    assert "        loss.backward()\n        optimizer.step()\n" in found.text
    compile(found.text, "rewrite", "exec")
