"""Proves rewrites: the original and they run in the jail, watched, and oracles compare."""

from __future__ import annotations

import ast
import difflib
import functools
import json
import re
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from assay.adapt.oracles import Case, Oracle, Question, Watched, oracles
from assay.adapt.oracles.record import record_of
from assay.adapt.smoke import Prepared, prepared, run, run_all
from assay.adapt.smoke.preparing import check
from assay.adapt.stores import stores_of
from assay.adapt.words import Finding, Proof, Rewrite, Settings, Smoked
from assay.core.errors import HarnessError
from assay.engine.session import Session

_BEFORE = "import smoking.watching\nsmoking.watching.install({config})"
_TOLD = "before['smoking'].watching.{what}()"
_QUESTIONS = tuple(
    _TOLD.format(what=what) for what in ("told", "left_stores", "models", "registered", "layers")
)
_QUESTIONS_OF_ALL = frozenset(get_args(Question))
# What may be reckoned once more in the original, at the place where a rewrite reckons it: it
# changes nothing and calls nothing of the script's.
_PURE = frozenset(
    {"item", "mean", "sum", "detach", "cpu", "numpy", "len", "float", "int", "sqrt", "exp",
     "log", "abs", "max", "min", "get_last_lr", "compute"}
)  # fmt: skip
_PURE_NODES = (
    ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.Constant, ast.Call,
    ast.Load, ast.operator, ast.unaryop, ast.Slice, ast.Tuple,
)  # fmt: skip
Probe = tuple[int, str, str]
# What no data would have helped: a name that nobody defines, a library that has gone on.
_BROKEN = re.compile(
    r"^(NameError|ImportError|ModuleNotFoundError|SyntaxError|UnboundLocalError|EOFError)|"
    r"has no attribute|unexpected keyword argument|not recognized|was removed|0-dim tensor"
)


@dataclass(frozen=True, slots=True)
class OriginalFails:
    """The script itself does not run to its end, so nothing can be proven of any rewrite."""

    smoked: Smoked

    @property
    def reason(self) -> str:
        where = f" in line {self.smoked.line}" if self.smoked.line else ""
        told = " ".join(self.smoked.message.split())
        plain = f"the original {self.smoked.outcome}{where}: {told}"
        if self.smoked.outcome in ("timeout", "memory"):
            return (
                f"{plain}; make it smaller with --args, or by epochs, steps in [tool.assay.smoke]"
            )
        if _BROKEN.search(told):
            return plain
        found = (re.match(r"(?:file|folder) (.+): synthetic", one) for one in self.smoked.replaced)
        if made_up := [one[1] for one in found if one]:
            return (
                f"could not be run on data that we made up: {', '.join(made_up[:3])} is not what "
                f"the script expects{where} ({told}); say in [tool.assay.smoke] what it looks like"
            )
        if told.startswith("FileNotFoundError"):
            return f"{plain}; say what is in it in [tool.assay.smoke], or name another with --args"
        return plain


def prove(
    session: Session, original: str, rewrite: Rewrite, settings: Settings | None = None
) -> Proof | OriginalFails:
    """Run both scripts and let all oracles compare them.

    Raises InputError where either is not Python, and HarnessError where our side failed.
    """
    found = prove_all(session, original, [rewrite], settings)
    return found if isinstance(found, OriginalFails) else found[0]


def prove_all(
    session: Session,
    original: str,
    rewrites: Sequence[Rewrite],
    settings: Settings | None = None,
    *,
    by: Sequence[Oracle] | None = None,
) -> list[Proof] | OriginalFails:
    """A proof of each rewrite, beside one run of the original. `by` are other oracles than all.

    Raises InputError where one is not Python, and HarnessError where our side failed.
    """
    whole = [one for one in rewrites if not one.stages]
    found = cases(session, original, whole, settings)
    if isinstance(found, OriginalFails):
        return found
    judges = oracles() if by is None else by
    proofs = iter([_proof(one, judges) if isinstance(one, Case) else one for one in found])
    return [
        _by_stages(session, original, one, settings, judges) if one.stages else next(proofs)
        for one in rewrites
    ]


