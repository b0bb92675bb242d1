"""What a question that came over the wire is answered with: the program that agreement picks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assay.solve.evidence import Solution
from assay.web import chat


def answering(find: Callable[..., Solution]) -> Callable[[chat.Question], chat.Reply]:
    """Chat questions answered by `find` (`assay.solve` with a model and settings)."""

    def answer(question: chat.Question) -> chat.Reply:
        asked = {"temperature": question.temperature, "seed": question.seed}
        given = {name: value for name, value in asked.items() if value is not None}
        found = find(question.prompt, **given)
        return chat.Reply(
            text(found), found.to_json(), found.cost.prompt_tokens, found.cost.completion_tokens
        )

    return answer


def solving(find: Callable[..., Solution]) -> Callable[..., dict[str, Any]]:
    """The same as an MCP tool."""

    def solve(prompt: str, examples: Sequence[str], signature: str | None) -> dict[str, Any]:
        return find(prompt, examples=examples, signature=signature).to_json()

    return solve


def text(found: Solution) -> str:
    """An answer as a chat shows it: the program, then whether to trust it."""
    if found.program is None:
        return f"No program could be found: {found.why}"
    verdict = "Agreed" if found.agreed else "Not to be trusted"
    return f"```python\n{found.program.strip()}\n```\n\n{verdict}: {found.why}"
