"""Write the kept sizes of units with pint: ``python -m tools.units``, or ``--check`` to compare only.

Invariant: the table says what pint makes of the definitions in units.csv and species.csv, and nothing else.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from dafeng.core.ratios import FIELDS, write_ratios
from dafeng.core.spellings import definitions

CLASSES = Path(__file__).parent.parent / "src/dafeng/data/classes"
TABLE = CLASSES / "unit_ratios.csv"


def render() -> str:
    """Return the table for the definitions as they are."""
    defined = definitions(*((CLASSES / name).read_text(encoding="utf-8") for name in ("units.csv", "species.csv")))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([FIELDS, *write_ratios(defined)])
    return text.getvalue()


def main(arguments: list[str]) -> int:
    """Write the table or compare it; return the exit status."""
    table = render()
    if "--check" in arguments:
        return int(TABLE.read_text(encoding="utf-8") != table)
    TABLE.write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
