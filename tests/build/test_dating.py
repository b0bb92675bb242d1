"""When a function came to be: releases walked back on an index made of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.build.candidates import candidates
from assay.build.dating import Dates, dates
from assay.build.definitions import in_file
from assay.build.fetch import fetch
from assay.build.similarity import similarity, statements
from tests.build.conftest import SCORES, Publish

INIT = {"tinylearn/__init__.py": ""}
BEFORE_LOSS = SCORES.partition("def entropy_loss")[0]
OTHER_SOFTMAX = (
    "def softmax(logits, temperature=1.0):\n"
    "    numbers = np.exp(logits)\n    return numbers / numbers.sum()\n"
)


def walk(tmp_path: Path, **options: int) -> Dates:
    source = fetch("tinylearn==2.0", tmp_path / "work")
    chosen = [one.definition for one in candidates(source, None, tmp_path / "work").chosen]
    return dates(source, chosen, tmp_path / "work", **options)


def test_first_release_in_substance(publish: Publish, tmp_path: Path) -> None:
    moved = SCORES.replace("largest", "largest_one").replace('"""Turn', '"""Turns')
    publish("2.0", {**INIT, "tinylearn/scores.py": SCORES})
    publish("1.2", {**INIT, "tinylearn/scores.py": SCORES})
    publish("1.1.5", {**INIT, "tinylearn/scores.py": SCORES})  # a micro release: not looked into
    publish("1.1", {**INIT, "tinylearn/old.py": BEFORE_LOSS})  # another module, no loss yet
    publish("1.0", {**INIT, "tinylearn/old.py": OTHER_SOFTMAX})
    publish("3.0", {**INIT, "tinylearn/scores.py": moved})  # newer than what is dated
    found = walk(tmp_path)
    assert found.seen == ("2.0", "1.2", "1.1", "1.0")
    by_name = found.by_name()
    softmax, loss = by_name["tinylearn.scores.softmax"], by_name["tinylearn.scores.entropy_loss"]
    assert (softmax.version, softmax.exact) == ("1.1", True)
    assert (softmax.named_version, loss.named_version) == ("1.0", "1.2")
    assert (loss.version, loss.exact) == ("1.2", True)


def test_what_vanished_and_came_back(publish: Publish, tmp_path: Path) -> None:
    for version, text in (("2.0", SCORES), ("1.1", "X = 1\n"), ("1.0", SCORES)):
        publish(version, {**INIT, "tinylearn/scores.py": text})
    found = walk(tmp_path).by_name()["tinylearn.scores.softmax"]
    assert (found.version, found.exact) == ("1.0", False)


def test_no_more_than_the_cap_and_what_cannot_be_read(publish: Publish, tmp_path: Path) -> None:
    publish("2.0", {**INIT, "tinylearn/scores.py": SCORES})
    for minor in range(9):
        publish(f"1.{minor}", {**INIT, "tinylearn/scores.py": SCORES})
    publish("0.1", INIT).write_bytes(b"broken")
    found = walk(tmp_path, most_releases=4)
    assert len(found.seen) + len(found.missed) == 5
    assert found.seen[:2] == ("2.0", "1.8")
    assert "0.1" in found.missed[0]


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (SCORES.replace("# ", "#"), 1.0),
        (SCORES.replace("largest = max(logits)", "largest = min(logits)"), 0.8),
    ],
)
def test_similarity(tmp_path: Path, changed: str, same: float) -> None:
    bodies = []
    for name, text in (("a.py", SCORES), ("b.py", changed)):
        (tmp_path / name).write_text(text)
        node = next(n for one, n in in_file(tmp_path / name, name) if one.qualname == "softmax")
        bodies.append(statements(node))
    assert same <= similarity(*bodies) <= max(same, 0.9)
