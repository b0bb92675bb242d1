"""The frame of the command line: help, verbs, one-line errors and exit codes, in real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import assay
from assay import cli

Call = Callable[..., subprocess.CompletedProcess[str]]

# A verb that fails in every way a verb can fail, put in the place of the real ones.
PLANTED = """
import os, signal, sys, types
import assay, assay.cli

def register(verbs):
    verb = verbs.add_parser("planted", help="does what it is told")
    verb.add_argument("how")
    verb.add_argument("--repeat", type=int, choices=[1, 2])

def run(arguments):
    match arguments.how:
        case "fine": print("done"); return 0
        case "harness": return 3
        case "input": raise assay.InputError("checks.jsonl:3: no 'task'; add one")
        case "protection": raise assay.ProtectionError("Landlock is missing; update the kernel")
        case "interrupted": raise assay.Interrupted("stopped; the same command goes on")
        case "signal": os.kill(os.getpid(), signal.SIGINT)
        case "bug": raise KeyError("oh\\nno")
        case "pipe":
            reader, writer = os.pipe()
            os.close(reader)
            os.write(writer, b"x")
        case "flood":
            while True: print("x" * 1000)

module = types.ModuleType("assay.cli.planted")
module.register, module.run = register, run
sys.modules["assay.cli.planted"] = module
assay.cli.VERBS = ("planted",)
sys.exit(assay.cli.main())
"""


@pytest.fixture
def call(cache: Path) -> Call:
    return lambda *words: _run("-m", "assay", *words, ASSAY_CACHE=str(cache))


@pytest.fixture
def planted(cache: Path) -> Call:
    return lambda *words, **extra: _run("-c", PLANTED, *words, ASSAY_CACHE=str(cache), **extra)


def _run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_names_every_verb(call: Call, words: list[str]) -> None:
    done = call(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: assay ")
    for verb in cli.VERBS:
        assert f"    {verb} " in done.stdout


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_help(call: Call, verb: str) -> None:
    done = call(verb, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: assay {verb}")


def test_version(call: Call) -> None:
    assert call("--version").stdout == f"assay {assay.__version__}\n"


def test_the_installed_script_is_the_same_program() -> None:
    script = Path(sys.executable).with_name("assay")
    done = subprocess.run([script, "--version"], capture_output=True, text=True)
    assert done.stdout == f"assay {assay.__version__}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["plantd"], "there is no 'plantd'; did you mean 'planted'?"),
        (["zzz"], "there is no 'zzz'; there are planted"),
        (["--versoin"], "there is no option --versoin; did you mean '--version'?"),
        (["planted", "fine", "--repaet", "1"], "did you mean '--repeat'?"),
        (["planted", "fine", "--rep", "1"], "there is no option --rep"),
        (["planted", "fine", "--repeat", "3"], "there is no 3; there are 1, 2"),
        (["planted", "fine", "--repeat", "x"], "invalid int value: 'x'"),
        (["planted"], "required: how"),
        (["planted", "fine", "extra"], "unrecognized arguments: extra"),
    ],
)
def test_wrong_usage_is_one_line_that_leads_on(planted: Call, words: list[str], says: str) -> None:
    done = planted(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("assay")
    assert says in done.stderr
    assert "--help`" in done.stderr


@pytest.mark.parametrize(
    ("how", "code", "says"),
    [
        ("fine", 0, ""),
        ("harness", 3, ""),
        ("input", 2, "assay: error: checks.jsonl:3: no 'task'; add one\n"),
        ("protection", 3, "assay: error: Landlock is missing; update the kernel\n"),
        ("interrupted", 4, "assay: stopped; the same command goes on\n"),
    ],
)
def test_exit_codes(planted: Call, how: str, code: int, says: str) -> None:
    done = planted("planted", how)
    assert (done.returncode, done.stderr) == (code, says)


def test_control_c_says_that_the_run_goes_on(planted: Call) -> None:
    done = planted("planted", "signal")
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "goes on from there" in done.stderr


def test_a_fault_of_ours_is_one_line_and_its_traceback_is_kept(planted: Call, cache: Path) -> None:
    done = planted("planted", "bug")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "our fault, not yours" in done.stderr
    [kept] = (cache / "crashes").iterdir()
    assert str(kept) in done.stderr
    text = kept.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "command: planted bug" in text


def test_crash_reports_do_not_pile_up(planted: Call, cache: Path) -> None:
    crashes = cache / "crashes"
    crashes.mkdir(parents=True)
    for number in range(30):
        (crashes / f"20200101-0000{number:02}-1.txt").touch()
    planted("planted", "bug")
    assert len(list(crashes.iterdir())) == 20


def test_a_traceback_that_cannot_be_kept_is_still_one_line(planted: Call, cache: Path) -> None:
    cache.write_text("not a folder")
    done = planted("planted", "bug")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "ASSAY_DEBUG=1" in done.stderr


def test_debug_shows_the_traceback(planted: Call) -> None:
    assert "Traceback" in planted("planted", "bug", ASSAY_DEBUG="1").stderr


@pytest.mark.usefixtures("cache")
def test_a_reader_that_leaves_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PLANTED, "planted", "flood"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=20) == cli.READER_LEFT


def test_a_broken_pipe_of_the_engine_is_not_mistaken_for_a_reader_that_left(planted: Call) -> None:
    done = planted("planted", "pipe")
    assert done.returncode == 3
    assert "BrokenPipeError" in done.stderr
