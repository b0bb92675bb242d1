"""The documentation checks of `make check`: what a page says has to be so.

* Relative links and their anchors resolve.
* Every `assay …` command line in a console or bash block is accepted by the real parser.
* Python blocks compile, and those with `>>>` run (```python no-check leaves one out).
* docs/cli.md and the generated parts of pages are fresh (`--write` makes them so).
* No tracked file names a machine's own folders or a package registry's address.
"""

from __future__ import annotations

import argparse
import contextlib
import doctest
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import cli_reference
import generated
import pages

from assay import cli

ROOT = Path(__file__).resolve().parent.parent
SHELLS = ("console", "bash", "sh", "shell")
OPERATORS = frozenset("();<>|&")

# What must not be in a commit: the places of one machine, and where its packages come from.
FOREIGN = {
    "a folder of one machine": re.compile(r"(?<![\w.])/(?:root|home|Users)/[A-Za-z.]\w*"),
    "a package index": re.compile(
        r"\bhttps?://(?![^\s\"')/]*\.invalid\b)[^\s\"')]*/simple\b|--(?:extra-)?index-url[ =]+\w+:"
    ),
    "a registry's host": re.compile(
        r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org)\b"
    ),
}
# The checks themselves, and attacks, which name the places that they try to reach.
MAY_BE_FOREIGN = (
    "tools/check_docs.py",
    "tests/tools/",
    "tests/adversarial/",
    "benchmarks/red_team",
)

Problems = Iterator[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the generated parts anew")
    files = tracked(ROOT)
    if parser.parse_args().write:
        write_generated(ROOT, files)
    problems = list(check(ROOT, files))
    for problem in problems:
        print(problem, file=sys.stderr)
    count = sum(path.suffix == ".md" for path in files)
    print(f"documentation: {count} pages, {len(files)} files, {len(problems)} problems")
    return bool(problems)


def check(root: Path, files: list[Path]) -> Problems:
    """Every problem of a checkout's files, each as `file:line: what is wrong`."""
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(root).as_posix()
        if not name.startswith(MAY_BE_FOREIGN):
            yield from foreign(name, text)
        if path.suffix == ".md":
            yield from broken_links(root, path, text)
            yield from wrong_commands(name, text, refusal)
            yield from failing_python(name, text)
            if generated.refreshed(text) != text:
                yield f"{name}:1: a generated part is stale: run `make docs`"
    if root == ROOT and not cli_reference.is_fresh(cli_reference.reference(cli.build_parser())):
        yield "docs/cli.md:1: stale: run `make docs`"


def tracked(root: Path) -> list[Path]:
    """What would be committed: tracked files and new ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        return sorted(path for path in root.rglob("*.md") if ".venv" not in path.parts)
    paths = (root / name for name in sorted(set(listed.stdout.split("\0"))) if name)
    return [path for path in paths if path.is_file()]


def foreign(name: str, text: str) -> Problems:
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in FOREIGN.items():
            if found := pattern.search(line):
                yield f"{name}:{number}: names {what}: {found[0]}"


def broken_links(root: Path, page: Path, text: str) -> Problems:
    name = page.relative_to(root).as_posix()
    for number, link in pages.links(text):
        if re.match(r"[a-z][a-z+.-]*:", link):
            continue
        target, _, anchor = unquote(link).partition("#")
        path = (page.parent / target).resolve() if target else page
        if not path.is_relative_to(root):
            yield f"{name}:{number}: the link {link} leaves the repository"
        elif not path.exists():
            yield f"{name}:{number}: the link {link} leads nowhere"
        elif anchor and path.suffix == ".md" and anchor not in _anchors(path):
            yield f"{name}:{number}: the link {link} has no such heading"


def _anchors(page: Path) -> set[str]:
    return pages.anchors(page.read_text(encoding="utf-8"))


def wrong_commands(name: str, text: str, refuse: Callable[[list[str]], str | None]) -> Problems:
    for fence in pages.fences(text):
        if not fence.info or fence.info[0] not in SHELLS:
            continue
        for number, line in _typed(fence):
            for words in _assay_commands(line):
                if said := refuse(words):
                    yield f"{name}:{number}: `assay {' '.join(words)}`: {said}"


def refusal(words: list[str]) -> str | None:
    """What the real parser says against a command line, if anything."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            cli.build_parser().parse_args(words)
    except SystemExit as leaving:
        return said.getvalue().strip() if leaving.code else None
    return None


def _typed(fence: pages.Fence) -> Iterator[tuple[int, str]]:
    """The numbered command lines of a block, continued ones joined."""
    prompted = fence.info[0] == "console"
    started, joined = 0, ""
    for number, line in enumerate(fence.content.splitlines(), fence.line):
        if not joined:
            if prompted and not line.startswith("$ "):
                continue
            started, line = number, line.removeprefix("$ ")
        else:
            line = line.removeprefix("> ")
        joined += line
        if joined.endswith("\\"):
            joined = joined[:-1]
        else:
            yield started, joined
            joined = ""


def _assay_commands(line: str) -> Iterator[list[str]]:
    """The arguments of each call of assay in a shell line with pipes, lists and redirections."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        tokens = line.split()  # the inside of a here-document, say
    command: list[str] = []
    skip = False
    for token in [*tokens, ";"]:
        if set(token) <= OPERATORS:
            skip = "<" in token or ">" in token  # the next word is a file
            if not skip:
                while command and re.match(r"\w+=", command[0]):
                    del command[0]
                command = command[2:] if command[1:3] == ["-m", "assay"] else command
                if command and command[0].rsplit("/", 1)[-1] == "assay":
                    yield command[1:]
                command = []
        elif skip:
            skip = False
        else:
            command.append(token)


def failing_python(name: str, text: str) -> Problems:
    """Blocks of one page share their names, as a reader who types them in order would have it."""
    names: dict[str, object] = {"__name__": "__page__"}
    for fence in pages.fences(text):
        if fence.info[:1] != ["python"] or "no-check" in fence.info:
            continue
        if ">>>" not in fence.content:
            try:
                compile("\n" * (fence.line - 1) + fence.content, name, "exec")
            except SyntaxError as error:
                yield f"{name}:{error.lineno}: Python block: {error.msg}"
            continue
        example = doctest.DocTestParser().get_doctest(fence.content, names, name, name, fence.line)
        said = io.StringIO()
        runner = doctest.DocTestRunner(verbose=False)
        if runner.run(example, out=said.write, clear_globs=False).failed:
            yield f"{name}:{fence.line}: Python block fails:\n{said.getvalue()}"
        names = example.globs


def write_generated(root: Path, files: list[Path]) -> None:
    for path in files:
        if path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
            if (fresh := generated.refreshed(text)) != text:
                path.write_text(fresh, encoding="utf-8")
                print(f"wrote {path.relative_to(root)}")


if __name__ == "__main__":
    sys.exit(main())
