"""argparse with one-line errors, and with the nearest word for a mistyped one."""

from __future__ import annotations

import argparse
import difflib
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    # What a verb's `register` is handed; argparse has no public name for it.
    Verbs = argparse._SubParsersAction["Parser"]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where help is; never guesses at shortened options."""

    def __init__(self, *positional: Any, otherwise: str | None = None, **options: Any) -> None:
        """`otherwise` is the action that is meant where the first word is none of the actions."""
        options.setdefault("allow_abbrev", False)
        super().__init__(*positional, **options)
        self._otherwise = otherwise

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does it, but an unknown option is met with the nearest one right here."""
        if self._otherwise and args and self._is_no_action(args[0]):
            args = [self._otherwise, *args]
        found, unknown = super().parse_known_args(args, namespace)
        if unknown and unknown[0].startswith("-"):
            options = list(self._option_string_actions)
            self.error(f"there is no option {unknown[0]}{_nearest(unknown[0], options)}")
        return found, unknown

    def _is_no_action(self, word: str) -> bool:
        """Whether a word is neither an option nor an action, nor an action mistyped."""
        groups = [action for action in self._actions if action.nargs == argparse.PARSER]
        known = [name for group in groups for name in dict(group.choices or ())]
        return not word.startswith("-") and not difflib.get_close_matches(word, known, 1, 0.75)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        # Not public, but the one place where argparse meets a verb that it does not know; the
        # same since Python 2.7. Without it the message has no suggestion, and nothing else breaks.
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            raise argparse.ArgumentError(
                action, f"there is no {value!r}{_nearest(str(value), known)}"
            )

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}; see `{self.prog} --help`\n")


def add_verbs(parser: Parser, dest: str = "action", required: bool = True) -> Verbs:
    """The place below a parser where verbs are added. A verb's own verbs keep the default `dest`:
    `verb` is where the command line itself looks."""
    return parser.add_subparsers(
        dest=dest, metavar=dest.upper(), required=required, title=f"{dest}s", parser_class=Parser
    )


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f" (there are {', '.join(known)})"
