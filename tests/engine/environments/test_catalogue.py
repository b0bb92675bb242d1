"""Environments are found by name and by path, and what is wrong with one is said in a line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assay.core.errors import EnvironmentUnknown, InputError
from assay.engine import environments

SHIPPED = Path(environments.__file__).parent / "shipped"


def test_the_shipped_environments_are_described_and_locked() -> None:
    assert environments.names() == [
        "python", "base", "mlops", "mlops-nncf219", "mlops-tf", "torch",
    ]  # fmt: skip
    base, torch = environments.load("base"), environments.load("torch")
    assert {"numpy", "scipy.stats", "pandas", "sklearn.ensemble"} <= set(base.imports)
    assert set(base.imports) | {"torch", "torch.nn"} <= set(torch.imports)
    assert "set_num_threads(1)" in torch.prepare
    assert torch.torch_backend == "cpu"
    for environment in (base, torch):
        assert environment.description
        pins = re.findall(r"(?m)^(\S+?)==", environment.requirements)
        assert {"numpy", "scipy", "pandas", "scikit-learn"} <= set(pins)
        assert environment.requirements.count("--hash=sha256:") > 2 * len(pins)


def test_python_is_the_interpreter_alone() -> None:
    python = environments.load("python")
    assert (python.requirements, python.imports) == ("", ())


@pytest.mark.parametrize("path", sorted(SHIPPED.iterdir()), ids=lambda path: path.name)
def test_shipped_files_name_no_address_and_no_path(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"(?m)^--(index|extra|find)|(^|\s)/\w|@ ", text)


def test_torch_is_locked_for_the_cpu_and_shares_the_packages_of_base() -> None:
    torch = environments.load("torch").requirements
    assert not re.search(r"nvidia|cuda|triton", torch)
    assert re.search(r"(?m)^torch==2\.13\.0\+cpu ; sys_platform == 'linux'", torch)
    assert all(block in torch for block in re.split(r"(?m)^(?=\S)", _base()))


def _base() -> str:
    return environments.load("base").requirements


def test_an_unknown_name_is_met_with_the_nearest_one() -> None:
    with pytest.raises(EnvironmentUnknown, match=r"no environment is named 'troch'.*'torch'"):
        environments.load("troch")
    with pytest.raises(EnvironmentUnknown, match=r"there are python, base, .*torch; .* \.toml"):
        environments.load("zzz")


def test_a_name_that_is_a_directory_here_is_met_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EnvironmentUnknown, match=r"write \./mine"):
        environments.load("mine")


def test_ones_own_environment_by_file_and_by_directory(tmp_path: Path) -> None:
    text = 'description = "d"\nrequirements = "r.txt"\nimports = ["six"]\nprepare = "import six"\n'
    (tmp_path / "r.txt").write_text("six==1.17.0\n")
    (tmp_path / "mine.toml").write_text(text)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "environment.toml").write_text(text)
    (folder / "r.txt").write_text("six==1.17.0\n")

    by_file = environments.load(str(tmp_path / "mine.toml"))
    by_folder = environments.load(folder)
    assert (by_file.name, by_folder.name) == ("mine", "folder")
    assert by_file.requirements == "six==1.17.0\n"
    assert by_file.imports == ("six",)
    assert by_file.digest == by_folder.digest != environments.load("python").digest


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('import = ["six"]', r"no key 'import'; did you mean 'imports'\?"),
        ('imports = "a b"', r"`imports` must be a list of module names; 'a b'"),
        ("description = 3", r"`description` must be a string"),
        ('prepare = "1 +"', r"`prepare` is not Python"),
        ('requirements = "none.txt"', r"none\.txt cannot be read"),
        ("= 3", r"cannot be read"),
        ('requirements = "outside.txt"', r"outside\.txt, line 2: '-r other\.txt' points outside"),
    ],
)
def test_a_wrong_description_is_said_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "e.toml").write_text(text)
    (tmp_path / "outside.txt").write_text("six==1.17.0\n-r other.txt\n")
    with pytest.raises(InputError, match=rf"(e\.toml|outside\.txt).*{says}|{says}"):
        environments.load(str(tmp_path / "e.toml"))


def test_a_path_without_an_environment_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnknown, match=r"no environment\.toml"):
        environments.load(tmp_path)
    with pytest.raises(EnvironmentUnknown, match=r"there is no such file"):
        environments.load(str(tmp_path / "no.toml"))
