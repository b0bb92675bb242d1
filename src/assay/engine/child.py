"""One running child as the controller sees it: what it was asked, what it has said so far."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import signal
import socket
import struct
import time
from dataclasses import dataclass, replace
from typing import Any

from assay.core.words import Limits
from assay.engine.cgroups import MemoryCgroup

_KEPT_OUTPUT = 4000
_READ = 1 << 18
_CORES = os.cpu_count() or 1
_LONGEST_HEAD = 1 << 17
# Eight for each node that the runner's encoder may spend. A frame of 30 MB in empty lists would
# cost the controller 2 GB and 19 s.
_MOST_PARTS = 1_600_000
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
# What has answered everything has nothing left to do but to end.
_LEAVING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Job:
    """One candidate's program and the questions to put to it. `first` is the index of its first
    question in the job that it continues, `spent` the CPU seconds that were used up before."""

    key: int
    code: str
    questions: tuple[tuple[str, str], ...]
    first: int = 0
    spent: float = 0.0
    attempts: int = 0
    argv: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()

    def after(self, answered: int, spent: float) -> Job:
        """The rest of this job, once so many of its questions are settled."""
        return replace(
            self, questions=self.questions[answered:], first=self.first + answered, spent=spent
        )


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen when one question was put to one candidate. `kind`: value, held, raised,
    too_large from inside; timeout, memory, crashed, forbidden, harness from outside."""

    kind: str
    payload: bytes = b""
    cpu_seconds: float = 0.0
    output: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An observation on a job's question, by the question's index in the whole job."""

    key: int
    index: int
    observation: Observation


class Malformed(Exception):
    """A frame that the runner's own code would never send."""


