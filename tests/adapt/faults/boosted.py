"""What boosting evaluates in each round, and figures that are kept in lists and arrays."""

from __future__ import annotations

from tests.adapt.faults import Adaptation, Edits, Fault

_TRAINED = '(test, "eval")])\n'
_ROUNDS = """\
    for data, kept in history.items():
        for metric, values in kept.items():
            for step, value in enumerate(values):
                mlflow.log_metric(f"{data}_{metric}", value, step=step)
"""
_KEPT = ".fit(X).inertia_)\n"
_SCORED = "print(scores)\n"
_BOOSTED: Edits = (
    ("import xgboost as xgb\n", "import mlflow\nimport xgboost as xgb\n"),
    (
        _TRAINED,
        '(test, "eval")], evals_result=history)\nwith mlflow.start_run(run_name="rounds"):\n'
        f"    mlflow.log_params(params)\n{_ROUNDS}",
    ),
    ("booster = xgb", "history = {}\nbooster = xgb"),
    (
        "inertias = []\nfor k in range(2, 4):\n    inertias",
        'mlflow.start_run(run_id=mlflow.last_active_run().info.run_id)\n'
        "inertias = []\nfor k in range(2, 4):\n    inertias",
    ),
    (_KEPT, f'{_KEPT}    mlflow.log_metric("inertia", inertias[-1], step=k)\n'),
    (_SCORED, f'{_SCORED}mlflow.log_metric("cv_score", scores.mean())\nmlflow.end_run()\n'),
)  # fmt: skip

ADAPTATIONS = [Adaptation("boosting + mlflow", "boosting_rounds", ("mlflow",), _BOOSTED)]


def _fault(name: str, *edits: tuple[str, str]) -> Fault:
    return Fault(name, "boosting + mlflow", "metrics", edits)


_NAMED = 'f"{data}_{metric}", value, step=step'
_CROSSED = '"cv_score", scores.mean()'
FAULTS = [
    _fault("rounds are counted from 1", (_NAMED, 'f"{data}_{metric}", value, step=step + 1')),
    _fault(
        "rounds of train and eval are swapped",
        ("data, kept in history.items()", "data, kept in zip(['eval', 'train'], history.values())"),
    ),
    _fault("the first round is left out", ("enumerate(values)", "enumerate(values[1:])")),
    _fault("each step is one less", ("inertias[-1], step=k", "inertias[-1], step=k - 1")),
    _fault("the first inertia is logged again", ("inertias[-1], step=k", "inertias[0], step=k")),
    _fault("one fold stands for all", (_CROSSED, '"cv_score", scores[0]')),
    _fault("the spread of the folds is the score", (_CROSSED, '"cv_score", scores.std()')),
    _fault("a cross-validation's accuracy is an error", (_CROSSED, '"cv_mse", scores.mean()')),
    _fault("hits are the cross-validation's", (_CROSSED, '"cv_score", float(hits)')),
    _fault("a cross-validation is of the test", (_CROSSED, '"test_score", scores.mean()')),
]  # fmt: skip
