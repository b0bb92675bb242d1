"""Completion → program: no answer shape is lost, nothing hangs, nothing runs, and no published
answer scores lower than with its own harness."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import Outcome, Target
from assay.engine.sources import parse
from assay.models.extraction import extract
from assay.models.extraction.frames import frame_of
from tests.models.corpus import (
    METER,
    PROMPT,
    SCALED,
    SCALED_BODY,
    SCRIPT,
    TOTAL,
    TOTAL_CODE,
    UPDATE_CODE,
    WRONG_CODE,
    Shape,
    every_shape,
)

SHAPES = every_shape()
PLACED = [shape for shape in SHAPES if not isinstance(shape.expected, Outcome)]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_no_shape_is_lost(shape: Shape) -> None:
    found = extract(shape.completion, shape.target)
    assert shape.found in found.shape
    if isinstance(shape.expected, Outcome):
        assert (found.program, found.outcome) == (None, shape.expected)
        return
    assert found.program is not None
    assert found.outcome is None
    # The corpus is our own text, so it may run here.
    names = {"__name__": "candidate"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(found.program, shape.name, "exec", dont_inherit=True), names)
    assert {call: eval(call, names) for call in shape.expected} == shape.expected


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len({shape.name for shape in SHAPES}) == len(SHAPES) >= 300


@pytest.mark.parametrize(
    "name",
    [
        "fence: unclosed at the end", "fence: tag 'python '", "fence: tag ' python'", "fence: CRLF",
        "method: indented as in its class", "fence: tag 'python3'", "bare: prose around it",
        "fence: in a bullet list", "fence: in a numbered list",
    ],
)  # fmt: skip
def test_what_dl_bench_loses_is_in_the_corpus(name: str) -> None:
    assert name in {shape.name for shape in PLACED}


@pytest.mark.parametrize("shape", PLACED, ids=lambda shape: shape.name)
def test_nothing_is_put_around_a_program_twice(shape: Shape) -> None:
    program = extract(shape.completion, shape.target).program or ""
    if shape.target.kind == "script" and shape.target.name:
        program = ast.literal_eval(program.partition(" = ")[2])
    again = extract(program, shape.target).program or ""
    if shape.target.kind == "script" and shape.target.name:
        again = ast.literal_eval(again.partition(" = ")[2])
    # A method may have moved to the end of its class.
    assert sorted(ast.unparse(parse(again) or ast.Module([], [])).splitlines()) == sorted(
        ast.unparse(parse(program) or ast.Module([], [])).splitlines()
    )


def test_reasoning_is_kept_apart() -> None:
    found = extract(f"<think>\nMaybe\n```python\n{WRONG_CODE}```\n</think>\n{TOTAL_CODE}", TOTAL)
    assert found.thinking == f"Maybe\n```python\n{WRONG_CODE}```"
    assert "start += number" in (found.program or "")


def test_other_readings_come_by_rank() -> None:
    block = "```python\n{}```\n"
    found = extract(f"{block.format(WRONG_CODE)}Fixed:\n{block.format(TOTAL_CODE)}", TOTAL)
    assert "start += number" in (found.program or "")
    assert "start -= number" in found.alternatives[0]
    assert len(found.alternatives) <= 3
    assert found.program not in found.alternatives


def test_a_prompt_that_breaks_off_is_what_the_answer_goes_on_from() -> None:
    bare = Target("function", "scaled", context="import math\n")
    assert extract(SCALED_BODY, bare).program is None
    found = extract(SCALED_BODY, bare, prompt=PROMPT)
    assert "import math" in (found.program or "")
    assert extract(SCALED_BODY, SCALED).program in (found.program or "")
    words = "Write `running_total`:\n\n```python\ndef running_total(numbers):\n    ...\n```\n"
    assert extract(TOTAL_CODE, TOTAL, prompt=words) == extract(TOTAL_CODE, TOTAL)


def test_a_context_that_is_no_python_stays_as_it_is() -> None:
    target = Target("method", "A.f", "def f(self):", "%load_ext torch\n")
    found = extract("def f(self):\n    return 1\n", target)
    assert found.program == "%load_ext torch\n\n\nclass A:\n\n    def f(self):\n        return 1\n"


@pytest.mark.parametrize(
    ("context", "name"),
    [
        ("class A: é = 'é'; x = 1\n", "A.f"), ("x = 1\n", "A.f"), ("class A:\n\tx = 1\n", "A.f"),
        ("class A:\n    x = 1\n", "A.B.f"), ("class A:\n    class B:\n        pass\n", "A.B.f"),
    ],
)  # fmt: skip
def test_a_method_finds_its_class_or_gets_one(context: str, name: str) -> None:
    target = Target("method", name, "def f(self):", context)
    program = extract("def f(self):\n    return 1\n", target).program or ""
    names: dict[str, object] = {}
    exec(program, names)
    assert eval(f"{name.rpartition('.')[0]}().f()", names) == 1
    if name == "A.f":
        assert "x = 1" in program


def test_nothing_runs(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    touch = f"open({str(mark)!r}, 'w').close()\n"
    for text in (touch, f"{touch}{TOTAL_CODE}{touch}", f"```python\n{touch}{TOTAL_CODE}```"):
        for target in (TOTAL, METER, SCRIPT):
            extract(text, target)
    assert not mark.exists()


MEGABYTE = 1 << 20
HOSTILE = [
    "`", "```\n", "```python\n", "```a\n````\n", "```python\ndef f(x):\n    '''\n```\n", "x```\n",
    "(", "[{(", "x={1:{", "not ", "a.", "a=", "lambda x: ", "f=-", "a=1;", "@f\n", "x\n", "try:\n",
    "def f(x):\n    return x\n", "def f(x):\n  if x:\n", "    return x\n", "elif x: pass\n",
    '"""\n', "'", "\0", "\ud800", " ", "\t", "\n", "\r", "\\_", "&lt;", "\\n", "1 x\n", "> - 1. ",
    "<think>", "<think>a</think>", "</think>", "<|channel|>a<|message|>", "<|im_end|>", "<code>",
    '{"a":', '{"code": "', '[{"code":', "@@ -1 +1 @@\n+x\n-y\n", "In [1]: x\n", ">>> f(x)\n",
    "... ", "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n",
    "class A:\n    def f(self):\n        return\n",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_a_megabyte_of_anything_ends_soon(text: str) -> None:
    """With and without an honest program before it; at most 2 CPU s each were measured."""
    filled = (text * (MEGABYTE // len(text) + 1))[:MEGABYTE]
    for target, before in ((TOTAL, ""), (TOTAL, f"{TOTAL_CODE}\n\n"), (METER, ""), (SCRIPT, "")):
        began = time.process_time()
        extract(before + filled, target)
        assert time.process_time() - began < 8


@pytest.mark.parametrize("text", ["`" * MEGABYTE, "```python\n(\n" * 9999, "(" * MEGABYTE])
def test_an_honest_program_before_hostile_text_is_found(text: str) -> None:
    found = extract(f"```python\n{TOTAL_CODE}```\n\n{text}", TOTAL)
    assert found.program is not None
    assert "start += number" in found.program


PIECES = [
    TOTAL_CODE, WRONG_CODE, UPDATE_CODE, SCALED_BODY, "```", "```python\n", "~~~\n", "> ", "- ",
    "<think>", "</think>", "\n", "    ", "\t", "{", '{"code": "', '"', "'''", "def running_total(",
    "class Meter:\n", "@@ -1 +1 @@\n", "+", "-", ">>> ", "...", "<code>", "&lt;", "return",
    "Sure, here you go:\n", "if __name__ == '__main__':\n", "\\", "\0", "\u00a0", "async ",
    "%%time\n",
]  # fmt: skip


def test_a_diff_that_leaves_no_program_is_none() -> None:
    found = extract("```python\n+```python\n@@ -1 +1 @@\n", SCALED)
    assert (found.program, found.outcome) == (None, Outcome.NO_CODE)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=14).map("".join))
