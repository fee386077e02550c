"""Why the ledger says no: codes with their words, and the number of the EU register's response code where there is one.

Invariant: one code means one thing; each has a test. Numbers after Regulation (EC) No 2216/2004, Annex XII.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from dafeng.core.labels import Label


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to refuse.

    Parameters
    ----------
    code : str
        Its name here.
    annex : str
        Response code of the EU register or the international transaction log, empty where neither has one.
    says, remedy : Label
        What is wrong and what to do.
    """

    code: str
    annex: str
    says: Label
    remedy: Label


class Booked(NamedTuple):
    """A request that was booked as event ``seq``; ``again`` where the same request had been booked before."""

    seq: int
    again: bool = False


class Refused(NamedTuple):
    """A request that was refused: the ``code`` and what it is about."""

    code: str
    about: str = ""


Answer = Booked | Refused


class Refusal(Exception):
    """Thrown within a group to end it; never leaves the ledger.

    Parameters
    ----------
    code : str
        One of `reasons`.
    about : str
        What it is about: an account, a transfer, a field.
    """

    def __init__(self, code: str, about: str = "") -> None:
        self.code = code
        self.about = about
        super().__init__(code, about)


@lru_cache(maxsize=1)
def reasons() -> Mapping[str, Reason]:
    """All reasons by code.

    Returns
    -------
    mapping of str to Reason
        In the order of the table.
    """
    text = files("dafeng").joinpath("data", "ledger", "refusals.csv").read_text(encoding="utf-8")
    made = {
        row["code"]: Reason(row["code"], row["annex"], Label(row["zh"], row["en"]), Label(row["remedy_zh"], row["remedy_en"]))
        for row in csv.DictReader(text.splitlines())
    }
    return MappingProxyType(made)
