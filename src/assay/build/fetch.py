"""Gets a library's source, by hash, without building or running anything of it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assay.build import layout, unpacking
from assay.build.faults import BuildFault
from assay.build.indexes import Index, Release, canonical, fits_here, sha256_of
from assay.build.records import key_of, resumed
from assay.core.places import cache_dir

_VERSION = "fetch/1"
_SPEC = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:==\s*([A-Za-z0-9.!+_-]+))?$")
_GIT = re.compile(r"git:(?P<url>.+)@(?P<commit>[0-9a-f]{7,40})$")


@dataclass(frozen=True, slots=True)
class Source:
    """A library's tree, unpacked in the cache and never written to again.

    `kind` is sdist, wheel, git or directory; `sha256` is the archive's, or for the last two that
    of the files. `packages` are its import names, found in `import_root`; `tests` are folders (or
    files) of tests. `is_pure` says whether the tree can be imported as it is. `uploaded` is the
    day on which this release came to the index. `notes` say what was done otherwise than asked.
    """

    name: str
    version: str
    kind: str
    sha256: str
    root: Path
    import_root: str
    packages: tuple[str, ...]
    tests: tuple[str, ...]
    licence: str
    is_pure: bool
    uploaded: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def importable(self) -> Path:
        """The folder that the packages are imported from."""
        return self.root / self.import_root


def fetch(
    spec: str,
    work: Path,
    source: str = "sdist",
    *,
    sha256: str | None = None,
    index: Index | None = None,
) -> Source:
    """The source of `NAME` or `NAME==VERSION`, from the user's own index, a Git commit
    (`git:URL@COMMIT`) or a folder. A pre-release, or one that was withdrawn, only where the
    version is given; a wheel where a release has no source distribution, and a note says so.

    Raises BuildFault, whose `cause` is spec, not found, hash, python, archive, size, network,
    empty or git.
    """
    key = key_of(_VERSION, spec, source, sha256)
    found = resumed(Source, work, "source", key, lambda: _fetched(spec, source, sha256, index))
    if not found.root.is_dir():  # the cache was cleared since
        (work / "source.json").unlink()
        return resumed(Source, work, "source", key, lambda: _fetched(spec, source, sha256, index))
    return found


def _fetched(spec: str, source: str, sha256: str | None, index: Index | None) -> Source:
    parsed = _SPEC.match(spec.strip())
    if parsed is None:
        raise BuildFault("fetch", "spec", f"{spec!r} is neither NAME nor NAME==VERSION")
    name, version = canonical(parsed[1]), parsed[2]
    if source in ("sdist", "wheel"):
        return _from_index(index or Index(), name, version, source, sha256)
    git = _GIT.match(source)
    if git:
        return _from_git(name, version, git["url"], git["commit"])
    folder = Path(source).expanduser()
    if not folder.is_dir():
        raise BuildFault(
            "fetch", "spec",
            f"source {source!r} is neither sdist, wheel, git:URL@COMMIT nor a folder",
        )  # fmt: skip
    return _from_folder(name, version, folder)


def _from_index(
    index: Index, name: str, version: str | None, kind: str, sha256: str | None
) -> Source:
    files = _of_version(index.releases(name), name, version)
    release, notes = _chosen(files, kind)
    _require_python(release)
    archive = index.download(release, sha256)
    digest = sha256_of(archive)
    root = unpacked(archive, f"{name}-{release.version}-{digest[:12]}")
    found = layout.look(root, name, is_wheel=release.kind == "wheel")
    return _source(
        name, release.version, release.kind, digest, root, found, release.uploaded, notes
    )


def _of_version(files: tuple[Release, ...], name: str, version: str | None) -> list[Release]:
    if version is None:
        usable = [one for one in files if one.is_final and not one.yanked]
        if not usable:
            newest = files[0].version
            raise BuildFault(
                "fetch", "not found",
                f"{name} has pre-releases only: pin one, such as {name}=={newest}",
            )  # fmt: skip
        version = usable[0].version
    wanted = _comparable(version)
    found = [one for one in files if _comparable(one.version) == wanted]
    if not found:
        near = ", ".join(dict.fromkeys(one.version for one in files if one.is_final))
        raise BuildFault(
            "fetch",
            "not found",
            f"{name} has no release {version}; there are {near[:200] or 'none'}",
        )
    return found


def _comparable(version: str) -> object:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version)
    except InvalidVersion:
        return version


def _chosen(files: list[Release], kind: str) -> tuple[Release, tuple[str, ...]]:
    sdists = [one for one in files if one.kind == "sdist"]
    wheels = [one for one in files if one.kind == "wheel" and fits_here(one)]
    if kind == "sdist" and sdists:
        # A .tar.gz before a .zip, where an old release has both.
        return min(sdists, key=lambda one: not one.filename.endswith(".tar.gz")), ()
    if kind == "sdist" and wheels:
        told = f"{wheels[0].version} has no source distribution: its wheel was taken"
        return wheels[0], (told,)
    if wheels:
        return wheels[0], ()
    what = "no wheel that fits here" if kind == "wheel" else "neither source nor a wheel that fits"
    hint = "; try --source sdist" if kind == "wheel" and sdists else ""
    raise BuildFault("fetch", "not found", f"{files[0].name} {files[0].version} has {what}{hint}")


def _require_python(release: Release) -> None:
    import platform

    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        fits = SpecifierSet(release.requires_python or "").contains(platform.python_version())
    except InvalidSpecifier:
        return
    if not fits:
        raise BuildFault(
            "fetch", "python",
            f"{release.name} {release.version} needs Python {release.requires_python}; this is "
            f"{platform.python_version()}: choose an older release",
        )  # fmt: skip


def unpacked(archive: Path, name: str, only: str = "") -> Path:
    """The folder in the cache with what is in an archive; unpacked if it is not there. A source
    distribution's single outer folder is taken off."""
    place = cache_dir() / "sources" / name
    if not place.is_dir():
        _put(place, lambda partial: unpacking.unpack(archive, partial, only))
    return place


