"""Takes the code of functions and classes away, before a candidate that is to write them is loaded.

The function objects stay where they are, under all their names and in everything that wraps or
calls them; only their code is gone, replaced by one that raises NotImplementedError. What compiled
copies hold (torch.jit's, functools' wrappers in C) is taken out of the modules that name it.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import types
from collections.abc import Iterator
from typing import Any

_MESSAGE = "this is what the task asks for"


def hide(names: list[str]) -> None:
    """Hide what has these qualified names. LookupError for a name that is not there."""
    for name in names:
        _hide(_find(name), set())


def _find(name: str) -> Any:
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = sys.modules.get(".".join(parts[:cut]))
        if module is None:
            try:
                module = importlib.import_module(".".join(parts[:cut]))
            except ImportError:
                continue
        found: Any = module
        for part in parts[cut:]:
            found = inspect.getattr_static(found, part)
        return found
    raise LookupError(f"{name} is in no module of this environment")


def _hide(thing: Any, seen: set[int]) -> None:
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, type):
        for part in list(vars(thing).values()):
            if _is_code(part):
                _hide(part, seen)
        return
    for function in _functions(thing):
        function.__code__ = _blank(function.__code__)
        _hide_closure(function, seen)
    if not isinstance(thing, (types.FunctionType, staticmethod, classmethod, property)):
        _remove(thing)


def _is_code(part: Any) -> bool:
    wrappers = (types.FunctionType, staticmethod, classmethod, property)
    return isinstance(part, wrappers) or hasattr(part, "__wrapped__")


def _functions(thing: Any) -> Iterator[types.FunctionType]:
    """The plain functions in a thing and in what it wraps."""
    parts = [thing]
    seen = set()
    while parts:
        part = parts.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, types.FunctionType):
            yield part
        for name in ("__func__", "__wrapped__", "fget", "fset", "fdel", "func", "py_func"):
            try:
                parts.append(inspect.getattr_static(part, name, None))
                parts.append(getattr(part, name, None))
            except Exception:
                continue


def _hide_closure(function: types.FunctionType, seen: set[int]) -> None:
    """A decorator may keep the function in a cell and set no __wrapped__."""
    for cell in function.__closure__ or ():
        try:
            held = cell.cell_contents
        except ValueError:
            continue
        if isinstance(held, types.FunctionType) and held.__module__ == function.__module__:
            _hide(held, seen)


def _blank(code: types.CodeType) -> types.CodeType:
    """Code that raises, with the free variables of the old one: a function must keep those."""
    free = ", ".join(code.co_freevars)
    use = f"    ({free},)\n" if free else ""
    scope: dict[str, Any] = {}
    text = (
        f"def outer({free}):\n  def blank(*args, **kwargs):\n"
        f"    raise NotImplementedError({_MESSAGE!r})\n{use}  return blank\n"
    )
    exec(compile(text, "<hidden>", "exec"), scope)
    made: types.CodeType = scope["outer"](*[None] * len(code.co_freevars)).__code__
    return made.replace(co_name=code.co_name)


def _remove(thing: Any) -> None:
    """Take something that is not a function out of every module that names it."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is thing:
                setattr(module, name, None)
