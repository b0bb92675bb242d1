"""`assay label`: several annotators, their majority, and how far they agree."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from assay import InputError, suites
from assay.build import annotating, annotations
from assay.build.annotations import Annotation
from assay.build.labelling import AXES
from assay.cli import label
from assay.cli.parser import Parser, add_verbs
from assay.core.words import Target, Task
from assay.models import doors
from assay.models.base import ModelFailure, Request
from assay.suites import Suite
from assay.testing import ScriptedModel

Captured = pytest.CaptureFixture[str]
Call = Callable[..., int]

LOSS = Task(
    "mine/focal_loss",
    "Write focal_loss(logits, targets) for the classification of images.",
    Target(name="focal_loss", signature="def focal_loss(logits, targets):"),
    reference="def focal_loss(logits, targets):\n    return (logits - targets).mean()\n",
    labels={"stage": "Training", "task_type": "Classification", "data_type": "Image"},
)
BOXES = Task(
    "mine/box_iou",
    "Write box_iou(boxes): the overlap of bounding boxes.",
    Target(name="box_iou", signature="def box_iou(boxes):"),
    hides=("vision.ops.box_iou",),
    labels={"stage": "Evaluation & Metrics", "team": "blue"},
)


@pytest.fixture
def suite(tmp_path: Path, cache: Path) -> Path:  # noqa: ARG001
    return suites.save(Suite("mine", (LOSS, BOXES)), tmp_path / "mine")


def call(*words: object) -> int:
    parser = Parser(prog="assay")
    label.register(add_verbs(parser, dest="verb"))
    arguments: argparse.Namespace = parser.parse_args(["label", *map(str, words)])
    return label.run(arguments)


def lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_axes_are_those_of_the_starter() -> None:
    used = suites.labels(suites.load("starter"))
    assert list(AXES) == ["stage", "task_type", "data_type"]
    for axis, values in AXES.items():
        assert set(used[axis]) <= set(values), axis
        assert set(values) == set(annotating.MEANINGS[axis][1]), axis


def test_rules_and_the_suite_itself_label_every_task(suite: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    assert call(suite, "--out", file) == 0
    assert len(lines(file)) == 6
    assert {
        "task": "mine/box_iou", "axis": "task_type", "annotator": "rules",
        "label": "Object Detection",
    } in lines(file)  # fmt: skip
    assert call("annotate", suite, "--by", "suite", "--by", "rules", "--out", file) == 0
    found = annotations.read(file)
    # A label that is none of ours, `team`, and an axis without a label are left out.
    assert len([one for one in found if one.annotator == "suite"]) == 4
    assert len([one for one in found if one.annotator == "rules"]) == 6, "none is there twice"


def test_a_module_that_is_known_decides() -> None:
    task = Task("x", "Write f(x).", Target(name="f"), hides=("kit.metrics.f",))
    found = {one.axis: one.label for one in annotating.by_rules(Suite("x", (task,)))}
    assert found["stage"] == "Evaluation & Metrics"


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[[ScriptedModel], None]:
    """Puts a scripted model in the place of every model that is named."""

    def put(model: ScriptedModel) -> None:
        monkeypatch.setattr(doors, "load", lambda _spec, **_options: model)

    return put


def answer(request: Request, _sample: int) -> str:
    said = request.messages[-1].content
    if "workflow" in said:
        return "**Training**"
    if "machine learning task" in said:
        return "Label: object detection." if "box_iou" in said else "Classification, I think"
    return "- Image: image tensors, or operations that only vision has"


def test_a_model_is_asked_once_for_each_axis_and_read_strictly(
    suite: Path, tmp_path: Path, scripted: Callable[[ScriptedModel], None], capsys: Captured
) -> None:
    file, model = tmp_path / "labels.jsonl", ScriptedModel(answer)
    scripted(model)
    assert call(suite, "--by", "model:scripted", "--out", file) == 0
    assert len(model.asked) == 6
    assert all(one["annotator"] == "model:scripted" for one in lines(file))
    assert {(one["task"], one["axis"], one["label"]) for one in lines(file)} == {
        ("mine/focal_loss", "stage", "Training"),
        ("mine/focal_loss", "data_type", "Image"),
        ("mine/box_iou", "stage", "Training"),
        ("mine/box_iou", "task_type", "Object Detection"),
        ("mine/box_iou", "data_type", "Image"),
    }
    told = capsys.readouterr().out
    assert "1 labels could not be read" in told
    assert "mine/focal_loss, task_type: 'Classification, I think'" in told
    for value in AXES["stage"]:
        assert value in model.asked[0][0].messages[-1].content
    assert call(suite, "--by", "model:scripted", "--out", file) == 0
    assert len(model.asked) == 6, "what was answered is not asked again"


def test_a_model_that_fails_leaves_what_it_said(
    suite: Path, tmp_path: Path, scripted: Callable[[ScriptedModel], None], capsys: Captured
) -> None:
    file = tmp_path / "labels.jsonl"
    scripted(ScriptedModel(answer, failures={"box_iou": 1}))
    with pytest.raises(ModelFailure, match="told to fail"):
        call(suite, "--by", "model:scripted", "--out", file)
    assert len(lines(file)) == 4
    assert "1 questions got no answer" in capsys.readouterr().err
    assert call(suite, "--by", "model:scripted", "--out", file) == 0
    assert len(lines(file)) == 5
    scripted(ScriptedModel({}))
    with pytest.raises(ModelFailure, match="no answer"):
        annotating.by_model(suites.load(suite), ScriptedModel({}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Inference", "Inference"),
        ("\n`pre/post processing`\n", "Pre/post Processing"),
        ("stage: Evaluation & Metrics", "Evaluation & Metrics"),
        ("Training or Inference", None),
        ("Training\nInference", None),
        ("The stage is Training", None),
        ("Image", None),
        ("", None),
    ],
)
def test_only_a_label_is_read_as_one(text: str, expected: str | None) -> None:
    assert annotating.read_label(text, "stage") == expected


def exported(file: Path, *people: tuple[Any, dict[str, Sequence[str]]]) -> Path:
    """As Label Studio writes its export JSON: each task with what people chose."""
    tasks = json.loads(file.read_text())
    for number, task in enumerate(tasks, 1):
        task |= {"id": number, "project": 1, "predictions": []}
        task["annotations"] = [
            {
                "id": 100 * number + place, "completed_by": who, "was_cancelled": False,
                "lead_time": 4.2, "task": number,
                "result": [
                    {
                        "id": f"r{axis}", "from_name": axis, "to_name": "prompt",
                        "type": "choices", "origin": "manual", "value": {"choices": list(chosen)},
                    }
                    for axis, chosen in choices.items()
                ],
            }
            for place, (who, choices) in enumerate(people)
        ]  # fmt: skip
    done = file.with_name("done.json")
    done.write_text(json.dumps(tasks))
    return done


def test_people_label_in_label_studio(suite: Path, tmp_path: Path) -> None:
    out, file = tmp_path / "tasks.json", tmp_path / "labels.jsonl"
    assert call("export", suite, "--out", out) == 0
    first = json.loads(out.read_text())[0]
    assert first["data"]["task"] == LOSS.id
    assert first["data"]["prompt"] == LOSS.prompt
    interface = ElementTree.fromstring(out.with_suffix(".xml").read_text())
    choices = {node.get("name"): node for node in interface.iter("Choices")}
    assert {axis: [one.get("value") for one in choices[axis]] for axis in choices} == {
        axis: list(values) for axis, values in AXES.items()
    }
    shown = {node.get("name") for node in interface.iter("Text")}
    assert {node.get("toName") for node in choices.values()} <= shown
    done = exported(
        out,
        (7, {"stage": ["Training"], "comment": ["x"]}),
        ({"id": 8, "email": "ann@lab.invalid"}, {"stage": ["Inference"]}),
    )
    assert call("import", done, "--into", file) == 0
    who = {(one["annotator"], one["label"]) for one in lines(file)}
    assert who == {("person:7", "Training"), ("person:ann@lab.invalid", "Inference")}
    assert len(lines(file)) == 4


def test_the_flat_export_is_read_and_skipped_tasks_are_not(tmp_path: Path) -> None:
    flat = [{"task": "t", "prompt": "p", "annotator": 3, "stage": "Training", "id": 1}]
    skipped = [
        {"data": {"task": "t"}, "annotations": [{"was_cancelled": True, "result": []}]},
    ]
    done, file = tmp_path / "done.json", tmp_path / "labels.jsonl"
    done.write_text(json.dumps(flat))
    assert call("import", done, "--into", file) == 0
    assert lines(file) == [
        {"task": "t", "axis": "stage", "annotator": "person:3", "label": "Training"}
    ]
    done.write_text(json.dumps(skipped))
    with pytest.raises(InputError, match="no one has labelled anything"):
        call("import", done, "--into", file)


@pytest.mark.parametrize(
    ("chosen", "fault"),
    [(["Trainig"], "stage is one of"), (["Training", "Inference"], "one choice was expected")],
)
def test_a_wrong_choice_is_named(
    suite: Path, tmp_path: Path, chosen: list[str], fault: str
) -> None:
    out = tmp_path / "tasks.json"
    call("export", suite, "--out", out)
    done = exported(out, (7, {"stage": chosen}))
    with pytest.raises(InputError, match=rf"done\.json:1: .*{fault}"):
        call("import", done, "--into", tmp_path / "labels.jsonl")


def three(task: str, *labels: str) -> list[Annotation]:
    return [Annotation(task, "stage", f"person:{number}", one) for number, one in enumerate(labels)]


def test_majority_agreement_and_a_labelled_copy(
    suite: Path, tmp_path: Path, capsys: Captured
) -> None:
    pytest.importorskip("krippendorff", reason="needs the extra assay[label]")
    file, out = tmp_path / "labels.jsonl", tmp_path / "copy"
    annotations.add(
        file,
        [
            *three(LOSS.id, "Inference", "Inference", "Training"),
            *three(BOXES.id, "Inference", "Training"),
        ],
    )
    assert call("agree", file, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["annotators"] == ["person:0", "person:1", "person:2"]
    assert [one["label"] for one in told["labels"]] == ["Inference", None]
    assert len(told["disagreements"]) == 2
    # Of 5 values 3 are Inference and 2 Training. Seen: in the first unit 4 of 6 ordered pairs
    # differ, each worth 1/2, in the second 2 of 2: 4 of 5. By chance: 2 × 3 × 2 of 5 × 4.
    assert told["alpha"]["stage"]["value"] == pytest.approx(1 - (4 / 5) / (12 / 20))
    assert told["alpha"]["stage"]["n"] == 2
    assert call("agree", file, "--write", suite, "--out", out) == 0
    shown = capsys.readouterr().out
    assert f"{BOXES.id}, stage: no majority of Inference (person:0)" in shown
    first, second = suites.load(out).tasks
    assert first.labels == {**LOSS.labels, "stage": "Inference"}
    assert second.labels == BOXES.labels, "without a majority a task keeps what it had"
    assert suites.load(suite).tasks[0].labels == LOSS.labels


def test_bad_input_is_one_line(suite: Path, tmp_path: Path) -> None:
    pytest.importorskip("krippendorff", reason="needs the extra assay[label]")
    file = tmp_path / "labels.jsonl"
    file.write_text('{"task": "t", "axis": "stge", "annotator": "me", "label": "x"}\n')
    with pytest.raises(InputError, match=r"labels\.jsonl:1: no axis 'stge'"):
        call("agree", file)
    with pytest.raises(InputError, match="--by me: write rules"):
        call(suite, "--by", "me", "--out", file)
    file.unlink()
    annotations.add(file, three("elsewhere", "Training"))
    with pytest.raises(InputError, match="go together"):
        call("agree", file, "--write", suite)
    with pytest.raises(InputError, match="has no task 'elsewhere'"):
        call("agree", file, "--write", suite, "--out", tmp_path / "copy")
    with pytest.raises(InputError, match="that is the suite itself"):
        call("agree", file, "--write", suite, "--out", suite)


def test_a_mistyped_action_is_not_taken_for_a_suite(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        call("exprt", "starter", "--out", "x.json")
    assert "did you mean 'export'" in capsys.readouterr().err
