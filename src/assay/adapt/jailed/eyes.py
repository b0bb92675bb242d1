"""Gives a script's syntax tree eyes: what is computed is told to a recorder. See `recording.py`."""

from __future__ import annotations

import ast
import builtins
import re
from typing import Any

from .recording import LONGEST, Recorder

_SEE, _TURN, _PROBE = "__assay_see__", "__assay_turn__", "__assay_probe__"
# What keeps loops short (`tree.py`) is none of the script's.
_OURS, _LOOP = "__smoke_", "__smoke_loop__"
_CAPPED = re.compile(r"__smoke_loop__\((.*), '\w+'\)")
_PERCENT = re.compile(r"%[-+ #0]*[\d*]*(?:\.\d+)?[a-zA-Z]")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_@/.-]*")
_LEFT_ALONE = (
    ast.Lambda, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.Import,
    ast.ImportFrom, ast.Match, ast.Global, ast.Nonlocal, ast.Delete, ast.Constant,
)  # fmt: skip
_HANDLERS = {
    "FunctionDef": "_function",
    "AsyncFunctionDef": "_function",
    "ClassDef": "_class",
    "Module": "_module",
    "If": "_if",
    "With": "_with",
    "AsyncWith": "_with",
    "Try": "_try",
    "TryStar": "_try",
    "For": "_for",
    "AsyncFor": "_for",
    "While": "_while",
    "Assign": "_assign",
    "AugAssign": "_added",
    "AnnAssign": "_annotated",
    "Call": "_call",
    "BinOp": "_reckoned",
    "UnaryOp": "_signed",
    "IfExp": "_chosen",
    "Name": "_name",
    "Attribute": "_read",
    "Subscript": "_read",
    "Dict": "_dict",
    "JoinedStr": "_format",
}


