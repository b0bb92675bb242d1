"""Smoke runs: through the public functions and the command line, in a real jail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay.adapt.smoke import opened, prepared, run, run_all, script_of, settings_beside
from assay.adapt.words import Settings, Smoked
from assay.cli import main
from assay.core.errors import InputError
from assay.engine.session import Session


@pytest.fixture(scope="module")
def python() -> Iterator[Session]:
    """The interpreter alone: enough for all that needs no library."""
    with opened("python", workers=2) as session:
        yield session


def smoked(session: Session, script: str, *questions: str, **settings: object) -> Smoked:
    return run(session, prepared(script, Settings(**settings)), questions)  # type: ignore[arg-type]


def test_it_runs_as_a_script_does(python: Session) -> None:
    script = """\
import sys, os
print(__name__, sys.argv[1:], os.path.basename(__file__), "caf\\u00e9")
os.write(1, b"from below\\n")
open("left.txt", "w").write("x")
import atexit; atexit.register(lambda: open("at_exit.txt", "w").close())
"""
    found = smoked(python, script, arguments=("--lr", "0.1"), variables={"MODE": "fast"})
    assert found.outcome == "finished", found.message
    assert found.stdout == "__main__ ['--lr', '0.1'] script.py café\nfrom below\n"
    assert set(found.files) == {"left.txt", "at_exit.txt"}
    assert found.files["left.txt"].startswith("2d711642b726b044")  # SHA-256 of "x"


@pytest.mark.parametrize(
    ("script", "line", "said"),
    [
        ("x = 1\ndef f():\n    return 1 / 0\n\nf()\n", 3, "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit('no data')\n", 2, "SystemExit: no data"),
        ("import numpie\n", 1, "No module named 'numpie': the environment does not have it"),
        ("\nname = input('who? ')\n", 2, "asks for input"),
        ("open('/usr/mine', 'w')\n", 1, "Read-only file system"),
        ("import socket\nsocket.create_connection(('127.0.0.1', 80))\n", 2, "not permitted"),
        ("import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', type=int)\n"
         "p.parse_args(['--n', 'x'])\n", 4, "invalid int value"),
    ],
)  # fmt: skip
def test_what_fails_is_told_with_its_line(
    python: Session, script: str, line: int, said: str
) -> None:
    found = smoked(python, script)
    assert (found.outcome, found.line) == ("raised", line)
    assert said in found.message


def test_a_script_that_ends_its_process_has_crashed(python: Session) -> None:
    found = smoked(python, "import os\nos._exit(3)\n", "1")
    assert (found.outcome, found.answers) == ("crashed", (None,))
    assert "exit status 3" in found.message


def test_questions_see_globals_locals_and_the_recorder(python: Session) -> None:
    script = "total = 3\ndef main():\n    best = total + seen()\n    return best\nmain()\n"
    recorder = "import builtins\ncalls = []\nbuiltins.seen = lambda: calls.append(1) or 4\n"
    asked = ("total", "left['main']['best']", "before['calls']", "nothing", "import os\nlen('ab')")
    found = smoked(python, script, *asked, before=recorder)
    assert found.answers == (3, 7, [1], None, 2)
    assert "question 3: NameError" in found.message


LOOP = "for epoch in range(EPOCHS):\n    steps.append(epoch)\nprint(len(steps))\n"


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        (f"EPOCHS = 50\nsteps = []\n{LOOP}", "2"),
        ("import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs', default=50)\n"
         f"EPOCHS = p.parse_args().epochs\nsteps = []\n{LOOP}", "2"),
        ("def train(steps, n_epochs=50):\n  for e in range(n_epochs): steps.append(e)\n"
         "  return len(steps)\nprint(train([]))\n", "2"),
        ("config = {'epochs': 50}\nprint(len(range(config['epochs'])))\n", "2"),
        ("def fit(): pass\nn = 0\nfor i in range(500):\n    fit(); n += 1\nprint(n)\n", "2"),
        ("class Opt:\n    def step(self): pass\nopt, n = Opt(), 0\nwhile True:\n"
         "    opt.step(); n += 1\n    if n > 1000: break\nprint(n)\n", "32"),
        ("print([i for i in range(100)][-1])\nfor i in range(100): pass\nprint(i)\n", "99\n99"),
        ("for name in ['a', 'b', 'c']:\n    print(name)\n", "a\nb\nc"),
        ("seen = []\nfor step in range(8):\n    if step % 100 == 99: seen.append(step)\n"
         "print(seen)\n", "[1, 3, 5, 7]"),
        ("patience_epochs = 30\nbatch_size = 512\nprint(patience_epochs, batch_size)\n", "30 32"),
    ],
)  # fmt: skip
def test_much_is_made_little(python: Session, script: str, printed: str) -> None:
    found = smoked(python, script)
    assert (found.outcome, found.stdout.strip()) == ("finished", printed), found.message


def test_what_the_user_says_of_epochs_holds(python: Session) -> None:
    script = (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs', type=int)\n"
        "print(p.parse_args().epochs)\n"
    )
    assert smoked(python, script, arguments=("--epochs", "5")).stdout == "5\n"
    assert smoked(python, "epochs = 9\nprint(epochs)", epochs=4).stdout == "4\n"


def test_an_adapted_script_is_capped_as_the_original(python: Session) -> None:
    """The text differs, lines move, the loop lies in a function: what is done stays the same."""
    original = "EPOCHS = 30\nfor epoch in range(EPOCHS):\n    print(epoch)\n"
    rewrite = (
        "logged = {}\ndef log_param(name, value): logged[name] = value\n\n"
        "def main():\n    EPOCHS = 30\n    log_param('epochs', 30)\n"
        "    for epoch in range(EPOCHS):\n        print(epoch)\n\nmain()\n"
    )
    first, second = run_all(python, [(prepared(original), ()), (prepared(rewrite), ("logged",))])
    assert first.stdout == second.stdout == "0\n1\n"
    assert second.answers[0] == {"t": "dict", "v": [["epochs", 2]]}


def test_two_runs_say_the_same(python: Session) -> None:
    script = """\
