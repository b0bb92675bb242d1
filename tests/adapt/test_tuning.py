"""Searches put into training scripts: what they go by, what they vary, what is declined."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.proving import OriginalFails, prove_all
from assay.adapt.smoke import opened
from assay.adapt.words import Declined, Rewrite

SCRIPTS = Path(__file__).parents[2] / "suites" / "mlops" / "scripts"
FLAT = """
    import torch
    from torch import nn

    learning_rate = 0.05
    x, y = torch.randn(64, 8), torch.randn(64, 1)
    torch.manual_seed(3)
    model = nn.Linear(8, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, weight_decay=1e-3)
    for epoch in range(30):
        train_loss = nn.functional.mse_loss(model(x[:48]), y[:48])
        optimizer.zero_grad()
        train_loss.backward()
        optimizer.step()
        with torch.no_grad():
            val_loss = nn.functional.mse_loss(model(x[48:]), y[48:]).item()
        print("train", train_loss.item(), "val_loss", val_loss)
    torch.save(model.state_dict(), "model.pt")
    """
FOREST = """
    from sklearn.datasets import load_wine
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import train_test_split

    X, y = load_wine(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    forest = RandomForestClassifier(n_estimators=50, random_state=0)
    forest.fit(X_train, y_train)
    print("accuracy", forest.score(X_test, y_test))
    """


def _script(text: str) -> str:
    return textwrap.dedent(text).lstrip()


def _lines(text: str, objective: str | None = None) -> list[str]:
    found = rewrite(_script(text), ["optuna"], objective=objective)
    assert isinstance(found, Rewrite), found
    return found.text.splitlines()


def _of(script: str) -> list[str]:
    return _lines((SCRIPTS / f"{script}.py").read_text())


def _declined(script: str) -> str:
    found = rewrite((SCRIPTS / f"{script}.py").read_text(), ["optuna"])
    assert isinstance(found, Declined)
    return found.reason


def test_each_round_trains_anew_and_the_last_one_with_the_best() -> None:
    lines = _lines(FLAT)
    round_begins = lines.index("for trial_number in range(N_TRIALS + 1):")
    assert "optuna.trial.FixedTrial(study.best_params)" in "\n".join(lines)
    assert 'study = optuna.create_study(direction="minimize"' in lines[round_begins - 2]
    seed, model = (
        lines.index("    torch.manual_seed(3)"),
        lines.index("    model = nn.Linear(8, 1)"),
    )
    assert round_begins < seed < model
    assert lines.index("        study.tell(trial, val_loss)") < lines.index(
        'torch.save(model.state_dict(), "model.pt")'
    )


def test_the_first_trial_is_the_script_as_it_was() -> None:
    text = "\n".join(_lines(FLAT))
    assert 'study.enqueue_trial({"learning_rate": 0.05})' in text
    assert 'learning_rate = trial.suggest_float("learning_rate", 0.005, 0.5, log=True)' in text


def test_a_script_that_knows_only_test_data_searches_on_a_part_of_its_training_data() -> None:
    text = "\n".join(_of("mnist_cnn"))
    assert "train_data, [0.9, 0.1], generator=torch.Generator().manual_seed(0)" in text
    assert "DataLoader(fit_part if searching else train_data" in text
    assert "DataLoader(held_out if searching else test_data" in text


def test_a_figure_that_is_only_printed_is_returned() -> None:
    lines = [line.strip() for line in _of("mnist_cnn")]
    assert "return nll" in lines
    assert "nll = test(net, test_dl, device)" in lines
    assert "study.tell(trial, nll)" in lines


def test_the_search_goes_by_what_the_script_keeps_its_best_by() -> None:
    assert "study.tell(trial, best_val)" in "\n".join(_of("word_language_model"))
    text = "\n".join(_of("imagenet_train"))
    assert "study.tell(trial, best_acc1)" in text
    assert 'create_study(direction="maximize"' in text


def test_libraries_are_asked_for_what_they_measured_on_validation_data() -> None:
    text = "\n".join(_of("lit_image_folder"))
    assert 'study.tell(trial, trainer.callback_metrics["val/acc1"].item())' in text
    text = "\n".join(_of("keras_mnist_convnet"))
    assert 'study.tell(trial, history.history["val_loss"][-1])' in text
    assert "history = model.fit(" in text


def test_settings_of_the_module_are_set_for_all_its_functions() -> None:
    lines = [line.strip() for line in _of("vae")]
    assert "global LEARNING_RATE, LATENT, HIDDEN" in lines


def test_defaults_of_a_model_are_given_by_the_search() -> None:
    text = "\n".join(_of("lit_mnist"))
    assert "model = LitClassifier(hidden_dim=hidden_dim, learning_rate=learning_rate)" in text


def test_an_estimator_is_cross_validated_over_shuffled_training_data() -> None:
    text = "\n".join(_lines(FOREST))
    assert "folds = StratifiedKFold(3, shuffle=True, random_state=0)" in text
    assert "cross_val_score(candidate, X_train, y_train, cv=folds)" in text
    assert "n_estimators=trial.suggest_int" in text
    assert text.index("forest.set_params(**study.best_params)") < text.index("forest.fit(X_train")


def test_an_objective_can_be_named() -> None:
    text = "\n".join(_lines(FLAT, objective="train_loss"))
    assert "study.tell(trial, train_loss" in text
    found = rewrite(_script(FLAT), ["optuna"], objective="nonsense")
    assert isinstance(found, Declined)
    assert "no `nonsense` is computed" in found.reason


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("tree_regression", "compares"),
        ("compare_classifiers", "compares"),
        ("sgd_early_stopping", "compare settings"),
        ("gaussian_process_co2", "marginal likelihood"),
        ("dcgan", "--objective"),
        ("dqn_cartpole", "--objective"),
        ("lit_gan", "--objective"),
        ("forecast_lstm", "test data"),
        ("pretrain_finetune", "lines 27, 47"),
        ("dataset_statistics", "no training"),
    ],
)
def test_what_a_search_would_spoil_is_declined_with_its_reason(script: str, reason: str) -> None:
    assert reason in _declined(script)


def test_names_that_a_search_needs_are_not_taken_from_the_script() -> None:
    found = rewrite(_script(FLAT).replace("epoch in", "trial in"), ["optuna"])
    assert isinstance(found, Declined)
    assert "`trial` of its own" in found.reason


def test_rewriting_takes_less_than_a_second() -> None:
    text = (SCRIPTS / "imagenet_train.py").read_text()
    began = time.process_time()
    assert isinstance(rewrite(text, ["optuna"]), Rewrite)
    assert time.process_time() - began < 1


@pytest.mark.slow
@pytest.mark.parametrize("text", [FLAT, FOREST])
def test_a_search_is_proven_by_running_it(text: str) -> None:
    script = _script(text)
    found = rewrite(script, ["optuna"])
    assert isinstance(found, Rewrite)
    with opened(workers=1) as session:
        proofs = prove_all(session, script, [found])
    assert not isinstance(proofs, OriginalFails)
    assert proofs[0].proven, proofs[0].findings
