"""The regions of an answer that may be code, each with how and where it was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from assay.models.extraction import carriers, layout
from assay.models.extraction.statements import parse

# Possessive throughout: a line of a megabyte must not make the matcher try again.
_FENCE = re.compile(
    r"(?P<prefix>(?:[ \t]*+(?:>|[-*+•](?=[ \t])|\d{1,3}+[.)]))*+[ \t]*+)"
    r"(?P<mark>`{3,}+|~{3,}+)(?P<info>.*+)"
)
_PYTHON = frozenset({
    "python", "py", "python2", "python3", "py3", "py2", "pycon", "ipython", "ipython3", "pyi",
    "python-repl", "gyp", "sage", "cython", "numpy", "pytorch", "torch", "starlark", "jupyter",
    "", "code", "text", "txt", "plaintext", "plain", "none", "solution",
})  # fmt: skip
# Fences around a whole answer: what is in them is read as if they were not there.
_AROUND = frozenset({"markdown", "md", "mdx", "rst", "html", "xml", "latex"})
_DIFFS = frozenset({"diff", "patch", "udiff"})
_CODE = re.compile(r"(?:async[ \t]|def[ \t]|class[ \t]|import[ \t]|from[ \t]|@\w|return[ \t])")
_FIRST_WORD = re.compile(r"[ \t]*+\{?[ \t]*+\.?([\w+#-]*+)")
_QUOTES = re.compile(r"(?:[ \t]*+>){1,16}+ ?")

_BETTER = re.compile(
    r"\b(?:corrected|fixed|final|updated|improved|complete|full|revised|correction|solution is)\b",
    re.IGNORECASE,
)
_WORSE = re.compile(
    r"\b(?:alternative|alternatively|naive|naïve|incorrect|wrong|buggy|broken|original|instead of"
    r"|for comparison|slower|brute[- ]force|before|bad|do(?:n't| not)|would fail|mistake)\b",
    re.IGNORECASE,
)
_MENDED = re.compile(r"\b(?:corrected|fixed)\b", re.IGNORECASE)
_OPENS = re.compile(r"(?:async|def|class|if|elif|else|for|while|with|try|except|finally)\b")
# So many blocks from either end are read; no honest answer has more that matter. A docstring may
# hold fences of its own: so many later ends of a block are tried.
_BLOCKS, _RUNS, _EXTENDED, _EXTENSIONS = 24, 4, 8, 3


@dataclass(frozen=True, slots=True)
class Region:
    """Text that may be code. `order` grows through the answer; `cue` says what the words before
    it promise (1 a correction, -1 a lesser version); `parts` are the regions put together here."""

    code: str
    shape: str
    order: int
    cue: int = 0
    python: bool = True
    is_diff: bool = False
    parts: tuple[Region, ...] = ()
    changes: tuple[carriers.Hunk, ...] = ()


class _Fence(NamedTuple):
    """A fenced block: its code, the line it begins on and the first line after it."""

    code: str
    language: str
    start: int
    end: int
    closed: bool = True


def regions(text: str, nested: bool = False) -> list[Region]:
    """Every region of an answer, and the one put together from all its Python blocks."""
    lines = text.split("\n")
    # What is Python as a whole has its fences in docstrings.
    fences = [] if parse(layout.dedent(text)) else list(_fences(lines))
    if len(fences) > _BLOCKS:
        fences = [*fences[: _BLOCKS // 2], *fences[-_BLOCKS // 2 :]]
    fenced = [_region(fence, lines) for fence in fences]
    longer = [_region(one, lines) for fence in fences[:_EXTENDED] for one in _longer(fence, lines)]
    found = sorted([*fenced, *longer], key=lambda region: region.order)
    parts = tuple(region for region in fenced if region.python and region.cue >= 0)
    if len(parts) > 1:
        code = "\n\n".join(layout.dedent(part.code) for part in parts)
        found.append(Region(code, "several blocks", parts[-1].order, parts=parts))
    for code, at in carriers.tagged(text):
        found.append(Region(code.strip("\n"), "tags", text.count("\n", 0, at)))
    if not nested and '"' in text and "{" in text:
        for code in carriers.in_json(text):
            inner = regions(code, nested=True) if "```" in code else [Region(code, "JSON", 0)]
            found += [replace(one, shape="JSON") for one in inner]
    found += _unfenced(text, lines, fences)
    return [region for one in found for region in _derived(one)]


def _fences(lines: list[str]) -> Iterator[_Fence]:
    at = 0
    while at < len(lines):
        mark = _FENCE.match(lines[at]) if "```" in lines[at] or "~~~" in lines[at] else None
        fence = _read(lines, at, mark) if mark else _glued(lines, at)
        if fence is not None:
            yield fence
        at = max(fence.end if fence else 0, at + 1)


def _read(lines: list[str], at: int, mark: re.Match[str]) -> _Fence | None:
    """The block that is opened on a line; None where that fence is none."""
    if mark["mark"] in mark["info"]:
        # ```def f(): return 1```
        language, code = _header(mark["info"].rstrip().removesuffix(mark["mark"]))
        return _Fence(code, language, at, at + 1)
    language, code = _header(mark["info"])
    return (
        None
        if language in _AROUND
        else _block(lines, at, mark["mark"], mark["prefix"], language, code)
    )


def _glued(lines: list[str], at: int) -> _Fence | None:
    """The block after an opening fence that is glued to prose: `Here it is: ```python`."""
    before, fence, word = lines[at].partition("```")
    word = word.strip()
    if not fence or not before.strip() or len(word) > 12 or not (word.isalnum() or not word):
        return None
    return _block(lines, at, "```", "", word.lower(), "")


