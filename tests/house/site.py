"""Rule: the documentation builds without a warning, and no page of it asks anything of the outside.

A link that a person follows is no request; what a browser fetches by itself is.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

FETCHED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=[\"']?(?:https?:)?//"
    r"|<link\b(?![^>]*rel=[\"']?canonical)[^>]*\bhref=[\"']?(?:https?:)?//"
    r"|url\([\"']?(?:https?:)?//|@import\s+[\"'](?:https?:)?//"
)


def build(folder: Path) -> Path:
    """Build the site in a folder and return where it lies; a warning is an error."""
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    command = [str(Path(sys.executable).parent / "zensical"), "build", "--clean", "--strict"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr))
    return folder / "site"


def requests(folder: Path) -> list[str]:
    """Places where a browser would fetch something from outside."""
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in {".html", ".css"}]
    return [
        f"{path.relative_to(folder)}: {match.group(0)[:80]}"
        for path in paths
        for match in FETCHED.finditer(path.read_text(encoding="utf-8"))
    ]
