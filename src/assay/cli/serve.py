"""`assay serve`: solve for other programs, as an OpenAI-compatible endpoint or an MCP server."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from assay.cli.solve import add_proposing, settings_of
from assay.cli.tables import add_engine_options
from assay.core.errors import InputError

if TYPE_CHECKING:
    from assay.cli.parser import Verbs

DONE = 0
_DESCRIPTION = """\
Answer questions with programs that survive their own tests. With --openai, any editor or agent
that speaks OpenAI's chat format can point at it, and finds the evidence in the field `assay`. With
--mcp, an agent gets the tools verify, solve and adapt over its standard input and output.
"""
_EPILOG = """\
  assay serve --openai --model openai/gpt-4.1-mini --samples 20
  assay serve --openai --model embedded --port 8100
  assay serve --mcp --model openai/gpt-4.1-mini
  assay serve --mcp                      (verify and adapt need no model)

It listens on this machine only; another --host wants a key, in the variable that --key-from names.
"""
_HERE = ("127.0.0.1", "::1", "localhost")


def register(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "serve",
        help="solve as a service: an OpenAI endpoint, or an MCP server",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--openai", action="store_true", help="an OpenAI-compatible HTTP endpoint")
    kind.add_argument("--mcp", action="store_true", help="an MCP server on stdin and stdout")
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="default 127.0.0.1")
    parser.add_argument(
        "--port", type=int, default=8000, metavar="P", help="default 8000; 0 for any that is free"
    )
    parser.add_argument(
        "--key-from", metavar="VARIABLE", help="the environment variable with the clients' key"
    )
    add_proposing(parser, needs_model=False)
    add_engine_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted. Raises InputError for settings that do not go together."""
    try:
        if arguments.mcp:
            _serve_tools(arguments)
        else:
            _serve_chat(arguments)
    except ImportError as error:
        extra = "mcp" if arguments.mcp else "serve"
        raise InputError(f"assay serve needs {error.name}: pip install 'assay[{extra}]'") from None
    return DONE


def _serve_chat(arguments: argparse.Namespace) -> None:
    from assay.web import endpoint
    from assay.web.answering import answering

    if arguments.model is None:
        raise InputError("--openai needs a --model to ask")
    key = _key(arguments)
    name = f"assay/{arguments.model}"
    application = endpoint.app(answering(_solver(arguments)), name, key)

    def ready(address: str) -> None:
        print(f"assay: listening on {address} as {name!r}", file=sys.stderr, flush=True)

    endpoint.serve(application, arguments.host, arguments.port, ready)


def _serve_tools(arguments: argparse.Namespace) -> None:
    import assay
    from assay.web import tools
    from assay.web.adapting import adapting
    from assay.web.answering import solving
    from assay.web.verifying import verify

    solve = None if arguments.model is None else solving(_solver(arguments))
    tools.server(assay.__version__, verify=verify, solve=solve, adapt=adapting()).run("stdio")


def _solver(arguments: argparse.Namespace) -> Any:
    from assay.models.opening import opened
    from assay.solve import settings
    from assay.solve.solving import solve

    given = settings_of(arguments)
    checked = ("samples", "tests", "mutations", "temperature", "max_tokens", "budget", "jail")
    settings.check(selector="srank", **{name: given[name] for name in checked})
    # What no question could be answered with is said now, not to the first who asks.
    with opened(given["model"], budget=given["budget"], base_url=given["base_url"]):
        return partial(solve, **given)


def _key(arguments: argparse.Namespace) -> str | None:
    if arguments.key_from is None:
        if arguments.host not in _HERE:
            raise InputError(
                f"--host {arguments.host} lets others in: name a variable with a key by --key-from"
            )
        return None
    key = os.environ.get(arguments.key_from, "")
    if not key:
        raise InputError(f"--key-from: the variable {arguments.key_from} is empty")
    return key
