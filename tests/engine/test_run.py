"""The engine through its public door: what becomes of programs, good, wrong and hostile."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path

import pytest

from assay import (
    Candidate,
    Check,
    InputError,
    Limits,
    Outcome,
    ProtectionError,
    Tolerance,
)
from tests.engine.conftest import Run, call, candidate

QUICK = Limits(check_cpu_seconds=0.5, candidate_cpu_seconds=3, check_wall_seconds=5)


def outcome_of(run: Run, code: str, check: Check, limits: Limits = QUICK) -> Outcome:
    matrix = run([candidate(code)], [check], limits=limits)
    return matrix.verdict("a", check.id).outcome


@pytest.mark.parametrize(
    ("code", "source", "expected", "outcome"),
    [
        ("def f(x): return 2 * x", "f(2)", 4, Outcome.PASSED),
        ("def f(x): return 3 * x", "f(2)", 4, Outcome.FAILED),
        ("def f(x): return {'a': [x, (1, 2)]}", "f(2)", {"a": [2, (1, 2)]}, Outcome.PASSED),
        ("def f(x): return [1, 2]", "f(2)", (1, 2), Outcome.FAILED),
        ("def f(x): return x + 1e-12", "f(1.0)", 1.0, Outcome.PASSED),
        ("def f(x): return x + 1e-3", "f(1.0)", 1.0, Outcome.FAILED),
        ("def f(x): return float('nan')", "f(1)", math.nan, Outcome.PASSED),
        ("def f(x): return None", "f(1)", None, Outcome.PASSED),
        ("def f(x): raise ValueError('no')", "f(1)", 1, Outcome.RAISED),
        ("def f(x): raise SystemExit", "f(1)", 1, Outcome.RAISED),
        ("def f(x): return g(x)", "f(1)", 1, Outcome.RAISED),
        ("def f(x", "f(1)", 1, Outcome.RAISED),
        ("raise RuntimeError", "f(1)", 1, Outcome.RAISED),
        ("", "f(1)", 1, Outcome.NO_CODE),
        (" \n\t", "f(1)", 1, Outcome.NO_CODE),
        ("def f(x):\n  while True: pass", "f(1)", 1, Outcome.TIMEOUT),
        ("while True: pass", "f(1)", 1, Outcome.TIMEOUT),
        ("import os\ndef f(x): os._exit(0)", "f(1)", 1, Outcome.CRASHED),
        ("import os\nos._exit(70)", "f(1)", 1, Outcome.CRASHED),
        ("import os\ndef f(x): os.kill(os.getpid(), 9)", "f(1)", 1, Outcome.CRASHED),
        ("import ctypes\ndef f(x): ctypes.string_at(0)", "f(1)", 1, Outcome.CRASHED),
        ("def f(x): return bytearray(1 << 40)", "f(1)", 1, Outcome.MEMORY),
        ("def f(x): return open('/etc/x', 'w')", "f(1)", 1, Outcome.FORBIDDEN),
        ("import socket\ndef f(x): return socket.socket()", "f(1)", 1, Outcome.FORBIDDEN),
    ],
)
def test_outcome(run: Run, code: str, source: str, expected: object, outcome: Outcome) -> None:
    assert outcome_of(run, code, call(source, expected)) is outcome


def test_shared_memory_is_bounded(run: Run) -> None:
    code = "import mmap\ndef f():\n  m = mmap.mmap(-1, 1 << 30)\n  m.write(b'x' * (1 << 29))"
    limits = Limits(memory_bytes=128 << 20, check_cpu_seconds=20)
    assert outcome_of(run, code, call("f()", 1), limits) is Outcome.MEMORY


def test_a_sleeper_is_stopped_by_the_wall(run: Run) -> None:
    limits = Limits(check_wall_seconds=1)
    begin = time.monotonic()
    code = "import time\ndef f(): time.sleep(60)"
    assert outcome_of(run, code, call("f()", 1), limits) is Outcome.TIMEOUT
    assert time.monotonic() - begin < 20


def test_one_bad_check_does_not_spoil_the_next(run: Run) -> None:
    code = """
import os, time
def f(x):
    if x == 1: os._exit(1)
    if x == 2:
        while True: pass
    if x == 3: raise KeyError(x)
    return x
