"""Scripts as files: read and written in their own encoding, with their own line ends."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

from assay.core.errors import InputError
from assay.core.files import written

USUAL_ENCODING = "utf-8"


def read(place: Path) -> tuple[str, str]:
    """The text of a script or notebook, line ends as they are, and its encoding: what its coding
    line or byte order mark says (which is not part of the text), else UTF-8. InputError where it
    cannot be read as that."""
    try:
        content = place.read_bytes()
        encoding = USUAL_ENCODING
        if place.suffix != ".ipynb" or content.startswith(b"\xef\xbb\xbf"):
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding), encoding
    except FileNotFoundError:
        raise InputError(f"{place}: there is no such file") from None
    except (OSError, UnicodeDecodeError, SyntaxError) as fault:
        raise InputError(f"{place}: cannot be read as text: {fault}") from None


def write(place: Path, text: str, encoding: str = USUAL_ENCODING) -> None:
    """Put text into a file, in place of what is there; InputError where it cannot be written."""
    try:
        content = text.encode(encoding)
        with written(place) as fresh:
            fresh.write_bytes(content)
    except UnicodeEncodeError as fault:
        raise InputError(f"{place}: cannot be written in {encoding}: {fault.reason}") from None
    except OSError as fault:
        raise InputError(f"{place}: cannot be written: {fault.strerror}") from None


def lines(text: str) -> list[str]:
    """The lines of a script as Python counts them: a form feed ends none."""
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []


def with_ends_of(original: str, text: str) -> str:
    """A text with the line ends that most lines of another one have."""
    text = text.replace("\r\n", "\n")
    windows = original.count("\r\n") * 2 > original.count("\n")
    return text.replace("\n", "\r\n") if windows else text
