"""The mark by which a filled template is recognised.

Invariant: the mark stands in the first cell of the sheet and tells field, place and reporting year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dafeng.readers.sheets import Sheet

MARK = re.compile(r"dafeng:(?P<field>[a-z]+):(?P<place>\d{6}):(?P<year>\d{4})")


@dataclass(frozen=True, slots=True)
class Form:
    """What a template was made for.

    Parameters
    ----------
    field : str
        Field of work, e.g. ``transport``.
    place : str
        Administrative code.
    year : str
        Year that is reported.
    """

    field: str
    place: str
    year: str

    def mark(self) -> str:
        """Text of the first cell.

        Returns
        -------
        str
            ``dafeng:field:place:year``.
        """
        return f"dafeng:{self.field}:{self.place}:{self.year}"


def find_form(sheet: Sheet) -> Form | None:
    """Template that a sheet was filled from.

    Parameters
    ----------
    sheet : Sheet
        Any sheet.

    Returns
    -------
    Form or None
        ``None`` if it is no template.
    """
    found = MARK.fullmatch(sheet.text(0, 0).strip())
    return Form(found["field"], found["place"], found["year"]) if found else None
