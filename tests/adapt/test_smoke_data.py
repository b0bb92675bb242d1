"""Data that nobody has: made so that the script's own use of them goes through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assay.adapt.jailed import frames, known_tables
from assay.adapt.proving import OriginalFails
from assay.adapt.smoke import environment_for, opened, prepared, run, run_all
from assay.adapt.words import RunOutcome, Settings, Smoked
from assay.engine.session import Session


@pytest.fixture(scope="module")
def python() -> Iterator[Session]:
    with opened("python", workers=1) as session:
        yield session


@pytest.fixture(scope="module")
def mlops() -> Iterator[Session]:
    with opened(workers=2) as session:
        yield session


def smoked(session: Session, script: str, **settings: object) -> Smoked:
    return run(session, prepared(script, Settings(**settings)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("script", "columns"),
    [
        ("df = pd.read_csv('a.csv')\ny = df['price']\nX = df[['rooms', 'area']]\n",
         {"price": {"target"}, "rooms": set(), "area": set()}),
        ("df = pd.read_csv('a.csv')\ndf['both'] = df['one'] + df.two\nprint(df['both'])\n",
         {"one": set(), "two": set()}),
        ("def clean(t):\n    return t.lower()\n"
         "class Tweets:\n    def __init__(self, path):\n        self.df = pd.read_csv(path)\n"
         "        self.df['said'] = self.df['tweet'].apply(clean)\n",
         {"tweet": {"text"}}),
        ("df = pd.read_csv('a.csv').rename(columns={'v2': 'body'})\n"
         "v.fit_transform(df['body'].str.lower())\n", {"v2": {"text"}}),
        ("df = pd.read_csv('a.csv', parse_dates=['day'])\nle = LabelEncoder()\n"
         "df['city'] = le.fit_transform(df['city'])\ndf = df.drop(['no'], axis=1)\n",
         {"day": {"date"}, "city": {"category"}, "no": {"dropped"}}),
        ("df = pd.read_csv('a.csv')\nm.fit(df)\nhistory = m.fit(df)\nh = history.history['loss']\n",
         {}),
        ("a = pd.read_csv('a.csv')\nb = pd.read_csv('other.csv')\nprint(a['mine'], b['yours'])\n",
         {"mine": set()}),
    ],
)  # fmt: skip
def test_columns_are_those_that_the_script_looks_up(
    script: str, columns: dict[str, set[str]]
) -> None:
    told = frames.said_of(script, "data/a.csv")
    assert {head: one.uses for head, one in told.columns.items()} == columns


def test_values_widths_rows_and_the_label_are_told_from_the_use() -> None:
    told = frames.said_of(
        "df = pd.read_csv('a.csv')\ndf['sex'] = df['sex'].map({'m': 0, 'f': 1})\n"
        "x = df[df['kind'] == 'new']\nold = df[df['age'] > 40]\n", "a.csv",
    )  # fmt: skip
    assert list(told.columns["sex"].values) == ["m", "f"]
    assert list(told.columns["kind"].values) == ["new"]
    assert not told.columns["age"].values
    told = frames.said_of(
        "d = np.loadtxt('a.csv')\nX, y = d[:900, 1:9], d[:900, 0]\nlabels = d[:, 0]\n", "a.csv"
    )
    assert (told.width, told.rows, told.label) == (9, 900, 0)


def test_a_test_file_has_the_columns_of_its_training_file_but_the_target() -> None:
    script = "a = pd.read_csv('train.csv')\nb = pd.read_csv('test.csv')\ny = a['y']\nX = a[['p']]\n"
    assert set(frames.said_of(script, "in/train.csv").columns) == {"y", "p"}
    assert set(frames.said_of(script, "in/test.csv").columns) == {"p"}


def test_known_tables_are_known_by_name_and_by_columns() -> None:
    def target(name: str, said: set[str], count: int = 0) -> str | None:
        found = known_tables.columns_of(name, said, count)
        return [*found][-1] if found else None

    assert target("Churn_Modelling.csv", set(), 14) == "Exited"
    assert target("train.csv", {"Survived", "Sex", "Pclass"}) == "Embarked"
    assert target("iris.csv", set(), 5) == "species"
    assert target("train.csv", {"label"}) is None
    assert target("iris.csv", {"rooms", "price"}) is None


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("n = int(input('depth? '))\nprint(n)\n", "depth? 2\n"),
        ("while True:\n    q = input()\n    if q == 'quit':\n        break\nprint(q)\n", "quit\n"),
        ("import sys\nprint(sys.argv[1], float(sys.argv[2]))\n", "data.csv 2.0\n"),
        ("import sys\nprint('few' if len(sys.argv) < 2 else sys.argv[1])\n", "few\n"),
        ("from google.colab import drive\ndrive.mount('/content/drive')\nprint('on')\n", "on\n"),
        ("p = r'C:\\\\my data\\\\notes.txt'\nprint(len(open(p).readline()) > 9)\n", "True\n"),
        ("import tempfile, os\nplace = os.path.join(tempfile.gettempdir(), 'models', 'm.txt')\n"
         "print(open(place, 'w').write('four'))\n", "4\n"),
        ("class K:\n    def fit(self): pass\ndef plot(x, y): print(len(x), len(y))\n"
         "errors = []\nfor k in range(1, 40):\n    K().fit()\n    errors.append(k)\n"
         "plot(range(1, 40), errors)\n", "2 2\n"),
    ],
)  # fmt: skip
def test_what_nobody_gives_is_given(python: Session, script: str, printed: str) -> None:
    found = smoked(python, script)
    assert found.stdout == printed, found.message


def test_an_option_without_a_value_is_named_where_it_may_be_the_cause(python: Session) -> None:
    script = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--shadow')\n"
    found = smoked(python, script + "print(p.parse_args().shadow + '/x')\n")
    assert found.message.endswith("(no value was given for --shadow: choose with --args)")


def test_parts_that_a_library_no_longer_has_are_told_from_libraries_that_are_missing(
    python: Session,
) -> None:
    assert "version of json has no such part" in smoked(python, "import json.nets\n").message
    assert "choose another with --environment" in smoked(python, "import kerras\n").message


@pytest.mark.parametrize(
    ("script", "environment"),
    [
        ("import keras\n", "mlops"),
        ("import keras\nd = keras.utils.image_dataset_from_directory('x')\n", "mlops-tf"),
        ("import os\nos.environ['KERAS_BACKEND'] = 'tensorflow'\nimport keras\n", "mlops-tf"),
        ("# keras.utils.image_dataset_from_directory\nimport keras\n", "mlops"),
    ],
)
def test_what_wants_tensorflow_gets_it(script: str, environment: str) -> None:
    assert environment_for(script) == environment


_TABLES = {
    "positions": "d = pd.read_csv('Churn_Modelling.csv')\nX = d.iloc[:, 3:13]\n"
    "print(X.shape[1], sorted(set(d.iloc[:, 13])), X.iloc[:, 1].dtype)\n",
    "numbers": "d = np.loadtxt('pima.txt', delimiter=',')\n"
    "print(d[:, 0:8].shape[1], d[:, 8].max())\n",
    "texts": "d = pd.read_csv('a.csv')\nx = d['text'].values\n"
    "a, b = train_test_split(x)\nprint(len(a) + len(b), x.dtype, d['text'].str.len().min() > 5)\n",
    "sheet": "d = pd.read_excel('e.xlsx')\nd['D'] = pd.to_datetime(d['D'], format='%d/%m/%Y')\n"
    "print(d['D'].dt.year.nunique() > 0, len(d[d['R'] == 'North']) > 9)\n",
    "split": "d = pd.read_csv('adult.data', sep=', ', engine='python', "
    "names=[*'abcdefghijklmno'])\n"
    "print(d.shape[1], d['o'].unique().tolist())\n",
    "width": "d = pd.read_csv('a.csv')\nX = d.drop('y', axis=1)\nn_features = 13\n"
    "print(X.shape[1])\n",
}
_SAID = {
    "positions": "10 [0, 1] object\n", "numbers": "8 1.0\n", "texts": "240 object True\n",
    "sheet": "True True\n", "split": "15 ['<=50K', '>50K']\n", "width": "13\n",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", _TABLES)
def test_tables_are_as_the_script_uses_them(mlops: Session, kind: str) -> None:
    head = (
        "import numpy as np, pandas as pd\nfrom sklearn.model_selection import train_test_split\n"
    )
    found = smoked(mlops, head + _TABLES[kind])
    assert found.outcome == "finished", found.message
    if kind == "split":
        assert sorted(found.stdout) == sorted(_SAID[kind])
    else:
        assert found.stdout == _SAID[kind]


@pytest.mark.slow
def test_arrays_have_the_names_and_shapes_that_the_script_asks_for(mlops: Session) -> None:
    script = """\
