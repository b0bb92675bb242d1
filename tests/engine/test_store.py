"""The verdict store: nothing runs twice, nothing is lost, and nothing stale is believed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from assay import Check, Limits, Outcome, StoreError, Tolerance
from assay.engine.session import Asked, Session
from tests.engine.conftest import Run, call, candidate

# Whoever evaluates this twice gets two different numbers.
CLOCK = "import time\ndef f(x): return time.time_ns()"


def seen(run: Run, check: Check, **options: object) -> str | None:
    return run([candidate(CLOCK)], [check], **options).verdict("a", check.id).evidence.value


def test_what_was_seen_is_not_run_again(run: Run) -> None:
    first = seen(run, call("f(1)", 0))
    assert seen(run, call("f(1)", 0)) == first
    # Another name, expected value, tolerance or layout asks the same question.
    assert seen(run, call("f( 1 )", 5, "other", tolerance=Tolerance(strict=True))) == first
    assert seen(run, call("f(2)", 0)) != first


def test_a_repeated_run_starts_no_jail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run([candidate("def f(): return 1")], [call("f()", 1)])

    def refuse(*_: object) -> None:
        raise AssertionError("a jail was started")

    monkeypatch.setattr("assay.engine.executors.open_pool", refuse)
    again = run([candidate("def f():  return 1")], [call("f()", 1)])
    assert again.all_passed("a")
    assert again.protection


def test_other_limits_are_another_question(run: Run) -> None:
    first = seen(run, call("f(1)", 0))
    assert seen(run, call("f(1)", 0), limits=Limits(memory_bytes=1 << 30)) != first


def test_verdicts_of_a_weaker_jail_are_not_believed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assay.engine.protection.available_layers", lambda: ["landlock"])
    weak = seen(run, call("f(1)", 0), min_protection="minimal")
    monkeypatch.undo()
    assert seen(run, call("f(1)", 0), min_protection="minimal") == weak
    strong = seen(run, call("f(1)", 0), min_protection="restricted")
    assert strong != weak
    assert seen(run, call("f(1)", 0), min_protection="minimal") == strong


def test_our_own_failures_are_not_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    program = candidate("import os\ndef f(x): os._exit(1)")
    with monkeypatch.context() as broken:
        broken.setattr("assay.engine.pool._ATTEMPTS", 1)
        broken.setattr("assay.engine.child.Child._cause_of_death", lambda *_: ("harness", "x"))
        # The probes meet the same failure, so nothing is known to hold.
        matrix = run([program], [call("f(1)", 1)], min_protection="none")
        assert matrix.outcomes() == {"harness": 1}
    assert run([program], [call("f(1)", 1)]).outcomes() == {"crashed": 1}


def test_a_large_answer_comes_back_whole(run: Run) -> None:
    program = candidate("def f(n): return ['x' * 100] * n")
    expected = ["x" * 100] * 5000
    assert run([program], [call("f(5000)", expected)]).all_passed("a")
    assert run([program], [call("f(5000)", expected, "again")]).all_passed("a")


def test_a_file_that_is_no_store_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be taken for something else" * 20)
    with pytest.raises(StoreError, match=r"notes\.txt"):
        run([candidate("x = 1")], [call("x", 1)], store=path)


def test_a_store_of_another_format_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "verdicts.sqlite"
    with sqlite3.connect(path) as base:
        base.execute("pragma user_version=99")
    base.close()
    with pytest.raises(StoreError, match="format 99"):
        run([candidate("x = 1")], [call("x", 1)], store=path)


def test_a_session_that_waits_shuts_nobody_out(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "verdicts.sqlite"
    with Session("python", store=path) as session:
        session.observe([Asked("x = 1", ("x",))])
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        other.execute("begin immediate")
        other.execute("rollback")
        other.close()
    assert run([candidate("x = 1")], [call("x", 1)], store=path).all_passed("a")


def test_lone_surrogates_and_nulls_go_through(run: Run) -> None:
    program = candidate("def f(): return '\\ud800\\0', chr(0xdfff)\nprint('\\udc80')")
    matrix = run([program], [call("f()", ("\ud800\0", chr(0xDFFF)))])
    assert matrix.all_passed("a")
    odd = candidate("x = '\ud800'")
    assert run([odd], [call("x", "?")]).outcome_of("a") in (Outcome.RAISED, Outcome.FAILED)
