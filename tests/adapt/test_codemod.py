"""Rewrites by the codemods: exactly these lines, and no others, or a reason why none."""

from __future__ import annotations

import difflib
import json
import time
from pathlib import Path

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.words import Declined, Rewrite
from assay.core.errors import InputError

SCRIPTS = sorted((Path(__file__).parents[2] / "suites/mlops/scripts").glob("*.py"))
TRACKERS = ("mlflow", "wandb", "comet", "trackio", "tensorboard")
REGISTRIES = ("mlflow-registry", "wandb-registry")

MAIN = '''"""Trains."""
import argparse

import torch
from torch.utils.data import DataLoader


def train(model, loader, optimizer, epoch):
    for step, (x, y) in enumerate(loader):
        loss = torch.nn.functional.mse_loss(model(x), y)  # the loss
        loss.backward()
        optimizer.step()
        if step % 10 == 0:
            print("loss %.3f" % loss.item())


def test(model, loader):
    total = 0
    for x, y in loader:
        total += torch.nn.functional.mse_loss(model(x), y).item()
    print(f"test loss {total / len(loader):.3f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=3)
    args = parser.parse_args()
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train_loader, test_loader = DataLoader(a), DataLoader(b)
    for epoch in range(1, args.epochs + 1):
        train(model, train_loader, optimizer, epoch)
        test(model, test_loader)
    torch.save(model.state_dict(), "model.pt")


if __name__ == "__main__":
    main()
'''

FLAT = """import torch

EPOCHS = 5
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(EPOCHS):
    loss = model(torch.ones(1, 2)).mean()
    loss.backward()
    optimizer.step()
    text = '''
kept
  as it is'''
    print(epoch, loss.item())
print("done")
"""


def adapted(text: str, *targets: str) -> Rewrite:
    found = rewrite(text, targets, project="example")
    assert isinstance(found, Rewrite), found
    compile(found.text, "<rewrite>", "exec")
    return found


def declined(text: str, *targets: str) -> Declined:
    found = rewrite(text, targets)
    assert isinstance(found, Declined), found
    return found


def changes(text: str, found: Rewrite) -> list[str]:
    """The lines that were added (+) and are gone (-)."""
    lines = difflib.ndiff(text.splitlines(), found.text.splitlines())
    return [line[0] + line[2:] for line in lines if line[0] in "+-"]


def test_mlflow_in_a_script_with_main() -> None:
    assert changes(MAIN, adapted(MAIN, "mlflow")) == [
        "+import mlflow",
        '+            mlflow.log_metric("train_loss", loss.item(), '
        "step=(epoch - 1) * len(loader) + step)",
        "-def test(model, loader):",
        "+def test(model, loader, epoch):",
        '+    mlflow.log_metric("test_loss", total / len(loader), step=epoch)',
        "+    mlflow.log_params(vars(args))",
        "-        test(model, test_loader)",
        "+        test(model, test_loader, epoch)",
        '+    with mlflow.start_run(run_name="example"):',
        "-    main()",
        "+        main()",
    ]


def test_wandb_counts_batches_and_epochs_on_axes_of_their_own() -> None:
    added = changes(MAIN, adapted(MAIN, "wandb"))
    assert '+        wandb.define_metric("test_loss", step_metric="epoch")' in added
    assert '+    wandb.log({"test_loss": total / len(loader), "epoch": epoch})' in added
    assert '+    with wandb.init(project="example"):' in added


def test_mlflow_in_a_flat_script_indents_the_training_alone() -> None:
    found = adapted(FLAT, "mlflow")
    assert found.text == (
        """import mlflow
import torch

EPOCHS = 5
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with mlflow.start_run(run_name="example"):
    mlflow.log_params({"EPOCHS": EPOCHS, "lr": optimizer.defaults["lr"]})
    for epoch in range(EPOCHS):
        loss = model(torch.ones(1, 2)).mean()
        loss.backward()
        optimizer.step()
        text = '''
kept
  as it is'''
        print(epoch, loss.item())
        mlflow.log_metric("train_loss", loss.item(), step=epoch)
print("done")
"""
    )


