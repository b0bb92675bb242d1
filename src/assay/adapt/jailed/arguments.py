"""Command lines: capped values, and something for what has to be given."""

from __future__ import annotations

import argparse
import linecache
import re
import sys
from typing import Any

from . import names, notes
from .hooks import after, around, settings

# Where the data lie: without it most scripts give up.
_DATA = re.compile(
    r"(data|dataset|train|images?|img|corpus)_?(root|dir|path|folder|file|csv)|data|root|csv"
)


_ENDS = re.compile(r"[\"'](quit|exit|q|bye|stop|no|n|end|done)[\"']", re.I)
_MOST_ANSWERS = 20
# Options that nobody gave a value, and that have none of their own.
nothing_for: list[str] = []
_NOBODY = "the script asks for input, and nobody is there: give it arguments (--args)"
_asked = [0]


@after("builtins")
def answer(module: Any) -> None:
    """What is typed in: a number where one is made of it, else the word that the script ends on."""

    def input_(prompt: object = "") -> str:
        if prompt:
            sys.stdout.write(str(prompt))
        _asked[0] += 1
        said = ""
        line = linecache.getline(*_place())
        if re.search(r"\b(int|float|eval)\(\s*input\(", line):
            said = "2"
        elif ends := _ENDS.search(settings["script"]):
            said = ends[1]
        else:
            _asked[0] = _MOST_ANSWERS + 1
        if _asked[0] > _MOST_ANSWERS:
            raise EOFError(
                "the script asks for input, and nobody is there: give it arguments (--args)"
            )
        notes.note(f"input({prompt!r}): {said!r}")
        return said

    module.input = input_


def _place() -> tuple[str, int]:
    frame = sys._getframe(2)
    return frame.f_code.co_filename, frame.f_lineno


def words(script: str) -> list[str]:
    """Arguments for a script that takes them out of `sys.argv` by their places and does not ask how
    many there are: a number where one is made of it, else data."""
    if re.search(r"len\(\s*(sys\.)?argv|argparse|in sys\.argv|fire\.|click\.", script):
        return []
    found = {int(place): made for made, place in
             re.findall(r"(?:\b(int|float)\(\s*)?\b(?:sys\.)?argv\[(\d+)\]", script)}  # fmt: skip
    given = [
        ("2" if found.get(place) else "data.csv") for place in range(1, max(found, default=0) + 1)
    ]
    if given:
        notes.note(f"arguments {' '.join(given)} (choose with --args)")
    return given


@after("argparse")
def cap_values(module: Any) -> None:
    around(module.ArgumentParser, "parse_known_args", _parse)


def _parse(real: Any, parser: Any, args: Any = None, namespace: Any = None) -> Any:
    given = [str(word) for word in (sys.argv[1:] if args is None else args)]
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            if action.required:
                _provide(action, given)
            elif action.default is None and action.nargs is None and action.type in (None, str):
                _provide_data(action)
        elif not any(word in action.choices for word in given):
            args = [*given, _command(action)]
    parsed, rest = real(parser, args, namespace)
    for action in parser._actions:
        if not any(word.split("=")[0] in action.option_strings for word in given):
            _cap(parsed, action.dest)
            if action.option_strings and getattr(parsed, action.dest, 0) is None:
                nothing_for.append(action.option_strings[-1])
    return parsed, rest


def _cap(parsed: Any, name: str) -> None:
    value = getattr(parsed, name, None)
    capped = names.capped(name, value)
    if capped != value:
        notes.note(f"argument {name}: {value} → {capped}")
        setattr(parsed, name, capped)
    elif isinstance(value, str) and value.split(":")[0] in ("cuda", "mps"):
        notes.note(f"argument {name}: {value} → cpu")
        setattr(parsed, name, "cpu")


def _provide(action: Any, given: list[str]) -> None:
    """A value for what must be given and is not: by its choices, its type, its name."""
    if action.option_strings:
        if any(word.split("=")[0] in action.option_strings for word in given):
            return
    elif any(not word.startswith("-") for word in given):
        return
    value = _made_up(action)
    notes.note(f"argument {action.dest} has to be given: {value!r} (choose with --args)")
    action.required = False
    action.default = [value] if action.nargs in ("+", "*") else value
    if not action.option_strings:
        action.nargs = "*" if action.nargs == "+" else "?"


def _provide_data(action: Any) -> None:
    if _DATA.fullmatch(action.dest.lower()) and isinstance(action, argparse._StoreAction):
        action.default = _made_up(action)
        notes.note(f"argument {action.dest} has no default: {action.default!r}")


def _command(action: Any) -> str:
    """Of several commands the one that trains."""
    found = next((one for one in action.choices if "train" in one or "fit" in one), None)
    chosen: str = found or next(iter(action.choices))
    notes.note(f"of the commands {', '.join(action.choices)}: {chosen} (choose with --args)")
    return chosen


def _made_up(action: Any) -> Any:
    if action.choices:
        return next(iter(action.choices))
    told = _told_choices(action.help or "")
    if told and action.type in (None, str):
        return next((one for one in told if "mnist" in one or "cifar" in one), told[0])
    if action.type in (int, float):
        return names.capped(action.dest, 1000) if names.kind_of(action.dest) else action.type(1)
    name = action.dest.lower()
    for word, value in (
        ("csv", "data.csv"),
        ("json", "data.json"),
        ("corpus", "corpus.txt"),
        ("text", "text.txt"),
        ("out", "out"),
        ("save", "out"),
        ("model", "model"),
    ):
        if word in name:
            return value
    return "data.csv" if "file" in name else "data"


def _told_choices(text: str) -> list[str]:
    """The values that a help text names: `cifar10 | lsun | fake`."""
    found = re.search(r"[\w.-]+(?:\s*\|\s*[\w.-]+)+", text)
    return re.split(r"\s*\|\s*", found.group()) if found else []
