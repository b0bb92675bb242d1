"""A suite as a directory: `suite.toml`, the tasks beside it, and environments of its own.

name = "starter"
version = "1"
description = "…"
licence = "Apache-2.0"
environment = "base"           # where a task runs that does not say
tasks = "tasks.jsonl"          # or a .parquet file

[environments]                 # names that tasks use, beside those that ship with assay
frames = "frames.toml"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assay.core.errors import InputError
from assay.core.files import filled
from assay.core.lines import gather, pyarrow_parquet
from assay.core.words import Environment, Task
from assay.engine import environments
from assay.suites.records import blank_of, known_keys, record_of, task_of
from assay.suites.suite import Suite

MANIFEST = "suite.toml"
_WORDS = ("name", "version", "description", "licence", "environment", "tasks")
_SECONDS = "check_cpu_seconds"
# In Parquet these are JSON in a column of strings: their shapes differ from row to row.
_NESTED = ("target", "checks", "labels")


def read(directory: Path) -> Suite:
    """The suite in a directory. InputError names file, line and fault, and nothing is read then."""
    manifest = directory / MANIFEST
    table = _manifest(manifest)
    known = {key: table[key] for key in _WORDS if key in table}
    tasks_file = directory / known.pop("tasks", "tasks.jsonl")
    own = _own_environments(directory, manifest, table.get("environments", {}))
    default = known.get("environment", "python")

    def make(record: dict[str, Any]) -> tuple[Task, str | None]:
        task, blank = _task(record, default)
        _known_environment(task.environment, own)
        return task, blank

    pairs = gather(tasks_file, make, lambda pair: pair[0].id)
    tasks = tuple(task for task, _ in pairs)
    blanks = {task.id: text for task, text in pairs if text is not None}
    return Suite(
        **known, tasks=tasks, environments=own, blanks=blanks, path=directory,
        check_cpu_seconds=table.get(_SECONDS),
    )  # fmt: skip


def save(suite: Suite, directory: Path | str, *, parquet: bool = False) -> Path:
    """Write a suite as a directory, in place of a suite that may be there and of nothing else.
    Whoever reads at the same time sees the old one or the new one, or for an instant none."""
    place = Path(directory).absolute()
    if place.exists() and not (place / MANIFEST).is_file() and any(place.iterdir()):
        raise InputError(f"{place}: there is something else than a suite; choose another place")
    try:
        with filled(place) as fresh:
            _write(suite, fresh, "tasks.parquet" if parquet else "tasks.jsonl")
    except OSError as error:
        raise InputError(f"{place}: cannot be written: {error.strerror or error}") from None
    return place


def _manifest(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        known_keys(table, (*_WORDS, "environments", _SECONDS))
        for key in _WORDS:
            if not isinstance(table.get(key, ""), str):
                raise ValueError(f"`{key}` must be a string, not {table[key]!r}")
        if not table.get("name"):
            raise ValueError("`name` is missing")
        seconds = table.get(_SECONDS, 1)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
            raise ValueError(f"`{_SECONDS}` must be a positive number, not {seconds!r}")
        if not isinstance(table.get("environments", {}), dict):
            raise ValueError("`environments` must be a table of names and .toml files")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: {error}") from None
    return table


def _task(record: dict[str, Any], default: str) -> tuple[Task, str | None]:
    opened = dict(record)
    for key in _NESTED:
        if isinstance(record.get(key), str):
            try:
                opened[key] = json.loads(record[key])
            except ValueError:
                raise ValueError(f"{key!r} is not JSON") from None
    return task_of(opened, default), blank_of(record)


def _own_environments(
    directory: Path, manifest: Path, table: Mapping[str, Any]
) -> dict[str, Environment]:
    found = {}
    for name, file in table.items():
        if not isinstance(file, str):
            raise InputError(f"{manifest}: environment {name!r} must be the name of a .toml file")
        found[name] = environments.load(directory / file)
    return found


def _known_environment(name: str, own: Mapping[str, Environment]) -> None:
    """Raise ValueError for an environment that neither the suite nor assay has."""
    known = [*own, *environments.names()]
    if name not in known:
        raise ValueError(f"no environment {name!r}: there are {', '.join(known)}")


def _write(suite: Suite, directory: Path, tasks: str) -> None:
    try:
        rows = [record_of(task, suite.blanks.get(task.id)) for task in suite.tasks]
    except ValueError as fault:
        raise InputError(f"suite {suite.name}: {fault}") from None
    words = {
        "name": suite.name, "version": suite.version, "description": suite.description,
        "licence": suite.licence, "environment": suite.environment, "tasks": tasks,
    }  # fmt: skip
    text = "".join(f"{key} = {_toml(value)}\n" for key, value in words.items())
    if suite.check_cpu_seconds is not None:
        text += f"{_SECONDS} = {suite.check_cpu_seconds}\n"
    text += "\n[environments]\n" if suite.environments else ""
    for number, (name, environment) in enumerate(suite.environments.items()):
        stem = name if name.isidentifier() else f"environment{number}"
        text += f"{_toml(name)} = {_toml(f'{stem}.toml')}\n"
        _write_environment(environment, directory / f"{stem}.toml")
    (directory / MANIFEST).write_text(text, encoding="utf-8")
    if tasks.endswith(".parquet"):
        _write_parquet(rows, directory / tasks)
    else:
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (directory / tasks).write_text("".join(lines), encoding="utf-8")


def _write_environment(environment: Environment, path: Path) -> None:
    requirements = path.with_suffix(".txt")
    lines = {
        "description": environment.description,
        "requirements": requirements.name if environment.requirements else "",
        "prepare": environment.prepare,
        "torch_backend": environment.torch_backend or "",
        "name": environment.name if environment.name != path.stem else "",
    }
    text = "".join(f"{key} = {_toml(value)}\n" for key, value in lines.items() if value)
    for key in ("imports", "hidden", *(("trees",) if environment.trees else ())):
        text += f"{key} = [{', '.join(map(_toml, getattr(environment, key)))}]\n"
    path.write_text(text, encoding="utf-8")
    if environment.requirements:
        requirements.write_text(environment.requirements, encoding="utf-8")


def _write_parquet(rows: list[dict[str, Any]], path: Path) -> None:
    parquet = pyarrow_parquet(path)
    import pyarrow

    flat = [
        {k: json.dumps(value) if k in _NESTED else value for k, value in row.items()}
        for row in rows
    ]
    keys = sorted({key for row in flat for key in row})
    columns = {key: pyarrow.array([row.get(key) for row in flat], "string") for key in keys}
    parquet.write_table(pyarrow.table(columns), path)


def _toml(text: str) -> str:
    # A JSON string is a TOML string but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
