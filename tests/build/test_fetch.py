"""A library's source: from an index, a folder, a commit; and what is refused."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from assay.build import unpacking
from assay.build.faults import BuildFault
from assay.build.fetch import Source, fetch
from assay.cli import main
from tests.build.conftest import Publish, committed

MODULE = {"tinylearn/__init__.py": "VALUE = 1\n", "tests/test_a.py": "def test_a(): pass\n"}


def cause_of(raised: pytest.ExceptionInfo[BuildFault]) -> tuple[str, str]:
    return raised.value.step, raised.value.cause


def test_source_distribution(publish: Publish, tmp_path: Path, cache: Path) -> None:
    archive = publish("1.0", MODULE)
    found = fetch("tinylearn", tmp_path / "work")
    assert (found.name, found.version, found.kind) == ("tinylearn", "1.0", "sdist")
    assert found.sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert found.packages == ("tinylearn",)
    assert found.tests == ("tests",)
    assert found.root.is_relative_to(cache)
    assert (found.importable / "tinylearn" / "__init__.py").read_text() == "VALUE = 1\n"


def test_newest_final_release(publish: Publish, tmp_path: Path) -> None:
    for version in ("1.0", "1.2", "1.10", "2.0rc1"):
        publish(version, MODULE)
    assert fetch("tinylearn", tmp_path / "a").version == "1.10"
    assert fetch("tinylearn==2.0rc1", tmp_path / "b").version == "2.0rc1"


def test_wheel_where_there_is_no_source(publish: Publish, tmp_path: Path) -> None:
    publish("1.0", MODULE, kind="wheel")
    found = fetch("tinylearn", tmp_path / "work")
    assert found.kind == "wheel"
    assert "no source distribution" in found.notes[0]


def test_resumed_without_an_index(
    publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("1.0", MODULE)
    first = fetch("tinylearn", tmp_path / "work")
    monkeypatch.setattr("assay.build.fetch.Index", None)
    assert fetch("tinylearn", tmp_path / "work") == first


def test_wrong_hash(publish: Publish, tmp_path: Path) -> None:
    publish("1.0", MODULE)
    with pytest.raises(BuildFault, match="not the file that was meant") as raised:
        fetch("tinylearn==1.0", tmp_path / "work", sha256="0" * 64)
    assert cause_of(raised) == ("fetch", "hash")


@pytest.mark.parametrize(
    ("spec", "source", "cause", "told"),
    [
        ("tinylearn==9.9", "sdist", "not found", "there are 1.0"),
        ("tinylearn", "wheel", "not found", "try --source sdist"),
        ("nowhere", "sdist", "not found", "no index"),
        ("not a name!", "sdist", "spec", "neither NAME"),
        ("tinylearn", "ftp", "spec", "neither sdist"),
    ],
)
def test_faults(
    publish: Publish, tmp_path: Path, spec: str, source: str, cause: str, told: str
) -> None:
    publish("1.0", MODULE)
    with pytest.raises(BuildFault, match=told) as raised:
        fetch(spec, tmp_path / "work", source)
    assert cause_of(raised) == ("fetch", cause)


def test_folder(source: Source, library: Path, tmp_path: Path) -> None:
    assert (source.kind, source.version, source.licence) == ("directory", "2.0", "MIT")
    assert (source.import_root, source.packages) == ("src", ("tinylearn",))
    assert source.is_pure
    # What was fetched does not change with the folder; another fetch sees that it did.
    (library / "src" / "tinylearn" / "more.py").write_text("X = 1\n")
    assert not (source.root / "src" / "tinylearn" / "more.py").exists()
    assert fetch("tinylearn", tmp_path / "other", str(library)).sha256 != source.sha256


def test_git_commit(library: Path, tmp_path: Path) -> None:
    address, commit = committed(library, tmp_path / "bare.git")
    found = fetch("tinylearn", tmp_path / "work", f"git:{address}@{commit[:12]}")
    assert (found.kind, found.version) == ("git", "2.0")
    assert found.notes == (f"commit {commit}",)
    assert not (found.root / ".git").exists()


@pytest.mark.parametrize(
    ("address", "commit", "told"),
    [
        ("{bare}", "0" * 40, "has no commit 0000"),
        ("{bare}", "main", "neither sdist, wheel, git:URL@COMMIT nor a folder"),
        ("file:///nowhere/at/all.git", "0" * 7, "git clone failed"),
        ("ext::sh -c touch% {bare}/pwned", "0" * 7, "git clone failed"),
    ],
)
def test_git_faults_are_one_line(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    address: str, commit: str, told: str,
) -> None:  # fmt: skip
    bare, _ = committed(library, tmp_path / "bare.git")
    named = address.format(bare=bare)
    assert main(["build", "tinylearn", "--source", f"git:{named}@{commit}"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert told in lines[-1]
    assert not (tmp_path / "bare.git" / "pwned").exists()


def test_nothing_leaves_the_folder(tmp_path: Path) -> None:
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        info = tarfile.TarInfo("../outside.py")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(BuildFault, match="leads outside"):
        unpacking.unpack(archive, tmp_path / "place")
    assert not (tmp_path / "outside.py").exists()


def test_links_are_copies_or_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "links.tar"
    with tarfile.open(archive, "w") as tar:
        info = tarfile.TarInfo("a/real.txt")
        info.size = 2
        tar.addfile(info, io.BytesIO(b"hi"))
        for name, target in (("a/inner.txt", "real.txt"), ("a/outer.txt", "/etc/passwd")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
    unpacking.unpack(archive, tmp_path / "place")
    inner = tmp_path / "place" / "a" / "inner.txt"
    assert inner.read_text() == "hi"
    assert not inner.is_symlink()
    assert not (tmp_path / "place" / "a" / "outer.txt").exists()


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.txt", "0" * 100_000)
    with pytest.raises(BuildFault, match="unpacks to more"):
        unpacking.unpack(tmp_path / "bomb.zip", tmp_path / "place")
    assert (tmp_path / "place" / "big.txt").stat().st_size <= 1000


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_text("no archive")
    with pytest.raises(BuildFault, match="cannot be unpacked"):
        unpacking.unpack(tmp_path / "x.tar.gz", tmp_path / "place")
