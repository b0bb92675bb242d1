"""Hyper-parameters, searched."""

from __future__ import annotations

from tests.adapt.faults import Adaptation, Edits, Fault

_FOREST = """\
forest = RandomForestRegressor(n_estimators=n_estimators, max_depth=max_depth, random_state=0)
forest.fit(X_train, y_train)
"""
_TUNED = _FOREST.replace("max_depth=max_depth", 'max_depth=study.best_params["max_depth"]')
_SEARCH = """\
def objective(trial):
    X_fit, X_val, y_fit, y_val = train_test_split(X_train, y_train, random_state=1)
    tried = RandomForestRegressor(
        n_estimators=n_estimators,
        max_depth=trial.suggest_int("max_depth", 2, 8),
        random_state=0,
    )
    tried.fit(X_fit, y_fit)
    mse = mean_squared_error(y_val, tried.predict(X_val))
    return mse


study = optuna.create_study(direction="minimize", sampler=optuna.samplers.TPESampler(seed=0))
study.optimize(objective, n_trials=4)
"""
_SKLEARN: Edits = (
    ("import numpy as np\n", "import numpy as np\nimport optuna\n"),
    (_FOREST, _SEARCH + _TUNED),
)
_FINAL = 'max_depth=study.best_params["max_depth"], random_state=0)\nforest.fit(X_train, y_train)\n'
_SPLIT = "    X_fit, X_val, y_fit, y_val = train_test_split(X_train, y_train, random_state=1)\n"

_EPOCHS = "    for epoch in range(args.epochs):\n"
_TORCH_SEARCH = """\
    def objective(trial):
        tried = Net(args.hidden)
        rate = trial.suggest_float("lr", 1e-3, 1e-1, log=True)
        steps = torch.optim.SGD(tried.parameters(), lr=rate, momentum=0.9)
        for epoch in range(args.epochs):
            train(args, tried, train_loader, steps, epoch)
        val_loss, _ = evaluate(tried, val_loader)
        return val_loss

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(objective, n_trials=3)
    args.lr = study.best_params["lr"]
"""
_TORCH: Edits = (
    ("import torch\nfrom torch import nn\n", "import optuna\nimport torch\nfrom torch import nn\n"),
    ("    model = Net(args.hidden)\n", _TORCH_SEARCH + "    model = Net(args.hidden)\n"),
)

_PIPELINE = "model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=C))\n"
_TEXTS: Edits = (
    ("import random\n\nfrom sklearn", "import random\n\nimport optuna\nfrom sklearn"),
    (
        _PIPELINE,
        "def objective(trial):\n"
        "    X_fit, X_val, y_fit, y_val = train_test_split(X_train, y_train, random_state=1)\n"
        '    tried_c = trial.suggest_float("C", 0.01, 100, log=True)\n'
        "    tried = make_pipeline(TfidfVectorizer(), LogisticRegression(C=tried_c))\n"
        "    tried.fit(X_fit, y_fit)\n"
        "    tried_loss = log_loss(y_val, tried.predict_proba(X_val))\n"
        "    return tried_loss\n\n\n"
        "study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))\n"
        "study.optimize(objective, n_trials=4)\n"
        + _PIPELINE.replace("C=C", 'C=study.best_params["C"]'),
    ),
)

_FLATS = (
    "model = make_pipeline(columns, RandomForestRegressor(10, max_depth=depth, random_state=0))\n"
)
_FRAME: Edits = (
    ("import numpy as np\n", "import numpy as np\nimport optuna\n"),
    (
        _FLATS,
        "def objective(trial):\n"
        "    X_fit, X_val, y_fit, y_val = train_test_split(X_train, y_train, random_state=1)\n"
        '    tried_depth = trial.suggest_int("depth", 2, 9)\n'
        "    forest = RandomForestRegressor(10, max_depth=tried_depth, random_state=0)\n"
        "    tried = make_pipeline(columns, forest)\n"
        "    tried.fit(X_fit, y_fit)\n"
        "    return mean_absolute_error(y_val, tried.predict(X_val))\n\n\n"
        "study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))\n"
        "study.optimize(objective, n_trials=4)\n"
        'depth = study.best_params["depth"]\n' + _FLATS,
    ),
)

