"""Where a library's tasks run: its environment with the library loaded and its files hidden, and
its tests to be seen where it ships any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from assay.build import trees
from assay.build.faults import BuildFault
from assay.build.fetch import Source
from assay.build.needs import Needs
from assay.build.placing import place_of
from assay.core.words import Environment
from assay.engine import environments

_ONE_TEST = Path(__file__).parent / "jailed" / "one_test.py"


@dataclass(frozen=True)
class Ground:
    """`bare` shows everything, for asking references; `site` is where the library's own text is
    read; `packages` are what is hidden from answers; `with_tests` says whether tests can run."""

    bare: Environment
    site: Path
    packages: tuple[str, ...]
    with_tests: bool

    def hidden(self, modules: Iterable[str]) -> Environment:
        """Where answers run: these modules loaded, and their files gone."""
        wanted = tuple(dict.fromkeys((*self.packages, *modules)))
        return replace(
            self.bare, hidden=self.packages, prepare=f"{self.bare.prepare}{_loading(wanted)}"
        )


def ground(source: Source, needs: Needs, *, with_tests: bool) -> Ground:
    """The ground of a library; what it takes is put into the cache. Raises BuildFault where the
    library can be imported from nowhere."""
    built = environments.prepare(needs.environment)
    site = built.site_packages
    packages = tuple(
        one for one in source.packages if (site / one).exists() or (site / f"{one}.py").exists()
    )
    shown, prepare = [], needs.environment.prepare
    if with_tests:
        place = place_of(source, built)
        shown.append(trees.tests_tree(source, place))
        prepare += _testing(place.options, place.import_root)
    if not (needs.installs_library and packages):
        if not source.is_pure:
            raise BuildFault(
                "library", "compiled",
                f"{source.name} has parts to be compiled and its index has no wheel that fits here",
            )  # fmt: skip
        packages = source.packages
        shown.append(trees.library_tree(source))
        site = environments.tree(shown[-1])
        prepare += _from_tree()
    named = f"{source.name}-{source.version}"
    bare = replace(
        needs.environment, prepare=f"{prepare}{_loading(packages)}", trees=tuple(shown),
        description=f"{named}, hidden from answers",
    )  # fmt: skip
    return Ground(bare, site, packages, with_tests)


def _testing(options: tuple[str, ...], import_root: str) -> str:
    """The module that checks call; its text is part of the environment, and so of its digest."""
    text = _ONE_TEST.read_text(encoding="utf-8")
    return (
        "import sys\nimport types\n"
        "_module = sys.modules['library_tests'] = types.ModuleType('library_tests')\n"
        f"exec(compile({text!r}, 'library_tests.py', 'exec'), _module.__dict__)\n"
        f"_module.OPTIONS, _module.IMPORT_ROOT = {options!r}, {import_root!r}\n"
    )


def _from_tree() -> str:
    return (
        "import os\nimport sys\nsys.path.append(os.environ['ASSAY_TREES'].split(os.pathsep)[-1])\n"
    )


def _loading(modules: tuple[str, ...]) -> str:
    """A module that was seen loaded may be one that cannot be loaded first."""
    return (
        f"import contextlib\nimport importlib\nfor _name in {modules!r}:\n"
        "    with contextlib.suppress(Exception):\n        importlib.import_module(_name)\n"
    )
