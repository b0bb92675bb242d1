"""Super-resolution by sub-pixel convolution: 3x, luminance only, trained on BSDS500."""
import math
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import layers, ops
from keras.utils import get_file, img_to_array, load_img

UPSCALE = 3
CROP = 300
INPUT = CROP // UPSCALE
BATCH = 8
EPOCHS = 100

dataset_url = "http://www.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/BSR/BSR_bsds500.tgz"
data_dir = get_file(origin=dataset_url, fname="BSR", untar=True)
root = os.path.join(data_dir, "BSDS500", "data", "images")
if not os.path.isdir(root):      # newer Keras has one more folder
    root = os.path.join(data_dir, "BSR", "BSDS500", "data", "images")


def paths_of(split):
    folder = os.path.join(root, split)
    return sorted(os.path.join(folder, n) for n in os.listdir(folder) if n.endswith(".jpg"))


def luminance(path):
    img = load_img(path).convert("YCbCr").resize((CROP, CROP))
    return img_to_array(img)[..., :1] / 255.0


def shrink(y):
    """Means over UPSCALE x UPSCALE blocks."""
    return y.reshape(INPUT, UPSCALE, INPUT, UPSCALE, 1).mean(axis=(1, 3))


class Pairs(keras.utils.PyDataset):
    def __init__(self, paths, batch_size, shuffle=False, **kwargs):
        super().__init__(**kwargs)
        self.paths, self.batch_size, self.shuffle = list(paths), batch_size, shuffle
        self.rng = np.random.default_rng(1337)

    def __len__(self):
        return math.ceil(len(self.paths) / self.batch_size)

    def __getitem__(self, i):
        ys = np.stack([luminance(p) for p in self.paths[i * self.batch_size:(i + 1) * self.batch_size]])
        return np.stack([shrink(y) for y in ys]), ys

    def on_epoch_end(self):
        if self.shuffle:
            self.rng.shuffle(self.paths)


@keras.saving.register_keras_serializable()
class DepthToSpace(layers.Layer):
    def __init__(self, block, **kwargs):
        super().__init__(**kwargs)
        self.block = block

    def call(self, x):
        h, w, c = x.shape[1:]
        r = self.block
        x = ops.reshape(x, (-1, h, w, r, r, c // (r * r)))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, h * r, w * r, c // (r * r)))

    def get_config(self):
        return {**super().get_config(), "block": self.block}


def get_model(upscale_factor=UPSCALE, channels=1):
    conv_args = {"activation": "relu", "kernel_initializer": "orthogonal", "padding": "same"}
    inputs = keras.Input(shape=(INPUT, INPUT, channels))
    x = layers.Conv2D(32, 5, **conv_args)(inputs)
    x = layers.Conv2D(32, 3, **conv_args)(x)
    x = layers.Conv2D(16, 3, **conv_args)(x)
    x = layers.Conv2D(channels * upscale_factor ** 2, 3, padding="same")(x)
    return keras.Model(inputs, DepthToSpace(upscale_factor)(x))


class PSNRCallback(keras.callbacks.Callback):
    """Prints the PSNR on the validation images after each epoch."""

    def __init__(self, data):
        super().__init__()
        self.data = data

    def on_epoch_end(self, epoch, logs=None):
        values = []
        for low, high in (self.data[i] for i in range(len(self.data))):
            mse = np.mean((np.asarray(self.model.predict(low, verbose=0)) - high) ** 2, axis=(1, 2, 3))
            values.extend(10 * np.log10(1.0 / np.maximum(mse, 1e-10)))
        print("Mean PSNR for epoch: %.2f" % np.mean(values))


keras.utils.set_random_seed(1337)
train_paths, val_paths, test_paths = paths_of("train"), paths_of("val"), paths_of("test")
train_ds = Pairs(train_paths, BATCH, shuffle=True)
valid_ds = Pairs(val_paths, BATCH)

early_stopping_callback = keras.callbacks.EarlyStopping(monitor="loss", patience=10)
checkpoint_callback = keras.callbacks.ModelCheckpoint("sr.weights.h5", save_weights_only=True, monitor="loss", mode="min", save_best_only=True)

model = get_model()
model.summary()
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001), loss=keras.losses.MeanSquaredError())
model.fit(train_ds, epochs=EPOCHS, callbacks=[PSNRCallback(valid_ds), early_stopping_callback, checkpoint_callback], validation_data=valid_ds, verbose=2)

model.load_weights("sr.weights.h5")
total_psnr = 0.0
for path in test_paths[:10]:
    high = luminance(path)
    low = shrink(high)[None]
    predicted = np.asarray(model.predict(low, verbose=0))[0]
    nearest = low[0].repeat(UPSCALE, 0).repeat(UPSCALE, 1)
    psnr = 10 * np.log10(1 / np.mean((predicted - high) ** 2))
    base = 10 * np.log10(1 / np.mean((nearest - high) ** 2))
    total_psnr += psnr
    print(f"{os.path.basename(path)}: nearest {base:.2f} dB, model {psnr:.2f} dB")
print("Avg. PSNR of reconstructions is %.4f" % (total_psnr / 10))
