"""What a dialect is: how a component says "start a run", "log this", "finish", as patterns that
can be written and read."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Template


@dataclass(frozen=True)
class Pattern:
    """An expression with holes (`$name`), as in `mlflow.log_params($parameters)`."""

    text: str

    @cached_property
    def holes(self) -> tuple[str, ...]:
        """The names of the holes, in order."""
        return tuple(dict.fromkeys(re.findall(r"\$(\w+)", self.text)))

    def write(self, **filled: str) -> str:
        """The expression with its holes filled; KeyError where one is not."""
        return Template(self.text).substitute(filled)

    def read(self, expression: str) -> dict[str, str] | None:
        """What fills the holes in an expression that says the same; None where it does not.
        Keywords may come in any order; what the pattern does not name must not be there."""
        try:
            wanted = ast.parse(re.sub(r"\$(\w+)", r"_hole_\1", self.text), mode="eval").body
            given = ast.parse(expression, mode="eval").body
        except SyntaxError:
            return None
        found: dict[str, str] = {}
        return found if _unify(wanted, given, found) else None


def _unify(wanted: object, given: object, found: dict[str, str]) -> bool:
    if isinstance(wanted, ast.Name) and wanted.id.startswith("_hole_"):
        assert isinstance(given, ast.AST)
        text = ast.unparse(given)
        return found.setdefault(wanted.id.removeprefix("_hole_"), text) == text
    if isinstance(wanted, ast.Call) and isinstance(given, ast.Call):
        keywords = {keyword.arg: keyword.value for keyword in given.keywords}
        return (
            _unify(wanted.func, given.func, found)
            and _unify(wanted.args, given.args, found)
            and {keyword.arg for keyword in wanted.keywords} == set(keywords)
            and all(_unify(k.value, keywords[k.arg], found) for k in wanted.keywords)
        )
    if isinstance(wanted, ast.AST):
        return type(wanted) is type(given) and all(
            _unify(value, getattr(given, name, None), found)
            for name, value in ast.iter_fields(wanted)
            if name not in ("ctx", "kind")
        )
    if isinstance(wanted, list):
        return (
            isinstance(given, list)
            and len(wanted) == len(given)
            and all(_unify(one, other, found) for one, other in zip(wanted, given, strict=True))
        )
    return wanted == given


@dataclass(frozen=True)
class Recipe:
    """A few lines for one purpose: the `imports` they need and the `lines`, with holes; `before`
    is a class that they use."""

    lines: tuple[str, ...]
    imports: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    def write(self, **filled: str) -> tuple[str, ...]:
        return tuple(Template(line).safe_substitute(filled) for line in self.lines)


@dataclass(frozen=True)
class Dialect:
    """How one component is spoken.

    `start` gives a run: a context manager where `context` is true; it is kept in the variable `run`
    where later operations name it. `parameters` and `metrics` take a dict; where a component has
    none of these, `parameter` and `metric` take a name and a value. The holes are `project`,
    `name`, `parameters`, `parameter`, `metrics`, `metric`, `value`, `step`, `path` and `run`.

    `forward_only`: steps of a run may not go back, so metrics of two levels cannot both name
    theirs. `settings_first`: parameters are kept with the first figures, and none later.
    `logger` makes the component's logger in Lightning (one that
    `logs_into_run` needs a run that is open), `automatic` switches its own logging on
    for a framework, `reports_as` is its name in Hugging Face's `report_to`. `registers` says for
    each framework how a trained model is registered, for "sklearn-example" one whose training data
    has a name (`example`), for "file" how a saved file is, and for "keras-weights" a model whose
    layers Keras cannot read back; such a dialect speaks for the registry of `tracker`.
    """

    name: str
    package: str
    imports: tuple[str, ...]
    start: Pattern
    finish: Pattern
    run: str = ""
    nested: Pattern | None = None
    context: bool = True
    parameters: Pattern | None = None
    parameter: Pattern | None = None
    metrics: Pattern | None = None
    metrics_at: Pattern | None = None
    metric: Pattern | None = None
    metric_at: Pattern | None = None
    artifact: Pattern | None = None
    axis: Pattern | None = None
    import_first: bool = False
    forward_only: bool = False
    settings_first: bool = False
    logger: Recipe | None = None
    logs_into_run: bool = False
    automatic: Mapping[str, Recipe] = field(default_factory=dict)
    reports_as: str = ""
    registers: Mapping[str, Recipe] = field(default_factory=dict)
    tracker: str = ""

    @property
    def operations(self) -> dict[str, Pattern]:
        """All patterns, by name: what a translation reads and writes."""
        names = ("start", "finish", "parameters", "parameter", "metrics", "metrics_at", "metric",
                 "metric_at", "artifact", "axis")  # fmt: skip
        return {name: found for name in names if (found := getattr(self, name)) is not None}
