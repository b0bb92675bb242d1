"""Answers with their reasoning: the code that is thought about must not win."""

from __future__ import annotations

from assay import Outcome
from tests.models.corpus import (
    SCALED,
    SCALED_BODY,
    SCALES,
    TOTAL,
    TOTAL_CODE,
    TOTALS,
    WRONG_CODE,
    Shape,
)

_WRONG = f"```python\n{WRONG_CODE}```\n"
_RIGHT = f"```python\n{TOTAL_CODE}```\n"


def _shape(name: str, completion: str) -> Shape:
    return Shape(f"reasoning: {name}", completion, TOTAL, TOTALS)


SHAPES = [
    _shape("think", f"<think>\nMaybe\n{_WRONG}or so.\n</think>\n\n{_RIGHT}"),
    _shape("think, bare code", f"<think>subtract?</think>\n{TOTAL_CODE}"),
    _shape("thinking", f"<thinking>\n{_WRONG}</thinking>\n{_RIGHT}"),
    _shape("upper case", f"<THINK>\n{_WRONG}</THINK>\n{_RIGHT}"),
    _shape("the opening tag is in the template", f"So, subtract.\n{_WRONG}</think>\n{_RIGHT}"),
    _shape("an empty section", f"<think>\n\n</think>\n\n{_RIGHT}"),
    _shape("two sections", f"<think>{_WRONG}</think>\n{_RIGHT}\n<think>\n{_WRONG}</think>\nDone."),
    _shape(
        "reasoning before the final program",
        f"<reasoning>\n{_WRONG}</reasoning>\n<answer>\n{_RIGHT}</answer>",
    ),
    _shape("Magistral's brackets", f"[THINK]\n{_WRONG}[/THINK]{_RIGHT}"),
    _shape("Kimi's triangles", f"◁think▷\n{_WRONG}◁/think▷{_RIGHT}"),
    _shape(
        "Cohere's tokens",
        f"<|START_THINKING|>{_WRONG}<|END_THINKING|><|START_RESPONSE|>{_RIGHT}<|END_RESPONSE|>",
    ),
    _shape(
        "Skywork's tokens",
        f"<|begin_of_thought|>\n{_WRONG}<|end_of_thought|>\n"
        f"<|begin_of_solution|>\n{_RIGHT}<|end_of_solution|>",
    ),
    _shape(
        "harmony",
        f"<|channel|>analysis<|message|>Subtract.\n{_WRONG}<|end|><|start|>assistant"
        f"<|channel|>final<|message|>{_RIGHT}<|return|>",
    ),
    _shape("harmony without its tokens", f"analysisSubtract.\n{_WRONG}assistantfinal{_RIGHT}"),
    _shape("spoken", f"Thought: subtract them.\n{_WRONG}\nFinal Answer:\n{_RIGHT}"),
    _shape("spoken in bold", f"**Thought:** subtract them.\n{_WRONG}\n**Answer:**\n{_RIGHT}"),
    _shape("in a terminal", f"Thinking...\n{_WRONG}\n...done thinking.\n\n{_RIGHT}"),
    _shape("never ended, with a draft", f"<think>\nI write\n{_RIGHT}and now I check th"),
    _shape("nothing but reasoning, with a draft", f"<think>\n{_RIGHT}</think>\n"),
    _shape(
        "a tag in the program's own text",
        "```python\n" + TOTAL_CODE.replace("out = []", 'out, _mark = [], "</think>"') + "```\n",
    ),
    Shape("reasoning: before a body", f"<think>easy</think>\n{SCALED_BODY}", SCALED, SCALES),
    Shape(
        "reasoning: no answer after it",
        "<think>\nI wonder how to add up.\n</think>\n",
        TOTAL,
        Outcome.NO_CODE,
    ),
    Shape(
        "reasoning: a draft, and then a refusal",
        f"<think>\n{_RIGHT}</think>\nI cannot do this.",
        TOTAL,
        Outcome.NO_CODE,
    ),
    Shape(
        "reasoning: never ended, without a draft",
        "<think>\nFirst I would need to know wh",
        TOTAL,
        Outcome.NO_CODE,
    ),
]
