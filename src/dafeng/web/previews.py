"""What a delivered file would bring, kept for a while: looking at it costs seconds for a large one, and people look twice.

Invariant: a kept answer is that of the same file, the same names of columns and the same facts; those who ask for one at once
wait for one computation.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from dafeng.work.city import City
from dafeng.work.upload_preview import Preview, preview_upload
from dafeng.work.upload_state import Upload

KEPT = 6
"""Previews that are kept, the newest ones."""
FRESH_S = 600.0
"""How long one is good: rules and catalogue of a city may change too. [s]"""


class Previews:
    """Kept previews of one city.

    Parameters
    ----------
    city : City
        The city.
    clock : callable, optional
        Seconds that only go forward. [s]
    """

    def __init__(self, city: City, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._city = city
        self._clock = clock
        self._kept: OrderedDict[tuple[Any, ...], tuple[float, Preview]] = OrderedDict()
        self._busy: dict[tuple[Any, ...], Lock] = {}
        self._lock = Lock()

    def show(self, upload: Upload) -> Preview:
        """What a file would bring.

        Parameters
        ----------
        upload : Upload
            The file.

        Returns
        -------
        Preview
            As `preview_upload` gives it.
        """
        key = (upload.id, tuple(sorted(upload.mapping.items())), self._stand())
        with self._lock:
            turn = self._busy.setdefault(key, Lock())
        with turn:
            found = self._find(key)
            if found is None:
                found = preview_upload(self._city, upload)
                self._keep(key, found)
        return found

    def _stand(self) -> tuple[int, ...]:
        """When the facts of the city and its remembered names of columns last changed."""
        places = (self._city.folder / "facts" / "manifest.json", self._city.folder / "mappings")
        return tuple(place.stat().st_mtime_ns if place.exists() else 0 for place in places)

    def _find(self, key: tuple[Any, ...]) -> Preview | None:
        with self._lock:
            made, found = self._kept.get(key, (0.0, None))
            return found if found is not None and self._clock() - made < FRESH_S else None

    def _keep(self, key: tuple[Any, ...], found: Preview) -> None:
        with self._lock:
            self._kept[key] = (self._clock(), found)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            self._busy.pop(key, None)
