"""The hyper-parameters that a script really uses: argparse, configuration objects, constants."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from assay.adapt.facts.flow import Definition, Flow
from assay.adapt.facts.source import Source
from assay.adapt.facts.words import Arguments, Configuration, Constant, Option

_PARSES = ("parse_args", "parse_known_args", "parse_intermixed_args")
_HOLDS = re.compile(
    r"(\w*_)?(config|cfg|hparams|hyper_?\w*|settings|params?|parameters)|conf|opts?|options|args|"
    r"\w*(Config|Hyper\w*|Settings|Params|Args|Options)",
    re.I,
)
_NOT_VARIED = re.compile(
    r"(path|dir|folder|file|url|root|device|host|port|token|result|output|save|ckpt|checkpoint)",
    re.I,
)
# Sizes are settings, whatever they are the sizes of.
_SIZES = re.compile(r"(size|dims?|features|channels|units|nodes|neurons|length|classes)$", re.I)
_LITERALS = (
    cst.Integer, cst.Float, cst.SimpleString, cst.UnaryOperation, cst.BinaryOperation, cst.Tuple,
    cst.Name,
)  # fmt: skip


def options(source: Source) -> tuple[Option, ...]:
    """What `add_argument` is called with, in order."""
    found: list[Option] = []
    for call in source.all(cst.Call):
        if not (isinstance(call.func, cst.Attribute) and call.func.attr.value == "add_argument"):
            continue
        flags = [arg.value.evaluated_value for arg in call.args
                 if arg.keyword is None and isinstance(arg.value, cst.SimpleString)]  # fmt: skip
        keywords = {arg.keyword.value: source.code(arg.value) for arg in call.args if arg.keyword}
        names = [flag for flag in flags if isinstance(flag, str)]
        if not names:
            continue
        long = next((name for name in names if name.startswith("--")), names[0])
        name = keywords["dest"].strip("'\"") if "dest" in keywords else _destination(long)
        found.append(Option(name, keywords.get("default"), keywords.get("type"), source.line(call)))
    return tuple(found)


def _destination(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_")


def arguments(source: Source, flow: Flow) -> tuple[Arguments, ...]:
    """The namespaces that hold what argparse read, the first reader first."""
    every = options(source)
    found: list[Arguments] = []
    for call in source.all(cst.Call):
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in _PARSES:
            found += _held(source, flow, call, every, set())
    return tuple(dict.fromkeys(found))


def _held(
    source: Source,
    flow: Flow,
    call: cst.Call,
    every: tuple[Option, ...],
    seen: set[cst.FunctionDef],
) -> Iterator[Arguments]:
    """Follow the namespace from the call to the names that hold it."""
    parent = source.parent(call)
    statement = source.statement_of(call)
    function = source.function_of(call)
    name = source.name_of(function)
    if isinstance(parent, (cst.Assign, cst.AnnAssign)):
        target: cst.BaseExpression = (
            parent.targets[0].target if isinstance(parent, cst.Assign) else parent.target
        )
        if isinstance(target, cst.Tuple) and target.elements:
            target = target.elements[0].value
        if isinstance(target, cst.Name):
            lines = source.line(statement), source.end_line(statement)
            yield Arguments(target.value, name, *lines, every)
        returns = function is not None and any(
            source.code(value) == source.code(target) for value in flow.returned(function)
        )
    else:
        returns = isinstance(parent, cst.Return)
    if returns and function is not None and function not in seen:
        for outer in flow.calls.get(function, []):
            yield from _held(source, flow, outer, every, seen | {function})
    if isinstance(parent, cst.Arg):
        around = source.parent(parent)
        if isinstance(around, cst.Call):
            for called in flow.called(around):
                at = list(around.args).index(parent)
                names = flow.parameters(called)
                if parent.keyword is None and at < len(names):
                    head = source.line(called)
                    yield Arguments(names[at], source.name_of(called), head, head, every)


def constants(source: Source, flow: Flow, entry: str | None) -> tuple[Constant, ...]:
    """Names given one literal, once, in the module or in the function that it starts with."""
    read = {name.value for name in source.all(cst.Name)
            if not isinstance(source.parent(name), (cst.AssignTarget, cst.Arg))
            or isinstance(source.parent(name), cst.Arg)}  # fmt: skip
    shared = {item.name.value for node in source.all(cst.Global) for item in node.names}
    found: list[Constant] = []
    for name, definitions in flow.named().items():
        if name not in read or name in shared or name.startswith("_") or len(definitions) != 1:
            continue
        one = definitions[0]
        place = source.name_of(one.function)
        if one.how != "assign" or one.index is not None or place not in ("", entry):
            continue
        if source.loops_of(one.statement) or not _is_used(source, name, one):
            continue
        varies = _SIZES.search(name) or not _NOT_VARIED.search(name)
        if varies and _is_literal(source, one.value):
            found.append(Constant(name, source.code(one.value), source.line(one.statement), place))
    return tuple(sorted(found, key=lambda constant: constant.line))


def _is_used(source: Source, name: str, one: Definition) -> bool:
    return any(
        node.value == name and not source.contains(one.statement, node)
        for node in source.all(cst.Name)
    )


def _is_literal(source: Source, value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.SimpleString):
        text = value.evaluated_value
        return isinstance(text, str) and re.fullmatch(r"[\w -]{1,40}", text) is not None
    if isinstance(value, cst.Name):
        return value.value in ("True", "False")
    if isinstance(value, cst.Tuple):
        # Names of classes and the like are no setting.
        return bool(value.elements) and all(
            _is_literal(source, element.value) and not isinstance(element.value, cst.SimpleString)
            for element in value.elements
        )
    if isinstance(value, cst.UnaryOperation):
        return _is_literal(source, value.expression)
    if isinstance(value, cst.BinaryOperation):
        return _is_literal(source, value.left) and _is_literal(source, value.right)
    return isinstance(value, (cst.Integer, cst.Float))


def configurations(source: Source, flow: Flow) -> tuple[Configuration, ...]:
    """Dicts and objects whose name says that they hold hyper-parameters."""
    classes = {node.name.value: node for node in source.all(cst.ClassDef)}
    found: list[Configuration] = []
    for name, definitions in flow.named().items():
        one = definitions[0]
        if "." in name or "[" in name or one.how != "assign" or one.index is not None:
            continue
        expression = _as_dict(source, name, one.value, classes)
        if expression is not None:
            lines = source.line(one.statement), source.end_line(one.statement)
            found.append(Configuration(name, expression, *lines, source.name_of(one.function)))
    found += _handed(source, flow, classes)
    for name, node in classes.items():
        bare = f"{name}."
        used = any(source.code(a).startswith(bare) for a in source.all(cst.Attribute))
        made = any(source.named(call.func) == name for call in source.all(cst.Call))
        if _HOLDS.fullmatch(name) and used and not made and not node.bases:
            expression = _of_class(name)
            found.append(Configuration(name, expression, source.line(node), source.end_line(node)))
    return tuple(found)


def _handed(
    source: Source, flow: Flow, classes: dict[str, cst.ClassDef]
) -> Iterator[Configuration]:
    """Parameters of functions that are handed such an object where it is made: `main(Config())`."""
    for function, calls in flow.calls.items():
        for name in flow.parameters(function):
            given = [flow.given(call, function, name) for call in calls]
            made = [one for one in given if isinstance(one, cst.Call)]
            expression = _as_dict(source, name, made[0], classes) if made else None
            if expression is not None and len(made) == len(calls) == 1:
                line = source.line(function)
                yield Configuration(name, expression, line, line, source.name_of(function))


def _as_dict(
    source: Source, name: str, value: cst.BaseExpression, classes: dict[str, cst.ClassDef]
) -> str | None:
    if isinstance(value, cst.Dict):
        plain = len(value.elements) > 1 and all(
            isinstance(e, cst.DictElement) and isinstance(e.key, cst.SimpleString)
            for e in value.elements
        )
        return name if _HOLDS.fullmatch(name) and plain else None
    if not isinstance(value, cst.Call):
        return None
    called = source.named(value.func)
    if called == "dict" and _HOLDS.fullmatch(name) and all(arg.keyword for arg in value.args):
        return name
    if called.endswith(("Namespace", "SimpleNamespace", "EasyDict")):
        return f"vars({name})"
    node = classes.get(called)
    if node is None or not _HOLDS.fullmatch(called):
        return None
    initialises = any(isinstance(s, cst.FunctionDef) and s.name.value == "__init__"
                      for s in node.body.body)  # fmt: skip
    return f"vars({name})" if initialises or node.decorators else _of_class(called)


def _of_class(name: str) -> str:
    return f'{{key: value for key, value in vars({name}).items() if not key.startswith("_")}}'
