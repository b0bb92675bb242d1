"""Where a run is put, what is logged into it, and how that reads: of scripts that people write."""

from __future__ import annotations

import textwrap

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.facts import recognise
from assay.adapt.proving import OriginalFails, prove
from assay.adapt.smoke import opened
from assay.adapt.words import Proof, Rewrite, Settings, Smoked

STEP = """\
        loss = (model(x) - y).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
CLICK = f"""\
import click
import torch


@click.command()
@click.option("--epochs", default=3)
@click.option("--lr", default=0.1)
@click.option("--verbose", is_flag=True)
def main(epochs, lr, verbose):
    x, y = torch.ones(4, 2), torch.ones(4, 1)
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for epoch in range(epochs):
{STEP}\
        click.echo(f"epoch {{epoch}} loss {{loss.item():.3f}}")


if __name__ == "__main__":
    main()
"""
SUBCOMMANDS = f"""\
import argparse

import torch


def train(args):
    x, y = torch.ones(4, 2), torch.ones(4, 1)
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
    for epoch in range(3):
{STEP}\
        print(epoch, loss.item())


parser = argparse.ArgumentParser()
commands = parser.add_subparsers()
command = commands.add_parser("train")
command.add_argument("--lr", type=float, default=0.1)
command.set_defaults(func=train)
args = parser.parse_args()
args.func(args)
"""
AGENT = f"""\
import torch


class Agent:
    def __init__(self, lr=0.1):
        self.net = torch.nn.Linear(2, 1)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=lr)

    def learn(self, x, y):
{
    textwrap.indent(textwrap.dedent(STEP), "        ")
    .replace("model", "self.net")
    .replace("optimizer.", "self.optimizer.")
}\
        return loss.item()


agent = Agent()
for episode in range(4):
    loss = agent.learn(torch.ones(4, 2), torch.ones(4, 1))
    print("loss", loss)
"""
CLOSURE = """\
import torch

x, y = torch.ones(4, 2), torch.ones(4, 1)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.LBFGS(model.parameters())
for step in range(5):

    def closure():
        optimizer.zero_grad()
        loss = (model(x) - y).pow(2).mean()
        loss.backward()
        return loss

    loss = optimizer.step(closure)
    print("loss", loss.item())
"""
METER = """\
import torch


class AverageMeter:
    def __init__(self):
        self.sum = self.count = self.avg = 0

    def update(self, value):
        self.sum, self.count = self.sum + value, self.count + 1
        self.avg = self.sum / self.count

    def __str__(self):
        return f"{self.avg:.4f}"


def train(loader, model, optimizer):
    losses = AverageMeter()
    for x, y in loader:
        loss = (model(x) - y).pow(2).mean()
        loss.backward()
        optimizer.step()
        losses.update(loss.item())
        print(f"loss {losses}")
    print("epoch loss", losses)


model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    train([(torch.ones(4, 2), torch.ones(4, 1))], model, optimizer)
"""
CHOSEN = """\
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.svm import SVC

MODELS = {"linear": LogisticRegression(), "kernel": SVC()}
best = "linear"
clf = MODELS[best].fit(X_train, y_train)
print("accuracy", accuracy_score(y_test, clf.predict(X_test)))
"""
TAGGER = """\
import torch

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
train_dl = dev_dl = [(torch.ones(4, 2), torch.ones(4, 1))]


def step(x, y):
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


for epoch in range(3):
    tl = sum(step(x, y) for x, y in train_dl) / len(train_dl)
    print(f"{epoch} {tl:.4f}")
"""
TRAINER = """\
from transformers import Trainer, TrainingArguments

arguments = TrainingArguments(output_dir="out", report_to="none")
trainer = Trainer(model=model, args=arguments, train_dataset=train, eval_dataset=test)
trainer.train()
metrics = trainer.evaluate()
print(metrics)
"""
FITS = """\
import keras


def train(name, model):
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, y, epochs=3)


