"""``template``: a spreadsheet that a responsible unit fills in, for one field of work and one year.

Invariant: what the template asks for is what ``ingest`` reads back; last year's values are shown, never copied.
"""

from __future__ import annotations

from decimal import Decimal

from dafeng.core.labels import Label
from dafeng.library.substances import read_substances
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import BALANCE
from dafeng.readers.template import write_template
from dafeng.work.city import City


def template(city: City, field: str, *, year: int | None = None) -> bytes:
    """Template of a field of work.

    Parameters
    ----------
    city : City
        The city that will report.
    field : str
        ``industry``, ``energy``, ``buildings``, ``transport``, ``forestry`` or ``agriculture``.
    year : int, optional
        Year to report; by default the city's assessment year.

    Returns
    -------
    bytes
        An xlsx workbook.

    Raises
    ------
    SettingError
        If there is no such field, or it has no indicators.
    """
    at = year or city.year
    facts = city.facts.read(places=(city.code,), periods=(str(at - 1),)).to_pylist()
    before: dict[tuple[str, str | None], tuple[Decimal, str]] = {
        (row["indicator"], row["carrier"]): (row["value"], row["unit"])
        for row in facts
        if row["flow"] is None and row["organisation"] is None
    }
    return write_template(
        field,
        place=city.code,
        year=at,
        catalogue=city.catalogue(),
        previous=before,
        name=city.label.zh,
        carriers=_carriers(city),
    )


def _carriers(city: City) -> dict[str, dict[str, Label]]:
    """Carriers by indicator, where a method accounts the indicator carrier by carrier."""
    labels = read_substances(city.overlay).labels
    found: dict[str, dict[str, Label]] = {}
    for method in read_methods(city.overlay).values():
        kinds = {name: labels[name] for name in method.carriers if name in labels}
        for category in method.categories:
            if category.indicator != BALANCE and category.carrier is None and kinds:
                found.setdefault(category.indicator, {}).update(kinds)
    return found
