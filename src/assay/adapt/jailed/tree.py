"""A script's syntax tree with shorter loops. Lines stay where they are.

All rules look at shapes and names, never at places, so that a rewrite of the script is capped as
the script is. What is put in calls functions that lie in builtins under the names `__smoke_…__`.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import re
from typing import Any

from . import left, names, notes

# A loop that calls one of these does the work that is to be kept short.
_TRAINS = {
    "backward", "step", "zero_grad", "fit", "train_on_batch", "partial_fit", "manual_backward",
    "apply_gradients", "minimize", "train_step", "training_step",
}  # fmt: skip
_ENDLESS = {"range", "trange", "count", "tqdm", "track", "arange"}
_TRIED = ("estimators", "epoch")
_SHOWS = {"plot", "scatter", "bar", "errorbar", "lineplot", "semilogx", "semilogy", "zip"}
_REPEATS = re.compile(r"fold|trial|seed|split|repeat|model|layer|class", re.I)
_EPOCHS = re.compile(r"epoch|^ep$|episode|round", re.I)
# A figure that a whole training reaches, and a smoke run does not.
_FIGURE = re.compile(
    r"(^|_)(acc|accuracy|loss|score|error|err|f1|auc|r2|mse|mae|reward)(_|$)", re.I
)
_DEVICE = re.compile(r"(cuda|mps)(:\d+)?")
_WHILE = 4
_LONG = 100
_SELDOM = 5


def limited(source: str, path: str) -> ast.Module:
    """The tree to run. Raises SyntaxError."""
    module = ast.parse(source, path)
    for name, function in (
        ("loop", _loop),
        ("begin", _begin),
        ("more", _more),
        ("left", left.keep),
    ):
        setattr(builtins, f"__smoke_{name}__", function)
    _Limiter(_training(module), module).visit(module)
    ast.fix_missing_locations(module)
    return module


def _training(module: ast.Module) -> set[str]:
    """Names of the script's functions that train, by themselves or through others."""
    functions = [
        node
        for node in ast.walk(module)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    found = set(_TRAINS)
    before = -1
    while len(found) != before:
        before = len(found)
        found |= {
            node.name for node in functions if node.name != "__init__" and _calls(node, found)
        }
    return found


def _calls(node: ast.AST, wanted: set[str]) -> bool:
    return any(isinstance(one, ast.Call) and _called(one) in wanted for one in ast.walk(node))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else _name(call.func)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return ""


def _is_range(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _called(node) in ("range", "arange")


def _is_long(node: ast.AST) -> bool:
    """`range(1000)`: so many letters or moves are made, one by one."""
    counts = node.args if isinstance(node, ast.Call) and _is_range(node) else []
    return len(counts) == 1 and _number(counts[0]) and ast.literal_eval(counts[0]) >= _LONG


def _cut_short(node: ast.expr, kind: str) -> ast.expr:
    """What a loop goes through, cut to the most that is done of its kind."""
    call = ast.Call(ast.Name("__smoke_loop__", ast.Load()), [node, ast.Constant(kind)], [])
    return ast.copy_location(call, node)


def _number(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


class _Limiter(ast.NodeTransformer):
    """Caps what can be seen in the text, and marks what has to be capped as it runs."""

    def __init__(self, training: set[str], module: ast.Module) -> None:
        self._training = training
        loops = (node for node in ast.walk(module) if isinstance(node, ast.For))
        # What is gone through in loops that are cut short, as text.
        self._cut = {ast.unparse(one.iter): kind for one in loops if (kind := self._kind(one))}
        self._scope: list[str] = []
        self._in_class = False
        self._loops = itertools.count()

    # what counts, by its name

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if len(node.targets) == 1:
            self._cap(_name(node.targets[0]), node.value)
            self._cap_pairs(node.targets[0], node.value)
            if names.kind_of(_name(node.targets[0])) == "epoch" and _is_range(node.value):
                node.value = _cut_short(node.value, "epoch")
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self._cap(_name(node.target), node.value)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        # A literal batch size may stand elsewhere as a bare number: it is left as it is.
        if node.arg and names.kind_of(node.arg) != "batch":
            self._cap(node.arg, node.value)
        return self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        for key, value in zip(node.keys, node.values, strict=True):
            self._cap(_text(key) or "", value)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if _called(node) in _SHOWS:
            # What was counted in a loop is as long as the loop.
            node.args = [_cut_short(one, kind) if (kind := self._cut.get(ast.unparse(one))) else one
                         for one in node.args]  # fmt: skip
        name = _text(node.args[0]) if node.args else None
        if name is not None and not name.startswith("-"):
            # log_param("epochs", 50), suggest_int("epochs", 5, 50), get("epochs", 50)
            for value in node.args[1:]:
                self._cap(name, value)
        elif _called(node) in ("option", "Option"):
            for keyword in node.keywords:
                if keyword.arg == "default":
                    self._cap((name or "").split("/")[0], keyword.value)
        return self.generic_visit(node)

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        positional = [*node.posonlyargs, *node.args][-len(node.defaults) or 10**6 :]
        for arg, default in [
            *zip(positional, node.defaults, strict=True),
            *zip(node.kwonlyargs, node.kw_defaults, strict=True),
        ]:
            self._cap(arg.arg, default)
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and _DEVICE.fullmatch(node.value):
            notes.note(f"device {node.value}: cpu")
            node.value = "cpu"
        return node

    def _cap_pairs(self, target: ast.AST, value: ast.AST) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, given in zip(target.elts, value.elts, strict=False):
                self._cap(_name(one), given)

    def _cap(self, name: str, value: ast.AST | None) -> None:
        if names.kind_of(name) in _TRIED and isinstance(value, (ast.List, ast.Tuple)):
            self._cap_tried(name, value.elts)
        if name and isinstance(value, ast.Constant):
            capped = names.capped(name, value.value)
            if capped != value.value:
                notes.note(f"{name}: {value.value!r} → {capped!r}")
                value.value = capped

    def _cap_tried(self, name: str, values: list[ast.expr]) -> None:
        """Of several values that are tried one after the other, each stays another."""
        for place, one in enumerate(values):
            if isinstance(one, ast.Constant) and type(one.value) is int:
                capped = names.capped(name, one.value)
                if capped != one.value:
                    notes.note(f"{name}: {one.value} → {capped + place}")
                    one.value = capped + place

    # loops

    def visit_For(self, node: ast.For) -> ast.AST:
        kind = self._kind(node)
        self.generic_visit(node)
        if kind:
            node.iter = _cut_short(node.iter, kind)
        return node

    def _kind(self, node: ast.For) -> str | None:
        variable = " ".join(_name(one) for one in ast.walk(node.target))
        over = {_name(one) for one in ast.walk(node.iter)}
        if _REPEATS.search(variable) or any(names.kind_of(one) == "trials" for one in over):
            return None
        if any(map(_EPOCHS.search, variable.split())) and over & _ENDLESS:
            return "epoch"
        if any(names.kind_of(name) == "epoch" for name in over) and over & _ENDLESS:
            return "epoch"
        if _is_long(node.iter) and _calls(node, {"predict"}):
            return "while"
        if not (over & _ENDLESS and _calls(node, self._training)):
            return None
        if "count" in over:
            return "while"
        inner = any(
            isinstance(one, (ast.For, ast.While))
            and one is not node
            and _calls(one, self._training)
            for one in ast.walk(node)
        )
        return "epoch" if inner or _calls(node, {"fit"}) else "step"

    def visit_While(self, node: ast.While) -> Any:
        trains = _calls(node, self._training)
        epochs = any(_EPOCHS.search(_name(one)) for one in ast.walk(node.test))
        self.generic_visit(node)
        if not trains:
            return node
        number = ast.Constant(next(self._loops))
        begin = ast.Expr(ast.Call(ast.Name("__smoke_begin__", ast.Load()), [number], []))
        more = ast.Call(
            ast.Name("__smoke_more__", ast.Load()),
            [number, ast.Constant("epoch" if epochs else "while")], [],
        )  # fmt: skip
        node.test = ast.copy_location(ast.BoolOp(ast.And(), [more, node.test]), node.test)
        return [ast.copy_location(begin, node), node]

    def visit_If(self, node: ast.If) -> ast.AST:
        """`step % 100 == 99` would never come true: every second step instead."""
        for test in ast.walk(node.test):
            if (
                isinstance(test, ast.Compare)
                and len(test.ops) == 1
                and _number(test.comparators[0])
            ):
                self._often(test.left, test.comparators[0])
            elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
                self._often(test.operand, None)
        return self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """A figure is not asked of what has been trained for a few steps only."""
        self.generic_visit(node)
        test = node.test
        sides = [test.left, *test.comparators] if isinstance(test, ast.Compare) else []
        numbers = any(isinstance(one, ast.Constant) for one in sides)
        if numbers and any(_FIGURE.search(_name(one)) for one in sides):
            notes.note(f"assert {ast.unparse(test)}: not asked of so short a training")
            return ast.copy_location(ast.Pass(), node)
        return node

    def _often(self, modulo: ast.AST, rest: Any) -> None:
        if not (isinstance(modulo, ast.BinOp) and isinstance(modulo.op, ast.Mod)):
            return
        every: Any = modulo.right
        if _number(every) and every.value >= _SELDOM:
            every.value = names.EVERY
            if rest is not None and rest.value >= names.EVERY:
                rest.value = names.EVERY - 1

    # what functions leave

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._within(node, in_class=True)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        method = self._in_class
        self._within(node, in_class=False)
        name = ".".join([*self._scope, node.name])
        if not _can_be_kept(node):
            return node
        kept = _kept(node, method)
        if kept is None:
            return node
        documented = _text(getattr(node.body[0], "value", None)) is not None
        head, body = node.body[:documented], node.body[documented:]
        if not body:
            return node
        call = ast.Call(ast.Name("__smoke_left__", ast.Load()), [ast.Constant(name), kept], [])
        guarded = ast.Try(body, [], [], [ast.copy_location(ast.Expr(call), node)])
        node.body = [*head, ast.copy_location(guarded, body[0])]
        return node

    def _within(self, node: Any, in_class: bool) -> None:
        outside, self._in_class = self._in_class, in_class
        self._scope.append(node.name)
        self.generic_visit(node)
        self._scope.pop()
        self._in_class = outside


def _can_be_kept(node: ast.FunctionDef) -> bool:
    """A generator ends when nobody looks; compilers read what they are given as it is."""
    makes = any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in ast.walk(node))
    decorated = " ".join(ast.unparse(one) for one in node.decorator_list)
    return not makes and not re.search(r"jit|compile|function|script", decorated)


def _kept(node: ast.FunctionDef, method: bool) -> ast.expr | None:
    """All variables of a function; of a method only its object."""
    if not method:
        return ast.Call(ast.Name("locals", ast.Load()), [], [])
    if not node.args.args or node.name == "forward" or node.decorator_list:
        return None
    own = node.args.args[0].arg
    return ast.Dict([ast.Constant(own)], [ast.Name(own, ast.Load())])


# What the marked loops call.

_turns: dict[int, int] = {}


def _loop(iterable: Any, kind: str) -> Any:
    bound = names.most("step") * _WHILE if kind == "while" else names.most(kind)
    if isinstance(iterable, (range, list, tuple)) or type(iterable).__name__ == "ndarray":
        if len(iterable) > bound:
            notes.note(f"a loop over {len(iterable)} {kind}s: {bound}")
        return iterable[:bound]
    return itertools.islice(iterable, bound)


def _begin(number: int) -> None:
    _turns[number] = 0


def _more(number: int, kind: str) -> bool:
    _turns[number] = turn = _turns[number] + 1
    return turn <= (names.most("step") * _WHILE if kind == "while" else names.most(kind))
