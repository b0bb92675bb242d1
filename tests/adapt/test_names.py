"""Names of metrics say of what data they are, and what, only as far as the script shows."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.facts import recognise
from assay.adapt.oracles.absent import faults
from assay.adapt.words import Rewrite

TORCH = """
import torch
from torch import nn
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
mse = nn.MSELoss()
x, y, u, v = (torch.randn(8, 4) for _ in range(4))
"""
STEP = """
    loss = mse(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
"""


def named(body: str, head: str = TORCH) -> dict[str, str]:
    """Name → expression."""
    text = head + textwrap.dedent(body).replace("    STEP\n", STEP)
    return {metric.name: metric.expression for metric in recognise(text).metrics}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (  # a legend between values labels none of them
            """
            for epoch in range(3):
                STEP
                acc = (net(x).sign() == y.sign()).float().mean()
                with torch.no_grad():
                    v_acc = (net(u).sign() == v.sign()).float().mean()
                print("{} | {} loss train/val | {}/{} acc".format(epoch, loss, acc, v_acc))
            """,
            {"train_loss": "loss", "acc": "acc", "v_acc": "v_acc"},
        ),
        (  # a word in brackets is said of the value before it
            """
            for epoch in range(3):
                STEP
            first, second = [(net(data) - v).abs().mean().item() for data in (x, u)]
            print("MAE: %.3f (initial) %.3f (optimized)" % (first, second))
            """,
            {"train_loss": "loss", "initial_mae": "first"},
        ),
        (  # without gradients, and nothing says of which data
            """
            for epoch in range(3):
                STEP
                with torch.no_grad():
                    mae = (net(u) - v).abs().mean()
                print(f"loss {loss:.3f} mae {mae:.3f}")
            """,
            {"train_loss": "loss", "mae": "mae"},
        ),
        (  # the loop's loader says it, through a progress bar
            """
            for epoch in range(3):
                STEP
                right = seen = 0
                with torch.no_grad():
                    for a, b in tqdm(testloader):
                        right += (net(a) == b).sum().item()
                        seen += len(b)
                print("Accuracy: %d %%" % (100 * right / seen))
            """,
            {"train_loss": "loss", "test_accuracy": "100 * right / seen"},
        ),
        (  # two networks under one variable
            """
            for epoch in range(3):
                d = g = 0.0
                for _ in range(4):
                    loss = mse(net(x), y)
                    loss.backward()
                    d += loss.item()
                    loss = mse(net(u), v)
                    loss.backward()
                    g += loss.item()
                print(f"D {d / 4:.3f} G {g / 4:.3f}")
            """,
            {"D_loss": "d / 4", "G_loss": "g / 4"},
        ),
        (  # gathered gradients: the script's own figure, in a logger's way
            """
            for epoch in range(3):
                running = 0.0
                for i in range(0, 8, 2):
                    loss = mse(net(x), y) / accumulate
                    loss.backward()
                    running += loss.item() * accumulate
                log.info("epoch %d train_loss %.4f", epoch, running / len(train_dl))
            """,
            {"train_loss": "running / len(train_dl)"},
        ),
        (  # what is trained on is a loss, whatever it is called
            """
            def fit(net):
                for _ in range(3):
                    l = nn.BCELoss()(net(x), y)
                    l.backward()
            fit(net)
            """,
            {"train_loss": "l"},
        ),
        (  # hits of all classes, summed up; a word in brackets behind the label
            """
            import numpy as np
            for epoch in range(3):
                STEP
            class_right = list(0. for _ in range(10))
            class_total = list(0. for _ in range(10))
            for a, b in testloader:
                class_right[b] += (net(a) == b).sum().item()
                class_total[b] += 1
            print("Test Accuracy (Overall): %2d%%"
                  % (100. * np.sum(class_right) / np.sum(class_total)))
            """,
            {"test_accuracy": "100. * np.sum(class_right) / np.sum(class_total)"},
        ),
        (  # a sum of rewards that is told without a format
            """
            for episode in range(3):
                total_reward = 0
                for _ in range(8):
                    loss = mse(net(x), y)
                    loss.backward()
                    total_reward += env.step(loss)[1]
                print("Episode", episode, "Score:", total_reward)
            """,
            {"total_reward": "total_reward"},
        ),
    ],
)
def test_a_part_of_the_data_is_named_where_the_dataflow_tells_it(
    body: str, expected: dict[str, str]
) -> None:
    found = named(body)
    assert {name: found.get(name) for name in expected} == expected
    wrong = {"val_acc", "train_mae", "train_accuracy", "val_loss"} - expected.keys()
    assert not wrong & found.keys()


@pytest.mark.parametrize(
    "line",
    [
        "loss_fn = Distance()",  # a function, which is called
        "from torch.nn import MSELoss\nloss_function = MSELoss()",
        "import numpy as np\ntrain_losses = np.zeros(50)",
        "net(x).backward(torch.ones(8, 1))",  # no single number
        "import numpy as np\nvalid_loss_min = np.inf\nprint('was', valid_loss_min)",
    ],
)
def test_what_is_no_figure_is_left_out(line: str) -> None:
    found = named(f"{line}\nfor epoch in range(3):\n    STEP\n    print(loss)\n    loss_fn(x)\n")
    assert list(found) == ["train_loss"]


def test_what_is_reckoned_from_a_score_is_not_that_score() -> None:
    found = named(
        """
        model = Ridge().fit(X_train, y_train)
        pred = model.predict(X_test)
        folds = cross_validate(model, X_train, y_train, scoring=["r2"])
        print("CV R2", np.mean(folds["test_r2"]), "+/-", np.std(folds["test_r2"]))
        print("unexplained", 1 - r2_score(y_test, pred))
        print("MAE", mean_absolute_error(y_test, pred))
        """,
        "import numpy as np\nfrom sklearn.linear_model import Ridge\n"
        "from sklearn.metrics import mean_absolute_error, r2_score\n"
        "from sklearn.model_selection import cross_validate\n",
    )
    assert found == {
        "cv_r2": 'np.mean(folds["test_r2"])',
        "cv_r2_std": 'np.std(folds["test_r2"])',
        "test_mae": "mean_absolute_error(y_test, pred)",
    }


LOOK = """
def look(epoch):
    if epoch % 3 == 2:
        return None
    return mse(net(u), v).item()

for epoch in range(9):
    STEP
    val_loss = look(epoch)
    print(f"loss {loss.item()} val_loss {val_loss}")
"""


def test_what_may_be_none_is_asked_before_it_is_logged_and_unasked_is_refused() -> None:
    text = TORCH + LOOK.replace("    STEP\n", STEP)
    found = rewrite(text, ["mlflow"])
    assert isinstance(found, Rewrite)
    guard = "        if val_loss is not None:\n            mlflow.log_metric("
    assert guard in found.text
    assert not list(faults(text, found.text))
    open_ = found.text.replace("if val_loss is not None:", "if True:")
    (told,) = faults(text, open_)
    assert "`val_loss` may be None" in told


def test_what_a_split_gives_is_told_by_its_place_whatever_it_is_called() -> None:
    text = (Path(__file__).parent / "faults" / "scripts" / "sklearn_short.py").read_text()
    assert [metric.name for metric in recognise(text).metrics] == ["accuracy"]
