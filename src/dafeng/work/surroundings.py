"""Published figures of the places around a city that ship with the package.

Invariant: a figure of a surrounding place is never taken for the city's own; whoever uses it says whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.core.errors import DafengError
from dafeng.core.places import ancestors
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped

COLUMNS: Mapping[str, Kind] = {
    "indicator": "text", "place": "text", "period": "text?", "value": "decimal", "unit": "text", "source": "text",
    "grade": "text", "note": "text?",
}  # fmt: skip


def figures_around(code: str) -> tuple[Mapping[str, Any], ...]:
    """Figures of the province and the nation around a place.

    Parameters
    ----------
    code : str
        Administrative code.

    Returns
    -------
    tuple of mapping
        Rows of their figure files, the nearest place first; none for a place outside the official codes.
    """
    try:
        around = [place.code for place in ancestors(code)]
    except DafengError:
        return ()
    paths = [shipped() / "places" / name / "figures.csv" for name in around]
    return tuple(row for path in paths if path.is_file() for row in load_csv(path, COLUMNS))
