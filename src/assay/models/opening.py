"""A model by its name, with the request cache in its usual place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from assay.core.errors import InputError
from assay.core.places import cache_dir
from assay.models import doors
from assay.models.base import Model
from assay.models.cache import Cached, CompletionCache
from assay.models.costs import Budget


@contextlib.contextmanager
def opened(
    model: Model | str, *, budget: float | None = None, base_url: str | None = None,
    concurrency: int | None = None,
) -> Iterator[Model]:  # fmt: skip
    """The model of that name, with the request cache; a model that is handed in stays as it is.
    `budget` caps dollars. Raises InputError. Closing the model is the caller's business: it belongs
    to his event loop."""
    if not isinstance(model, str):
        if budget is not None or base_url is not None:
            raise InputError("budget and base_url are for a model by its name, not for an open one")
        yield model
        return
    capped = None if budget is None else Budget(budget)
    found = doors.load(model, budget=capped, base_url=base_url, concurrency=concurrency)
    if getattr(found, "recorded", False):
        yield found
        return
    cache = CompletionCache(cache_dir() / "completions.sqlite")
    try:
        yield Cached(found, cache)
    finally:
        cache.close()