class _Eyes(ast.NodeTransformer):
    def __init__(self, recorder: Recorder, probes: dict[int, list[tuple[str, str]]]) -> None:
        self._recorder = recorder
        self._probes = probes
        self._within: list[str] = []

    def visit(self, node: ast.AST) -> Any:
        """The node with eyes; those that bind no value of their own are left as they are."""
        if isinstance(node, _LEFT_ALONE):
            return node
        handler = _HANDLERS.get(type(node).__name__)
        return getattr(self, handler)(node) if handler else self.generic_visit(node)

    # statements

    def _function(self, node: Any) -> Any:
        if any("jit" in ast.unparse(one) for one in node.decorator_list):
            return node
        self._within.append(node.name)
        node.body = self._block(node.body)
        self._within.pop()
        return node

    def _class(self, node: ast.ClassDef) -> Any:
        self._within.append(node.name)
        node.body = self._block(node.body)
        self._within.pop()
        return node

    def _module(self, node: ast.Module) -> Any:
        node.body = self._block(node.body)
        return node

    def _if(self, node: Any) -> Any:
        node.test = self.visit(node.test)
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        return node

    def _with(self, node: Any) -> Any:
        for item in node.items:
            item.context_expr = self.visit(item.context_expr)
        node.body = self._block(node.body)
        return node

    def _try(self, node: Any) -> Any:
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        node.finalbody = self._block(node.finalbody)
        for handler in node.handlers:
            handler.body = self._block(handler.body)
        return node

    def _for(self, node: Any) -> Any:
        through = self._text(node.iter)
        targets = _names(node.target)
        loop = self._loop(node, through, targets)
        node.iter = self.visit(node.iter)
        turned = self._turn(loop, 1, node)
        seen = [self._seen(name, node, "target") for name in targets]
        node.body = [turned, *seen, *self._block(node.body)]
        node.orelse = self._block(node.orelse)
        return [self._turn(loop, 0, node), node, self._turn(loop, 2, node)]

    def _while(self, node: ast.While) -> Any:
        loop = self._loop(node, ast.unparse(node.test)[:LONGEST], [])
        node.test = self.visit(node.test)
        node.body = [self._turn(loop, 1, node), *self._block(node.body)]
        node.orelse = self._block(node.orelse)
        return [self._turn(loop, 0, node), node, self._turn(loop, 2, node)]

    def _assign(self, node: ast.Assign) -> Any:
        told = " ".join(ast.unparse(target) for target in node.targets)[:LONGEST]
        single = not any(isinstance(one, (ast.Tuple, ast.List)) for one in node.targets)
        node.value = self._labelled(node.value, told if single else "")
        places = [place for target in node.targets for place in _names(target)]
        return [node, *(self._seen(place, node, "assigned") for place in places)]

    def _added(self, node: ast.AugAssign) -> Any:
        node.value = self.visit(node.value)
        seen = [self._seen(place, node, "assigned") for place in _names(node.target)]
        for one in seen:
            self._recorder.sites[_number(one.value)]["adds"] = True
        return [node, *seen]

    def _annotated(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return node
        node.value = self._labelled(node.value, ast.unparse(node.target)[:LONGEST])
        return [node, *(self._seen(place, node, "assigned") for place in _names(node.target))]

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[Any] = []
        for place, statement in enumerate(body):
            first, last = statement.lineno, statement.end_lineno or statement.lineno
            inner = _holds_statements(statement)
            last = first if inner else last  # the head of a block stands for all of it
            wanted = [line for line in self._probes if first <= line <= last]
            texts = [one for line in wanted for one in self._probes.pop(line)]
            if place == 0 and _is_docstring(statement):
                found.append(statement)
                continue
            done = self.visit(statement)
            probes = [self._probe(*one, statement) for one in texts]
            leaves = isinstance(statement, (ast.Return, ast.Raise, ast.Break, ast.Continue))
            found += probes if leaves else []
            found += done if isinstance(done, list) else [done]
            found += [] if leaves else probes
        return found

    # expressions

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id.startswith(_OURS):
            if node.func.id == _LOOP:
                node.args[0] = self.visit(node.args[0])
            return node
        text = self._text(node)
        node.func = self._inside(node.func)
        node.args = self._called(node)
        for keyword in node.keywords:
            if keyword.arg and isinstance(keyword.value, ast.Constant):
                site = self._site(keyword.arg, node, "literal")
                self._recorder.texts[site] = [_plain(keyword.value.value)]
            keyword.value = self._labelled(keyword.value, keyword.arg or "")
        return self._wrap(node, text)

    def _reckoned(self, node: ast.BinOp) -> Any:
        text = self._text(node)
        shown = node.left.value if isinstance(node.left, ast.Constant) else None
        node.left = self.visit(node.left)
        if isinstance(node.op, ast.Mod) and isinstance(shown, str):
            node.right = self._formatted(shown, node.right)
        else:
            node.right = self.visit(node.right)
        for one in (node.left, node.right):
            self._be_part(one)
        return self._wrap(node, text)

    def _be_part(self, node: Any) -> None:
        """What is reckoned on the way to something else is nothing that the script shows."""
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == _SEE:
            site = self._recorder.sites[_number(node)]
            site["kind"] = "part" if site["kind"] == "binop" else site["kind"]

    def _formatted(self, shown: str, values: ast.expr) -> Any:
        pieces = [_last_words(piece) for piece in _PERCENT.split(shown.replace("%%", ""))]
        if not isinstance(values, ast.Tuple):
            return self._labelled(values, pieces[0])
        labels = [*pieces, *[""] * len(values.elts)]
        values.elts = [
            self._labelled(one, label) for one, label in zip(values.elts, labels, strict=False)
        ]
        return values

    def _signed(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.operand, ast.Constant):
            return node
        text = self._text(node)
        node.operand = self.visit(node.operand)
        return self._wrap(node, text)

    def _chosen(self, node: ast.IfExp) -> Any:
        text = self._text(node)
        node = self.generic_visit(node)  # type: ignore[assignment]
        return self._wrap(node, text)

    def _name(self, node: ast.Name) -> Any:
        return self._wrap(node, node.id) if isinstance(node.ctx, ast.Load) else node

    def _read(self, node: ast.Attribute) -> Any:
        if not isinstance(node.ctx, ast.Load):
            return node
        text = self._text(node)
        node.value = self._inside(node.value)
        return self._wrap(node, text)

    def _dict(self, node: ast.Dict) -> Any:
        for place, key in enumerate(node.keys):
            told = key.value if isinstance(key, ast.Constant) else ""
            node.values[place] = self._labelled(node.values[place], str(told))
        return node

    def _format(self, node: ast.JoinedStr) -> Any:
        before = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                before = str(part.value)
            elif isinstance(part, ast.FormattedValue):
                part.value = self._labelled(part.value, _last_words(before))
                before = ""
        return node

    def _inside(self, node: Any) -> Any:
        """What is only on the way to a value: a name there says nothing, a call does."""
        if isinstance(node, ast.Name):
            # Settings are looked at as a whole: `args.lr` may be all that is read of them.
            return node
        if isinstance(node, ast.Attribute):
            node.value = self._inside(node.value)
            return node
        return self.visit(node)

    def _called(self, node: ast.Call) -> list[ast.expr]:
        labels = _labels_of_call(node)
        return [self._labelled(one, label) for one, label in zip(node.args, labels, strict=True)]

    def _labelled(self, node: Any, label: str) -> Any:
        """A value that is about to be given a name: a text before it, a key, a target. Only the
        whole is meant, not what it is reckoned from."""
        if isinstance(node, ast.Starred):
            node.value = self.visit(node.value)
            return node
        before = len(self._recorder.sites)
        done = self.visit(node)
        # The outermost expression was numbered first.
        if len(self._recorder.sites) > before and done is not node and isinstance(done, ast.Call):
            self._recorder.sites[_number(done)]["label"] = label[:LONGEST]
            self._label_inside(done.args[1], label)
        return done

    def _label_inside(self, node: Any, label: str) -> None:
        """`round(loss, 4)` is shown as the loss."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            inner = node.args[0] if node.func.id in ("round", "float") and node.args else None
            if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == _SEE:
                self._recorder.sites[_number(inner)]["label"] = label[:LONGEST]

    def _text(self, node: ast.expr) -> str:
        return _CAPPED.sub(r"\1", ast.unparse(node))[:LONGEST]

    def _wrap(self, node: Any, text: str) -> Any:
        site = self._site(text, node, type(node).__name__.lower())
        function = ast.Name(_SEE, ast.Load())
        call = ast.Call(function, [ast.Constant(site), node], [])
        return _at(call, node)

    def _site(self, text: str, node: Any, kind: str) -> int:
        return self._recorder.site(
            text=text, line=node.lineno, function=".".join(self._within), label="", kind=kind
        )

    def _loop(self, node: Any, through: str, targets: list[str]) -> int:
        told = {"line": node.lineno, "through": through, "targets": targets}
        self._recorder.loops.append({**told, "function": ".".join(self._within)})
        return len(self._recorder.loops) - 1

    def _seen(self, place: str, node: Any, kind: str) -> Any:
        site = self._site(place, node, kind)
        value = ast.parse(place, mode="eval").body
        call = ast.Call(ast.Name(_SEE, ast.Load()), [ast.Constant(site), value], [])
        return _at(ast.Expr(call), node)

    def _turn(self, loop: int, what: int, node: Any) -> Any:
        call = ast.Call(ast.Name(_TURN, ast.Load()), [ast.Constant(loop), ast.Constant(what)], [])
        return _at(ast.Expr(call), node)

    def _probe(self, text: str, label: str, node: ast.stmt) -> Any:
        site = self._recorder.site(
            text=text, line=node.lineno, function=".".join(self._within), label=label,
            kind="probe",
        )  # fmt: skip
        value = ast.parse(f"lambda: ({text})", mode="eval").body
        call = ast.Call(ast.Name(_PROBE, ast.Load()), [ast.Constant(site), value], [])
        return _at(ast.Expr(call), node)


def _number(seeing: Any) -> int:
    """The site of a call that looks at a value."""
    return int(seeing.args[0].value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, bool, str)) else str(value)


def _at(made: Any, node: Any) -> Any:
    ast.copy_location(made, node)
    for inner in ast.walk(made):
        if not hasattr(inner, "lineno") and isinstance(inner, (ast.expr, ast.stmt, ast.keyword)):
            ast.copy_location(inner, node)
    return made


def _names(target: ast.expr) -> list[str]:
    """Names and attributes of names that an assignment binds."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return [f"{target.value.id}.{target.attr}"]
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for one in target.elts for name in _names(one)]
    return []


