"""The MCP server, asked by the official SDK's own client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from mcp.client.client import Client

from assay.core.errors import InputError
from assay.web import tools
from assay.web.verifying import verify


def call(server: Any, name: str, **given: Any) -> Any:
    async def conversation() -> Any:
        async with Client(server) as client:
            return await client.call_tool(name, given)

    return asyncio.run(conversation())


def test_verify_runs_the_program() -> None:
    server = tools.server("1", verify=verify, solve=None, adapt=None)
    found = call(
        server, "verify", program="def f(x):\n    return 2 * x\n", tests=["assert f(2) == 5"]
    )
    assert not found.is_error
    result = found.structured_content["results"][0]
    assert (result["outcome"], result["evidence"]["value"]) == ("failed", "4")


def test_only_what_can_be_done_is_offered() -> None:
    def solve(**given: Any) -> dict[str, Any]:
        return given

    async def names(server: Any) -> list[str]:
        async with Client(server) as client:
            return [tool.name for tool in (await client.list_tools()).tools]

    alone = tools.server("1", verify=verify, solve=None, adapt=None)
    assert asyncio.run(names(alone)) == ["verify"]
    both = tools.server("1", verify=verify, solve=solve, adapt=None)
    assert asyncio.run(names(both)) == ["verify", "solve"]
    given = call(both, "solve", prompt="Double x.").structured_content
    assert given == {"prompt": "Double x.", "examples": [], "signature": None}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"program": " ", "tests": ["assert f"]}, "the program is empty"),
        ({"program": "x = 1", "tests": []}, "at least one test"),
        ({"program": "x = 1", "tests": ["assert x"], "environment": "no"}, "environment"),
    ],
)
def test_bad_input_is_the_tools_error(given: dict[str, Any], said: str) -> None:
    found = call(tools.server("1", verify=verify, solve=None, adapt=None), "verify", **given)
    assert found.is_error
    assert said in found.content[0].text


def test_a_failure_is_told_and_the_server_lives() -> None:
    def fails(**_: Any) -> dict[str, Any]:
        raise InputError("no model answers")

    server = tools.server("1", verify=verify, solve=fails, adapt=fails)
    assert "no model answers" in call(server, "solve", prompt="x").content[0].text
    assert "no model answers" in call(server, "adapt", script="x", add=["mlflow"]).content[0].text
