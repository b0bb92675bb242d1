"""PyTorch itself: the CPU, one process, few batches in a pass."""

from __future__ import annotations

import itertools
import math
import sys
from typing import Any

from . import files, names, notes, state, synthetic
from .hooks import after, around, settings

# Three batches of four images of 256 × 256, all eight of 64 from MNIST.
_NUMBERS = 3_000_000
_JUDGED = 128
_LARGE, _FEW = 100_000, 8


@after("torch.utils.data.dataloader", "torch.utils.data")
def loaders(module: Any) -> None:
    kind = module.DataLoader
    if getattr(kind, "smoked", False):
        return
    kind.smoked = True
    around(kind, "__init__", _loader)
    around(kind, "__iter__", _batches)
    around(kind, "__len__", _length)


def _loader(real: Any, loader: Any, *given: Any, **named: Any) -> None:
    # Far enough to the right to be given by name only in all that we have seen.
    if named.get("num_workers"):
        notes.note("DataLoader: no worker processes")
    for name, usual in (
        ("num_workers", 0), ("persistent_workers", False), ("prefetch_factor", None),
        ("pin_memory", False), ("timeout", 0), ("multiprocessing_context", None),
    ):  # fmt: skip
        if name in named:
            named[name] = usual
    if len(given) > 5:  # dataset, batch_size, shuffle, sampler, batch_sampler, num_workers
        given = (*given[:5], 0, *given[6:])
    # Keras feeds arrays by way of these, and has been given few rows.
    by = sys._getframe(2).f_globals.get("__name__", "")
    loader.smoke_whole = by.startswith("keras.")
    if not loader.smoke_whole:
        given, named = _smaller(given, named)
    real(loader, *given, **named)


def _smaller(given: tuple[Any, ...], named: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
    """A loader's arguments, with fewer examples in a batch where each is a large image: a network
    for those takes a CPU second, and a hundred megabytes, for every one of them."""
    bound = dict(zip(("dataset", "batch_size"), given, strict=False)) | named
    size = bound.get("batch_size")
    if type(size) is not int or size <= _FEW or _numbers(bound.get("dataset")) < _LARGE:
        return given, named
    notes.note(f"DataLoader: {_FEW} large examples in a batch, of {size}")
    if len(given) > 1:
        return (given[0], _FEW, *given[2:]), named
    return given, named | {"batch_size": _FEW}


def _most(loader: Any) -> int:
    """Batches in a pass: the fewer, the more numbers are in one."""
    found: int | None = getattr(loader, "smoke_most", None)
    if found is None:
        size = loader.batch_size or getattr(loader.batch_sampler, "batch_size", None)
        size = size if isinstance(size, int) else None
        numbers = (size or 1) * _numbers(loader.dataset)
        most = _NUMBERS // max(1, numbers)
        found = max(2, min(names.batches(size), most), _whole(loader, size, most))
        loader.smoke_most = found
    return found


def _whole(loader: Any, size: int | None, most: int) -> int:
    """All batches of a short set that is gone through in order, as one does to judge a model: what
    comes of them is held against the whole set."""
    import torch

    in_order = isinstance(loader.sampler, torch.utils.data.SequentialSampler)
    if not (in_order and size and len(loader.sampler) <= synthetic.DISTINCT):
        return 0
    batches = -(-len(loader.sampler) // size)
    return batches if batches <= min(most, _JUDGED) else 0


def _numbers(data: Any) -> int:
    """How many numbers the first item has; looking at it draws nothing from the script's
    generators."""
    import torch

    if isinstance(data, torch.utils.data.IterableDataset) or not hasattr(data, "__getitem__"):
        return 0
    drawn = state.drawn()
    try:
        return _count(data[0])
    except Exception:
        return 0
    finally:
        state.put_back(drawn)


def _count(item: Any) -> int:
    if isinstance(item, (list, tuple, dict)):
        return sum(map(_count, item.values() if isinstance(item, dict) else item))
    shape = getattr(item, "shape", ())
    return math.prod(int(one) for one in shape) if shape is not None else 0


def _batches(real: Any, loader: Any) -> Any:
    if loader.smoke_whole:
        return real(loader)
    notes.note(f"DataLoader: at most {settings['steps']} batches in a pass")
    return _Batches(real(loader), _most(loader))


class _Batches:
    """So many of an iterator's batches; anything else is asked of the iterator itself."""

    def __init__(self, real: Any, most: int) -> None:
        self._real, self._first = real, itertools.islice(real, most)

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return next(self._first)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _length(real: Any, loader: Any) -> int:
    whole: int = real(loader)
    return whole if loader.smoke_whole else min(whole, _most(loader))


@after("torch")
def processor(torch: Any) -> None:
    """What asks for a graphics card gets the processor."""

    def stay(_real: Any, one: Any, *_: Any, **__: Any) -> Any:
        notes.note("cuda: cpu")
        return one

    for kind in (torch.Tensor, torch.nn.Module):
        around(kind, "cuda", stay)
    told = {"current_device": 0, "get_device_name": "cpu", "synchronize": None, "set_device": None}
    for name in torch.cuda.memory.__all__:
        if name[:1].islower() and not isinstance(getattr(torch.cuda, name), type):
            told[name] = 0 if name.startswith(("max_", "memory_a", "memory_r")) else None
    told |= {"memory_summary": "", "mem_get_info": (1 << 30, 1 << 30), "memory_stats": {}}
    for name, value in told.items():
        setattr(torch.cuda, name, _constant(value))
    around(torch, "compile", _eager)
    torch.set_num_threads = _constant(None)


def _constant(value: Any) -> Any:
    return lambda *_, **__: value


def _eager(_real: Any, model: Any = None, **_: Any) -> Any:
    notes.note("torch.compile: left out")
    return model if model is not None else lambda function: function


@after("torch.distributed")
def alone(module: Any) -> None:
    """One process is the whole group."""
    around(module, "init_process_group", lambda *_, **__: _group(module))


def _group(module: Any) -> None:
    import torch

    notes.note("torch.distributed: a group of one")
    module.is_initialized = _constant(True)
    module.get_rank, module.get_world_size = _constant(0), _constant(1)
    for name in ("barrier", "all_reduce", "broadcast", "reduce", "destroy_process_group"):
        setattr(module, name, _constant(None))
    torch.nn.parallel.DistributedDataParallel = _Bare


@after("torch.nn.parallel")
def one_copy(module: Any) -> None:
    module.DistributedDataParallel = _Bare


class _Bare:
    """A class, as libraries ask whether something is one."""

    def __new__(cls, model: Any, *_: Any, **__: Any) -> Any:
        notes.note("DistributedDataParallel: the bare model")
        return model


@after("torch.multiprocessing")
def spawned(module: Any) -> None:
    def here(function: Any, args: tuple[Any, ...] = (), *_: Any, **__: Any) -> None:
        notes.note("torch.multiprocessing.spawn: one, in this process")
        function(0, *args)

    module.spawn = here


@after("torch")
def saving(module: Any) -> None:
    """What is written in C++ does not come by `open`."""

    def save(real: Any, what: Any, path: Any, *given: Any, **named: Any) -> Any:
        files.have_folder(path)
        return real(what, path, *given, **named)

    for place in (module, module.serialization, module.jit):
        around(place, "save", save)
    around(module.jit.ScriptModule, "save", save)
