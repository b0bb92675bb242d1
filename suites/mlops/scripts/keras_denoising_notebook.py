#!/usr/bin/env python
# coding: utf-8

# In[1]:

import numpy as np
import matplotlib.pyplot as plt
import keras
from keras.datasets import fashion_mnist
from keras.layers import Conv2D, Conv2DTranspose, Input, MaxPooling2D
from keras.models import Model

# In[2]:

(train_data, _), (test_data, _) = fashion_mnist.load_data()


def preprocess(array):
    """Scale to [0, 1] and add the channel."""
    array = array.astype("float32") / 255.0
    return np.reshape(array, (len(array), 28, 28, 1))


def noise(array, factor=0.4):
    noisy = array + factor * np.random.normal(loc=0.0, scale=1.0, size=array.shape)
    return np.clip(noisy, 0.0, 1.0)


train_data = preprocess(train_data)
test_data = preprocess(test_data)
noisy_train_data = noise(train_data)
noisy_test_data = noise(test_data)
print(train_data.shape, test_data.shape)

# In[3]:

inp = Input(shape=(28, 28, 1))
x = Conv2D(16, (3, 3), activation="relu", padding="same")(inp)
x = MaxPooling2D((2, 2), padding="same")(x)
x = Conv2D(16, (3, 3), activation="relu", padding="same")(x)
x = MaxPooling2D((2, 2), padding="same")(x)
x = Conv2DTranspose(16, (3, 3), strides=2, activation="relu", padding="same")(x)
x = Conv2DTranspose(16, (3, 3), strides=2, activation="relu", padding="same")(x)
x = Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)

autoencoder = Model(inp, x)
autoencoder.compile(optimizer="adam", loss="binary_crossentropy", metrics=["mae"])
autoencoder.summary()

# In[4]:

# first clean -> clean, to see that it learns at all
autoencoder.fit(train_data, train_data, epochs=5, batch_size=128, shuffle=True, validation_data=(test_data, test_data))

# In[5]:

# now noisy -> clean
h = autoencoder.fit(noisy_train_data, train_data, epochs=20, batch_size=128, shuffle=True, validation_data=(noisy_test_data, test_data))

# In[6]:

plt.plot(h.history["loss"], label="train")
plt.plot(h.history["val_loss"], label="val")
plt.legend()
plt.show()

# In[7]:

predictions = autoencoder.predict(noisy_test_data)
mse_before = np.mean((noisy_test_data - test_data) ** 2)
mse_after = np.mean((predictions - test_data) ** 2)
print("MSE noisy: %.5f  denoised: %.5f" % (mse_before, mse_after))

n = 10
indices = np.random.randint(len(test_data), size=n)
plt.figure(figsize=(20, 4))
for i, (a, b) in enumerate(zip(noisy_test_data[indices], predictions[indices])):
    plt.subplot(2, n, i + 1)
    plt.imshow(a.reshape(28, 28), cmap="gray")
    plt.subplot(2, n, i + 1 + n)
    plt.imshow(b.reshape(28, 28), cmap="gray")
plt.show()
