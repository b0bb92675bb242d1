"""Where suites come from: a path, what ships, the door."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay import InputError, suites
from assay.suites import finding

from .conftest import DOUBLE, Writer


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that comes in by the door with three suites."""
    package = tmp_path / "site"
    info = package / "assay_mine-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: assay-mine\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[assay.suites]\nmine = assay_mine:suite\nplace = assay_mine:place\nodd = assay_mine:odd\n"
        "broken = assay_gone:suite\n"
    )
    (package / "assay_mine.py").write_text(
        "import os\nfrom assay import Task\nfrom assay.suites import Suite\n"
        "def suite():\n    return Suite('mine', (Task('t', 'Write f.'),))\n"
        "def place():\n    return os.environ['ASSAY_TEST_PLACE']\n"
        "def odd():\n    return 7\n"
    )
    monkeypatch.syspath_prepend(package)
    yield package
    sys.modules.pop("assay_mine", None)


def test_a_suite_is_found_by_its_path(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(DOUBLE)
    monkeypatch.chdir(folder.parent)
    for path in (folder, str(folder), "./tiny", Path("tiny"), folder / "suite.toml"):
        assert suites.load(path).name == "tiny"
    with pytest.raises(InputError, match=r"for the one that is here, write \./tiny"):
        suites.load("tiny")


def test_what_ships_is_found_by_name(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(DOUBLE)
    monkeypatch.setattr(finding, "_SHIPPED", (folder.parent / "none", folder.parent))
    assert "tiny" in suites.names()
    assert suites.load("tiny").path == folder


def test_suites_come_in_by_the_door(
    write: Writer, door: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door.is_dir()
    assert {"mine", "place"} <= set(suites.names())
    assert suites.load("mine").tasks[0].prompt == "Write f."
    monkeypatch.setenv("ASSAY_TEST_PLACE", str(write(DOUBLE)))
    assert suites.load("place").tasks[0].id == "double"
    with pytest.raises(InputError, match="'odd' gave a int"):
        suites.load("odd")
    with pytest.raises(InputError, match=r"'broken' .* cannot be imported"):
        suites.load("broken")


@pytest.mark.usefixtures("door")
def test_an_unknown_name_is_met_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'mine'"):
        suites.load("mien")
    with pytest.raises(InputError, match="there is no such directory"):
        suites.load(tmp_path / "nothing")
    with pytest.raises(InputError, match=r"it has no suite\.toml"):
        suites.load(tmp_path)