class Child:
    """The result socket, the output pipe, and how far the questions have been answered."""

    def __init__(self, identity: int, job: Job, limits: Limits, cgroup: MemoryCgroup | None):
        self.identity = identity
        self.job = job
        self.cgroup = cgroup
        self.answered = 0
        self.ready = False
        self.loaded = False
        self.silent = False
        self.ended = False
        self.cause: tuple[str, str] | None = None
        self.kill_sent = False
        self.dying_since = math.inf
        self.cpu = 0.0
        self._limits = limits
        self._cpu_at_answer = 0.0
        self._since = self._started = time.monotonic()
        self._inbox = bytearray()
        self._received = 0
        self._printed = b""
        self._printed_bytes = 0
        self._load_failure: Observation | None = None
        self.result, self._there = socket.socketpair()
        self.output, self._output_there = os.pipe()
        os.set_blocking(self.output, False)
        self.result.setblocking(False)
        body = json.dumps(
            {
                "code": job.code,
                "argv": job.argv,
                "hides": job.hides,
                "questions": job.questions,
                "frame_bytes": limits.frame_bytes,
            }
        ).encode("utf-8", "surrogatepass")
        self.outbox = memoryview(struct.pack("<I", len(body)) + body)

    def far_ends(self) -> list[int]:
        """What goes to the runner."""
        ends = [self._there.fileno(), self._output_there]
        return [*ends, self.cgroup.descriptor] if self.cgroup else ends

    def close_far_ends(self) -> None:
        self._there.close()
        os.close(self._output_there)

    def close(self) -> None:
        self.result.close()
        os.close(self.output)

    def send(self) -> None:
        """Send what the socket takes of the questions."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            self.outbox = self.outbox[self.result.send(self.outbox) :]

    def read_output(self) -> bool:
        """Keep the end of what it printed; False once there is no more to come."""
        try:
            data = os.read(self.output, _READ)
        except BlockingIOError:
            return True
        self._printed = (self._printed + data)[-_KEPT_OUTPUT:]
        self._printed_bytes += len(data)
        if self._printed_bytes > self._limits.output_bytes:
            self.blame("forbidden", f"printed more than {self._limits.output_bytes} bytes")
        return bool(data)

    def drain_output(self) -> None:
        """Read what a dead child has left in its pipe."""
        before = -1
        while before != self._printed_bytes:
            before = self._printed_bytes
            self.read_output()

    def read_answers(self) -> list[Answer]:
        """The answers that have come in whole. What no runner would send is blamed."""
        answers: list[Answer] = []
        while not (self.ended or self.cause):
            try:
                data = self.result.recv(_READ)
            except BlockingIOError:
                break
            except ConnectionResetError:
                data = b""
            if not data:
                self.silent = True
                break
            self._inbox += data
            self._received += len(data)
            try:
                self._parse(answers)
            except Exception as error:  # whatever it sent: it must not bring us down
                self.blame("forbidden", f"sent a frame that is not an answer: {error}"[:300])
            if self._received > self._limits.output_bytes + self._limits.frame_bytes:
                self.blame("forbidden", "flooded the result socket")
        return answers

    def _parse(self, answers: list[Answer]) -> None:
        start = 0
        inbox = self._inbox
        while len(inbox) - start >= 4 and not self.ended:
            (length,) = struct.unpack_from("<I", inbox, start)
            if length > self._limits.frame_bytes:
                raise Malformed(f"{length} bytes are too long")
            if len(inbox) - start - 4 < length:
                break
            body = bytes(inbox[start + 4 : start + 4 + length])
            start += 4 + length
            line, _, payload = body.partition(b"\n")
            if len(line) > _LONGEST_HEAD or _has_many_parts(payload):
                raise Malformed("more than a runner would send")
            answers += self._take(json.loads(line), payload)
        del inbox[:start]

    def _take(self, head: Any, payload: bytes) -> list[Answer]:
        if not isinstance(head, list) or not head:
            raise Malformed("no list")
        if head == ["end"] and self.answered == len(self.job.questions):
            self.ended = True
            return []
        if not self.ready:
            # Sent before the candidate is loaded, so it cannot be a lie.
            self.ready = head == ["ready"]
            return []
        if not self.loaded:
            return self._take_load(head, payload)
        index, kind, cpu, output = head
        if type(index) is not int or index != self.answered or self._load_failure:
            raise Malformed("an answer to another question")
        if index == len(self.job.questions):
            raise Malformed("more answers than questions")
        if kind not in ("value", "held", "raised", "too_large"):
            raise Malformed("an unknown kind")
        if (kind == "held") != (self.job.questions[index][0] == "code") and kind in (
            "held",
            "value",
        ):
            raise Malformed("the wrong kind of answer")
        return [self._answer(Observation(kind, payload, self._clock(cpu), _text(output)))]

    def _take_load(self, head: list[Any], payload: bytes) -> list[Answer]:
        word, cpu, output, well = head
        if word != "loaded" or type(well) is not bool:
            raise Malformed("no loading")
        self.loaded = True
        seconds = self._clock(cpu)
        if well:
            return []
        observation = Observation("raised", payload, seconds, _text(output))
        self.ended = True
        return self.answer_all(observation)

    def _clock(self, cpu: Any) -> float:
        """CPU seconds since the last answer, from the runner's own clock."""
        # NaN and infinity fail this as well. A claim of more than can have passed would hide what
        # is used later.
        most = 1.0 + (time.monotonic() - self._started) * _CORES
        if type(cpu) not in (float, int) or not 0 <= cpu <= most:
            raise Malformed("no CPU time")
        used = max(0.0, float(cpu) - self._cpu_at_answer)
        self._cpu_at_answer = float(cpu)
        self._since = time.monotonic()
        return used

    def _answer(self, observation: Observation) -> Answer:
        answer = Answer(self.job.key, self.job.first + self.answered, observation)
        self.answered += 1
        return answer

    def answer_all(self, observation: Observation) -> list[Answer]:
        """The same observation for every question that is left; only the first has its cost."""
        free = replace(observation, cpu_seconds=0.0)
        rest = len(self.job.questions) - self.answered
        return [self._answer(free if place else observation) for place in range(rest)]

    def used(self, usage: dict[str, Any]) -> None:
        """Judge what the trusted side measured of the whole tree."""
        self.cpu = max(self.cpu, usage["cpu"])
        limits = self._limits
        if self.cpu - self._cpu_at_answer > limits.check_cpu_seconds:
            self.blame("timeout", f"used more than {limits.check_cpu_seconds:g} CPU seconds")
        elif self.job.spent + self.cpu > limits.candidate_cpu_seconds:
            self.blame("timeout", _BUDGET.format(limits.candidate_cpu_seconds))
        elif usage["memory"] > limits.memory_bytes:
            self.blame("memory", f"held more than {limits.memory_bytes >> 20} MiB")
        elif usage.get("written", 0) > limits.scratch_bytes:
            self.blame("forbidden", f"wrote more than {limits.scratch_bytes >> 20} MiB")

    def wall_left(self) -> float:
        allowed = self._limits.check_wall_seconds
        return self._since + (_LEAVING_SECONDS if self.ended else allowed) - time.monotonic()

    def check_wall(self) -> None:
        if self.wall_left() <= 0:
            seconds = self._limits.check_wall_seconds
            self.blame("timeout", f"no answer for {seconds:g} seconds")

    def blame(self, kind: str, why: str) -> None:
        """Remember the first reason for which this child must go."""
        if self.cause is None:
            self.cause = (kind, why)

    def obituary(self, status: int) -> Observation | None:
        """What a dead child's open question is to be told; None where all are answered."""
        if self.answered == len(self.job.questions):
            return None
        kind, why = self.cause or self._cause_of_death(status)
        used = max(0.0, self.cpu - self._cpu_at_answer)
        output = self._printed.decode(errors="replace")
        return Observation(kind, json.dumps({"note": why}).encode(), used, output)

    def _cause_of_death(self, status: int) -> tuple[str, str]:
        if self.cgroup is not None and self.cgroup.killed():
            return "memory", f"held more than {self._limits.memory_bytes >> 20} MiB"
        code = os.waitstatus_to_exitcode(status)
        if not self.ready:
            return "harness", "the jail could not be set up"
        if code >= 0:
            return "crashed", f"ended with exit status {code} before it answered"
        if -code == signal.SIGSYS:
            return "forbidden", "made a system call that is not allowed"
        if -code == signal.SIGXCPU:
            return "timeout", _BUDGET.format(self._limits.candidate_cpu_seconds)
        return "crashed", f"killed by {signal.Signals(-code).name}"

    @property
    def budget_spent(self) -> bool:
        spent = self.job.spent + max(self.cpu, self._cpu_at_answer)
        return spent >= self._limits.candidate_cpu_seconds

    @property
    def spent(self) -> float:
        return self.job.spent + max(self.cpu, self._cpu_at_answer)


def _has_many_parts(payload: bytes) -> bool:
    """Whether JSON has more values in it than the runner's encoder would have written."""
    if sum(map(payload.count, (b",", b"[", b"{"))) <= _MOST_PARTS:
        return False
    bare = _STRING.sub(b"", payload)
    return sum(map(bare.count, (b",", b"[", b"{"))) > _MOST_PARTS


def _text(output: Any) -> str:
    if type(output) is not str:
        raise Malformed("no output")
    return output[-_KEPT_OUTPUT:]


_BUDGET = "the candidate's budget of {:g} CPU seconds is spent"
