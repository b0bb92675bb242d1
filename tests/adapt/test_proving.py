"""Proofs: scripts and rewrites of them, run in the jail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assay.adapt.oracles import Case, Judging, Watched
from assay.adapt.oracles.additions import ADDITIONS
from assay.adapt.oracles.record import record_of
from assay.adapt.proving import OriginalFails, cases, probes_of, prove, prove_all
from assay.adapt.smoke import opened
from assay.adapt.words import Finding, Proof, Rewrite, Smoked
from assay.core.errors import InputError
from assay.engine.session import Session
from assay.testing.oracles import check_oracle
from tests.adapt.faults import Adaptation, Fault, adaptations, faults

PLAIN = """\
import random

random.seed(3)
total = 0.0
for epoch in range(2):
    loss = 1.0 / (1 + epoch) + random.random()
    total += loss
    print("epoch", epoch, "loss", loss)
with open("total.txt", "w") as file:
    file.write(str(total))
"""
EMPTY = (
    '{"sites": [], "loops": [], "events": [], "texts": {}, "objects": [], "library": [], "full": 0}'
)
# One fault of each kind, of those that cost least.
QUICK = {
    "a count is logged as accuracy",
    "generator's and discriminator's loss are swapped",
    "scores of two estimators are swapped",
    "an estimator's parameter is another",
}


@pytest.fixture(scope="module")
def plain() -> Iterator[Session]:
    with opened("python", workers=1) as session:
        yield session


@pytest.fixture(scope="module")
def mlops() -> Iterator[Session]:
    with opened() as session:
        yield session


def refused(proof: Proof | OriginalFails) -> dict[str, str]:
    assert isinstance(proof, Proof), proof
    return {one.oracle: one.text for one in proof.findings if one.holds is False}


def rewrite(text: str, *targets: str) -> Rewrite:
    return Rewrite(targets or ("mlflow",), text, "hand")


def test_an_original_that_fails_is_its_own_outcome(plain: Session) -> None:
    found = prove(plain, "x = 1\nprint(undefined)\n", rewrite("x = 1\n"))
    assert isinstance(found, OriginalFails)
    assert (
        found.reason == "the original raised in line 2: NameError: name 'undefined' is not defined"
    )


def test_a_text_that_is_not_python_is_an_input_error(plain: Session) -> None:
    with pytest.raises(InputError, match="line 2: not Python"):
        prove(plain, PLAIN, rewrite("x = 1\ny = = 2\n"))


def test_each_change_of_behaviour_is_seen_by_its_oracle(plain: Session) -> None:
    changes = {
        "output": PLAIN.replace('"loss", loss)', '"loss", loss, "!")'),
        "files": PLAIN.replace("str(total)", 'str(total) + " "'),
        "random": PLAIN + "random.random()\n",
        "values": PLAIN.replace("total = 0.0", "total = 1.0").replace("total)", "total - 1.0)"),
        "finished": PLAIN + "raise RuntimeError('late')\n",
        "additions": "import sqlite3\n" + PLAIN,
        "tracked": PLAIN,
    }
    proofs = prove_all(plain, PLAIN, [rewrite(text) for text in changes.values()])
    assert not isinstance(proofs, OriginalFails)
    for oracle, proof in zip(changes, proofs, strict=True):
        assert oracle in refused(proof)
        assert not proof.proven
    assert "line 11: RuntimeError: late" in refused(proofs[4])["finished"]
    assert refused(proofs[6]) == {"tracked": "mlflow: 0 runs were left, where one should be"}


def test_nothing_is_proven_by_a_script_that_shows_nothing(plain: Session) -> None:
    def say(case: Case) -> Iterator[tuple[bool | None, str]]:
        yield True, f"{case.rewrite.by} says so"

    silent = "x = 'text'\n"
    found = prove(plain, silent, rewrite(silent))
    assert isinstance(found, Proof)
    vacuous = [one.text for one in found.findings if one.holds is None]
    assert any("prints nothing" in text for text in vacuous)
    only = [Judging("trusting", "evidence", say)]
    proofs = prove_all(plain, silent, [rewrite(silent)], by=only)
    assert not isinstance(proofs, OriginalFails)
    assert proofs[0].findings == (Finding("trusting", True, "hand says so"),)
    assert not proofs[0].proven  # neither non-interference nor semantics was asked about


@pytest.mark.parametrize(
    "reach",
    [
        "import sys; sys.modules['smoking.watching'].told = lambda: '{}'",
        "import smoking.watching",
        "import mlflow.utils as m; m.sys.modules.clear()",
        "import random as r; r.random = lambda: 0.5",
        "getattr(print, '__' + 'self__').__assay_see__ = print",
        "exec('import gc')",
        "__builtins__.print = None",
        "try:\n    total = 1 / 0\nexcept Exception:\n    pass",
    ],
)
def test_what_reaches_for_the_watch_is_refused_for_its_text(reach: str) -> None:
    found = list(_additions(rewrite(PLAIN + reach + "\n")))
    assert [holds for holds, _ in found] == [False]
    assert "line 1" in found[0][1]


@pytest.mark.parametrize(
    "addition",
    [
        "import os; os.environ['WANDB_MODE'] = 'offline'",
        "import mlflow\nmlflow.set_experiment('x')\nmlflow.log_params(vars(random))",
        "try:\n    total = 1\nexcept Exception:\n    raise",
        "total = getattr(random, 'seed', None)",
    ],
)
def test_what_components_need_is_not_refused_for_its_text(addition: str) -> None:
    assert [holds for holds, _ in _additions(rewrite(PLAIN + addition + "\n"))] == [None]


def _additions(one: Rewrite) -> Iterator[tuple[bool | None, str]]:
    return ((said.holds, said.text) for said in ADDITIONS.judge(case_of_texts(PLAIN, one)))


def case_of_texts(original: str, one: Rewrite) -> Case:
    """A case for oracles that only read."""
    nothing = Watched(Smoked("finished"), record_of(EMPTY))
    return Case(original, one, nothing, nothing, lambda: nothing.smoked)


def test_a_recorder_that_was_answered_for_proves_nothing(plain: Session) -> None:
    hostile = PLAIN + "import smoking\nsmoking.watching.told = lambda: '{}'\n"
    found = prove(plain, PLAIN, rewrite(hostile))
    assert "gives no account of itself" in refused(found)["finished"]


def test_expressions_that_a_rewrite_reckons_are_looked_at_in_the_original() -> None:
    original = "for x in data:\n    correct += x\n    total += 1\nprint(correct)\n"
    added = (
        original + 'log("acc", correct / total)\nlog("twice", 2 * correct)\nlog({"n": f(total)})\n'
    )
    assert list(probes_of(original, added)) == [(4, "correct / total", "acc")]


def test_what_a_loop_leaves_is_looked_at_behind_the_loop() -> None:
    original = """\
