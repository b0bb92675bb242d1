"""Write the locked requirements of the shipped environments, from the .in files beside them.

    python tools/lock.py            keep what is locked where the .in files still allow it
    python tools/lock.py --upgrade  take the newest of everything

The files have the hashes for every platform and every Python from 3.11, and no address or path.
Where packages come from is taken from pip's and uv's own configuration.

torch needs more than uv does by itself. The public index has builds for CUDA only on Linux, and
uv treats `2.13.0` and `2.13.0+cpu` as two versions with hashes of their own. So Linux gets
`+cpu`, with the hashes that this machine's own wheels, PyTorch's index (if it can be reached) and
the present file know, and nothing of CUDA is kept.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assay.engine.environments.indexes import handover

SHIPPED = Path(__file__).resolve().parent.parent / "src/assay/engine/environments/shipped"
COMPILE = (
    "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate",
    "--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11",
)  # fmt: skip
CUDA = re.compile(r"(nvidia-|cuda-|triton\b)")
HASH = re.compile(r"sha256:[0-9a-f]{64}")
# An address, or the path of a file: neither belongs into a file that goes to other machines.
FOREIGN = re.compile(r"://|(^|\s)/|@ ")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest of everything")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    try:
        base = _compile(["base.in", "--universal", *upgrade], _read("base.txt"))
        _write("base.txt", base)
        # The packages of base are the same here and there.
        _write("torch.txt", _lock_torch("torch", ["--constraint", "base.txt", *upgrade]))
        _write("mlops.txt", _lock_torch("mlops", upgrade))
        _write("mlops-nncf219.txt", _lock_torch("mlops-nncf219", upgrade))
        arguments = ["mlops-tf.in", "--universal", *upgrade]
        before = _read("mlops-tf.txt") or _read("mlops.txt")
        _write("mlops-tf.txt", _compile(arguments, before, links=False))
    except subprocess.CalledProcessError as error:
        print(f"uv failed:\n{handover().redact(error.stderr)}", file=sys.stderr)
        return 1
    return 0


def _lock_torch(name: str, more: Sequence[str]) -> str:
    before = _blocks(_read(f"{name}.txt") or _read("torch.txt"))
    kept = "".join(block for block in before if not block.startswith("torch=="))
    arguments = [f"{name}.in", "--universal", *more]
    lines: list[str] = []
    for block in _blocks(_compile(arguments, kept, links=False)):
        if block.startswith("torch=="):
            lines += _torch_for_linux_and_others(block, before)
        elif not CUDA.match(block):
            lines.append(block)
    return "".join(lines)


def _torch_for_linux_and_others(public: str, before: Sequence[str]) -> list[str]:
    version = re.split(r"[\s;\\]", public.removeprefix("torch=="), maxsplit=1)[0].partition("+")[0]
    pin = f"torch=={version}+cpu"
    hashes = {found for block in before if block.startswith(pin) for found in HASH.findall(block)}
    known = len(hashes)
    for arguments in ([], ["--torch-backend", "cpu", "--universal"]):
        try:
            found = _compile(["-", "--no-deps", *arguments], "", given=pin)
        except subprocess.CalledProcessError:
            where = "PyTorch's index" if arguments else "this machine's own wheels"
            print(f"{pin}: nothing to be had from {where}; {known} hashes were known before")
        else:
            hashes.update(HASH.findall(found))
    return [
        _block(f"{pin} ; sys_platform == 'linux'", hashes),
        _block(f"torch=={version} ; sys_platform != 'linux'", set(HASH.findall(public))),
    ]


def _block(requirement: str, hashes: set[str]) -> str:
    return " \\\n".join([requirement, *(f"    --hash={one}" for one in sorted(hashes))]) + "\n"


def _blocks(text: str) -> list[str]:
    """A requirements file, one requirement with its hashes at a time."""
    return [block for block in re.split(r"(?m)^(?=\S)", text) if block.strip()]


def _compile(
    arguments: Sequence[str], preferred: str, *, links: bool = True, given: str | None = None
) -> str:
    """What uv resolves; versions in `preferred` are kept where they can be."""
    settings = handover()
    variables = {**os.environ, **settings.variables}
    if not links:
        variables.pop("UV_FIND_LINKS", None)
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "locked.txt"
        output.write_text(preferred, encoding="utf-8")
        command = [sys.executable, "-m", "uv", *COMPILE, *settings.arguments, *arguments]
        subprocess.run(
            [*command, "--output-file", str(output)], cwd=SHIPPED, env=variables, input=given,
            text=True, capture_output=True, check=True,
        )  # fmt: skip
        return output.read_text(encoding="utf-8")


def _read(name: str) -> str:
    path = SHIPPED / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _write(name: str, text: str) -> None:
    for line in text.splitlines():
        if FOREIGN.search(line):
            raise SystemExit(f"{name} would name a place of this machine's: {line.split()[0]}")
    (SHIPPED / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(_blocks(text))} requirements, {len(HASH.findall(text))} hashes")


if __name__ == "__main__":
    sys.exit(main())
