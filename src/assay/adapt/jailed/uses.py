"""What a script does with a column of a table where it looks it up."""

from __future__ import annotations

import ast
import re
from typing import Any

from .syntax import called, constants, dotted

_ENCODER = re.compile(r"(^|_)(le|enc|encoder|lb|ohe|oe|lbl)(_|\d|$)|encod|binariz", re.I)
_READER = re.compile(r"tok|vect|tfidf|count|cv$|cleaned|clean|preprocess|stem|lemma", re.I)
_OF_TEXTS = {"lower", "upper", "split", "strip", "replace", "isalpha", "translate", "encode"}
_TARGET = re.compile(r"(y|labels?|targets?)(_?(train|all|data|raw|true))?", re.I)


class Uses:
    """Looks from a column upwards through the tree."""

    def __init__(self, module: ast.Module) -> None:
        self.parents = {
            child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)
        }
        self.functions = {
            node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)
        }

    def of(self, node: ast.AST) -> tuple[set[str], dict[Any, None]]:
        """What happens to a column where it is looked up: to it, and to what comes of it."""
        uses: set[str] = set()
        values: dict[Any, None] = {}
        child, above = node, self.parents.get(node)
        while isinstance(above, (ast.Attribute, ast.Call, ast.Compare, ast.Subscript)):
            if isinstance(above, ast.Attribute):
                uses |= {"str": {"text"}, "dt": {"date"}, "cat": {"category"}}.get(
                    above.attr, set()
                )
            elif isinstance(above, ast.Compare):
                if not isinstance(above.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn)):
                    return uses, values
                for one in (above.left, *above.comparators):
                    values.update(dict.fromkeys(constants(one)))
                return uses, values
            elif isinstance(above, ast.Subscript):
                if child is not above.value:
                    return uses, values
            elif child is above.func:
                self._method(above, uses, values)
            else:
                self._argument(above, uses)
                if called(above) not in ("array", "asarray", "Series", "to_datetime"):
                    return uses, values
            child, above = above, self.parents.get(above)
        if isinstance(above, ast.Assign):
            names = {(dotted(one) or "").split(".")[-1] for one in above.targets}
            if any(map(_TARGET.fullmatch, names)):
                uses.add("target")
        return uses, values

    def _method(self, call: ast.Call, uses: set[str], values: dict[Any, None]) -> None:
        name = called(call)
        for given in call.args:
            if name in ("map", "replace", "isin"):
                values.update(dict.fromkeys(constants(given)))
            elif name == "astype" and "category" in ast.unparse(given):
                uses.add("category")
            elif name == "astype" and re.fullmatch(r"int|'int\d*'|np\.int\d*", ast.unparse(given)):
                uses.add("int")
            if name in ("map", "apply"):
                own = self.functions.get(dotted(given) or "", given)
                methods = {called(one) for one in ast.walk(own) if isinstance(one, ast.Call)}
                if methods & _OF_TEXTS or _READER.search(dotted(given) or ""):
                    uses.add("text")
        if name == "pop" or name == "factorize":
            uses.add("target" if name == "pop" else "category")

    def _argument(self, call: ast.Call, uses: set[str]) -> None:
        name, owner = called(call), getattr(call.func, "value", None)
        by = ast.unparse(owner) if owner else ""
        if name == "to_datetime":
            uses.add("date")
        elif name == "get_dummies" or ("fit" in name and _ENCODER.search(by)):
            uses.add("category")
        elif name == "to_categorical":
            uses.add("target")
        elif name == "fit_on_texts" or ("transform" in name and _READER.search(by)):
            uses.add("text")
