"""From a manifest to a suite: environments built, references asked, tasks put together.

The suite lies in the cache, as an ordinary one: it holds text of the libraries, which is for this
machine alone. It is made once for a manifest, and again when the manifest or a library changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from assay.build.differential import Generators, Round, Wanted, ask, checks, enough, questions
from assay.build.faults import BuildFault
from assay.build.loaded import listed, listing
from assay.build.manifest import GENERATORS, Library, Manifest
from assay.build.material import material
from assay.core.digests import digest, short
from assay.core.files import filled
from assay.core.places import cache_dir
from assay.core.words import Environment, Limits, Task
from assay.engine import environments
from assay.engine.session import Asked, Session
from assay.suites import Suite, save
from assay.suites.directory import read as read_suite

REFUSED = "refused.json"
_MADE = "made/6"
# What a library's modules may take to import, and a reference to answer all its seeds.
_LIMITS = Limits(check_cpu_seconds=10.0, candidate_cpu_seconds=60.0)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A suite, and the tasks that could not be made, each with its reason."""

    suite: Suite
    refused: dict[str, str]


def make(
    manifest: Manifest,
    *,
    progress: Progress | None = None,
    workers: int | str | None = None,
    repeats: int = 5,
) -> Made:
    """The suite of a manifest, its references asked `repeats` times; taken from the cache where it
    was made before.

    Raises EnvironmentBuildError and what the engine raises; a task that cannot be made is refused
    with its reason, and the rest goes on.
    """
    tell = progress or (lambda _: None)
    place = _place(manifest.name, _MADE, manifest.digest, repeats)
    found = _kept(place)
    if found is not None:
        return found
    tell(f"suite {manifest.name}: making its tasks, which is needed only once")
    parts = []
    for number, library in enumerate(manifest.libraries, 1):
        tell(f"suite {manifest.name}: {library.name} ({number} of {len(manifest.libraries)})")
        environment = replace(manifest.environments[library.environment], hidden=library.hidden)
        parts.append(_of_library(manifest, library, environment, workers, repeats, tell))
    tasks = tuple(task for part in parts for task in part.suite.tasks)
    suite = Suite(
        manifest.name,
        tasks,
        manifest.version,
        manifest.description,
        manifest.licence,
        environment=tasks[0].environment if tasks else "python",
        environments={k: v for part in parts for k, v in part.suite.environments.items()},
        check_cpu_seconds=manifest.check_cpu_seconds,
    )
    return _keep(suite, {k: v for part in parts for k, v in part.refused.items()}, place)


def _place(name: str, *parts: object) -> Path:
    key = digest(*(part if isinstance(part, bytes) else str(part) for part in parts))
    return cache_dir() / "suites" / f"{name}-{short(key)}"


def _kept(place: Path) -> Made | None:
    if not (place / REFUSED).is_file():
        return None
    refused = json.loads((place / REFUSED).read_text(encoding="utf-8"))
    return Made(read_suite(place), refused)


def _keep(suite: Suite, refused: dict[str, str], place: Path) -> Made:
    with filled(place) as fresh:
        save(suite, fresh)
        (fresh / REFUSED).write_text(json.dumps(refused, indent=1), encoding="utf-8")
    return Made(read_suite(place), refused)


def _of_library(
    manifest: Manifest,
    library: Library,
    environment: Environment,
    workers: int | str | None,
    repeats: int,
    tell: Progress,
) -> Made:
    """The tasks of one library, as a suite that is kept by itself: a change elsewhere in the
    manifest leaves it as it is."""
    place = _place(f"{manifest.name}.{library.name}", _MADE, _deciding(library),
                   environment.digest, repeats)  # fmt: skip
    kept = _kept(place)
    if kept is not None:
        return kept
    built = environments.prepare(environment, progress=tell)
    refused: dict[str, str] = {}
    wanted: list[Wanted] = []
    for entry in library.entries:
        try:
            made = material(built.site_packages, entry.function, entry.prompt)
        except BuildFault as fault:
            refused[entry.function] = str(fault)
        else:
            wanted.append((f"{manifest.name.partition('-')[0]}/{entry.function}", entry, made))
    asked = questions(wanted, Generators(library.generators, f"{library.name}/{GENERATORS}"))
    # The first round, with everything to be seen, tells which modules a reference needs: what is
    # not imported when files vanish is not there. The others see what an answer will see.
    bare = replace(environment, hidden=(), prepare=_prepare(environment, library.hidden))
    with Session(bare, limits=_LIMITS, workers=workers) as session:
        first, modules = _first_round(session, asked, library)
    environment = replace(environment, prepare=_prepare(environment, modules))
    with Session(environment, limits=_LIMITS, workers=workers) as session:
        rounds = [first, *(ask(session, asked, number) for number in range(1, repeats))]
    judged = checks(wanted, asked, rounds)
    tasks = []
    for (name, entry, made), found in zip(wanted, judged, strict=True):
        why = enough(found)
        if why:
            refused[entry.function] = why
            continue
        tasks.append(
            Task(
                id=name,
                prompt=made.prompt,
                target=made.target,
                checks=found.checks,
                reference=made.reference,
                hides=(entry.function, *entry.hides),
                labels=dict(entry.labels),
                date=entry.facts.get("date"),
                source=library.name,
                tier=entry.tier,
                prompts=made.prompts if entry.prompt else {},
            )
        )
    name = f"{library.environment}-{library.name}"
    placed = tuple(replace(task, environment=name) for task in tasks)
    return _keep(Suite(library.name, placed, environments={name: environment}), refused, place)


def _deciding(library: Library) -> str:
    """What of a library decides its tasks: of the facts, only the dates do."""
    entries = (replace(one, facts={"date": one.facts.get("date")}) for one in library.entries)
    return repr(replace(library, entries=tuple(entries)))


def _prepare(environment: Environment, modules: Iterable[str]) -> str:
    """What the environment prepares, and after it the imports: some need it to be done before."""
    return (
        f"{environment.prepare}\nimport importlib\nfor _module in {tuple(modules)!r}:\n"
        "    importlib.import_module(_module)\n"
    )


def _first_round(
    session: Session, asked: list[Asked], library: Library
) -> tuple[Round, tuple[str, ...]]:
    """The references' answers, and the modules of the library that are loaded after them."""
    asked = [replace(one, calls=(*one.calls, listing(library.hidden))) for one in asked]
    seen = session.observe(asked)
    modules = dict.fromkeys([*library.hidden, *(name for one in seen for name in listed(one))])
    return [one[:-1] for one in seen], tuple(modules)
