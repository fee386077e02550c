"""Types of accounts and kinds of transfers, read from ``data/ledger``.

Invariant: what a regulator may change stands in the tables; the code asks them and never names a type or kind.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from dafeng.core.labels import Label

Floor = Literal["zero", "limit", "free"]
Free = Literal["yes", "no", "elsewhere"]


@dataclass(frozen=True, slots=True)
class AccountType:
    """What an account of a type may do.

    Parameters
    ----------
    name : str
        Name in requests.
    label : Label
        Name on pages.
    floor : {"zero", "limit", "free"}
        How low its balance may go: not below zero, not below minus its limit, or as low as it comes.
    gives : bool
        Whether units ever leave it.
    represented : bool
        Whether it needs one primary and one secondary representative, who differ.
    installed : bool
        Whether it needs exactly one installation with one contact.
    timed : bool
        Whether its commitment period must be that of its book.
    """

    name: str
    label: Label
    floor: Floor
    gives: bool
    represented: bool
    installed: bool
    timed: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of transfer needs.

    Parameters
    ----------
    name : str
        Name in requests.
    label : Label
        Name on pages.
    givers, takers : frozenset of str
        Types of accounts between which it moves units.
    passes_blocked : bool
        Whether it leaves a blocked account and may carry restricted units.
    final : bool
        Whether it can never be reversed.
    beneficiary : bool
        Whether it names for whom it is done.
    outward : bool
        Whether one of its sides is another registry.
    """

    name: str
    label: Label
    givers: frozenset[str]
    takers: frozenset[str]
    passes_blocked: bool
    final: bool
    beneficiary: bool
    outward: bool

    @property
    def carries_restricted(self) -> bool:
        """Whether restricted units may leave an account by it."""
        return self.passes_blocked or self.final


def _rows(name: str) -> list[dict[str, str]]:
    text = files("dafeng").joinpath("data", "ledger", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def account_types() -> Mapping[str, AccountType]:
    """Types of accounts by name.

    Returns
    -------
    mapping of str to AccountType
        In the order of the table.
    """
    made = {
        row["type"]: AccountType(
            row["type"],
            Label(row["zh"], row["en"]),
            _floor(row["floor"]),
            *(row[name] == "yes" for name in ("gives", "representatives", "installation", "period")),
        )
        for row in _rows("account_types.csv")
    }
    return MappingProxyType(made)


def _floor(text: str) -> Floor:
    floors: Mapping[str, Floor] = {"zero": "zero", "limit": "limit", "free": "free"}
    return floors[text]


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Kinds of transfers by name.

    Returns
    -------
    mapping of str to Kind
        In the order of the table.
    """
    elsewhere = {name for name, sort in account_types().items() if sort.floor == "free"}
    made = {
        row["kind"]: Kind(
            row["kind"],
            Label(row["zh"], row["en"]),
            frozenset(row["givers"].split()),
            frozenset(row["takers"].split()),
            row["passes_blocked"] == "yes",
            row["final"] == "yes",
            row["beneficiary"] == "yes",
            bool(elsewhere & {*row["givers"].split(), *row["takers"].split()}),
        )
        for row in _rows("kinds.csv")
    }
    return MappingProxyType(made)


@dataclass(frozen=True, slots=True)
class FreeKind:
    """Whether anybody may order a kind of transfer by itself.

    Parameters
    ----------
    free : {"yes", "no", "elsewhere"}
        ``elsewhere``: in books that neither allowances nor credits are settled in.
    remedy : Label or None
        What asks for it instead; ``None`` where it is free.
    """

    free: Free
    remedy: Label | None


@lru_cache(maxsize=1)
def free_kinds() -> Mapping[str, FreeKind]:
    """Kinds of transfers with whether they may be ordered by themselves.

    Returns
    -------
    mapping of str to FreeKind
        By name of the kind, every one of them.
    """
    frees: Mapping[str, Free] = {"yes": "yes", "no": "no", "elsewhere": "elsewhere"}
    return MappingProxyType(
        {
            row["kind"]: FreeKind(frees[row["free"]], None if row["free"] == "yes" else Label(row["zh"], row["en"]))
            for row in _rows("free_orders.csv")
        }
    )


def makes_or_ends(giver: str, taker: str) -> bool:
    """Whether units begin or end with a movement between two types of accounts.

    Parameters
    ----------
    giver, taker : str
        Types of the accounts.

    Returns
    -------
    bool
        True out of and into an issuer or another registry, and into an account that gives nothing back.
    """
    types = account_types()
    return types[giver].floor != "zero" or types[taker].floor != "zero" or not types[taker].gives
