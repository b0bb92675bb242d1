"""Finds environments: the shipped ones by name, a user's own by the path of its description.

An environment is described by a TOML file with a requirements file beside it:

    description = "numpy and friends"
    requirements = "base.txt"        # hashed; `uv pip compile --generate-hashes` writes such files
    imports = ["numpy", "pandas"]    # what every candidate finds already imported
    prepare = "numpy.seterr(all='warn')"   # runs once, after the imports
    torch_backend = "cpu"            # optional: which builds of torch are meant
    hidden = ["kornia"]              # optional: imported above, and their files shown to nobody
    trees = ["kornia-0.9.0-1f2e…"]   # optional: source trees that `assay build` put into the cache
    name = "dl"                      # optional, else the file's: one build serves all of a name
    local_sockets = true             # optional: a candidate's processes may talk among themselves

`python` is the interpreter alone: no packages, and nothing to build.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from assay.core.errors import EnvironmentUnknown, InputError
from assay.core.nearest import nearest
from assay.core.words import Environment

PYTHON = Environment("python", description="the interpreter alone: the standard library")

_SHIPPED = Path(__file__).parent / "shipped"
_IN_A_DIRECTORY = "environment.toml"
_KEYS = (
    "description", "hidden", "imports", "local_sockets", "name", "prepare", "requirements",
    "torch_backend", "trees",
)  # fmt: skip
_TREE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
# What such lines pull in is not part of the text, so the digest would not see it change.
_NOT_SELF_CONTAINED = re.compile(r"^\s*(-r|-c|-e|--requirements?|--constraints?|--editable)\b")


def names() -> list[str]:
    """The names that `load` knows without a path."""
    return [PYTHON.name, *sorted(path.stem for path in _SHIPPED.glob("*.toml"))]


def load(name_or_path: str | os.PathLike[str]) -> Environment:
    """The environment of that name; or the one described by `FILE.toml`, or by the
    `environment.toml` of a directory.

    Raises EnvironmentUnknown when there is none, and InputError when its description is wrong.
    """
    wanted = os.fspath(name_or_path)
    if isinstance(name_or_path, os.PathLike) or _looks_like_a_path(wanted):
        return _describe(_description_at(Path(wanted).expanduser()))
    if wanted == PYTHON.name:
        return PYTHON
    if wanted in names():
        return _describe(_SHIPPED / f"{wanted}.toml")
    raise EnvironmentUnknown(_unknown(wanted))


def _looks_like_a_path(wanted: str) -> bool:
    return os.sep in wanted or wanted.endswith(".toml") or wanted.startswith((".", "~"))


def _description_at(path: Path) -> Path:
    found = path / _IN_A_DIRECTORY if path.is_dir() else path
    if found.is_file():
        return found
    if found != path:
        raise EnvironmentUnknown(
            f"no environment in {path}: it has no {_IN_A_DIRECTORY}; write one, or name a .toml"
        )
    raise EnvironmentUnknown(
        f"no environment at {path}: there is no such file; "
        f"the names that need no path are {', '.join(names())}"
    )


def _unknown(wanted: str) -> str:
    here = Path(wanted)
    if here.is_dir() or here.with_name(f"{here.name}.toml").is_file():
        return f"no environment is named {wanted!r}; for the one that is here, write ./{wanted}"
    return (
        f"no environment is named {wanted!r}: {nearest(wanted, names())}; for your own, give the "
        "path of its .toml file"
    )


def _describe(source: Path) -> Environment:
    """Read a description; every fault names the file and the key."""
    try:
        table = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{source}: cannot be read: {error}") from error
    for key in table:
        if key not in _KEYS:
            raise InputError(f"{source}: there is no key {key!r}; {nearest(key, _KEYS)}")
    place = source.parent.resolve().name if source.name == _IN_A_DIRECTORY else source.stem
    return Environment(
        name=_text(source, table, "name") or place,
        requirements=_requirements(source, _text(source, table, "requirements")),
        imports=_modules(source, table, "imports"),
        hidden=_modules(source, table, "hidden"),
        trees=_trees(source, table.get("trees", [])),
        prepare=_snippet(source, _text(source, table, "prepare")),
        torch_backend=_text(source, table, "torch_backend") or None,
        description=_text(source, table, "description"),
        local_sockets=_switch(source, table, "local_sockets"),
    )


def _switch(source: Path, table: dict[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise InputError(f"{source}: `{key}` must be true or false, not {value!r}")
    return value


def _text(source: Path, table: dict[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise InputError(f"{source}: `{key}` must be a string, not {value!r}")
    return value


def _modules(source: Path, table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    modules = value if isinstance(value, list) else [value]
    for module in modules:
        if not isinstance(module, str) or not all(map(str.isidentifier, module.split("."))):
            raise InputError(
                f"{source}: `{key}` must be a list of module names; {module!r} is none"
            )
    return tuple(modules)


def _trees(source: Path, names: Any) -> tuple[str, ...]:
    for name in names if isinstance(names, list) else [names]:
        if not isinstance(name, str) or not _TREE.fullmatch(name):
            raise InputError(f"{source}: `trees` must be a list of names; {name!r} is none")
    return tuple(names)


def _snippet(source: Path, code: str) -> str:
    try:
        compile(code, f"{source}:prepare", "exec")
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{source}: `prepare` is not Python: {error}") from error
    return code


def _requirements(source: Path, name: str) -> str:
    if not name:
        return ""
    path = source.parent / name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{source}: its requirements {path} cannot be read: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if _NOT_SELF_CONTAINED.match(line):
            raise InputError(
                f"{path}, line {number}: {line.strip()!r} points outside of the file, so that the "
                "environment's digest would not see it change; compile it into one locked file"
            )
    return text
