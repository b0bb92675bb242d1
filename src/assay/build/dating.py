"""When a function came to be: the upload date of the first release that has it in substance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from assay.build import layout, records
from assay.build.definitions import Definition, in_file
from assay.build.faults import BuildFault
from assay.build.fetch import Source, unpacked
from assay.build.indexes import Index, Release, fits_here, sha256_of
from assay.build.similarity import SAME, similarity, statements

_VERSION = "dates/2"
MOST_RELEASES = 12

Body = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """The first release seen that has a function in substance, and the day it was uploaded.

    `exact` says whether an older release was seen that lacks it: else it may be older yet.
    `similarity` is that of the body there to the body now. `named_version` and `named_date` are of
    the first release seen with a function of that name at all: one that was written anew may have
    been known, with the same documentation, for long.
    """

    name: str
    version: str
    date: str | None
    similarity: float
    exact: bool
    named_version: str
    named_date: str | None


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a library's functions; `seen` are the releases that were looked into, newest
    first, and `missed` those that could not be, with the reason. A function may have come in a
    release between two of those seen: its date is then that of the later one."""

    functions: tuple[Dated, ...]
    seen: tuple[str, ...]
    missed: tuple[str, ...]

    def by_name(self) -> dict[str, Dated]:
        return {one.name: one for one in self.functions}


def dates(
    source: Source,
    chosen: Iterable[Definition],
    work: Path,
    *,
    most_releases: int = MOST_RELEASES,
    index: Index | None = None,
    progress: Callable[[str], None] | None = None,
) -> Dates:
    """Walk back through earlier releases, the first of each minor version, and see in which each
    function already is: under its name or, moved, as the last part of it; with at least four
    fifths of its statements.

    All of `most_releases` are looked into, because functions vanish and come back. A source that
    is on no index gets the day of its commit, or none.
    """
    wanted = list(chosen)
    names = [one.name for one in wanted]
    key = records.key_of(_VERSION, source, sorted(names), most_releases)
    return records.resumed(
        Dates, work, "dates", key,
        lambda: _dated(source, wanted, most_releases, index, progress or (lambda _: None)),
    )  # fmt: skip


def _dated(
    source: Source,
    wanted: list[Definition],
    most: int,
    index: Index | None,
    progress: Callable[[str], None],
) -> Dates:
    now = _bodies(source.importable, source.packages)
    bodies = {one.name: _found(now, one.name, one.qualname) for one in wanted}
    here = source.version, source.uploaded
    dated = {one.name: Dated(one.name, *here, 1.0, False, *here) for one in wanted}
    seen, missed = [source.version], []
    if source.kind in ("sdist", "wheel"):
        index = index or Index()
        for release in earlier(index.releases(source.name), source.version, most):
            progress(f"dates: {source.name} {release.version}")
            try:
                there = _released(index, release)
            except BuildFault as fault:
                missed.append(f"{release.version}: {fault}"[:200])
                continue
            seen.append(release.version)
            for one in wanted:
                dated[one.name] = _compared(dated[one.name], bodies[one.name], one, there, release)
    functions = tuple(dated[one.name] for one in wanted)
    return Dates(functions, tuple(seen), tuple(missed))


def earlier(files: Iterable[Release], version: str, most: int) -> list[Release]:
    """The releases to look into, newest first: final ones before `version`, of each minor version
    the first; the smallest file of each. Beyond `most`, they are taken evenly, the first always."""
    from packaging.version import Version

    groups: dict[tuple[int, ...], dict[Version, list[Release]]] = {}
    for one in files:
        if one.is_final and Version(one.version) < Version(version):
            parsed = Version(one.version)
            groups.setdefault(parsed.release[:2], {}).setdefault(parsed, []).append(one)
    chosen = []
    for _, group in sorted(groups.items(), reverse=True):
        first = group[min(group)]
        usable = [one for one in first if one.kind == "sdist" or fits_here(one)] or first
        # A pure wheel is the smallest file that holds all source; a compiled one is huge.
        pure = [one for one in usable if one.filename.endswith("-none-any.whl")]
        chosen.append((pure or sorted(usable, key=lambda one: one.kind))[0])
    if len(chosen) <= most:
        return chosen
    step = (len(chosen) - 1) / max(1, most - 1)
    return [chosen[round(n * step)] for n in range(most)]


def _compared(
    known: Dated,
    body: Body,
    wanted: Definition,
    there: dict[str, dict[str, list[Body]]],
    release: Release,
) -> Dated:
    others = _versions(there, wanted)
    where = release.version, release.uploaded
    if others:
        known = replace(known, named_version=where[0], named_date=where[1])
    share = max((similarity(body, other) for other in others), default=0.0)
    if share >= SAME:
        return replace(
            known, version=where[0], date=where[1], similarity=round(share, 3), exact=False
        )
    # Seen without it: what was found in a newer release is the first, unless an older one has it.
    return replace(known, exact=True)


def _versions(there: dict[str, dict[str, list[Body]]], wanted: Definition) -> list[Body]:
    """Bodies under the same qualified name, wherever its module was; or under the same last name,
    for a function that became a method or moved to another class."""
    last = wanted.qualname.rpartition(".")[2]
    same = there["qualname"].get(wanted.qualname, [])
    is_common = last.startswith("__") or last in ("forward", "update", "compute", "fit", "reset")
    return same if same or is_common else there["last"].get(last, [])


def _released(index: Index, release: Release) -> dict[str, dict[str, list[Body]]]:
    archive = index.download(release)
    name = f"{release.name}-{release.version}-{sha256_of(archive)[:12]}.py-only"
    root = unpacked(archive, name, only=".py")
    found = layout.look(root, release.name, is_wheel=release.kind == "wheel")
    return _bodies(root / found.import_root, found.packages)


def _bodies(base: Path, packages: tuple[str, ...]) -> dict[str, dict[str, list[Body]]]:
    found: dict[str, dict[str, list[Body]]] = {
        "name": defaultdict(list), "qualname": defaultdict(list), "last": defaultdict(list),
    }  # fmt: skip
    for package in packages:
        for path in layout.python_files(base, package):
            for one, node in in_file(path, path.relative_to(base).as_posix()):
                body = statements(node)
                found["name"][one.name].append(body)
                found["qualname"][one.qualname].append(body)
                found["last"][one.qualname.rpartition(".")[2]].append(body)
    return found


def _found(bodies: dict[str, dict[str, list[Body]]], name: str, qualname: str) -> Body:
    return (bodies["name"].get(name) or bodies["qualname"].get(qualname) or [()])[0]
