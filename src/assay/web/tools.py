"""assay as an MCP server: an agent hands in a question, or a program, and gets evidence back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from assay.core.errors import AssayError

# What a tool is called with goes on as keyword arguments; what it returns is JSON.
Doing = Callable[..., Mapping[str, Any]]

_INSTRUCTIONS = (
    "Runs machine-written Python in a jail. Use verify before you rely on code that you wrote; "
    "use solve to have a function written, tried many times over and chosen by agreement; use "
    "adapt to put experiment tracking and the like into a training script, proven by running both."
)


def server(version: str, *, verify: Doing, solve: Doing | None, adapt: Doing | None) -> MCPServer:
    """An MCPServer with the tools that are given. They run in threads, one at a time: the jail has
    a worker for each core already."""
    found = MCPServer("assay", version=version, instructions=_INSTRUCTIONS)
    turn = asyncio.Lock()

    async def done(doing: Doing, **given: Any) -> dict[str, Any]:
        try:
            async with turn:
                return dict(await asyncio.to_thread(doing, **given))
        except AssayError as error:
            raise ToolError(str(error)) from None

    @found.tool(name="verify", structured_output=True)
    async def verify_tool(
        program: Annotated[str, Field(description="a Python module")],
        tests: Annotated[
            list[str], Field(description="statements that must not raise, as `assert f(2) == 4`")
        ],
        environment: Annotated[
            str, Field(description="python, base (numpy, scipy, pandas, scikit-learn) or torch")
        ] = "python",
    ) -> dict[str, Any]:
        """Run each test alone against a program in a jail; what each came to, and why."""
        return await done(verify, program=program, tests=tests, environment=environment)

    if solve is not None:

        @found.tool(name="solve", structured_output=True)
        async def solve_tool(
            prompt: Annotated[str, Field(description="what the function or class shall do")],
            examples: Annotated[
                list[str] | None, Field(description="tests to trust, as `assert f(2) == 4`")
            ] = None,
            signature: Annotated[
                str | None, Field(description="the line that begins it, as `def f(x):`")
            ] = None,
        ) -> dict[str, Any]:
            """Have a program written many times over, run them all on each other's tests, and
            return the one that agreement picks, with its evidence."""
            return await done(solve, prompt=prompt, examples=examples or [], signature=signature)

    if adapt is not None:

        @found.tool(name="adapt", structured_output=True)
        async def adapt_tool(
            script: Annotated[str, Field(description="the text of a Python training script")],
            add: Annotated[
                list[str], Field(description="what to put in, as mlflow, wandb, optuna, prune")
            ],
        ) -> dict[str, Any]:
            """Put MLOps into a training script and prove it by running both in a jail; the diff
            with its evidence."""
            return await done(adapt, script=script, add=add)

    return found