def _put(place: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder under another name and rename it: one that is there is whole."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".partial-") as partial:
        fill(Path(partial, "tree"))
        inner = list(Path(partial, "tree").iterdir())
        single = len(inner) == 1 and inner[0].is_dir() and not (inner[0] / "__init__.py").exists()
        try:
            os.rename(inner[0] if single else Path(partial, "tree"), place)
        except OSError:
            if not place.is_dir():  # another process was first: theirs is as good
                raise


def _from_git(name: str, version: str | None, url: str, commit: str) -> Source:
    with tempfile.TemporaryDirectory(prefix="assay-git-") as folder:
        clone, archive = Path(folder, "clone"), Path(folder, "tree.tar")
        _git("clone", "--quiet", "--bare", "--", url, str(clone))
        try:
            whole = _git("-C", str(clone), "rev-parse", "--verify", f"{commit}^{{commit}}").strip()
        except BuildFault:
            told = f"{url} has no commit {commit} on its branches and tags"
            raise BuildFault("fetch", "git", told) from None
        _git("-C", str(clone), "archive", "--format=tar", "-o", str(archive), whole)
        date = _git("-C", str(clone), "show", "-s", "--format=%cs", whole).strip()
        digest = hashlib.sha256(whole.encode()).hexdigest()
        place = cache_dir() / "sources" / f"{name}-git-{whole[:12]}"
        if not place.is_dir():
            _put(place, lambda partial: unpacking.unpack(archive, partial))
    found = layout.look(place, name)
    known = version or layout.version_in(place, found) or f"0+git.{whole[:12]}"
    return _source(name, known, "git", digest, place, found, date, (f"commit {whole}",))


def _git(*arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise BuildFault("fetch", "git", "git is not installed")
    # Nothing of the other side's may choose a program to run, and nobody is there to be asked.
    safe = ["-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never"]
    done = subprocess.run(
        [git, *safe, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1"}, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise BuildFault("fetch", "git", f"git {arguments[0]} failed: {said[:300]}")
    return done.stdout


def _from_folder(name: str, version: str | None, folder: Path) -> Source:
    with tempfile.TemporaryDirectory(prefix="assay-tree-") as copied:
        # Copied first and read from the copy, so that the digest is that of what is kept.
        tree = Path(copied, "tree")
        unpacking.copy_tree(folder, tree)
        digest = digest_of(tree)
        place = cache_dir() / "sources" / f"{name}-tree-{digest[:12]}"
        if not place.is_dir():
            _put(place, lambda partial: unpacking.copy_tree(tree, partial))
    found = layout.look(place, name)
    known = version or layout.version_in(place, found) or f"0+tree.{digest[:12]}"
    return _source(name, known, "directory", digest, place, found, None, ())


def digest_of(tree: Path) -> str:
    """Of all files of a tree, by name and content."""
    hasher = hashlib.sha256()
    for path in sorted(one for one in tree.rglob("*") if one.is_file()):
        hasher.update(f"{path.relative_to(tree).as_posix()}\n{sha256_of(path)}\n".encode())
    return hasher.hexdigest()


def _source(
    name: str, version: str, kind: str, sha256: str, root: Path, found: layout.Layout,
    uploaded: str | None, notes: tuple[str, ...],
) -> Source:  # fmt: skip
    if not found.packages:
        raise BuildFault(
            "fetch", "empty",
            f"{name} {version} holds no Python package at its top, nor in src, lib or python",
        )  # fmt: skip
    return Source(
        name, version, kind, sha256, root, found.import_root, found.packages, found.tests,
        found.licence, found.is_pure, uploaded, notes,
    )  # fmt: skip