def test_any_text_has_a_program_or_an_outcome(text: str) -> None:
    for target in (TOTAL, METER, SCALED):
        found = extract(text, target)
        assert (found.program is None) == (found.outcome is not None)
        if found.program is not None:
            assert target.name.rpartition(".")[2] in found.program
            assert parse(found.program) is not None


TEXTS = st.lists(st.sampled_from([*PIECES, "class A: pass\n", "@d\n", "x = é; "]), max_size=6)


@settings(deadline=None, max_examples=300)
@given(
    st.builds(
        Target,
        st.sampled_from(["function", "class", "method", "script"]),
        st.sampled_from(["f", "Meter", "Meter.update", "A.B.f", "", "A."]),
        TEXTS.map("".join),
        TEXTS.map("".join),
    ),
    TEXTS.map("".join),
    TEXTS.map("".join),
)
def test_no_target_and_no_prompt_makes_it_raise(target: Target, text: str, prompt: str) -> None:
    found = extract(text, target, prompt=prompt)
    assert (found.program is None) == (found.outcome is not None)


def test_published_answers_keep_the_function_of_their_own_harness(shared: Path) -> None:
    """Every 41st of CodeT's samples for HumanEval; `benchmarks/extraction.py` reads them all."""
    (path,) = (shared / "data" / "codet").glob("*code_solution.jsonl")
    compared = 0
    for row in map(json.loads, path.read_text().splitlines()):
        prompt, name = row["prompt"], re.findall(r"def (\w+)\(", row["prompt"])[-1]
        target = Target("function", name, context=prompt)
        for completion in row["samples"][::41]:
            theirs = parse(prompt + completion)
            ours = extract(completion, target)
            if theirs is None or ours.outcome is Outcome.NO_CODE:
                assert theirs is None or not re.search(r"^ +\w", _uncommented(completion), re.M)
                continue
            compared += 1
            assert _function(parse(ours.program or ""), name) == _function(theirs, name)
    assert compared > 300


