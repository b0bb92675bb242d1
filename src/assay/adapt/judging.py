"""Judges rewrites of the suite's scripts by proof, and keeps what was proven."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assay.adapt.oracles import oracles
from assay.adapt.proving import OriginalFails, prove_all
from assay.adapt.smoke import opened
from assay.adapt.suite import QUESTIONS, Script, asked
from assay.adapt.words import Proof, Rewrite
from assay.core.digests import digest
from assay.core.errors import HarnessError
from assay.core.files import write_whole
from assay.core.matrix import Matrix
from assay.core.matrix.blocks import TaskBlock
from assay.core.matrix.builder import MatrixBuilder
from assay.core.outcomes import Outcome
from assay.core.places import cache_dir
from assay.core.words import Candidate, Check, Environment, Evidence, Trust

_TRUST: Trust = "assertion"
# A task and the text of a rewrite.
_Asked = tuple[str, str]
_BY_LABEL = {outcome.label: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class _Judged:
    """What became of one rewrite: an outcome and a line for each question."""

    answers: dict[str, tuple[str, str]]
    cpu_seconds: float

    @property
    def is_harness(self) -> bool:
        return any(label == Outcome.HARNESS.label for label, _ in self.answers.values())


class ProofJudge:
    """Fills matrices for the suite: a column for each question that a proof answers."""

    def __init__(
        self, environment: Environment, *, workers: int | str | None, min_protection: str
    ) -> None:
        self._environment = environment
        self._session = opened(environment, workers=workers, min_protection=min_protection)
        self._kept = cache_dir() / "proofs"

    def close(self) -> None:
        self._session.close()

    def run(
        self,
        candidates: Sequence[Candidate],
        checks: Sequence[Check],
        *,
        out: Path | str | None = None,
    ) -> Matrix:
        """The verdicts on candidates, each a rewrite of its task's script. Raises what the engine
        raises when it starts."""
        del checks
        by_task: dict[str, list[Candidate]] = {}
        for candidate in candidates:
            by_task.setdefault(candidate.task, []).append(candidate)
        blocks = [
            TaskBlock(task, tuple(one.id for one in members), QUESTIONS,
                      (_TRUST,) * len(QUESTIONS), environment=self._environment.name)
            for task, members in by_task.items()
        ]  # fmt: skip
        builder = MatrixBuilder(blocks, out)
        judged = self._judge((candidate.task, candidate.code) for candidate in candidates)
        for place, (task, members) in enumerate(by_task.items()):
            for row, candidate in enumerate(members):
                one = judged[task, candidate.code]
                for column, question in enumerate(QUESTIONS):
                    label, told = one.answers[question]
                    evidence = builder.add_evidence(Evidence(note=told))
                    cpu = one.cpu_seconds / len(QUESTIONS)
                    builder.set(place, row, column, _BY_LABEL[label].value, 0, cpu, evidence)
        return builder.finish({"environment": {"name": self._environment.name}})

    def _judge(self, wanted: Iterable[_Asked]) -> dict[_Asked, _Judged]:
        """A judgement of each rewrite: kept ones, and proofs of the others, for which a script's
        original runs once."""
        known: dict[_Asked, _Judged] = {}
        fresh: dict[str, list[_Asked]] = {}
        for task, text in dict.fromkeys(wanted):
            script, target = asked(task)
            found = _read(self._place(script, target, text))
            if found is not None:
                known[task, text] = found
            else:
                fresh.setdefault(script.id, []).append((task, text))
        for members in fresh.values():
            for (task, text), judged in zip(members, self._proven(members), strict=True):
                known[task, text] = judged
                if not judged.is_harness:
                    _write(self._place(*asked(task), text), judged)
        return known

    def _place(self, script: Script, target: str, text: str) -> Path:
        settings = repr(asdict(script.settings))
        parts = (_own_digest(), script.text, settings, target, text)
        return self._kept / f"{digest(*parts, self._environment.digest).hex()[:32]}.json"

    def _proven(self, members: Sequence[_Asked]) -> Iterator[_Judged]:
        """A judgement of each rewrite of one script. What is no Python is judged without a run."""
        rewrites: dict[_Asked, Rewrite] = {}
        script = asked(members[0][0])[0]
        for task, text in members:
            with contextlib.suppress(SyntaxError, ValueError):
                compile(text, "<rewrite>", "exec", dont_inherit=True)
                rewrites[task, text] = Rewrite((asked(task)[1],), text, "candidate")
        proofs: dict[_Asked, Proof] = {}
        fault = ""
        try:
            found = prove_all(self._session, script.text, list(rewrites.values()), script.settings)
        except HarnessError as error:
            fault = str(error)
        else:
            if isinstance(found, OriginalFails):
                fault = found.reason
            else:
                proofs = dict(zip(rewrites, found, strict=True))
        for one in members:
            if one not in rewrites:
                yield _all(Outcome.RAISED, "not Python")
            elif fault:
                yield _all(Outcome.HARNESS, fault)
            else:
                yield _judged(proofs[one])


@functools.cache
def _own_digest() -> str:
    """Of everything that judges: with another recorder or oracle, old proofs say nothing."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    return digest("judged/1", *(place.read_text(encoding="utf-8") for place in sources)).hex()


def _all(outcome: Outcome, told: str, cpu: float = 0.0) -> _Judged:
    return _Judged(dict.fromkeys(QUESTIONS, (outcome.label, told)), cpu)


def _judged(proof: Proof) -> _Judged:
    adapted = proof.adapted
    assert adapted is not None
    if adapted.outcome != "finished":
        return _all(_BY_LABEL[adapted.outcome], proof.findings[0].text, adapted.cpu_seconds)
    question_of = {oracle.name: oracle.question for oracle in oracles()}
    answers: dict[str, tuple[str, str]] = {}
    for question in QUESTIONS:
        own = [one for one in proof.findings if question_of.get(one.oracle) == question]
        against = [one.text for one in own if one.holds is False]
        held = [one.text for one in own if one.holds]
        if against:
            answers[question] = (Outcome.FAILED.label, "; ".join(against))
        elif held:
            answers[question] = (Outcome.PASSED.label, "; ".join(held))
        else:
            answers[question] = (Outcome.FAILED.label, "there was nothing to look at")
    return _Judged(answers, adapted.cpu_seconds)


def _read(place: Path) -> _Judged | None:
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        answers = {question: tuple(told["answers"][question]) for question in QUESTIONS}
        return _Judged(answers, float(told["cpu_seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(place: Path, judged: _Judged) -> None:
    write_whole(place, json.dumps(asdict(judged)))
