"""Published benchmarks as suites: one module for each format, which says what it makes of it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol

from assay.core.errors import InputError
from assay.core.nearest import nearest
from assay.suites.directory import save
from assay.suites.suite import Suite

# Format → its module, and the licence under which its tasks were published.
FORMATS = {
    "humaneval": "humaneval",
    "mbpp": "mbpp",
    "ds1000": "ds1000",
    "bigcodebench": "bigcodebench",
    "bigcodebench-instruct": "bigcodebench",
    "evalplus": "evalplus",
}


class Importer(Protocol):
    """What a format's module has."""

    def read(self, path: Path, name: str) -> Suite: ...


def import_suite(format: str, file: Path | str, out: Path | str | None = None) -> Suite:  # noqa: A002
    """The suite that a file in a published format holds; with `out` also saved there.

    The suite is named after `out`, else after the format. Raises InputError for an unknown
    format, and for a file that does not follow it: file, line and what is wrong."""
    if format not in FORMATS:
        raise InputError(f"no format {format!r}: {nearest(format, FORMATS)}")
    importer: Importer = importlib.import_module(f"assay.suites.importers.{FORMATS[format]}")
    name = Path(out).absolute().name if out is not None else format
    suite = importer.read(Path(file), format)
    if out is None:
        return suite
    from dataclasses import replace

    return replace(suite, name=name, path=save(replace(suite, name=name), out))