@pytest.mark.parametrize(
    ("tracker", "lines"),
    [
        ("wandb", ['with wandb.init(project="example"):']),
        ("tensorboard", ["with SummaryWriter() as writer:"]),
        ("trackio", ['trackio.init(project="example")', "try:", "finally:",
                     "    trackio.finish()"]),
        ("comet", ['experiment = comet_ml.start(project_name="example")', "try:", "finally:",
                   "    experiment.end()"]),
    ],
)  # fmt: skip
def test_a_run_is_closed_also_where_training_fails(tracker: str, lines: list[str]) -> None:
    found = adapted(FLAT, tracker).text.split("\n")
    assert set(lines) <= set(found)
    assert "    for epoch in range(EPOCHS):" in found
    assert found[-2:] == ['print("done")', ""]


def test_the_claims_name_what_is_logged_and_where_it_stands_in_the_original() -> None:
    claims = adapted(MAIN, "mlflow", "mlflow-registry").claims
    told = [(m["name"], m["expression"], m["line"], m["step"]) for m in claims["metrics"]]
    assert told == [
        ("train_loss", "loss.item()", 14, "(epoch - 1) * len(loader) + step"),
        ("test_loss", "total / len(loader)", 21, "epoch"),
    ]
    assert claims["parameters"][0]["names"] == ["epochs"]
    assert claims["models"] == [
        {"name": "example", "variable": "model", "framework": "torch", "line": 31}
    ]


def test_a_model_is_registered_in_the_run_that_is_open() -> None:
    added = changes(MAIN, adapted(MAIN, "mlflow-registry", "mlflow"))
    assert sum("start_run" in line for line in added) == 1
    at = added.index("+    mlflow.pytorch.log_model(")
    assert added[at + 1] == "+        model,"


def test_a_loop_without_a_counter_gets_one() -> None:
    text = FLAT.replace("for epoch in", "for _ in").replace("print(epoch, ", "print(")
    found = adapted(text, "mlflow").text
    assert "for epoch in range(EPOCHS):" in found
    assert "step=epoch)" in found


def test_batches_without_a_length_are_counted_over_all_epochs() -> None:
    text = MAIN.replace("enumerate(loader)", "enumerate(stream(loader))")
    added = changes(text, adapted(text, "mlflow"))
    assert "+import itertools" in added
    assert "+        global_step = next(train_steps)" in added


def test_a_status_is_kept_until_the_run_is_closed() -> None:
    text = MAIN.replace("    main()\n", "    sys.exit(main())\n").replace(
        "import argparse\n", "import argparse\nimport sys\n"
    )
    assert adapted(text, "mlflow").text.endswith(
        """if __name__ == "__main__":
    with mlflow.start_run(run_name="example"):
        status = main()
    sys.exit(status)
"""
    )


LIGHTNING = """import lightning as L

model = Net()
trainer = L.Trainer(max_epochs=3)
trainer.fit(model)
"""
KERAS = """import keras

model = keras.Sequential([keras.layers.Dense(1)])
model.compile(loss="mse", metrics=["mae"])
model.fit(x, y, epochs=3, callbacks=[stop])
loss, mae = model.evaluate(x_test, y_test)
print("test loss", loss)
"""


def test_lightning_gets_the_components_logger_beside_its_own() -> None:
    found = adapted(LIGHTNING, "wandb").text
    assert 'wandb_logger = WandbLogger(project="example")\ntrainer.loggers.append(' in found
    assert found.endswith("trainer.fit(model)\nwandb.finish()\n")
    found = adapted(LIGHTNING, "mlflow").text
    assert "    mlflow_logger = MLFlowLogger(\n" in found
    assert "    trainer.loggers.append(mlflow_logger)\n" in found
    assert found.endswith("    trainer.fit(model)\n")


def test_keras_gets_a_callback_and_figures_of_the_end_are_logged() -> None:
    found = adapted(KERAS, "mlflow").text
    assert (
        """log_epoch = keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: mlflow.log_metrics(logs, step=epoch)
)
"""
        in found
    )
    assert "callbacks=[stop, log_epoch])" in found
    assert '    mlflow.log_metrics({"test_mae": mae, "test_loss": loss})' in found


def test_layers_are_given_what_keras_needs_to_load_a_registered_model() -> None:
    layer = """class Scale(keras.layers.Layer):
    def __init__(self, by):
        super().__init__()
        self.by = by


"""
    text = KERAS.replace("model = ", layer + "model = ", 1)
    found = adapted(text, "mlflow-registry").text
    assert "def __init__(self, by, **kwargs):\n        super().__init__(**kwargs)\n" in found
    # A file that the script saves would be another one.
    kept = declined(text + 'model.save("model.keras")\n', "mlflow-registry")
    assert (kept.line, "`Scale` has no get_config" in kept.reason) == (4, True)
    assert "    model.save_weights(model_path)\n" in adapted(text, "wandb-registry").text
    assert adapted(text.replace("self, by", "self, by, **kwargs"), "mlflow-registry").claims


