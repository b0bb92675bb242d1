"""A task's checks as pytest runs them, in a fresh process of the task's environment: the installed
function replaced by the program, calls made and compared with what is expected. `build_grading.py`
puts this beside a `task.json`."""

from __future__ import annotations

import ast
import contextlib
import json
import pkgutil
import random
import sys
import types
from pathlib import Path
from typing import Any

import pytest

TASK = json.loads(Path(__file__).with_name("task.json").read_text())
sys.path.append(TASK["source"])
exec(TASK["prepare"])


def candidate() -> dict[str, Any]:
    """The program as a module, and the library's function replaced by what it defines."""
    module = types.ModuleType("candidate")
    sys.modules["candidate"] = module
    exec(compile(TASK["program"], "candidate.py", "exec"), module.__dict__)
    for name in TASK["hides"]:
        owner, _, last = name.rpartition(".")
        with contextlib.suppress(ImportError, AttributeError):
            place = pkgutil.resolve_name(owner)
            found = module.__dict__.get(last)
            if isinstance(place, type):
                found = getattr(module.__dict__.get(owner.rpartition(".")[2]), last, None)
            if found is not None:
                setattr(place, last, found)
    return module.__dict__


@pytest.fixture(autouse=True)
def _same_random_numbers() -> None:
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


@pytest.mark.parametrize("check", TASK["checks"], ids=lambda check: check[0].replace(" ", "-"))
def test_check(check: list[Any]) -> None:
    from assay.core.compare import difference
    from assay.core.words import Tolerance
    from assay.engine.inside.encode import encode, to_text

    _, call, expected, raises, tolerance = check
    try:
        found = json.loads(to_text(encode(answer(call))))
    except Exception as error:
        if raises not in {kind.__name__ for kind in type(error).__mro__}:
            raise
    else:
        assert raises is None
        assert difference(json.loads(expected), found, Tolerance(*tolerance)) is None


def answer(call: str) -> Any:
    """What the call comes to, with the program loaded anew."""
    scope = dict(candidate())
    *before, last = ast.parse(call).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(before, []), "check.py", "exec"), scope)
    return eval(compile(ast.Expression(last.value), "check.py", "eval"), scope)
