"""Runs prepared scripts in a warm jail, and says what became of them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

from assay.adapt.smoke.preparing import Prepared
from assay.adapt.words import RunOutcome, Smoked
from assay.core.words import Environment, Limits
from assay.engine import environments
from assay.engine.child import Observation
from assay.engine.levels import DEFAULT_FLOOR
from assay.engine.session import Asked, Listener, Session

ENVIRONMENT = "mlops"
_FOR_TENSORFLOW = "mlops-tf"
_FOR_NNCF_2 = "mlops-nncf219"
_NNCF_2 = re.compile(r"\bcreate_compressed_model\b")
# What is imported from TensorFlow, and what of Keras wants it whatever Keras itself runs on.
_TENSORFLOW = re.compile(
    r"^[ \t]*(?:import|from)[ \t]+(?:tensorflow|tf_keras)\b|"
    r"^(?=[^#\n]*\b(?:(?:image|text|audio|timeseries)_dataset_from_|TextVectorization\(|"
    r"StringLookup\(|IntegerLookup\())|KERAS_BACKEND[\"']\]?\s*[=,]\s*[\"']tensorflow",
    re.MULTILINE,
)
# Packages that are imported ahead and that no script needs which does not speak of them.
_SPOKEN_OF = ("lightning", "keras", "mlflow", "wandb", "optuna", "nncf", "prun", "tensorboard")
_ANSWERS = "__import__('sys').modules['smoking.main'].answers"
_OUTCOMES = get_args(RunOutcome)
# Torch, Keras and MLflow side by side hold more than a gigabyte; W&B's core starts 60 threads.
_LIMITS = Limits(
    check_cpu_seconds=70, candidate_cpu_seconds=75, check_wall_seconds=600,
    memory_bytes=6 << 30, scratch_bytes=512 << 20, processes=512, files=1024,
)  # fmt: skip


def environment_for(script: str, targets: Sequence[str] = ()) -> str:
    """The shipped environment that has what a script imports, and what is to be put into it."""
    if "nncf-2" in targets or _NNCF_2.search(script):
        return _FOR_NNCF_2
    return _FOR_TENSORFLOW if _TENSORFLOW.search(script) else ENVIRONMENT


def only_for(environment: str, script: str, targets: Sequence[str] = ()) -> Environment:
    """The environment, importing ahead only what one script and its targets speak of: a third of
    the CPU of a proof goes into importing for many."""
    found = environments.load(environment)
    if environment not in (ENVIRONMENT, _FOR_TENSORFLOW, _FOR_NNCF_2):
        return found  # somebody's own may use what it imports
    spoken = " ".join((script, *targets)).lower()
    module = ast.parse(found.prepare)
    for statement in module.body:
        if isinstance(statement, ast.Import):
            statement.names = [one for one in statement.names if _is_needed(one.name, spoken)]
    module.body = [one for one in module.body if not isinstance(one, ast.Import) or one.names]
    return replace(found, prepare=ast.unparse(module))


def _is_needed(package: str, spoken: str) -> bool:
    return all(word in spoken for word in _SPOKEN_OF if word in package)


def opened(
    environment: str | Environment = ENVIRONMENT,
    *,
    workers: int | str | None = None,
    min_protection: str = DEFAULT_FLOOR,
    progress: Listener | None = None,
) -> Session:
    """A session for smoke runs. The jail starts with the first run and serves all that follow.
    Raises EnvironmentBuildError and StoreError."""
    return Session(
        environment, limits=_LIMITS, workers=workers, min_protection=min_protection,
        progress=progress,
    )  # fmt: skip


def run(session: Session, script: Prepared, questions: Sequence[str] = ()) -> Smoked:
    """One run of a script. Each question is an expression (or statements that end in one) which
    is evaluated when the script has ended, also where it raised: it sees the script's globals,
    `left["function"]` with what its functions last had in their variables, and `before`, the
    globals of `Settings.before`. An answer is its value as the engine encodes it; `message` says
    why where one is None. Raises ProtectionError."""
    return run_all(session, [(script, questions)])[0]


def run_all(session: Session, asked: Sequence[tuple[Prepared, Sequence[str]]]) -> list[Smoked]:
    """A run of each, side by side as far as the session has workers."""
    programs = [
        Asked(script.code, (f"{_ANSWERS}({list(questions)!r})",), argv=script.argv)
        for script, questions in asked
    ]
    return [
        _smoked(seen[0], script, len(questions))
        for seen, (script, questions) in zip(session.observe(programs), asked, strict=True)
    ]


def _smoked(seen: Observation, script: Prepared, questions: int) -> Smoked:
    if seen.kind != "value":
        outcome: Any = seen.kind if seen.kind in _OUTCOMES else "harness"
        return Smoked(
            outcome, _why(seen), replaced=script.notes, answers=(None,) * questions,
            cpu_seconds=seen.cpu_seconds,
        )  # fmt: skip
    try:
        return _read(json.loads(json.loads(seen.payload)), script, questions)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        # Untrusted: whatever shares the process with us may have said this.
        return Smoked("forbidden", f"the script's process sent no report: {fault!r}"[:300])


def _read(told: Any, script: Prepared, questions: int) -> Smoked:
    report, given = told["report"], told["answers"]
    message = str(report["message"])
    if missing := re.match(r"ModuleNotFoundError: No module named '(\w+)(\.?)", message):
        message += (
            f": the environment's version of {missing[1]} has no such part" if missing[2]
            else ": the environment does not have it (choose another with --environment)"
        )  # fmt: skip
    if len(given) != questions or report["outcome"] not in _OUTCOMES:
        raise ValueError("another number of answers, or an unknown outcome")
    faults = [f"question {place}: {why}" for place, (_, why) in enumerate(given) if why]
    return Smoked(
        outcome=report["outcome"],
        message="; ".join(filter(None, [message, *faults])),
        line=report["line"],
        stdout=str(report["stdout"]),
        files=_texts(report["files"]),
        weights=_texts(report["weights"]),
        random=_texts(report["random"]),
        replaced=(*script.notes, *map(str, report["replaced"])),
        answers=tuple(value for value, _ in given),
        cpu_seconds=float(report["cpu"]),
    )


def _texts(table: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in table.items()}


def _why(seen: Observation) -> str:
    try:
        told = json.loads(seen.payload or b"{}")
    except ValueError:
        told = {}
    return str(told.get("note") or told.get("message") or seen.output[-300:] or seen.kind)
