"""The door for executors, and the conformance test that our own pool has to pass as well."""

from __future__ import annotations

import pytest

from assay import Environment, InputError, Limits
from assay.core import doors
from assay.engine import environments
from assay.engine.executors import open_executor
from assay.engine.protection import open_pool
from assay.engine.run import Executor
from assay.testing import check_executor
from tests.engine.conftest import Run, call, candidate


def open_local(environment: Environment, limits: Limits, address: str | None) -> Executor:
    assert address is None
    return open_pool(environment, environments.prepare(environment), limits, 2)


def test_the_local_pool_conforms() -> None:
    check_executor(open_local)


def test_the_conformance_test_finds_lost_answers() -> None:
    def careless(environment: Environment, limits: Limits, address: str | None) -> Executor:
        pool = open_local(environment, limits, address)
        whole = pool.run

        def lossy(jobs):  # type: ignore[no-untyped-def]
            for number, answer in enumerate(a for a in whole(jobs) if a):
                if number != 30:
                    yield answer

        pool.run = lossy  # type: ignore[method-assign]
        return pool

    with pytest.raises(AssertionError):
        check_executor(careless)


def test_ray_comes_in_by_the_door() -> None:
    assert "ray" in doors.names("assay.executors")


@pytest.mark.parametrize("workers", ["0", "-1", "ra", "many:1"])
def test_unknown_workers_are_named(workers: str) -> None:
    environment = environments.PYTHON
    with pytest.raises(InputError, match=r"neither a positive number nor ray\[:ADDRESS\]"):
        open_executor(environment, environments.prepare(environment), Limits(), workers)


def test_one_worker_and_many_give_the_same_matrix(run: Run, tmp_path) -> None:  # type: ignore[no-untyped-def]
    programs = [candidate(f"def f(x): return x * {n}", f"p{n}") for n in range(12)]
    checks = [call(f"f({n})", 2 * n, f"c{n}") for n in range(6)]
    one = run(programs, checks, workers=1, store=tmp_path / "one")
    assert one == run(programs, checks, workers=4, store=tmp_path / "four")
