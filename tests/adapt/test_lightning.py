"""Lightning: its Trainers wherever they are made, its command line, loggers that are there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.proving import OriginalFails, prove
from assay.adapt.smoke import opened
from assay.adapt.words import Declined, Rewrite
from assay.engine.session import Session

MODULE = """\
import lightning as L
import torch
from lightning.pytorch.loggers import CSVLogger


class Net(L.LightningModule):
    def __init__(self, width: int = 4):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(2, 1)

    def training_step(self, batch, batch_idx):
        loss = self.layer(batch).pow(2).mean()
        self.log("train_loss", loss)
        return loss

    def train_dataloader(self):
        return torch.utils.data.DataLoader(torch.ones(32, 2), batch_size=4)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


"""
CLI = "from lightning.pytorch.cli import LightningCLI\n" + MODULE
COMMAND = "cli = LightningCLI(Net, trainer_defaults={'max_epochs': 2}, run=False, args=[])\n"


def added(text: str, target: str = "mlflow") -> str:
    found = rewrite(text, [target], project="example")
    assert isinstance(found, Rewrite), found
    compile(found.text, "<rewrite>", "exec")
    lines = difflib.ndiff(text.splitlines(), found.text.splitlines())
    return "\n".join(line[2:] for line in lines if line.startswith("+ "))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("CSVLogger('logs')", "logger=[CSVLogger('logs'), mlflow_logger])"),
        ("[CSVLogger('logs')]", "logger=[CSVLogger('logs'), mlflow_logger])"),
        ("loggers", "logger=[*loggers, mlflow_logger])"),
        ("one", "logger=[one, mlflow_logger])"),
    ],
)
def test_loggers_of_the_script_are_joined_in_the_trainers_call(given: str, written: str) -> None:
    head = "one = CSVLogger('logs')\nloggers = [CSVLogger('logs')]\n"
    found = added(f"{MODULE}{head}trainer = L.Trainer(logger={given})\ntrainer.fit(Net())\n")
    assert written in found
    assert "loggers.append" not in found


def test_a_trainer_that_is_made_where_it_is_used_gets_a_name() -> None:
    found = added(f"{MODULE}L.Trainer(max_epochs=2).fit(\n    Net()\n)\n")
    lines = [line.strip() for line in found.splitlines()]
    made = lines.index("trainer = L.Trainer(max_epochs=2)")
    assert lines.index("trainer.loggers.append(mlflow_logger)") > made
    assert lines.index("trainer.fit(") > made
    found = added(f"{MODULE}L.Trainer(max_epochs=2).fit(Net())\n", "wandb")
    assert 'wandb_logger = WandbLogger(project="example")' in found


def test_the_command_lines_trainer_is_one() -> None:
    found = added(f"{CLI}{COMMAND}cli.trainer.fit(cli.model)\ncli.trainer.test(cli.model)\n")
    assert "    cli.trainer.loggers.append(mlflow_logger)" in found


def test_a_command_line_that_trains_as_it_is_made_gets_its_logger_before_the_fit() -> None:
    text = CLI + COMMAND.replace(", run=False, args=[]", ", args=['fit']")
    found = added(text)
    assert "class TrackedCLI(LightningCLI):\n    def before_fit(self):\n" in found
    assert "    cli = TrackedCLI(Net, " in found
    own = "class Own(LightningCLI):\n    def before_fit(self):\n        pass\n\n\n"
    refused = rewrite(text.replace("cli = LightningCLI(", f"{own}cli = Own("), ["mlflow"])
    assert isinstance(refused, Declined)
    assert "before_fit" in refused.reason


def test_what_scikit_learn_fits_beside_it_is_no_trainer() -> None:
    text = MODULE.replace("import torch\n", "import torch\nfrom sklearn.svm import SVC\n", 1)
    found = added(f"{text}trainer = L.Trainer()\ntrainer.fit(Net())\nclf = SVC()\nclf.fit(x, y)\n")
    assert "clf.loggers" not in found


FOLDS = """for fold in range(3):
    net = Net()
    trainer = L.Trainer(max_epochs=2, enable_checkpointing=False)
    trainer.fit(net)
print("done")
"""


def test_a_trainer_that_is_made_in_a_loop_gets_a_run_for_each_turn() -> None:
    found = added(MODULE + FOLDS)
    lines = [line for line in found.splitlines() if line.strip()]
    head = lines.index('        with mlflow.start_run(run_name=f"fold={fold}", nested=True):')
    assert lines[head + 1].startswith("            trainer = L.Trainer(")
    assert "            trainer.fit(net)" in lines[head:]
    refused = rewrite(MODULE + FOLDS, ["wandb"])
    assert isinstance(refused, Declined)
    assert "begin anew" in refused.reason


@pytest.fixture(scope="module")
def mlops() -> Iterator[Session]:
    with opened() as session:
        yield session


@pytest.mark.slow
@pytest.mark.parametrize("target", ["mlflow", "trackio"])
@pytest.mark.parametrize(
    "end",
    [
        COMMAND + "cli.trainer.fit(cli.model)\n",
        COMMAND.replace(", run=False, args=[]", ", args=['fit']"),
        "L.Trainer(max_epochs=2).fit(Net())\n",
        "trainer = L.Trainer(max_epochs=2, logger=CSVLogger('logs'))\ntrainer.fit(Net())\n",
    ],
)
def test_each_is_proven(mlops: Session, target: str, end: str) -> None:
    found = rewrite(CLI + end, [target], project="example")
    assert isinstance(found, Rewrite), found
    proof = prove(mlops, CLI + end, found)
    assert not isinstance(proof, OriginalFails), proof
    assert proof.proven, [one.text for one in proof.findings if one.holds is False]


@pytest.mark.slow
def test_steps_that_begin_anew_in_one_run_are_refused(mlops: Session) -> None:
    found = rewrite(MODULE + FOLDS, ["mlflow"], project="example")
    assert isinstance(found, Rewrite), found
    in_one = re.sub(r"with mlflow.start_run\(run_name=f.*:", "if True:", found.text)
    verdicts = []
    for text in (found.text, in_one):
        proof = prove(mlops, MODULE + FOLDS, replace(found, text=text))
        assert not isinstance(proof, OriginalFails), proof
        verdicts.append(proof.proven)
    assert verdicts == [True, False]