def _by_stages(
    session: Session, original: str, rewrite: Rewrite, settings: Settings | None,
    judges: Sequence[Oracle],
) -> Proof:  # fmt: skip
    """A proof of each target against the script that it was put into."""
    findings: list[Finding] = []
    before, adapted = original, None
    for stage in rewrite.stages:
        found = prove_all(session, before, [stage], settings, by=judges)
        if isinstance(found, OriginalFails):
            findings.append(Finding("finished", False, found.reason))
            return Proof(rewrite, tuple(findings), False, found.smoked)
        findings += found[0].findings
        before, adapted = stage.text, found[0].adapted
        if not found[0].proven:
            return Proof(rewrite, tuple(findings), False, adapted)
    return Proof(rewrite, tuple(findings), True, adapted)


def cases(
    session: Session,
    original: str,
    rewrites: Sequence[Rewrite],
    settings: Settings | None = None,
) -> list[Case | Proof] | OriginalFails:
    """What oracles are given of each rewrite; a proof that fails of one that does not run."""
    chosen = settings or Settings()
    check(original, "the original")
    for rewrite in rewrites:
        check(rewrite.text, "the rewrite")
    probes = {probe for rewrite in rewrites for probe in probes_of(original, rewrite.text)}
    script = _watching(original, chosen, probes)
    known = _originals.setdefault(session, {})
    waiting = [] if script.code in known else [script]
    waiting += [_watching(rewrite.text, chosen, (), original) for rewrite in rewrites]
    ran = run_all(session, [(one, _QUESTIONS) for one in waiting])
    for smoked in ran:
        if smoked.outcome == "harness":
            raise HarnessError(f"a smoke run failed on our side: {smoked.message}")
    first = known.setdefault(script.code, ran[0])
    if first.outcome != "finished":
        return OriginalFails(first)
    before = _watched(first)
    if before is None:
        raise HarnessError(f"the original's run could not be read: {first.message}")
    again = functools.cache(lambda: run(session, script))
    return [
        _case(original, rewrite, before, smoked, again)
        for rewrite, smoked in zip(rewrites, ran[len(waiting) - len(rewrites) :], strict=True)
    ]


# Runs of originals that a session has seen: models are asked for many rewrites of one script.
_originals: weakref.WeakKeyDictionary[Session, dict[str, Smoked]] = weakref.WeakKeyDictionary()


def _case(
    original: str, rewrite: Rewrite, before: Watched, smoked: Smoked, again: Callable[[], Smoked]
) -> Case | Proof:
    after = _watched(smoked) if smoked.outcome == "finished" else None
    if after is not None:
        return Case(original, rewrite, before, after, again)
    where = f" in line {smoked.line}" if smoked.line else ""
    told = f"the rewrite {smoked.outcome}{where}: {smoked.message[:300]}"
    if smoked.outcome == "finished":
        told = f"the rewrite's run gives no account of itself: {smoked.message[:300]}"
    finding = Finding("finished", False, told)
    return Proof(rewrite, (finding,), False, replace(smoked, answers=()))


def _proof(case: Case, judges: Sequence[Oracle]) -> Proof:
    findings: list[Finding] = []
    answered: set[str] = set()
    for judge in judges:
        said = _said(judge, case)
        findings += said
        if any(one.holds for one in said):
            answered.add(judge.question)
    proven = answered == _QUESTIONS_OF_ALL and all(one.holds is not False for one in findings)
    return Proof(case.rewrite, tuple(findings), proven, case.after.smoked)


def _said(judge: Oracle, case: Case) -> tuple[Finding, ...]:
    """What an oracle finds. Facts come from a process that ran the rewrite: where they have not
    the form that an honest run gives them, that is a finding, too."""
    try:
        return tuple(judge.judge(case))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        told = f"the run's account of itself makes no sense ({type(error).__name__}: {error})"
        return (Finding(judge.name, False, told[:300]),)


def _watching(
    script: str, settings: Settings, probes: Iterable[Probe], original: str = ""
) -> Prepared:
    by_line: dict[int, list[tuple[str, str]]] = {}
    for line, expression, label in sorted(probes):
        by_line.setdefault(line, []).append((expression, label))
    before = _BEFORE.format(config=repr({"probes": by_line}))
    return prepared(
        script, replace(settings, before=f"{settings.before}\n{before}"), original=original
    )


