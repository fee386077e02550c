"""Rule: the repository holds nothing of one machine, and its locks hold versions and hashes only.

Every rule takes a text and returns the lines that break it.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import tracked

FOREIGN = ("*vendor/*", "*.lock")
MACHINE_FOLDERS = ("work", "farm", "root", "tmp", "home", "Users")
MACHINE_PATH = re.compile(r"(?<![\w.*}~)\]-])/(?:" + "|".join(MACHINE_FOLDERS) + r")/[A-Za-z0-9._-]+")
REGISTRIES = re.compile(
    r"(?:pypi\.org|python" + r"hosted\.org|npm" + r"js\.(?:org|com)|npm" + r"mirror\.com|ana" + r"conda\.org|cr" + r"ates\.io"
    r"|deb" + r"ian\.org|pypi\.[a-z.]+\.(?:cn|com)|mirrors\.[a-z.]+)"
)
ADDRESS = re.compile(r"://|find-links|index-url|^\s*-[ei]\s|(?:^|[\s=@])/[A-Za-z]", re.MULTILINE)
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*==\S+(?: ; .+?)? \\$|^    --hash=sha256:[0-9a-f]{64}(?: \\)?$|^#.*$|^$")


def texts() -> dict[Path, str]:
    """Text files of the repository without what is carried from elsewhere."""
    paths = [path for path in tracked() if not any(path.match(pattern) for pattern in FOREIGN)]
    contents = {path: path.read_bytes() for path in paths}
    return {
        path: content.decode("utf-8", errors="replace") for path, content in contents.items() if b"\0" not in content[:4096]
    }


def lines(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Numbered lines of a text in which a pattern is found."""
    return [f"{number}: {line.strip()[:120]}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


def unpinned(text: str) -> list[str]:
    """Lines of a lock that are neither a pinned version nor a hash nor a remark."""
    return [line for line in text.splitlines() if not PINNED.match(line)]
