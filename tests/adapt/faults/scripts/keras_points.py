# ruff: noqa
"""A dense network in Keras, fitted and evaluated."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)
batch_size = 16
epochs = 2
rng = np.random.default_rng(0)
x = rng.normal(size=(128, 5)).astype("float32")
y = (x[:, 0] > 0).astype("float32")
x_train, y_train, x_test, y_test = x[:96], y[:96], x[96:], y[96:]

model = keras.Sequential(
    [keras.Input((5,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, validation_split=0.25, verbose=0)
score = model.evaluate(x_test, y_test, verbose=0)
print("Test loss:", round(score[0], 5))
print("Test accuracy:", round(score[1], 5))
