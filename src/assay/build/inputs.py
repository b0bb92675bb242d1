"""Inputs for a parameter, made from a seed: by its annotation, default, documentation and name."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable
from dataclasses import dataclass

_SHAPES: tuple[tuple[int, ...], ...] = (
    (5,), (3, 4), (2, 3, 4), (8, 4), (2, 3, 6, 6), (6, 3), (4, 4), (1, 3, 8, 8), (4,), (10, 3),
)  # fmt: skip
_ONE_A_ROW = re.compile(r"label|target|^y($|_)|indices|^idx|weights$")
_TIMES = re.compile(r"(t|ts|times?|time_?steps|t_eval)$")
_DIMENSIONS = re.compile(
    r"[(\[]\s*((?:[A-Za-z*]\w*|\d+)(?:\s*,\s*(?:[A-Za-z*]\w*|\d+))+)\s*,?\s*[)\]]"
)
_SIZES = {
    "b": 2, "n": 4, "c": 3, "h": 6, "w": 6, "d": 4, "l": 5, "t": 5, "s": 4, "k": 3, "m": 3, "*": 2,
    "batch": 2, "batch_size": 2, "n_samples": 6, "n_features": 3, "channels": 3, "height": 6,
    "width": 6, "seq_len": 5,
}  # fmt: skip
_QUOTED = re.compile(r"[\"'`]{1,2}([a-z][\w-]{1,20})[\"'`]{1,2}")
_WHOLE = re.compile(r"label|target|class|index|indices|idx|\bids?\b|\blong\b|\bint(eger)?s?\b")
_NAMES: tuple[tuple[str, str], ...] = (
    ("bool", r"^(is|use|return|with|keep|has|do)_|^(training|inplace|keepdims?|normalize[d]?)$"),
    ("axis", r"^(dim|axis|mode_index)$"),
    ("odd", r"kernel_size|window"),
    ("int", r"^(n|k|num|max|min)$|^(n|num|max|min)_|_(size|dim|features|channels|len)$"
            r"|^(size|dims|degree|order|depth|length|rank|seed|steps|bins|channels|in_\w+"
            r"|out_\w+|groups|stride|padding|dilation|mode)$"),
    ("float", r"^(alpha|beta|gamma|delta|eps|epsilon|lr|rate|p|q|ratio|temperature|sigma|tol|scale"
              r"|threshold|momentum|weight_decay|lam|lambda_?|mu|std|mean|low|high|tau|margin"
              r"|dropout|smoothing)$|_(rate|ratio|coef|factor|weight|eps)$"),
    ("function", r"^(func|fn|function|callback|activation|loss_fn|\w+_(func|fn|function))$"),
    ("str", r"^(name|text|string|word|sentence)$"),
    ("strings", r"^(texts|words|tokens|sentences|names)$"),
    ("array", r"^(x|y|z|a|b|u|v|w|xs|ys|input|inputs|tensor\d?|array\d?|arr|data|img|image|images"
              r"|logits|preds?|predictions?|targets?|labels?|y_true|y_pred|matrix|mat|weights?"
              r"|scores|points|features|values|mask|query|key|value|probs?|boxes\d?|src|dst|other"
              r"|embeddings?|t|ts|times?|[xyz]\d|mat\d?|sims?|dists?|distances?)$"),
)  # fmt: skip
_FITTING = re.compile(
    r"^(in_features|(num_|n_)?features|dim|(input|embed|embedding|hidden)_(dim|size)|d_model)$"
)
_FITTING_CHANNELS = re.compile(r"^(in_|num_|n_)?channels$|^(inp|in)_(dim|planes)$")
# For what no one says anything of: tensors and arrays are what these libraries are about.
_GUESSES = ("array", "array", "array", "float", "int", "floats", "str", "function")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: the text of its annotation and default, None where it has none, and what the
    docstring says of it."""

    name: str
    annotation: str
    default: str | None
    said: str
    keyword: bool = False


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, docstring: str) -> list[Parameter]:
    """A function's parameters without `self`, `cls`, and those that take any number."""
    plain = [*node.args.posonlyargs, *node.args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(node.args.defaults))
    pairs = [*zip(plain, [*defaults, *node.args.defaults], strict=True)]
    found = [_parameter(one, default, docstring, False) for one, default in pairs]
    found += [
        _parameter(one, default, docstring, True)
        for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    ]
    return [one for one in found if one.name not in ("self", "cls")]


def _parameter(
    argument: ast.arg, default: ast.expr | None, docstring: str, keyword: bool
) -> Parameter:
    annotation = ast.unparse(argument.annotation).strip("'\"") if argument.annotation else ""
    text = None if default is None else ast.unparse(default)
    return Parameter(argument.arg, annotation, text, _said(docstring, argument.arg), keyword)


