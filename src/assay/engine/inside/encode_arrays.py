"""Arrays, tensors and frames as plain JSON data: the second half of `encode`.

The same conditions hold: standard library only, Python 3.9 and later, and libraries are used only
when the program has imported them. Every reader takes the walk that `encode` is on.

An array of numbers is its dtype, its shape and its bytes (little-endian, C order, base64).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

DENSE_BYTES = 1 << 20

# What travels wider than it is, because numpy has no such type to read it with.
WIDENED = {"complex32": "complex64"}
WIDENED.update(
    (f"float8_{kind}", "float32") for kind in ("e4m3fn", "e5m2", "e4m3fnuz", "e5m2fnuz", "e8m0fnu")
)


def _opaque(kind: str) -> dict[str, Any]:
    return {"t": "opaque", "type": kind}


def _stored(lib: str, dtype: str, shape: Iterable[int], content: Any, **more: Any) -> Any:
    return {"t": "array", "lib": lib, "dtype": dtype, "shape": list(shape), "v": content, **more}


def _array(walk: Any, array: Any, lib: str = "numpy", **more: Any) -> Any:
    """A true numpy array, by what its elements are."""
    kind, name = array.dtype.kind, str(array.dtype.name)
    if kind in "OUST":
        name = {"O": "object", "S": "bytes"}.get(kind, "str")
        walk.spend(array.size)
        return _stored(lib, name, array.shape, walk.items(array.ravel().tolist()), **more)
    if array.dtype.names is not None:
        fields = {field: _array(walk, array[field]) for field in array.dtype.names}
        return {"t": "object", "type": "structured array", "v": fields}
    if name in WIDENED:
        walk.spend(0, 4 * array.size)
        array = array.astype(WIDENED[name])
    elif kind not in "biufcmM" and name != "bfloat16":
        return _opaque(name)
    little = array.dtype.newbyteorder("<")
    text = walk.raw(array.nbytes, lambda: bytes(array.astype(little, copy=False).tobytes()))
    return _stored(lib, name, array.shape, text, **more)


def _ndarray(walk: Any, value: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    more = {} if type(value) is numpy.ndarray else {"cls": type(value).__name__}
    return _array(walk, numpy.asarray(value), **more)


def _numpy_scalar(walk: Any, value: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    return _array(walk, numpy.asarray(value), scalar=True)


def _masked(walk: Any, value: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    mask = numpy.ma.getmaskarray(value)
    walk.spend(0, mask.nbytes)
    return _masked_pair(walk, numpy.array(numpy.ma.getdata(value), subok=False), mask)


def _masked_pair(walk: Any, data: Any, mask: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    data[mask] = numpy.zeros((), data.dtype)
    return {"t": "masked", "v": _array(walk, data), "mask": _array(walk, mask)}


def _foreign(lib: str) -> Callable[[Any, Any], Any]:
    def read(walk: Any, value: Any) -> Any:
        numpy: Any = sys.modules["numpy"]
        return _array(walk, numpy.asarray(value), lib)

    return read


def _tensor(walk: Any, value: Any) -> Any:
    torch: Any = sys.modules["torch"]
    # Else a subclass's `__torch_function__` would answer for the tensor.
    with torch._C.DisableTorchFunction():
        tensor = torch.Tensor.detach(value)
        if tensor.is_quantized or tensor.is_nested or tensor.is_meta:
            return _opaque("tensor")
        name, size = str(tensor.dtype)[len("torch.") :], tensor.numel() * tensor.element_size()
        if tensor.layout is not torch.strided:
            walk.spend(0, size)
            walk.bytes += size
            tensor = tensor.to_dense()
        if name in WIDENED:
            tensor = tensor.to(getattr(torch, WIDENED[name]))
            size = tensor.numel() * tensor.element_size()
        text = walk.raw(size, lambda: _memory(tensor, size))
        return _stored("torch", name, map(int, tensor.shape), text)


def _memory(tensor: Any, size: int) -> bytes:
    import ctypes  # torch has it loaded; a plain environment need not pay for it

    tensor = tensor.cpu().resolve_conj().resolve_neg().contiguous()
    return ctypes.string_at(tensor.data_ptr(), size) if size else b""


def _module(walk: Any, value: Any) -> Any:
    torch: Any = sys.modules["torch"]
    state = dict(torch.nn.Module.state_dict(value))
    return {"t": "module", "type": type(value).__name__, "v": walk.value(state)}


def _sparse(walk: Any, value: Any) -> Any:
    rows, columns = value.shape if len(value.shape) == 2 else (1, *value.shape)
    if rows * columns * value.dtype.itemsize <= DENSE_BYTES:
        return _array(walk, value.toarray(), "scipy")
    places = value.tocsr(copy=True)
    places.sum_duplicates()
    places.eliminate_zeros()
    walk.spend(0, 16 * places.nnz)
    places = places.tocoo()
    numbers = {"rows": places.row, "columns": places.col, "values": places.data}
    parts = {name: _array(walk, array) for name, array in numbers.items()}
    return {
        "t": "object",
        "type": "sparse matrix",
        "v": {**parts, "shape": [int(rows), int(columns)]},
    }


# ---------------------------------------------------------------------------------------- pandas


def _column(walk: Any, values: Any) -> Any:
    """The values of a Series or an Index."""
    numpy: Any = sys.modules["numpy"]
    dtype, shape = values.dtype, [len(values)]
    if isinstance(dtype, numpy.dtype) and dtype.kind != "O":
        return _array(walk, values.to_numpy(), "pandas")
    kind, name = getattr(dtype, "kind", "O"), str(dtype)[:200]
    if getattr(dtype, "tz", None) is not None:
        instants = values.array.tz_convert("UTC").tz_localize(None)
        return _array(walk, numpy.asarray(instants), "pandas", tz=str(dtype.tz)[:200])
    if kind in "biuf" and hasattr(dtype, "numpy_dtype"):
        mask = numpy.asarray(values.isna())
        data = values.array.to_numpy(dtype=dtype.numpy_dtype, na_value=0)
        if mask.any():
            return {**_masked_pair(walk, data, mask), "cls": name}
        return _array(walk, data, "pandas", cls=name)
    if kind in "biufc":
        return _array(walk, numpy.asarray(values), "pandas", cls=name)
    walk.spend(len(values))
    # NaN, None and NA mean the same in such a column, and versions of pandas differ on which.
    missing = numpy.asarray(values.isna()).tolist()
    items = [None if gone else item for gone, item in zip(missing, values)]  # noqa: B905 (3.9)
    stored = "category" if name == "category" else "object"
    return _stored("pandas", stored, shape, walk.items(items), cls=name)


def _index(walk: Any, value: Any) -> Any:
    if value.nlevels > 1:
        walk.spend(len(value))
        column = _stored("pandas", "object", [len(value)], walk.items(list(value)))
    else:
        walk.spend(0, 8 * len(value))  # before a RangeIndex becomes real
        walk.bytes += 8 * len(value)
        column = _column(walk, value)
    return {"t": "index", "names": walk.items(value.names), "v": column}


def _series(walk: Any, value: Any) -> Any:
    parts = {"name": walk.value(value.name), "index": _index(walk, value.index)}
    return {"t": "series", **parts, "v": _column(walk, value)}


def _frame(walk: Any, value: Any) -> Any:
    labels = {"columns": _index(walk, value.columns), "index": _index(walk, value.index)}
    walk.spend(value.shape[1])
    columns = [_column(walk, value.iloc[:, number]) for number in range(value.shape[1])]
    return {"t": "frame", **labels, "v": columns}


def _instant(walk: Any, value: Any) -> Any:
    result = walk.value(value.to_pydatetime(warn=False))
    return {**result, "cls": "Timestamp", "ns": int(value.nanosecond)}


def _duration(walk: Any, value: Any) -> Any:
    result = walk.value(value.to_pytimedelta())
    return {**result, "cls": "Timedelta", "ns": int(value.nanoseconds)}


def _dtype(_: Any, value: Any) -> Any:
    # numpy.dtype("float32") == numpy.float32, so they have one name.
    return {"t": "name", "v": f"numpy.{value.name}"[:1000]}


ARRAY_READERS: dict[str, Callable[[Any, Any], Any]] = {
    "jax.Array": _foreign("jax"),
    "numpy.dtype": _dtype,
    "numpy.generic": _numpy_scalar,
    "numpy.ma.MaskedArray": _masked,
    "numpy.ndarray": _ndarray,
    "pandas.DataFrame": _frame,
    "pandas.Index": _index,
    "pandas.Series": _series,
    "pandas.Timedelta": _duration,
    "pandas.Timestamp": _instant,
    "scipy.sparse.sparray": _sparse,
    "scipy.sparse.spmatrix": _sparse,
    "tensorflow.Tensor": _foreign("tensorflow"),
    "torch.Tensor": _tensor,
    "torch.nn.Module": _module,
}
