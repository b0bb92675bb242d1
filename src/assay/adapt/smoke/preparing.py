"""From a script's text to what the engine runs: the script, and our own code around it."""

from __future__ import annotations

import ast
import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from assay.adapt import notebooks, texts
from assay.adapt.words import Settings
from assay.core.errors import InputError

_JAILED = Path(__file__).parent.parent / "jailed"
_BOOT = """\
import importlib.abc, importlib.util, json, sys
class _Own(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, texts, spec_from_loader):
        self.texts, self.spec_from_loader = texts, spec_from_loader
    def find_spec(self, name, path=None, target=None):
        if name in self.texts:
            return self.spec_from_loader(name, self, is_package=name == "smoking")
    def exec_module(self, module):
        exec(compile(self.texts[module.__name__], f"<{module.__name__}>", "exec"), module.__dict__)
# The names of this module go when the script takes its place: nothing may count on them.
sys.meta_path.insert(0, _Own(json.loads(TEXTS), importlib.util.spec_from_loader))
import smoking.main
smoking.main.go(json.loads(CONFIG), globals())
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A script candidate for the engine: its code and arguments. `notes` say what was left out of
    the text; everything else that is replaced is said by the run."""

    code: str
    argv: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def prepared(
    script: str,
    settings: Settings | None = None,
    notes: tuple[str, ...] = (),
    *,
    original: str = "",
) -> Prepared:
    """The script with our own code around it. Raises InputError where it is not Python. A rewrite
    is given the data that are made up for its `original`, whatever it says itself."""
    check(script)
    chosen = settings or Settings()
    config = {**asdict(chosen), "variables": dict(chosen.variables), "script": script,
              "original": original or script}  # fmt: skip
    texts = f"TEXTS = {json.dumps(_texts())!r}\nCONFIG = {json.dumps(config)!r}\n"
    return Prepared(texts + _BOOT, (), notes)


def check(script: str, name: str = "the script") -> None:
    """InputError with line and reason if a text is not Python."""
    try:
        ast.parse(script)
    except SyntaxError as fault:
        raise InputError(f"{name}, line {fault.lineno}: not Python: {fault.msg}") from None
    except ValueError as fault:  # null bytes
        raise InputError(f"{name}: not Python: {fault}") from None


def script_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """The text of a script, or of a notebook's code cells, and what was left out of it.
    Raises InputError for what cannot be read or is neither."""
    text, _ = texts.read(path)
    notes: tuple[str, ...] = ()
    if path.suffix == ".ipynb":
        try:
            text, cells = notebooks.to_script(text)
        except InputError as fault:
            raise InputError(f"{path}: {fault}") from None
        notes = cells.left_out
    if not text.strip():
        raise InputError(f"{path}: there is no code in it")
    check(text, str(path))
    return text, notes


@functools.cache
def _texts() -> dict[str, str]:
    """Our modules of the far side, by the names that they have there."""
    return {
        "smoking" if path.stem == "__init__" else f"smoking.{path.stem}": path.read_text("utf-8")
        for path in sorted(_JAILED.glob("*.py"))
    }
