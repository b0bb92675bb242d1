"""Is a quantity of the data that its name speaks of? Read from what the original's run did: which
names it was reckoned from, what the loops around went through, whether gradients were kept."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assay.adapt.oracles import words as naming
from assay.adapt.oracles.record import Record, Sample, Site

_DEEPEST = 4
_BLIND = 2  # only without gradients
_NO_VALUES = frozenset({"assigned", "target", "literal", "name", "item"})
_NAME = re.compile(r"(?<![\w.'\"])(?:self\.\w+|[A-Za-z_]\w*)(?!\w|\(|\s*=[^=])")
_KEY = re.compile(r"\[(['\"])(test|train)_\w+\1\]")
_CROSSED = re.compile(r"\bcross_val\w*\(")
_GATHERS = re.compile(r"accum|micro|virtual", re.I)
_SIDES = (
    frozenset({"d", "disc", "discriminator", "critic"}), frozenset({"g", "gen", "generator"}),
)  # fmt: skip
_IDENTIFIER = re.compile(r"([A-Za-z_]\w*)(\()?")
# A letter alone speaks of a network where it is called, or stands beside one of these.
_OF_NETWORKS = frozenset({"loss", "losses", "err", "error", "cost", "net", "network", "model",
                          "opt", "optim", "optimizer", "solver", "real", "fake", "adv", "logits",
                          "score", "out", "output", "pred", "grad"})  # fmt: skip
_SPREADS = frozenset({"std", "nanstd", "stdev", "pstdev", "var", "nanvar"})
_SPREAD = frozenset({"std", "stdev", "sd", "deviation", "var", "variance", "spread", "err", "pm",
                     "uncertainty", "dev", "stderr"})  # fmt: skip
_RELATIVE = frozenset({"relative", "rel", "normalized", "normalised", "norm", "ratio", "scaled",
                       "nrmse", "nmae", "per", "gap", "skill"})  # fmt: skip


def fault(record: Record, samples: Sequence[Sample], name: str) -> str:
    """What speaks against a name in all quantities of these values together; empty where nothing
    does."""
    sites = list({sample.site.number: sample.site for sample in samples}.values())
    return (
        _of_one_network(record, sites, name)
        or _of_scaled(record, sites, name)
        or _of_other_data(record, samples, name)
    )


# What data


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of the data: `parts` by names, `blind` whether it was reckoned without
    gradients, `crossed` whether a cross-validation gave it."""

    parts: frozenset[str]
    blind: bool = False
    crossed: bool = False


def _of_other_data(record: Record, samples: Sequence[Sample], name: str) -> str:
    claimed = naming.parts(name)
    if len(claimed) != 1 or "held" in claimed:
        return ""
    sites = [sample.site for sample in samples]
    if claimed & frozenset().union(*(_own(record, site) for site in sites)):
        return ""
    every = [_traced(record, sample) for sample in samples[:12]]
    shown = min((site.text for site in sites), key=len)
    line = sites[0].line
    if any(said.crossed for said in every):
        return f"`{shown}` (line {line}) is of a cross-validation's own parts"
    parts = frozenset().union(*(said.parts for said in every))
    blind = any(said.blind for said in every)
    held = bool(parts - {"train"})
    (claim,) = claimed
    if claim == "train" and "train" not in parts and (held or blind):
        how = f"of {', '.join(sorted(parts))} data" if held else "reckoned without gradients"
        return f"`{shown}` (line {line}) is {how}, and nothing says that it is of training data"
    if claim != "train" and not held and not (blind and not parts):
        functions = naming.parts(" ".join(site.function for site in sites))
        if not functions - {"train"}:
            return f"`{shown}` (line {line}): nothing says that it is of {claim} data"
    return ""


def _own(record: Record, site: Site) -> frozenset[str]:
    """What the script itself says of a quantity: in its expression and in a label that speaks of
    one part of the data."""
    text = naming.now(site.text)
    if _is_crossed(record, site):
        text = _KEY.sub("", text)
    label = frozenset() if site.kind == "probe" else naming.parts(site.label)
    return naming.parts(text) | (label if len(label) == 1 else frozenset())


def _is_crossed(record: Record, site: Site) -> bool:
    names = set(_NAME.findall(site.text))
    return any(
        one.label in names and one.function == site.function and _CROSSED.search(one.text)
        for one in record.sites
        if one.kind == "call" and one.label
    )