def test_trackio_gets_a_logger_with_blank_lines_around_it() -> None:
    found = adapted(LIGHTNING, "trackio").text
    assert "\n\n    class TrackioLogger(Logger):\n" in found
    assert "step=step)\n\n    trackio_logger = TrackioLogger()\n" in found


SKLEARN = """from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

clf = LogisticRegression(C=2.0)
clf.fit(X_train, y_train)
print("accuracy", accuracy_score(y_test, clf.predict(X_test)))
"""


def test_mlflow_logs_an_estimators_parameters_by_itself() -> None:
    found = adapted(SKLEARN, "mlflow").text
    assert "mlflow.sklearn.autolog(log_models=False, log_post_training_metrics=False)\n" in found
    assert "wandb.config.update(clf.get_params())" in adapted(SKLEARN, "wandb").text


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("import torch\nx = torch.ones(3)\nprint(x)\n", "no training", None),
        ("def train():\n    loss.backward()\n", "nothing in the script runs", None),
        ("import mlflow\n" + FLAT.replace("print(epoch", "mlflow.log_metric('l', epoch"),
         "already tracked", 14),
        ("def f():\n    for e in range(3):\n        l.backward()\nprint(1)\n", "never called", 3),
    ],
)  # fmt: skip
def test_a_reason_and_a_line_where_there_is_no_rewrite(
    text: str, reason: str, line: int | None
) -> None:
    found = declined(text, "mlflow")
    assert reason in found.reason
    assert found.line == line


TWO = """import sys
import torch


def pretrain(model):
    for epoch in range(3):
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        print("loss", loss.item())


def finetune(model):
    for epoch in range(2):
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        print("loss", loss.item())


if sys.argv[1] == "pretrain":
    pretrain(net)
else:
    finetune(net)
"""


def test_two_programs_in_one_are_said_where_a_tracker_has_no_runs_within_runs() -> None:
    found = declined(TWO, "wandb")
    assert "several trainings" in found.reason
    assert found.line == 16
    assert "several entry points" in declined(TWO, "mlflow-registry").reason


@pytest.mark.parametrize("targets", [[], ["mlfow"]])
def test_an_unknown_target_is_said(targets: list[str]) -> None:
    with pytest.raises(InputError, match="target"):
        rewrite(FLAT, targets)


def test_a_notebook_comes_back_as_one() -> None:
    lines = FLAT.splitlines(keepends=True)
    cells = [
        {"cell_type": "markdown", "source": ["# Title"], "metadata": {}},
        {"cell_type": "code", "source": ["%matplotlib inline\n", *lines[:5]], "metadata": {},
         "outputs": [], "execution_count": 1},
        {"cell_type": "code", "source": lines[5:], "metadata": {}, "outputs": [{"x": 1}],
         "execution_count": 2},
    ]  # fmt: skip
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    found = rewrite(text, ["mlflow"], project="example")
    assert isinstance(found, Rewrite)
    _, first, second = json.loads(found.text)["cells"]
    assert "".join(first["source"]).startswith("%matplotlib inline\nimport mlflow\nimport torch\n")
    code = "".join(second["source"])
    assert code.startswith('mlflow.start_run(run_name="example")\n')
    assert 'mlflow.log_metric("train_loss", loss.item(), step=epoch)' in code
    assert code.rstrip().endswith('mlflow.end_run()\nprint("done")')
    assert second["outputs"] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "targets",
    [("mlflow", "wandb-registry"),
     pytest.param(("wandb", "comet", "trackio", "tensorboard", "mlflow-registry"),
                  marks=pytest.mark.slow)],
    ids=["some", "all"],
)  # fmt: skip
def test_every_script_of_the_suite_is_rewritten_or_declined_for_a_reason(
    path: Path, targets: tuple[str, ...]
) -> None:
    text = path.read_text()
    for target in targets:
        started = time.process_time()
        found = rewrite(text, [target], project=path.stem)
        assert time.process_time() - started < 1
        if isinstance(found, Declined):
            assert found.reason
            continue
        compile(found.text, path.name, "exec")
        kept = {line.strip() for line in found.text.splitlines()}
        gone = [line for line in text.splitlines() if line.strip() not in kept]
        assert len(gone) <= 4, gone