def _said(docstring: str, name: str) -> str:
    """The lines of a docstring about a parameter, as Google, numpy and Sphinx write them."""
    begins = rf"^[ \t]*(?::param )?[`*]*{re.escape(name)}[`*]*[ \t]*(\([^)\n]*\))?[ \t]*:"
    pattern = rf"{begins}(.*(?:\n[ \t]+.*)?)"
    found = re.search(pattern, docstring, re.M)
    return f"{found[1] or ''} {found[2]}".strip() if found else ""


class Draw:
    """What one seed draws: the same for the same seed. `favours` is the array library that the
    module works with, torch, numpy or none; arrays of one call share a shape where nothing else is
    said."""

    def __init__(self, name: str, seed: int, favours: str) -> None:
        self.random = random.Random(f"{name}/{seed}")
        self.seed = seed
        self.favours = favours
        self._shape = _SHAPES[seed % len(_SHAPES)]
        self._arrays = 0
        self._sizes = {key: max(1, size + seed % 2) for key, size in _SIZES.items()}

    def given(self, parameter: Parameter) -> str | None:
        """What to give for a parameter, as Python; None to leave it to its default. LookupError
        where nobody knows what it could be."""
        if parameter.default is not None:
            # The first seed shows what the defaults do.
            if self.seed == 0 or self.random.random() < 0.6:
                return None
            return self._beside(parameter)
        return self._of_kind(kind_of(parameter, self.seed), parameter)

    def _beside(self, parameter: Parameter) -> str | None:
        """Something else than the default, of its kind."""
        try:
            value = ast.literal_eval(parameter.default or "")
        except (ValueError, SyntaxError):
            return None
        if isinstance(value, bool):
            return repr(not value)
        if isinstance(value, int):
            return repr(max(0, value + self.random.choice((-1, 1, 2))))
        if isinstance(value, float):
            return repr(round(value * self.random.choice((0.5, 2.0, 0.1)), 6))
        if isinstance(value, str):
            words = _choices(parameter)
            return repr(self.random.choice(words)) if words else None
        if value is None and (parameter.annotation or parameter.said):
            kind = kind_of(parameter, -1)
            return self._of_kind(kind, parameter) if kind != "unknown" else None
        return None

    def _of_kind(self, kind: str, parameter: Parameter) -> str:
        makers: dict[str, Callable[[], str]] = {
            "bool": lambda: repr(self.random.random() < 0.5),
            "axis": lambda: repr(self.random.choice((-1, 0, 1))),
            "odd": lambda: repr(self.random.choice((3, 5))),
            "int": lambda: self._count(parameter),
            "float": lambda: repr(round(self.random.uniform(0.05, 1.5), 3)),
            "str": lambda: repr(self.random.choice(_choices(parameter) or _WORDS)),
            "ints": lambda: self._several(parameter, lambda: repr(self.random.randint(1, 4))),
            "floats": lambda: self._several(parameter, self._number),
            "strings": lambda: repr(self.random.sample(_WORDS, 3)),
            "arrays": lambda: f"[{', '.join(self._array(parameter) for _ in range(2))}]",
            "array": lambda: self._array(parameter),
            "numpy": lambda: self._array(parameter, "numpy"),
            "frame": self._frame,
            "module": lambda: "torch.nn.Tanh()",
            "torch dtype": lambda: self.random.choice(("torch.float32", "torch.float64")),
            "device": lambda: "'cpu'",
            "function": self._function,
        }
        if kind not in makers:
            raise LookupError(f"nothing says what {parameter.name!r} could be")
        return makers[kind]()

    def _count(self, parameter: Parameter) -> str:
        """A size; one that has to fit the last axis of the data does so, as a rule."""
        if _FITTING.search(parameter.name) and self.random.random() < 0.8:
            return repr(self._shape[-1])
        if _FITTING_CHANNELS.search(parameter.name) and len(self._shape) == 4:
            return repr(self._shape[1])
        return repr(self.random.randint(1, 5))

    def _number(self) -> str:
        return repr(round(self.random.uniform(-2.0, 2.0), 3))

    def _several(self, parameter: Parameter, one: Callable[[], str]) -> str:
        fixed = re.search(r"[Tt]uple\[([^\]]*)\]", parameter.annotation)
        count = fixed[1].count(",") + 1 if fixed and "..." not in fixed[1] else 3
        parts = ", ".join(one() for _ in range(count))
        is_tuple = re.search(r"[Tt]uple", f"{parameter.annotation} {parameter.said}")
        return f"({parts},)" if is_tuple else f"[{parts}]"

    def _array(self, parameter: Parameter, library: str | None = None) -> str:
        self._arrays += 1
        library = library or self.favours
        shape = self._shape_of(parameter)
        number = 100 * self.seed + self._arrays
        text = f"{parameter.name} {parameter.said}".lower()
        style = "normal"
        if _ONE_A_ROW.search(parameter.name) and len(shape) == 2 and self.random.random() < 0.7:
            shape = shape[:1]
        if re.search(r"\bmask\b|bool", text):
            style = "bool"
        elif _WHOLE.search(text) and self.random.random() < 0.7:
            style = "whole"
        elif self.random.random() < 0.4 or "prob" in text:
            style = "uniform"
        if _TIMES.match(parameter.name) and library != "none" and self.random.random() < 0.7:
            return f"{library}.linspace(0.0, {round(self.random.uniform(0.5, 2.0), 2)}, 5)"
        if library == "torch":
            made = f"generator=torch.Generator().manual_seed({number})"
            return {
                "normal": f"torch.randn({shape}, {made})",
                "uniform": f"torch.rand({shape}, {made})",
                "whole": f"torch.randint(0, 3, {shape}, {made})",
                "bool": f"torch.rand({shape}, {made}) > 0.5",
            }[style]
        if library == "none":
            return repr(self._listed(shape[: 1 + self.seed // 8 % 2], style))
        made = f"numpy.random.default_rng({number})"
        return {
            "normal": f"{made}.normal(size={shape})",
            "uniform": f"{made}.uniform(size={shape})",
            "whole": f"{made}.integers(0, 3, size={shape})",
            "bool": f"{made}.uniform(size={shape}) > 0.5",
        }[style]

    def _listed(self, shape: tuple[int, ...], style: str) -> list[object]:
        """Data where there is no array library."""
        if len(shape) > 1:
            return [self._listed(shape[1:], style) for _ in range(shape[0])]
        makers: dict[str, Callable[[], object]] = {
            "normal": lambda: round(self.random.gauss(0, 1), 3),
            "uniform": lambda: round(self.random.random(), 3),
            "whole": lambda: self.random.randrange(3),
            "bool": lambda: self.random.random() > 0.5,
        }
        return [makers[style]() for _ in range(shape[0])]

    def _shape_of(self, parameter: Parameter) -> tuple[int, ...]:
        """As the documentation has it, letters meaning the same size all over the call."""
        found = _DIMENSIONS.search(parameter.said)
        words = [one.strip().lower() for one in found[1].split(",")] if found else []
        known = [self._sizes.get(w, int(w) if w.isdigit() else 0) for w in words]
        return tuple(known) if known and all(known) and len(known) <= 5 else self._shape

    def _function(self) -> str:
        """One that takes whatever it is given."""
        library = self.favours if self.favours != "none" else "math"
        return self.random.choice((f"{library}.tanh", "lambda *given: given[-1]"))

    def _frame(self) -> str:
        made = f"numpy.random.default_rng({self.seed})"
        return f"pandas.DataFrame({made}.normal(size=(6, 3)), columns=['a', 'b', 'c'])"


_WORDS = ["alpha", "beta gamma", "Delta", "the cat sat", "x1", "hello world"]


def kind_of(parameter: Parameter, seed: int) -> str:
    """What a parameter takes: by its annotation, then what is said of it, then its name. What no
    one says is tried in turn, by seed; `unknown` where that is negative."""
    for text in (parameter.annotation, parameter.said.split("\n")[0][:60]):
        kind = _by_type(text.lower())
        if kind:
            named = _by_name(parameter.name)
            return named if kind in ("int", "float") and named in ("axis", "odd") else kind
    named = _by_name(parameter.name)
    if named == "array" and seed % 3 == 1 and re.search(r"target|label|index|^y$", parameter.name):
        return "int"  # as often one class as one for each of many
    if named or seed < 0:
        return named or "unknown"
    return random.Random(f"{parameter.name}/{seed}").choice(_GUESSES)


def _by_type(text: str) -> str:
    several = re.search(r"\b(list|tuple|sequence|iterable|collection)\b", text) is not None
    if re.search(r"callable|function\b", text):
        return "function"
    if re.search(r"tensor|\bndarray|array|matrix|\bfloattensor|\bx\b.*shape", text):
        if several and re.search(r"(list|tuple|sequence|iterable)(\[| of).*(tensor|array)", text):
            return "arrays"
        return "numpy" if re.search(r"ndarray|np\.|numpy", text) else "array"
    if "dataframe" in text:
        return "frame"
    if re.search(r"\bnn\.module|\bmodule\b", text):
        return "module"
    if re.search(r"torch\.dtype", text):
        return "torch dtype"
    if re.search(r"\bdevice\b", text):
        return "device"
    for kind, pattern in (("int", r"\bint(eger)?s?\b"), ("float", r"\bfloats?\b|\breal\b|\bnumber"),
                          ("str", r"\bstr(ing)?s?\b|literal\[")):  # fmt: skip
        if re.search(pattern, text):
            return {"int": "ints", "float": "floats", "str": "strings"}[kind] if several else kind
    if re.search(r"\bbool", text):
        return "bool"
    return "floats" if several else ""


def _by_name(name: str) -> str:
    return next((kind for kind, pattern in _NAMES if re.search(pattern, name)), "")


def _choices(parameter: Parameter) -> list[str]:
    """The words that a parameter may be, as its annotation or documentation names them."""
    literal = re.search(r"Literal\[([^\]]*)\]", parameter.annotation)
    text = literal[1] if literal else parameter.said
    return list(dict.fromkeys(_QUOTED.findall(text)))
