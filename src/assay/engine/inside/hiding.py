"""Takes the code of functions and classes away, before a candidate that is to write them is loaded.

The function objects stay where they are, under all their names and in everything that wraps or
calls them; only their code is gone, replaced by one that raises NotImplementedError. What compiled
copies hold (torch.jit's, functools' wrappers in C) is taken out of the modules that name it.

A name that is asked for as NAME=OWN is not only hidden: once the candidate is loaded, whatever
calls NAME reaches the candidate's OWN. So can a library's own tests judge it.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

_MESSAGE = "this is what the task asks for"
# What a class has by being one, rather than by what was written in it.
_OF_ITS_OWN = {
    "__dict__", "__weakref__", "__module__", "__qualname__", "__doc__", "__abstractmethods__",
    "_abc_impl", "__slots__", "__firstlineno__", "__static_attributes__",
}  # fmt: skip

# What stands for a hidden name, once the candidate has been asked for it.
_delivered: dict[str, Callable[..., Any]] = {}


def hide(names: list[str]) -> None:
    """Hide what has these qualified names. LookupError for a name that is not there."""
    for name in names:
        hidden, _, own = name.partition("=")
        _hide(_find(hidden), set(), hidden if own else "")


def deliver(names: list[str], namespace: dict[str, Any]) -> None:
    """Put what a candidate defines in the place of what was hidden as NAME=OWN.

    Functions are reached through the hidden one. Classes stay the library's, so that instances and
    subclasses are what they were, and get what the candidate wrote in its own: in the candidate's
    module the name means the library's class from then on. What it does not define goes on raising.
    """
    for name in names:
        hidden, _, own = name.partition("=")
        if own:
            _delivered.pop(hidden, None)
            _deliver(hidden, own.split("."), namespace)


def delivered(name: str) -> Callable[..., Any]:
    """What is called in the place of a hidden function."""
    try:
        return _delivered[name]
    except KeyError:
        raise NotImplementedError(_MESSAGE) from None


def _deliver(hidden: str, own: list[str], namespace: dict[str, Any]) -> None:
    written = namespace.get(own[0])
    if len(own) == 1 and not isinstance(written, type):
        if callable(written):
            _delivered[hidden] = written
        return
    if not isinstance(written, type):
        return
    owner = _find(hidden.rpartition(".")[0] if len(own) > 1 else hidden)
    if not isinstance(owner, type) or owner is written:
        return
    parts = {own[-1]} & vars(written).keys() if len(own) > 1 else vars(written).keys() - _OF_ITS_OWN
    for part in sorted(parts):
        value = vars(written)[part]
        if isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType)):
            continue
        for function in _functions(value):
            _belongs_to(function, written, owner)
            _delivered[f"{hidden}.{part}" if len(own) == 1 else hidden] = function
        setattr(owner, part, value)
    namespace[own[0]] = owner


def _belongs_to(function: types.FunctionType, written: type, owner: type) -> None:
    """Let `super()` and `__class__` in a method mean the class that it is moved to."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name == "__class__" and cell.cell_contents is written:
            cell.cell_contents = owner


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


def _hide(thing: Any, seen: set[int], reached: str = "") -> None:
    """Hide one thing; `reached` is the name under which its calls ask for the candidate's."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, type):
        for name, part in list(vars(thing).items()):
            if _is_code(part):
                _hide(part, seen, f"{reached}.{name}" if reached else "")
        return
    for function in _functions(thing):
        if reached:
            _keep_signature(function)
        function.__code__ = _blank(function.__code__, reached)
        _hide_closure(function, seen, reached)
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


def _keep_signature(function: types.FunctionType) -> None:
    """Libraries look at their own signatures: scikit-learn finds its parameters so."""
    try:
        function.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return


def _hide_closure(function: types.FunctionType, seen: set[int], reached: str) -> None:
    """A decorator may keep the function in a cell and set no __wrapped__."""
    for cell in function.__closure__ or ():
        try:
            held = cell.cell_contents
        except ValueError:
            continue
        if isinstance(held, types.FunctionType) and held.__module__ == function.__module__:
            _hide(held, seen, reached)


def _blank(code: types.CodeType, reached: str = "") -> types.CodeType:
    """Code that raises, or asks for what was delivered, with the free variables of the old one: a
    function must keep those."""
    free = ", ".join(code.co_freevars)
    use = f"    ({free},)\n" if free else ""
    scope: dict[str, Any] = {}
    here = f"__import__('sys').modules[{__name__!r}]"
    body = (
        f"return {here}.delivered({reached!r})(*args, **kwargs)"
        if reached
        else f"raise NotImplementedError({_MESSAGE!r})"
    )
    text = f"def outer({free}):\n  def blank(*args, **kwargs):\n    {body}\n{use}  return blank\n"
    exec(compile(text, "<hidden>", "exec"), scope)
    made: types.CodeType = scope["outer"](*[None] * len(code.co_freevars)).__code__
    return made.replace(co_name=code.co_name)


def _remove(thing: Any) -> None:
    """Take something that is not a function out of every module that names it."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is thing:
                setattr(module, name, None)
