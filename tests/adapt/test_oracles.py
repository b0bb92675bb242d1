"""What oracles say of logged series and parameters, from records of small scripts."""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Callable, Iterator, Sequence

import pytest

from assay.adapt.jailed.eyes import with_eyes
from assay.adapt.jailed.recording import Recorder
from assay.adapt.oracles.record import Record, record_of
from assay.adapt.oracles.series import judged
from assay.adapt.oracles.values import parameter
from assay.adapt.oracles.words import is_clean
from assay.adapt.stores import Run, Series

Recorded = Callable[[str], Record]
TRAINING = """
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.5)
    parser.add_argument("--optimizer", default="adam")
    args = parser.parse_args([])

    def train(epoch):
        running_loss = 0.0
        for batch_idx in range(4):
            loss = 1.0 / (1 + epoch + batch_idx * args.lr)
            running_loss += loss
        return running_loss / 4

    def test(epoch):
        correct = 0
        for n in range(3):
            correct += n + epoch
        print("Accuracy: {}/{} ({:.0f}%)".format(correct, 20, 100.0 * correct / 20))
        return correct / 20

    best = 0.0
    for epoch in range(1, 4):
        train_loss = train(epoch)
        accuracy = test(epoch)
        best = max(best, accuracy)
"""
LOSSES = [sum(1 / (1 + e + b * 0.5) for b in range(4)) / 4 for e in (1, 2, 3)]
BATCHES = [1 / (1 + e + b * 0.5) for e in (1, 2, 3) for b in range(4)]
SHARES = [6 / 20, 9 / 20, 12 / 20]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    def record(script: str) -> Record:
        recorder = Recorder()
        code = with_eyes(ast.parse(textwrap.dedent(script)), "script.py", recorder, {})
        exec(code, {"__name__": "__main__", "print": lambda *_: None})
        return record_of(recorder.told())

    yield record
    for name in ("see", "turn", "probe"):
        monkeypatch.delattr(builtins, f"__assay_{name}__", raising=False)


def said(
    record: Record, name: str, values: Sequence[float], steps: Sequence[int | None], tracker: str,
    pieces: Sequence[int] = (),
) -> tuple[bool, str]:  # fmt: skip
    series = Series(name, tuple(steps), tuple(values))
    return judged(record, series, Run(tracker, "1", series={name: series}), pieces)


@pytest.mark.parametrize(
    ("name", "values", "steps"),
    [
        ("train/loss", LOSSES, [1, 2, 3]),
        ("train_loss", LOSSES, [1, 2, 3]),
        ("batch_loss", BATCHES, range(12)),  # a step that counts all batches
        ("batch_loss", BATCHES, range(1, 13)),
        ("batch_loss", BATCHES, [e * 4 + b for e in (1, 2, 3) for b in range(4)]),
        ("test/accuracy", SHARES, [1, 2, 3]),
        ("test accuracy", [30.0, 45.0, 60.0], [1, 2, 3]),  # reckoned inside a print
        ("correct", [6, 9, 12], [1, 2, 3]),
    ],
)
def test_true_series_hold(
    recorded: Recorded, name: str, values: Sequence[float], steps: Sequence[int]
) -> None:
    holds, text = said(recorded(TRAINING), name, values, steps, "mlflow")
    assert holds, text
    assert f"{len(values)} steps equal to" in text


@pytest.mark.parametrize(
    ("name", "values", "steps", "why"),
    [
        ("train/loss", LOSSES, [0, 1, 2], "no counter"),
        ("train/loss", LOSSES, [2, 3, 4], "no counter"),
        ("train/loss", LOSSES, [0, 0, 0], "at step 0"),
        ("batch_loss", BATCHES, [0, 1, 2, 3] * 3, "begin anew"),
        ("test/loss", LOSSES, [1, 2, 3], "train data"),
        ("train/accuracy", SHARES, [1, 2, 3], "held out data"),
        ("accuracy", [6, 9, 12], [1, 2, 3], "count"),
        ("loss", SHARES, [1, 2, 3], "nothing of that name"),
        ("train_loss", LOSSES[-1:], [3], "only 1 of the 3"),
        ("train_loss", [4 * one for one in LOSSES], [1, 2, 3], "train_loss"),
        ("train_loss", [round(one, 2) for one in LOSSES], [1, 2, 3], "has"),
        ("accuracy", [0.0, *SHARES[:2]], [1, 2, 3], ""),  # stale
        ("s)_loss_train", LOSSES, [1, 2, 3], "no name"),
    ],
)
def test_untrue_series_are_refused_with_a_reason(
    recorded: Recorded, name: str, values: Sequence[float], steps: Sequence[int], why: str
) -> None:
    holds, text = said(recorded(TRAINING), name, values, steps, "mlflow")
    assert not holds
    assert why in text


def test_trackers_that_count_by_themselves_may_and_tensorboard_has_single_precision(
    recorded: Recorded,
) -> None:
    record = recorded(TRAINING)
    assert said(record, "train/loss", LOSSES, [0, 1, 2], "wandb")[0]
    assert not said(record, "train/loss", LOSSES, [2, 3, 4], "wandb")[0]
    rough = [one * (1 + 1e-8) for one in LOSSES]
    assert said(record, "train/loss", rough, [1, 2, 3], "tensorboard")[0]
    assert not said(record, "train/loss", rough, [1, 2, 3], "mlflow")[0]


