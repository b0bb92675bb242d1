"""Is a logged parameter what the script used under that name?"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from assay.adapt.oracles.record import Record
from assay.adapt.oracles.words import words

_NONE: Mapping[str, list[Any]] = MappingProxyType({})
_RECKONED = frozenset({"binop", "part", "call", "unaryop", "ifexp"})
_WORDLESS = {"none": None, "true": True, "false": False}
# Autologging tells what a library was called with, under the library's own names.
_SAME = {"learningrate": "lr", "optlearningrate": "lr", "batch": "batchsize", "nepochs": "epochs",
         "numepochs": "epochs", "maxepochs": "epochs"}  # fmt: skip


def defaults(text: str) -> dict[str, list[Any]]:
    """What a script's functions take for parameters that they are not given, by their names."""
    found: dict[str, list[Any]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            every = [*node.args.posonlyargs, *node.args.args]
            given = node.args.defaults
            pairs = [*zip(every[len(every) - len(given) :], given, strict=True),
                     *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]  # fmt: skip
            for argument, value in pairs:
                if isinstance(value, ast.Constant):
                    found.setdefault(argument.arg, []).append(value.value)
    return found


def parameter(
    record: Record, key: str, value: str, autologs: bool, usual: Mapping[str, list[Any]] = _NONE
) -> tuple[bool | None, str]:
    """Whether it holds, and why not. None for what autologging adds of its own. `usual` is what
    holds of parameters whose values the script does not look at."""
    wanted = _plain(key)
    if key == "_instantiator" and value.endswith(".cli.instantiate_module"):
        return None, ""  # what Lightning's command line keeps beside a module's parameters
    trainers = record.facts.get("trainers", ())
    if trainers and key == "report_to":
        return None, ""  # the tracker itself
    named = list(_named(record, wanted)) or list(_of_variable(record, key))
    named = named or usual.get(key, [])
    if any(same(known, value) for known in named):
        return True, ""
    if "/" in key or (named and all(map(_is_thing, named))):
        return None, ""  # what a library holds inside, or no plain value
    if not named:
        if autologs or _is_told(record, value):
            return None, ""
        return False, f"the script has nothing of that name (logged: {value[:60]})"
    shown = sorted({str(known)[:40] for known in named})
    if autologs and len(key) < 3:
        return None, ""
    return False, f"logged as {value[:60]}, where the script used {', '.join(shown[:3])}"


def _is_thing(value: Any) -> bool:
    """Whether this is how an object reads, and no value."""
    return isinstance(value, str) and any(sign in value for sign in "<([{")


def _is_told(record: Record, value: str) -> bool:
    """A setting under a name of its own, such as `optimizer = "SGD"`: fine if it is the name of
    something that the script calls; a number needs its name."""
    if _number(value) is not None or not value:
        return False
    called = words(value)
    return any(
        called <= words(site.text) for site in record.sites if site.kind in ("call", "assigned")
    ) or any(value in kept for kept in record.texts.values())


def _plain(name: str) -> str:
    own = name.replace("|", "/").rpartition("/")[2]  # Comet's sign for what is in a dict
    plain = "".join(char for char in own.lower() if char.isalnum())
    return _SAME.get(plain, plain)


def _named(record: Record, wanted: str) -> Iterator[Any]:
    """All values that something of this name had."""
    for site in record.sites:
        if site.kind == "probe":
            continue
        last = "" if site.kind in _RECKONED else _last(site.text)
        if wanted not in (_plain(last), _plain(site.label)):
            continue
        yield from dict.fromkeys(record.values.get(site.number, ()))
        yield from record.texts.get(site.number, ())
    for _, settings in record.objects:
        for name, value in settings.items():
            if _plain(name) == wanted:
                yield value
    held = [settings for _, _, _, settings in record.facts.get("setups", ())]
    for settings in [*held, *record.facts.get("trainers", ())]:
        for name, value in settings.items():
            if _plain(name) == wanted:
                yield value


def _of_variable(record: Record, key: str) -> Iterator[Any]:
    """What was set up under the last word of `d_optimizer_lr`, where `d_optimizer` is a variable of
    the script."""
    variable, _, setting = key.rpartition("_")
    if variable and any(site.text == variable for site in record.sites):
        for _, _, _, settings in record.facts.get("setups", ()):
            yield from (value for name, value in settings.items() if name == setting)


def _last(text: str) -> str:
    """The name itself in `args.lr`, `config['lr']`, `lr`."""
    return text.rpartition(".")[2].strip("[]'\"").rpartition("['")[2]


def same(known: Any, told: str) -> bool:
    """Whether a value and its text are the same."""
    text = told.strip()
    if str(known) == text or repr(known) == text:
        return True
    if text.lower() in _WORDLESS:
        return known is _WORDLESS[text.lower()]
    if isinstance(known, (int, float)) and not isinstance(known, bool):
        number = _number(text)
        return number is not None and math.isclose(number, known, rel_tol=1e-9)
    if not isinstance(known, str):
        return False
    return known[:150] == text[:150] or (_is_thing(known) and _listed(known) == _listed(text))


def _listed(text: str) -> str:
    """How a text of several values reads where tuples have become lists."""
    return text.replace(",)", "]").replace("(", "[").replace(")", "]")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
