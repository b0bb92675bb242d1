"""A program put to tests in the jail: what an agent asks of the code that it has just written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay.core.errors import InputError
from assay.core.words import Candidate, Check
from assay.engine.session import Session

_TASK = "verify"


def verify(program: str, tests: Sequence[str], environment: str = "python") -> dict[str, Any]:
    """Run each test (statements, mostly an assertion) alone against the program, and say what
    became of it: outcome, and what it rests on. Raises InputError and what `Session` raises."""
    if not program.strip():
        raise InputError("verify: the program is empty")
    if not tests or not all(test.strip() for test in tests):
        raise InputError("verify: at least one test is needed, and none may be empty")
    checks = [Check(f"test {number}", _TASK, code=test) for number, test in enumerate(tests, 1)]
    with Session(environment) as session:
        matrix = session.run([Candidate("program", _TASK, program)], checks)
    verdicts = [matrix.verdict("program", check.id) for check in checks]
    results = [
        {
            "test": test,
            "outcome": verdict.outcome.label,
            "passed": verdict.passed,
            "trust": verdict.trust,
            "evidence": verdict.evidence.to_json(),
        }
        for test, verdict in zip(tests, verdicts, strict=True)
    ]
    passed = sum(verdict.passed for verdict in verdicts)
    return {"passed": passed, "tests": len(results), "results": results}
