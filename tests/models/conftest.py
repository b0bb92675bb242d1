"""What the tests of models share."""

from __future__ import annotations

import pytest

from assay.models.base import Message, Request


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks, or pays, a real server."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ASSAY_PRICES"):
        monkeypatch.delenv(name, raising=False)


def ask(prompt: str = "hello", **parameters: object) -> Request:
    return Request((Message("user", prompt),), **parameters)  # type: ignore[arg-type]
