"""Which assessment's warming potentials each reporting standard uses.

Invariant: a standard whose own figures contradict one another has no assessment; nobody chooses for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.sources import check_source, read_sources

_COLUMNS: Mapping[str, Kind] = {
    "id": "text",
    "zh": "text",
    "en": "text",
    "assessment": "text?",
    "gases": "text",
    "grade": "text",
    "source": "text",
    "note": "text?",
}


@dataclass(frozen=True, slots=True)
class WarmingStandard:
    """A reporting standard and its potentials.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name of the reporting standard.
    assessment : str or None
        Standard of the factor library (``sar``, ``ar5`` …); ``None`` where its figures contradict one another.
    gases : tuple of str
        Figures that were seen. [tCO2e/t]
    grade, source, note : str
        Evidence, source id, reservations.
    """

    id: str
    label: Label
    assessment: str | None
    gases: tuple[str, ...]
    grade: str
    source: str
    note: str


def read_warming_standards(*folders: Path) -> Mapping[str, WarmingStandard]:
    """Reporting standards of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city.

    Returns
    -------
    mapping of str to WarmingStandard
        By id.

    Raises
    ------
    DefinitionError
        If a file breaks its columns, quotes an unknown source, or an id comes twice.
    """
    known = read_sources(*folders)
    paths = definition_files(layers(*folders), "classes/warming_standards.csv")
    rows = [(row["id"], row["at"], row) for path in paths for row in load_csv(path, _COLUMNS)]
    return {
        name: WarmingStandard(
            name,
            Label(row["zh"], row["en"]),
            row["assessment"],
            tuple(row["gases"].split("|")),
            row["grade"],
            check_source(row["source"], known, row["at"]),
            row["note"] or "",
        )
        for name, row in merged(rows).items()
    }
