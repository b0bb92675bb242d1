"""The parts of a source tree that candidates may see: its tests, and the library where it is not
installed. Kept in the cache under names that end in a digest of what is in them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assay.build import layout
from assay.build.fetch import Source, digest_of
from assay.build.placing import Place
from assay.engine import environments

_CONFIGURATION = ("pyproject.toml", "setup.cfg", "pytest.ini", ".pytest.ini", "tox.ini")
_MOST_BYTES = 256 << 20
_LEFT_OUT = {"__pycache__", ".git", ".assay"}


def tests_tree(source: Source, place: Place) -> str:
    """The name of a tree that has the tests in its folder `tree`, where they were, with what they
    read beside them, and nothing of the library itself."""
    wanted = [(file, f"tree/{file}") for file in _test_files(place)]
    stubs = {f"tree/{one}" for one in _packages_above(place, [file for file, _ in wanted])}
    return _kept(
        f"{source.name}-{source.version}-tests", place.root, wanted, dict.fromkeys(stubs, "")
    )


def library_tree(source: Source) -> str:
    """The name of a tree that has the library's packages at its top, without tests, and metadata
    for those that ask for their own version."""
    wanted = []
    for package in source.packages:
        place = source.importable / package
        files = sorted(place.rglob("*")) if place.is_dir() else [place.with_suffix(".py")]
        for path in files:
            file = path.relative_to(source.importable).as_posix()
            if path.is_file() and not layout.is_test_path(file) and _is_wanted(file):
                wanted.append((file, file))
    metadata = f"Metadata-Version: 2.1\nName: {source.name}\nVersion: {source.version}\n"
    named = f"{source.name.replace('-', '_')}-{source.version}.dist-info/METADATA"
    return _kept(
        f"{source.name}-{source.version}-library", source.importable, wanted, {named: metadata}
    )


def _test_files(place: Place) -> Iterator[str]:
    """Configuration, conftest.py above tests, and what is in folders of tests; where those are the
    library's own folders, only test files and what is no program."""
    yield from (one for one in _CONFIGURATION if (place.root / one).is_file())
    above: set[str] = set()
    for tests in place.tests:
        parts = tests.split("/")
        above |= {"/".join([*parts[:n], "conftest.py"]) for n in range(len(parts))}
        path = place.root / tests
        if path.is_file():
            yield tests
        for here, folders, names in os.walk(path):
            folders[:] = sorted(set(folders) - _LEFT_OUT)
            for name in sorted(names):
                file = Path(here, name).relative_to(place.root).as_posix()
                if layout.is_test_path(file) or not name.endswith((".py", ".so", ".pyc")):
                    yield file
    yield from sorted(one for one in above if (place.root / one).is_file())


def _packages_above(place: Place, files: list[str]) -> Iterator[str]:
    """The `__init__.py` of packages that tests lie in: pytest names modules by them."""
    for file in files:
        parts = file.split("/")[:-1]
        for n in range(1, len(parts) + 1):
            one = "/".join([*parts[:n], "__init__.py"])
            if (place.root / one).is_file() and not layout.is_test_path(one):
                yield one


def _is_wanted(file: str) -> bool:
    return not _LEFT_OUT & set(file.split("/"))


def _kept(stem: str, root: Path, files: list[tuple[str, str]], texts: dict[str, str]) -> str:
    base = environments.tree("x").parent
    base.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".partial-", dir=base))
    left = _MOST_BYTES
    try:
        for file, target in dict.fromkeys(files):
            source = root / file
            left -= source.stat().st_size
            if source.is_symlink() or left < 0:
                continue
            (fresh / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, fresh / target)
        for target, text in texts.items():
            (fresh / target).parent.mkdir(parents=True, exist_ok=True)
            (fresh / target).write_text(text, encoding="utf-8")
        for here, _, names in os.walk(fresh):
            os.chmod(here, 0o755)
            for name in names:
                os.chmod(os.path.join(here, name), 0o644)
        name = f"{stem}-{digest_of(fresh)[:12]}"
        if not environments.tree(name).is_dir():
            fresh.rename(environments.tree(name))
        return name
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
