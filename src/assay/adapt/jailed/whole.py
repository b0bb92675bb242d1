"""Models that see all rows at once, as those of graphs do: which rows they learn from, and which of
their answers are looked at.

A row is learnt from where the gradient of the model's answer is not zero. Answers are followed from
the call until they are looked up by an index, or made into a figure; this is done in trials only,
and only where a model is asked about the very data that it was trained on.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Iterator
from typing import Any

recorder: Any = None
events: list[list[Any]] = []
# By model, and by the data that it was given: the rows that it learnt from.
_learnt: weakref.WeakKeyDictionary[Any, dict[Any, set[int]]] = weakref.WeakKeyDictionary()
_parts: list[tuple[list[Any], set[int], set[int]]] = []
_following: list[Any] = []


def trained(model: Any, rows: set[int], answer: Any) -> None:
    """A model was called to be trained: which rows of its answer get a gradient?"""
    if _fits(rows, answer) and answer.requires_grad:
        known = _learnt.setdefault(model, {}).setdefault(_key(rows, answer), set())
        answer.register_hook(functools.partial(_learns, known))


def asked(model: Any, rows: set[int], answer: Any) -> None:
    """A model was asked: where it was trained on the same data, what is done with its answer?"""
    from torch.overrides import _get_current_function_mode_stack

    stop()
    known = _learnt.get(model, {}).get(_key(rows, answer)) if _fits(rows, answer) else None
    if known is None or _get_current_function_mode_stack() or not events:
        return
    events[-1][2] = "whole"
    mode = _mode()(answer, known, events[-1][0])
    mode.__enter__()
    _following.append(mode)


def stop() -> None:
    """No answer is followed any longer."""
    while _following:
        _following.pop().__exit__(None, None, None)


def reckon() -> None:
    """Count, in the events of looking, the rows that were learnt from by the end."""
    for event, rows, known in _parts:
        event[3:] = [len(rows), len(rows & known)]


def _fits(rows: set[int], answer: Any) -> bool:
    torch = sys.modules.get("torch")
    return bool(
        rows and torch and type(answer) is torch.Tensor and answer.dim()
        and len(rows) <= len(answer)
    )  # fmt: skip


def _key(rows: set[int], answer: Any) -> Any:
    return len(answer), hash(frozenset(rows))


def _learns(known: set[int], gradient: Any) -> None:
    known.update(gradient.detach().reshape(len(gradient), -1).any(1).nonzero().flatten().tolist())


@functools.cache
def _mode() -> Any:
    import torch
    from torch.overrides import TorchFunctionMode

    class Following(TorchFunctionMode):  # type: ignore[misc]
        """Sees what is done with one answer, and with what has a row for each of its rows."""

        def __init__(self, answer: Any, known: set[int], phase: str) -> None:
            super().__init__()
            self.rows, self.known, self.phase = len(answer), known, phase
            self.mine = [weakref.ref(answer)]

        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None):  # type: ignore[no-untyped-def]
            found = func(*args, **(kwargs or {}))
            given = [one for one in args if isinstance(one, torch.Tensor)]
            if any(ref() is one for one in given for ref in self.mine):
                self.follow(func, args, found)
            return found

        def follow(self, func: Any, args: Any, found: Any) -> None:
            if func is torch.Tensor.__getitem__:
                self.note(self.positions(args[1]))
                return
            for one in _leaves(found):
                if isinstance(one, torch.Tensor) and one.dim() and len(one) == self.rows:
                    self.mine.append(weakref.ref(one))
                elif isinstance(one, (torch.Tensor, float)) or hasattr(one, "tobytes"):
                    self.note(set(range(self.rows)))

        def positions(self, index: Any) -> set[int]:
            index = index[0] if isinstance(index, tuple) else index
            with torch._C.DisableTorchFunction():
                chosen = torch.arange(self.rows)[index]
            return set(chosen.flatten().tolist())

        def note(self, rows: set[int]) -> None:
            event = [self.phase, len(recorder.events) // 2, "part", len(rows), 0]
            events.append(event)
            _parts.append((event, rows, self.known))

    return Following


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (tuple, list)):
        for one in value:
            yield from _leaves(one)
    else:
        yield value
