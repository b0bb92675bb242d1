"""Calls that are derived from what a library says of its own functions."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from assay.build import deriving
from assay.build.definitions import raised_in
from assay.build.deriving import Surroundings
from assay.build.fetch import Source

MODULE = '''\
import torch
from typing import Literal, Optional


def pool(images: torch.Tensor, kernel_size: int, mode: Literal["max", "mean"] = "max"):
    """Pool.

    Args:
        images: of shape (B, C, H, W).
        kernel_size: the window.
    """


def scaled(values, factor=2.0, *, clip=False):
    """Scale.

    >>> import mine
    >>> data = [1, 2, 3]
    >>> mine.scaled(data, 0.5)
    [0.5, 1.0, 1.5]
    """


def opaque(callback_registry_of_nobody: "Registry[Any]", graph: "Graph"):
    pass


class Head(torch.nn.Module):
    """A head.

    Args:
        in_features (int): of the input.
        bias (bool): whether there is one.
    """

    def __init__(self, in_features, bias=True):
        super().__init__()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.dim() < 2:
            raise ValueError("no batch")
        return x

    @property
    def width(self):
        return 1

    @staticmethod
    def make(pairs: list[int]) -> int:
        return 0

    def _hidden(self):
        return 0
'''


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    package = tmp_path / "mine"
    package.mkdir()
    (package / "__init__.py").write_text(MODULE)
    source = Source(
        "mine", "1", "directory", "0" * 64, tmp_path, "", ("mine",), (), "MIT", is_pure=True
    )
    return Surroundings.of(source, "numpy==2.4.6\ntorch==2.13.0\n")


def of(around: Surroundings, qualname: str) -> list[str]:
    definition, _ = around.known["mine/__init__.py", qualname]
    return deriving.calls(definition, around)


def test_by_annotation_shape_and_default(around: Surroundings) -> None:
    calls = of(around, "pool")
    assert len(calls) >= 8
    assert len(set(calls)) == len(calls)
    assert all(call.startswith("import torch\npool(torch.r") for call in calls)
    assert any("'mean'" in call for call in calls)
    assert any("mode" not in call for call in calls)
    shapes = {re.search(r"\((\d+(?:, \d+)*)\), generator", call)[1] for call in calls}  # type: ignore[index]
    assert {shape.count(",") for shape in shapes} == {3}
    assert calls == of(around, "pool")


def test_examples_come_first_as_they_stand_and_then_with_other_numbers(
    around: Surroundings,
) -> None:
    calls = of(around, "scaled")
    assert calls[0].endswith("data = [1, 2, 3]\nscaled(data, 0.5)")
    assert calls[1].rpartition("\n")[2].startswith("scaled(data, 0.")
    assert calls[1] != calls[0]
    assert any("clip=True" in call for call in calls)


def test_classes_are_made_and_used(around: Surroundings) -> None:
    used = {call.rpartition("\n")[2] for call in of(around, "Head")}
    assert any(one.startswith("Head(") and ".width" in one for one in used)
    assert any(")(torch.r" in one for one in used)
    assert not any("_hidden" in one for one in used)


def test_methods(around: Surroundings) -> None:
    assert all(")(torch." in call.rpartition("\n")[2] for call in of(around, "Head.forward"))
    assert of(around, "Head.make")[0].startswith("Head.make([")
    assert all(call.endswith(".width") for call in of(around, "Head.width"))
    assert of(around, "Head.__init__") == []


def test_errors_that_are_meant(around: Surroundings) -> None:
    definition, _ = around.known["mine/__init__.py", "Head.forward"]
    assert raised_in(definition) == {"ValueError"}


def test_without_an_array_library_there_are_lists(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def f(weights, labels):\n    return weights\n")
    source = Source(
        "mine", "1", "directory", "0" * 64, tmp_path, "", ("mine",), (), "MIT", is_pure=True
    )
    around = Surroundings.of(source, "")
    definition, _ = around.known["mine.py", "f"]
    for call in deriving.calls(definition, around):
        given = ast.parse(call, mode="eval").body
        assert isinstance(given, ast.Call)
        assert isinstance(ast.literal_eval(given.args[0]), list)
        assert isinstance(ast.literal_eval(given.args[1]), list | int)