def _block(lines: list[str], at: int, fence: str, prefix: str, language: str, code: str) -> _Fence:
    body = [code] if code else []
    end = len(lines)
    for number in range(at + 1, len(lines)):
        line = lines[number]
        mark = _FENCE.match(line) if "```" in line or "~~~" in line else None
        info = mark["info"].strip() if mark else ""
        if mark and mark["mark"].startswith(fence) and not info:
            return _Fence("\n".join(body), language, at, number + 1)
        if mark and mark["mark"].startswith(fence):
            # An opening fence inside a block: the block before it was never closed.
            end = number
            break
        body.append(_without(line, prefix))
    for number, line in enumerate(body):
        if line.rstrip().endswith(fence) and line.count(fence) == 1:
            # `return x```: the closing fence is glued to the code.
            last = line.rstrip().rstrip(fence[0])
            return _Fence("\n".join([*body[:number], last]), language, at, end)
    return _Fence("\n".join(body), language, at, end, closed=False)


def _without(line: str, prefix: str) -> str:
    """A line without the quote marks and the margin that its opening fence has before it."""
    if ">" in prefix:
        quotes = _QUOTES.match(line)
        return line[quotes.end() :] if quotes else line
    margin = line[: len(prefix)]
    return line[len(margin) - len(margin.lstrip(" \t")) :] if margin else line


def _header(info: str) -> tuple[str, str]:
    """The language that an info string names, and the code that stands behind it by mistake."""
    if _CODE.match(info.lstrip()):
        return "", info.strip()
    word = _FIRST_WORD.match(info)
    language, rest = (word[1].lower(), info[word.end() :].strip()) if word else ("", "")
    return language, rest if _CODE.match(rest) else ""


def _longer(fence: _Fence, lines: list[str]) -> list[_Fence]:
    """The block up to a later fence, when as it stands it does not parse."""
    if parse(layout.dedent(fence.code)) is not None:
        return []
    near = range(fence.end, min(len(lines), fence.end + 400))
    ends = [at for at in near if "```" in lines[at] and not lines[at].strip("` \t")]
    return [
        fence._replace(code="\n".join(lines[fence.start + 1 : end]), end=end + 1, closed=True)
        for end in ends[:_EXTENSIONS]
    ]


def _region(fence: _Fence, lines: list[str]) -> Region:
    return Region(
        fence.code, "fenced" if fence.closed else "unclosed fence", fence.start,
        _cue(lines[max(0, fence.start - 4) : fence.start]),
        fence.language in _PYTHON, fence.language in _DIFFS,
    )  # fmt: skip


def _cue(before: list[str]) -> int:
    """What the last line of prose before a block says about it."""
    line = next((line for line in reversed(before) if line.strip(" \t`>")), "")[-200:]
    if _WORSE.search(line) and not _MENDED.search(line):
        return -1
    return int(bool(_BETTER.search(line)))


def _unfenced(text: str, lines: list[str], fences: list[_Fence]) -> Iterator[Region]:
    """Code outside of any fence: the whole text, what stands before a fence, indented runs."""
    if not fences:
        yield Region(text, "bare", 0)
    else:
        yield Region("\n".join(line for line in lines if "```" not in line), "bare", 0, -1)
        first = fences[0].start
        if not fences[0].language:
            # The prompt may have opened the fence, and the completion only closes it.
            before = [*lines[:first], lines[first].partition("```")[0].rstrip()]
            yield Region("\n".join(before), "unopened fence", 0)
    if text.lstrip("\n")[:1] in (" ", "\t"):
        # The text itself continues the prompt; what is indented further down is no answer.
        return
    runs = sorted(_indented(lines), key=lambda run: len(run[1]), reverse=True)[:_RUNS]
    for start, run in runs:
        yield Region("\n".join(run), "indented", start, -1)


def _indented(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of indented lines, where the line before them opens no block of Python."""
    run, opener = list[str](), ""
    for number, line in enumerate([*lines, "end"]):
        if not line.strip() or line[0] in " \t":
            run.append(line)
            continue
        if any(part.strip() for part in run) and not _OPENS.match(opener):
            yield number - len(run), run
        run, opener = [], line


def _derived(region: Region) -> Iterator[Region]:
    """The region, and what it holds if it is a diff or a transcript."""
    if changes := tuple(carriers.hunks(region.code, said=region.is_diff)):
        code = "\n".join(line for hunk in changes for line in hunk.new)
        yield replace(region, code=code, shape="diff", changes=changes, python=True)
    yield region
    if ">>>" in region.code or "In" in region.code:
        typed = carriers.transcript(region.code)
        if typed:
            yield replace(region, code=typed, shape="transcript", python=True)
