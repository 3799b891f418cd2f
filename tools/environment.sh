#!/bin/sh
# Make .venv and install one locked list of requirements into it:  tools/environment.sh requirements/run.txt
# It uses uv if there is one, else Python's own venv and pip.
set -eu
cd "$(dirname "$0")/.."
requirements=$1
venv=.venv

supported() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if supported "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    echo "SIPOKAT needs Python 3.11 or newer. Set PYTHON=/path/to/python3." >&2
    return 1
}

# On Debian, venv and pip are packages of their own: install them if we may, else say what to do.
plain_venv() {
    if "$1" -c 'import ensurepip' 2>/dev/null; then
        "$1" -m venv "$venv"
    elif "$1" -m virtualenv --version >/dev/null 2>&1; then
        "$1" -m virtualenv --quiet "$venv"
    elif tools/apt.sh python3-venv; then
        "$1" -m venv "$venv"
    else
        echo "This Python has no venv. Install python3-venv (or uv) and run make again." >&2
        return 1
    fi
}

if ! supported "$venv/bin/python"; then
    python=$(find_python)
    rm -rf "$venv"
    if command -v uv >/dev/null && uv --version >/dev/null 2>&1; then
        uv venv --quiet --python "$python" "$venv"
    else
        plain_venv "$python"
    fi
fi

if command -v uv >/dev/null && uv --version >/dev/null 2>&1; then
    uv pip install --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes -r "$requirements"
else
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip --upgrade >/dev/null
    # The list is complete, so pip need not look for what it leaves out: its resolver takes minutes.
    "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-input \
        --no-deps --require-hashes -r "$requirements"
fi
