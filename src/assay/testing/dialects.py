"""The conformance test for dialects: what a tracker must say to be written into any script."""

from __future__ import annotations

import ast

from assay.adapt import editing
from assay.adapt.dialects import Dialect
from assay.adapt.facts import recognise
from assay.adapt.planning import plan

_HOLES = {
    "project", "name", "parameters", "parameter", "metrics", "metric", "value", "step", "path",
    "run", "model",
}  # fmt: skip
_FILLED = {
    "project": "'p'", "name": "n", "parameters": "{'lr': 0.1}", "parameter": "'lr'",
    "metrics": "{'loss': x}", "metric": "'loss'", "value": "x", "step": "epoch", "path": "'file'",
    "run": "run", "model": "net", "example": "data",
}  # fmt: skip
_SCRIPT = '''"""A script."""
import torch

net = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    loss = torch.nn.functional.mse_loss(net(torch.ones(4, 2)), torch.zeros(4, 1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print("epoch", epoch, "loss", loss.item())
'''


def check_dialect(dialect: Dialect) -> None:
    """Raise AssertionError where a dialect cannot be written into a script and read again."""
    assert dialect.name, "a dialect needs a name"
    assert dialect.imports, "nothing says how the component is imported"
    for text in dialect.imports:
        assert isinstance(ast.parse(text).body[0], (ast.Import, ast.ImportFrom)), text
    for name, pattern in dialect.operations.items():
        unknown = set(pattern.holes) - _HOLES
        assert not unknown, f"{name}: there is no hole {', '.join(sorted(unknown))}"
        filled = {hole: _FILLED[hole] for hole in pattern.holes}
        written = pattern.write(**filled)
        assert pattern.read(written) == filled, f"{name}: {written} does not read as it was written"
        assert pattern.read("other.call()") is None, f"{name} reads what it does not say"
    takes = dialect.parameters is not None or dialect.parameter is not None
    assert takes, "it cannot log a parameter"
    assert dialect.metrics_at is not None or dialect.metric_at is not None, "it has no steps"
    assert dialect.metrics is not None or dialect.metric is not None, "it cannot log a last figure"
    assert not dialect.forward_only or dialect.axis is not None, "steps that only grow need an axis"
    for kind, recipe in {**dialect.automatic, **dialect.registers}.items():
        ast.parse("\n".join((*recipe.imports, *recipe.write(**_FILLED)))), kind
    if dialect.registers:
        assert dialect.tracker, "a registry belongs to a tracker"
    _check_written(dialect)


def _check_written(dialect: Dialect) -> None:
    facts = recognise(_SCRIPT)
    draft = plan(facts, dialect, "example")
    text, _ = editing.apply(_SCRIPT, draft.edits)
    ast.parse(text)
    assert dialect.imports[0] in text or dialect.registers, "its import is missing in the script"
    kept = [line.strip() for line in text.splitlines()]
    for line in _SCRIPT.splitlines():
        assert line.strip() in kept, f"a line of the script is gone: {line!r}"
    if not dialect.registers:
        assert draft.claims["metrics"][0]["name"] == "train_loss", "the loss is not logged"
