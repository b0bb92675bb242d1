"""Speech recognition with a small encoder-decoder transformer on LJSpeech (log spectrograms in, characters out)."""
import csv
import os
import random
import wave

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(5)

DATA_URL = "https://data.keithito.com/data/speech/LJSpeech-1.1.tar.bz2"
MAX_FRAMES = 512
MAX_TARGET = 120
FFT, HOP = 256, 160

archive = keras.utils.get_file("LJSpeech-1.1.tar.gz", DATA_URL, untar=True, cache_dir=".", cache_subdir=".")
saveto = os.path.join(".", "LJSpeech-1.1")
if not os.path.exists(os.path.join(saveto, "metadata.csv")):
    saveto = os.path.join(archive, "LJSpeech-1.1")

VOCAB = ["-", "#", "<", ">"] + [chr(i + 97) for i in range(26)] + [" ", ".", ",", "?"]
char_to_idx = {c: i for i, c in enumerate(VOCAB)}


def encode(text):
    text = "<" + text.lower()[: MAX_TARGET - 2] + ">"
    ids = [char_to_idx.get(c, 1) for c in text]
    return np.array(ids + [0] * (MAX_TARGET - len(ids)), dtype="int32")


def spectrogram(path):
    with wave.open(path, "rb") as w:
        audio = np.frombuffer(w.readframes(w.getnframes()), dtype="<i2").astype("float32") / 32768
    n = max(1 + (len(audio) - FFT) // HOP, 1)
    audio = np.pad(audio, (0, max(0, FFT - len(audio))))
    frames = np.stack([audio[i * HOP: i * HOP + FFT] for i in range(n)]) * np.hanning(FFT)
    x = np.sqrt(np.abs(np.fft.rfft(frames)))
    x = (x - x.mean(1, keepdims=True)) / (x.std(1, keepdims=True) + 1e-6)
    x = x[:MAX_FRAMES]
    return np.pad(x, ((0, MAX_FRAMES - len(x)), (0, 0))).astype("float32")


class Speech(keras.utils.PyDataset):
    def __init__(self, rows, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.rows, self.batch_size = rows, batch_size

    def __len__(self):
        return max(len(self.rows) // self.batch_size, 1)

    def __getitem__(self, i):
        rows = self.rows[i * self.batch_size:(i + 1) * self.batch_size]
        x = np.stack([spectrogram(path) for path, _ in rows])
        t = np.stack([encode(text) for _, text in rows])
        return {"source": x, "target": t[:, :-1]}, t[:, 1:]


class TokenEmbedding(layers.Layer):
    def __init__(self, num_vocab, maxlen, num_hid):
        super().__init__()
        self.emb = layers.Embedding(num_vocab, num_hid)
        self.pos_emb = layers.Embedding(maxlen, num_hid)

    def call(self, x):
        return self.emb(x) + self.pos_emb(ops.arange(x.shape[1]))


def encoder_block(x, num_heads, ff):
    d = x.shape[-1]
    a = layers.MultiHeadAttention(num_heads, d // num_heads, dropout=0.1)(x, x)
    x = layers.LayerNormalization()(x + a)
    f = layers.Dense(d)(layers.Dense(ff, activation="relu")(x))
    return layers.LayerNormalization()(x + layers.Dropout(0.1)(f))


def decoder_block(y, memory, num_heads, ff):
    d = y.shape[-1]
    a = layers.MultiHeadAttention(num_heads, d // num_heads, dropout=0.5)(y, y, use_causal_mask=True)
    y = layers.LayerNormalization()(y + a)
    c = layers.MultiHeadAttention(num_heads, d // num_heads, dropout=0.1)(y, memory)
    y = layers.LayerNormalization()(y + c)
    f = layers.Dense(d)(layers.Dense(ff, activation="relu")(y))
    return layers.LayerNormalization()(y + layers.Dropout(0.1)(f))


def build(num_hid=64, num_head=2, num_feed_forward=128, num_layers_enc=2, num_layers_dec=1):
    source = keras.Input((MAX_FRAMES, FFT // 2 + 1), name="source")
    target = keras.Input((MAX_TARGET - 1,), dtype="int32", name="target")
    x = source
    for _ in range(3):
        x = layers.Conv1D(num_hid, 11, strides=2, padding="same", activation="relu")(x)
    for _ in range(num_layers_enc):
        x = encoder_block(x, num_head, num_feed_forward)
    y = TokenEmbedding(len(VOCAB), MAX_TARGET, num_hid)(target)
    for _ in range(num_layers_dec):
        y = decoder_block(y, x, num_head, num_feed_forward)
    return keras.Model([source, target], layers.Dense(len(VOCAB))(y))


@keras.saving.register_keras_serializable()
def masked_loss(y_true, y_pred):
    loss = keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)
    mask = ops.cast(ops.not_equal(y_true, 0), loss.dtype)
    return ops.sum(loss * mask) / ops.maximum(ops.sum(mask), 1.0)


@keras.saving.register_keras_serializable()
class CustomSchedule(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, init_lr=1e-5, lr_after_warmup=1e-3, final_lr=1e-5, warmup_steps=1000, decay_steps=10000):
        self.init_lr, self.lr_after_warmup, self.final_lr = init_lr, lr_after_warmup, final_lr
        self.warmup_steps, self.decay_steps = warmup_steps, decay_steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        warm = self.init_lr + (self.lr_after_warmup - self.init_lr) * step / self.warmup_steps
        cold = self.lr_after_warmup - (step - self.warmup_steps) * (self.lr_after_warmup - self.final_lr) / self.decay_steps
        return ops.maximum(ops.minimum(warm, cold), self.final_lr)

    def get_config(self):
        return dict(init_lr=self.init_lr, lr_after_warmup=self.lr_after_warmup, final_lr=self.final_lr,
                    warmup_steps=self.warmup_steps, decay_steps=self.decay_steps)


class DisplayOutputs(keras.callbacks.Callback):
    """Greedy decoding of one sentence, every fifth epoch."""

    def __init__(self, batch):
        super().__init__()
        self.batch = batch

    def on_epoch_end(self, epoch, logs=None):
        if epoch % 5 != 0:
            return
        inputs, target = self.batch
        source = inputs["source"][:1]
        ids = np.zeros((1, MAX_TARGET - 1), dtype="int32")
        ids[0, 0] = char_to_idx["<"]
        for i in range(MAX_TARGET - 2):
            logits = np.asarray(self.model.predict({"source": source, "target": ids}, verbose=0))
            ids[0, i + 1] = logits[0, i].argmax()
            if VOCAB[ids[0, i + 1]] == ">":
                break
        print("\ntarget:     " + "".join(VOCAB[t] for t in target[0] if t))
        print("prediction: " + "".join(VOCAB[t] for t in ids[0] if t))


rows = []
with open(os.path.join(saveto, "metadata.csv"), encoding="utf-8") as f:
    for name, _, text in csv.reader(f, delimiter="|", quoting=csv.QUOTE_NONE):
        if len(text) < MAX_TARGET:
            rows.append((os.path.join(saveto, "wavs", name + ".wav"), text))
random.shuffle(rows)
split = int(len(rows) * 0.99) if len(rows) > 1000 else int(len(rows) * 0.75)
ds, val_ds = Speech(rows[:split], 16), Speech(rows[split:], 4)

model = build()
model.compile(optimizer=keras.optimizers.Adam(CustomSchedule()), loss=masked_loss)
history = model.fit(ds, validation_data=val_ds, callbacks=[DisplayOutputs(val_ds[0])], epochs=100)
print("final val_loss:", history.history["val_loss"][-1])
model.save("asr.keras")
