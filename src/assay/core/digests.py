"""Content digests: the same content has the same name, on every machine."""

from __future__ import annotations

import hashlib

DIGEST_BYTES = 16


def digest(*parts: str | bytes) -> bytes:
    """128 bits over the parts; lengths are mixed in, so ("ab", "c") differs from ("a", "bc")."""
    hasher = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        # Model output can hold lone surrogates, which plain UTF-8 refuses.
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hasher.update(len(raw).to_bytes(8, "little"))
        hasher.update(raw)
    return hasher.digest()


def short(value: bytes) -> str:
    """The first twelve hexadecimal digits, for people."""
    return value.hex()[:12]
