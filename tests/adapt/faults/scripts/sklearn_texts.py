# ruff: noqa
"""Complaints told from praise by their words."""

import random

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

random.seed(0)
GOOD = ["fine", "quick", "kind", "bright", "solid"]
BAD = ["late", "rude", "broken", "dull", "loud"]
OTHER = ["room", "staff", "train", "lamp", "door", "soup", "view", "seat"]
texts, labels = [], []
for number in range(200):
    label = number % 2
    words = random.choices(GOOD if label else BAD, k=1) + random.choices(
        GOOD + BAD + OTHER * 2, k=6
    )
    texts.append(" ".join(words))
    labels.append(label)
X_train, X_test, y_train, y_test = train_test_split(texts, labels, random_state=0)

C = 1.0
model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=C))
model.fit(X_train, y_train)
loss = log_loss(y_test, model.predict_proba(X_test))
print("log loss", round(loss, 4))
