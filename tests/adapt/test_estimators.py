"""Scripts of scikit-learn, XGBoost and LightGBM: figures that are only plotted, cross-validations,
several estimators, what boosting evaluates in each round."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.proving import prove
from assay.adapt.smoke import opened
from assay.adapt.words import Declined, Proof, Rewrite
from assay.engine.session import Session

DATA = """\
from sklearn.datasets import load_iris
X, y = load_iris(return_X_y=True)
X_train, X_test, y_train, y_test = X[::2], X[1::2], y[::2], y[1::2]
"""


@pytest.fixture(scope="module")
def mlops() -> Iterator[Session]:
    with opened(workers=1) as session:
        yield session


def adapted(text: str, target: str = "mlflow") -> Rewrite:
    found = rewrite(textwrap.dedent(text), [target], project="example")
    assert isinstance(found, Rewrite), found
    return found


def logged(text: str, target: str = "mlflow") -> list[str]:
    """The lines that log something, as they stand in the rewrite, but for their indentation."""
    before, after = textwrap.dedent(text).splitlines(), adapted(text, target).text.splitlines()
    added = [line[2:].strip() for line in difflib.ndiff(before, after) if line.startswith("+ ")]
    return [line for line in added if "log_" in line or "config." in line]


@pytest.mark.parametrize(
    ("loop", "wanted"),
    [
        ("for k in range(2, 5):\n    km = KMeans(k).fit(X)\n    wcss.append(km.inertia_)",
         'mlflow.log_metric("inertia", km.inertia_, step=k)'),
        ("ks = range(2, 5)\nfor k in ks:\n    km = KMeans(k).fit(X)\n    wcss.append(km.inertia_)",
         'mlflow.log_metric("inertia", km.inertia_, step=k)'),
        ("for i in range(3):\n    km = KMeans(2).fit(X)\n    test_scores[i] = km.score(X)",
         'mlflow.log_metric("test_score", test_scores[i], step=i)'),
        ('for n, (name, m) in enumerate([("a", KMeans(2)), ("b", KMeans(3))]):\n    m.fit(X)\n'
         "    bics.append(m.bic(X))",
         'mlflow.log_metric(f"{name}/bic", bics[-1])'),
    ],
)  # fmt: skip
def test_what_a_loop_over_settings_keeps_is_logged(loop: str, wanted: str) -> None:
    head = "from sklearn.cluster import KMeans\nwcss, bics, test_scores = [], [], [0] * 9\n"
    assert wanted in logged(head + loop + "\n")


CROSSED = """\
    from sklearn.model_selection import cross_val_score
    from sklearn.svm import SVC
    model = SVC(C=2)
    scores = cross_val_score(model, X, y, cv=3)
    print({})
"""


@pytest.mark.parametrize("told", ["scores", "scores.mean()", '"%.2f" % scores.mean()'])
def test_a_cross_validation_is_logged_as_its_mean(told: str) -> None:
    assert logged(CROSSED.format(told)) == [
        "mlflow.log_params(model.get_params())",
        'mlflow.log_metric("cv_score", scores.mean())',
    ]


def test_models_of_a_list_are_told_apart_by_their_names() -> None:
    text = """\
        from sklearn.model_selection import cross_val_score
        models = []
        models.append(("tree", DecisionTreeClassifier()))
        models.append(("svm", SVC()))
        for name, model in models:
            found = cross_val_score(model, X, y)
            print(name, found.mean())
    """
    assert 'mlflow.log_metric(f"{name}/cv_score", found.mean())' in logged(text)


def test_an_array_is_no_figure() -> None:
    text = (
        DATA
        + """\
