"""`import assay` and `assay --help` stay instant, in CPU seconds of a whole process."""

from __future__ import annotations

import subprocess
import sys

import pytest

resource = pytest.importorskip("resource", reason="CPU time of children needs POSIX")

HEAVY = {
    "aiohttp", "fastapi", "flask", "jax", "numpy", "pandas", "pyarrow", "ray", "rich", "scipy",
    "sklearn", "sqlite3", "starlette", "tensorflow", "torch", "tornado", "uvicorn",
}  # fmt: skip

IMPORT = "import assay"
HELP = "import sys, assay.cli; sys.argv = ['assay', '--help']; assay.cli.main()"


def cpu_seconds(*command: str) -> float:
    """The least of five runs: on a shared machine the others measure the neighbours."""
    return min(_once(command) for _ in range(5))


def _once(command: tuple[str, ...]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def test_importing_takes_less_than_150_ms_of_cpu() -> None:
    assert cpu_seconds(sys.executable, "-c", IMPORT) < 0.15


def test_help_takes_less_than_400_ms_of_cpu() -> None:
    assert cpu_seconds(sys.executable, "-m", "assay", "--help") < 0.4


@pytest.mark.parametrize("start", [IMPORT, HELP])
def test_nothing_heavy_is_imported(start: str) -> None:
    program = f"{start}\nimport sys; print('modules', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "assay" in loaded
    assert not loaded & HEAVY


def test_the_command_line_starts_where_there_is_no_posix() -> None:
    missing = "fcntl grp pwd resource termios"
    program = f"import sys\nfor name in {missing!r}.split(): sys.modules[name] = None\n{HELP}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
