"""The audit of a city's carbon inclusion, for the audit of its ledger.

Invariant: nothing is made or written, no identity is read, and a city without inclusion is not looked at for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from dafeng.core.errors import DafengError
from dafeng.core.labels import Language
from dafeng.ledger.audit import Check
from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.inclusion.audit import RULES, check_inclusion
from dafeng.ledger.inclusion.claims import Overlap, read_overlaps
from dafeng.ledger.inclusion.scenes import Scene, read_scenes
from dafeng.store.inclusion_rows import EVENTS, InclusionRows
from dafeng.store.ledger_rows import LedgerRows
from dafeng.work.city import City
from dafeng.work.inclusion import FILES

_UNREAD: tuple[tuple[str, Language], ...] = (
    ("场景或重叠表无法读取，克数未重算：", "zh"),
    ("scenes or overlaps cannot be read, no grams were counted again: ", "en"),
)


def has_events(city: City) -> bool:
    """Whether a city has a file of events of carbon inclusion.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    bool
        True once it is there, also where the ledger is not.
    """
    return (city.folder / FILES[0]).is_file()


@contextmanager
def inclusion_check(city: City) -> Iterator[Check]:
    """What compares the events of a city with its ledger.

    Parameters
    ----------
    city : City
        The city.

    Yields
    ------
    Check
        For `dafeng.ledger.audit.verify`; its file is closed at the end of the ``with`` block.
    """
    plans = read_book_plans(city.overlay)
    own = InclusionRows(city.folder / FILES[0], EVENTS, reading=True) if has_events(city) else None

    def check(rows: LedgerRows, said: AuditFindings) -> None:
        scenes: Mapping[str, Scene] | None = None
        overlaps: Mapping[str, Overlap] = {}
        if own is not None:
            try:
                scenes = read_scenes(city.overlay)
                overlaps = read_overlaps(scenes, city.overlay)
            except DafengError as error:
                zh, en = (f"{words}{error.read(tongue)}" for words, tongue in _UNREAD)
                said.say("inclusion_edition", "inclusion", zh, en, remedy=RULES)
                scenes = None
        check_inclusion(rows, said, own=own, scenes=scenes, overlaps=overlaps, plans=plans)

    try:
        yield check
    finally:
        if own is not None:
            own.close()
