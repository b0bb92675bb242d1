"""Bodies that continue the prompt, as base models write them, and what follows them."""

from __future__ import annotations

from assay import Outcome, Target
from tests.models.corpus import (
    PROMPT,
    SCALED,
    SCALED_BODY,
    SCALES,
    TOTAL,
    TOTAL_BODY,
    TOTALS,
    Shape,
    indented,
)

_LOOP = (
    "    out = []\n    for number in numbers:\n        out.append(number * by)\n    return out\n"
)
_FLUSH = "out = []\nfor number in numbers:\n    out.append(number * by)\nreturn out\n"
_STUBBED = Target(
    "function", "scaled", context=PROMPT + "    raise NotImplementedError\n\n\nLAST = 1\n"
)
_IMPORTS_IN_HEAD = Target(
    "function",
    "scaled",
    context=(
        "def scaled(numbers, by):\n    import math\n"
        '    """ Return the numbers, each times `by`. """\n'
    ),
)
_TABS = Target("function", "scaled", context='def scaled(numbers, by):\n\t"""Each times `by`."""\n')


def _shape(name: str, completion: str, target: Target = SCALED, found: str = "body only") -> Shape:
    return Shape(
        f"body: {name}", completion, target, TOTALS if target.name == TOTAL.name else SCALES, found
    )


SHAPES = [
    _shape("one line", SCALED_BODY),
    _shape("without a line end", SCALED_BODY.rstrip()),
    _shape("a loop", _LOOP),
    _shape("its first margin stripped", _LOOP.lstrip()),
    _shape("at the margin", _FLUSH),
    _shape("at the margin, with a remark after it", _FLUSH + "\nThis multiplies each of them.\n"),
    _shape("at the margin, fenced", f"```python\n{_FLUSH}```"),
    _shape("indented, fenced", f"The body:\n```python\n{_LOOP}```\nThat's it."),
    _shape("two spaces deep", _LOOP.replace("    ", "  ")),
    _shape("eight spaces deep", indented(_LOOP)),
    _shape("with tabs", _LOOP.replace("    ", "\t")),
    _shape("for a prompt with tabs", _LOOP, _TABS),
    _shape("with its docstring again", '    """Each times `by`."""\n' + _LOOP),
    _shape("after comments", "    # multiply\n\n" + _LOOP),
    _shape(
        "a comment at the margin in the middle", _LOOP.replace("    return", "# done\n    return")
    ),
    _shape("then another function", f"{_LOOP}\n\ndef other(x):\n    return x\n"),
    _shape("then another function, cut off", f"{_LOOP}\n\ndef other(x):\n    for y in ran"),
    _shape(
        "then a class, cut off", f"{_LOOP}\nclass Other:\n    def __init__(self, x):\n        self."
    ),
    _shape(
        "then a main block", f'{_LOOP}\n\nif __name__ == "__main__":\n    print(scaled([1], 2))\n'
    ),
    _shape("then prints", f"{_LOOP}\nprint(scaled([1.0], 2.0))\nprint(undefined)\n"),
    _shape("then a test that fails", f"{_LOOP}\n\nassert scaled([1.0], 2.0) == [3.0]\n"),
    _shape("then a test, cut off", f"{_LOOP}\n\nassert scaled([1.0], 2.0) == [2."),
    _shape("then text", f"{_LOOP}\nThis function isn't hard: it multiplies.\n"),
    _shape("then indented text", f"{_LOOP}\n    This multiplies each of them.\n"),
    _shape("then a cut line in the body", f"{_LOOP}    print(out"),
    _shape("then a docstring, cut off", f'{_LOOP}\n\ndef more(x):\n    """ Return a'),
    _shape(
        "then input is asked for",
        f"{_LOOP}\nnumbers = input().split()\nprint(scaled(numbers, 2))\n",
    ),
    _shape("then the program ends itself", f"{_LOOP}\nimport sys\nsys.exit(scaled([1], 2))\n"),
    _shape("then a fence", f"{_LOOP}```\n\nThis multiplies.", found="unopened fence, body only"),
    _shape("then an end token", f"{_LOOP}<|endoftext|>def scaled(numbers, by):\n    return 1\n"),
    _shape(
        "then a constant that it reads", "    return [n * by * ONE for n in numbers]\n\nONE = 1\n"
    ),
    _shape(
        "then a helper that it calls",
        "    return [times(n, by) for n in numbers]\n\n\ndef times(a, b):\n    return a * b\n",
    ),
    _shape(
        "then a cache that it fills",
        "    return [n * CACHE['one'] * by for n in numbers]\n\n\n"
        "CACHE = dict()\nCACHE['one'] = 1\n",
    ),
    _shape(
        "with a nested helper",
        "    def times(n):\n        return n * by\n\n    return list(map(times, numbers))\n",
    ),
    _shape(
        "with a nested function of its own name",
        "    def scaled(n):\n        return n * by\n\n    return list(map(scaled, numbers))\n",
    ),
    _shape(
        "with an import", "    from operator import mul\n    return [mul(n, by) for n in numbers]\n"
    ),
    _shape(
        "a dictionary that looks like JSON",
        '    names = {\n        "code": "one\\ntwo",\n    }\n'
        "    return [n * by for n in numbers if names]\n",
    ),
    _shape(
        "after a prompt's import",
        SCALED_BODY.replace("scale(number, by)", "number * by"),
        _IMPORTS_IN_HEAD,
    ),
    _shape("for a stub in the middle", _LOOP, _STUBBED),
    _shape("the whole function for a stub", PROMPT + _LOOP, _STUBBED, "bare"),
    _shape("the signature repeated", PROMPT.partition("\n\n\n")[2] + _LOOP, found="bare"),
    _shape(
        "the signature repeated, indented",
        indented("def scaled(numbers, by):\n" + _LOOP),
        found="bare",
    ),
    _shape("chat, then the signature", "Sure:\n\ndef scaled(numbers, by):\n" + _LOOP, found="bare"),
    _shape("for a signature", TOTAL_BODY, TOTAL),
    _shape("for a signature, at the margin", TOTAL_BODY.replace("\n    ", "\n").lstrip(), TOTAL),
    _shape(
        "for a signature without a colon",
        TOTAL_BODY,
        Target("function", TOTAL.name, TOTAL.signature.rstrip(":"), TOTAL.context),
    ),
    _shape(
        "for a bare signature",
        TOTAL_BODY,
        Target("function", TOTAL.name, "running_total(numbers, start=0)", ""),
    ),
    _shape(
        "of a signature on two lines",
        TOTAL_BODY,
        Target("function", TOTAL.name, "def running_total(\n    numbers, start=0\n):", ""),
    ),
    _shape(
        "indented between prose", f"Put this into it:\n\n{_LOOP}\nand it works.", found="indented"
    ),
    _shape(
        "without a return, in place",
        "    numbers[:] = [n * by for n in numbers]\n    return numbers\n",
    ),
    Shape("body: nothing but comments", "    # TODO\n    # multiply\n", SCALED, Outcome.NO_CODE),
    Shape("body: nothing at all", "\n\n", SCALED, Outcome.NO_CODE),
    Shape(
        "body: left out, another function instead",
        "\n\ndef other(x):\n    return x\n",
        SCALED,
        Outcome.WRONG_TARGET,
    ),
    Shape("body: cut in the middle", _LOOP[:60], SCALED, Outcome.WRONG_TARGET),
]
