"""Write docs/glossary.md from the glossary table: ``python -m tools.glossary``, or ``--check`` to compare only.

Invariant: the page says nothing that the table does not say.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "src/dafeng/data/glossary.csv"
PAGE = ROOT / "docs/glossary.md"
HEAD = """# Glossary

One concept, one word, everywhere: code, command line, addresses, pages and tables. Every word of a public name stands here.
Written by `tools/glossary.py` from `src/dafeng/data/glossary.csv`.
"""
HEADINGS = {"concept": "Concepts", "verb": "Verbs", "quality": "Qualities", "unit": "Units", "form": "Words of form"}


def render(rows: list[dict[str, str]]) -> str:
    """Return the page for the rows of the table."""
    parts = [HEAD]
    for kind, heading in HEADINGS.items():
        listed = sorted((row for row in rows if row["kind"] == kind), key=lambda row: row["word"])
        lines = [f"| `{row['word']}` | {row['zh']} | {row['en']} |" for row in listed]
        parts += [f"\n## {heading}\n\n| word | 中文 | meaning |\n|---|---|---|\n", "\n".join(lines), "\n"]
    return "".join(parts)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read the table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(arguments: list[str]) -> int:
    """Write the page or compare it; return the exit status."""
    page = render(rows_of(TABLE))
    if "--check" in arguments:
        return int(PAGE.read_text(encoding="utf-8") != page)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