"""
    checks = [call(f"f({n})", n, f"c{n}") for n in range(5)]
    matrix = run([candidate(code)], checks, limits=QUICK)
    assert [matrix.verdict("a", f"c{n}").outcome.label for n in range(5)] == [
        "passed", "crashed", "timeout", "raised", "passed",
    ]  # fmt: skip


def test_a_candidate_that_only_loops_is_given_up(run: Run) -> None:
    """Twenty checks of half a second would be ten; the candidate's budget is three."""
    code = "def f(x):\n  while True: pass"
    checks = [call(f"f({n})", n, f"c{n}") for n in range(20)]
    matrix = run([candidate(code)], checks, limits=QUICK)
    assert matrix.outcomes() == {"timeout": 20}
    assert matrix.cpu_seconds < 6
    assert "budget" in (matrix.verdict("a", "c19").evidence.note or "")


def test_raises_is_an_answer(run: Run) -> None:
    code = "class Odd(ValueError): pass\ndef f(x):\n  if x < 0: raise Odd('below zero')\n  return x"
    checks = [
        Check("itself", "t", call="f(-1)", raises="Odd"),
        Check("base", "t", call="f(-1)", raises="ValueError"),
        Check("other", "t", call="f(-1)", raises="TypeError"),
        Check("value", "t", call="f(1)", raises="ValueError"),
    ]
    matrix = run([candidate(code)], checks)
    outcomes = [matrix.verdict("a", check.id).outcome.label for check in checks]
    assert outcomes == ["passed", "passed", "raised", "failed"]


def test_a_call_may_be_several_statements(run: Run) -> None:
    matrix = run(
        [candidate("class Stack(list): pass")],
        [call("s = Stack()\ns.append(1)\ns.append(2)\nlist(s)", [1, 2])],
    )
    assert matrix.all_passed("a")


def test_what_a_check_assigns_does_not_reach_the_next(run: Run) -> None:
    checks = [
        Check("first", "t", code="f = lambda: 2\nassert f() == 2\nassert True"),
        call("f()", 1, "second"),
    ]
    assert run([candidate("def f(): return 1")], checks).all_passed("a")


def test_what_a_check_leaves_in_a_program_does_not_reach_the_next(run: Run) -> None:
    code = "seen = []\ndef f(x, kept=[]):\n  seen.append(x)\n  kept.append(x)\n  return seen, kept"
    checks = [call(f"f({n})", ([n], [n]), f"c{n}") for n in range(4)]
    assert run([candidate(code)], checks).all_passed("a")


def test_random_numbers_do_not_depend_on_what_ran_before(run: Run) -> None:
    code = "import random\ndef f(): return random.random()"
    first = run([candidate(code)], [call("f()", 0, "one"), call("f() + 0", 0, "two")])
    values = {first.verdict("a", name).evidence.value for name in ("one", "two")}
    assert len(values) == 1


def test_evidence_says_what_was_seen(run: Run) -> None:
    code = "def f(x):\n  print('working on', x)\n  return {'n': x}[str(x)]"
    evidence = run([candidate(code)], [call("f(1)", 1)]).verdict("a", "check").evidence
    assert evidence.exception == "KeyError"
    assert evidence.message == "'1'"
    assert "candidate.py" in (evidence.traceback or "")
    assert evidence.output == "working on 1\n"


def test_tolerance_is_the_checks_own(run: Run) -> None:
    checks = [
        call("f()", 1.0, "default"),
        call("f()", 1.0, "loose", tolerance=Tolerance(relative=0.1, absolute=0.0)),
        call("g()", 1.0, "number"),
        call("g()", 1.0, "strict", tolerance=Tolerance(strict=True)),
    ]
    matrix = run([candidate("def f(): return 1.05\ndef g(): return 1")], checks)
    outcomes = [matrix.verdict("a", check.id).passed for check in checks]
    assert outcomes == [False, True, True, False]


def test_equal_programs_run_once_and_are_counted_each(run: Run) -> None:
    spaced = Candidate("b", "t", "def f(x):\n    # doubles\n    return 2*x\n")
    tasks = run([candidate("def f(x): return 2 * x"), spaced], [call("f(1)", 2)])
    assert tasks.passed_by_candidate() == {"a": (1, 1), "b": (1, 1)}
    assert tasks.blocks[0].twin_of == (-1, 0)


def test_a_call_is_evaluated_once_for_all_that_it_is_compared_with(run: Run) -> None:
    # Not loaded anew for each question, because loading calls something.
    code = "n = int(0)\ndef f():\n  global n\n  n += 1\n  return n"
    checks = [call("f()", 1, "one"), call("f( )", 2, "two"), call("f()", 1.0, "again")]
    matrix = run([candidate(code)], checks)
    assert [matrix.verdict("a", check.id).passed for check in checks] == [True, False, True]


