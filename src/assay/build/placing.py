"""Where a library and its tests are for a run: in its tree, or where it was installed."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from assay.build import layout
from assay.build.faults import BuildFault
from assay.build.fetch import Source
from assay.engine.environments import Built

_IMPORT_MODE = re.compile(r"--import-mode[= ](\w+)")
_INI = re.compile(r"^addopts\s*=((?:.*\n)(?:[ \t]+.*\n)*)", re.M)


@dataclass(frozen=True, slots=True)
class Place:
    """`files` are the test files, relative to `root`. With `from_tree` the library is imported
    from `root/import_root`; else it is the installed one, and `hidden` keeps the tree's own out of
    the way. `watched` are the folders and modules of the library; `options` go to pytest."""

    root: Path
    files: tuple[str, ...]
    tests: tuple[str, ...]
    import_root: str
    from_tree: bool
    hidden: tuple[str, ...]
    watched: tuple[str, ...]
    options: tuple[str, ...]
    distribution: tuple[str, str]


def place_of(source: Source, built: Built) -> Place:
    """From the tree where all of it is Python. Else from the environment, which has the compiled
    parts: with the tests that are installed there, or with the tree's."""
    options = pytest_options(source.root)
    named = (source.name, source.version)
    packages = tuple(f"{source.import_root}/{one}".lstrip("/") for one in source.packages)
    files = tuple(layout.test_files(source.root, source.tests))
    if source.is_pure:
        return Place(
            source.root, files, source.tests, source.import_root, True, (), packages, options, named
        )  # fmt: skip
    site = built.site_packages
    if not (site / source.packages[0]).exists():
        raise BuildFault(
            "tests", "compiled",
            f"{source.name} has parts to be compiled and its index has no wheel that fits here: "
            "its tests cannot be run without building it",
        )  # fmt: skip
    installed = _installed_tests(source, site)
    if installed:
        there = tuple(layout.test_files(site, installed))
        return Place(site, there, installed, "", False, (), source.packages, options, named)
    watched = tuple(str(site / one) for one in source.packages)
    return Place(
        source.root, files, source.tests, "", False, packages, watched, options, named
    )  # fmt: skip


def _installed_tests(source: Source, site: Path) -> tuple[str, ...]:
    """The folders of tests inside the packages that the wheel brought along as well."""
    prefix = f"{source.import_root}/" if source.import_root else ""
    inner = [one.removeprefix(prefix) for one in source.tests]
    return tuple(
        one for one in inner if one.split("/")[0] in source.packages and (site / one).exists()
    )


def pytest_options(root: Path) -> tuple[str, ...]:
    """Of the options that a project gives pytest, those without which its tests are not found the
    same way. Others ask for reports, plugins and processes that are no business of ours."""
    texts = []
    for name in ("pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg"):
        path = root / name
        if path.is_file():
            found = _INI.search(path.read_text(encoding="utf-8", errors="replace") + "\n")
            texts.append(found[1] if found else "")
    given = layout.pyproject(root).get("tool", {}).get("pytest", {}).get("ini_options", {})
    options = given.get("addopts", "")
    texts.append(shlex.join(options) if isinstance(options, list) else str(options))
    mode = _IMPORT_MODE.search(" ".join(texts))
    return (f"--import-mode={mode[1]}",) if mode else ()
