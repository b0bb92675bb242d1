"""The runner: loads one candidate and answers questions about it, one after another.

Nothing in here is trusted once the candidate is loaded. It holds no expected values, so the best
that a hostile candidate can do to it is to answer wrongly. Frames on the result socket, each a
4-byte length and a body: a line of JSON, then in answers the payload as JSON of its own.

    in:   {"code", "argv", "hides", "questions": [[mode, source], …]}
    out:  ["ready"] · ["loaded", cpu, output, well] · [index, kind, cpu, output] payload · ["end"]
    kind: value (payload: the encoded value) · raised (payload: the exception) · held · too_large
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import os
import random
import socket
import struct
import sys
import time
import traceback
import types
from collections.abc import Callable
from typing import Any

from . import encode, hiding

Sender = Callable[[list[Any], "str | None"], None]

_FILENAME = "candidate.py"
_MODULE = "candidate"
_KEPT_OUTPUT = 2000
_KEPT_FRAMES = 4


def main(descriptor: int) -> None:
    channel = socket.socket(fileno=descriptor)
    job = json.loads(_receive(channel))
    send = _sender(channel, job["frame_bytes"])
    hiding.hide(job["hides"])
    send(["ready"], None)
    kept = _Tail()
    sys.stdout = sys.stderr = kept
    try:
        program = _Program(job["code"], job["argv"])
        namespace = program.load()
        hiding.deliver(job["hides"], namespace)
    except BaseException as error:
        send(["loaded", _clock(), kept.take(), False], _describe(error))
        os._exit(0)
    send(["loaded", _clock(), kept.take(), True], None)
    for index, (mode, source) in enumerate(job["questions"]):
        sys.stdout = sys.stderr = kept
        try:
            if index and program.is_cheap:
                namespace = program.load()
                hiding.deliver(job["hides"], namespace)
            _reseed()
            kind, payload = _answer(mode, source, namespace)
        except BaseException as error:
            kind, payload = "raised", _describe(error)
        send([index, kind, _clock(), kept.take()], payload)
    send(["end"], None)
    os._exit(0)


def _clock() -> float:
    # Under RLIMIT_CPU the kernel moves the clock of a process on at ticks only, 4 ms apart; that
    # of a thread is exact, but knows of no other thread.
    return max(time.process_time(), time.thread_time())


class _Program:
    """The candidate, to be imported as a module or run as the script that it is."""

    def __init__(self, code: str, argv: list[str] | None) -> None:
        # inspect.getsource and tracebacks find the text here; torch.jit needs it.
        linecache.cache[_FILENAME] = (len(code), None, code.splitlines(True), _FILENAME)
        tree = ast.parse(code, _FILENAME)
        # Loading that costs next to nothing is done again for each question, so that what one
        # leaves in a global or a default argument does not reach the next.
        self.is_cheap = argv is None and all(map(_only_defines, tree.body))
        self._argv = argv
        self._code = compile(tree, _FILENAME, "exec", dont_inherit=True)

    def load(self) -> dict[str, Any]:
        """The globals that loading leaves."""
        script = self._argv is not None
        module = types.ModuleType("__main__" if script else _MODULE)
        sys.modules[module.__name__] = module
        if self._argv is not None:
            sys.argv = [_FILENAME, *self._argv]
        module.__file__ = _FILENAME
        _reseed()
        try:
            exec(self._code, module.__dict__)
        except SystemExit as leaving:
            # How most scripts end; a module that leaves while it is imported is no use.
            if not script or leaving.code not in (None, 0):
                raise
        return module.__dict__


def _only_defines(statement: ast.stmt) -> bool:
    """Whether a statement of a module imports, defines, or assigns what needs no call."""
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef)):
        return True
    if isinstance(statement, ast.ClassDef):
        return all(map(_only_defines, statement.body))
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr, ast.Pass)):
        return False
    costly = (ast.Call, ast.ListComp, ast.SetComp, ast.DictComp, ast.BinOp)
    return not any(isinstance(node, costly) for node in ast.walk(statement))


def _answer(mode: str, source: str, namespace: dict[str, Any]) -> tuple[str, str | None]:
    # A copy, so that what one question assigns does not reach the next.
    scope = dict(namespace)
    if mode == "code":
        exec(compile(source, "check.py", "exec"), scope)
        return "held", None
    return "value", encode.to_text(encode.encode(_evaluate(source, scope)))


def _evaluate(source: str, scope: dict[str, Any]) -> Any:
    # Nearly all questions are one expression: 40 µs less each than by way of the tree.
    try:
        expression = compile(source, "check.py", "eval")
    except SyntaxError:
        return _evaluate_last(source, scope)
    return eval(expression, scope)


def _evaluate_last(source: str, scope: dict[str, Any]) -> Any:
    tree = ast.parse(source, "check.py", "exec")
    *statements, last = tree.body
    if statements:
        exec(compile(ast.Module(statements, []), "check.py", "exec"), scope)
    if not isinstance(last, ast.Expr):
        raise SyntaxError("a call must end in an expression")
    return eval(compile(ast.Expression(last.value), "check.py", "eval"), scope)


def _reseed() -> None:
    """The same random numbers for every question, whatever ran before it."""
    random.seed(0)
    # Not by way of `numpy`, which would import it: 7 ms in every child that has no use for it.
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed(0)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.default_generator.manual_seed(0)


def _describe(error: BaseException) -> str:
    """The exception as JSON."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind is not object]
    try:
        message = str(error)[:2000]
    except BaseException:
        message = "(its message cannot be shown)"
    try:
        text = "".join([*_frames(error), *traceback.format_exception_only(type(error), error)])[
            -3000:
        ]
    except BaseException:
        text = ""
    code = getattr(error, "errno", None)
    told = {
        "types": kinds, "message": message, "traceback": text,
        "errno": code if isinstance(code, int) else None,
    }  # fmt: skip
    return json.dumps(told)


def _frames(error: BaseException) -> list[str]:
    """The innermost frames, as a traceback shows them. By hand, because the traceback module parses
    the source of each to underline a part of it: 90 µs for each exception, not 15."""
    frames = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append((code.co_filename, step.tb_lineno, code.co_name))
        step = step.tb_next
    return [
        f'  File "{file}", line {line}, in {name}\n    {linecache.getline(file, line).strip()}\n'
        for file, line, name in frames[-_KEPT_FRAMES:] if not file.endswith("runner.py")
    ]  # fmt: skip


class _Tail(io.TextIOBase):
    """Standard output that keeps the last of what is written and lets the rest go."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self) -> None:
        self.kept = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.kept = (self.kept + text)[-_KEPT_OUTPUT:]
        return len(text)

    def fileno(self) -> int:
        return 1

    def isatty(self) -> bool:
        return False

    def take(self) -> str:
        text, self.kept = self.kept, ""
        return text


def _receive(channel: socket.socket) -> bytes:
    (length,) = struct.unpack("<I", _exactly(channel, 4))
    return _exactly(channel, length)


def _exactly(channel: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = channel.recv(min(length, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _sender(channel: socket.socket, largest: int) -> Sender:
    def send(head: list[Any], payload: str | None) -> None:
        line = json.dumps(head)
        body = (line if payload is None else line + "\n" + payload).encode()
        if len(body) > largest:
            body = json.dumps([head[0], "too_large", *head[2:]]).encode()
        channel.sendall(struct.pack("<I", len(body)) + body)

    return send