from sklearn.svm import SVC
import numpy as np
losses = np.zeros(3)
test_error = losses - 1
SVC().fit(X, y)
print(test_error)
"""
    )
    assert "test_error" not in "".join(logged(text))


def test_several_estimators_have_each_their_parameters() -> None:
    text = (
        DATA
        + """\
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
tree = DecisionTreeClassifier().fit(X_train, y_train)
print("tree score", tree.score(X_test, y_test))
svm = SVC().fit(X_train, y_train)
print("svm score", svm.score(X_test, y_test))
"""
    )
    assert [line for line in logged(text) if "get_params" in line] == [
        f'mlflow.log_params({{f"{name}/{{key}}": value for key, value in {name}.get_params()'
        ".items()})"
        for name in ("tree", "svm")
    ]


LATE = """\
SEED = 3
for k in (2, 3):
    km = KMeans(k, random_state=SEED).fit(X)
    print("inertia", km.inertia_)
final = KMeans(3, random_state=SEED).fit(X)
print("final inertia", final.inertia_)
"""


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("mlflow", ['mlflow.log_params({"SEED": SEED})', "mlflow.log_params(final.get_params())"]),
        ("trackio", ['trackio.config.update({"SEED": SEED})']),  # keeps no later ones
    ],
)
def test_constants_come_first_where_the_estimators_are_made_late(
    target: str, wanted: list[str]
) -> None:
    found = logged("from sklearn.cluster import KMeans\n" + LATE, target)
    assert [line for line in found if "SEED" in line or "get_params" in line] == wanted


def test_where_nothing_is_reckoned_the_estimator_is_asked() -> None:
    text = """\
        from sklearn.mixture import GaussianMixture
        mixture = GaussianMixture(3)
        mixture.fit(X)
    """
    assert logged(text)[-1] == 'mlflow.log_metric("lower_bound", mixture.lower_bound_)'
    silent = rewrite("from sklearn.cluster import DBSCAN\nDBSCAN().fit(X)\n", ["mlflow"])
    assert isinstance(silent, Declined)


def test_autolog_comes_before_all_that_is_fitted() -> None:
    text = (
        DATA
        + """\
