"""The paper's scripts: fetched from their public repositories at pinned commits, by hash."""

from __future__ import annotations

import hashlib
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import InputError
from assay.core.files import written
from assay.core.places import cache_dir
from assay.suites.finding import shipped_folder

NAME = "mlops-paper"
ADDRESS = "https://raw.githubusercontent.com/{repository}/{commit}/{path}"
_SECONDS = 60
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pinned:
    """A file of a repository at a commit, known by its hash; a script, or a module that it
    imports."""

    script: str
    framework: str
    repository: str
    commit: str
    path: str
    sha256: str

    @property
    def place(self) -> Path:
        """Where the file lies once it is fetched."""
        return folder() / self.script / Path(self.path).name


def folder() -> Path:
    return cache_dir() / "sources" / NAME


def pinned() -> list[Pinned]:
    """The paper's scripts, and the modules that they import."""
    table = tomllib.loads((shipped_folder("mlops") / "paper.toml").read_text(encoding="utf-8"))
    return [
        Pinned(one["id"], one["framework"], one["repository"], one["commit"], file["path"],
               file["sha256"])
        for one in table["script"]
        for file in (one, *one.get("companions", ()))
    ]  # fmt: skip


def scripts() -> list[Pinned]:
    """The scripts alone, without the modules that they import."""
    firsts: dict[str, Pinned] = {}
    for one in pinned():
        firsts.setdefault(one.script, one)
    return list(firsts.values())


def fetch(
    source_root: Path | None = None, progress: Progress | None = None, address: str = ADDRESS
) -> Path:
    """Get what is missing, from the network, or from `source_root`: local checkouts at
    OWNER/NAME/PATH or NAME/PATH, or a folder for each script. Returns the folder; InputError where
    a file cannot be had or is another one."""
    for one in pinned():
        if _is_there(one):
            continue
        if progress:
            progress(f"{one.repository}: {one.path}")
        body = _downloaded(one, address) if source_root is None else _copied(one, source_root)
        if hashlib.sha256(body).hexdigest() != one.sha256:
            raise InputError(
                f"{one.repository}: {one.path} is not the file of commit {one.commit[:12]}: its "
                "sha256 is another"
            )
        _write(one.place, body)
    return folder()


def _is_there(one: Pinned) -> bool:
    try:
        return hashlib.sha256(one.place.read_bytes()).hexdigest() == one.sha256
    except OSError:
        return False


def _downloaded(one: Pinned, address: str) -> bytes:
    url = address.format(repository=one.repository, commit=one.commit, path=one.path)
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
            return bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise InputError(
            f"{url}: {reason}; without a network, name local checkouts by --source-root"
        ) from None


def _copied(one: Pinned, root: Path) -> bytes:
    name = one.repository.rpartition("/")[2]
    tried = [root / one.repository / one.path, root / name / one.path,
             root / one.script / Path(one.path).name]  # fmt: skip
    for place in tried:
        if place.is_file():
            return place.read_bytes()
    raise InputError(f"{root}: there is no {one.path} of {one.repository}; tried {tried[0]}")


def _write(place: Path, body: bytes) -> None:
    with written(place) as fresh:
        fresh.write_bytes(body)
