"""The shipped environments, built for real: one thread after the imports, and forks that work."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from assay.core.words import Candidate, Check
from assay.engine import environments
from assay.engine.session import Session

ZYGOTE = """
import importlib, os, sys
for name in {imports}:
    importlib.import_module(name)
exec({prepare!r})
print("threads", len(os.listdir("/proc/self/task")), flush=True)
for _ in range(2):
    child = os.fork()
    if not child:
        try:
            exec({work!r})
            print("worked", flush=True)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
"""
BASE_WORK = """
import numpy, pandas, scipy.optimize, sklearn.ensemble, sklearn.cluster
a = numpy.random.rand(400, 400)
assert numpy.linalg.svd(a @ a)[1].shape == (400,)
assert scipy.optimize.minimize(lambda x: (x ** 2).sum(), [1.0, 2.0]).success
rows, labels = numpy.random.rand(60, 3), numpy.arange(60) % 2
sklearn.ensemble.RandomForestClassifier(10, n_jobs=2).fit(rows, labels)
sklearn.cluster.KMeans(2, n_init=1).fit(rows)
assert pandas.DataFrame({"a": [1, 2]}).groupby("a").size().sum() == 2
"""
TORCH_WORK = """
import torch
a = torch.randn(300, 300, requires_grad=True)
(a @ a).sum().backward()
layer = torch.nn.Linear(10, 3)
steps = torch.optim.Adam(layer.parameters())
data = torch.utils.data.TensorDataset(torch.randn(64, 10))
for workers in (0, 2):
    for (batch,) in torch.utils.data.DataLoader(data, batch_size=8, num_workers=workers):
        steps.zero_grad()
        layer(batch).sum().backward()
        steps.step()
torch.nn.Conv2d(3, 4, 3)(torch.randn(2, 3, 32, 32))
torch.set_num_threads(2)
torch.randn(500, 500) @ torch.randn(500, 500)
"""


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "work"), [("base", BASE_WORK), ("torch", TORCH_WORK)])
def test_a_fork_of_a_process_with_all_imports_works(
    shared_cache: Path, monkeypatch: pytest.MonkeyPatch, name: str, work: str
) -> None:
    monkeypatch.setenv("ASSAY_CACHE", str(shared_cache))
    environment = environments.load(name)
    built = environments.prepare(environment)
    code = ZYGOTE.format(imports=environment.imports, prepare=environment.prepare, work=work)
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [str(built.python), "-I", "-c", code], env={**os.environ, **one}, text=True,
        capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.split() == ["threads", "1", "worked", "worked"], done.stderr


@pytest.mark.slow
def test_candidates_run_where_the_cache_lies_beneath_tmp(
    shared_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the jail's own /tmp has a folder of the cache in it, and must stay writable."""
    assert str(shared_cache).startswith(tempfile.gettempdir())
    monkeypatch.setenv("ASSAY_CACHE", str(shared_cache))
    program = (
        "import tempfile, torch\n"
        "def f():\n"
        "    with tempfile.TemporaryFile() as file:\n"
        "        return file.write(b'abc') + int(torch.ones(2).sum())\n"
    )
    check = Check("sum", "t", call="f()", expected=5)
    with Session("torch", workers=1, store=shared_cache / "verdicts.sqlite") as session:
        assert session.run([Candidate("c", "t", program)], [check]).verdict("c", "sum").passed
