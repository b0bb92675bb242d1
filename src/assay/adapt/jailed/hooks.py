"""Changes to libraries, each made once the library is there: now, or right after its import.

A part is a module of this package with functions marked `@after("library")`. A change that does
not fit the version that is installed is told of and left out: the script then meets the library.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from . import notebook, notes

Change = Callable[[Any], None]

_PARTS = (
    "arguments",
    "training",
    "torch_parts",
    "vision",
    "arrays",
    "corpora",
    "hub",
    "web",
    "files",
    "readers",
    "folders",
)
_changes: dict[str, list[Change]] = {}
settings: dict[str, Any] = {}


def after(*modules: str) -> Callable[[Change], Change]:
    """Have a change made to these modules, once they are imported."""

    def add(change: Change) -> Change:
        for name in modules:
            _changes.setdefault(name, []).append(change)
        return change

    return add


def install(config: dict[str, Any]) -> None:
    """Make all changes, or see to it that they will be made."""
    settings.update(config)
    settings["script"] = config["original"]
    for part in _PARTS:
        importlib.import_module(f"{__package__}.{part}")
    for name in list(_changes):
        module = sys.modules.get(name)
        if module is not None:
            _make(name, module)
    sys.meta_path.insert(0, _Watcher())
    notebook.provide(config["script"])


def _make(name: str, module: Any) -> None:
    for change in _changes.pop(name, ()):
        try:
            change(module)
        except Exception as error:
            notes.note(f"{name}: {change.__name__} does not fit: {type(error).__name__}: {error}")


class _Watcher(importlib.abc.MetaPathFinder):
    """Sees each import first, and changes what was imported."""

    def __init__(self) -> None:
        self._looking: set[str] = set()

    def find_spec(self, name: str, *_: Any) -> Any:
        if name not in _changes or name in self._looking:
            return None
        self._looking.add(name)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._looking.discard(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Changed(spec.loader)
        return spec


class _Changed(importlib.abc.Loader):
    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: Any) -> ModuleType | None:
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _make(module.__name__, module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def around(place: Any, name: str, wrapper: Callable[..., Any]) -> None:
    """Replace a function or method by `wrapper(real, *arguments)`, under the same signature."""
    import functools

    real = getattr(place, name)

    @functools.wraps(real)
    def changed(*given: Any, **named: Any) -> Any:
        return wrapper(real, *given, **named)

    setattr(place, name, changed)


def instead(real: Any, module: str, function: str, *first: Any) -> None:
    """Give a function another body, under every name that it has been imported by: it calls
    `function(*first, …)` of one of our modules."""
    text = (
        "def own(*given, **named):\n"
        f"    import importlib\n"
        f"    return importlib.import_module({f'{__package__}.{module}'!r}).{function}("
        f"*{first!r}, *given, **named)\n"
    )
    made: dict[str, Any] = {}
    exec(text, made)
    real.__code__, real.__defaults__, real.__kwdefaults__ = made["own"].__code__, None, None
