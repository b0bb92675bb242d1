"""What a child wrote where it has no file system of its own: how much it is, and its removal.

Whoever wrote it may have made it hard to walk: deeper than a path can be long or a function can
recurse, with directories that cannot be read, with links that lead elsewhere.
"""

from __future__ import annotations

import contextlib
import os

MOST_ENTRIES = 16_384
_EVERYTHING = 1 << 62


def size(place: str) -> int:
    """Bytes beneath a directory; more than any limit where it holds more entries than a child may
    make, or hides them."""
    total = entries = 0
    waiting = [place]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as found:
                for entry in found:
                    entries += 1
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:
            continue  # removed while we looked
        except OSError:
            return _EVERYTHING
        if entries > MOST_ENTRIES:
            return _EVERYTHING
    return total


def remove(place: str) -> None:
    """Remove a directory and all beneath it, following no link; as much as can be, silently.

    Nobody may write there any more. What is deep is lifted up before it is emptied.
    """
    stem = os.path.join(place, os.urandom(8).hex())
    lifted = 0
    waiting = [place]
    while waiting:
        current = waiting.pop()
        with contextlib.suppress(OSError):
            os.chmod(current, 0o700)
            for entry in list(os.scandir(current)):
                with contextlib.suppress(OSError):
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
                        continue
                    os.chmod(entry.path, 0o700)
                    lifted += 1
                    os.rename(entry.path, f"{stem}-{lifted}")
                    waiting.append(f"{stem}-{lifted}")
            if current != place:
                os.rmdir(current)
    with contextlib.suppress(OSError):
        os.rmdir(place)
