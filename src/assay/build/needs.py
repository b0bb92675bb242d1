"""Locks what a library and its tests need, with hashes, as an environment of the engine's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assay.build.faults import BuildFault
from assay.build.fetch import Source
from assay.build.records import key_of, resumed
from assay.build.requirements import Requirements, requirements
from assay.core.errors import EnvironmentBuildError
from assay.core.words import Environment
from assay.engine import environments
from assay.engine.environments.indexes import handover
from assay.engine.environments.installing import find_uv

_VERSION = "needs/1"
# Imported by the zygote where locked: what costs, and never the library itself.
_PRELOADED = {
    "numpy": "numpy", "scipy": "scipy", "pandas": "pandas", "scikit-learn": "sklearn",
    "torch": "torch", "pytest": "pytest",
}  # fmt: skip
_NO_FIT = "no solution found"
_NO_WHEEL = re.compile(r"([A-Za-z0-9._-]+)(?:==\S+)? has no (?:usable )?wheels")
_NOT_PASSED_ON = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_PROJECT"}
# torchvision's compiled operators do not load beside some CPU builds of torch; where only their
# schemas are missing, defining them makes everything but the operators themselves work.
_TORCHVISION = """\
try:
    import torchvision
except RuntimeError:
    import sys
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    sys.modules["torchvision_schemas"] = library
    for name in [one for one in sys.modules if one.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    import torchvision
"""


@dataclass(frozen=True, slots=True)
class Needs:
    """A locked environment and where it comes from.

    `environment` has the library itself installed where the index has a wheel of this release
    (`installs_library`). `agrees` says whether it holds to all versions of the shipped `torch`
    environment, so that one environment could serve both. `notes` say what was left out and why.
    """

    environment: Environment
    requirements: Requirements
    installs_library: bool
    agrees: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Attempt:
    lines: list[str]
    installs_library: bool
    agrees: bool


def needs(
    source: Source,
    work: Path,
    *,
    variables: Mapping[str, str] | None = None,
) -> Needs:
    """What a library and its tests need, locked with hashes and without index addresses;
    `variables` are environment variables that the tests ask for.

    torch is the one of the shipped `torch` environment, so that the CPU build is used. Only wheels
    are locked: nothing is built, because building would run the package's code outside the jail.
    Raises BuildFault, whose cause is conflict, compiled, network or uv.
    """
    wanted = requirements(source)
    pins = _shipped_pins()
    given = dict(sorted((variables or {}).items()))
    key = key_of(_VERSION, source, wanted, pins, given, sys.version_info[:2])
    return resumed(Needs, work, "needs", key, lambda: _locked(source, wanted, pins, given))


def _locked(
    source: Source,
    wanted: Requirements,
    pins: dict[str, str],
    variables: dict[str, str],
) -> Needs:
    faults = []
    for attempt in _attempts(source, wanted.lines()):
        held = pins if attempt.agrees else {k: v for k, v in pins.items() if k == "torch"}
        try:
            text = _compile(attempt.lines, list(held.values()))
        except BuildFault as fault:
            if fault.cause not in ("conflict", "compiled"):
                raise
            faults.append(fault)
            continue
        return _as_needs(source, wanted, attempt, text, faults, variables)
    raise faults[-1]


def _attempts(source: Source, lines: list[str]) -> list[_Attempt]:
    """The best first: with the library as it is on the index, and the versions that all share."""
    found = []
    on_index = source.kind in ("sdist", "wheel")
    for agrees in (True, False):
        if on_index:
            found.append(_Attempt([f"{source.name}=={source.version}", *lines], True, agrees))
    if source.is_pure:
        found += [_Attempt(lines, False, agrees) for agrees in (True, False)]
    return found or [_Attempt(lines, False, True)]


def _as_needs(
    source: Source,
    wanted: Requirements,
    attempt: _Attempt,
    text: str,
    faults: list[BuildFault],
    variables: dict[str, str],
) -> Needs:
    locked = {line.partition("==")[0] for line in text.splitlines() if "==" in line}
    notes = [f"left out: {', '.join(wanted.left_out)}"] if wanted.left_out else []
    if not attempt.installs_library:
        notes.append("the library itself is not installed: it is imported from its tree")
    if not attempt.agrees and faults:
        notes.append(f"its own versions of what the torch environment has: {faults[0]}"[:400])
    environment = Environment(
        name=f"build-{source.name}-{source.version}",
        requirements=text,
        imports=tuple(module for name, module in _PRELOADED.items() if name in locked),
        prepare=_prepare(locked, variables),
        torch_backend="cpu" if "torch" in locked else None,
        description=f"{source.name} {source.version} and what its tests need",
    )
    return Needs(environment, wanted, attempt.installs_library, attempt.agrees, tuple(notes))


def _prepare(locked: set[str], variables: dict[str, str]) -> str:
    lines = f"import os\nos.environ.update({variables!r})\n" if variables else ""
    if "torch" in locked:
        lines += "import torch\ntorch.set_num_threads(1)\n"
    return lines + (_TORCHVISION if {"torch", "torchvision"} <= locked else "")


def _shipped_pins() -> dict[str, str]:
    """The lines of the shipped `torch` environment that hold here, without hashes, by name."""
    text = environments.load("torch").requirements
    pins = {}
    for line in re.findall(r"^([A-Za-z0-9._-]+==[^\\\n]+?)\s*\\?$", text, re.M):
        name = line.partition("==")[0]
        if _holds_here(line.partition(";")[2]):
            # Its public version: the index may say +cpu or not.
            pins[name] = re.sub(r"\+cpu", "", line.partition(";")[0].strip())
    return pins


def _holds_here(marker: str) -> bool:
    from packaging.markers import Marker

    return not marker.strip() or Marker(marker.strip()).evaluate()


def _compile(lines: list[str], constraints: list[str]) -> str:
    try:
        uv, given = find_uv(), handover()
    except EnvironmentBuildError as error:
        raise BuildFault("needs", "uv", str(error)) from None
    command = [
        uv, "pip", "compile", "-", "--generate-hashes", "--no-emit-index-url", "--no-header",
        "--no-annotate", "--no-progress", "--only-binary", ":all:", "--python", sys.executable,
        *given.arguments,
    ]  # fmt: skip
    if not given.own_sources:
        command += ["--torch-backend", "cpu"]
    environ = {k: v for k, v in os.environ.items() if k not in _NOT_PASSED_ON}
    environ |= {**given.variables, "NO_COLOR": "1"}
    # Constraints come by way of a pipe: no file of ours may show up in uv's messages.
    reading, writing = os.pipe()
    try:
        os.write(writing, "\n".join(constraints).encode())
        os.close(writing)
        done = subprocess.run(
            [*command, "-c", f"/dev/fd/{reading}"], input="\n".join(lines), text=True,
            capture_output=True, env=environ, pass_fds=(reading,), check=False,
        )  # fmt: skip
    finally:
        os.close(reading)
    if done.returncode:
        raise _fault(given.redact(done.stderr))
    return done.stdout


def _fault(said: str) -> BuildFault:
    told = " ".join(re.sub(r"[×╰─▶│]", " ", said).split())[:600]
    low = told.lower()
    bare = _NO_WHEEL.search(told)
    if bare:
        return BuildFault(
            "needs", "compiled",
            f"{bare[1]} has no wheel that fits here, and building it would run its code outside of "
            "the jail: choose a release that has one",
        )  # fmt: skip
    if _NO_FIT in low or "no solution" in low or "unsatisfiable" in low:
        return BuildFault("needs", "conflict", f"the requirements do not fit together: {told}")
    if any(word in low for word in ("connect", "dns error", "timed out", "network", "fetch")):
        return BuildFault("needs", "network", f"the package index cannot be reached: {told}")
    return BuildFault("needs", "uv", f"uv could not lock the requirements: {told}")
