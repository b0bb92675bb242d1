"""Charts are well-formed SVG that shows each group's figure."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from assay.core.errors import InputError
from assay.study import Sample, Study, Table, axis, bars
from assay.study.plots import Dots, scatter

NAME = "{http://www.w3.org/2000/svg}"


def samples(models: str = "ab") -> list[Sample]:
    return [
        Sample(f"t{task}", at, (task * 7 + at + ord(model)) % 3 == 0, model=model,
               labels={"stage": "<b>" if task % 2 else "x\x00y\u202e"})
        for model in models for task in range(20) for at in range(3)
    ]  # fmt: skip


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{NAME}text")]


def test_each_group_has_its_label_figure_bar_and_interval() -> None:
    table = Study(samples()).table("model")
    svg = bars(table)
    shown = texts(svg)
    for group in table:
        assert group.label in shown
        assert str(group.figures["pass@1"]) in shown
    root = ElementTree.fromstring(svg)
    groups = root.findall(f"{NAME}g")
    assert len(groups) == 2
    longer = max(table, key=lambda group: group.figures["pass@1"].value)
    widths = [float(node.find(f"{NAME}rect").get("width", 0)) for node in groups]  # type: ignore[union-attr]
    assert widths.index(max(widths)) == table.groups.index(longer)
    assert all(node.find(f"{NAME}path") is not None for node in groups)
    assert root.get("aria-label") == "pass@1 by model"


def test_crossed_tables_stand_under_headings() -> None:
    shown = texts(bars(Study(samples()).table("model", "stage"), "checks passed", "A title"))
    assert shown[0] == "A title"
    assert shown.count("<b>") == 2
    assert {"a", "b"} <= set(shown)


def test_no_label_can_break_the_chart() -> None:
    label = "\u202e\x00<script>&\"'\ud800" + "long " * 100
    svg = bars(Study([replace(one, labels={"stage": label}) for one in samples()]).table("stage"))
    svg.encode()
    assert "<script" not in svg
    assert any("…" in text for text in texts(svg))


def test_empty_groups_are_shown_as_empty() -> None:
    study = Study(samples())
    empty = axis(study.units, "stage", ("nothing",))
    shown = texts(bars(study.table(empty)))
    assert "nothing" in shown
    assert "– of 0" in shown


def test_a_table_without_groups_or_without_the_figure_is_refused() -> None:
    table = Study(samples()).table("model")
    with pytest.raises(InputError, match="no figure 'pass@9'; there are pass@1"):
        bars(table, "pass@9")
    with pytest.raises(InputError, match="there are none"):
        bars(Table(("model",), ()))


def test_points_keep_their_labels_and_their_distances() -> None:
    one = Dots("<mine>", np.array([[0.0, 0.0], [2.0, 0.0]]), ["a&b", "c"])
    other = Dots("other", np.array([[0.0, 1.0]]), ["d"])
    svg = scatter([one, other], 'A "title"', ["a note"])
    root = ElementTree.fromstring(svg)
    assert {"<mine> (2)", "other (1)", 'A "title"', "a note"} <= set(texts(svg))
    titled = {title.text: node for node in root if (title := node.find(f"{NAME}title")) is not None}
    assert set(titled) == {"<mine>: a&b", "<mine>: c", "other: d"}
    left, right = (titled[f"<mine>: {name}"] for name in ("a&b", "c"))
    above = titled["other: d"]
    across = float(right.get("cx", 0)) - float(left.get("cx", 0))
    half = float(above.get("width", 0)) / 2
    up = float(left.get("cy", 0)) - (float(above.get("y", 0)) + half)
    assert across == pytest.approx(2 * up, abs=0.3), "one scale for both axes"
    assert left.tag != above.tag, "sets differ in shape, not in colour alone"
    with pytest.raises(InputError, match="no point"):
        scatter([], "nothing")