import h5py, numpy as np, pickle, scipy.io as sio
kept = h5py.File('train.h5', 'r')
data = np.load('d.npz')
mat = sio.loadmat('m.mat')
print(kept['set_x'][:].shape[1:], kept['set_y'][:].max())
print(data['arr_0'].shape[1:], mat['y'].shape[1])
print(pickle.load(open('X.pickle', 'rb')).shape[1:], np.load('labels.npy').ndim)
x = np.zeros((2, 48)).reshape(-1, 4, 4, 3)
"""
    found = smoked(mlops, script)
    assert found.stdout == "(4, 4, 3) 1\n(4, 4, 3) 1\n(4, 4, 3) 1\n", found.message


@pytest.mark.slow
def test_what_is_predicted_in_a_pass_is_as_long_as_the_set(mlops: Session) -> None:
    script = """\
import glob, os, torch, torchvision
from PIL import Image
test = torchvision.datasets.MNIST('.', train=False, transform=torchvision.transforms.ToTensor())
seen = torch.cat([y for _, y in torch.utils.data.DataLoader(test, batch_size=32)])
print(len(seen) == len(test.targets) == sum(1 for _ in test), bool((seen == test.targets).all()))
reset = torch.cuda.reset_peak_memory_stats()
print(test[9_999][1] in range(10), torch.cuda.max_memory_reserved(), reset)
paths = glob.glob('pets/*/*.jpg')
print(len({os.path.dirname(one) for one in paths}) > 1, Image.open(paths[0]).size)
for kind in os.listdir('birds'):
    print(len(os.listdir(os.path.join('birds', kind))) > 3)
    break