ADAPTATIONS = [
    Adaptation("frame + optuna", "sklearn_frame", ("optuna",), _FRAME),
    Adaptation("texts + optuna", "sklearn_texts", ("optuna",), _TEXTS),
    Adaptation("sklearn + optuna", "sklearn_compare", ("optuna",), _SKLEARN),
    Adaptation("torch + optuna", "torch_points", ("optuna",), _TORCH),
]


def _fault(
    name: str, caught_by: str, *edits: tuple[str, str], of: str = "sklearn + optuna"
) -> Fault:
    return Fault(name, of, caught_by, edits)


FAULTS = [
    _fault(
        "scored on what was fitted",
        "held-out",
        (
            "mean_squared_error(y_val, tried.predict(X_val))",
            "mean_squared_error(y_fit, tried.predict(X_fit))",
        ),
    ),
    _fault(
        "scored on the texts that were fitted",
        "held-out",
        (
            "log_loss(y_val, tried.predict_proba(X_val))",
            "log_loss(y_fit, tried.predict_proba(X_fit))",
        ),
        of="texts + optuna",
    ),
    _fault(
        "scored on the rows of a frame that were fitted",
        "held-out",
        (
            "mean_absolute_error(y_val, tried.predict(X_val))",
            "mean_absolute_error(y_fit, tried.predict(X_fit))",
        ),
        of="frame + optuna",
    ),
    _fault(
        "folds of sorted data",
        "held-out",
        (
            "    tried.fit(X_fit, y_fit)\n"
            "    mse = mean_squared_error(y_val, tried.predict(X_val))\n",
            "    mse = -cross_val_score(tried, X, y, cv=4).mean()\n",
        ),
        (_SPLIT, ""),
        ("import train_test_split\n", "import cross_val_score, train_test_split\n"),
    ),
    _fault(
        "the test set is searched on",
        "held-out",
        (_SPLIT, "    X_fit, X_val, y_fit, y_val = X_train, X_test, y_train, y_test\n"),
    ),
    _fault(
        "two estimators become one",
        "best",
        ("ridge = Ridge(alpha=0.5)\nridge.fit(X_train, y_train)\n", "ridge = forest\n"),
    ),
    _fault(
        "the best is not used",
        "best",
        (_FINAL, "max_depth=max_depth, random_state=0)\nforest.fit(X_train, y_train)\n"),
    ),
    _fault(
        "nothing is trained after the search",
        "best",
        (_TUNED, "forest = KEPT[-1]\n"),
        ("ridge = Ridge(alpha=0.5)\nridge.fit(X_train, y_train)\n", ""),
        (
            "def objective(trial):\n",
            "ridge = Ridge(alpha=0.5)\nridge.fit(X_train, y_train)\n"
            "KEPT = []\n\n\ndef objective(trial):\n",
        ),
        ("    return mse\n", "    KEPT.append(tried)\n    return mse\n"),
    ),
    _fault("the worst is taken", "best", ('direction="minimize"', 'direction="maximize"')),
    _fault("one trial", "searched", ("n_trials=4", "n_trials=1")),
    _fault(
        "the original's value cannot be found", "space", ('"max_depth", 2, 8', '"max_depth", 6, 8')
    ),
    _fault(
        "the trials vary nothing",
        "space",
        ('trial.suggest_int("max_depth", 2, 8)', "max_depth"),
        ('study.best_params["max_depth"]', "max_depth"),
    ),
    _fault(
        "a trial returns the training loss",
        "held-out",
        (
            "            train(args, tried, train_loader, steps, epoch)\n"
            "        val_loss, _ = evaluate(tried, val_loader)\n",
            "            val_loss = train(args, tried, train_loader, steps, epoch)\n",
        ),
        of="torch + optuna",
    ),
    _fault(
        "the best rate is not used",
        "best",
        ('    args.lr = study.best_params["lr"]\n', ""),
        of="torch + optuna",
    ),
    _fault(
        "trials are scored on the test set",
        "held-out",
        ("evaluate(tried, val_loader)", "evaluate(tried, test_loader)"),
        of="torch + optuna",
    ),
]
