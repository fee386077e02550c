#!/usr/bin/env bash
# Writes the six locks anew (set-up tool, default, test, peers of benchmarks, and one for each cluster engine, which exclude each other): versions and sha256 only, no address and no folder of this machine,
# which is checked at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
compile() {
  out=$1; shift
  env -u PIP_FIND_LINKS -u UV_FIND_LINKS "$uv" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
    --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --upgrade \
    --custom-compile-command 'make lock' --output-file "$out" "$@"
}
compile requirements-uv.lock requirements-uv.in
set -- pyproject.toml requirements.in
compile requirements.lock "$@"
compile requirements-test.lock --extra test --extra docs --constraint requirements.lock "$@"
compile requirements-benchmarks.lock --constraint requirements-test.lock requirements-benchmarks.in
compile requirements-spark.lock --extra spark --extra java --extra cluster --constraint requirements.lock "$@"
# The client of Sail warns of pandas 3, so its environment keeps an older one; everything else is as in the default.
grep -E '^[A-Za-z0-9]' requirements.lock | sed 's/ \\$//' | grep -v '^pandas==' > requirements-sail.constraints
compile requirements-sail.lock --extra sail --extra cluster --constraint requirements-sail.constraints "$@"
rm requirements-sail.constraints
if grep -nE '://|find-links|index-url|^ *-[ei] |(^|[ =])/' requirements*.lock; then
  echo 'The locks must hold versions and sha256 only; see the lines above.' >&2
  exit 1
fi
