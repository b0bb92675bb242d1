"""Write docs/cli.md from the parsers themselves; `--check` only says whether it is fresh.

The page is built from the parsers' parts and not from `format_help`, whose layout differs between
Python versions and terminal widths.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from assay import cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
HEAD = """# Command line

<!-- Written by `make docs` from the parsers in src/assay/cli. Do not edit. -->
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail if the page is stale")
    page = reference(cli.build_parser())
    if not parser.parse_args().check:
        PAGE.write_text(page, encoding="utf-8")
    elif not is_fresh(page):
        print("docs/cli.md is stale: run `make docs`", file=sys.stderr)
        return 1
    return 0


def is_fresh(page: str) -> bool:
    return PAGE.exists() and PAGE.read_text(encoding="utf-8") == page


def reference(parser: argparse.ArgumentParser) -> str:
    """The page for a whole command line."""
    sections = (section for each in _walk(parser) for section in _section(each))
    return re.sub(r"\n{3,}", "\n\n", HEAD + "\n".join(sections)).rstrip() + "\n"


def _walk(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for below in _below(parser).values():
        yield from _walk(below)


def _below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    groups = [action for action in parser._actions if action.nargs == argparse.PARSER]
    return {name: below for group in groups for name, below in dict(group.choices or ()).items()}


def _section(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"\n## {parser.prog}\n"
    yield f"```text\n{_usage(parser)}\n```\n"
    if parser.description:
        yield f"{parser.description.strip()}\n"
    if below := _below(parser):
        yield "| verb | what it does |\n|---|---|"
        for name, each in below.items():
            anchor = each.prog.replace(" ", "-")
            yield f"| [`{name}`](#{anchor}) | {_cell(_summary(parser, name))} |"
        yield ""
    rows = [row for action in parser._actions if (row := _row(parser, action))]
    if rows:
        yield "| argument | meaning | default |\n|---|---|---|"
        yield from rows
        yield ""
    if parser.epilog:
        yield f"{parser.epilog.strip()}\n"


def _usage(parser: argparse.ArgumentParser) -> str:
    words = [parser.prog, "[options]"]
    for action in parser._actions:
        if action.nargs == argparse.PARSER:
            words.append(f"{action.metavar} …")
        elif not action.option_strings:
            words.append(_value(action))
        elif action.required:
            words.append(f"{action.option_strings[-1]} {_value(action)}".strip())
    return " ".join(words)


def _row(parser: argparse.ArgumentParser, action: argparse.Action) -> str | None:
    if action.nargs == argparse.PARSER or action.help == argparse.SUPPRESS or action.dest == "help":
        return None
    names = ", ".join(f"`{name}`" for name in action.option_strings)
    value = f"`{_value(action)}`" if _value(action) else ""
    meaning = (action.help or "") % {**vars(action), "prog": parser.prog}
    silent: tuple[object, ...] = (None, False, argparse.SUPPRESS, [], ())
    default = "" if action.default in silent else f"`{action.default}`"
    return f"| {' '.join(filter(None, (names, value)))} | {_cell(meaning)} | {default} |"


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, str):
        name = action.metavar
    elif action.choices is not None:
        name = "{" + ",".join(map(str, action.choices)) + "}"
    else:
        name = action.dest.upper() if action.option_strings else action.dest
    shapes = {"?": f"[{name}]", "*": f"[{name} …]", "+": f"{name} [{name} …]"}
    return shapes.get(str(action.nargs), name)


def _summary(parser: argparse.ArgumentParser, name: str) -> str:
    groups = (action for action in parser._actions if action.nargs == argparse.PARSER)
    listed = (choice for group in groups for choice in getattr(group, "_choices_actions", ()))
    return next((choice.help or "" for choice in listed if choice.dest == name), "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