scores = [train("wide", keras.Sequential(wide)), train("deep", keras.Sequential(deep))]
"""


def adapted(text: str, *targets: str) -> str:
    found = rewrite(text, targets, project="example")
    assert isinstance(found, Rewrite), found
    return found.text


def test_a_run_of_a_click_command_is_within_it() -> None:
    found = adapted(CLICK, "mlflow")
    run = '    with mlflow.start_run(run_name="example"):\n'
    assert run + '        mlflow.log_params({"epochs": epochs, "lr": lr})\n' in found
    assert 'mlflow.log_metric("train_loss", loss.item(), step=epoch)' in found
    assert found.endswith('if __name__ == "__main__":\n    main()\n')
    typer = CLICK.replace("    main()\n", "    typer.run(main)\n").replace("click", "typer")
    typer = "\n".join(line for line in typer.split("\n") if not line.startswith("@"))
    assert run in adapted(typer, "mlflow")


def test_a_subcommand_is_run_where_it_is_called() -> None:
    assert adapted(SUBCOMMANDS, "mlflow").endswith(
        'with mlflow.start_run(run_name="example"):\n'
        "    mlflow.log_params({key: value for key, value in vars(args).items() "
        'if key != "func"})\n'
        "    args.func(args)\n"
    )


def test_what_an_object_was_made_with_before_the_run_is_logged_in_it() -> None:
    found = adapted(AGENT, "mlflow")
    assert ":\n    mlflow.log_params(agent.optimizer.defaults)\n    for episode" in found
    assert found.count("log_params") == 1
    later = AGENT.replace("agent = Agent()\nfor episode in range(4):\n    loss = agent",
                          "for episode in range(4):\n    loss = Agent()")  # fmt: skip
    assert "        mlflow.log_params(self.optimizer.defaults)\n" in adapted(later, "mlflow")


def test_an_evaluation_after_the_training_belongs_to_its_run() -> None:
    found = adapted(TRAINER, "mlflow")
    assert found.endswith("    trainer.train()\n    metrics = trainer.evaluate()\nprint(metrics)\n")


def test_two_trainings_in_one_statement_have_a_run_each() -> None:
    assert (
        "    with mlflow.start_run(run_name=name, nested=True):\n"
        "        mlflow.log_params(model.optimizer.get_config())\n"
        "        model.fit(x, y, epochs=3, callbacks=[log_epoch])\n"
    ) in adapted(FITS, "mlflow")


def test_a_closure_is_one_training() -> None:
    told = [(one.expression, one.line) for one in recognise(CLOSURE).metrics]
    assert told == [("loss.item()", 15)]
    assert "loss.item(), step=step)" in adapted(CLOSURE, "mlflow")


def test_a_meter_is_logged_by_its_average() -> None:
    told = [(one.expression, one.level) for one in recognise(METER).metrics]
    assert told == [("losses.avg", "epoch")]
    assert "losses.avg, step=epoch)" in adapted(METER, "mlflow")


def test_one_of_several_estimators_is_fitted() -> None:
    found = adapted(CHOSEN, "mlflow")
    assert "    clf = MODELS[best].fit(X_train, y_train)\n" in found
    assert "    mlflow.log_params(clf.get_params())\n" in found


def test_steps_in_a_sum_are_batches_of_its_epoch() -> None:
    told = [(one.expression, one.level) for one in recognise(TAGGER).metrics]
    assert ("tl", "epoch") in told
    assert "epoch" not in [level for text, level in told if text == "loss"]


def test_imports_join_those_of_the_script() -> None:
    text = TRAINER.replace("from t", "from mlflow.models import infer_signature\nfrom t")
    assert "import mlflow\nfrom mlflow.models" in adapted(text, "mlflow")
    text = CHOSEN.replace("svm import SVC", "model_selection import KFold")
    tuned = text.replace("MODELS[best].fit", "LogisticRegression(C=1.0)\nclf.fit").replace(
        'MODELS = {"linear": LogisticRegression(), "kernel": SVC()}\n', "")  # fmt: skip
    found = adapted(tuned, "optuna")
    line = next(one for one in found.split("\n") if "model_selection import" in one)
    assert line.startswith("from sklearn.model_selection import KFold, ")
    assert found.count("model_selection import") == 1


def test_a_group_of_imports_of_its_own_stands_apart() -> None:
    text = "import argparse\n" + CLICK[CLICK.index("\n@click") :].replace("torch", "lib")
    found = adapted(text.replace("@click.command()\n", "").replace("main()", "main(1, 2, 3)"),
                    "mlflow")  # fmt: skip
    assert found.startswith("import argparse\n\nimport mlflow\n\n")


def test_a_long_call_gets_another_line() -> None:
    long = FITS.replace("x, y, epochs=3", f"x, y, epochs=3, class_weight={'w' * 50}")
    lines = adapted(long, "mlflow").split("\n")
    assert max(map(len, lines)) <= 100
    assert "              callbacks=[log_epoch])" in [one.removeprefix("    ") for one in lines]


@pytest.mark.parametrize("made_up", [True, False])
def test_what_fails_on_made_up_data_is_not_the_scripts_fault(made_up: bool) -> None:
    replaced = ("file wine.csv: synthetic (90 bytes)",) if made_up else ("EPOCHS: 9 → 2",)
    told = OriginalFails(Smoked("raised", "ValueError:\n  no rows", 3, replaced=replaced)).reason
    assert "\n" not in told
    assert told.startswith("the original raised in line 3") is not made_up
    assert ("wine.csv is not what the script expects in line 3" in told) is made_up


@pytest.mark.parametrize(("tracker", "run"), [("tensorboard", "writer"), ("comet", "experiment")])
def test_functions_can_be_imported_without_a_run(tracker: str, run: str) -> None:
    head, _, loop = SUBCOMMANDS.partition("parser = ")
    main = textwrap.indent(f"parser = {loop}", "    ")
    found = adapted(f'{head}if __name__ == "__main__":\n{main}', tracker)
    assert f"\n\n{run} = None\n\n\ndef train(args):\n" in found
    assert f"        if {run} is not None:\n            {run}." in found
    assert run + " = None" not in adapted(f"{head}parser = {loop}", tracker)


def test_a_command_shares_its_run_with_functions() -> None:
    text = CLICK.replace("click.echo(f", "report(f").replace(
        "@click.command", "def report(text):\n    print(text)\n\n\n@click.command")  # fmt: skip
    assert "global" not in adapted(text, "tensorboard")
    text = CLICK.replace("click.echo(", "report(epoch, loss)\n        print(").replace(
        "@click.command", 'def report(epoch, loss):\n    print("loss", loss.item())\n\n\n'
        "@click.command")  # fmt: skip
    found = adapted(text, "tensorboard")
    assert "    global writer\n    with SummaryWriter() as writer:\n" in found
    assert '    if writer is not None:\n        writer.add_scalar("' in found


def test_an_import_stands_before_its_use_where_scripts_import_on_the_way() -> None:
    found = adapted(
        """\
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

