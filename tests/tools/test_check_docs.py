"""The documentation checks find what is wrong, and leave alone what is right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import assay.core.errors
from assay.cli.parser import Parser, add_verbs

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tools"))

import check_docs  # noqa: E402
import cli_reference  # noqa: E402
import generated  # noqa: E402
import pages  # noqa: E402


def problems(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return list(check_docs.check(folder, sorted(folder.glob("*.md"))))


@pytest.mark.parametrize(
    "link",
    ["b.md", "b.md#a-heading", "b.md#a-heading-1", "#here", "https://example.org/x", "./b.md"],
)
def test_good_links(tmp_path: Path, link: str) -> None:
    other = "# A heading\n## A `heading`\n"
    assert problems(tmp_path, a=f"# Here\n\n[x]({link})\n", b=other) == []


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("c.md", "leads nowhere"),
        ("b.md#other", "no such heading"),
        ("#there", "no such heading"),
        ("../outside.md", "leaves the repository"),
    ],
)
def test_bad_links(tmp_path: Path, link: str, says: str) -> None:
    [problem] = problems(tmp_path, a=f"# Here\n\n[x]({link})\n", b="# A heading\n")
    assert problem.startswith("a.md:3: ")
    assert says in problem


def test_links_in_code_are_no_links(tmp_path: Path) -> None:
    assert problems(tmp_path, a="`[x](nowhere.md)`\n\n```text\n[x](nowhere.md)\n```\n") == []


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("assay doctor", [["doctor"]]),
        ("ASSAY_DEBUG=1 assay doctor --json | head -3 > out.txt", [["doctor", "--json"]]),
        ("cd x && assay a 'b c'; python -m assay d  # comment", [["a", "b c"], ["d"]]),
        ("assay a 2>&1 | assay b", [["a", "2"], ["b"]]),
        (".venv/bin/assay a", [["a"]]),
        ("echo assay a; pip install assay", []),
    ],
)
def test_command_lines_are_found(command: str, arguments: list[list[str]]) -> None:
    seen: list[list[str]] = []
    refuse = lambda words: seen.append(words)  # noqa: E731
    for page in (f"```bash\n{command}\n```\n", f"```console\n$ {command}\nassay output\n```\n"):
        seen.clear()
        assert list(check_docs.wrong_commands("a.md", page, refuse)) == []
        assert seen == arguments


def test_continued_lines_are_one_command() -> None:
    seen: list[list[str]] = []
    page = "```console\n$ assay a \\\n>   --b c\n$ ls\n```\n"
    list(check_docs.wrong_commands("a.md", page, seen.append))
    assert seen == [["a", "--b", "c"]]


def test_a_command_that_the_real_parser_refuses_is_a_problem(tmp_path: Path) -> None:
    page = "Try:\n\n```console\n$ assay --version\n$ assay frobnicate\n```\n"
    [problem] = problems(tmp_path, a=page)
    assert problem.startswith("a.md:5: `assay frobnicate`: ")


def test_python_blocks_compile_and_doctests_run(tmp_path: Path) -> None:
    good = "```python\n>>> one = 1\n```\n\n```python\n>>> one + 1\n2\n```\n"
    assert problems(tmp_path, a=good, b="```python no-check\nx = …\n```\n") == []
    assert "invalid" in problems(tmp_path, a="\n```python\nx = = 1\n```\n", b="")[0]
    [failing] = problems(tmp_path, a=good.replace("2\n", "3\n"), b="")
    assert failing.startswith("a.md:6: Python block fails")


@pytest.mark.parametrize(
    "line",
    [
        "cd /Users/ann/x", "cd /home/ann/x", "pip install --index-url https://x.example/simple/ y",
        ".".join(("https://files", "pythonhosted", "org/x.whl")), "http://localhost:3141/simple/",
    ],
)  # fmt: skip
def test_machine_paths_and_registries_are_problems(tmp_path: Path, line: str) -> None:
    [problem, *_] = problems(tmp_path, a=f"\n{line}\n")
    assert problem.startswith("a.md:2: names a ")


@pytest.mark.parametrize(
    "line", ["~/.cache", "docs/home/x", "hide /root and /home", "/tmp/x", "--index-url is honoured"]
)
def test_other_paths_are_none(tmp_path: Path, line: str) -> None:
    assert problems(tmp_path, a=line + "\n") == []


def test_generated_parts_are_checked_and_written(tmp_path: Path) -> None:
    parts = (
        "<!-- outcomes -->\nold\n<!-- /outcomes -->\n\n<!-- exceptions -->\n<!-- /exceptions -->"
    )
    page = f"a\n\n{parts}\nb\n"
    assert "stale" in problems(tmp_path, a=page)[0]
    check_docs.write_generated(tmp_path, [tmp_path / "a.md"])
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert text.startswith("a\n")
    assert text.endswith("-->\nb\n")
    assert "\nold\n" not in text
    assert "| `harness` | our failure, never the candidate's | harness | no | yes |" in text
    assert "  - `InputError` (exit 2): What was handed in is wrong." in text
    assert problems(tmp_path, a=text) == []


def test_the_exception_tree_names_every_public_error() -> None:
    tree = generated.exceptions()
    errors = [kind for kind in vars(assay.core.errors).values() if isinstance(kind, type)]
    assert len(errors) > 5
    for kind in errors:
        assert f"`{kind.__name__}` (exit {kind.exit_code})" in tree  # type: ignore[attr-defined]


def test_fences_of_every_kind_are_seen() -> None:
    text = "~~~python\na\n~~~\n- x\n  ````bash\n  b\n  ```\n  ````\n"
    found = [(fence.line, fence.info, fence.content) for fence in pages.fences(text)]
    assert found == [(2, ["python"], "a\n"), (6, ["bash"], "b\n```\n")]


def test_the_reference_has_every_verb_and_argument() -> None:
    parser = Parser(prog="assay", epilog="The end.")
    verb = add_verbs(parser).add_parser("weigh", help="weighs", description="Weighs things.")
    verb.add_argument("THING", nargs="+", help="what | which")
    verb.add_argument("--unit", choices=["g", "kg"], default="g", help="not %(default)s?")
    page = cli_reference.reference(parser)
    assert "| [`weigh`](#assay-weigh) | weighs |" in page
    assert "```text\nassay weigh [options] THING [THING …]\n```\n\nWeighs things." in page
    assert "what \\| which" in page
    assert "| `--unit` `{g,kg}` | not g? | `g` |" in page
    assert "The end.\n" in page
