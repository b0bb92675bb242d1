"""What an unpacked tree holds: import packages, tests, licence, and what it says of itself."""

from __future__ import annotations

import ast
import email.message
import email.parser
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEST_FILE = re.compile(r"(test_.*|.*_test|tests)\.py$")
_TEST_FOLDER = re.compile(r"_?(unit_?|integration_?)?tests?$|testsuite$")
# Beside the library in its repository, but not part of it.
_BESIDE = {
    "docs", "doc", "docs_src", "examples", "example", "benchmarks", "benchmark", "scripts",
    "tools", "build", "dist", "tutorials", "notebooks", "assets", "conda", "docker", "ci", "demo",
    "demos", "samples", "paper", "website", "experiments", "recipes", "bin", "research",
}  # fmt: skip
_COMPILED = (".pyx", ".pxd", ".c", ".cc", ".cpp", ".cu", ".rs", ".f", ".f90", ".go")
_LICENCE = re.compile(r"(licen[cs]e|copying|unlicense)([.-].*)?$", re.I)
_KNOWN_LICENCES = (
    ("Apache-2.0", "Apache License"), ("MIT", "Permission is hereby granted, free of charge"),
    ("GPL-3.0", "GNU GENERAL PUBLIC LICENSE"), ("LGPL-3.0", "GNU LESSER GENERAL PUBLIC LICENSE"),
    ("MPL-2.0", "Mozilla Public License"),
    ("BSD-3-Clause", "Neither the name"), ("BSD-2-Clause", "Redistributions of source code"),
    ("ISC", "Permission to use, copy, modify"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """`import_root` is the folder that packages are imported from, "" or "src" as a rule; all
    paths are relative to the tree. `is_pure` says whether all is Python, so that the tree can be
    imported as it is."""

    import_root: str
    packages: tuple[str, ...]
    tests: tuple[str, ...]
    licence: str
    is_pure: bool


def look(root: Path, name: str = "", *, is_wheel: bool = False) -> Layout:
    """What a tree holds; `name` is the distribution's, whose own package comes first."""
    import_root, packages = _packages(root, name)
    pure = is_wheel or not _has_compiled(root / import_root, packages)
    return Layout(import_root, packages, _tests(root), _licence(root), pure)


def test_files(root: Path, tests: tuple[str, ...]) -> list[str]:
    """The files beneath test folders that hold tests, by name."""
    found: list[str] = []
    for place in tests:
        path = root / place
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        found += [one.relative_to(root).as_posix() for one in files if TEST_FILE.match(one.name)]
    return list(dict.fromkeys(found))


def python_files(base: Path, package: str) -> list[Path]:
    """The files of a package, or the module of that name, beneath the folder that it is imported
    from."""
    folder = base / package
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [base / f"{package}.py"]


def is_test_path(path: str) -> bool:
    """Whether a file belongs to tests rather than to what is tested."""
    *folders, name = path.split("/")
    return bool(TEST_FILE.match(name)) or name == "conftest.py" or any(map(is_test_folder, folders))


def is_test_folder(name: str) -> bool:
    return bool(_TEST_FOLDER.match(name))


def pyproject(root: Path) -> dict[str, Any]:
    """The tree's pyproject.toml; empty where there is none that can be read."""
    try:
        return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def metadata(root: Path) -> email.message.Message | None:
    """The tree's own metadata: PKG-INFO of a source distribution, METADATA of a wheel."""
    places = [root / "PKG-INFO", *root.glob("*.dist-info/METADATA")]
    places += [*root.glob("*.egg-info/PKG-INFO"), *root.glob("src/*.egg-info/PKG-INFO")]
    for place in places:
        if place.is_file():
            text = place.read_text(encoding="utf-8", errors="replace")
            return email.parser.HeaderParser().parsestr(text)
    return None


def version_in(root: Path, layout: Layout) -> str | None:
    """The version that the tree states in plain text; nothing is run for it."""
    told = metadata(root)
    if told is not None and told["Version"]:
        return str(told["Version"])
    project = pyproject(root).get("project", {})
    if isinstance(project.get("version"), str):
        return str(project["version"])
    for package in layout.packages:
        for name in ("__init__.py", "version.py", "_version.py", "__about__.py"):
            version = _assigned_version(root / layout.import_root / package / name)
            if version:
                return version
    return None


def _assigned_version(path: Path) -> str | None:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return None
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if {"__version__", "version"} & set(names) and isinstance(node.value.value, str):
                return node.value.value
    return None


def _packages(root: Path, name: str) -> tuple[str, tuple[str, ...]]:
    wanted = name.lower().replace("-", "_").replace(".", "_")
    for import_root in ("src", "lib", "python", ""):
        base = root / import_root
        if base.is_dir():
            found = [one for one in _listed(root, base) if (base / one).exists()] or _seen(base)
            if found:
                return import_root, tuple(sorted(found, key=lambda one: (one != wanted, one)))
    return "", ()


def _listed(root: Path, base: Path) -> list[str]:
    """Import packages as the metadata lists them."""
    for place in (*root.glob("*.dist-info/top_level.txt"), *base.glob("*.egg-info/top_level.txt")):
        names = place.read_text(encoding="utf-8", errors="replace").split()
        return [one for one in names if not is_test_folder(one) and one not in _BESIDE]
    return []


def _seen(base: Path) -> list[str]:
    packages = [
        path.parent.name
        for path in base.glob("*/__init__.py")
        if not is_test_folder(path.parent.name) and path.parent.name not in _BESIDE
    ]
    ignored = {"setup", "conftest", "noxfile", "hubconf", "versioneer"}
    modules = [p.stem for p in base.glob("*.py") if p.stem not in ignored]
    return packages or [one for one in modules if not TEST_FILE.match(f"{one}.py")]


def _tests(root: Path) -> tuple[str, ...]:
    """The outermost folders of tests; where tests lie beside what they test, those folders."""
    found: set[str] = set()
    for here, folders, names in os.walk(root):
        relative = Path(here).relative_to(root)
        parts = relative.parts
        if parts and parts[0] in _BESIDE and not any(map(is_test_folder, parts)):
            folders.clear()
            continue
        folders[:] = sorted(one for one in folders if not one.startswith((".", "__pycache__")))
        files = [name for name in names if TEST_FILE.match(name)]
        own = next((n for n, part in enumerate(parts) if is_test_folder(part)), None)
        if own is not None and files:
            found.add("/".join(parts[: own + 1]))
        elif parts:
            found |= {relative.as_posix() for _ in files[:1]}
        else:
            found |= {name for name in files if name != "tests.py"}
    inner = {one for one in found if any(one.startswith(f"{other}/") for other in found)}
    return tuple(sorted(found - inner))


def _has_compiled(base: Path, packages: tuple[str, ...]) -> bool:
    for package in packages:
        for _, _, names in os.walk(base / package):
            if any(name.endswith(_COMPILED) for name in names):
                return True
    return False


def _licence(root: Path) -> str:
    """By its short name: what the metadata says, else what the licence's own text says."""
    told = metadata(root)
    if told is not None:
        for key in ("License-Expression", "License"):
            if told[key] and len(told[key]) < 60 and told[key] != "UNKNOWN":
                return str(told[key]).strip()
        for line in told.get_all("Classifier", []):
            if line.startswith("License ::"):
                return str(line).rpartition("::")[2].strip()
    for path in sorted(root.iterdir()):
        if path.is_file() and _LICENCE.match(path.name):
            text = path.read_text(encoding="utf-8", errors="replace")
            return next((short for short, words in _KNOWN_LICENCES if words in text), path.name)
    return ""
