"""What a library and its tests need: read from what the tree says, never by running it."""

from __future__ import annotations

import ast
import configparser
import functools
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from assay.build import layout
from assay.build.fetch import Source
from assay.build.indexes import canonical

_TABLE = Path(__file__).with_name("test_needs.toml")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")
_OPTION = re.compile(r"\s+#.*$|^#.*$")


@dataclass(frozen=True, slots=True)
class Requirements:
    """What to lock. `runtime` is the library's own, `tests` what its tests need beyond that,
    each as (requirement, where it is said); `left_out` was asked for and is no test's business."""

    runtime: tuple[tuple[str, str], ...]
    tests: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]

    def lines(self) -> list[str]:
        """All of them, each once, as a requirements file has them."""
        return list(dict.fromkeys(line for line, _ in (*self.runtime, *self.tests)))


def requirements(source: Source) -> Requirements:
    """What a library and its tests need.

    From the metadata's requirements and extras, dependency groups, requirement files and tox; and
    from imports of well-known packages that none of these mention. Development tools, services
    and other frameworks are left out: a test that needs one is found to be broken by that.
    """
    runtime = list(_runtime(source))
    wanted = list(_of_tests(source)) or list(_of_tox(source.root))
    tests = [(line, where) for line, where in wanted if not _is_unneeded(line)]
    left_out = [line for line, _ in wanted if _is_unneeded(line)]
    named = {_name(line) for line, _ in (*runtime, *tests)} | {canonical(source.name)}
    tests += [found for found in _implied(source) if _name(found[0]) not in named]
    if "pytest" not in {_name(line) for line, _ in tests}:
        tests.append(("pytest", "needed to run tests at all"))
    return Requirements(tuple(runtime), tuple(tests), tuple(left_out))


def _runtime(source: Source) -> Iterator[tuple[str, str]]:
    told = layout.metadata(source.root)
    if told is not None:
        for line in told.get_all("Requires-Dist", []):
            if not _EXTRA.search(line):
                yield str(line), "metadata"
        return
    for line in layout.pyproject(source.root).get("project", {}).get("dependencies", []):
        yield str(line), "pyproject"
    poetry = layout.pyproject(source.root).get("tool", {}).get("poetry", {})
    yield from _of_poetry(poetry.get("dependencies", {}))


def _of_tests(source: Source) -> Iterator[tuple[str, str]]:
    """From the first kind of group that there is: `test` before `dev`."""
    table = layout.pyproject(source.root)
    for names in _table()["groups"]:
        found = [*_of_extras(source, table, names), *_of_groups(table, names)]
        found += _of_files(source.root, [f for f in _table()["files"] if _matches(f, names)])
        if found:
            yield from dict(found).items()
            return


def _of_extras(
    source: Source, table: dict[str, Any], names: list[str]
) -> Iterator[tuple[str, str]]:
    told = layout.metadata(source.root)
    for line in told.get_all("Requires-Dist", []) if told is not None else []:
        extra = _EXTRA.search(line)
        if extra and canonical(extra[1]) in names:
            yield _without_extra(str(line)), f"extra {extra[1]}"
    if told is None:
        for extra_name, lines in table.get("project", {}).get("optional-dependencies", {}).items():
            if canonical(extra_name) in names:
                yield from ((str(line), f"extra {extra_name}") for line in lines)


def _without_extra(line: str) -> str:
    requirement, _, marker = line.partition(";")
    rest = re.sub(rf"(\s+and\s+)?\(?{_EXTRA.pattern}\)?(\s+and\s+)?", "", marker).strip()
    return f"{requirement.strip()} ; {rest}" if rest else requirement.strip()


def _of_groups(table: dict[str, Any], names: list[str]) -> Iterator[tuple[str, str]]:
    groups = table.get("dependency-groups", {})
    for group in groups:
        if canonical(group) in names:
            for line in _expanded(groups, group, ()):
                yield line, f"group {group}"
    poetry = table.get("tool", {}).get("poetry", {})
    for group, inner in poetry.get("group", {}).items():
        if canonical(group) in names:
            yield from _of_poetry(inner.get("dependencies", {}), f"group {group}")


def _expanded(groups: dict[str, Any], group: str, above: tuple[str, ...]) -> Iterator[str]:
    for line in groups.get(group, []):
        if isinstance(line, str):
            yield line
        elif isinstance(line, dict) and line.get("include-group") not in (None, group, *above):
            yield from _expanded(groups, line["include-group"], (*above, group))


def _of_poetry(table: dict[str, Any], where: str = "poetry") -> Iterator[tuple[str, str]]:
    """Names alone: poetry's version specifiers are its own language."""
    for name, value in table.items():
        optional = isinstance(value, dict) and value.get("optional")
        if name != "python" and not optional:
            yield name, where


def _matches(file: str, names: list[str]) -> bool:
    return any(word in re.split(r"[-_./]", file) for word in names)


def _of_files(root: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        path = root / name
        if path.is_file():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                plain = _OPTION.sub("", line).strip()
                # Options and addresses lead to other places: they are not followed.
                if plain and not plain.startswith("-") and "://" not in plain:
                    yield plain, name


def _of_tox(root: Path) -> Iterator[tuple[str, str]]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(root / "tox.ini", encoding="utf-8")
        lines = parser.get("testenv", "deps").splitlines()
    except (configparser.Error, UnicodeDecodeError):
        return
    for line in map(str.strip, lines):
        if re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?\s*([<>=!~]=?[0-9.*,<>=!~ ]+)?", line):
            yield line, "tox.ini"


def _implied(source: Source) -> Iterator[tuple[str, str]]:
    """From what tests and library import, and from the fixtures that tests ask for."""
    imports, fixtures = _table()["imports"], _table()["fixtures"]
    tests = layout.test_files(source.root, source.tests)
    texts = [_text(source.root / name) for name in tests]
    own = [_text(path) for package in source.packages
           for path in layout.python_files(source.importable, package)]  # fmt: skip
    found = _top_imports([*texts, *own])
    for name in sorted(found & imports.keys()):
        yield imports[name], f"import {name}"
    asked = {name for text in texts for name in re.findall(r"def test\w*\(([^)]*)\)", text)}
    words = set(re.findall(r"\w+", " ".join(asked)))
    for name in sorted(words & fixtures.keys()):
        yield fixtures[name], f"fixture {name}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _top_imports(texts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for text in texts:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


def _is_unneeded(line: str) -> bool:
    name = _name(line)
    return any(fnmatch(name, pattern) for pattern in _table()["unneeded"])


def _name(line: str) -> str:
    return canonical(re.split(r"[\s\[<>=!~;@(]", line.strip(), maxsplit=1)[0])


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))
