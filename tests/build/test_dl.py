"""The shipped suite `dl`: what it promises of itself. (That its tasks verify is shown by
`assay suite verify dl`, which takes minutes.)"""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from assay import suites
from assay.build.manifest import Manifest
from assay.build.shipped import Shipped

AXES = {
    "stage": {
        "Pre/post Processing", "Model Construction", "Training", "Inference",
        "Evaluation & Metrics",
    },
    "task_type": {
        "General", "Classification", "Regression", "Object Detection", "Image Segmentation",
        "Time Series Prediction", "Recommendation",
    },
    "data_type": {"Image", "Text", "Structured Array", "Others"},
}  # fmt: skip


@pytest.fixture(scope="module")
def dl() -> Manifest:
    return Shipped("dl").manifest()


def test_it_has_as_many_tasks_and_libraries_as_it_should(dl: Manifest) -> None:
    sizes = {library.name: len(library.entries) for library in dl.libraries}
    total = sum(sizes.values())
    assert total >= 520
    assert len(sizes) >= 20
    assert max(sizes.values()) <= 0.3 * total
    assert all(library.version for library in dl.libraries)


def test_every_label_has_its_tasks(dl: Manifest) -> None:
    entries = [entry for library in dl.libraries for entry in library.entries]
    for axis, labels in AXES.items():
        counts = Counter(entry.labels[axis] for entry in entries)
        assert set(counts) == labels
        assert min(counts.values()) >= 14
    images = sum(entry.labels["data_type"] == "Image" for entry in entries)
    assert images >= 0.35 * len(entries)
    assert sum(entry.prompt is not None for entry in entries) >= 160


def test_generators_are_there_and_import_nothing_odd(dl: Manifest) -> None:
    for library in dl.libraries:
        tree = ast.parse(library.generators)
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert {entry.generator for entry in library.entries} <= defined
        assert all(entry.seeds >= 8 for entry in library.entries)


def test_it_can_be_told_about_without_being_made() -> None:
    assert {"dl", "dl-mini"} <= set(suites.names())
    assert suites.about("dl")["tasks"] >= 520
    assert suites.about("dl-mini")["tasks"] == 48


def test_the_small_part_has_all_labels() -> None:
    mini = Shipped("dl", "mini").manifest()
    entries = [entry for library in mini.libraries for entry in library.entries]
    for axis, labels in AXES.items():
        assert {entry.labels[axis] for entry in entries} == labels
    assert {library.environment for library in mini.libraries} == {"torch"}


def test_the_gate_found_its_tasks_fair(dl: Manifest) -> None:
    entries = [entry for library in dl.libraries for entry in library.entries]
    killed = sorted(entry.facts["killed"] / entry.facts["mutants"] for entry in entries)
    assert killed[0] >= 0.6
    assert killed[len(killed) // 2] >= 0.85
    dated = [entry.facts["date"] for entry in entries if "date" in entry.facts]
    assert len(dated) >= 0.9 * len(entries)
    assert len(set(dated)) > 50
