"""The user's own package indexes: which releases there are, when they came, and their files.

Where to look is what pip's and uv's configuration says, as for environments.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.build.faults import BuildFault
from assay.core.places import cache_dir
from assay.engine.environments.indexes import Handover, handover

MOST_DOWNLOADED = 512 << 20
_NO_UNEARTH = 'needs `pip install "assay[build]"`: unearth, which reads package indexes, is missing'


@dataclass(frozen=True, slots=True)
class Release:
    """One file of a release: a source distribution or a wheel."""

    name: str
    version: str
    filename: str
    kind: str
    sha256: str | None
    uploaded: str | None
    yanked: bool
    requires_python: str | None
    link: Any

    @property
    def is_final(self) -> bool:
        from packaging.version import InvalidVersion, Version

        try:
            return not Version(self.version).is_prerelease
        except InvalidVersion:
            return False


class Index:
    """All indexes of the user's as one. Pages are asked for once in its life."""

    def __init__(self) -> None:
        try:
            from unearth import PackageFinder
        except ImportError:
            raise BuildFault("fetch", "not installed", _NO_UNEARTH) from None
        # Pages that do not exist are normal where there are several indexes.
        logging.getLogger("unearth").addHandler(logging.NullHandler())
        self._given: Handover = handover()
        settings = {**os.environ, **self._given.variables}
        # What unearth asks when it is told nothing: the public index.
        usual = [source["url"] for source in PackageFinder().sources]
        chosen = settings.get("UV_DEFAULT_INDEX") or settings.get("UV_INDEX_URL")
        first = [] if "--no-index" in self._given.arguments else [chosen] if chosen else usual
        more = f"{settings.get('UV_INDEX', '')} {settings.get('UV_EXTRA_INDEX_URL', '')}".split()
        self._pages = [*first, *more]
        self._finder = PackageFinder(
            index_urls=self._pages,
            find_links=[p for p in settings.get("UV_FIND_LINKS", "").split(",") if p],
            trusted_hosts=settings.get("UV_INSECURE_HOST", "").split(),
            ignore_compatibility=True,
        )
        if not self._pages:
            self._finder.sources = [s for s in self._finder.sources if s["type"] != "index"]
        self._known: dict[str, tuple[Release, ...]] = {}

    def releases(self, name: str) -> tuple[Release, ...]:
        """All files of a package, newest version first; BuildFault where no index knows it."""
        if name not in self._known:
            with self._told(f"looking for {name}"):
                found = list(self._finder.find_all_packages(name, allow_yanked=True))
            dates = {}
            if not all(package.link.upload_time for package in found):
                dates = self._dates(name)
            self._known[name] = tuple(_releases(name, found, dates))
        if not self._known[name]:
            raise BuildFault(
                "fetch", "not found",
                f"no index that pip or uv is configured for has {name!r}: check its name",
            )  # fmt: skip
        return self._known[name]

    def download(self, release: Release, sha256: str | None = None) -> Path:
        """The file, in the cache; BuildFault when its hash is not the one that is given or the
        one that the index says."""
        wanted = sha256 or release.sha256
        place = cache_dir() / "archives" / release.name / release.filename
        if not (place.is_file() and wanted is not None and sha256_of(place) == wanted):
            with self._told(f"downloading {release.filename}"):
                self._fill(place, release)
        found = sha256_of(place)
        if wanted is not None and found != wanted:
            place.unlink()
            raise BuildFault(
                "fetch", "hash",
                f"{release.filename} has sha256 {found}, not {wanted}: it is not the file that "
                "was meant; correct the hash only if you trust the index",
            )  # fmt: skip
        return place

    def _fill(self, place: Path, release: Release) -> None:
        from unearth.preparer import download_link

        def watch(link: Any, completed: int, total: int | None) -> None:  # noqa: ARG001
            if max(completed, total or 0) > MOST_DOWNLOADED:
                raise BuildFault(
                    "fetch", "size", f"{release.filename} has more than {MOST_DOWNLOADED >> 20} MiB"
                )

        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as partial:
            file = download_link(self._session, release.link, Path(partial), None, watch)
            if release.link.is_file:
                copied = Path(partial, release.filename)
                copied.write_bytes(file.read_bytes())
                file = copied
            os.replace(file, place)

    @cached_property
    def _session(self) -> Any:
        return self._finder.session

    def _dates(self, name: str) -> dict[str, str]:
        """Upload times by file name, from the JSON page that most indexes keep beside the simple
        one, for those whose simple page has none. Without it there simply are no dates."""
        for page in self._pages:
            if page.startswith("file:"):
                continue
            address = f"{page.rstrip('/').removesuffix('/simple')}/pypi/{name}/json"
            try:
                answer = self._session.get(address)
                table = answer.json() if answer.status_code == 200 else {}
                files = [one for group in table["releases"].values() for one in group]
                return {one["filename"]: one["upload_time_iso_8601"][:10] for one in files}
            except Exception:  # no such page, or another form: any index may do as it likes
                continue
        return {}

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        try:
            yield
        except BuildFault:
            raise
        # unearth, httpx and the file system each have a tree of their own.
        except Exception as error:
            said = self._given.redact(" ".join(str(error).split()))[:300] or type(error).__name__
            raise BuildFault("fetch", "network", f"{doing} failed: {said}") from None


def fits_here(release: Release) -> bool:
    """Whether a wheel can be installed here."""
    from packaging.tags import sys_tags
    from packaging.utils import parse_wheel_filename

    return not parse_wheel_filename(release.filename)[3].isdisjoint(sys_tags())


def canonical(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _releases(name: str, found: list[Any], dates: dict[str, str]) -> Iterator[Release]:
    seen: set[str] = set()
    for package in found:
        link = package.link
        if package.version is None or link.filename in seen:
            continue
        seen.add(link.filename)
        time = link.upload_time
        uploaded = time.date().isoformat() if time else dates.get(link.filename)
        yield Release(
            name, package.version, link.filename, "wheel" if link.is_wheel else "sdist",
            ((link.hash_option or {}).get("sha256") or [None])[0],
            uploaded, link.is_yanked, link.requires_python, link,
        )  # fmt: skip
