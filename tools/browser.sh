#!/usr/bin/env bash
# Brings what the browser test needs: Debian's chromium and a font with Chinese characters.
# It installs only as root, with apt-get, and not when DAFENG_NO_APT is set. What stays missing is said;
# under CI a missing part is a failure.
set -uo pipefail

has_browser() { command -v chromium >/dev/null; }
has_font() {
  if command -v fc-list >/dev/null; then fc-list :lang=zh file | grep -q .; else
    find /usr/share/fonts /usr/local/share/fonts -iname '*cjk*' 2>/dev/null | grep -q .; fi
}
complete() { has_browser && has_font; }
complete && exit 0

reason=''
if [ -n "${DAFENG_NO_APT:-}" ]; then reason='DAFENG_NO_APT is set'
elif ! command -v apt-get >/dev/null; then reason='there is no apt-get'
elif [ "$(id -u)" != 0 ]; then reason='only root may install packages'
else
  echo 'bringing chromium and fonts-noto-cjk for the browser test …' >&2
  export DEBIAN_FRONTEND=noninteractive
  options=(-qq -o DPkg::Lock::Timeout=300)
  log=$(mktemp)
  { apt-get "${options[@]}" update &&
    apt-get "${options[@]}" install -y --no-install-recommends chromium fonts-noto-cjk; } >"$log" 2>&1 ||
    { reason='apt-get failed'; tail -n 5 "$log" >&2; }
  rm -f "$log"
fi
complete && exit 0

lacking=()
has_browser || lacking+=(chromium)
has_font || lacking+=(fonts-noto-cjk)
echo "浏览器测试缺少：${lacking[*]}（${reason:-unknown}）。请执行：apt-get install --no-install-recommends ${lacking[*]}" >&2
echo "The browser test lacks: ${lacking[*]} (${reason:-unknown}). Install by: apt-get install --no-install-recommends ${lacking[*]}" >&2
if [ -n "${CI:-}" ]; then
  echo 'CI is set: a missing part is a failure.' >&2
  exit 1
fi
echo 'The browser tests will be skipped.' >&2