import time, datetime, uuid, random, os
start = time.time()
os.makedirs(f"runs/{datetime.datetime.now():%Y%m%d-%H%M%S}-{uuid.uuid4()}")
open(next(os.path.join(a, "x") for a, b, c in os.walk("runs") if not b), "w").close()
print(f"{time.time() - start:.3f} s", datetime.date.today(), random.random())
print(isinstance(datetime.datetime.now(), datetime.datetime))
"""
    first, second = run_all(python, [(prepared(script), ())] * 2)
    assert first.outcome == "finished", first.message
    assert (first.stdout, first.files, first.random) == (second.stdout, second.files, second.random)
    assert first.stdout.startswith("2.000 s")
    assert first.stdout.endswith("True\n")


def test_files_and_downloads_are_made_up(python: Session) -> None:
    script = """\
import os, glob, urllib.request
text = open("data/corpus.txt").read()
urllib.request.urlretrieve("https://example.org/names.txt", "names.txt")
print(len(text.splitlines()) > 50, open("names.txt").read() != text, os.path.exists("model.pt"))
print(len(glob.glob("texts/*.txt")), open("/elsewhere/notes.txt").readline() != "")
"""
    found = smoked(python, script, fixtures={"corpus.txt": {"rows": 60}})
    assert (found.outcome, found.stdout) == ("finished", "True True False\n16 True\n"), (
        found.message
    )
    assert not found.files, "what we laid is not what the script left"
    assert any("data/corpus.txt: synthetic" in note for note in found.replaced)


def test_a_notebook_is_a_script(tmp_path: Path, python: Session) -> None:
    place = tmp_path / "book.ipynb"
    cells = [
        {"cell_type": "markdown", "source": ["# title"]},
        {
            "cell_type": "code",
            "source": ["!pip install x\n", "if True:\n", "    %matplotlib inline\n"],
        },
        {"cell_type": "code", "source": "print('ran')"},
    ]
    place.write_text(json.dumps({"cells": cells}))
    text, notes = script_of(place)
    found = run(python, prepared(text, None, notes))
    assert (found.outcome, found.stdout) == ("finished", "ran\n")
    assert found.replaced[0] == "left out the line !pip install x"


def test_bad_input_is_told_in_a_line(tmp_path: Path) -> None:
    for name, text, said in (
        ("gone.py", None, "there is no such file"),
        ("wrong.py", "x = 1\ndef f(:\n", "line 2: not Python"),
        ("empty.py", "\n", "no code in it"),
        ("broken.ipynb", "{}", "not a notebook"),
    ):
        if text is not None:
            (tmp_path / name).write_text(text)
        with pytest.raises(InputError, match=said):
            script_of(tmp_path / name)


def test_settings_lie_beside_the_script(tmp_path: Path) -> None:
    place = tmp_path / "pyproject.toml"
    place.write_text(
        "[tool.assay.smoke]\narguments = \"--data 'my file.csv'\"\nepochs = 3\n"
        'fixtures."my file.csv" = { rows = 5 }\n'
    )
    found = settings_beside(tmp_path / "train.py", epochs=1, steps=None)
    assert found.arguments == ("--data", "my file.csv")
    assert (found.epochs, found.steps, found.fixtures["my file.csv"]) == (1, 8, {"rows": 5})
    for wrong, said in (
        ("epoch = 3", "epochs"),
        ("steps = 'x'", "steps: 'x' is not a whole number"),
        ("arguments = 3", "arguments: 3 is not a text or a list"),
        ("epochs = 0", "at least 1"),
        ('fixtures."a.csv" = 3', "a.csv: a table of"),
        ('fixtures."a.csv" = { columns = { x = "wat" } }', "x: 'wat' is no kind of column"),
        ('fixtures."a.csv" = { columns = ["x"] }', "is not a table of columns"),
    ):
        place.write_text(f"[tool.assay.smoke]\n{wrong}\n")
        with pytest.raises(InputError, match=said):
            settings_beside(tmp_path / "train.py")


def test_the_verb_says_what_became_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "train.py"
    place.write_text("EPOCHS = 10\nopen('out.txt', 'w').close()\nprint(EPOCHS)\n")
    assert main(["smoke", str(place), "--environment", "python"]) == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("EPOCHS: 10 → 2", "out.txt", "train.py finished")), told
    place.write_text("raise ValueError('shape')\n")
    assert main(["smoke", str(place), "--environment", "python", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["line"]) == ("raised", 1)
    assert main(["smoke", str(tmp_path / "none.py")]) == 2


@pytest.fixture(scope="module")
def mlops() -> Iterator[Session]:
    """The environment of trackers and frameworks; it takes its time to start."""
    with opened(workers=2) as session:
        yield session


TRAINING = """\
import torch
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms, models
torch.manual_seed(1)
BEGIN
full = datasets.CIFAR10("data", download=True, transform=transforms.ToTensor())
train, held = random_split(full, [45_000, 5_000])
def main(epochs=90):
    net = nn.Sequential(nn.Flatten(), nn.Linear(3072, 10)).to("cuda")
    opt = torch.optim.SGD(net.parameters(), lr=RATE)
    for epoch in range(epochs):
        for step, (x, y) in enumerate(DataLoader(train, 64, shuffle=True, num_workers=4)):
            loss = nn.functional.cross_entropy(net(x.cuda()), y)
            opt.zero_grad(); loss.backward(); opt.step()
            LOG
        print(epoch, step, loss.item())
    torch.save(net.state_dict(), "net.pt")
