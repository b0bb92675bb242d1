"""Which functions of a package each test reaches, and whether by a call of the test's own.

By `sys.monitoring` where the interpreter has it (3.12): code that is not the package's is switched
off at its first call, so tracing costs next to nothing. By `sys.setprofile` else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

# Frames looked through for the test's: wrappers, and a framework that calls back.
_BETWEEN = 8
# Calls of one function in one test that are looked at; loops would cost for nothing.
_LOOKED_AT = 4
_DEEPEST = 400
_TOOL = 3
_TESTS = {"test", "tests", "_tests", "testsuite", "unit_tests"}

Name = tuple[str, str, int]


class Tracer:
    """Watches the functions defined beneath some folders of a tree while tests run."""

    def __init__(self, tree: str, file: str, folders: list[str]) -> None:
        self._base = os.path.join(tree, "")
        self._beneath = tuple(os.path.join(tree, one, "") for one in folders)
        self._alone = {os.path.join(tree, f"{one}.py") for one in folders}
        self._test_files = {os.path.join(tree, file): True}
        self._names: dict[CodeType, Name | None] = {}
        self._test = ""
        # (test, function) -> [depth, direct, calls looked at]
        self._seen: dict[Name, dict[str, list[Any]]] = {}
        self._left: dict[CodeType, int] = {}

    def functions(self) -> list[list[Any]]:
        """[file, qualified name, first line, {test: [depth, direct]}] of each one reached."""
        return [[*name, {test: told[:2] for test, told in seen.items()}]
                for name, seen in self._seen.items()]  # fmt: skip

    @contextmanager
    def test(self, name: str) -> Iterator[None]:
        """Watch one test."""
        self._test = name
        self._left = {}
        stop = _monitor(self) if hasattr(sys, "monitoring") else _profile(self)
        try:
            yield
        finally:
            stop()

    def is_watched(self, code: CodeType) -> bool:
        """Whether code is a function of the package's."""
        try:
            return self._names[code] is not None
        except KeyError:
            return self._name(code) is not None

    def called(self, frame: FrameType) -> None:
        """A watched function was entered."""
        code = frame.f_code
        left = self._left.get(code, _LOOKED_AT)
        if left == 0:
            return
        self._left[code] = left - 1
        name = self._names[code]
        assert name is not None
        depth, direct = self._place(frame)
        told = self._seen.setdefault(name, {}).setdefault(self._test, [depth, False])
        told[0] = min(told[0], depth)
        if direct:
            told[1] = True
            self._left[code] = 0

    def _name(self, code: CodeType) -> Name | None:
        file, name = code.co_filename, None
        inside = file.startswith(self._beneath) or file in self._alone
        inside = inside and not self._is_test(file)
        # Comprehensions, lambdas and the bodies of modules and classes are no functions of a name.
        named = not code.co_name.startswith("<") and code.co_flags & 0x2
        if inside and named:
            name = (file.removeprefix(self._base), code.co_qualname, code.co_firstlineno)
        self._names[code] = name
        return name

    def _is_test(self, file: str) -> bool:
        """Whether a file belongs to the tests: this one, one that it inherits from, a fixture's."""
        known = self._test_files.get(file)
        if known is None:
            *folders, name = file.removeprefix(self._base).split("/")
            is_named = name.startswith("test_") or name.endswith(("_test.py", "conftest.py"))
            known = file.startswith(self._base) and (is_named or not _TESTS.isdisjoint(folders))
            self._test_files[file] = known
        return known

    def _place(self, frame: FrameType) -> tuple[int, bool]:
        """How many functions of the package deep, and whether the test itself made the call:
        through wrappers and frameworks, but through no other function of the package."""
        depth, steps, direct = 1, 0, True
        above = frame.f_back
        while above is not None and steps < _DEEPEST:
            code = above.f_code
            if self._is_test(code.co_filename):
                return depth, direct and steps <= _BETWEEN
            if self.is_watched(code):
                depth += 1
                direct = direct and "<locals>" in code.co_qualname
            above = above.f_back
            steps += 1
        return depth, False


def _profile(tracer: Tracer) -> Any:
    def on_event(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and tracer.is_watched(frame.f_code):
            tracer.called(frame)

    sys.setprofile(on_event)
    return lambda: sys.setprofile(None)


def _monitor(tracer: Tracer) -> Any:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]

    def on_start(code: CodeType, _: int) -> Any:
        if not tracer.is_watched(code):
            return monitoring.DISABLE
        tracer.called(sys._getframe(1))
        return None

    started = monitoring.events.PY_START
    monitoring.use_tool_id(_TOOL, "assay")
    monitoring.register_callback(_TOOL, started, on_start)
    monitoring.set_events(_TOOL, started)

    def stop() -> None:
        monitoring.set_events(_TOOL, 0)
        monitoring.register_callback(_TOOL, started, None)
        monitoring.free_tool_id(_TOOL)

    return stop
