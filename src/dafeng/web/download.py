"""The workbook as a download, made by whoever is registered to make it.

Invariant: one run gives one workbook; it is made on first demand and kept while the server runs.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dafeng.core import registry
from dafeng.web.cities import CityView


@lru_cache(maxsize=8)
def _keep(key: _Key) -> bytes:
    with TemporaryDirectory() as folder:
        write = registry.load("dafeng.presenters", "xlsx")
        return Path(write(key.city.view, key.city.traces, Path(folder))).read_bytes()


class _Key:
    """A city, equal to another one with the same run."""

    def __init__(self, city: CityView) -> None:
        self.city = city

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and hash(self) == hash(other)

    def __hash__(self) -> int:
        return hash((self.city.slug, self.city.run, id(self.city.view)))


def make_workbook(city: CityView) -> bytes:
    """Workbook of a city.

    Parameters
    ----------
    city : CityView
        The city.

    Returns
    -------
    bytes
        The xlsx file.
    """
    return _keep(_Key(city))