def crossed(record: Record, site: Site) -> frozenset[str]:
    """The word for what a cross-validation gave, whatever its scores are called."""
    return frozenset({"cv"} if _CROSSED.search(site.text) or _is_crossed(record, site) else ())


def evaluated(record: Record, sample: Sample) -> frozenset[str]:
    """What Keras calls these values, which it evaluated one after the other, or their percents."""
    kept: dict[str, list[float]] = {}
    for source, name, _, value in record.library:
        if source == "evaluation":
            kept.setdefault(name, []).append(value)
    return frozenset().union(
        *(naming.words(name) for name, values in kept.items()
          if list(sample.values) in (values, [value * 100 for value in values]))
    )  # fmt: skip


def _traced(record: Record, sample: Sample) -> _Said:
    """What is said of what a quantity was reckoned from, the nearest first."""
    blind = crossed = False
    seen: set[tuple[str, str]] = set()
    front = [sample.site]
    for _ in range(_DEEPEST):
        parts = frozenset().union(*(_own(record, site) for site in front))
        crossed |= any(_CROSSED.search(site.text) for site in front)
        blind |= any(record.modes.get(site.number) == _BLIND for site in front)
        around = [_through(record, site) for site in front]
        parts = parts or frozenset().union(*around)
        if parts or crossed:
            return _Said(parts, blind, crossed)
        front = [made for site in front for made in _made_of(record, site, seen)]
        if not front:
            break
    return _Said(frozenset(), blind, crossed)


def _through(record: Record, site: Site) -> frozenset[str]:
    """What the loops around a place go through say, the innermost first."""
    for event in record.at.get(site.number, [])[:1]:
        for loop, _ in reversed(record.turns[event]):
            found = _of_loop(record, loop)
            if found:
                return found
    return frozenset()


def _of_loop(record: Record, loop: int) -> frozenset[str]:
    told = record.loops[loop]
    found = naming.parts(told.through)
    if found:
        return found
    names = set(_NAME.findall(told.through))
    return frozenset().union(
        *(naming.parts(site.text) for site in record.sites
          if site.label in names and site.function == told.function and site.kind == "call")
    )  # fmt: skip


def _made_of(record: Record, site: Site, seen: set[tuple[str, str]]) -> Iterator[Site]:
    """The places that gave the names in an expression what they hold, or what a function that was
    called with them was given."""
    for name in dict.fromkeys(_NAME.findall(site.text)):
        if (site.function, name) in seen:
            continue
        seen.add((site.function, name))
        found = list(_set_before(record, site, name))
        if not found and site.function:
            own = site.function.rpartition(".")[2]
            found = [one for one in record.sites
                     if one.kind == "call"
                     and re.match(rf"([\w.]+\.)?{own}\(", one.text)]  # fmt: skip
            found = found if name.isidentifier() and not _is_module(record, name) else []
        yield from found


def _is_module(record: Record, name: str) -> bool:
    return any(
        site.text == name and site.kind == "assigned" and not site.function for site in record.sites
    )


def _set_before(record: Record, site: Site, name: str) -> Iterator[Site]:
    """The sites of a name's definition that is in force at a place, with what it is given there;
    of a target of a loop what the loop goes through, as a site."""
    known = [one for one in record.sites if one.text == name and one.function == site.function
             and one.kind in ("assigned", "target")]  # fmt: skip
    known = known or [one for one in record.sites if one.text == name and not one.function
                      and one.kind in ("assigned", "target")]  # fmt: skip
    before = [one for one in known if one.line <= site.line or one.function != site.function]
    last = max((one.line for one in before), default=None)
    for one in before or known:
        # Sums are begun in one line and go on in another.
        grows = _is_sum(record, name, site.function)
        if last is not None and one.line != last and not grows:
            continue
        yield one
        if one.kind == "target":
            yield from (Site(one.number, loop.through, one.line, one.function, "", "loop")
                        for loop in record.loops
                        if loop.line == one.line and name in loop.targets)  # fmt: skip
            continue
        given = [value for value in record.sites
                 if (value.line, value.function) == (one.line, one.function)
                 and value.kind not in _NO_VALUES]  # fmt: skip
        yield from sorted(given, key=lambda value: -len(value.text))[:1]