from sklearn.decomposition import PCA
from sklearn.svm import SVC
Z = PCA(2).fit_transform(X)
SVC().fit(Z, y)
"""
    )
    lines = adapted(text).text.splitlines()
    places = [next(n for n, line in enumerate(lines) if word in line)
              for word in ("autolog", "PCA(2)")]  # fmt: skip
    assert places == sorted(places)


def rounds(call: str, target: str = "mlflow") -> str:
    text = f"import lightgbm as lgb\nimport xgboost as xgb\nparam = {{'eta': 1, 'a': 2}}\n{call}\n"
    found = adapted(text, target).text
    compile(found, "<rewrite>", "exec")
    return found


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        ("b = xgb.train(param, d, 3, evals=[(d, 'train')])", "evals_result=history)"),
        ("b = xgb.train(param, d, 3, evals=e, evals_result=seen)", "in seen.items()"),
        ("b = lgb.train(param, d, valid_sets=[v])",
         "callbacks=[lgb.record_evaluation(history)])"),
        ("b = lgb.train(param, d, valid_sets=[v], callbacks=[lgb.early_stopping(5)])",
         "callbacks=[lgb.early_stopping(5), lgb.record_evaluation(history)])"),
        ("b = xgb.XGBClassifier()\nb.fit(x, y, eval_set=[(x, y)])", "in b.evals_result().items()"),
        ("b = lgb.LGBMRegressor()\nb.fit(x, y, eval_set=[(x, y)])", "in b.evals_result_.items()"),
        ("b = xgb.cv(param, d, nfold=3)", "series = dict(b)"),
    ],
)  # fmt: skip
def test_what_boosting_evaluates_is_logged_round_by_round(call: str, kept: str) -> None:
    text = rounds(call)
    assert kept in text
    assert "mlflow.log_metrics(dict(zip(series, values)), step=step)" in text
    assert "writer.add_scalar(key, value, step)" in rounds(call, "tensorboard")


def test_two_trainings_of_boosting_are_told_apart() -> None:
    text = rounds("a = xgb.cv(param, d)\nb = xgb.train(param, d, 3, evals=[(d, 'train')])")
    assert 'f"fit_1/{name}"' in text
    assert 'f"fit_2/{data}_{metric}"' in text


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        # The first tree is lost; both scores are 1.
        DATA + "from sklearn.tree import DecisionTreeClassifier as Tree\n"
        "tree = Tree(random_state=0).fit(X, y)\ntree = Tree(random_state=1).fit(X, y)\n",
        DATA + "from sklearn.svm import SVC\nimport matplotlib.pyplot as plt\nscores = []\n"
        "for c in range(1, 7):\n    scores.append(SVC(C=c).fit(X_train, y_train)"
        ".score(X_test, y_test))\nplt.plot(range(1, 7), scores)\n",
        DATA + "from sklearn.svm import SVC\n\n\ndef train():\n"
        "    score = SVC().fit(X_train, y_train).score(X_test, y_test)\n"
        '    print(f"Test accuracy: {score * 100:.1f}%")\n\n\ntrain()\n',
        DATA + "import numpy as np\nfrom sklearn.svm import SVC\n"
        "svm = SVC().fit(X_train, y_train)\nprint(np.mean(svm.predict(X_test) == y_test))\n",
        DATA + "import lightgbm as lgb\nmodel = lgb.LGBMClassifier(n_estimators=4)\n"
        "model.fit(X_train, y_train, eval_set=[(X_test, y_test)])\n",
        DATA + "import xgboost as xgb\nparam = {'eta': 1.0, 'max_depth': 2}\n"
        "data = xgb.DMatrix(X, y)\nfound = xgb.cv(param, data, 3, nfold=3)\nprint(found)\n",
    ],
    ids=["lost estimators", "a plotted loop", "percent", "a mean of hits", "lightgbm", "xgb.cv"],
)
def test_what_the_codemod_makes_of_them_is_proven(mlops: Session, text: str) -> None:
    proof = prove(mlops, text, adapted(text))
    assert isinstance(proof, Proof), proof.reason
    assert proof.proven, [one for one in proof.findings if one.holds is False]


@pytest.mark.slow
def test_keras_tells_of_its_batches_in_turn(mlops: Session) -> None:
    text = """\
import keras
import numpy as np
x = np.zeros((400, 3), "float32")
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(x, x[:, :1], epochs=2, batch_size=4)
model.predict(x, batch_size=4)
"""
    proof = prove(mlops, text, adapted(text))
    assert isinstance(proof, Proof), proof.reason
    assert proof.proven, [one for one in proof.findings if one.holds is False]


SEARCH = (
    DATA
    + """\
import optuna
from sklearn.linear_model import LogisticRegression


def objective(trial):
    c = trial.suggest_float("c", 0.01, 10)
    model = LogisticRegression(C=c, max_iter=50)
    model.fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    return accuracy


study = optuna.create_study(direction="maximize")
study.optimize(objective, n_trials=3)
print("best", study.best_params)
"""
)


def test_each_call_of_what_a_search_is_given_has_a_run_of_its_own() -> None:
    assert 'with mlflow.start_run(run_name="objective", nested=True):' in adapted(SEARCH).text


@pytest.mark.slow
def test_a_search_by_hand_and_neighbours_that_were_asked_are_proven(mlops: Session) -> None:
    neighbours = DATA + (
        "from sklearn.neighbors import KNeighborsClassifier\n"
        "knn = KNeighborsClassifier(n_neighbors=3)\n"
        "knn.fit(X_train, y_train)\n"
        "print(knn, object())\n"
    )
    for text in (
        SEARCH.replace('maximize"', 'maximize", sampler=optuna.samplers.RandomSampler(0)'),
        neighbours,
    ):
        proof = prove(mlops, text, adapted(text))
        assert isinstance(proof, Proof)
        assert proof.proven, proof.findings
