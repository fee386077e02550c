"""Why a market says no, in words; the ledger's own reasons stand beside them.

Invariant: every code that an exchange answers has words and a remedy in both languages.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.market.asked import LONGEST
from dafeng.ledger.refusals import Reason, Refused, reasons


@lru_cache(maxsize=1)
def market_reasons() -> Mapping[str, Reason]:
    """All reasons of markets and of the ledger by code.

    Returns
    -------
    mapping of str to Reason
        In the order of the tables.
    """
    text = files("dafeng").joinpath("data", "ledger", "market_refusals.csv").read_text(encoding="utf-8")
    made = {
        row["code"]: Reason(row["code"], "", Label(row["zh"], row["en"]), Label(row["remedy_zh"], row["remedy_en"]))
        for row in csv.DictReader(text.splitlines())
    }
    return MappingProxyType({**reasons(), **made})


def refusal_error(refused: Refused) -> SettingError:
    """A refusal as an error to be shown.

    Parameters
    ----------
    refused : Refused
        The answer.

    Returns
    -------
    SettingError
        To be raised by a face.
    """
    reason = market_reasons()[refused.code]
    sound = Label(
        f"名称为 1–{LONGEST} 个可见字符，首尾无空格，不含“/”；数量与价格为正整数个最小单位",
        f"a name of 1–{LONGEST} visible characters without '/' or blanks at its ends; a positive whole number of least units",
    )
    allowed = Label("账簿与市场规则允许的申报", "a request that the ledger and the rules of the market allow")
    return SettingError(
        reason.says,
        where=f"{refused.code} {refused.about}".strip(),
        expected=sound if refused.code == "malformed" else allowed,
        remedy=reason.remedy,
    )