def _watched(smoked: Smoked) -> Watched | None:
    """What a run told of itself; None where it makes no sense, which is then nobody's proof."""
    try:
        _, stores, models, loaded, layers = map(json.loads, smoked.answers)
        return Watched(
            replace(smoked, answers=()), record_of(smoked.answers[0]), stores_of(stores),
            {str(path): dict(one) for path, one in models.items()},
            [dict(one) for one in loaded], [dict(one) for one in layers],
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def probes_of(original: str, rewrite: str) -> Iterator[Probe]:
    """Compound expressions that added calls of a rewrite are given, with the line of the original
    behind which they stand: what the script leaves to its reader to reckon."""
    places = _places(original, rewrite)
    for node in ast.walk(ast.parse(rewrite)):
        if not isinstance(node, ast.Call) or node.lineno in places.same:
            continue
        line = places.behind(node.lineno, node.col_offset)
        for label, value in _given(node):
            known = _is_reckoned(value) or _is_settled(original, line, value)
            if line and known and _is_pure(value):
                yield line, ast.unparse(value), label


def _given(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
    label = next((text for text in texts if isinstance(text, str)), "")
    for one in node.args:
        if isinstance(one, ast.Dict):
            for key, value in zip(one.keys, one.values, strict=True):
                yield (str(key.value) if isinstance(key, ast.Constant) else ""), value
        else:
            yield label, one


def _is_reckoned(node: ast.expr) -> bool:
    """Whether it joins quantities of the script, or takes one out of its tensor. One that is only
    scaled or rounded is another one than the script's."""
    joins = any(isinstance(one, ast.BinOp) for one in ast.walk(node))
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} - _PURE
    return len(names) > 1 if joins else isinstance(node, ast.Call)


def _is_settled(original: str, line: int, node: ast.expr) -> bool:
    """Whether it reads what an object keeps, `losses.avg`, where its function asks no more of the
    object after the statement of that line: what it keeps is then what it was fed. So does what an
    estimator learned, `kmeans.inertia_`, until it is fitted anew."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return False
    if node.attr.endswith("_") and not node.attr.startswith("_"):
        return True
    every = [one for one in ast.walk(ast.parse(original)) if isinstance(one, ast.stmt)]
    ends = [one.end_lineno or 0 for one in every if one.lineno == line]
    around = [one for one in every if isinstance(one, ast.FunctionDef)
              and one.lineno <= line <= (one.end_lineno or 0)]  # fmt: skip
    return bool(ends and around) and not any(
        isinstance(call, ast.Call)
        and call.lineno > max(ends)
        and ast.unparse(call.func).startswith(f"{node.value.id}.")
        for call in ast.walk(max(around, key=lambda one: one.lineno))
    )


def _is_pure(node: ast.expr) -> bool:
    for one in ast.walk(node):
        if not isinstance(one, _PURE_NODES):
            return False
        if isinstance(one, ast.Call):
            func = one.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name not in _PURE or one.keywords:
                return False
    return True


@dataclass(frozen=True, slots=True)
class _Places:
    """Which lines of a rewrite are the original's (1-based), which of those they are, and how far
    each is indented in the rewrite."""

    same: dict[int, int]
    depths: dict[int, int]

    def behind(self, line: int, depth: int) -> int:
        """The original's line of the statement that ends before a line of the rewrite, in its
        block: the head of a loop for what comes after the loop. 0 at the beginning of a block."""
        known = sorted((one for one in self.same if one < line), reverse=True)
        near = next((one for one in known if self.depths[one] <= depth), 0)
        return self.same[near] if near and self.depths[near] == depth else 0


def _places(original: str, rewrite: str) -> _Places:
    ours = [line.strip() for line in original.splitlines()]
    theirs = [line.strip() for line in rewrite.splitlines()]
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    same = {
        block.b + n + 1: block.a + n + 1
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
        if ours[block.a + n]
    }
    lines = rewrite.splitlines()
    depths = {line: len(lines[line - 1]) - len(lines[line - 1].lstrip()) for line in same}
    return _Places(same, depths)