X, y = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=500).fit(X, y)
print("accuracy", model.score(X, y))

# %%
import matplotlib.pyplot as plt

plt.plot(model.coef_[0])
""",
        "mlflow",
    )
    assert found.index("import mlflow\n") < found.index("with mlflow.start_run(")


def test_a_text_that_is_searched_is_no_number() -> None:
    lines = "error_msg = str(loss)\n        print('nan' in error_msg)\n        click.echo("
    assert '"error_msg"' not in adapted(CLICK.replace("click.echo(", lines), "mlflow")


@pytest.mark.slow
def test_these_rewrites_can_be_proven() -> None:
    asked = [
        (CLICK, "mlflow", ()), (CLICK, "comet", ()), (SUBCOMMANDS, "mlflow", ("train",)),
        (AGENT, "wandb", ()), (CLOSURE, "mlflow", ()), (METER, "trackio", ()),
        (TAGGER, "tensorboard", ()),
    ]  # fmt: skip
    with opened(workers=1) as session:
        for text, target, arguments in asked:
            found = rewrite(text, [target])
            assert isinstance(found, Rewrite), found
            proof = prove(session, text, found, Settings(arguments=arguments))
            assert isinstance(proof, Proof), proof
            assert proof.proven, [one.text for one in proof.findings if one.holds is False]


def test_what_is_reckoned_before_training_is_no_figure_of_it() -> None:
    text = textwrap.dedent("""\
        import torch
        net = torch.nn.Linear(2, 1)
        opt = torch.optim.SGD(net.parameters(), lr=0.1)
        loss = net(torch.ones(1, 2)).mean()
        print("untrained loss", loss.item())
        for epoch in range(3):
            loss = net(torch.ones(1, 2)).mean()
            loss.backward()
            opt.step()
            print("loss", loss.item())
        """)
    found = rewrite(text, ["mlflow"], project="example")
    assert isinstance(found, Rewrite)
    assert found.text.count("log_metric") == 1
    assert found.text.index("start_run") > found.text.index("untrained")


def test_a_mean_of_a_list_that_grows_now_and_then_is_logged_where_it_is_reported() -> None:
    text = textwrap.dedent("""\
        import numpy as np
        import torch
        net = torch.nn.Linear(2, 1)
        opt = torch.optim.SGD(net.parameters(), lr=0.1)
        all_rewards = []
        for episode in range(300):
            loss = net(torch.ones(1, 2)).mean()
            loss.backward()
            opt.step()
            if loss.item() > 0:
                all_rewards.append(loss.item())
            if episode % 100 == 0:
                print("reward: %s" % np.mean(all_rewards[-10:]))
        """)
    found = rewrite(text, ["mlflow"], project="example")
    assert isinstance(found, Rewrite)
    line = 'mlflow.log_metric("reward", np.mean(all_rewards[-10:]), step=episode)'
    assert f"            {line}" in found.text.splitlines()
