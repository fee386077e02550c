"""How the companies of a city stand in a compliance period, worked out once for the books and tables as they are.

Invariant: what is kept is answered only while no event was booked since, nothing was delivered and no file of the city's rules
changed.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from dafeng.work.rights import Rights
from dafeng.work.settle import Settlement, settle
from dafeng.work.study import LOCK

KEPT = 6
"""Settlements that are kept at once."""
FOLLOWED = ("rights", "factors", "methods", "packages", "indicators")
"""Folders of a city's own definitions that allowances and accounts of units follow from."""
Mark = tuple[int, tuple[tuple[str, int, int], ...]]


class Settlements:
    """Settlements of a city.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    """

    def __init__(self, rights: Rights) -> None:
        self._rights = rights
        self._kept: OrderedDict[str, tuple[Mark, Settlement]] = OrderedDict()
        self._lock = Lock()

    def find(self, book: str, period: str) -> Settlement:
        """Settlement of a period.

        Parameters
        ----------
        book, period : str
            Book and compliance year.

        Returns
        -------
        Settlement
            As books and tables are now.

        Raises
        ------
        FileRefused
            If the city has no table of units.
        SettingError
            If there is no such book.
        """
        mark = self._mark()
        with self._lock:
            kept = self._kept.get(book)
            if kept is not None and kept[0] == mark:
                self._kept.move_to_end(book)
                return kept[1]
        found = settle(self._rights.city, book, period)
        with self._lock:
            self._kept[book] = (mark, found)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def _mark(self) -> Mark:
        """Number of the last event, and name, size and instant of each file that a settlement follows from."""
        city = self._rights.city
        found = [city.facts.folder / "manifest.json", city.folder / "city.yaml", city.folder / LOCK]
        for folder in (city.overlay, *(city.overlay / name for name in FOLLOWED)):
            found += sorted(folder.glob("*")) if folder.is_dir() else []
        files = [one for one in found if one.is_file()]
        told = tuple((str(one), (said := one.stat()).st_size, said.st_mtime_ns) for one in files)
        with self._rights.reading() as rows:
            last = rows.query("SELECT MAX(seq) FROM ledger_event")[0][0]
        return (int(last or 0), told)
