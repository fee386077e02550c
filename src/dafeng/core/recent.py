"""What was found lately, kept in bounded number, so that the same question is answered once.

Invariant: what is kept is what was made; a key that was pushed out is made anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


@dataclass(slots=True)
class Recent(Generic[Kept]):
    """Answers by key; the one that was not asked for longest goes first.

    Parameters
    ----------
    most : int
        How many are kept, at least 1.
    """

    most: int
    _kept: OrderedDict[Hashable, Kept] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def find(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What belongs to a key.

        Parameters
        ----------
        key : hashable
            All that the answer depends on.
        make : callable
            Makes it where it is not kept; two who ask at once may both make it.

        Returns
        -------
        object
            The answer.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return made