def test_every_candidate_meets_the_checks_of_its_own_task(run: Run) -> None:
    programs = [Candidate("x", "one", "def f(): return 1"), Candidate("y", "two", "f = lambda: 2")]
    checks = [
        Check("c", "one", call="f()", expected=1),
        Check("c", "two", call="f()", expected=2),
        Check("c", "three", call="f()", expected=3),
    ]
    matrix = run(programs, checks)
    assert matrix.tasks == ("one", "two")
    assert matrix.all_passed("x")
    assert matrix.all_passed("y")


def test_a_candidate_without_checks_is_named(run: Run) -> None:
    with pytest.raises(InputError, match="'lonely'"):
        run([candidate("x = 1"), Candidate("b", "lonely", "x = 1")], [call("x", 1)])


def test_the_protection_stands_with_every_verdict(run: Run) -> None:
    verdict = run([candidate("def f(): return 1")], [call("f()", 1)]).verdict("a", "check")
    assert verdict.protection in ("minimal", "restricted", "strong", "full")


def test_an_unknown_floor_is_refused_before_anything_runs(run: Run) -> None:
    with pytest.raises(InputError, match="heroic"):
        run([candidate("x = 1")], [call("x", 1)], min_protection="heroic")


def test_below_the_floor_nothing_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.engine.protection.available_layers", lambda: ["landlock"])
    with pytest.raises(ProtectionError, match=r"seccomp.*missing.*assay doctor"):
        run([candidate("x = 1")], [call("x", 1)], min_protection="restricted")


def test_no_secret_of_ours_is_in_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "hidden")
    code = "import os\ndef f(): return sorted(os.environ)"
    value = run([candidate(code)], [call("f()", [])]).verdict("a", "check").evidence.value or ""
    assert "OMP_NUM_THREADS" in value
    assert "API_KEY" not in value


def test_nothing_is_left_behind(run: Run) -> None:
    def ours() -> set[str]:
        found = set()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if f"assay-{os.getpid()}-".encode() in line:
                found.add(pid)
        return found

    daemon = """
import os, time
def f():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(300)
        os._exit(0)
    return 1
"""
    assert run([candidate(daemon)], [call("f()", 1)]).all_passed("a")
    deadline = time.monotonic() + 20
    while ours() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not ours()


def test_scratch_is_private_and_fresh(run: Run) -> None:
    code = """
import os
def f():
    seen = sorted(os.listdir('/tmp') + os.listdir('/dev/shm'))
    for place in ('/tmp', '/dev/shm'):
        with open(place + '/mine', 'w') as file:
            file.write('x')
    return seen
"""
    # Each is a program of its own, so that none is folded into another.
    programs = [candidate(f"{code}\nnumber = {n}", f"p{n}") for n in range(6)]
    matrix = run(programs, [call("f()", [])])
    assert matrix.outcomes() == {"passed": 6}


def test_subprocesses_and_threads_work(run: Run) -> None:
    code = """
import multiprocessing, subprocess, sys, threading

def double(x): return 2 * x

def f():
    out = subprocess.run([sys.executable, '-c', 'print(7)'], capture_output=True, text=True)
    found = []
    thread = threading.Thread(target=lambda: found.append(1))
    thread.start()
    thread.join()
    with multiprocessing.get_context('fork').Pool(2) as pool:
        return out.stdout, found, pool.map(double, [1, 2])
"""
    matrix = run([candidate(code)], [call("f()", ("7\n", [1], [2, 4]))])
    assert matrix.all_passed("a"), matrix.verdict("a", "check")


def test_a_script_runs_as_main_and_leaves_its_files_to_the_checks(run: Run) -> None:
    script = """
import argparse, json, sys
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
if __name__ == "__main__":
    epochs = parser.parse_args().epochs
    losses = [1 / (n + 1) for n in range(epochs)]
    with open("log.json", "w") as file:
        json.dump(losses, file)
    sys.exit(0)
"""
    checks = [
        call("len(losses)", 3, "globals"),
        call("import json\njson.load(open('log.json'))", [1, 1 / 2, 1 / 3], "files"),
    ]
    good = Candidate("good", "t", script, argv=("--epochs", "3"))
    bad = Candidate("bad", "t", script, argv=("--epochs", "few"))
    module = Candidate("module", "t", script)
    matrix = run([good, bad, module], checks)
    assert matrix.all_passed("good")
    assert matrix.outcome_of("bad") is Outcome.RAISED
    assert matrix.verdict("bad", "files").evidence.exception == "SystemExit"
    assert matrix.verdict("module", "globals").evidence.exception == "NameError"
