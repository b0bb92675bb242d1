"""docs/security.md and the code say the same."""

from __future__ import annotations

from pathlib import Path

from assay import Limits
from assay.engine.levels import LAYERS, LEVELS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"


def levels_table() -> str:
    """The table of levels, strongest first."""
    lines = ["| level | what holds |", "|---|---|"]
    for level, needed in reversed(LEVELS.items()):
        holding = ", ".join(layer for layer in LAYERS if layer in needed)
        lines.append(f"| `{level}` | {holding or 'nothing'} |")
    return "\n".join(lines)


def test_the_levels_on_the_page_are_the_ones_in_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"<!-- levels -->\n{levels_table()}\n<!-- /levels -->" in text


def test_every_layer_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [layer for layer in LAYERS if f"\n| `{layer}` |" not in text] == []


def test_the_limits_on_the_page_are_the_defaults() -> None:
    text = PAGE.read_text(encoding="utf-8")
    limits = Limits()
    for row in (
        f"| CPU for a check | {limits.check_cpu_seconds:g} s |",
        f"| CPU for a candidate | {limits.candidate_cpu_seconds:g} s |",
        f"| wall time for a check | {limits.check_wall_seconds:g} s |",
        f"| memory | {limits.memory_bytes >> 30} GB |",
        f"| scratch, shared memory | {limits.scratch_bytes >> 20} MB each,",
        f"| processes and threads | {limits.processes} |",
        f"| open files | {limits.files} |",
        f"| output | {limits.output_bytes >> 20} MB |",
        f"| one answer | {limits.frame_bytes >> 20} MB,",
    ):
        assert row in text
