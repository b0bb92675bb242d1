"""Real builds with the real uv: once, whole or not at all, and readable inside of the jail."""

from __future__ import annotations

import dataclasses
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.core.errors import EnvironmentBuildError
from assay.core.words import Environment
from assay.engine import environments

MakeWheel = Callable[..., tuple[Path, str]]

BUILD = """
import sys
from assay.core.words import Environment
from assay.engine import environments
name, requirements = sys.argv[1:]
told = lambda line: print(line, file=sys.stderr, flush=True)
print(environments.prepare(Environment(name, requirements=requirements), progress=told).prefix)
"""


def start(environment: Environment) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUILD, environment.name, environment.requirements]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_in(built: environments.Built, code: str) -> str:
    command = [str(built.python), "-I", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_python_is_the_base_interpreter_and_needs_no_build(cache: Path) -> None:
    built = environments.prepare(environments.PYTHON)
    assert run_in(built, "import sys; print(sys.prefix == sys.base_prefix)") == "True"
    assert built.python == Path(os.path.realpath(built.python))
    assert any(built.python.is_relative_to(path) for path in built.read_only)
    assert not cache.exists()


def test_an_environment_is_built_once_and_works(cache: Path, six: Environment) -> None:
    told: list[str] = []
    built = environments.prepare(six, progress=told.append)
    assert any("building it" in line for line in told)
    assert built.prefix.parent == cache / "environments"
    assert run_in(built, "import six; print(six.__version__)") == "1.17.0"
    assert run_in(built, "import sys; print(sys.prefix)") == str(built.prefix)
    assert list(built.prefix.rglob("__pycache__/six.*.pyc")), "it is byte-compiled"

    told.clear()
    assert environments.prepare(six, progress=told.append) == built
    assert not told, "the second time there is nothing to do"


@pytest.mark.usefixtures("cache")
def test_what_is_read_only_is_real_and_enough_to_start_the_interpreter(six: Environment) -> None:
    built = environments.prepare(six)
    assert all(path.is_dir() and path == path.resolve() for path in built.read_only)
    loaded = run_in(
        built,
        "import six, ssl, json, ctypes, sys\n"
        "print(*(m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', 0)))",
    )
    for file in [*loaded.split(), str(built.python), os.path.realpath(built.python)]:
        # Without resolving links: the name itself must be there in the jail.
        assert any(Path(file).is_relative_to(path) for path in built.read_only), file


@pytest.mark.usefixtures("cache")
def test_everything_is_readable_for_anybody_whatever_the_umask(
    no_configuration: Path, make_wheel: MakeWheel
) -> None:
    folder, requirement = make_wheel("secretive")
    no_configuration.write_text(f"[global]\nno-index = true\nfind-links = {folder}\n")
    before = os.umask(0o077)
    try:
        prefix = environments.prepare(Environment("secretive", requirements=requirement)).prefix
    finally:
        os.umask(before)
    for path in [prefix, *prefix.rglob("*")]:
        mode = path.lstat().st_mode
        needed = 0o555 if stat.S_ISDIR(mode) else 0o444
        assert stat.S_ISLNK(mode) or mode & needed == needed, path


@pytest.mark.usefixtures("cache")
def test_what_the_zygote_imports_needs_no_new_build(six: Environment) -> None:
    other = dataclasses.replace(six, imports=("six", "json"), prepare="import json")
    assert environments.path(other) == environments.path(six)
    assert environments.full_digest(other) != environments.full_digest(six)


def test_the_digest_tells_contents_apart_and_nothing_else(six: Environment) -> None:
    digest = environments.full_digest(six)
    assert environments.full_digest(dataclasses.replace(six, name="other")) == digest
    for change in ({"imports": ()}, {"prepare": "import six"}, {"requirements": "x==1"}):
        changed = dataclasses.replace(six, **change)  # type: ignore[arg-type]
        assert environments.full_digest(changed) != digest
    assert digest != six.digest, "the interpreter is part of it"


@pytest.mark.usefixtures("cache")
def test_two_processes_at_once_build_one_environment(six: Environment) -> None:
    first, second = start(six), start(six)
    results = [process.communicate(timeout=120) for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], results
    assert results[0][0] == results[1][0]
    told = results[0][1] + results[1][1]
    assert told.count("building it, which is needed only once") == 1
    assert len(environments.built()) == 1


def test_one_who_waits_says_so_and_uses_what_the_other_built(
    cache: Path, no_configuration: Path, make_wheel: MakeWheel
) -> None:
    # Thousands of lines to compile keep the first one busy.
    folder, requirement = make_wheel("large", "x = {'a': [1, 2, 3]}\n" * 100_000)
    no_configuration.write_text(f"[global]\nno-index = true\nfind-links = {folder}\n")
    environment = Environment("large", requirements=requirement)
    first = start(environment)
    wait_for(lambda: list(cache.glob("environments/*.partial/bin/python")))
    second = start(environment)
    results = [process.communicate(timeout=120) for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], results
    assert "another process is building it; waiting" in results[1][1]
    assert "the other process has built it" in results[1][1]


@pytest.mark.parametrize("moment", ["partial", "partial/bin/python", "partial/requirements.txt"])
def test_a_killed_build_is_never_taken_for_whole_and_is_swept(
    cache: Path, no_configuration: Path, make_wheel: MakeWheel, moment: str
) -> None:
    folder, requirement = make_wheel("large", "x = {'a': [1, 2, 3]}\n" * 20_000)
    no_configuration.write_text(f"[global]\nno-index = true\nfind-links = {folder}\n")
    environment = Environment("large", requirements=requirement)
    killed = start(environment)
    wait_for(lambda: list(cache.glob(f"environments/*.{moment}")))
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert environments.built() == []
    assert not environments.path(environment).exists()

    built = environments.prepare(environment)
    assert run_in(built, "import large; print(large.x)") == "{'a': [1, 2, 3]}"
    assert not list(cache.glob("environments/*.partial"))


def test_whoever_builds_after_a_killed_one_waits_for_the_uv_that_outlives_it(
    cache: Path, no_configuration: Path, make_wheel: MakeWheel
) -> None:
    folder, requirement = make_wheel("large", "x = {'a': [1, 2, 3]}\n" * 100_000)
    no_configuration.write_text(f"[global]\nno-index = true\nfind-links = {folder}\n")
    environment = Environment("large", requirements=requirement)
    killed = start(environment)
    # uv has installed it, and compiles it now.
    wait_for(lambda: list(cache.glob("environments/*.partial/lib/*/site-packages/large-*/RECORD")))
    time.sleep(0.2)
    killed.kill()
    killed.communicate(timeout=60)

    told: list[str] = []
    built = environments.prepare(environment, progress=told.append)
    assert any("another process is building it" in line for line in told)
    assert any("the other process did not finish it" in line for line in told)
    assert run_in(built, "import large") == ""


def test_a_directory_without_the_last_mark_is_not_taken_for_whole(
    cache: Path, six: Environment
) -> None:
    place = environments.path(six)
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python").symlink_to(sys.executable)
    assert environments.built() == []
    built = environments.prepare(six)
    assert run_in(built, "import six; print(six.__file__)").startswith(f"{place}{os.sep}")
    assert built.prefix.parent == cache / "environments"


def test_the_next_build_of_anything_sweeps_what_a_killed_one_left(
    cache: Path, six: Environment
) -> None:
    left = cache / "environments" / "gone-0123.partial"
    (left / "bin").mkdir(parents=True)
    environments.prepare(six)
    assert not left.exists()


def test_a_wrong_hash_is_told_as_that(cache: Path, six: Environment) -> None:
    wrong = dataclasses.replace(six, requirements=f"six==1.17.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(EnvironmentBuildError) as caught:
        environments.prepare(wrong)
    cause, *last = str(caught.value).splitlines()
    assert cause.startswith("environment six: a package is not the one that was locked")
    assert any("Hash mismatch" in line for line in last)
    assert environments.built() == []
    assert not list(cache.glob("environments/six-*")), "nothing is left of it"


@pytest.mark.usefixtures("cache")
def test_requirements_without_hashes_are_refused() -> None:
    with pytest.raises(EnvironmentBuildError, match=r"(?s)not fully locked.*--generate-hashes"):
        environments.prepare(Environment("loose", requirements="six==1.17.0\n"))


@pytest.mark.usefixtures("cache", "no_configuration")
def test_a_package_that_nobody_offers_is_told_as_that() -> None:
    requirements = f"nobody-has-this==1.0 --hash=sha256:{'0' * 64}\n"
    with pytest.raises(EnvironmentBuildError, match=r"no index offers what is locked"):
        environments.prepare(Environment("none", requirements=requirements))


@pytest.mark.usefixtures("cache")
def test_without_a_network_the_cause_is_the_network_and_no_secret_is_told(
    six: Environment, no_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    no_configuration.write_text(
        "[global]\nindex-url = https://someone:hush-hush@nowhere.invalid/t0ken/simple\n"
    )
    with pytest.raises(EnvironmentBuildError, match=r"index cannot be reached") as caught:
        environments.prepare(six)
    assert "nowhere.invalid" in str(caught.value)
    assert not any(secret in str(caught.value) for secret in ("hush-hush", "t0ken"))


def test_a_cache_that_cannot_be_written_is_told_with_its_place(
    tmp_path: Path, six: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "file"))
    with pytest.raises(EnvironmentBuildError, match=r"environment six: .*file.*ASSAY_CACHE"):
        environments.prepare(six)


@pytest.mark.usefixtures("cache")
def test_an_environment_whose_interpreter_is_gone_is_built_anew(six: Environment) -> None:
    python = environments.prepare(six).python
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert run_in(environments.prepare(six), "import six") == ""


@pytest.mark.usefixtures("cache")
def test_removing(six: Environment) -> None:
    prefix = environments.prepare(six).prefix
    (record,) = environments.built()
    assert (record.name, record.prefix) == ("six", prefix)
    assert len(record.digest) == 32
    assert record.bytes > 100_000
    assert environments.remove("other") == []
    assert environments.remove("six") == [record]
    assert not prefix.exists()
    assert environments.built() == []


def wait_for(happened: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.002)
