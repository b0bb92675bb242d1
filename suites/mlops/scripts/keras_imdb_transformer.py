import argparse
import os

os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND", "torch")

import keras
from keras import layers, ops
from keras.callbacks import CSVLogger, EarlyStopping, ReduceLROnPlateau


class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1):
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim // num_heads)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.norm1 = layers.LayerNormalization(epsilon=1e-6)
        self.norm2 = layers.LayerNormalization(epsilon=1e-6)
        self.drop1 = layers.Dropout(rate)
        self.drop2 = layers.Dropout(rate)

    def call(self, x):
        x = self.norm1(x + self.drop1(self.att(x, x)))
        return self.norm2(x + self.drop2(self.ffn(x)))


class TokenAndPosition(layers.Layer):
    def __init__(self, maxlen, vocab_size, embed_dim):
        super().__init__()
        self.token = layers.Embedding(vocab_size, embed_dim)
        self.position = layers.Embedding(maxlen, embed_dim)

    def call(self, x):
        return self.token(x) + self.position(ops.arange(ops.shape(x)[-1]))


def get_data(args):
    (x_train, y_train), (x_val, y_val) = keras.datasets.imdb.load_data(num_words=args.vocab_size)
    print(len(x_train), "training sequences")
    print(len(x_val), "validation sequences")
    x_train = keras.utils.pad_sequences(x_train, maxlen=args.maxlen)
    x_val = keras.utils.pad_sequences(x_val, maxlen=args.maxlen)
    return (x_train, y_train), (x_val, y_val)


def get_model(args):
    inputs = layers.Input(shape=(args.maxlen,))
    x = TokenAndPosition(args.maxlen, args.vocab_size, args.embed_dim)(inputs)
    x = TransformerBlock(args.embed_dim, args.num_heads, args.ff_dim)(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dropout(args.dropout)(x)
    x = layers.Dense(20, activation="relu")(x)
    x = layers.Dropout(args.dropout)(x)
    outputs = layers.Dense(2, activation="softmax")(x)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(args.lr),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--vocab_size", type=int, default=20000)
    ap.add_argument("--maxlen", type=int, default=200)
    ap.add_argument("--embed_dim", type=int, default=32)
    ap.add_argument("--num_heads", type=int, default=2)
    ap.add_argument("--ff_dim", type=int, default=32)
    ap.add_argument("--dropout", type=float, default=0.1)
    ap.add_argument("--lr", type=float, default=1e-3)
    ap.add_argument("--batch_size", type=int, default=32)
    ap.add_argument("--epochs", type=int, default=5)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()

    keras.utils.set_random_seed(args.seed)
    (x_train, y_train), (x_val, y_val) = get_data(args)
    model = get_model(args)
    history = model.fit(
        x_train, y_train,
        batch_size=args.batch_size, epochs=args.epochs,
        validation_data=(x_val, y_val),
        callbacks=[
            EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True),
            ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1),
            CSVLogger("history.csv"),
        ],
    )
    best = max(history.history["val_accuracy"])
    loss, acc = model.evaluate(x_val, y_val, verbose=0)
    print(f"best val_accuracy {best:.4f}; restored model: loss {loss:.4f}, accuracy {acc:.4f}")
    model.save_weights("imdb.weights.h5")


if __name__ == "__main__":
    main()
