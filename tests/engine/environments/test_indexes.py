"""What pip is set up with reaches uv; what uv is set up with stays as it is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.core.errors import EnvironmentBuildError
from assay.core.words import Environment
from assay.engine import environments
from assay.engine.environments.indexes import handover

MakeWheel = Callable[..., tuple[Path, str]]

PIP = """
[global]
index-url = https://mirror.invalid/simple
extra-index-url = https://one.invalid/simple
    https://two.invalid/simple
    {missing}
trusted-host = mirror.invalid one.invalid
find-links = {there} {absent}
[install]
find_links = {there}
    {absent}
"""


@pytest.fixture
def configured(no_configuration: Path, tmp_path: Path) -> Path:
    there = tmp_path / "wheels"
    there.mkdir()
    absent = tmp_path / "absent"
    no_configuration.write_text(
        PIP.format(there=there, absent=absent, missing=f"{absent.as_uri()}/simple")
    )
    return there


def test_pips_files_become_variables_of_uvs(configured: Path) -> None:
    given = handover()
    assert given.variables["UV_DEFAULT_INDEX"] == "https://mirror.invalid/simple"
    assert given.variables["UV_INDEX"] == "https://one.invalid/simple https://two.invalid/simple"
    assert given.variables["UV_FIND_LINKS"] == str(configured), "what does not exist is left out"
    assert given.variables["UV_INSECURE_HOST"] == "mirror.invalid one.invalid"
    assert given.variables["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert given.arguments == ()
    assert given.own_sources


@pytest.mark.usefixtures("configured")
def test_pips_variables_win_over_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.invalid/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    given = handover()
    assert given.variables["UV_DEFAULT_INDEX"] == "https://other.invalid/simple"
    assert given.variables["UV_FIND_LINKS"] == str(tmp_path)
    assert "one.invalid" in given.variables["UV_INDEX"], "as for pip, empty is not set"


def test_no_index_means_files_only(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    given = handover()
    assert given.arguments == ("--no-index",)
    assert given.variables["UV_FIND_LINKS"] == str(configured)
    assert not {"UV_INDEX", "UV_DEFAULT_INDEX"} & set(given.variables)


@pytest.mark.usefixtures("no_configuration")
def test_the_users_own_files_are_found_as_pip_finds_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PIP_CONFIG_FILE")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "venv"))
    for place, name in (
        ("home/.pip", "legacy"),
        ("home/.config/pip", "user"),
        ("venv", "site"),
    ):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        (folder / "pip.conf").write_text(f"[global]\nindex-url = https://{name}.invalid/\n")
    assert handover().variables["UV_DEFAULT_INDEX"] == "https://site.invalid/"
    (tmp_path / "venv/pip.conf").unlink()
    assert handover().variables["UV_DEFAULT_INDEX"] == "https://user.invalid/"
    (tmp_path / "home/.config/pip/pip.conf").unlink()
    assert handover().variables["UV_DEFAULT_INDEX"] == "https://legacy.invalid/"
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    assert "UV_DEFAULT_INDEX" not in handover().variables


@pytest.mark.usefixtures("configured")
def test_certificates_and_proxy_are_handed_over_unless_they_are_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "ALL_PROXY", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CERT", __file__)
    monkeypatch.setenv("PIP_PROXY", "http://proxy.invalid:3128")
    given = handover().variables
    assert (given["SSL_CERT_FILE"], given["ALL_PROXY"]) == (__file__, "http://proxy.invalid:3128")
    monkeypatch.setenv("SSL_CERT_FILE", "mine")
    assert "SSL_CERT_FILE" not in handover().variables


@pytest.mark.parametrize(
    ("variable", "kept"),
    [
        ("UV_DEFAULT_INDEX", {"UV_INDEX", "UV_FIND_LINKS"}),
        ("UV_INDEX_URL", {"UV_INDEX", "UV_FIND_LINKS"}),
        ("UV_INDEX", {"UV_DEFAULT_INDEX", "UV_FIND_LINKS"}),
        ("UV_FIND_LINKS", {"UV_DEFAULT_INDEX", "UV_INDEX"}),
    ],
)
@pytest.mark.usefixtures("configured")
def test_a_variable_of_uvs_own_is_never_overridden(
    monkeypatch: pytest.MonkeyPatch, variable: str, kept: set[str]
) -> None:
    monkeypatch.setenv(variable, "https://mine.invalid/simple")
    sources = {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS"}
    assert sources & set(handover().variables) == kept


@pytest.mark.usefixtures("configured")
def test_a_uv_toml_is_never_overridden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("UV_NO_CONFIG")
    own = tmp_path / "home/.config/uv"
    own.mkdir(parents=True)
    (own / "uv.toml").write_text(
        '[[index]]\nurl = "https://mine.invalid/simple"\ndefault = true\n'
        '[pip]\nfind-links = ["/mine"]\n'
    )
    sources = {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS"}
    assert not sources & set(handover().variables)


def test_a_file_of_pips_that_makes_no_sense_is_named(no_configuration: Path) -> None:
    no_configuration.write_text("index-url = https://a:hush-hush@b.invalid\n")
    with pytest.raises(EnvironmentBuildError, match=r"pip\.conf cannot be understood") as caught:
        handover()
    assert "hush-hush" not in str(caught.value)


@pytest.mark.usefixtures("configured")
def test_secrets_and_paths_of_addresses_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://me:hush%2Dhush@mine.invalid/t0ken/simple")
    told = handover().redact(
        "Failed: `https://me:hush%2Dhush@mine.invalid/t0ken/simple/six/?key=abc` (hush-hush), "
        "https://t0ken@other.invalid"
    )
    assert told == "Failed: `https://mine.invalid/…` (****), https://other.invalid"


@pytest.mark.usefixtures("cache")
def test_a_wheel_that_only_pips_configuration_knows_is_installed(
    no_configuration: Path, make_wheel: MakeWheel
) -> None:
    folder, requirement = make_wheel("onlyhere")
    environment = Environment("onlyhere", requirements=requirement)
    with pytest.raises(EnvironmentBuildError, match="no index offers"):
        environments.prepare(environment)

    no_configuration.write_text(f"[install]\nno-index = true\nfind-links = {folder}\n")
    built = environments.prepare(environment)
    command = [str(built.python), "-I", "-c", "import onlyhere; print(onlyhere.VALUE)"]
    assert subprocess.check_output(command, text=True) == "42\n"


@pytest.mark.usefixtures("cache")
def test_local_indexes_that_are_not_there_do_not_break_a_build(
    no_configuration: Path, make_wheel: MakeWheel, tmp_path: Path
) -> None:
    folder, requirement = make_wheel("onlyhere")
    no_configuration.write_text(
        f"[global]\nno-index = true\nfind-links = {tmp_path}/absent {folder}\n"
        f"extra-index-url = file://{tmp_path}/absent/simple\n"
    )
    assert environments.prepare(Environment("onlyhere", requirements=requirement)).python.exists()


@pytest.mark.usefixtures("cache")
def test_ones_own_wheel_of_torch_comes_before_pytorchs_index(
    no_configuration: Path, make_wheel: MakeWheel
) -> None:
    folder, requirement = make_wheel("torch")
    no_configuration.write_text(f"[global]\nno-index = true\nfind-links = {folder}\n")
    environment = Environment("mine", requirements=requirement, torch_backend="cpu")
    assert environments.prepare(environment).python.exists()
