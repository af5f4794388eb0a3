#!/bin/sh
# Installs the peers that bench/ measures beside us into .venv/peers, by hash; prints the path of their Python.
set -eu
cd "$(dirname "$0")/.."
lock=.ci/requirements/bench.txt
if ! cmp -s "$lock" .venv/peers/stamp; then
    rm -rf .venv/peers
    .venv/bin/python -m venv .venv/peers
    .venv/peers/bin/python -m pip install --disable-pip-version-check --no-input --quiet --require-hashes -r "$lock" >&2
    cp "$lock" .venv/peers/stamp
fi
printf '%s\n' .venv/peers/bin/python
