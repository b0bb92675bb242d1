"""The reasoning in a completion, told apart from its answer."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORDS = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis|seed:think"
_OPENING = re.compile(
    rf"<(?:{_WORDS})>|\[THINK\]|◁think▷|<\|(?:begin_of_thought|START_THINKING)\|>", re.IGNORECASE
)
_CLOSING = re.compile(
    rf"</(?:{_WORDS})>|\[/THINK\]|◁/think▷|<\|(?:end_of_thought|END_THINKING)\|>", re.IGNORECASE
)
_CHANNEL = re.compile(r"<\|channel\|>\s{0,4}(\w{1,20})[^<\n]{0,80}<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|call|start)\|>")
# The same with its special tokens lost, as some servers send it.
_BARE_CHANNEL = re.compile(r"assistantfinal(?:<\|message\|>)?(?=[^a-z])")
_SPOKEN = re.compile(
    r"\s*+(?:\*\*)?(?:Thoughts?|Thinking|Reasoning)(?:\*\*)?(?::|\.\.\.)", re.IGNORECASE
)
_ANSWER = re.compile(
    r"^[ \t#*]*+(?:(?:Final[ \t]+)?(?:Answer|Solution|Code|Response|Action Input)"
    r"(?:\*\*)?:(?:\*\*)?|\.\.\.done thinking\.?)",
    re.IGNORECASE | re.MULTILINE,
)
_END_OF_TEXT = re.compile(
    r"<\|(?:endoftext|im_end|eot_id|end_of_text|end|return|eom_id|im_start)\|>|</s>|<eos>"
    r"|<\|?end_of_turn\|?>|<｜end▁of▁sentence｜>"
)
_SOLUTION = re.compile(r"<\|(?:begin|end)_of_solution\|>|<\|(?:START|END)_RESPONSE\|>")


class Parts(NamedTuple):
    """The answer, the reasoning, and whether the reasoning ever came to an end."""

    answer: str
    thinking: str
    finished: bool = True


def split_thinking(text: str) -> Parts:
    """Tell reasoning from answer; a text without any reasoning is all answer."""
    parts = _channels(text) or _tags(text) or _spoken(text) or Parts(text, "")
    answer = _SOLUTION.sub("", _before_end(parts.answer))
    return Parts(answer, parts.thinking.strip(), parts.finished)


def _channels(text: str) -> Parts | None:
    """Harmony's channels: `final` is the answer, every other one is reasoning."""
    marks = list(_CHANNEL.finditer(text))
    if not marks:
        begun = text.lstrip()
        final = _BARE_CHANNEL.search(begun) if begun.startswith("analysis") else None
        return Parts(begun[final.end() :], begun[8 : final.start()]) if final else None
    answer, thinking = [text[: marks[0].start()].removesuffix("<|start|>assistant")], list[str]()
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        body = _CHANNEL_END.split(text[mark.end() : end], maxsplit=1)[0]
        (answer if mark[1] == "final" else thinking).append(body)
    return Parts("".join(answer), "\n".join(thinking), any(mark[1] == "final" for mark in marks))


def _tags(text: str) -> Parts | None:
    """Sections between tags. The chat template may have swallowed the first opening tag."""
    answer, thinking = list[str](), list[str]()
    at, depth = 0, 0
    for mark, opens in _marks(text):
        if opens:
            if depth == 0:
                answer.append(text[at : mark.start()])
                at = mark.end()
            depth += 1
            continue
        if depth == 0:
            # Without an opening tag, all that came before was reasoning.
            thinking += answer
            answer = []
        if depth <= 1:
            thinking.append(text[at : mark.start()])
            at = mark.end()
        depth = max(0, depth - 1)
    if at == 0:
        return None
    (answer if depth == 0 else thinking).append(text[at:])
    return Parts("".join(answer), "\n".join(thinking), depth == 0)


def _marks(text: str) -> list[tuple[re.Match[str], bool]]:
    """Tags that stand in the text itself, not in a string of some program."""
    marks = [(mark, True) for mark in _OPENING.finditer(text) if _begins_line(text, mark)]
    marks += [(mark, False) for mark in _CLOSING.finditer(text)]
    marks = [(mark, opens) for mark, opens in marks if not _quoted(text, mark)]
    return sorted(marks, key=lambda item: item[0].start())


def _begins_line(text: str, mark: re.Match[str]) -> bool:
    return not text[max(0, mark.start() - 80) : mark.start()].rpartition("\n")[2].strip()


def _quoted(text: str, mark: re.Match[str]) -> bool:
    around = text[max(0, mark.start() - 1) : mark.start()] + text[mark.end() : mark.end() + 1]
    return any(character in "\"'`\\" for character in around)


def _spoken(text: str) -> Parts | None:
    """`Thought: … Answer: …`, and what a terminal prints around reasoning."""
    begun = _SPOKEN.match(text)
    said = list(_ANSWER.finditer(text, begun.end())) if begun else []
    if not begun or not said:
        return None
    return Parts(text[said[-1].end() :], text[begun.end() : said[-1].start()])


def _before_end(text: str) -> str:
    """What comes before the first token that ends a turn: base models go on after it."""
    for mark in _END_OF_TEXT.finditer(text):
        if not _quoted(text, mark) and text[: mark.start()].strip():
            return text[: mark.start()]
    return text
