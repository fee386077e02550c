"""Gather the news fragments into the change log.

``python -m tools.news`` prints the next section, ``python -m tools.news 0.2.0`` writes it and removes the fragments.
Invariant: a fragment is removed only after the change log that holds it is written.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEADINGS = {"feature": "New", "change": "Changed", "fix": "Mended"}


class NewsError(ValueError):
    """A fragment's name or content is not as news/README.md says."""


def kind_of(path: Path) -> str:
    """Return the kind in a fragment's name (``SLUG.KIND.md``)."""
    parts = path.name.split(".")
    if len(parts) != 3 or parts[1] not in HEADINGS:
        raise NewsError(f"{path.name}: expected SLUG.KIND.md with KIND one of {', '.join(HEADINGS)}. Rename the file.")
    return parts[1]


def text_of(path: Path) -> str:
    """Return a fragment's text in one line."""
    text = " ".join(path.read_text(encoding="utf-8").split())
    if not text:
        raise NewsError(f"{path.name}: is empty. Say in a line what changed for the user.")
    return text


def fragments(folder: Path) -> list[Path]:
    """List the fragments of a folder, sorted by name."""
    return sorted(path for path in folder.glob("*.md") if path.name != "README.md")


def section(title: str, paths: list[Path]) -> str:
    """Return the section of the change log for these fragments."""
    lines = [f"## {title}", ""]
    for kind, heading in HEADINGS.items():
        texts = [text_of(path) for path in paths if kind_of(path) == kind]
        if texts:
            lines += [f"### {heading}", "", *(f"- {text}" for text in texts), ""]
    return "\n".join(lines)


def release(version: str, folder: Path, log: Path) -> None:
    """Put the section of a version on top of the change log and remove its fragments."""
    paths = fragments(folder)
    older = log.read_text(encoding="utf-8").removeprefix("# Change log\n\n") if log.exists() else ""
    log.write_text(f"# Change log\n\n{section(version, paths)}\n{older}".rstrip() + "\n", encoding="utf-8")
    for path in paths:
        path.unlink()


def main(arguments: list[str]) -> int:
    """Print or write the section; return the exit status."""
    if arguments:
        release(arguments[0], ROOT / "news", ROOT / "CHANGELOG.md")
    else:
        print(section("Next", fragments(ROOT / "news")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
