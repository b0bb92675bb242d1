"""Scripts that train several times, that name no figure, or show a share in percent."""

from __future__ import annotations

import difflib
import textwrap

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.words import Declined, Rewrite

TWICE = """\
import torch

EPOCHS = 3


def train(model, rate):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for epoch in range(EPOCHS):
        loss = model(torch.ones(1, 2)).mean()
        loss.backward()
        optimizer.step()
        print("loss", loss.item())


one = torch.nn.Linear(2, 1)
other = torch.nn.Linear(2, 1)
train(one, 0.1)
train(other, 0.1)
"""
KERAS = """\
import keras

for rate in [0.1, 0.01]:
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    model.fit(x, y, epochs=3)
"""
FITS = """\
from sklearn.datasets import load_wine
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

X, y = load_wine(return_X_y=True)
tree = DecisionTreeClassifier()
tree.fit(X, y)
SVC().fit(X, y)
"""
AUTOLOG = "mlflow.sklearn.autolog(log_models=False, log_post_training_metrics=False)"


def added(text: str, target: str = "mlflow") -> str:
    found = rewrite(text, [target], project="example")
    assert isinstance(found, Rewrite), found
    compile(found.text, "<rewrite>", "exec")
    lines = difflib.ndiff(text.splitlines(), found.text.splitlines())
    return "\n".join(line[2:] for line in lines if line.startswith("+ "))


def reason(text: str, target: str = "mlflow") -> str:
    found = rewrite(text, [target], project="example")
    assert isinstance(found, Declined), found
    return found.reason


def test_each_call_of_a_training_gets_a_run_within_the_scripts() -> None:
    assert added(TWICE).endswith("""\
with mlflow.start_run(run_name="example"):
    mlflow.log_params({"EPOCHS": EPOCHS})
    with mlflow.start_run(run_name="one", nested=True):
        train(one, 0.1)
    with mlflow.start_run(run_name="other", nested=True):
        train(other, 0.1)""")


@pytest.mark.parametrize(
    ("calls", "heads"),
    [
        ("for rate in [0.1, 0.2]:\n    train(one, rate)\n", ['f"rate={rate}"']),
        ("train(one, 0.1)\ntrain(one, 0.2)\n", ['"train_1"', '"train_2"']),
        ("for model in models:\n    train(model, 0.1)\n", ['"train"']),
        ("train(one, 0.1)\n", []),
        ("def main():\n    train(one, 0.1)\n\n\nmain()\n", []),
    ],
)
def test_a_run_is_named_after_what_tells_the_trainings_apart(calls: str, heads: list[str]) -> None:
    text = added(TWICE.partition("train(one")[0] + calls)
    found = [line.strip() for line in text.splitlines() if "nested=True" in line]
    assert found == [f"with mlflow.start_run(run_name={head}, nested=True):" for head in heads]


def test_a_fit_in_a_loop_gets_a_run_with_its_own_optimiser() -> None:
    text = textwrap.dedent("""\
        with mlflow.start_run(run_name=f"rate={rate}", nested=True):
            mlflow.log_params(model.optimizer.get_config())
            model.fit(x, y, epochs=3, callbacks=[log_epoch])""")
    assert textwrap.indent(text, " " * 8) in added(KERAS)


def test_a_fit_in_a_loop_of_epochs_is_no_training_of_its_own() -> None:
    assert "begin anew" in reason(KERAS.replace("for rate in [0.1, 0.01]", "for epoch in range(3)"))
    assert "begin anew" in reason(KERAS, "wandb")  # which has no runs within runs


def test_fits_without_a_figure_are_left_to_autolog() -> None:
    assert added(FITS) == f"import mlflow\n{AUTOLOG}"
    assert "no figure" in reason(FITS, "wandb")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("from sklearn.model_selection import cross_val_score\ncross_val_score(tree, X, y)\n",
         "no figure"),  # autolog would take the fits of copies for trainings
        ("import random\nrandom.shuffle(y)\n", "random numbers"),
    ],
)  # fmt: skip
def test_autolog_is_not_switched_on_where_it_misleads(more: str, why: str) -> None:
    assert why in reason(FITS + more)
    assert "no figure" in reason(FITS.replace("(X, y)\n", "(X)\n"))  # nothing to score


SCORED = """\
import torch

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    total_loss, seen = 0.0, 0
    for x, y in loader:
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
        seen += len(x)
    val_acc = (model(vx) > 0).float().mean().item()
    print(REPORT)
"""


@pytest.mark.parametrize(
    ("report", "logged"),
    [
        ('f"acc {val_acc * 100:.1f}%"', '"val_acc": val_acc'),
        ('"acc", 100.0 * val_acc', '"val_acc": val_acc'),
        ('f"loss {total_loss / seen:.3f}"', '"train_loss": total_loss / seen'),
    ],
)
def test_what_is_shown_in_percent_is_logged_as_the_share_that_it_is(
    report: str, logged: str
) -> None:
    text = added(SCORED.replace("REPORT", report))
    assert logged in text or logged.replace(": ", ", ") in text


def test_a_sum_that_is_divided_is_not_logged_under_the_sums_name() -> None:
    script = SCORED.replace("total_loss", "train_loss").replace(
        "REPORT", 'f"loss {train_loss / seen:.3f}"'
    )
    text = added(script)
    assert '"mean_train_loss"' in text
    assert '"train_loss"' not in text
