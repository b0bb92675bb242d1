"""The job: a script and what to add go in; the best rewrite that could be proven comes out."""

from __future__ import annotations

import ast
import contextlib
import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from assay.adapt import notebooks, texts
from assay.adapt.codemod import rewrite as by_codemod
from assay.adapt.proving import OriginalFails, prove_all
from assay.adapt.words import Declined, Finding, Proof, Rewrite, Settings
from assay.core.errors import HarnessError, InputError
from assay.engine.session import Session
from assay.models.base import Model

Outcome = Literal["proven", "unproven", "declined", "original_fails", "harness"]
# Told what is being done: "rewriting", "asking openai/…", "running 3 scripts".
Listener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Adapted:
    """What became of a script. `reason` is a line for people in every case; `best` is the rewrite
    that is shown, proven or not, and `proofs` are all that were run, the best first. `declined`
    says why the codemod has no rewrite, where it has none."""

    script: str
    name: str
    outcome: Outcome
    reason: str
    best: Rewrite | None = None
    proofs: tuple[Proof, ...] = ()
    declined: Declined | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The script as it should be; the original where there is no rewrite."""
        return self.best.text if self.best else self.script

    @property
    def diff(self) -> str:
        """From the original to the best rewrite, as `diff -u` has it; of a notebook, of its code
        cells."""
        if self.best is None:
            return ""
        old, new = (_code(text).splitlines(keepends=True) for text in (self.script, self.text))
        return "".join(difflib.unified_diff(old, new, self.name, f"{self.name} (adapted)"))

    @property
    def evidence(self) -> tuple[Finding, ...]:
        """What the oracles found on the best rewrite."""
        return self.proofs[0].findings if self.proofs else ()

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON has it."""
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "targets": list(self.best.targets) if self.best else [],
            "by": self.best.by if self.best else None,
            "evidence": [asdict(one) for one in self.evidence],
            "steps": [asdict(step) for step in self.best.steps] if self.best else [],
            "diff": self.diff,
            "declined": asdict(self.declined) if self.declined else None,
            "candidates": [
                {
                    "by": proof.rewrite.by,
                    "proven": proof.proven,
                    "failed": [one.text for one in proof.findings if one.holds is False],
                }
                for proof in self.proofs
            ],
            "notes": list(self.notes),
        }


def adapt(
    script: str | Path,
    add: Sequence[str],
    *,
    model: Model | str | None = None,
    samples: int = 3,
    documents: bool = True,
    objective: str | None = None,
    settings: Settings | None = None,
    environment: str | None = None,
    verify: bool = True,
    session: Session | None = None,
    progress: Listener | None = None,
) -> Adapted:
    """Put components into a training script and prove it by running both in the jail.

    `script` is a path or a text, a module's or a notebook's. The codemod goes first; where it
    declines or cannot be proven, `samples` rewrites of a `model` are tried, which is shown our
    reference documents. Without `verify` nothing is run, and nothing proven. A `session` is one of
    `smoke.opened`; without it one is opened in `environment`, or in what fits the script's imports.

    Raises InputError for what is not Python and for unknown targets, ModelFailure, and what
    `Session` raises when it starts.
    """
    tell = progress or (lambda _: None)
    name, text = _read(script)
    is_notebook = notebooks.is_notebook(text)
    notes = list(notebooks.to_script(text)[1].left_out) if is_notebook else []
    tell("rewriting")
    found = by_codemod(text, add, objective=objective, project=Path(name).stem)
    if not verify:
        return _unverified(text, name, found)
    with _session(session, environment, text, add) as jail:
        proofs: list[Proof] = []
        try:
            if isinstance(found, Rewrite):
                proofs = _proven(jail, text, [found], settings, tell)
            if model is not None and not any(proof.proven for proof in proofs):
                asked = _asked(text, add, model, samples, documents, tell, notes)
                proofs += _proven(jail, text, asked, settings, tell) if asked else []
        except _Fails as fails:
            return Adapted(text, name, "original_fails", fails.found.reason)
        except HarnessError as error:
            return Adapted(text, name, "harness", str(error))
    return _told(text, name, found, proofs, notes)


class _Fails(Exception):
    def __init__(self, found: OriginalFails) -> None:
        self.found = found


