"""A suite as a manifest: which functions of which libraries, how inputs for them are made, what is
said of them. Nothing of anyone's code is in it; tasks are made of it where the libraries are.

    manifest.toml          name, version, locked environments, libraries
    torch.txt …            hashed requirements of each environment
    kornia/tasks.toml      the tasks of one library, a [[task]] each
    kornia/generators.py   a function for each that makes its inputs from a seed
    kornia/facts.json      what building found out: dates, mutants killed, CPU time
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.core.digests import digest
from assay.core.errors import InputError
from assay.core.words import Environment, Tolerance

MANIFEST = "manifest.toml"
TASKS, GENERATORS, FACTS = "tasks.toml", "generators.py", "facts.json"
# Comparison where a task does not say: what two right ways to sum a tensor differ by.
_TOLERANCE = {"relative": 1e-4, "absolute": 1e-5}
_SEEDS = 10
_LABELS = {"stage": "stage", "task": "task_type", "data": "data_type"}
_KEYS = frozenset(
    {"function", "generator", "seeds", "tolerance", "prompt", "tier", "hides", *_LABELS}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One task: the qualified name of what is to be written, and how it is asked and judged."""

    function: str
    generator: str
    seeds: int
    labels: Mapping[str, str]
    tier: str
    tolerance: Tolerance
    prompt: str | None = None
    hides: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Library:
    """The tasks of one library: its import name, the package that brings it. `hidden` are the
    packages whose files no answer can see."""

    name: str
    package: str
    version: str
    environment: str
    hidden: tuple[str, ...]
    entries: tuple[Entry, ...]
    generators: str


@dataclass(frozen=True)
class Manifest:
    """A whole suite, as it is shipped."""

    name: str
    version: str
    description: str
    licence: str
    check_cpu_seconds: float
    environments: Mapping[str, Environment]
    libraries: tuple[Library, ...]
    parts: Mapping[str, tuple[str, ...]]

    @property
    def digest(self) -> bytes:
        """Of everything that decides what the tasks are."""
        parts = [repr((one.name, one.version, one.hidden)) for one in self.libraries]
        parts += [one.generators for one in self.libraries]
        parts += [repr((e.function, e.generator, e.seeds, sorted(e.labels.items()), e.tier,
                        e.tolerance, e.prompt, e.hides, e.facts.get("date")))
                  for one in self.libraries for e in one.entries]  # fmt: skip
        used = [environment.digest for environment in self.environments.values()]
        return digest("manifest/1", *parts, *used)

    def part(self, name: str) -> Manifest:
        """Only the tasks of a named part, such as `mini`."""
        from dataclasses import replace

        wanted = set(self.parts[name])
        kept = []
        for library in self.libraries:
            entries = tuple(e for e in library.entries if e.function in wanted)
            if entries:
                kept.append(replace(library, entries=entries))
        return replace(self, name=f"{self.name}-{name}", libraries=tuple(kept))


def read(folder: Path) -> Manifest:
    """The manifest in a folder. InputError names file and fault."""
    table = _toml(folder / MANIFEST)
    environments = {
        name: _environment(folder, name, about)
        for name, about in _table(folder / MANIFEST, table, "environments").items()
    }
    libraries = tuple(
        _library(folder, name, about, environments)
        for name, about in _table(folder / MANIFEST, table, "libraries").items()
    )
    parts = {
        name: tuple((folder / file).read_text(encoding="utf-8").split())
        for name, file in table.get("parts", {}).items()
    }
    return Manifest(
        name=str(table["name"]),
        version=str(table["version"]),
        description=str(table.get("description", "")),
        licence=str(table.get("licence", "")),
        check_cpu_seconds=float(table.get("check_cpu_seconds", 2.0)),
        environments=environments,
        libraries=libraries,
        parts=parts,
    )


def _environment(folder: Path, name: str, about: Mapping[str, Any]) -> Environment:
    file = folder / str(about.get("requirements", ""))
    try:
        requirements = file.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    return Environment(
        name=f"{folder.name}-{name}",
        requirements=requirements,
        prepare=str(about.get("prepare", "")),
        torch_backend=about.get("torch_backend"),
    )


def _library(
    folder: Path, name: str, about: Mapping[str, Any], environments: Mapping[str, Environment]
) -> Library:
    if about.get("environment") not in environments:
        raise InputError(
            f"{folder / MANIFEST}: library {name} names the environment "
            f"{about.get('environment')!r}; there are {', '.join(environments)}"
        )
    place = folder / name
    facts = _facts(place / FACTS)
    entries = tuple(_entries(place / TASKS, facts))
    try:
        generators = (place / GENERATORS).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{place / GENERATORS}: cannot be read: {error.strerror}") from None
    return Library(
        name=name,
        package=str(about.get("package", name)),
        version=str(about["version"]),
        environment=str(about["environment"]),
        hidden=tuple(about.get("hidden", [name])),
        entries=entries,
        generators=generators,
    )


def _facts(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    return found


def _entries(path: Path, facts: Mapping[str, Any]) -> Iterator[Entry]:
    seen: set[str] = set()
    for record in _toml(path).get("task", []):
        name = record.get("function", "?")
        missing = {"function", "generator", "tier", *_LABELS} - record.keys()
        unknown = record.keys() - _KEYS
        if missing or unknown or name in seen:
            wrong = (
                f"lacks {', '.join(sorted(missing))}" if missing
                else f"has the unknown key {min(unknown)!r}" if unknown else "is there twice"
            )  # fmt: skip
            raise InputError(f"{path}: task {name} {wrong}")
        seen.add(name)
        yield Entry(
            function=name,
            generator=record["generator"],
            seeds=record.get("seeds", _SEEDS),
            labels={label: record[key] for key, label in _LABELS.items()},
            tier=record["tier"],
            tolerance=Tolerance(**record.get("tolerance", _TOLERANCE)),
            prompt=record.get("prompt"),
            hides=tuple(record.get("hides", ())),
            facts=facts.get(name, {}),
        )


def _table(path: Path, table: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key)
    if not isinstance(found, dict) or not found:
        raise InputError(f"{path}: it needs a table [{key}]")
    return found


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {error}") from None
