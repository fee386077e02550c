"""Rules of a market, read from ``data/ledger/markets.yaml``: steps, lots, limits, hours, ties, and the rights of three bodies.

Invariant: a market keeps the rules it was opened with; changing the file changes markets opened later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dafeng.core.labels import Label
from dafeng.ledger.market.auction import TIES
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml

WAYS = ("order", "agreement", "auction")
"""Ways to trade."""
GRADES = ("A", "B", "C", "M", "assumed")
"""How well a rule is known."""
SELF_TRADE = ("cancel_incoming", "cancel_resting")
BASIS = 10_000
"""Basis points of one."""
DAY_US = 86_400_000_000
"""Length of a day. [µs]"""
EPOCH = 719_163
"""Ordinal of 1970-01-01. [d]"""
_FIELDS = frozenset({
    "id", "label", "ways", "per", "tick", "lot", "band_bp", "agreement_band_bp", "largest", "hours", "utc_offset_h",
    "self_trade", "tie", "source", "grade", "note",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """Rules of a market.

    Parameters
    ----------
    name, zh, en : str
        Name in requests and on pages.
    ways : tuple of str
        Some of `WAYS`.
    per : int
        Units that a price is for. [minimal units]
    tick : int
        Prices are multiples of it. [fen]
    lot : int
        Quantities are multiples of it. [minimal units]
    band_bp, agreement_band_bp : int or None
        How far prices of orders and of agreements may be from the reference. [1/10 000]
    largest : int or None
        Most units of one order. [minimal units]
    hours : tuple of (int, int)
        Minutes of the day between which orders are taken; always where empty. [min]
    offset_h : int
        Local time less UTC. [h]
    self_trade, tie : str
        Rules by name.
    source, grade : str
        Where it is written, and how well that is known.
    """

    name: str
    zh: str
    en: str
    ways: tuple[str, ...] = WAYS
    per: int = 1
    tick: int = 1
    lot: int = 1
    band_bp: int | None = None
    agreement_band_bp: int | None = None
    largest: int | None = None
    hours: tuple[tuple[int, int], ...] = ()
    offset_h: int = 8
    self_trade: str = "cancel_incoming"
    tie: str = "largest_remainder"
    source: str = ""
    grade: str = "assumed"

    def day(self, now: int) -> int:
        """Local day of an instant.

        Parameters
        ----------
        now : int
            Instant. [µs]

        Returns
        -------
        int
            Its ordinal. [d]
        """
        return (now + self.offset_h * DAY_US // 24) // DAY_US + EPOCH

    def is_open(self, now: int) -> bool:
        """Whether an instant is within the hours.

        Parameters
        ----------
        now : int
            Instant. [µs]

        Returns
        -------
        bool
            Always where there are no hours; the end does not belong to them.
        """
        minute = (now + self.offset_h * DAY_US // 24) % DAY_US // 60_000_000
        return not self.hours or any(start <= minute < end for start, end in self.hours)

    def find_flaw(self, way: str, quantity: int, price: int, reference: int | None) -> str:
        """What is wrong with a quantity and a price.

        Parameters
        ----------
        way : str
            One of `WAYS`.
        quantity : int
            Units. [minimal units]
        price : int
            Price. [fen per `Terms.per`]
        reference : int or None
            Price around which the limits lie. [fen per `Terms.per`]

        Returns
        -------
        str
            Code of the refusal; empty where nothing is.
        """
        if way not in self.ways:
            return "way_closed"
        if quantity % self.lot:
            return "lot_broken"
        if price % self.tick:
            return "tick_broken"
        if way == "order" and self.largest is not None and quantity > self.largest:
            return "order_large"
        band = {"order": self.band_bp, "agreement": self.agreement_band_bp}.get(way)
        if band is not None and (reference is None or abs(price - reference) * BASIS > reference * band):
            return "price_outside"
        return ""

    def amount(self, quantity: int, price: int) -> int:
        """Money for units; exact, since lots and ticks are.

        Parameters
        ----------
        quantity : int
            Units. [minimal units]
        price : int
            Price. [fen per `Terms.per`]

        Returns
        -------
        int
            Money. [fen]
        """
        return quantity * price // self.per

    def mean_price(self, quantity: int, amount: int) -> int:
        """Mean price of trades, rounded half up to a tick.

        Parameters
        ----------
        quantity : int
            Units traded, > 0. [minimal units]
        amount : int
            Money paid. [fen]

        Returns
        -------
        int
            Price. [fen per `Terms.per`]
        """
        return (2 * amount * self.per + quantity * self.tick) // (2 * quantity * self.tick) * self.tick


@dataclass(frozen=True, slots=True)
class Body:
    """One of the three bodies and what it may ask of the ledger.

    Parameters
    ----------
    name : str
        ``registration``, ``trading`` or ``settlement``.
    label : Label
        Name on pages.
    verbs, kinds : frozenset of str
        Verbs of requests, and kinds of transfers.
    """

    name: str
    label: Label
    verbs: frozenset[str]
    kinds: frozenset[str]


def read_terms(*folders: Path) -> Mapping[str, Terms]:
    """Rules of markets.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a city; their ``ledger/markets.yaml`` add rules under new ids.

    Returns
    -------
    mapping of str to Terms
        By name.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, quotes an unknown source, or an id comes twice.
    """
    known = read_sources(*folders)
    rows = []
    for record in _children("markets", *folders):
        terms = _terms(record.allow(_FIELDS))
        check_source(terms.source, known, record.marked.at(*record.path))
        rows.append((terms.name, record.marked.at(*record.path), terms))
    return MappingProxyType(merged(rows))


def read_bodies() -> Mapping[str, Body]:
    """The three bodies with their rights.

    Returns
    -------
    mapping of str to Body
        By name.

    Raises
    ------
    DefinitionError
        If the file breaks the schema.
    """
    made = {}
    for record in _children("bodies"):
        record.allow({"id", "label", "verbs", "kinds", "source", "grade"})
        name = record.text("id", among=("registration", "trading", "settlement"))
        made[name] = Body(name, record.label("label"), frozenset(record.texts("verbs")), frozenset(record.texts("kinds")))
    return MappingProxyType(made)


def _children(key: str, *folders: Path) -> list[Record]:
    found: list[Record] = []
    for path in definition_files(layers(*folders), "ledger/markets.yaml"):
        root = Record(read_yaml(path), ()).allow({"bodies", "markets"})
        found += root.children(key)
    return found


def _terms(record: Record) -> Terms:
    per, tick, lot = (_whole(record, key, 1) for key in ("per", "tick", "lot"))
    if lot * tick % per:
        raise record.error("lot × tick 须为 per 的倍数", "lot × tick must be a multiple of per", key="per")
    ways = record.texts("ways")
    if not ways or set(ways) - set(WAYS):
        raise record.error(
            f"不认识 {ways}", f"unknown ways {ways}", key="ways", expected=Label("、".join(WAYS), ", ".join(WAYS))
        )
    label = record.label("label")
    return Terms(
        record.text("id"), label.zh, label.en, ways, per, tick, lot,
        _whole_or_none(record, "band_bp"), _whole_or_none(record, "agreement_band_bp"), _whole_or_none(record, "largest"),
        tuple(_span(record, text) for text in record.texts("hours")),
        _whole(record, "utc_offset_h", -12),
        record.text("self_trade", among=SELF_TRADE),
        record.text("tie", among=tuple(TIES)),
        record.text("source"), record.text("grade", among=GRADES),
    )  # fmt: skip


def _whole(record: Record, key: str, least: int) -> int:
    found = record.decimal(key)
    if found is None or found != int(found) or found < least:
        raise record.error(f"应为不小于 {least} 的整数", f"must be a whole number of at least {least}", key=key)
    return int(found)


def _whole_or_none(record: Record, key: str) -> int | None:
    return None if record.value(key) is None else _whole(record, key, 1)


def _span(record: Record, text: str) -> tuple[int, int]:
    parts = text.replace("-", ":").split(":")
    if len(parts) != 4 or not all(part.isdecimal() for part in parts):
        raise record.error(f"应为 09:30-11:30，实为 {text}", f"must be like 09:30-11:30, is {text}", key="hours")
    hour, minute, until, last = map(int, parts)
    if not 0 <= hour * 60 + minute < until * 60 + last <= 1440:
        raise record.error(f"时段不成立：{text}", f"not a span of a day: {text}", key="hours")
    return hour * 60 + minute, until * 60 + last


def spell_terms(terms: Terms) -> str:
    """Rules as text, to be kept with the market.

    Parameters
    ----------
    terms : Terms
        The rules.

    Returns
    -------
    str
        JSON.
    """
    return json.dumps(asdict(terms), ensure_ascii=False, separators=(",", ":"))


def restore_terms(text: str) -> Terms:
    """Rules from their text.

    Parameters
    ----------
    text : str
        From `spell_terms`.

    Returns
    -------
    Terms
        The same rules.
    """
    fields: dict[str, Any] = json.loads(text)
    fields["ways"] = tuple(fields["ways"])
    fields["hours"] = tuple((start, end) for start, end in fields["hours"])
    return Terms(**fields)
