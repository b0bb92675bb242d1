"""Text classification: TF-IDF and logistic regression on 20 newsgroups."""
import argparse
import logging
import sys
from time import time

import joblib
from sklearn.datasets import fetch_20newsgroups
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, f1_score
from sklearn.pipeline import Pipeline

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
log = logging.getLogger("newsgroups")

CATEGORIES = ["alt.atheism", "talk.religion.misc", "comp.graphics", "sci.space"]


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--C", type=float, default=5.0, help="inverse of the regularisation strength")
    parser.add_argument("--max-features", type=int, default=50000)
    parser.add_argument("--min-df", type=int, default=2)
    parser.add_argument("--max-iter", type=int, default=1000)
    parser.add_argument("--all-categories", action="store_true")
    parser.add_argument("--model-out", default="newsgroups.joblib")
    return parser.parse_args()


def load(subset, all_categories):
    return fetch_20newsgroups(
        subset=subset,
        categories=None if all_categories else CATEGORIES,
        remove=("headers", "footers", "quotes"),
        shuffle=True,
        random_state=42,
    )


def main():
    args = parse_args()
    train, test = load("train", args.all_categories), load("test", args.all_categories)
    log.info("%d documents to train on, %d to test on", len(train.data), len(test.data))

    pipeline = Pipeline([
        ("tfidf", TfidfVectorizer(sublinear_tf=True, max_features=args.max_features, min_df=args.min_df, stop_words="english")),
        ("clf", LogisticRegression(C=args.C, max_iter=args.max_iter)),
    ])
    t0 = time()
    pipeline.fit(train.data, train.target)
    log.debug("fit took %.2fs", time() - t0)

    pred = pipeline.predict(test.data)
    accuracy = accuracy_score(test.target, pred)
    macro_f1 = f1_score(test.target, pred, average="macro", zero_division=0)
    log.info("accuracy: %.4f", accuracy)
    log.info("macro F1: %.4f", macro_f1)
    print(classification_report(test.target, pred, target_names=test.target_names, zero_division=0))
    joblib.dump(pipeline, args.model_out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
