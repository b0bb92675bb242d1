"""Smoke runs of scripts that count on folders, arguments, data or figures that are not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assay.adapt.smoke import opened, prepared, run
from assay.adapt.words import Settings, Smoked
from assay.engine.session import Session


@pytest.fixture(scope="module")
def python() -> Iterator[Session]:
    with opened("python", workers=1) as session:
        yield session


@pytest.fixture(scope="module")
def mlops() -> Iterator[Session]:
    with opened(workers=1) as session:
        yield session


def smoked(session: Session, script: str) -> Smoked:
    return run(session, prepared(script, Settings()))


def test_a_folder_that_came_with_the_repository_is_made_when_it_is_written_to(
    python: Session,
) -> None:
    script = """\
import os
print(os.path.isdir("results/late"))
with open("results/late/out.txt", "w") as file:
    file.write("x")
os.mkdir("plots")
"""
    found = smoked(python, script)
    assert (found.outcome, found.stdout) == ("finished", "False\n"), found.message
    assert "results/late/out.txt" in found.files
    assert "folder results/late: made, for what is written there" in found.replaced


def test_what_a_notebook_shows_is_shown_to_nobody(python: Session) -> None:
    script = "from IPython.display import clear_output, display\nimport IPython\ndisplay(3)\n"
    found = smoked(python, script + "print(IPython.get_ipython(), clear_output())\n")
    assert (found.outcome, found.stdout) == ("finished", "None None\n"), found.message
    assert "IPython: shows nothing" in found.replaced


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("accuracy > 0.95", True),
        ("results.test_acc >= 0.9", True),
        ("rows > 5", False),
        ("accuracy.ok", False),
    ],
)
def test_a_figure_is_not_asked_of_a_training_that_was_cut_short(
    python: Session, test: str, holds: bool
) -> None:
    script = (
        "import types\nresults = types.SimpleNamespace(test_acc=0.1)\naccuracy, rows = 0.1, 1\n"
    )
    found = smoked(python, f"{script}assert {test}\n")
    assert (found.outcome == "finished") is holds, found.message


@pytest.mark.parametrize(
    ("option", "printed"),
    [
        ("'--dataset', required=True, help='cifar10 | lsun | fake'", "cifar10"),
        ("'--kind', required=True, help='a | b'", "a"),
        ("'--data-path', type=str", "data"),
        ("'--dataroot'", "data"),
        ("'--train_csv', default=None", "data.csv"),
        ("'--resume', type=str", "None"),
        ("'--data-size', type=int", "None"),
    ],
)
def test_where_the_data_lie_is_made_up_where_nobody_says(
    python: Session, option: str, printed: str
) -> None:
    script = f"import argparse\np = argparse.ArgumentParser()\np.add_argument({option})\n"
    found = smoked(python, script + "print(*vars(p.parse_args()).values())\n")
    assert found.stdout.strip() == printed, found.message


@pytest.mark.slow
def test_tables_of_openml_have_the_columns_that_scripts_name(mlops: Session) -> None:
    script = """\
from sklearn.datasets import fetch_openml
X, y = fetch_openml("titanic", version=1, as_frame=True, return_X_y=True)
print(X[["age", "fare"]].mean().between(1, 200).all(), sorted(X["sex"].unique()), set(y))
bikes = fetch_openml("Bike_Sharing_Demand", version=2, as_frame=True)
print(bikes.frame["weather"].dtype, bikes.target.name, len(bikes.data.columns))
"""
    found = smoked(mlops, script)
    assert found.stdout.splitlines() == [
        "True ['female', 'male'] {'0', '1'}", "category count 12",
    ] or found.stdout.splitlines() == [
        "True ['female', 'male'] {'1', '0'}", "category count 12",
    ], found.message  # fmt: skip


@pytest.mark.slow
def test_what_torch_saves_needs_no_folder_and_no_line_numbers(mlops: Session) -> None:
    script = """\
import torch
torch.manual_seed(0)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.line = torch.nn.Linear(2, 1)
    def forward(self, x):
        return self.line(x)
net = Net()
torch.save(net.state_dict(), "weights/net.pt")
torch.jit.script(net).save("weights/scripted.pt")
"""
    found = smoked(mlops, script)
    later = smoked(mlops, script.replace("class Net", "\n# another line\nclass Net"))
    other = smoked(mlops, script.replace("manual_seed(0)", "manual_seed(1)"))
    assert found.outcome == "finished", found.message
    assert found.files == later.files
    assert found.files["weights/scripted.pt"] != other.files["weights/scripted.pt"]


@pytest.mark.slow
def test_verbose_fits_tell_the_same_times(mlops: Session) -> None:
    script = """\
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
X, y = [[0], [1], [2], [3], [4], [5]], [0, 0, 0, 1, 1, 1]
GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, verbose=3).fit(X, y)
"""
    found = smoked(mlops, script)
    assert found.stdout.count("total time=   0.0s") == 4, found.stdout
