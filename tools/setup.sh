#!/usr/bin/env bash
# Brings an environment to what a lock says: tools/setup.sh [default|test|spark|sail].
# default and test live in .venv; spark and sail, which exclude each other, in .venv-spark and .venv-sail.
# uv does the work; where uv cannot be had or fails, plain pip does the same with the same hashes.
# Settings: PYTHON (interpreter), WHEELHOUSE (folder made by `make wheelhouse`: nothing is downloaded), DAFENG_NO_UV=1 (pip only).
set -euo pipefail
cd "$(dirname "$0")/.."
want=${1:-default}
case $want in
  spark | sail) venv=.venv-$want ;;
  *) venv=.venv ;;
esac
[ "$want" != default ] || [ ! -e .venv/.test ] || want=test
case $want in
  default) lock=requirements.lock ;;
  test | spark | sail) lock=requirements-$want.lock ;;
  *) echo "usage: $0 [default|test|spark|sail]" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }
new_enough() { "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; }
find_python() {
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$name" >/dev/null && new_enough "$name"; then echo "$name"; return; fi
  done
  say "需要 Python 3.11 或更高版本；未找到（${PYTHON:-python3}: $("${PYTHON:-python3}" --version 2>&1 | head -n 1 || true)）。请安装后重试，或用 make PYTHON=/路径/python3.11 指定。"
  say "Python 3.11 or newer is needed and was not found. Install it, or name one: make PYTHON=/path/to/python3.11"
  exit 1
}

if [ -x "$venv"/bin/python ] && ! new_enough "$venv"/bin/python; then
  say "$venv is made with a Python older than 3.11 or broken; it is made anew."
  rm -rf "$venv"
fi
if [ ! -x "$venv"/bin/python ] || ! "$venv"/bin/python -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  if ! "$python" -m venv "$venv"; then
    rm -rf "$venv"
    say "无法建立 $venv：缺少 venv 模块（Debian/Ubuntu：apt-get install python3-venv）。"
    say "Could not make $venv: the venv module is missing (Debian/Ubuntu: apt-get install python3-venv)."
    exit 1
  fi
fi
rm -f "$venv"/.default "$venv"/.test

pip=("$venv"/bin/python -m pip --disable-pip-version-check)
offline=()
if [ -n "${WHEELHOUSE:-}" ]; then offline=(--no-index --find-links "$WHEELHOUSE"); fi

# uv reads its own settings, not pip's: hand it the index that pip is told to use (a mirror, say), if there is one.
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${WHEELHOUSE:-}" ]; then
  mirror=$("${pip[@]}" config get global.index-url 2>/dev/null || true)
  mirror=${PIP_INDEX_URL:-$mirror}
  [ -z "$mirror" ] || export UV_DEFAULT_INDEX=$mirror
fi

with_uv() {
  [ -z "${DAFENG_NO_UV:-}" ] || return 1
  "${pip[@]}" install --quiet --require-hashes "${offline[@]}" -r requirements-uv.lock || return 1
  "$venv"/bin/uv pip sync --python "$venv"/bin/python --quiet --require-hashes "${offline[@]}" "$lock" || return 1
  "$venv"/bin/uv pip install --python "$venv"/bin/python --quiet --no-deps --no-build-isolation "${offline[@]}" --editable .
}
with_pip() {
  say 'uv is not to be had here; plain pip installs the same lock (slower).'
  "${pip[@]}" install --quiet --require-hashes "${offline[@]}" -r "$lock"
  "${pip[@]}" install --quiet --no-deps --no-build-isolation "${offline[@]}" --editable .
}
say "setting up $venv from $lock …"
with_uv || with_pip
touch "$venv/.$want"
[ "$want" != test ] || touch .venv/.default
