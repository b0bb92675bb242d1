"""The command line: one small module per verb, which parses, calls and prints.

A verb is a module of this package with `register(verbs)`, which adds its parser, and
`run(arguments)`, which does the work and returns the exit code:

    0    done
    1    nothing that can be trusted was found (solve, adapt, smoke)
    2    wrong usage, or input that is wrong
    3    our side failed: the harness, or assay itself
    4    interrupted; the same command goes on from there
    141  whoever read our output has gone (as a shell reports SIGPIPE)
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

from assay.cli.parser import Parser, add_verbs
from assay.core.errors import AssayError, Interrupted

VERBS = (
    "bench", "solve", "adapt", "build", "grade", "agree", "smoke", "extract", "runs", "compare",
    "matrix", "suite", "label", "serve", "env", "doctor", "tour",
)  # fmt: skip

DONE, USAGE, OUR_FAULT, INTERRUPTED, READER_LEFT = 0, 2, 3, 4, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; every failure is told in one line."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except SystemExit as leaving:
        return _as_code(leaving)
    except Interrupted as error:
        _tell(str(error))
        return error.exit_code
    except AssayError as error:
        _tell(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _tell("interrupted: what was finished is kept, and the same command goes on from there")
        return INTERRUPTED
    except Exception as error:
        from assay.cli import faults

        if isinstance(error, BrokenPipeError) and faults.reader_left():
            faults.discard_output()
            return READER_LEFT
        _tell(faults.report(error, words))
        return OUR_FAULT
    return code


def build_parser() -> Parser:
    """The whole command line's parser, with every verb's own below it."""
    return _build_parser()[0]


def _build_parser() -> tuple[Parser, dict[str, ModuleType]]:
    parser = Parser(
        prog="assay",
        description="Finds out by test what machine-written ML code is really made of.",
        epilog="Exit codes: 0 done, 1 nothing to be trusted, 2 usage, 3 harness failures,\n"
        "4 interrupted and resumable.",
    )
    parser.add_argument("--version", action="version", version=_version())
    verbs = add_verbs(parser, dest="verb", required=False)
    modules = {name: importlib.import_module(f"assay.cli.{name}") for name in VERBS}
    for module in modules.values():
        module.register(verbs)
    return parser, modules


def _dispatch(words: list[str]) -> int:
    parser, modules = _build_parser()
    arguments = parser.parse_args(words)
    if arguments.verb is None:
        parser.print_help()
        return DONE
    code: int = modules[arguments.verb].run(arguments)
    return code


def _version() -> str:
    import assay

    return f"assay {assay.__version__}"


def _tell(message: str) -> None:
    # When nobody is left to be told, the exit code still says it.
    with contextlib.suppress(OSError):
        print(f"assay: {message}", file=sys.stderr, flush=True)


def _as_code(leaving: SystemExit) -> int:
    if isinstance(leaving.code, str):
        _tell(leaving.code)
        return OUR_FAULT
    return leaving.code or DONE
