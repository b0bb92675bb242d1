"""`assay env`, as the command line calls it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from assay.cli import env
from assay.cli.parser import Parser, add_verbs
from assay.core.errors import EnvironmentUnknown, InputError
from assay.core.words import Environment
from assay.engine import environments


@pytest.fixture
def mine(tmp_path: Path, six: Environment) -> Path:
    (tmp_path / "six.txt").write_text(six.requirements)
    description = tmp_path / "mine.toml"
    description.write_text('requirements = "six.txt"\nimports = ["six"]\n')
    return description


def call(*words: str) -> int:
    parser = Parser(prog="assay")
    env.register(add_verbs(parser, dest="verb"))
    arguments: argparse.Namespace = parser.parse_args(["env", *words])
    assert arguments.run is env.run
    return env.run(arguments)


@pytest.mark.usefixtures("cache")
def test_the_list_has_what_ships_and_what_is_built(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environments.prepare(environments.load(mine))
    assert call("list", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == [*environments.names(), "mine"]
    assert [name for name, row in rows.items() if row["built"]] == ["python", "mine"]
    assert rows["mine"]["digest"] == environments.built()[0].digest
    assert rows["mine"]["bytes"] > 100_000

    assert call("list") == 0
    table = capsys.readouterr().out
    assert all(word in table for word in ("torch", rows["base"]["digest"][:12], "MB"))


@pytest.mark.usefixtures("cache")
def test_building_then_the_path_then_removing(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match=r"not built: `assay env build .*mine\.toml`"):
        call("path", str(mine))
    assert call("build", "--json", str(mine)) == 0
    told = capsys.readouterr()
    place = Path(json.loads(told.out)["path"])
    assert "building it" in told.err, "progress goes where it does not spoil the JSON"
    assert call("path", str(mine)) == 0
    assert capsys.readouterr().out == f"{place}\n"
    assert (place / "bin" / "python").exists()
    assert call("remove", "mine") == 0
    assert not place.exists()


@pytest.mark.usefixtures("cache")
def test_removing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(EnvironmentUnknown, match="nothing is built under the name 'base'"):
        call("remove", "base")


@pytest.mark.usefixtures("cache")
def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(EnvironmentUnknown, match="did you mean 'base'"):
        call("build", "bsae")
