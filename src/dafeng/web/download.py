"""The workbook as a download, made by whoever is registered to make it.

Invariant: one run gives one workbook; it is made on first demand and kept while the server runs.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dafeng.core import registry
from dafeng.web.cities import CityView

WHOLE = ("city", "year", "run")
"""Parts of the view that every workbook needs for its first sheet."""


@lru_cache(maxsize=8)
def _keep(key: _Key) -> bytes:
    view = key.city.view
    shown = view if key.part is None else {name: view[name] for name in (*WHOLE, key.part)}
    with TemporaryDirectory() as folder:
        write = registry.load("dafeng.presenters", "xlsx")
        return Path(write(shown, key.city.traces, Path(folder))).read_bytes()


class _Key:
    """A city, equal to another one with the same run, and the part of it that is wanted."""

    def __init__(self, city: CityView, part: str | None) -> None:
        self.city = city
        self.part = part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and hash(self) == hash(other)

    def __hash__(self) -> int:
        return hash((self.city.slug, self.city.run, id(self.city.view), self.part))


def make_workbook(city: CityView, *, part: str | None = None) -> bytes:
    """Workbook of a city.

    Parameters
    ----------
    city : CityView
        The city.
    part : str, optional
        Only the sheets of this part of the view document.

    Returns
    -------
    bytes
        The xlsx file.
    """
    return _keep(_Key(city, part))