def _holds_statements(statement: ast.stmt) -> bool:
    return bool(getattr(statement, "body", None))


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _labels_of_call(node: ast.Call) -> list[str]:
    """What stands before each argument in words: of a format, of a print, or the name that it is
    handed over under."""
    func = node.func
    receiver = func.value if isinstance(func, ast.Attribute) else None
    if isinstance(receiver, ast.Constant) and isinstance(receiver.value, str):
        pieces = re.split(r"\{[^{}]*\}", receiver.value)
        return [_last_words(pieces[n]) if n < len(pieces) else "" for n in range(len(node.args))]
    first = node.args[0] if len(node.args) > 1 else None
    shown = first.value if isinstance(first, ast.Constant) else None
    if isinstance(shown, str) and len(_PERCENT.findall(shown.replace("%%", ""))) == (
        len(node.args) - 1
    ):
        pieces = [_last_words(piece) for piece in _PERCENT.split(shown.replace("%%", ""))]
        return ["", *pieces[: len(node.args) - 1]]
    before = ast.unparse(receiver) if receiver is not None else ""
    labels = []
    for one in node.args:
        labels.append(_last_words(before))
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            before = one.value
    return labels


def _last_words(text: str) -> str:
    """The words next before a value: behind the last bracket, comma or line."""
    tail = re.split(r"[\n\t|,;()]", text.rstrip(" :=([{\t\n"))[-1]
    return " ".join(_WORD.findall(tail)[-6:])


def with_eyes(
    tree: ast.Module, filename: str, recorder: Recorder, probes: dict[int, list[tuple[str, str]]]
) -> Any:
    """The compiled script that tells `recorder` what it computes. `probes` are further expressions
    to be looked at, with a label, after the statement at their line."""
    tree = ast.fix_missing_locations(_Eyes(recorder, dict(probes)).visit(tree))
    builtins.__dict__.update({_SEE: recorder.see, _TURN: recorder.turn, _PROBE: recorder.probe})
    return compile(tree, filename, "exec", dont_inherit=True)
