"""Charts are well-formed SVG that shows each group's figure."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from assay.core.errors import InputError
from assay.study import Sample, Study, Table, axis, bars

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
    assert any(text.endswith("…") for text in texts(svg))


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
