"""Notation keys: what a city declares of categories that have no result.

Invariant: a key is one of five and has a reason; without a declaration a category counts as not estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.library.strict import refusal

KEYS: Mapping[str, Label] = {
    "NO": Label("不存在", "not occurring"),
    "NE": Label("未估算", "not estimated"),
    "IE": Label("计入别处", "included elsewhere"),
    "NA": Label("不适用", "not applicable"),
    "C": Label("保密", "confidential"),
}
"""Notation keys with their meaning."""
_COLUMNS: Mapping[str, Kind] = {"category": "text", "key": "text", "zh": "text", "en": "text"}
FILE = "notation.csv"
"""Name of the file in a city's data folder."""


@dataclass(frozen=True, slots=True)
class Notation:
    """What is declared of a category.

    Parameters
    ----------
    category : str
        Category or its first part, or ``layout:code`` for one line of one layout.
    key : str
        Notation key.
    says : Label
        The reason; for ``IE`` where it is included.
    """

    category: str
    key: str
    says: Label


def read_notation(folder: Path) -> tuple[Notation, ...]:
    """Keys that a city has declared.

    Parameters
    ----------
    folder : Path
        Data folder of the city.

    Returns
    -------
    tuple of Notation
        Rows of ``notation.csv``; none where there is no such file.

    Raises
    ------
    DefinitionError
        If a key is unknown or a reason is missing.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    rows = list(load_csv(path, _COLUMNS))
    for row in rows:
        if row["key"] not in KEYS:
            raise refusal(
                row["at"],
                f"没有代号“{row['key']}”",
                f"no key '{row['key']}'",
                expected=Label("、".join(KEYS), f"one of {', '.join(KEYS)}"),
            )
    return tuple(Notation(row["category"], row["key"], Label(row["zh"], row["en"])) for row in rows)
