"""Write requirements/dev.txt: everything `make` installs, with hashes and without addresses.

    python tools/lock_dev.py            keep what is locked where pyproject.toml still allows it
    python tools/lock_dev.py --upgrade  take the newest of everything

Indexes and find-links come from pip's and uv's own configuration, so none is named here.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKED = Path("requirements/dev.txt")
GROUPS = ("check", "test")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest of everything")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # The package itself is built without isolation, so its build backend is locked with the rest.
    # `editables` is what hatchling asks for when it makes an editable install.
    backend = "\n".join([*project["build-system"]["requires"], "editables"])
    groups = [word for group in GROUPS for word in ("--group", group)]
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-", *groups, *upgrade,
        "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
        "--no-emit-find-links", "--no-annotate", "--custom-compile-command", "make lock",
        "--quiet", "--output-file", str(LOCKED),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, input=backend, text=True, env=_environment())
    return done.returncode


def _environment() -> dict[str, str]:
    """Ours, with pip's find-links and certificates handed to uv, which does not read pip's."""
    environment = dict(os.environ)
    for setting, variable in (("find-links", "UV_FIND_LINKS"), ("cert", "SSL_CERT_FILE")):
        for section in (":env:", "global", "user", "install"):
            command = [sys.executable, "-m", "pip", "config", "get", f"{section}.{setting}"]
            found = subprocess.run(command, capture_output=True, text=True)
            if found.returncode == 0:
                environment.setdefault(variable, found.stdout.strip().strip("'"))
    return environment


if __name__ == "__main__":
    sys.exit(main())
