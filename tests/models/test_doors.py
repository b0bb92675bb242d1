"""From --model to a model."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from assay import InputError
from assay.core import doors
from assay.models.doors import load
from assay.models.replay import ReplayModel

OURS = {
    "embedded": "assay.models.embedded:open_embedded",
    "gguf": "assay.models.embedded:open_gguf",
    "openai": "assay.models.openai_client:OpenAIModel",
    "replay": "assay.models.replay:ReplayModel",
    "echo": "tests.models.test_doors:open_echo",
}


def open_echo(argument: str = "", *, loud: bool = False) -> tuple[str, bool]:
    return argument, loud


@pytest.fixture(autouse=True)
def with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint(name, value, "assay.models") for name, value in OURS.items()]
    monkeypatch.setattr(doors, "entry_points", lambda group: points)  # noqa: ARG005


def test_ours_come_in_by_the_door() -> None:
    from importlib.metadata import entry_points

    found = {point.name: point.value for point in entry_points(group="assay.models")}
    for name in ("embedded", "gguf", "openai", "replay"):
        assert found[name] == OURS[name]


@pytest.mark.parametrize(
    ("spec", "argument"),
    [("echo", ""), ("echo:a/b", "a/b"), ("echo/a:b", "a:b"), ("echo:/abs/file", "/abs/file")],
)
def test_the_argument_follows_a_colon_or_a_slash(spec: str, argument: str) -> None:
    found: Any = load(spec, loud=True, base_url=None)
    assert found == (argument, True)


def test_a_replay_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text('{"task": "a", "completion": "x"}\n')
    assert isinstance(load(f"replay:{file}"), ReplayModel)


@pytest.mark.parametrize(
    ("spec", "options", "words"),
    [
        ("opnai/gpt-x", {}, "did you mean 'openai'"), ("", {}, "embedded, gguf"),
        ("openai/", {}, "write NAME"), ("openai", {}, "openai/MODEL"),
        ("embedded:x", {}, "takes nothing after its name"),
        ("echo", {"base_url": "http://x"}, "takes no --base-url"),
        ("replay:none.jsonl", {}, "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(spec: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load(spec, **options)