def _proven(
    session: Session, text: str, rewrites: list[Rewrite], settings: Settings | None, tell: Listener
) -> list[Proof]:
    tell(f"running the original and {len(rewrites)} rewritten")
    scripts = [replace(one, text=_code(one.text)) for one in rewrites]
    found = prove_all(session, _code(text), scripts, settings)
    if isinstance(found, OriginalFails):
        raise _Fails(found)
    return [
        Proof(whole, proof.findings, proof.proven, proof.adapted)
        for whole, proof in zip(rewrites, found, strict=True)
    ]


def _asked(
    text: str, add: Sequence[str], model: Model | str, samples: int, documents: bool,
    tell: Listener, notes: list[str],
) -> list[Rewrite]:  # fmt: skip
    from assay.adapt.writing import ask

    if notebooks.is_notebook(text):
        notes.append("models are asked about scripts only, so none was asked about this notebook")
        return []
    tell("asking a model")
    answers = [replace(one, text=texts.with_ends_of(text, one.text))
               for one in ask(text, add, model, samples, documents)]  # fmt: skip
    usable = [one for one in answers if _is_python(one.text) and one.text.strip() != text.strip()]
    if len(usable) < samples:
        notes.append(f"{samples - len(usable)} of {samples} answers of the model had no new script")
    return list({one.text: one for one in usable}.values())


def _unverified(text: str, name: str, found: Rewrite | Declined) -> Adapted:
    if isinstance(found, Declined):
        return Adapted(text, name, "declined", _why(found), declined=found)
    return Adapted(text, name, "unproven", "not run, as --no-verify asks", found)


def _told(
    text: str, name: str, found: Rewrite | Declined, proofs: list[Proof], notes: list[str]
) -> Adapted:
    declined = found if isinstance(found, Declined) else None
    if not proofs:
        assert declined is not None
        return Adapted(text, name, "declined", _why(declined), declined=declined,
                       notes=tuple(notes))  # fmt: skip
    ranked = tuple(sorted(proofs, key=lambda proof: _rank(text, proof)))
    best = ranked[0]
    failed = [one.text for one in best.findings if one.holds is False]
    outcome: Outcome = "proven" if best.proven else "unproven"
    if best.proven:
        reason = f"{len(best.findings)} findings, none against it"
    else:
        reason = failed[0] if failed else "there was too little to look at for a proof"
    return Adapted(text, name, outcome, reason, best.rewrite, ranked, declined,
                   tuple(notes))  # fmt: skip


def _rank(text: str, proof: Proof) -> tuple[bool, int, int]:
    """Proven before unproven, then by how little speaks against it, then the smallest change."""
    against = sum(one.holds is False for one in proof.findings)
    lines = difflib.ndiff(text.splitlines(), proof.rewrite.text.splitlines())
    return not proof.proven, against, sum(line[0] in "+-" for line in lines)


def _why(declined: Declined) -> str:
    return f"line {declined.line}: {declined.reason}" if declined.line else declined.reason


def _read(script: str | Path) -> tuple[str, str]:
    """The name and text of a script."""
    if not isinstance(script, Path):
        _check("the script", script, notebooks.is_notebook(script))
        return "script.py", script
    text, _ = texts.read(script)
    _check(str(script), text, script.suffix == ".ipynb" or notebooks.is_notebook(text))
    return script.name, text


def _check(name: str, text: str, is_notebook: bool) -> None:
    from assay.adapt.smoke.preparing import check

    try:
        code = notebooks.to_script(text)[0] if is_notebook else text
    except InputError as fault:
        raise InputError(f"{name}: {fault}") from None
    if not code.strip():
        raise InputError(f"{name}: there is no code in it")
    check(code, name)


def _code(text: str) -> str:
    return notebooks.to_script(text)[0] if notebooks.is_notebook(text) else text


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


@contextlib.contextmanager
def _session(
    session: Session | None, environment: str | None, text: str, add: Sequence[str]
) -> Iterator[Session]:
    from assay.adapt.smoke import environment_for, only_for, opened

    if session is not None:
        yield session
        return
    name = environment or environment_for(_code(text), add)
    with opened(only_for(name, text, add)) as own:
        yield own
