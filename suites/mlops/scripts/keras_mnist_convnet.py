# MNIST in Keras, everything in one go
import keras
from keras.datasets import mnist
from keras.layers import BatchNormalization, Conv2D, Dense, Dropout, GlobalAveragePooling2D, MaxPooling2D
from keras.models import Sequential

keras.utils.set_random_seed(12)

BATCH = 256
EPOCHS = 12
DROPOUT = 0.25

(x, y), (x_test, y_test) = mnist.load_data()
x = x.reshape(x.shape + (1,)).astype("float32") / 255.0
x_test = x_test.reshape(x_test.shape + (1,)).astype("float32") / 255.0
n_val = len(x) // 10
x_val, y_val = x[:n_val], y[:n_val]
x_train, y_train = x[n_val:], y[n_val:]
print(f"train {x_train.shape}, validation {x_val.shape}, test {x_test.shape}")

model = Sequential()
model.add(keras.Input(shape=(28, 28, 1)))
model.add(Conv2D(24, 3, activation="relu", padding="same"))
model.add(BatchNormalization())
model.add(MaxPooling2D())
model.add(Conv2D(48, 3, activation="relu", padding="same"))
model.add(BatchNormalization())
model.add(MaxPooling2D())
# model.add(Flatten())
model.add(GlobalAveragePooling2D())
model.add(Dropout(DROPOUT))
model.add(Dense(10, activation="softmax"))

model.compile(optimizer=keras.optimizers.Adam(learning_rate=2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=EPOCHS, batch_size=BATCH, validation_data=(x_val, y_val), verbose=2)

test_loss, test_acc = model.evaluate(x_test, y_test, verbose=0)
print("test loss %.4f, test accuracy %.4f" % (test_loss, test_acc))
model.save("mnist.keras")