try:
    iter(torch.utils.data.DataLoader(test)).next()
except AttributeError as error:
    print(error)
"""
    whole = "n = 10_000\n" + script
    found, counted = run_all(mlops, [(prepared(script), ()), (prepared(whole), ())])
    assert found.stdout.splitlines() == [
        "True True", "True 0 None", "True (96, 96)", "True",
        "'_SingleProcessDataLoaderIter' object has no attribute 'next'",
    ], found.message  # fmt: skip
    assert "size of tensor a (256)" in counted.message  # it counts on the true length


def test_a_file_of_any_kind_is_what_the_settings_say(python: Session) -> None:
    fixtures = {"config.yaml": {"text": "lr: 0.1\n"}}
    found = smoked(python, "print(open('conf/config.yaml').read())\n", fixtures=fixtures)
    assert found.stdout == "lr: 0.1\n\n", found.message


def test_values_that_are_tried_are_few_and_stay_apart(python: Session) -> None:
    found = smoked(python, "grid = {'n_estimators': [100, 200], 'depth': [30]}\nprint(grid)\n")
    assert found.stdout == "{'n_estimators': [10, 11], 'depth': [30]}\n"
    assert "n_estimators: 200 → 11" in found.replaced


@pytest.mark.parametrize(
    ("outcome", "message", "replaced", "told"),
    [
        ("timeout", "used more than 70 CPU seconds", (), "make it smaller with --args"),
        ("raised", "FileNotFoundError: no 'a.pt'", (), "say what is in it in [tool.assay.smoke]"),
        ("raised", "KeyError: 'x'", ("file a.csv: synthetic (9 bytes)",), "a.csv is not what"),
        ("raised", "NameError: name 'x'", ("file a.csv: synthetic (9 bytes)",), "the original r"),
    ],
)
def test_a_reason_says_what_to_do(
    outcome: RunOutcome, message: str, replaced: tuple[str, ...], told: str
) -> None:
    assert told in OriginalFails(Smoked(outcome, message, replaced=replaced)).reason


@pytest.mark.slow
def test_large_images_come_in_small_batches(mlops: Session) -> None:
    script = """\
import torch
class Images(torch.utils.data.Dataset):
    def __init__(self, side): self.side = side
    def __len__(self): return 99
    def __getitem__(self, place): return torch.zeros(3, self.side, self.side)
for side in (32, 224):
    for given in ({"batch_size": 16}, {"batch_size": 4}):
        print(len(next(iter(torch.utils.data.DataLoader(Images(side), **given)))), end=" ")
print(len(next(iter(torch.utils.data.DataLoader(Images(224), 64, True)))))
"""
    found = smoked(mlops, script)
    assert found.stdout == "16 4 8 4 8\n", found.message


def test_what_is_made_letter_by_letter_is_short(python: Session) -> None:
    script = """\
class Model:
    def predict(self, x): return x
said = []
for i in range(1000):
    said.append(Model().predict(i))
rows = [Model().predict(one) for one in range(200)]
found = []
for i in range(len(rows)):
    found.append(Model().predict(i))
print(len(said), len(rows), len(found))
"""
    assert smoked(python, script).stdout == "32 200 200\n"