def test_what_is_logged_too_early_is_stale(recorded: Recorded) -> None:
    script = """
        best_acc = 0.0
        for epoch in range(4):
            acc = (7 * epoch + 1) / 10
            if acc > best_acc:
                best_acc = acc
    """
    record = recorded(script)
    assert said(record, "best_acc", [0.1, 0.8, 1.5, 2.2], range(4), "mlflow")[0]
    holds, text = said(record, "best_acc", [0.0, 0.1, 0.8, 1.5], range(4), "mlflow")
    assert not holds
    assert "before `best_acc` is computed anew" in text


def test_names_of_two_networks_are_not_mixed(recorded: Recorded) -> None:
    script = """
        for step in range(3):
            errD = 1.5 / (step + 1)
            errG = 0.5 * (step + 1)
            print("Loss_D: %.3f Loss_G: %.3f" % (errD, errG))
    """
    record = recorded(script)
    discriminator = [1.5, 0.75, 0.5]
    assert said(record, "loss_D", discriminator, range(3), "mlflow")[0]
    assert said(record, "discriminator/loss", discriminator, range(3), "mlflow")[0]
    assert not said(record, "loss_G", discriminator, range(3), "mlflow")[0]


def test_parameters_are_those_that_were_used(recorded: Recorded) -> None:
    record = recorded(TRAINING)
    assert parameter(record, "lr", "0.5", autologs=False)[0] is True
    assert parameter(record, "optimizer", "adam", autologs=False)[0] is True
    holds, why = parameter(record, "lr", "0.1", autologs=False)
    assert holds is False
    assert "used 0.5" in why
    assert parameter(record, "momentum", "0.9", autologs=False)[0] is False
    assert parameter(record, "momentum", "0.9", autologs=True)[0] is None


def test_watching_changes_nothing(recorded: Recorded) -> None:
    script = """
        class Base:
            def __init__(self): self.seen = []
        class Thing(Base):
            '''A docstring stays one.'''
            def __init__(self):
                super().__init__()
            def __iter__(self):
                yield from range(3)
        thing = Thing()
        for n in thing:
            if n == 1: continue
            thing.seen.append(n * 2)
        else:
            thing.seen.append("end")
        first, *rest = [n for n in thing.seen]
        assert Thing.__doc__ == 'A docstring stays one.' and f"{first=}" == "first=0"
        try:
            [][1]
        except IndexError as error:
            assert error.__traceback__.tb_lineno == 19
        result = (lambda x: x + first)(2)
        assert (thing.seen, rest, result) == ([0, 4, "end"], [4, "end"], 2)
    """
    record = recorded(script)
    assert [(held, record.names["", "n"][held][1]) for held in range(3)] == [(0, 0), (1, 1), (2, 2)]


def test_a_record_of_another_form_is_a_value_error() -> None:
    for text in ("", "[]", '{"sites": 1}', '{"sites": [], "loops": [], "events": [1]}'):
        with pytest.raises(ValueError, match="no record"):
            record_of(text)


def test_names_read_like_names() -> None:
    assert all(map(is_clean, ("train/loss", "val_acc@5", "lr-AdamW", "Loss D", "acc")))
    assert not any(map(is_clean, ("s)_loss", "{epoch}", "", "%.4f", "a" * 90, "loss: ")))


def test_what_sums_begin_with_says_nothing_of_other_zeros(recorded: Recorded) -> None:
    record = recorded(
        """
        for epoch in range(2):
            train_loss = 0
            train_loss += 1.5 / (1 + epoch)
            correct = 0
            for x in test_loader:
                correct += x
            accuracy = 100 * correct / 4
            print("Loss", train_loss, "Accuracy", accuracy)
    """.replace("test_loader", "[0, 0]")
    )
    assert said(record, "test_accuracy", [0.0, 0.0], [0, 1], "mlflow")[0] is False
    record = recorded("""
        test_loader = [0, 0]
        for epoch in range(2):
            train_loss = 0
            train_loss += 1.5 / (1 + epoch)
            correct = 0
            for x in test_loader:
                correct += x
            accuracy = 100 * correct / 4
            print("Loss", train_loss, "Accuracy", accuracy)
    """)
    holds, text = said(record, "test_accuracy", [0.0, 0.0], [0, 1], "mlflow")
    assert holds, text


def test_settings_of_several_values_are_seen(recorded: Recorded) -> None:
    record = recorded("""
        config = {"steps": (None, 3), "sizes": [4, None], "nested": {"warm": None, "up": 2}}
        print(config["steps"], config["sizes"])
    """)
    for key, value, holds in (
        ("steps", "(None, 3)", True), ("steps", "[None, 3]", True), ("steps", "(None, 4)", False),
        ("sizes", "[4, None]", True), ("nested", "{'warm': None, 'up': 2}", True),
        ("nested|up", "2", True), ("nested|up", "3", False),
    ):  # fmt: skip
        assert (parameter(record, key, value, autologs=False)[0] is True) is holds, key


