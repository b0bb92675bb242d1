"""What does early stopping cost a linear classifier, and what does it save?

Zeros against eights of MNIST, one SGDClassifier per stopping rule.
"""
from time import perf_counter

import numpy as np
import pandas as pd
from sklearn.datasets import fetch_openml
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MaxAbsScaler

SEED = 0
N = 8000

bunch = fetch_openml("mnist_784", version=1, as_frame=False)
two = np.isin(bunch.target, ["0", "8"])
X, y = bunch.data[two][:N], bunch.target[two][:N]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, random_state=SEED)
scaler = MaxAbsScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)


def run(rule, **stopping):
    clf = SGDClassifier(max_iter=60, alpha=1e-4, random_state=SEED, **stopping)
    t = perf_counter()
    clf.fit(X_train, y_train)
    seconds = perf_counter() - t
    row = {
        "rule": rule,
        "iterations": clf.n_iter_,
        "train_accuracy": clf.score(X_train, y_train),
        "test_accuracy": clf.score(X_test, y_test),
    }
    print("{rule:<18} {iterations:>3} iterations  train {train_accuracy:.4f}  test {test_accuracy:.4f}".format(**row))
    # print(f"   took {seconds:.2f}s")
    return row


rows = [
    run("never", tol=None),
    run("training loss", tol=1e-2, n_iter_no_change=3),
    run("held-out score", tol=1e-3, n_iter_no_change=3, early_stopping=True, validation_fraction=0.2),
]
table = pd.DataFrame(rows).set_index("rule")
table.to_csv("stopping.csv")
cheapest = table["iterations"].idxmin()
print("fewest iterations:", cheapest, "| costs", round(float(table.loc["never", "test_accuracy"] - table.loc[cheapest, "test_accuracy"]), 4), "of accuracy")
