#!/usr/bin/env bash
# Resolves the lock files: every package with its hashes, no host names.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || { [ -x .venv/bin/uv ] && PATH="$PWD/.venv/bin:$PATH"; }
options=(--quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-emit-package impound)
uv pip compile "${options[@]}" pyproject.toml <(echo setuptools) -o requirements.lock
uv pip compile "${options[@]}" --group dev pyproject.toml <(echo setuptools) -o requirements-dev.lock
