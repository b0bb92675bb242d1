"""What is known of a training script: the facts, as frozen dataclasses with lines of the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assay.adapt.facts.source import Source

Framework = Literal["torch", "lightning", "keras", "sklearn", "boosting", "transformers"]
LoopKind = Literal["epoch", "batch", "phase", "other"]
Level = Literal["batch", "epoch", "final"]
Role = Literal["train", "val", "test", ""]


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the program starts: a `guard` (`if __name__ == "__main__":`), a bare `call` of a
    function at the end of the module, or `flat` statements. `function` is what it calls."""

    kind: Literal["guard", "call", "flat"]
    line: int
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One argparse option: what the namespace calls it, its default and type as written."""

    name: str
    default: str | None
    type: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Arguments:
    """`namespace` is the variable that holds what argparse read, in `function` ("" for the module),
    from the statement at `line` to `end_line` on."""

    namespace: str
    function: str
    line: int
    end_line: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A name that is given one literal value, once, and read somewhere."""

    name: str
    value: str
    line: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """An object that holds hyper-parameters: `expression` gives them as a dict."""

    name: str
    expression: str
    line: int
    end_line: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A model or estimator: the variable that holds it, its class as written and in full."""

    name: str
    cls: str
    qualified: str
    framework: Framework
    line: int
    function: str
    call: str


@dataclass(frozen=True, slots=True)
class Optimiser:
    """A torch optimiser: its variable, class, the model whose parameters it has (the first of
    `models`, where it has those of several), its learning rate as written."""

    name: str
    cls: str
    model: str | None
    rate: str | None
    line: int
    function: str
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loader:
    """A data loader: its variable, what it loads as written, and what the name says it is for."""

    name: str
    role: Role
    dataset: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop statement. `counter` is the variable that counts its turns, from `start`; `length` is
    an expression for the number of turns, where there is one that costs nothing. `parent` is the
    line of the loop around it in the same function. `trains` says whether a training step is taken
    somewhere within."""

    kind: LoopKind
    line: int
    end_line: int
    function: str
    target: str
    iterable: str
    counter: str | None
    start: str | None
    length: str | None
    parent: int | None
    trains: bool


@dataclass(frozen=True, slots=True)
class Metric:
    """Something the script computes about its training, under the name it truly has.

    `name` may hold a field (`{phase}_loss`) where `dynamic` is true: it is then an f-string's text.
    `expression` has its value after the statement that begins at `line`. `level` says how often it
    is computed; `percent` that it is a share times 100; `value` whether it is a plain number, a
    tensor, or not known. `loop` is the line of the loop that counts it, `function` where it is.
    Where it is not `pure`, it may not be evaluated twice; `at` is then its line and columns. Where
    it is `optional`, it may be None.
    """

    name: str
    expression: str
    line: int
    end_line: int
    function: str
    level: Level
    loop: int | None
    value: Literal["number", "tensor", "unknown"]
    percent: bool = False
    dynamic: bool = False
    conditional: bool = False
    pure: bool = True
    label: str = ""
    why: str = ""
    at: tuple[int, int, int] | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A call that trains, evaluates, predicts or saves."""

    kind: Literal["fit", "evaluate", "score", "predict", "search", "save"]
    object: str
    method: str
    arguments: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...]
    assigned: tuple[str, ...]
    line: int
    end_line: int
    function: str
    loop: int | None

    @property
    def trains(self) -> bool:
        """Whether something is fitted in it, and be it only for a cross-validation."""
        crossed = "cross_val" in self.method or self.method.endswith(".cv")
        return self.kind in ("fit", "search") or crossed


@dataclass(frozen=True, slots=True)
class Tracker:
    """A use of a tracking component that the script has already."""

    component: str
    line: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was recognised in a script. `source` is the text with its tree and positions."""

    source: Source
    frameworks: tuple[Framework, ...]
    entry: Entry | None
    arguments: tuple[Arguments, ...]
    constants: tuple[Constant, ...]
    configurations: tuple[Configuration, ...]
    models: tuple[Model, ...]
    optimisers: tuple[Optimiser, ...]
    loaders: tuple[Loader, ...]
    loops: tuple[Loop, ...]
    metrics: tuple[Metric, ...]
    calls: tuple[Call, ...]
    trackers: tuple[Tracker, ...]
    steps: tuple[int, ...]
    """Lines at which a training step is taken (`backward()`, `train_on_batch(…)`)."""

    @property
    def trains(self) -> bool:
        """Whether anything in the script trains."""
        return bool(self.steps) or any(call.trains for call in self.calls)