def summed(record: Record, site: Site) -> frozenset[str]:
    """The words of what was added to the sums in an expression: `style_sum` is one of losses."""
    lines = {(site.function, line) for name in _NAME.findall(site.text)
             for line in record.sums.get((site.function, name), ())}  # fmt: skip
    return frozenset().union(
        *(naming.words(one.text) for one in record.sites
          if (one.function, one.line) in lines and one.kind not in _NO_VALUES)
    )  # fmt: skip


def _is_sum(record: Record, name: str, function: str) -> bool:
    return bool(record.sums.get((function, name)))


# Whose, and how reckoned


def _of_one_network(record: Record, sites: Sequence[Site], name: str) -> str:
    """A loss of one of two networks under a name that is that of none."""
    if not naming.is_loss(name) or any(side & naming.words(name) for side in _SIDES):
        return ""
    here = frozenset().union(*map(_spoken, sites))
    sides = [number for number, side in enumerate(_SIDES) if side & here]
    if len(sides) != 1:
        return ""
    other = _SIDES[1 - sides[0]]
    if not any(other & _spoken(site) for site in record.sites if site.number in record.values):
        return ""
    shown = min((site.text for site in sites if _spoken(site) & _SIDES[sides[0]]), key=len)
    return f"`{shown}` is the loss of one of two networks, and the name does not say of which"


def _spoken(site: Site) -> frozenset[str]:
    """The words of a place that may speak of a network."""
    label = frozenset() if site.kind == "probe" else naming.words(site.label)
    found = set(label)
    for identifier, is_called in _IDENTIFIER.findall(site.text):
        words = naming.words(identifier)
        found |= {one for one in words if len(one) > 1 or is_called or words & _OF_NETWORKS}
    return frozenset(found)


def _of_scaled(record: Record, sites: Sequence[Site], name: str) -> str:
    """A loss that is divided for gradients to be gathered, under the name of the whole."""
    if not naming.is_loss(name) or naming.words(name) & {"scaled", "micro", "divided"}:
        return ""
    for site in sites:
        names = {site.text, site.text.removesuffix(".item()")}
        for one in record.sites:
            if one.kind == "binop" and one.label in names and one.function == site.function:
                _, divided, by = one.text.rpartition("/")
                if divided and _GATHERS.search(by):
                    return f"`{site.text}` is `{one.text}` (line {one.line}): a part of the loss"
    return ""


def reckoned(site: Site, name: str) -> str:
    """What an expression does to the quantity that a name speaks of, so that it is none; empty
    where it does nothing to it."""
    try:
        node = _bare(ast.parse(site.text, mode="eval").body)
    except (SyntaxError, ValueError):
        return ""
    said = naming.words(name)
    func = node.func if isinstance(node, ast.Call) else None
    called = getattr(func, "attr", getattr(func, "id", ""))
    if called in _SPREADS and not said & _SPREAD:
        return f"`{site.text}` (line {site.line}) says how far the values lie apart"
    inner = _changed(node, said)
    if inner is None:
        return ""
    wanted = naming.content(name)
    label = frozenset() if site.kind == "probe" else naming.words(site.label)
    within = naming.covered(wanted, naming.words(ast.unparse(inner)))
    if within and not naming.covered(within, label):
        return f"`{site.text}` (line {site.line}) is reckoned from it, and no {name}"
    return ""


def _bare(node: ast.expr) -> ast.expr:
    """An expression without what only makes it a plain number."""
    while isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("item", "detach", "cpu"):
            node = node.func.value
        elif isinstance(node.func, ast.Name) and node.func.id in ("float", "round") and node.args:
            node = node.args[0]
        else:
            break
    return node


def _changed(node: ast.expr, said: frozenset[str]) -> ast.expr | None:
    """The quantity in `1 - X`, `-X` and `metric(…) / X`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        negated = "neg" in ast.unparse(node) or "score" in ast.unparse(node)
        return None if negated or said & {"neg", "negative"} else node.operand
    if not isinstance(node, ast.BinOp):
        return None
    if isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Constant):
        return node.right
    if isinstance(node.op, ast.Div) and isinstance(node.left, ast.Call):
        func = node.left.func
        called = getattr(func, "attr", getattr(func, "id", ""))
        if called.endswith(("_score", "_error")) and not said & _RELATIVE:
            return node.left
    return None
