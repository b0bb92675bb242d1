"""Keras: metrics taken by their number, one epoch at a time, tapes, what training loops are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assay.adapt.codemod import rewrite
from assay.adapt.facts import recognise
from assay.adapt.proving import prove
from assay.adapt.smoke import opened
from assay.adapt.words import Declined, Proof, Rewrite
from assay.engine.session import Session

MODEL = """\
import keras
import numpy as np

x = np.random.rand(60, 3)
y = x.sum(1, keepdims=True)
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
"""
ONE_BY_ONE = (
    MODEL
    + """\
for iteration in range(1, 9):
    print("iteration", iteration)
    model.fit(x, y, epochs=1)
"""
)
FOLDS = """\
for train, test in folds.split(x, y):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["accuracy"])
    model.fit(x[train], y[train])
    scores = model.evaluate(x[test], y[test])
    print("%s: %.2f%%" % (model.metrics_names[1], scores[1] * 100))
"""


@pytest.fixture(scope="module")
def mlops() -> Iterator[Session]:
    with opened(workers=1) as session:
        yield session


def adapted(text: str) -> Rewrite:
    found = rewrite(text, ["mlflow"], project="example")
    assert isinstance(found, Rewrite), found
    return found


def test_a_metric_taken_by_its_number_has_the_name_it_was_compiled_with() -> None:
    assert 'mlflow.log_metric("test_accuracy", scores[1] * 100' in adapted(MODEL[:32] + FOLDS).text
    others = (
        MODEL[:32] + FOLDS + 'other.compile("sgd", metrics=["auc"])\n'
    )  # which of both it is nobody says
    assert "scores[1] * 100, step" not in adapted(others).text


def test_labels_tell_the_metrics_of_two_networks_apart() -> None:
    text = """\
import numpy as np
for epoch in range(3):
    real, fake = d.train_on_batch(a, b), d.train_on_batch(c, e)
    d_loss = 0.5 * np.add(real, fake)
    g_loss = g.train_on_batch(z, b)
    print("%d [D loss: %f, D accuracy: %f] [G loss: %f]" % (epoch, d_loss[0], d_loss[1], g_loss[0]))
"""
    found = {metric.name: metric.expression for metric in recognise(text).metrics}
    assert found == {"d_loss": "d_loss[0]", "D_accuracy": "d_loss[1]", "g_loss": "g_loss[0]"}


def test_epochs_fitted_one_at_a_time_are_counted_by_their_loop() -> None:
    assert "mlflow.log_metrics(logs, step=iteration)" in adapted(ONE_BY_ONE).text
    anew = ONE_BY_ONE.replace('    print("iteration", iteration)\n', "    model = make()\n")
    assert "step=epoch)" in adapted(anew).text  # a training of its own


def test_a_fit_for_each_step_of_an_episode_gets_no_run() -> None:
    text = """\
def replay(batch):
    for state, target in batch:
        model.fit(state, target, epochs=1)


for episode in range(EPISODES):
    replay(play())
"""
    found = rewrite(MODEL + text, ["mlflow"])
    assert isinstance(found, Declined)
    assert "begin anew" in found.reason


def test_a_tape_of_any_name_trains() -> None:
    text = """\
import tensorflow as tf
for step in range(9):
    with tf.GradientTape() as g:
        loss = tf.reduce_mean(model(x))
    optimizer.apply_gradients(zip(g.gradient(loss, w), w))
    print("loss", loss)
"""
    assert 'mlflow.log_metric("train_loss", float(loss), step=step)' in adapted(text).text


def test_what_the_function_that_trains_is_called_with_is_logged() -> None:
    text = """\
from keras.models import load_model
model = load_model(NAME)
model.compile("sgd", "mse")


def train(data, epochs, rate=0.1, path="a/b"):
    for epoch in range(epochs):
        loss = model.train_on_batch(data, rate)
        print("loss", loss, path)


train(load(), epochs=3)
"""
    assert 'mlflow.log_params({"rate": rate, "epochs": epochs})' in adapted(text).text


@pytest.mark.slow
def test_the_steps_of_single_epochs_are_held_to_the_loop(mlops: Session) -> None:
    right = adapted(ONE_BY_ONE)
    proof = prove(mlops, ONE_BY_ONE, right)
    assert isinstance(proof, Proof)
    assert proof.proven, [one for one in proof.findings if one.holds is False]
    late = replace(right, text=right.text.replace("step=iteration", "step=iteration - 1"))
    wrong = prove(mlops, ONE_BY_ONE, late)
    assert isinstance(wrong, Proof)
    assert [one.oracle for one in wrong.findings if one.holds is False] == ["metrics"] * 2


@pytest.mark.slow
def test_what_keras_evaluates_is_known_by_its_name(mlops: Session) -> None:
    text = (
        MODEL
        + "for n in (1, 2):\n    model.fit(x, y, verbose=0)\n"
        + """\
    scores = model.evaluate(x, y, verbose=0)
    print("%s: %.2f%%" % (model.metrics_names[1], scores[1] * 100))
"""
    )
    proof = prove(mlops, text, adapted(text))
    assert isinstance(proof, Proof)
    assert proof.proven, [one for one in proof.findings if one.holds is False]
    assert any("scores[1] * 100" in one.text for one in proof.findings)


@pytest.mark.slow
def test_generators_draw_the_same_numbers_in_each_run() -> None:
    text = """\
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator
import numpy as np
x, y = np.random.rand(96, 8, 8, 3), np.random.randint(0, 2, 96)
flow = ImageDataGenerator(rotation_range=20).flow(x, y, batch_size=8)
model = tf.keras.Sequential([tf.keras.layers.Flatten(), tf.keras.layers.Dense(2, "softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(flow, epochs=3)
"""
    with opened("mlops-tf", workers=1) as session:
        proof = prove(session, text, adapted(text))
    assert isinstance(proof, Proof)
    assert proof.proven, [one for one in proof.findings if one.holds is False]