main()
END
"""


def training(begin: str = "", log: str = "pass", end: str = "", rate: float = 0.01) -> str:
    words = {"BEGIN": begin, "LOG": log, "END": end, "RATE": str(rate)}
    text = TRAINING
    for word, code in words.items():
        text = text.replace(word, code)
    return text


@pytest.mark.slow
def test_trackers_run_beside_the_training_and_leave_it_alone(mlops: Session) -> None:
    adapted = {
        "plain": training(),
        "wandb": training("import wandb\nrun = wandb.init(project='p')",
                          "run.log({'loss': loss.item()}, step=step)", "run.finish()"),
        "tensorboard": training("from torch.utils import tensorboard as t\nw = t.SummaryWriter()",
                                "w.add_scalar('loss', loss.item(), step)", "w.close()"),
        "comet": training("import comet_ml\nexp = comet_ml.start(project_name='p')",
                          "exp.log_metric('loss', loss.item(), step=step)", "exp.end()"),
        "mlflow": training("import mlflow\nmlflow.start_run()",
                           "mlflow.log_metric('loss', loss.item(), step=step)",
                           "mlflow.end_run()"),
        "faster": training(rate=0.010000001),
    }  # fmt: skip
    stored = (
        "client = mlflow.MlflowClient()\nrun, = mlflow.search_runs(output_format='list')\n"
        "len(client.get_metric_history(run.info.run_id, 'loss'))"
    )
    asked = [
        (prepared(text), (stored,) if name == "mlflow" else ()) for name, text in adapted.items()
    ]
    found = dict(zip(adapted, run_all(mlops, asked), strict=True))
    plain = found["plain"]
    for name, one in found.items():
        assert one.outcome == "finished", f"{name}: {one.message}"
        assert set(one.weights) == {"main.net"}
        alike = (one.weights, one.stdout) == (plain.weights, plain.stdout)
        assert alike == (name != "faster"), name
        assert one.random["torch"] == plain.random["torch"]
        assert one.cpu_seconds < 20
    assert set(plain.files) == {"net.pt"}
    assert [line.split()[:2] for line in plain.stdout.splitlines()] == [["0", "7"], ["1", "7"]]
    assert any(name.endswith(".wandb") for name in found["wandb"].files)
    assert any("tfevents" in name for name in found["tensorboard"].files)
    assert any(name.endswith(".zip") for name in found["comet"].files)
    assert found["mlflow"].answers == (16,)


@pytest.mark.slow
@pytest.mark.parametrize(
    "script",
    [
        "import torchvision\nm = torchvision.models.resnet18(weights='DEFAULT')\n",
        "import lightning as L, torch\nfrom torch.utils.data import DataLoader, TensorDataset\n"
        "class M(L.LightningModule):\n"
        "    def __init__(self): super().__init__(); self.l = torch.nn.Linear(2, 1)\n"
        "    def training_step(self, b, i): return self.l(b[0]).mean()\n"
        "    def configure_optimizers(self): return torch.optim.SGD(self.parameters(), 0.1)\n"
        "m = M()\nt = L.Trainer(max_epochs=100, accelerator='gpu', devices=4)\n"
        "t.fit(m, DataLoader(TensorDataset(torch.ones(999, 2)), batch_size=4))\n"
        "assert (t.current_epoch, t.global_step) == (2, 16)\n",
        "import keras\n(x, y), _ = keras.datasets.cifar100.load_data()\n"
        "m = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(100)])\n"
        "m.compile('sgd', keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n"
        "h = m.fit(x / 255.0, y, epochs=30, validation_split=0.2)\n"
        "assert x.shape == (50000, 32, 32, 3) and len(h.history['val_loss']) == 2\n"
        "assert m.predict(x[:999]).shape == (999, 100)\n",
        "from sklearn.datasets import fetch_california_housing\n"
        "from sklearn.ensemble import RandomForestRegressor\n"
        "d = fetch_california_housing(as_frame=True)\n"
        "m = RandomForestRegressor(n_estimators=500, random_state=0).fit(d.data, d.target)\n"
        "assert len(m.estimators_) == 10 and m.score(d.data, d.target) > 0.6\n",
        "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
        "df = pd.read_csv('https://example.org/people.csv')\n"
        "m = LogisticRegression().fit(df[['age', 'income']], df['churn'])\n"
        "assert set(df['churn']) == {0, 1}\n",
        "import xgboost\nfrom sklearn.datasets import load_iris\n"
        "x, y = load_iris(return_X_y=True)\n"
        "m = xgboost.XGBClassifier(n_estimators=300).fit(x, y)\n",
    ],
    ids=["torchvision", "lightning", "keras", "sklearn", "csv", "xgboost"],
)
def test_frameworks_run_short_on_made_up_data(mlops: Session, script: str) -> None:
    first, second = run_all(mlops, [(prepared(script), ())] * 2)
    assert first.outcome == "finished", first.message
    assert first.weights["m"] == second.weights["m"]


@pytest.mark.slow
def test_local_sockets_reach_nobody_else(mlops: Session) -> None:
    """W&B's service is talked to by a Unix socket; no other kind can be made."""
    script = """\
import socket
def made(*kind):
    try:
        return bool(socket.socket(*kind))
    except OSError:
        return False
stream = made(socket.AF_UNIX, socket.SOCK_STREAM)
others = [made(f, k) for f in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
          for k in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_STREAM) if (f, k) != (1, 1)]
"""
    assert smoked(mlops, script, "stream", "any(others)").answers == (True, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "told"),
    [
        (
            'wine = pd.read_csv("wine.csv", sep=";", decimal=",")\n'
            'print(wine["quality"].nunique() > 1, wine.drop(columns="quality").shape[1] > 2)\n'
            'print(wine.select_dtypes("number").shape == wine.shape)',
            "True True\nTrue\n",
        ),
        (
            r'raw = pd.read_csv("raw.data", header=None, names=["height", "label"], sep=r"\s+")'
            '\nprint(list(raw), raw["height"].dtype)',
            "['height', 'label'] float64\n",
        ),
    ],
)
def test_a_table_is_made_as_the_script_reads_it(mlops: Session, script: str, told: str) -> None:
    found = smoked(mlops, f"import pandas as pd\n{script}\n")
    assert found.stdout == told, found.message