def _uncommented(text: str) -> str:
    return re.sub(r'"""(?s:.*?)"""|\bpass\b', "", text)


def _function(tree: ast.Module | None, name: str) -> str:
    nodes = [node for node in tree.body if getattr(node, "name", "") == name] if tree else []
    return ast.dump(nodes[-1]) if nodes else ""


def test_frames_are_made_once_for_a_target() -> None:
    extract(TOTAL_CODE, TOTAL)
    before = frame_of.cache_info().hits
    extract(TOTAL_CODE, TOTAL)
    assert frame_of.cache_info().hits == before + 1


STUB = 'def total(values):\n    """The sum."""\n'
READ = Target("function", "total", "def total(values):", STUB)
CONTINUED = replace(READ, continues=True)


@pytest.mark.parametrize(
    "completion",
    [
        "    return sum(values)\n\nprint(1 / 0)\n",
        "    return sum(values)\n\n\ndef other():\n    pass\n",
    ],
)
def test_a_continuation_is_taken_to_the_letter_where_the_task_says_so(completion: str) -> None:
    found = extract(completion, CONTINUED)
    assert found.program == f"{CONTINUED.context}{completion}\n"
    assert found.shape == "continuation"
    assert extract(completion, READ).program != found.program


@pytest.mark.parametrize("completion", ["    return sum(values)\n\nassert tot(", "    x = (1,\n"])
def test_a_continuation_that_is_cut_off_is_no_program(completion: str) -> None:
    found = extract(completion, CONTINUED)
    assert (found.program, found.outcome) == (None, Outcome.NO_CODE)


def test_a_chat_answer_is_read_as_ever_where_continuations_are_taken_to_the_letter() -> None:
    answer = f"Here you are:\n```python\n{STUB}    return sum(values)\n```\nIt adds them."
    assert extract(answer, CONTINUED) == extract(answer, READ)
