"""The suites that ship as manifests: made on this machine when they are first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assay.build import manifest as manifests
from assay.build.manifest import Manifest
from assay.suites import Suite
from assay.suites.finding import Progress, shipped_folder


@dataclass(frozen=True)
class Shipped:
    """A suite, or a named part of one, that comes in by the door `assay.suites`."""

    name: str
    part: str | None = None

    def __call__(self, progress: Progress | None = None) -> Suite:
        from assay.build.making import make

        return make(self.manifest(), progress=progress).suite

    def about(self) -> dict[str, Any]:
        """What can be said of it without making it."""
        manifest = self.manifest()
        return {
            "name": manifest.name,
            "version": manifest.version,
            "description": manifest.description,
            "licence": manifest.licence,
            "tasks": sum(len(library.entries) for library in manifest.libraries),
        }

    def manifest(self) -> Manifest:
        found = manifests.read(shipped_folder(self.name))
        return found.part(self.part) if self.part else found


dl = Shipped("dl")
dl_mini = Shipped("dl", "mini")
