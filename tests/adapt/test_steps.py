"""Steps of functions in which nothing counts, and of several trainings in one script."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.proving import OriginalFails, prove
from assay.adapt.smoke import opened
from assay.adapt.words import Rewrite
from assay.engine.session import Session

HEAD = """\
import torch
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.randn(32, 2), torch.randn(32, 1)), batch_size=8)
model = torch.nn.Linear(2, 1)
criterion = torch.nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


"""
STEP = """\
def train({given}):
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


"""
FLAT = f"""{HEAD}{STEP.format(given="x, y")}\
for number, (x, y) in enumerate(loader):
    train(x, y)
"""
EPOCHS = f"""{HEAD}{STEP.format(given="x, y=None")}\
for epoch in range(3):
    for x, y in loader:
        train(x, y)
"""
THROUGH = f"""{HEAD}{STEP.format(given="x, y")}\
def learn(x, y):
    if len(x) > 1:
        train(x, y)


for epoch in range(3):
    for x, y in loader:
        learn(x, y)
"""
PHASES = f"""{HEAD}\
for epoch in range(2):
    total = 0
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    print("loss", total / len(loader))
model.bias.requires_grad_(False)
for epoch in range(2):
    total = 0
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    print("loss", total / len(loader))
"""
FUNCTIONS = f"""{HEAD}\
def train(net, epochs):
    for epoch in range(epochs):
        loss = criterion(net(torch.ones(1, 2)), torch.ones(1, 1))
        loss.backward()
        print("loss", loss.item())


def distil(teacher, net):
    for epoch in range(2):
        loss = criterion(net(torch.ones(1, 2)), teacher(torch.ones(1, 2)).detach())
        loss.backward()
        print("loss", loss.item())


small = torch.nn.Linear(2, 1)
train(model, 2)
train(small, 2)
distil(model, small)
"""


def added(text: str, target: str = "mlflow") -> str:
    found = rewrite(text, [target], project="example")
    assert isinstance(found, Rewrite), found
    compile(found.text, "<rewrite>", "exec")
    lines = difflib.ndiff(text.splitlines(), found.text.splitlines())
    return "\n".join(line[2:] for line in lines if line.startswith("+ "))


@pytest.mark.parametrize(
    ("text", "head", "call"),
    [
        (FLAT, "def train(x, y, number):", "train(x, y, number)"),
        (EPOCHS, "def train(x, y=None, step=None):",
         "train(x, y, step=epoch * len(loader) + batch_idx)"),
        (THROUGH, "def learn(x, y, step):", "learn(x, y, epoch * len(loader) + batch_idx)"),
    ],
)  # fmt: skip
def test_a_training_step_in_a_function_is_handed_its_number(
    text: str, head: str, call: str
) -> None:
    found = added(text)
    assert head in found
    assert call in found
    assert 'mlflow.log_metric("train_loss", loss.item(), step=' in found


def test_trainings_in_one_script_get_a_run_each() -> None:
    found = added(PHASES)
    assert found.count("nested=True") == 2
    assert found.count('mlflow.log_metric("train_loss"') == 2
    heads = [line.strip() for line in added(FUNCTIONS).splitlines() if "nested=True" in line]
    names = [head.partition('"')[2].partition('"')[0] for head in heads]
    assert names == ["model", "small", "distil"]


@pytest.fixture(scope="module")
def mlops() -> Iterator[Session]:
    with opened() as session:
        yield session


@pytest.mark.slow
@pytest.mark.parametrize("text", [FLAT, EPOCHS, THROUGH, PHASES, FUNCTIONS])
def test_each_is_proven(mlops: Session, text: str) -> None:
    found = rewrite(text, ["mlflow"], project="example")
    assert isinstance(found, Rewrite), found
    proof = prove(mlops, text, found)
    assert not isinstance(proof, OriginalFails), proof
    assert proof.proven, [one.text for one in proof.findings if one.holds is False]


TABLE = """\
import pandas as pd
import torch

frame = pd.read_csv("houses.csv")
x = torch.tensor(frame[["rooms", "area"]].values, dtype=torch.float32)
y = torch.tensor(frame[["price"]].values, dtype=torch.float32)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
for epoch in range(3):
    loss = (model(x) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(loss.item())
"""
UNSEEDED = """\
import numpy as np
import torch

draws = np.random.default_rng()
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    loss = model(torch.tensor(draws.random((4, 2)), dtype=torch.float32)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(loss.item())
"""


@pytest.mark.slow
@pytest.mark.parametrize("text", [TABLE, UNSEEDED])
def test_a_rewrite_meets_the_data_and_numbers_of_its_original(mlops: Session, text: str) -> None:
    found = rewrite(text, ["mlflow"], project="example")
    assert isinstance(found, Rewrite), found
    assert 'defaults["lr"]' in found.text  # a column, if it were read for what the table has
    proof = prove(mlops, text, found)
    assert not isinstance(proof, OriginalFails), proof
    assert proof.proven, [one.text for one in proof.findings if one.holds is False]


def test_a_figure_that_only_a_condition_sets_is_looked_for_up_to_the_module() -> None:
    text = HEAD + (
        "for epoch in range(4):\n"
        "    for x, y in loader:\n"
        "        loss = criterion(model(x), y)\n"
        "        optimizer.zero_grad()\n"
        "        loss.backward()\n"
        "        optimizer.step()\n"
        "    if epoch % 2 == 0:\n"
        "        val_loss = loss.item()\n"
        "    print('val loss', val_loss)\n"
    )
    assert isinstance(rewrite(text, ["mlflow"]), Rewrite)
