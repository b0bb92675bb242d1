"""What a model is asked when it shall adapt a script, and the scripts in its answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from assay.adapt.words import TARGETS, Rewrite
from assay.core.errors import InputError
from assay.core.words import Target, Task
from assay.models.base import Completion, Message, Model, Request
from assay.models.extraction import extract
from assay.models.opening import opened
from assay.models.prompts import question
from assay.models.solvers import TOKENS_OF_A_SCRIPT
from assay.suites.finding import shipped_folder

SUITE = "mlops"
_NAMES = {
    "mlflow": "MLflow", "wandb": "Weights & Biases", "comet": "Comet", "trackio": "Trackio",
    "tensorboard": "TensorBoard", "mlflow-registry": "MLflow's model registry",
    "wandb-registry": "the registry of Weights & Biases", "optuna": "Optuna",
    "prune": "torch.nn.utils.prune", "nncf": "NNCF (3.4 or later)",
    "nncf-2": "NNCF 2.19 (create_compressed_model)",
}  # fmt: skip
_ASKED = {
    "tracking": (
        "Track this training with {name}: one run for each run of the script, with the "
        "hyper-parameters that it uses and every metric that it computes, under its true name and "
        "at its true step. Close the run, also where training fails."
    ),
    "registration": (
        "Register the trained model of this script with {name}, once training has ended, so that "
        "it can be loaded elsewhere and predicts the same."
    ),
    "hpo": (
        "Tune the hyper-parameters of this training with {name}: an objective on held-out, "
        "shuffled data, sensible ranges around the present values, and a final training on the "
        "best parameters. The test data stays out of the search."
    ),
    "pruning": (
        "Prune the model of this script while it trains, with {name}: on a schedule, with masks "
        "that survive the optimiser's steps, made permanent at the end; print the sparsity last."
    ),
}
_RULES = (
    "Change nothing else: what is printed, saved, seeded and drawn at random stays as it is, and "
    "so do comments. Give the whole changed script."
)
_RULES_OF_MORE = (
    "Leave what the task does not touch as it is, comments too. Give the whole changed script."
)


def prompt(script: str, targets: Sequence[str], *, documents: bool) -> str:
    """The task as a model gets it; with `documents`, our reference documents ahead of it."""
    kinds = {TARGETS[target] for target in targets}
    parts = [f"Reference for {_NAMES[target]}:\n\n{document(target)}" for target in targets
             if documents]  # fmt: skip
    parts += [_ASKED[TARGETS[target]].format(name=_NAMES[target]) for target in targets]
    parts.append(_RULES if kinds <= {"tracking", "registration"} else _RULES_OF_MORE)
    return "\n\n".join((*parts, f"```python\n{script.strip()}\n```"))


def document(target: str) -> str:
    """Our reference document on a target, which comes with the suite."""
    place = shipped_folder(SUITE) / "documents" / f"{target}.md"
    try:
        return place.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise InputError(f"there is no reference document on {target!r}: {place}") from None


def ask(
    script: str, targets: Sequence[str], model: Model | str, samples: int, documents: bool
) -> list[Rewrite]:
    """The scripts in a model's answers, in their order. Raises ModelFailure."""
    task = Task("adapt", prompt(script, targets, documents=documents), Target("script"))
    request = Request(
        (Message("user", question(task)),),
        temperature=0.0 if samples == 1 else 0.8,
        max_tokens=TOKENS_OF_A_SCRIPT,
        seed=0,
    )
    answers: dict[int, Completion] = {}
    with opened(model) as one:
        asyncio.run(_sampled(one, request, samples, answers))
    found = [extract(answers[n].text, Target("script")).program for n in sorted(answers)]
    return [Rewrite(tuple(targets), text, one.name) for text in found if text]


async def _sampled(
    model: Model, request: Request, samples: int, answers: dict[int, Completion]
) -> None:
    try:
        await model.sample(request, range(samples), answers.__setitem__)
    finally:
        await model.close()
