"""What is read from source alone: candidates without tests, labels, prompts and their review."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.build.candidates import candidates
from assay.build.definitions import Definition, in_file
from assay.build.fetch import Source
from assay.build.labelling import AXES, labels
from assay.build.prompting import review
from assay.build.relevance import has_keyword, relevance


def define(folder: Path, text: str, file: str = "lib/module.py") -> dict[str, Definition]:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return {one.qualname: one for one, _ in in_file(path, file)}


def test_without_tests_nothing_is_asked_of_them(source: Source, tmp_path: Path) -> None:
    found = candidates(source, None, tmp_path / "work")
    chosen = {one.definition.qualname for one in found.chosen}
    assert {"softmax", "entropy_loss", "Classifier"} <= chosen
    assert "hand_on" not in chosen
    told = list(found.lines())
    assert any("could be tasks" in line for line in told)
    assert "candidates: 1 refused: only hands on to another" in told


def test_definition(source: Source, tmp_path: Path) -> None:
    found = candidates(source, None, tmp_path / "work")
    softmax = next(o.definition for o in found.considered if o.definition.qualname == "softmax")
    assert softmax.name == "tinylearn.scores.softmax"
    assert softmax.signature == "def softmax(logits, temperature=1.0):"
    assert softmax.docstring.startswith("Turn logits")
    assert softmax.statements == 6
    assert softmax.source.startswith("def softmax")


def test_relevance() -> None:
    assert has_keyword("DepthwiseConv2dBlock")
    assert has_keyword("bn_momentum")
    assert not has_keyword("cabname")
    assert relevance("def forward(batch_norm, dropout): return conv2d") == 1.0
    assert relevance("def f(): return None") == 0.0
    assert relevance("loss = open(path)") == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        (
            "vision/losses/focal.py",
            "def focal_loss(image_logits, target):\n    pass",
            ("Training", "Classification", "Image"),
        ),
        (
            "lib/boxes.py",
            "def batched_nms(boxes, scores):\n    pass",
            ("Inference", "Object Detection", "Structured Array"),
        ),
        (
            "lib/metrics/text.py",
            "def bleu_score(hypotheses, references):\n    pass",
            ("Evaluation & Metrics", "General", "Text"),
        ),
        (
            "lib/nn/blocks.py",
            "class BatchNorm(Module):\n    pass",
            ("Model Construction", "General", "Others"),
        ),
        (
            "lib/forecasting/lags.py",
            "def make_lags(series, horizon):\n    pass",
            None,
        ),
    ],
)
def test_labels(tmp_path: Path, file: str, text: str, wanted: tuple[str, str, str] | None) -> None:
    table = labels(next(iter(define(tmp_path, text, file).values())))
    assert set(table) == set(AXES)
    assert all(table[axis] in AXES[axis] for axis in AXES)
    if wanted is None:
        assert table["task_type"] == "Time Series Prediction"
    else:
        assert tuple(table.values()) == wanted


GOOD = '''\
def top(scores, k=1):
    """Pick the highest scores.

    Args:
        scores: an array of float of shape (n, classes), one row a sample. Rows are independent of
            each other, and the order of the classes is kept for equal scores.
        k: how many to pick of each row; 1 by default. At least one is needed.

    Returns:
        An integer array of shape (n, k): the indices of the k highest scores in each row, highest
        first; for an empty array one of shape (0, k). Equal scores keep their order.

    Raises:
        ValueError: if k is below 1, or above the number of classes of the array that is given.

    >>> top([[0.1, 0.9]])
    [[1]]
    """
    if k < 1:
        raise ValueError(k)
    return scores.argsort()[:, -k:]
'''
POOR = '''\
def top(scores, k=1):
    """Top."""
    if k < 1:
        raise ValueError(k)
    return scores.argsort()[:, -k:]
'''


def test_a_docstring_that_says_enough(tmp_path: Path) -> None:
    good = define(tmp_path, GOOD)["top"]
    assert review(good.docstring, good).score == 1.0


def test_what_a_thin_docstring_lacks(tmp_path: Path) -> None:
    poor = define(tmp_path, POOR)["top"]
    found = review(poor.docstring, poor)
    assert found.score < 0.4
    told = "\n".join(found.lines())
    assert "`scores` is not mentioned" in told
    assert "what it returns is not said" in told
    assert "ValueError is raised and not mentioned" in told
    assert "words for" in told


def test_a_prompt_of_ones_own_is_reviewed_too(tmp_path: Path) -> None:
    poor = define(tmp_path, POOR)["top"]
    own = GOOD.split('"""')[1]
    assert review(own, poor).score == 1.0
