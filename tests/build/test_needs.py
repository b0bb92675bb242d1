"""What a library's tests need, read from what the tree says; and the lock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assay.build.faults import BuildFault
from assay.build.fetch import Source, fetch
from assay.build.needs import needs
from assay.build.requirements import requirements
from tests.build.conftest import Publish


def names(lines: list[str]) -> set[str]:
    return {re.split(r"[<>=\[; ]", line)[0] for line in lines}


def test_the_test_extra_without_tools(source: Source) -> None:
    found = requirements(source)
    assert names(found.lines()) == {"pytest"}
    assert set(found.left_out) == {"black", "pytest-cov"}


def test_groups_files_and_imports(library: Path, tmp_path: Path) -> None:
    (library / "pyproject.toml").write_text(
        '[project]\nname = "tinylearn"\nversion = "1"\ndependencies = ["attrs>=20"]\n'
        '[dependency-groups]\nbase = ["hypothesis"]\n'
        'test = [{include-group = "base"}, "pytest>=7"]\n'
    )
    (library / "requirements-test.txt").write_text("-r other.txt\npyyaml  # for one\n")
    (library / "tests" / "test_more.py").write_text("import numpy\n\ndef test_m(mocker): pass\n")
    found = requirements(fetch("tinylearn", tmp_path / "w", str(library)))
    assert found.runtime == (("attrs>=20", "pyproject"),)
    assert {"hypothesis", "pyyaml", "numpy", "pytest-mock", "pytest"} == names(
        [line for line, _ in found.tests]
    )
    assert ("numpy", "import numpy") in found.tests


def test_dev_only_where_there_is_no_test_group(library: Path, tmp_path: Path) -> None:
    (library / "pyproject.toml").write_text(
        '[project]\nname = "tinylearn"\nversion = "1"\n'
        '[project.optional-dependencies]\ndev = ["mypy", "networkx", "tensorflow-cpu"]\n'
    )
    found = requirements(fetch("tinylearn", tmp_path / "w", str(library)))
    assert names(found.lines()) == {"networkx", "pytest"}


def test_lock(source: Source, tmp_path: Path) -> None:
    try:
        found = needs(source, tmp_path / "work", variables={"TINY": "1"})
    except BuildFault as fault:
        if fault.cause == "network":
            pytest.skip(f"the index cannot be reached: {fault}")
        raise
    text = found.environment.requirements
    assert "pytest==" in text
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert not found.installs_library
    assert found.environment.imports == ("pytest",)
    assert "TINY" in found.environment.prepare
    assert needs(source, tmp_path / "work", variables={"TINY": "1"}) == found


def test_what_would_have_to_be_built_is_not(publish: Publish, tmp_path: Path) -> None:
    publish("1.0", {"tinylearn/__init__.py": "", "tinylearn/fast.pyx": "cdef int x = 1\n"})
    source = fetch("tinylearn", tmp_path / "work")
    with pytest.raises(BuildFault, match="tinylearn has no wheel that fits here") as raised:
        needs(source, tmp_path / "work")
    assert (raised.value.step, raised.value.cause) == ("needs", "compiled")


def test_what_does_not_fit(library: Path, tmp_path: Path) -> None:
    (library / "requirements-test.txt").write_text("pytest<7\npytest>8\n")
    source = fetch("tinylearn", tmp_path / "w", str(library))
    with pytest.raises(BuildFault) as raised:
        needs(source, tmp_path / "work")
    assert raised.value.step == "needs"
    assert raised.value.cause in ("conflict", "network")
