"""Protocol buffers and the logs that hold them, read without anybody's classes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

Fields = dict[int, list[Any]]


def fields(data: bytes) -> Fields:
    """The fields of a message by their numbers, lengths and fixed ones as bytes."""
    found: Fields = {}
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        value: Any
        if wire == 0:
            value, at = varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(wire)
            if size is None:
                if wire != 2:
                    raise ValueError(f"wire type {wire}")
                size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        found.setdefault(number, []).append(value)
    if at > len(data):
        raise ValueError("a message is cut off")
    return found


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of as many bytes as it takes, and where the next thing begins."""
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return result, at


def text(found: Fields, number: int) -> str:
    """The last value of a field as text, empty where there is none."""
    return found[number][-1].decode() if number in found else ""


def framed(data: bytes) -> Iterator[bytes]:
    """The records of a LevelDB log behind a header of 7 bytes."""
    at, parts = 7, b""
    block = 1 << 15
    while at + 7 <= len(data):
        left = block - at % block
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        at += 7
        if kind == 0 and length == 0:
            at += left - 7
            continue
        parts += data[at : at + length]
        at += length
        if kind in (1, 4):
            yield parts
            parts = b""
