"""The same sentences in another dress: as a list of points, as comments of code."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace

from assay.engine.sources import parse
from assay.solve.mutations.base import Freedom, OnlyByRules, Prompt, Rewritten
from assay.solve.mutations.reading import Block, read, rendered

_OPENED = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')$")
_FENCED = re.compile(r"^(?:`{3,}|~{3,})")
_LEAST_POINTS = 2
_WIDTH = 96


class Bullets(OnlyByRules):
    """`bullets`: each sentence of a paragraph a point; the sentence that sums up stays before."""

    name = "bullets"
    freedom = Freedom()

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:  # noqa: ARG002
        blocks = list(read(prompt.text))
        said = [(at, block.region) for at, block in enumerate(blocks) if block.kind != "gap"]
        first = {region: at for at, region in reversed(said)}
        listed = [
            _listed(block, first[block.region] == at) if block.kind == "prose" else block
            for at, block in enumerate(blocks)
        ]
        return Rewritten(rendered(listed), prompt.target.name) if listed != blocks else None

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        return _points(rewritten.text) >= _points(prompt.text) + _LEAST_POINTS


def _points(text: str) -> int:
    return len(re.findall(r"^[ \t]*(?:# )?- ", text, re.M))


def _listed(block: Block, is_first: bool) -> Block:
    sentences = block.sentences
    head, points = (sentences[:1], sentences[1:]) if is_first else ((), sentences)
    if len(points) < _LEAST_POINTS:
        return block
    width = _WIDTH - len(block.indent) if "\n" in block.text else max(map(len, points)) + 2
    wrapped = [
        textwrap.fill(one, width, initial_indent="- ", subsequent_indent="  ",
                      break_long_words=False, break_on_hyphens=False)
        for one in points
    ]  # fmt: skip
    said = [block.saying(head).text] if head else []
    return replace(block, text="\n".join([*said, *wrapped]))


class Comment(OnlyByRules):
    """`comment`: one piece of code, in which comments say what prose and docstrings said."""

    name = "comment"
    freedom = Freedom()

    def rewrite(self, prompt: Prompt, seed: int) -> Rewritten | None:  # noqa: ARG002
        blocks = read(prompt.text)
        fences = [at for at, one in enumerate(blocks) if _FENCED.match(one.text)
                  and one.kind == "code"]  # fmt: skip
        if len(fences) not in (0, 2):
            return None
        is_code = _is_code(prompt.text)
        inside = range(*fences) if fences else range(len(blocks) if is_code else 0)
        code = _commented(blocks, fences, inside)
        if parse(code) is None or code.strip() == prompt.text.strip():
            return None
        text = code if is_code else f"```python\n{code.strip()}\n```\n"
        return Rewritten(text, prompt.target.name)

    def applied(self, prompt: Prompt, rewritten: Rewritten) -> bool:
        """No prose is left outside of comments."""
        left = "\n".join(
            line for line in rewritten.text.split("\n")
            if not line.lstrip().startswith(("#", "```"))
        )  # fmt: skip
        said = read(f"```python\n{left}\n```\n")
        is_code = all(block.kind in ("code", "gap") for block in said)
        return is_code and rewritten.text != prompt.text


def _is_code(text: str) -> bool:
    """Whether a prompt is nothing but code: its first block is, and opens no fence."""
    first = next(iter(read(text)), None)
    return first is not None and first.kind == "code" and not _FENCED.match(first.text)


def _commented(blocks: Sequence[Block], fences: list[int], inside: range) -> str:
    """The code that the blocks make up when all that is said in words is said in comments."""
    found = ""
    at = 0
    while at < len(blocks):
        if at in fences:
            at += 1
            continue
        if blocks[at].kind == "code":
            found += blocks[at].text
            at += 1
            continue
        end = next((n for n in range(at, len(blocks)) if blocks[n].kind == "code"), len(blocks))
        said = rendered(blocks[at:end])
        if not said.strip():
            found += said
        elif at not in inside:
            found += _hashed(said, "") + "\n"
        elif opened := _OPENED.search(found):
            indent = re.search(r"[ \t]*$", found[: opened.start()])
            lead = indent[0] if indent else ""
            after = blocks[end].text[len(opened[1]) :]
            found = found[: opened.start()] + _hashed(said, lead).lstrip()
            found += _stands_for(after, lead) + after
            end += 1
        else:
            found += said
        at = end
    return found


def _hashed(text: str, indent: str) -> str:
    lines = [line.removeprefix(indent).rstrip() for line in text.strip().split("\n")]
    return "\n".join(f"{indent}# {line}".rstrip() for line in lines)


def _stands_for(after: str, indent: str) -> str:
    """A body for a function that has none but its docstring."""
    following = next((line for line in after.split("\n") if line.strip()), "")
    has_body = bool(indent) and following.startswith(indent)
    return "" if has_body or not indent else f"\n{indent}..."