def train(losses):
    for x in data:
        losses.update(x)
        print(x)
    print("done")
"""
    settled = original.replace(
        '    print("done")', '    log("loss", losses.avg)\n    print("done")'
    )
    assert list(probes_of(original, settled)) == [(2, "losses.avg", "loss")]
    early = original.replace(
        "        losses.update", '        log("l", losses.avg)\n        losses.update'
    )
    assert not list(probes_of(original, early))  # the loop still feeds it
    within = original.replace("        print(x)", '        log("l", losses.avg)\n        print(x)')
    assert list(probes_of(original, within)) == [(3, "losses.avg", "l")]


@pytest.mark.slow
def test_adaptations_by_hand_are_proven(mlops: Session) -> None:
    for one in adaptations().values():
        proof = prove(mlops, one.original(), one.rewrite())
        assert isinstance(proof, Proof)
        assert proof.proven, (one.name, [f for f in proof.findings if not f.holds])


@pytest.mark.slow
@pytest.mark.parametrize("script", sorted({one.script for one in adaptations().values()}))
def test_faulty_adaptations_are_refused_by_the_oracle_that_is_meant_to(
    mlops: Session, script: str
) -> None:
    known = adaptations()
    own = [fault for fault in faults() if known[fault.of].script == script]
    wanted = [
        (known[fault.of], fault)
        for number, fault in enumerate(own)
        # A third of them, evenly; all are in benchmarks/adapt_faults.py.
        if number % 3 == 0 or fault.name in QUICK
    ]
    proofs = prove_all(
        mlops, wanted[0][0].original(), [one.rewrite(fault) for one, fault in wanted]
    )
    assert not isinstance(proofs, OriginalFails)
    for (_, fault), proof in zip(wanted, proofs, strict=True):
        assert not proof.proven, fault.name
        assert fault.caught_by in refused(proof), (fault.name, refused(proof))


@pytest.mark.slow
def test_our_oracles_pass_the_conformance_test(mlops: Session) -> None:
    from assay.adapt.oracles.tracking import METRICS, TRACKED

    right, other = adaptations()["gan + mlflow"], adaptations()["sklearn + optuna"]
    count = next(one for one in faults() if one.name == "a count is logged as accuracy")
    good, bad = made(mlops, right, None), made(mlops, right, count)
    check_oracle(METRICS, good, bad, [made(mlops, other, None)])
    with pytest.raises(AssertionError, match="a wrong one passes"):
        check_oracle(TRACKED, good, bad)


def made(session: Session, one: Adaptation, fault: Fault | None) -> Case:
    found = cases(session, one.original(), [one.rewrite(fault)])
    assert not isinstance(found, OriginalFails)
    assert isinstance(found[0], Case), found[0]
    return found[0]
