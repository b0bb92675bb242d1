#!/bin/sh
# Creates .venv with everything that development needs. Called by the Makefile: set_up.sh CHECKOUT
# Packages come through pip, so its configured indexes, find-links and certificates are honoured.
set -eu
checkout=$1
ready=.venv/.ready
usable='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'

# Names are not enough: a version manager's shim exists for versions that do not start.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3.13 python3.12 python3.11 python3 python
    fi
    for name in "$@"; do
        if "$name" -c "$usable" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo "set-up: no usable Python; tried: $*" >&2
    echo "It takes 3.11 or later with venv (on Debian and Ubuntu: apt-get install python3-venv)." >&2
    echo "Name one with: make PYTHON=/path/to/python3.12 …" >&2
    return 1
}

# Requirements that changed are installed into the .venv that is there; one from another place, or
# one whose Python has gone, is made anew.
made_for=$(cat .venv/.made-for 2>/dev/null || true)
rm -f "$ready"
if [ "$made_for" != "$checkout" ] || ! .venv/bin/python -c "$usable" >/dev/null 2>&1; then
    python=$(find_python)
    echo "set-up: .venv with $("$python" --version) ($python)"
    "$python" -m venv --clear .venv
    printf '%s' "$checkout" >.venv/.made-for
fi

echo "set-up: packages of requirements/dev.txt (takes a minute the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    --requirement requirements/dev.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-build-isolation --editable .
.venv/bin/python -m pip --disable-pip-version-check check
printf '%s' "$checkout" >"$ready"