def test_a_letter_alone_is_no_network(recorded: Recorded) -> None:
    record = recorded("""
        for epoch in range(3):
            g_pos, g_neg = 1.0 / (1 + epoch), 0.25
            for d in range(2):
                width = d * 2.5
            loss = -g_pos + g_neg
            print("Loss:", loss)
    """)
    losses = [-1.0 / (1 + epoch) + 0.25 for epoch in range(3)]
    assert said(record, "train_loss", losses, range(3), "mlflow")[0]


def test_the_turns_of_a_loop_whose_variable_nobody_reads_count_it(recorded: Recorded) -> None:
    record = recorded("""
        def fit(rate):
            for _ in range(2):
                rate = rate / 2
                loss = rate + 1.5
                print("loss", loss)

        fit(3.0)
    """)
    assert said(record, "train_loss", [3.0, 2.25], [0, 1], "mlflow")[0]
    assert not said(record, "train_loss", [3.0, 2.25], [3, 7], "mlflow")[0]


def test_what_comes_before_the_first_epoch_is_of_step_0(recorded: Recorded) -> None:
    record = recorded("""
        def test():
            accuracy = 0.5 + state
            print("accuracy", accuracy)

        state = 0.0
        test()
        for epoch in range(1, 3):
            state += 0.125
            test()
    """)
    assert said(record, "test_accuracy", [0.5, 0.625, 0.75], [0, 1, 2], "mlflow")[0]
    assert not said(record, "test_accuracy", [0.5, 0.625, 0.75], [2, 3, 4], "mlflow")[0]


def test_a_figure_may_be_named_after_the_turn_of_its_loop(recorded: Recorded) -> None:
    record = recorded("""
        for name, base in (("PCA", 2.0), ("kernel PCA", 3.0)):
            error = base / 4
            print(name, error)
    """)
    for name, value, holds in (
        ("PCA/error", 0.5, True),
        ("kernel PCA/error", 0.75, True),
        ("PCA/error", 0.75, False),
    ):
        assert said(record, name, [value], [0], "mlflow")[0] is holds


SEVERAL = """
    def fit(rate):
        for epoch in range(3):
            for phase in ["train", "val"]:
                phase_loss = rate / (1 + epoch) + 0.25 * (phase == "val")
                print("loss", phase_loss)

    fit(0.5)
    fit(0.75)
"""
OF_TRAIN = [rate / (1 + epoch) for rate in (0.5, 0.75) for epoch in range(3)]


@pytest.mark.parametrize(
    ("steps", "pieces", "why"),
    [
        ([0, 1, 2, 0, 1, 2], (3, 3), ""),
        ([0, 1, 2, 0, 1, 2], (), "begin anew"),
        ([0, 1, 2, 0, 1, 2], (2, 4), "begin anew"),
        ([0, 1, 2, 3, 4, 5], (3, 3), "go on"),
        ([0, 1, 2, 0, 1, 2], (1,) * 6, "go on"),
        ([1, 2, 3, 1, 2, 3], (3, 3), "no counter"),
    ],
)
def test_trainings_with_a_run_each_are_read_one_after_the_other(
    recorded: Recorded, steps: Sequence[int], pieces: Sequence[int], why: str
) -> None:
    holds, text = said(recorded(SEVERAL), "train_loss", OF_TRAIN, steps, "mlflow", pieces)
    assert (holds, why in text) == (not why, True), text


def test_parts_of_the_data_in_one_loop_are_told_apart(recorded: Recorded) -> None:
    record = recorded(SEVERAL.replace("fit(0.75)", ""))
    of_val = [value + 0.25 for value in OF_TRAIN[:3]]
    assert said(record, "val_loss", of_val, [0, 1, 2], "mlflow")[0]
    assert said(record, "train_loss", OF_TRAIN[:3], [0, 1, 2], "mlflow")[0]
    assert not said(record, "train_loss", of_val, [0, 1, 2], "mlflow")[0]
    assert not said(record, "val_loss", OF_TRAIN[:3], [0, 1, 2], "mlflow")[0]


def test_what_a_meter_was_last_fed_is_no_validation(recorded: Recorded) -> None:
    script = """
        import types
        def train(losses):
            for epoch in range(3):
                losses.val = 1.0 / (1 + epoch)
                print("loss", losses.val)
        train(types.SimpleNamespace())
    """
    values = [1.0, 1 / 2, 1 / 3]
    assert said(recorded(script), "train_loss", values, [0, 1, 2], "mlflow")[0]
    renamed = recorded(script.replace("losses.val", "losses.val_loss"))
    assert not said(renamed, "train_loss", values, [0, 1, 2], "mlflow")[0]


def test_a_share_in_whole_percent_is_no_count(recorded: Recorded) -> None:
    script = "correct, total = 37, 40\nprint('accuracy', 100 * correct // total)\n"
    assert said(recorded(script), "accuracy", [92], [None], "mlflow")[0]
    assert "count" in said(recorded(script), "accuracy", [37], [None], "mlflow")[1]
