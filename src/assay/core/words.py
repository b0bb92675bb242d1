"""The words of the house as frozen dataclasses: what flows between its rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assay.core.digests import digest
from assay.core.outcomes import Outcome

Trust = Literal["value", "assertion"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far apart two numbers may be and still be equal.

    `relative` and `absolute` of None mean: by data type (float64 1e-7, float32 1.3e-6, float16
    1e-3, as torch.testing has them). With `strict`, types matter too: 1 is not 1.0, a tuple is
    not a list, an array is not a list, float32 is not float64.
    """

    relative: float | None = None
    absolute: float | None = None
    strict: bool = False


EXACT = Tolerance(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program offered as an answer to a task.

    It is loaded as a module; with `argv` it is run as a script, as `__main__` with these
    arguments, in an empty directory, and the checks find its globals and the files it left there.
    `hides` are functions, classes and methods of the environment's packages, by their qualified
    names, whose code is taken away before it is loaded: whatever calls them meets
    NotImplementedError. Of one written as NAME=OWN, callers reach the candidate's OWN instead.
    """

    id: str
    task: str
    code: str
    origin: Mapping[str, Any] = field(default_factory=dict)
    argv: tuple[str, ...] | None = None
    hides: tuple[str, ...] = ()


class _Nothing:
    """Stands for "no value was given", where None is itself a value."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Any = _Nothing()


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value as the jail encoded it, to be expected of a candidate: what a reference gave."""

    payload: str


@dataclass(frozen=True, slots=True)
class Check:
    """An executable question about a candidate.

    Either *value mode*: `call` is evaluated inside the jail and what it returns (or the name of
    the exception class that it `raises`) is compared with `expected` outside, where no candidate
    can reach it. `call` may be several statements of which the last is an expression.
    Or *assertion mode*: `code` runs inside the jail and must not raise; lower trust, because the
    candidate shares a process with it. With `from_json`, a list in `expected` may stand for a
    tuple or an array, which JSON does not have.
    """

    id: str
    task: str
    call: str | None = None
    expected: Any = NOTHING
    raises: str | None = None
    code: str | None = None
    tolerance: Tolerance = Tolerance()
    from_json: bool = False

    def __post_init__(self) -> None:
        answers = (self.expected is not NOTHING) + (self.raises is not None)
        if self.call is not None and (self.code is not None or answers != 1):
            raise ValueError(f"check {self.id!r}: `call` takes exactly one of `expected`, `raises`")
        if self.call is None and (self.code is None or answers):
            raise ValueError(f"check {self.id!r}: needs `call` with an answer, or `code` alone")

    @property
    def trust(self) -> Trust:
        return "value" if self.call is not None else "assertion"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on."""

    value: str | None = None
    difference: str | None = None
    exception: str | None = None
    message: str | None = None
    traceback: str | None = None
    output: str | None = None
    note: str | None = None

    def to_json(self) -> dict[str, str]:
        return {name: text for name in self.__slots__ if (text := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check on one candidate, with what it rests on."""

    candidate: str
    check: str
    task: str
    outcome: Outcome
    trust: Trust
    protection: str
    cpu_seconds: float
    evidence: Evidence

    @property
    def passed(self) -> bool:
        return self.outcome is Outcome.PASSED


@dataclass(frozen=True, slots=True)
class Environment:
    """A locked set of packages, known by its digest.

    `requirements` is the text of a requirements file with hashes and without index addresses.
    The zygote imports `imports` and runs `prepare` once; every child starts from there. `hidden`
    are packages that the zygote imports whole and whose files no child can see, so that their
    sources cannot be read. `trees` are folders of source trees in the cache, by names that end in
    a digest of what is in them: they are shown read-only, the jail has their places in the variable
    ASSAY_TREES, and hidden packages that lie at their tops are hidden there, too. With
    `local_sockets` the processes of one candidate may talk to each other over Unix sockets, as
    W&B's client and its service do; nobody else can be reached by them.
    """

    name: str
    requirements: str = ""
    imports: tuple[str, ...] = ()
    prepare: str = ""
    torch_backend: str | None = None
    description: str = ""
    hidden: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()
    local_sockets: bool = False

    @property
    def digest(self) -> bytes:
        trees = ("trees", *self.trees) if self.trees else ()
        sockets = ("local sockets",) if self.local_sockets else ()
        return digest(
            "environment/1", self.requirements, "\n".join(self.imports), self.prepare,
            self.torch_backend or "", *self.hidden, *trees, *sockets,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Where a program goes: what has to be written, and what already stands around it.

    `name` is a function, a class, or a method as "Class.method"; empty for a script. `signature`
    is the line (or lines) that begin it, when the prompt gives one. `context` is the module that
    it goes into: imports and helpers, and for a method the class without it. A script with a name
    is not run: its text is handed to the checks in a global of that name. With `continues` an
    answer may be the bare rest of the prompt, as completion benchmarks have it, and is then taken
    to the letter.
    """

    kind: Literal["function", "class", "method", "script"] = "function"
    name: str = ""
    signature: str = ""
    context: str = ""
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked, how it is judged, its labels, its environment. `prompts` are other ways to ask
    the same, by style: docstring, own, model."""

    id: str
    prompt: str
    target: Target = Target()
    checks: tuple[Check, ...] = ()
    environment: str = "python"
    reference: str | None = None
    hides: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    date: str | None = None
    source: str = ""
    tier: str | None = None
    prompts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a candidate may use. CPU seconds are the measure; wall time only stops sleepers."""

    check_cpu_seconds: float = 5.0
    candidate_cpu_seconds: float = 60.0
    check_wall_seconds: float = 30.0
    memory_bytes: int = 2 << 30
    scratch_bytes: int = 64 << 20
    processes: int = 64
    files: int = 256
    output_bytes: int = 64 << 20
    frame_bytes: int = 32 << 20

    def to_json(self) -> dict[str, float]:
        return {name: getattr(self, name) for name in sorted(self.__slots__)}
