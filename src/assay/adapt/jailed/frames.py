"""What a script says of the tables that it reads: their columns, what is done with each, how wide
and how long they are. Nothing is run: names are followed through the syntax tree, in order.

A use belongs to the files that its table may come from; where nobody can tell, to all.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .syntax import called, dotted, reach, text_of
from .uses import Uses

_READS = re.compile(
    r"^(read_(csv|table|excel|json|parquet|fwf|feather)|loadtxt|genfromtxt|load|loadmat|File)$"
)
_READERS = {"pd", "pandas", "np", "numpy", "sio", "scipy.io", "h5py", "io", "spio"}
_PASSES = {"concat", "merge", "get_dummies", "DataFrame", "Series", "train_test_split", "shuffle",
           "array", "asarray", "split", "resample"}  # fmt: skip
_ENDS = {"fit", "predict", "evaluate", "score", "fit_generator", "predict_proba", "plot", "hist"}
# Arguments of a table's own methods, and of functions that are given one, that name columns.
_NAMING = {"columns", "subset", "by", "on", "x", "y", "hue", "index", "values", "id_vars", "label",
           "value_vars", "parse_dates", "index_col", "usecols", "left_on", "right_on", "labels",
           "color", "style", "size", "target"}  # fmt: skip
_NO_CELLS = {"shape", "columns", "index", "dtypes"}
_SAY = {"drop": "dropped", "get_dummies": "category"}
_BY_ROWS = {"iterrows", "itertuples", "groupby"}
_BY_PLACE = {"drop", "pop", "groupby", "sort_values", "set_index", "get", "drop_duplicates"}
_ABOUT_TABLES = {
    "T", "apply", "astype", "at", "axes", "columns", "copy", "corr", "count", "cut", "data",
    "describe", "dropna", "dtype", "dtypes", "empty", "fillna", "groupby", "head", "hist", "iat",
    "iloc", "index", "info", "isna", "isnull", "items", "iterrows", "itertuples", "keys", "loc",
    "map", "max", "mean", "median", "merge", "min", "mode", "ndim", "nunique", "pipe", "plot",
    "pop", "quantile", "reset_index", "rename", "sample", "shape", "shift", "size", "sort_values",
    "std", "str", "sum", "tail", "to_csv", "to_numpy", "unique", "value_counts", "values", "var",
    "dt", "cat", "name", "rolling", "diff", "drop", "duplicated", "any", "all", "array", "add",
    "sub", "mul", "div", "join", "transform", "replace", "isin", "between", "abs", "round",
    "cumsum", "targets", "train", "test", "transpose",
}  # fmt: skip


@dataclass
class Column:
    """What is done with a column: it is compared or mapped (`values`), read as a text or a date,
    made a category, or what is to be learnt."""

    values: dict[Any, None] = field(default_factory=dict)
    uses: set[str] = field(default_factory=set)


@dataclass
class Table:
    """All that is said of a file: its columns, in the order in which they are named; how many
    columns and rows there are at least; the whole list of names where the script gives one; the
    place that the label is taken from."""

    columns: dict[str, Column] = field(default_factory=dict)
    width: int = 0
    rows: int = 0
    names: list[str] | None = None
    label: int | None = None
    headless: bool = False


def said_of(script: str, name: str) -> Table:
    """What a script says of a file of this name."""
    found = _reading(script)
    base = re.split(r"[/\\]", name)[-1]
    told = Table()
    for origin, table in found.tables.items():
        if base and origin and not (origin.endswith(base) or base.endswith(origin)):
            if not _siblings(origin, base):
                continue
            left_out = {head for head, one in table.columns.items()
                        if "target" in one.uses and "test" in base.lower()}  # fmt: skip
        else:
            left_out = set()
        for head, one in table.columns.items():
            if head not in left_out:
                kept = told.columns.setdefault(head, Column())
                kept.values.update(one.values)
                kept.uses |= one.uses
        told.width, told.rows = max(told.width, table.width), max(told.rows, table.rows)
        told.names = told.names or table.names
        told.label = table.label if told.label is None else told.label
    return told


def _siblings(one: str, other: str) -> bool:
    """The parts of one whole: train.csv and test.csv."""
    parts = [re.sub(r"train(ing)?|test(ing)?|val(id|idation)?|dev", "", name.lower())
             for name in (re.split(r"[/\\]", one)[-1], other)]  # fmt: skip
    return parts[0] == parts[1] and one.lower() != other.lower()


@functools.lru_cache(maxsize=2)
def _reading(script: str) -> _Reader:
    return _Reader(ast.parse(script))


class _Reader:
    """Follows tables by the names (or attributes) that hold them."""

    def __init__(self, module: ast.Module) -> None:
        self.tables: dict[str, Table] = {}
        self._held: dict[str, set[str]] = {}
        self._texts: dict[str, list[str]] = {}
        self._made: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._uses = Uses(module)
        located = [node for node in ast.walk(module) if isinstance(node, (ast.expr, ast.stmt))]
        in_order = sorted(located, key=lambda node: (node.lineno, node.col_offset))
        for last in (False, True):  # functions stand before what calls them
            for node in in_order:
                self._follow(node)
                if last:
                    self._use(node)

    # which names hold a table

    def _follow(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.For):
            self._loop(node)
        elif isinstance(node, ast.Call):
            self._hand_on(node)

    def _assign(self, target: ast.AST, value: ast.AST) -> None:
        if isinstance(target, ast.Tuple):
            same = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
            for place, one in enumerate(target.elts):
                self._assign(one, value.elts[place] if same else value)  # type: ignore[attr-defined]
            return
        key = dotted(target)
        texts = self._list(value)
        if texts is not None and key:
            self._texts[key] = texts
            return
        origins = self._origins(value)
        if isinstance(target, ast.Attribute) and target.attr == "columns" and texts is not None:
            for origin in self._origins(target.value):
                self.tables[origin].names = texts
        if key and origins and not isinstance(target, ast.Subscript):
            self._held.setdefault(key, set()).update(origins)

    def _loop(self, node: ast.For) -> None:
        texts = self._list(node.iter)
        if texts is not None and isinstance(node.target, ast.Name):
            self._texts[node.target.id] = texts
        rows = isinstance(node.iter, ast.Call) and called(node.iter) in _BY_ROWS
        if rows or isinstance(node.iter, (ast.List, ast.Tuple)):
            for one in ast.walk(node.target):
                if isinstance(one, ast.Name):
                    self._held.setdefault(one.id, set()).update(self._origins(node.iter))

    def _hand_on(self, call: ast.Call) -> None:
        """A table that is given to the script's own function, or to a lambda row by row."""
        function = self._uses.functions.get(called(call))
        if function is not None:
            names = [one.arg for one in function.args.args]
            if names[:1] in (["self"], ["cls"]):
                names = names[1:]
            pairs = [*zip(names, call.args, strict=False)]
            pairs += [(one.arg, one.value) for one in call.keywords if one.arg]
            for name, given in pairs:
                if origins := self._origins(given):
                    self._held.setdefault(name, set()).update(origins)
        if called(call) == "apply" and any(one.arg == "axis" for one in call.keywords):
            for given in call.args:
                own = self._uses.functions.get(dotted(given) or "", given)
                if isinstance(own, (ast.Lambda, ast.FunctionDef)) and own.args.args:
                    held = self._held.setdefault(own.args.args[0].arg, set())
                    held.update(self._origins(call.func))

    def _origins(self, node: ast.AST | None) -> set[str]:
        """The files that a value may come from; none where it is no table."""
        if isinstance(node, ast.Call):
            if _is_read(node):
                origin = next(iter(self._paths(node)), "")
                table = self.tables.setdefault(origin, Table())
                self._read(node, table)
                return {origin}
            name = called(node)
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if name not in _ENDS and (found := self._origins(owner)):
                return found
            function = self._uses.functions.get(name)
            if function is not None or name in _PASSES:
                return set().union(*map(self._origins, node.args))
            return set()
        if isinstance(node, (ast.List, ast.Tuple)):
            return set().union(*map(self._origins, node.elts))
        if isinstance(node, (ast.Subscript, ast.Attribute)):
            return self._held.get(dotted(node) or "", set()) or self._origins(node.value)
        return self._held.get(node.id, set()) if isinstance(node, ast.Name) else set()

    def _paths(self, call: ast.Call) -> Iterator[str]:
        """The file's name in a call that reads: the last text in its first argument."""
        for given in [*call.args[:1], *(one.value for one in call.keywords[:1])]:
            texts = [one.value for one in ast.walk(given)
                     if isinstance(one, ast.Constant) and isinstance(one.value, str)]  # fmt: skip
            names = [text for one in ast.walk(given) if isinstance(one, ast.Name)
                     for text in self._texts.get(one.id, ())]  # fmt: skip
            yield from ([re.split(r"[/\\]", text)[-1] for text in (texts or names)[-1:]])

    def _list(self, node: ast.AST | None) -> list[str] | None:
        """A literal list of texts, or one text."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and node.elts:
            found = [self._list(one) for one in node.elts]
            if all(one is not None and len(one) == 1 for one in found):
                return [text for one in found if one for text in one]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [self._list(node.left), self._list(node.right)]
            if parts[0] is not None and parts[1] is not None and len(parts[0] + parts[1]) > 2:
                return parts[0] + parts[1]
        return (
            self._texts.get(dotted(node) or "")
            if isinstance(node, (ast.Name, ast.Attribute))
            else None
        )

    # what is done with it

    def _read(self, call: ast.Call, table: Table) -> None:
        for one in call.keywords:
            texts = self._list(one.value)
            if one.arg == "header" and getattr(one.value, "value", 0) is None:
                table.headless = True
            if one.arg == "names" and texts:
                table.names = texts
            elif one.arg in _NAMING and texts:
                for text in texts:
                    column = table.columns.setdefault(text, Column())
                    if one.arg == "parse_dates":
                        column.uses.add("date")

    def _use(self, node: ast.AST) -> None:
        if isinstance(node, ast.Subscript):
            origins = self._origins(node.value)
            if origins:
                self._subscript(node, origins)
        elif isinstance(node, ast.Attribute):
            origins = self._held.get(dotted(node.value) or "", set())
            plain = node.attr not in _ABOUT_TABLES and not node.attr.startswith("_")
            above = self._uses.parents.get(node)
            is_method = isinstance(above, ast.Call) and above.func is node
            if origins and plain and not is_method and isinstance(node.ctx, ast.Load):
                self._column([node.attr], origins, node)
        elif isinstance(node, ast.Call):
            self._call(node)

    def _subscript(self, node: ast.Subscript, origins: set[str]) -> None:
        index: ast.AST = node.slice
        if isinstance(node.value, ast.Attribute) and node.value.attr in ("loc", "at"):
            index = index.elts[-1] if isinstance(index, ast.Tuple) else index
        texts = self._list(index)
        if texts is not None:
            if isinstance(node.ctx, ast.Store):
                loaded = {one for origin in origins for one in self.tables[origin].columns}
                self._made |= set(texts) - loaded - self._loaded_beside(node)
            else:
                self._column(texts, origins, node)
            return
        if isinstance(index, ast.Slice) and (text_of(index.lower) or text_of(index.upper)):
            ends = [one for one in (text_of(index.lower), text_of(index.upper)) if one]
            self._column(ends, origins, node)
            return
        if not (isinstance(node.value, ast.Attribute) and node.value.attr in _NO_CELLS):
            for origin in origins:
                self._place(node, index, self.tables[origin])

    def _place(self, node: ast.Subscript, index: ast.AST, table: Table) -> None:
        """Cells that are looked up by their places."""
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        if len(parts) == 2:
            rows, column = parts
        elif table.headless and isinstance(index, ast.Constant):
            rows, column = ast.Slice(), index
        else:
            rows, column = parts[0], ast.Slice()
        place = column.value if isinstance(column, ast.Constant) else None
        if isinstance(place, int) and "target" in self._uses.of(node)[0]:
            table.label = place
        table.width = max(table.width, reach(column))
        table.rows = max(table.rows, reach(rows))

    def _loaded_beside(self, node: ast.AST) -> set[str]:
        """Columns that an assignment reads on its right."""
        above = self._uses.parents.get(node)
        value = getattr(above, "value", None)
        return {text for one in ast.walk(value) if isinstance(one, ast.Constant)
                for text in [one.value] if isinstance(text, str)} if value else set()  # fmt: skip

    def _column(self, texts: list[str], origins: set[str], node: ast.AST) -> None:
        uses, values = self._uses.of(node)
        for text in (self._renamed.get(one, one) for one in texts):
            if text in self._made:
                continue
            for origin in origins:
                column = self.tables[origin].columns.setdefault(text, Column())
                column.uses |= uses
                column.values.update(values)

    def _call(self, call: ast.Call) -> None:
        name = called(call)
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        origins = self._origins(owner)
        for given in [*call.args, *(one.value for one in call.keywords)]:
            if name not in self._uses.functions:
                origins = origins or self._origins(given)
        if name in ("ColumnTransformer", "make_column_transformer"):
            for one in ast.walk(call):
                texts = self._list(one) if isinstance(one, (ast.List, ast.Name)) else None
                if texts and (len(texts) > 1 or isinstance(one, ast.List)):
                    self._column(texts, set(self.tables), call)
        elif origins and not _is_read(call):
            self._naming(call, origins)

    def _naming(self, call: ast.Call, origins: set[str]) -> None:
        """The columns that are named in the arguments of a call on tables."""
        name, owner = called(call), getattr(call.func, "value", None)
        if name in _BY_PLACE and call.args and (texts := self._list(call.args[0])):
            self._column(texts, origins, call)
            for text in texts if name in _SAY else ():
                self._say(text, origins, _SAY[name])
        for keyword in call.keywords:
            texts = self._list(keyword.value) if keyword.arg in _NAMING else None
            if texts and name != "DataFrame" and self._owns(owner, call):
                self._column(texts, origins, call)
                for text in texts if name in _SAY else ():
                    self._say(text, origins, _SAY[name])
            elif isinstance(keyword.value, ast.Dict) and keyword.arg == "columns":
                pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
                for old, new in pairs:
                    if (head := text_of(old)) and (name_now := text_of(new)):
                        self._column([head], origins, call)
                        self._renamed[name_now] = head

    def _owns(self, owner: ast.AST | None, call: ast.Call) -> bool:
        """Whether names in a call are columns: it is a table's method, or has `data=` a table."""
        handed = [one.value for one in call.keywords if one.arg == "data"]
        handed += call.args[:1] if called(call) in _PASSES else []
        return bool(self._origins(owner)) or any(self._origins(one) for one in handed)

    def _say(self, text: str, origins: set[str], use: str) -> None:
        for origin in origins:
            if text in self.tables[origin].columns:
                self.tables[origin].columns[text].uses.add(use)


def _is_read(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and bool(_READS.match(call.func.attr))
        and dotted(call.func.value) in _READERS
    )
