"""Dialects: what each component is told, written and read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assay.adapt import dialects
from assay.adapt.dialects import Pattern
from assay.core.errors import InputError
from assay.testing.dialects import check_dialect

TRACKERS = ("mlflow", "wandb", "comet", "trackio", "tensorboard")


@pytest.mark.parametrize("name", [*TRACKERS, "mlflow-registry", "wandb-registry"])
def test_ours_conform(name: str) -> None:
    check_dialect(dialects.load(name))


def test_an_unknown_dialect_is_said() -> None:
    with pytest.raises(InputError, match="mlfow"):
        dialects.load("mlfow")


def test_a_dialect_that_cannot_log_a_parameter_does_not_conform() -> None:
    mute = replace(dialects.load("wandb"), parameters=None)
    with pytest.raises(AssertionError, match="parameter"):
        check_dialect(mute)


def test_a_pattern_reads_what_another_writes() -> None:
    one, other = dialects.load("mlflow").metrics_at, dialects.load("wandb").metrics_at
    assert one is not None
    assert other is not None
    read = one.read("mlflow.log_metrics({'loss': loss.item()}, step=epoch)")
    assert read == {"metrics": "{'loss': loss.item()}", "step": "epoch"}
    assert other.write(**read) == "wandb.log({'loss': loss.item()}, step=epoch)"


@pytest.mark.parametrize(
    ("text", "expression", "read"),
    [
        ("f($a, step=$s)", "f(x + 1, step=e)", {"a": "x + 1", "s": "e"}),
        ("f($a, step=$s)", "f(x)", None),
        ("f($a)", "f(x, step=1)", None),
        ("$run.log($a)", "e.log(1)", {"run": "e", "a": "1"}),
        ("f($a, $a)", "f(x, y)", None),
        ("f($a)", "not python (", None),
    ],
)
def test_reading_a_pattern(text: str, expression: str, read: dict[str, str] | None) -> None:
    assert Pattern(text).read(expression) == read
