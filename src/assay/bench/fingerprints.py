"""What figures rest on: two runs can be compared only where these agree."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from assay.core.digests import digest, short
from assay.core.words import Limits
from assay.engine.session import ENGINE
from assay.engine.sources import normal_digest
from assay.models.base import Model

# What decides whether a completion passes: how a program is found in it, how it is put to the
# engine, and how values are compared. A change of any of them is another scorer; a change of
# their comments is not.
_SCORER = (
    ("assay.models", "extraction"),
    ("assay.core", "compare.py"),
    ("assay.core", "closeness.py"),
    ("assay.core", "encoded.py"),
    ("assay.core", "arrays.py"),
    ("assay.engine", "judge.py"),
    ("assay.engine", "assertions.py"),
    ("assay.suites", "programs.py"),
    ("assay.bench", "scoring.py"),
)


@functools.cache
def scorer() -> str:
    """Names the rules by which completions are judged, by the code that has them."""
    sources = [text for package, name in _SCORER for text in _sources(files(package) / name)]
    return short(digest("scorer/1", ENGINE, *map(normal_digest, sources)))


def _sources(place: Any) -> list[str]:
    if place.is_file():
        return [place.read_text(encoding="utf-8")]
    parts = sorted((part for part in place.iterdir() if part.name.endswith(".py")), key=_name)
    return [part.read_text(encoding="utf-8") for part in parts]


def _name(part: Any) -> str:
    name: str = part.name
    return name


def marks_of(models: Iterable[Model]) -> list[str]:
    """A model's own mark where it has one (recorded answers: their content), else its name."""
    return [str(getattr(model, "mark", model.name)) for model in models]


def fingerprint(
    suite: str, environments: dict[str, str], limits: Limits, models: Iterable[Model]
) -> dict[str, Any]:
    """The record: suite, environments, scorer and limits decide whether runs can be compared;
    models say what was compared."""
    return {
        "suite": suite,
        "environments": environments,
        "scorer": scorer(),
        "limits": short(digest("limits/1", repr(sorted(limits.to_json().items())))),
        "models": marks_of(models),
    }


COMPARED = ("suite", "environments", "scorer", "limits")


def differences(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """In what two fingerprints differ that have to agree, a line each."""
    return [
        f"{name}: {_shown(first.get(name))} and {_shown(second.get(name))}"
        for name in COMPARED
        if first.get(name) != second.get(name)
    ]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {str(mark)[:12]}" for name, mark in sorted(value.items()))
    return str(value)[:12]
