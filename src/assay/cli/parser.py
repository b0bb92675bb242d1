"""argparse with one-line errors, and with the nearest word for a mistyped one."""

from __future__ import annotations

import argparse
import difflib
from typing import TYPE_CHECKING, Any, NoReturn

from assay.core.nearest import nearest

if TYPE_CHECKING:
    # What a verb's `register` is handed; argparse has no public name for it.
    Verbs = argparse._SubParsersAction["Parser"]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where help is; never guesses at shortened options."""

    def __init__(self, *positional: Any, otherwise: str | None = None, **options: Any) -> None:
        """`otherwise` is the action that is meant where the first word is none of the actions."""
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*positional, **options)
        self._otherwise = otherwise

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does it, but an unknown option is met with the nearest one right here."""
        if self._otherwise and args and self._is_no_action(args[0]):
            args = [self._otherwise, *args]
        found, unknown = super().parse_known_args(args, namespace)
        if unknown and unknown[0].startswith("-"):
            options = list(self._option_string_actions)
            self.error(f"there is no option {unknown[0]}; {nearest(unknown[0], options)}")
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
                action, f"there is no {value!r}; {nearest(str(value), known)}"
            )

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}; see `{self.prog} --help`\n")


def add_verbs(parser: Parser, dest: str = "action", required: bool = True) -> Verbs:
    """The place below a parser where verbs are added. A verb's own verbs keep the default `dest`:
    `verb` is where the command line itself looks."""
    return parser.add_subparsers(
        dest=dest, metavar=dest.upper(), required=required, title=f"{dest}s", parser_class=Parser
    )


def add_verb(
    verbs: Verbs, name: str, summary: str, description: str | None = None, **options: Any
) -> Parser:
    """Add a verb that says what it does in its summary, or at more length."""
    text = description or f"{summary[0].upper()}{summary[1:]}."
    return verbs.add_parser(name, help=summary, description=text, **options)


def add_model_options(group: argparse._ArgumentGroup) -> None:
    """How a model is reached, and what it may cost."""
    group.add_argument(
        "--base-url", metavar="URL", help="of an OpenAI-compatible server, for openai/NAME"
    )
    group.add_argument("--concurrency", type=int, metavar="N", help="requests at once, at the most")
    group.add_argument(
        "--max-cost", type=float, metavar="DOLLARS", help="stop before more is spent; resumable"
    )
