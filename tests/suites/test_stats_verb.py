"""`assay suite stats`: a suite in figures, and beside another."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from assay import InputError
from assay.models import sentences

from .conftest import DOUBLE, MANIFEST, PAIR, Writer
from .test_suite_verb import Captured, call

DENSE: dict[str, Any] = {
    **PAIR,
    "id": "dense",
    "prompt": "Write a dense layer: the neural network's weight tensor times x.",
    "checks": PAIR["checks"][:2],
    "reference": "def dense(tensor, weights):\n    for x in tensor:\n        if x > 0:\n"
    "            return x * weights\n",
    "target": {"name": "dense"},
}


def spread(texts: Sequence[str], _: object = None) -> np.ndarray[Any, Any]:
    """Vectors of length one that say how often a text has each letter."""
    rows = np.array([[text.count(mark) + 0.1 for mark in "abcdefghijklmnop"] for text in texts])
    found: np.ndarray[Any, Any] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


@pytest.fixture
def other(write: Writer) -> Path:
    """Another suite, beside the one that `write` writes."""
    folder = write(DENSE, DOUBLE, manifest=MANIFEST.replace("tiny", "other"))
    return Path(shutil.move(folder, folder.with_name("other")))


def test_counts_and_figures_of_a_suite(write: Writer, capsys: Captured) -> None:
    pytest.importorskip("radon", reason="needs the extra assay[quality]")
    folder = str(write(DOUBLE, PAIR, DENSE))
    assert call("stats", folder, "--json") == 0
    told = json.loads(capsys.readouterr().out)["suite"]
    assert told["tasks"] == 3
    assert told["counts"]["stage"] == {"training": 1, "inference": 2}
    assert told["counts"]["tier"] == {"easy": 1}
    figures = told["figures"]
    assert figures["checks"]["value"] == pytest.approx((4 + 3 + 2) / 3)
    assert figures["lines of references"]["value"] == pytest.approx((2 + 2 + 4) / 3)
    assert figures["cyclomatic complexity"]["value"] == pytest.approx((1 + 1 + 3) / 3)
    # A loop counts one, and the condition within it two.
    assert figures["cognitive complexity"]["value"] == pytest.approx((0 + 0 + 3) / 3)
    assert 0 < figures["DL-relevance of prompts"]["value"] < 1
    assert all(figure["n"] == 3 for figure in figures.values())
    assert "mutants killed" in told["missing"]
    assert call("stats", folder) == 0
    shown = capsys.readouterr().out
    assert "inference (2), training (1)" in shown
    assert "3.00 [" in shown


def test_mutants_killed_come_from_the_build(write: Writer, capsys: Captured) -> None:
    folder = write(DOUBLE, PAIR, DENSE)
    facts = {
        "double": {"mutants": 4, "killed": 4},
        "pair": {"mutants": 4, "killed": 2},
        "dense": {"mutants": 0, "killed": 0},
    }
    (folder / "build.json").write_text(json.dumps({"tasks": facts}))
    assert call("stats", str(folder), "--json") == 0
    killed = json.loads(capsys.readouterr().out)["suite"]["figures"]["mutants killed"]
    assert (killed["value"], killed["n"]) == (0.75, 2)
    (folder / "build.json").write_text('{"tasks": [1]}')
    with pytest.raises(InputError, match=r"build\.json: cannot be read"):
        call("stats", str(folder))


def test_without_the_libraries_the_rest_is_told(
    write: Writer, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setitem(sys.modules, "radon.metrics", None)
    assert call("stats", str(write(DOUBLE, PAIR)), "--json") == 0
    told = json.loads(capsys.readouterr().out)["suite"]
    assert "checks" in told["figures"]
    assert "lines of references" not in told["figures"]
    assert "assay[quality]" in told["missing"]["lines of references"]


def test_against_another_suite_with_a_picture(
    write: Writer, other: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    monkeypatch.setattr(sentences, "embed", spread)
    folder, picture = str(write(DOUBLE, PAIR)), tmp_path / "both.svg"
    words = ("stats", folder, "--against", str(other), "--plot", str(picture))
    assert call(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["suite"]["name"], told["against"]["name"]) == ("tiny", "other")
    mine, others = (
        spread([task["prompt"] for task in both]) for both in ([DOUBLE, PAIR], [DENSE, DOUBLE])
    )
    alike = told["similarity"]
    assert alike["between"]["value"] == pytest.approx(float(np.mean(mine @ others.T)))
    assert alike["within"][0]["value"] == pytest.approx(float(mine[0] @ mine[1]))
    assert alike["closest"][0] == {
        "task": "double",
        "against": "double",
        "cosine": pytest.approx(1),
    }
    root = ElementTree.fromstring(picture.read_text())
    points = [node.text for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert points == ["tiny: double", "tiny: pair", "other: dense", "other: double"]
    assert call(*words) == 0
    assert "between tiny and other" in capsys.readouterr().out


def test_bad_input_is_one_line(
    write: Writer, other: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sentences, "embed", spread)
    folder = str(write(DOUBLE, PAIR))
    with pytest.raises(InputError, match="the same tasks"):
        call("stats", folder, "--against", folder)
    (tmp_path / "file").touch()
    nowhere = str(tmp_path / "file" / "x.svg")
    with pytest.raises(InputError, match="cannot be written"):
        call("stats", folder, "--against", str(other), "--plot", nowhere)


@pytest.mark.usefixtures("cache")
def test_without_the_extra_it_says_what_to_install(
    write: Writer, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(InputError, match=r"assay\[similarity\]"):
        call("stats", str(write(DOUBLE)), "--against", str(other))
