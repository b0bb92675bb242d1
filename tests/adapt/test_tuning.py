"""Searches put into training scripts: what they go by, what they vary, what is declined."""

from __future__ import annotations

import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.proving import OriginalFails, prove_all
from assay.adapt.smoke import opened
from assay.adapt.words import Declined, Rewrite
from assay.core.errors import InputError

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
KERAS = """
    import keras
    from keras.datasets import mnist

    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    x_train, x_test = x_train / 255.0, x_test / 255.0


    def build():
        model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model


    stop = keras.callbacks.EarlyStopping("loss")
    model = build()
    model.fit(
        x_train, y_train,
        epochs=5, validation_data=(x_test, y_test),
        callbacks=[stop],
    )
    print("test", model.evaluate(x_test, y_test, verbose=0))
    """
GRAPH = """
    import torch
    from torch import nn

    torch.manual_seed(3)
    nodes = torch.randn(60, 8)
    labels = (nodes[:, 0] > 0).long()
    order = torch.randperm(60)
    idx_train, idx_val = order[:20], order[20:40]
    model = nn.Linear(8, 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(30):
        model.train()
        optimizer.zero_grad()
        output = model(nodes)
        loss_train = nn.functional.cross_entropy(output[idx_train], labels[idx_train])
        loss_train.backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            output = model(nodes)
            loss_fit = nn.functional.cross_entropy(output[idx_train], labels[idx_train]).item()
            loss_all = nn.functional.cross_entropy(output, labels).item()
            pred = output.argmax(1)
            acc_val = (pred[idx_val] == labels[idx_val]).float().mean().item()
            loss_val = nn.functional.cross_entropy(output[idx_val], labels[idx_val]).item()
        print("train", loss_train.item(), loss_fit, "all", loss_all, "val", loss_val, acc_val)
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
    assert 'direction="maximize"' in text


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
    text = "\n".join(_lines(FLAT, objective="val_loss"))
    assert "study.tell(trial, val_loss" in text
    found = rewrite(_script(FLAT), ["optuna"], objective="train_loss")
    assert isinstance(found, Declined)
    assert "on the data that is trained on" in found.reason
    assert found.reason.endswith("on held-out data there are val_loss")
    with pytest.raises(InputError, match="mlflow has none; optuna goes by one"):
        rewrite(_script(FLAT), ["mlflow"], objective="val_loss")
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
        ("pretrain_finetune", "lines 27, 47"),
        ("dataset_statistics", "no training"),
    ],
)
def test_what_a_search_would_spoil_is_declined_with_its_reason(script: str, reason: str) -> None:
    assert reason in _declined(script)


def test_test_arrays_make_way_for_a_part_of_the_training_data() -> None:
    lines = [line.strip() for line in _of("forecast_lstm")]
    first = lines.index("whole_data = X_train, y_train, X_test, y_test")
    again = lines.index("X_train, y_train, X_test, y_test = whole_data")
    split = lines.index("X_train, X_test, y_train, y_test = train_test_split(")
    loader = next(at for at, line in enumerate(lines) if line.startswith("loader = DataLoader"))
    assert first < again < split < loader
    # What has an order is held back from its end.
    assert lines[split + 1] == "X_train, y_train, test_size=0.1, shuffle=False"


def test_fit_is_given_held_out_data_where_it_has_none_or_only_test_data() -> None:
    text = "\n".join(_lines(KERAS))
    assert "train_test_split(\n            x_train, y_train, test_size=0.1, random_state=0" in text
    assert "validation_data=(x_test, y_test)" in text
    text = "\n".join(_lines(KERAS.replace(", validation_data=(x_test, y_test)", "")))
    assert "    held_out = None\n    if searching:" in text
    assert "        held_out = x_train_held_out, y_train_held_out" in text
    assert "    callbacks=[stop], validation_data=held_out,\n" in text


def test_an_optimiser_that_has_only_a_name_gets_a_learning_rate() -> None:
    lines = _lines(KERAS)
    assert "LEARNING_RATE = 0.001" in lines
    assert any("model.compile(keras.optimizers.Adam(learning_rate=LEARNING_RATE)," in line
               for line in lines)  # fmt: skip
    assert 'study.enqueue_trial({"learning_rate": LEARNING_RATE})' in lines
    text = "\n".join(_lines(FLAT.replace("lr=learning_rate, weight_decay=1e-3", "0.05")))
    assert "torch.optim.SGD(model.parameters(), lr)" in text.replace("learning_rate", "lr")


def test_what_training_changes_is_made_anew_in_each_round() -> None:
    lines = [line.strip() for line in _lines(KERAS)]
    begins = lines.index("for trial_number in range(N_TRIALS + 1):")
    assert begins < lines.index('stop = keras.callbacks.EarlyStopping("loss")')
    lines = [line.strip() for line in _of("keras_denoising_notebook")]
    begins = lines.index("for trial_number in range(N_TRIALS + 1):")
    assert begins < lines.index("inp = Input(shape=(28, 28, 1))")
    assert 'study.tell(trial, h.history["val_loss"][-1])' in lines


def test_a_trial_ends_with_its_training_and_the_last_round_with_the_test() -> None:
    found = rewrite((SCRIPTS / "gcn_cora.py").read_text(), ["mlflow", "optuna"])
    assert isinstance(found, Rewrite)
    lines = [line.strip() for line in found.text.splitlines()]
    told = lines.index("study.tell(trial, best)")
    assert lines[told + 1] == "continue"
    assert told < lines.index("loss_test = F.nll_loss(output[idx_test], labels[idx_test]).item()")
    assert [stage.targets for stage in found.stages] == [("mlflow",), ("optuna",)]


def test_the_trainer_of_hugging_face_is_given_parts_of_its_training_data() -> None:
    text = "\n".join(_of("hf_sentiment"))
    assert 'parts = tokenized["train"].train_test_split(test_size=0.1, seed=0)' in text
    assert 'eval_dataset=parts["test"] if searching else tokenized["test"],' in text
    assert 'study.tell(trial, trainer.evaluate()["eval_accuracy"])' in text


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
@pytest.mark.parametrize("text", [FLAT, FOREST, KERAS])
def test_a_search_is_proven_by_running_it(text: str) -> None:
    script = _script(text)
    found = rewrite(script, ["optuna"])
    assert isinstance(found, Rewrite)
    with opened(workers=1) as session:
        proofs = prove_all(session, script, [found])
    assert not isinstance(proofs, OriginalFails)
    assert proofs[0].proven, proofs[0].findings


@pytest.mark.slow
def test_of_a_graph_only_what_is_looked_up_counts() -> None:
    script = _script(GRAPH)
    right = rewrite(script, ["optuna"])
    assert isinstance(right, Rewrite)
    told = "study.tell(trial, loss_val)"
    wrong = [
        replace(right, text=right.text.replace(told, f"study.tell(trial, {name})"))
        for name in ("loss_fit", "loss_train.item()")
    ]
    # Had it learnt from all nodes, none of them would be held out.
    everything = right.text.replace("output[idx_train], labels[idx_train])\n        loss_train.b",
                                    "output, labels)\n        loss_train.b")  # fmt: skip
    assert everything != right.text
    with opened(workers=1) as session:
        proofs = prove_all(session, script, [right, *wrong, replace(right, text=everything)])
    assert not isinstance(proofs, OriginalFails)
    assert [proof.proven for proof in proofs] == [True, False, False, False]
    for proof in proofs[1:]:
        assert any(one.oracle == "held-out" and one.holds is False for one in proof.findings)


@pytest.mark.slow
@pytest.mark.parametrize("targets", [("mlflow", "optuna"), ("wandb", "prune")])
def test_each_of_several_targets_is_proven_against_what_it_was_put_into(
    targets: tuple[str, ...],
) -> None:
    script = _script(FLAT)
    found = rewrite(script, targets)
    assert isinstance(found, Rewrite)
    with opened(workers=1) as session:
        proofs = prove_all(session, script, [found])
    assert not isinstance(proofs, OriginalFails)
    assert proofs[0].proven, proofs[0].findings
    assert {"tracked", "searched" if "optuna" in targets else "sparse"} <= {
        one.oracle for one in proofs[0].findings
    }
