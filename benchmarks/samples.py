"""The solutions that several benchmarks run: small tasks, five checks each, in many variants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sample:
    """A solution, the name it defines, and what it is asked: arguments as source, and answers."""

    name: str
    entry_point: str
    code: str
    arguments: tuple[str, ...]
    answers: tuple[Any, ...]

    @property
    def calls(self) -> list[str]:
        return [f"{self.entry_point}({text})" for text in self.arguments]


_PYTHON = [
    ("def has_close_elements(numbers, threshold):\n"
     "    for i, a in enumerate(numbers):\n"
     "        for b in numbers[i + 1:]:\n"
     "            if abs(a - b) < threshold:\n"
     "                return True\n"
     "    return False\n",
     ["[1.0, 2.0, 3.9, 4.0], 0.3", "[1.0, 2.0, 3.0], 0.5", "[], 1.0", "[5, 5], 0.1",
      "[1.0, 2.8, 3.0, 4.0], 0.1"]),
    ("def separate_paren_groups(text):\n"
     "    out, depth, part = [], 0, ''\n"
     "    for c in text:\n"
     "        if c == ' ':\n"
     "            continue\n"
     "        part += c\n"
     "        depth += 1 if c == '(' else -1\n"
     "        if depth == 0:\n"
     "            out.append(part)\n"
     "            part = ''\n"
     "    return out\n",
     ["'( ) (( )) (( )( ))'", "''", "'()'", "'(()) ()'", "'((()))'"]),
    ("def is_prime(n):\n"
     "    if n < 2:\n"
     "        return False\n"
     "    return all(n % k for k in range(2, int(n ** 0.5) + 1))\n",
     ["1", "2", "97", "100", "7919"]),
    ("def fizz_buzz(n):\n"
     "    return sum(str(i).count('7') for i in range(n) if i % 11 == 0 or i % 13 == 0)\n",
     ["50", "78", "79", "0", "500"]),
    ("import collections\n\n\n"
     "def histogram(text):\n"
     "    counts = collections.Counter(text.split())\n"
     "    most = max(counts.values(), default=0)\n"
     "    return {k: v for k, v in counts.items() if v == most}\n",
     ["'a b c'", "'a b b a'", "''", "'b b b b a'", "'a b c a b'"]),
    ("def rolling_max(numbers):\n"
     "    out = []\n"
     "    for n in numbers:\n"
     "        out.append(max(n, out[-1]) if out else n)\n"
     "    return out\n",
     ["[1, 2, 3, 2, 3, 4, 2]", "[]", "[4, 3, 2]", "[1]", "[0, -1, 5]"]),
]  # fmt: skip
_TORCH = [
    ("import torch\n\n\n"
     "def standardize(rows):\n"
     "    x = torch.tensor(rows)\n"
     "    return ((x - x.mean(0)) / x.std(0)).tolist()\n",
     ["[[1.0, 2.0], [3.0, 5.0]]", "[[0.0], [1.0], [2.0]]", "[[1.0, 0.0], [0.0, 1.0]]",
      "[[2.0], [4.0]]", "[[1.0, 1.5], [2.0, 0.5], [4.0, 2.5]]"],
     [[[-0.70710677, -0.70710677], [0.70710677, 0.70710677]], [[-1.0], [0.0], [1.0]],
      [[0.70710677, -0.70710677], [-0.70710677, 0.70710677]], [[-0.70710677], [0.70710677]],
      [[-0.87287152, 0.0], [-0.21821786, -1.0], [1.09108949, 1.0]]]),
    ("import torch\nimport torch.nn.functional as F\n\n\n"
     "def cross_entropy(logits, targets):\n"
     "    return F.cross_entropy(torch.tensor(logits), torch.tensor(targets)).item()\n",
     ["[[0.0, 0.0]], [0]", "[[0.0, 0.0, 0.0]], [1]", "[[1.0, 1.0]], [1]",
      "[[0.0, 0.0], [2.0, 2.0]], [0, 1]", "[[0.0, 0.0, 0.0, 0.0]], [3]"],
     [0.6931472, 1.0986123, 0.6931472, 0.6931472, 1.3862944]),
    ("import torch\nfrom torch import nn\n\n\n"
     "def parameters(*widths):\n"
     "    layers = [nn.Linear(a, b) for a, b in zip(widths, widths[1:])]\n"
     "    return sum(p.numel() for p in nn.Sequential(*layers).parameters())\n",
     ["2, 3", "4, 4, 1", "1, 1", "10, 5, 2", "3, 3, 3"], [9, 25, 2, 67, 24]),
    ("import torch\n\n\n"
     "def slope(x, y):\n"
     "    w = torch.zeros(1, requires_grad=True)\n"
     "    a, b = torch.tensor(x), torch.tensor(y)\n"
     "    for _ in range(20):\n"
     "        loss = ((a * w - b) ** 2).mean()\n"
     "        loss.backward()\n"
     "        with torch.no_grad():\n"
     "            w -= 0.1 * w.grad\n"
     "            w.grad.zero_()\n"
     "    return round(w.item(), 1)\n",
     ["[1.0], [2.0]", "[1.0, 2.0], [1.0, 2.0]", "[1.0], [0.0]", "[2.0], [2.0]",
      "[1.0, 1.0], [3.0, 3.0]"], [2.0, 1.0, 0.0, 1.0, 3.0]),
]  # fmt: skip


def _expected(code: str, arguments: list[str]) -> tuple[Any, ...]:
    scope: dict[str, Any] = {}
    exec(code, scope)
    return tuple(eval(f"{_name(code)}({text})", scope) for text in arguments)


def _name(code: str) -> str:
    return code.split("def ")[1].split("(")[0]


def python_samples(count: int) -> list[Sample]:
    """That many distinct correct solutions in plain Python."""
    answers = [_expected(code, arguments) for code, arguments in _PYTHON]
    return [
        _variant(i, *_PYTHON[i % len(_PYTHON)], answers[i % len(_PYTHON)]) for i in range(count)
    ]


def torch_samples(count: int) -> list[Sample]:
    """That many distinct correct solutions that use torch."""
    return [
        _variant(i, code, arguments, tuple(answers))
        for i in range(count)
        for code, arguments, answers in [_TORCH[i % len(_TORCH)]]
    ]


def _variant(number: int, code: str, arguments: list[str], answers: tuple[Any, ...]) -> Sample:
    # A constant of its own makes each one a program that deduplication cannot fold.
    text = f"{code}\n\nVARIANT = {number}\n"
    return Sample(f"sample-{number}", _name(code), text, tuple(arguments), answers)


def spec(samples: list[Sample], **more: Any) -> dict[str, Any]:
    """What `one_run.py` reads, one task per kind of solution."""
    checks = {
        (sample.entry_point, number): [f"{sample.entry_point}/{number}", sample.entry_point, call,
                                       sample.answers[number]]
        for sample in samples
        for number, call in enumerate(sample.calls)
    }  # fmt: skip
    return {
        "candidates": [[sample.name, sample.entry_point, sample.code] for sample in samples],
        "checks": list(checks.values()),
        **more,
    }
