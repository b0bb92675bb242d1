"""Downloads: whatever an address ends in is what comes back, made up."""

from __future__ import annotations

import io
import os
import random
from typing import Any
from urllib.parse import unquote, urlparse

from . import contents, files, notes
from .hooks import after, around


def _named(url: Any) -> str:
    """A file name for an address."""
    address = getattr(url, "full_url", url)
    return unquote(os.path.basename(urlparse(str(address)).path.rstrip("/"))) or "page.txt"


def _bytes(url: Any) -> bytes:
    address = getattr(url, "full_url", url)
    notes.note(f"download {address}: synthetic")
    return contents.content(_named(url), str(address))


class _Response(io.BytesIO):
    """What urlopen and requests give back, as far as scripts look at it."""

    status = status_code = code = 200
    ok, reason, encoding = True, "OK", "utf-8"

    def __init__(self, url: Any) -> None:
        self.content = _bytes(url)
        self.url = str(getattr(url, "full_url", url))
        self.headers = {
            "content-length": str(len(self.content)),
            "Content-Length": str(len(self.content)),
        }
        super().__init__(self.content)

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    @property
    def raw(self) -> Any:
        return self

    def json(self) -> Any:
        import json

        return json.loads(self.content)

    def iter_content(self, chunk_size: int = 1 << 16, **_: Any) -> Any:
        while part := self.read(chunk_size):
            yield part

    def iter_lines(self, **_: Any) -> Any:
        return iter(self.content.splitlines())

    def raise_for_status(self) -> None:
        pass

    def info(self) -> Any:
        return self.headers

    def geturl(self) -> str:
        return self.url


def fetch(url: Any, path: Any = None) -> str:
    """Lay the file that an address stands for, and say where."""
    place = (
        str(path) if path else os.path.join(os.environ.get("TMPDIR", "/tmp"), "home", _named(url))
    )
    if os.path.isdir(place):
        place = os.path.join(place, _named(url))
    os.makedirs(os.path.dirname(os.path.abspath(place)), exist_ok=True)
    # It is to be what it is called, here or where it came from.
    address = getattr(url, "full_url", url)
    name = place if os.path.splitext(place)[1] else _named(url)
    notes.note(f"download {address}: synthetic")
    with files.real_open(place, "wb") as file:
        file.write(contents.content(name, str(address)))
    notes.laid(place)
    return place


@after("urllib.request")
def urllib_requests(module: Any) -> None:
    module.urlopen = lambda url, *_, **__: _Response(url)
    module.urlretrieve = lambda url, filename=None, *_, **__: (fetch(url, filename), {})


@after("requests")
def requests(module: Any) -> None:
    module.get = lambda url, *_, **__: _Response(url)
    module.Session.get = lambda _session, url, *_, **__: _Response(url)


@after("torch.hub")
def torch_hub(module: Any) -> None:
    module.download_url_to_file = lambda url, dst, *_, **__: fetch(url, dst) and None


@after("torchvision.datasets.utils")
def torchvision_downloads(module: Any) -> None:
    def download(url: str, root: Any, filename: Any = None, *_: Any, **__: Any) -> None:
        fetch(url, os.path.join(str(root), filename or _named(url)))

    module.download_url = download

    def unpacked(url: str, root: Any, extract: Any = None, filename: Any = None, **_: Any) -> None:
        download(url, root, filename)
        module.extract_archive(
            os.path.join(str(root), filename or _named(url)), str(extract or root)
        )

    module.download_and_extract_archive = unpacked


@after("keras.src.utils.file_utils")
def keras_downloads(module: Any) -> None:
    def get_file(
        fname: Any = None, origin: Any = None, untar: bool = False, *_: Any, **named: Any
    ) -> Any:
        origin = origin or fname
        name = os.path.basename(str(fname or _named(origin)))
        folder = os.path.join(
            str(named.get("cache_dir") or os.environ["KERAS_HOME"]),
            named.get("cache_subdir", "datasets"),
        )
        place = fetch(origin, os.path.join(folder, name if "." in name else _named(origin)))
        if not (untar or named.get("extract")) or not contents.is_archive(place):
            return place
        import shutil

        shutil.unpack_archive(place, folder)
        inner = os.path.join(folder, name.split(".")[0])
        return inner if os.path.exists(inner) else folder

    from .hooks import instead

    global _get_file
    _get_file = get_file
    instead(module.get_file, "web", "get_file")


_get_file: Any = None


def get_file(*given: Any, **named: Any) -> Any:
    return _get_file(*given, **named)


@after("keras.src.models.model")
def keras_weights(module: Any) -> None:
    def load(real: Any, model: Any, path: Any, *given: Any, **named: Any) -> Any:
        if os.path.isfile(path) and notes.is_laid(str(path)):
            notes.note(f"trained weights {os.path.basename(str(path))}: random ones")
            return None
        return real(model, path, *given, **named)

    around(module.Model, "load_weights", load)


@after("comet_ml.utils")
def _archives(module: Any) -> None:
    """Offline, Comet names its archive by random numbers, which it would not draw online."""
    module.random = random.Random(0)


@after("comet_ml.error_tracking.api")
def _reports(module: Any) -> None:
    """Comet's import draws once to decide whether it reports errors. Ahead of all draws and seeds
    of the script that takes nothing from it: outside of a smoke run its numbers are fresh."""
    if random.getstate() == random.Random(0).getstate():
        module.random = random.Random(0)
