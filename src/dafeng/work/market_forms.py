"""What people type about a market, made requests: quantities in units of the book, prices in yuan.

Invariant: nothing typed is rounded or guessed at; what does not read is refused with what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.market.amounts import read_amount
from dafeng.ledger.market.asked import (
    Asked,
    Bid,
    Cancel,
    CloseAuction,
    CloseDay,
    Offer,
    OpenAuction,
    OpenDay,
    OpenMarket,
    Order,
    Register,
    Take,
)

Typed = Mapping[str, str]
"""Fields of a form."""
Scales = tuple[int, int]
"""Digits after the point of the book of rights and of the book of money."""


def read_asked(act: str, market: str, typed: Typed, scales: Scales) -> Asked:
    """Request that a form asks for.

    Parameters
    ----------
    act : str
        One of `ASKED` or `RUN`.
    market : str
        Id of the market.
    typed : mapping of str to str
        Fields of the form; ``id`` is the asker's.
    scales : (int, int)
        Digits of the two books.

    Returns
    -------
    Asked
        The request; whether its fields are sound is for the exchange to say.

    Raises
    ------
    SettingError
        If a field does not read.
    """
    made = {**ASKED, **RUN}.get(act)
    if made is None:
        names = (*ASKED, *RUN)
        raise SettingError(
            Label(f"“{act[:40]}”不能采用", f"'{act[:40]}' cannot be used"),
            where="act",
            expected=Label("、".join(names), ", ".join(names)),
            remedy=Label("使用页面上的表单；没有申报", "use a form of the page; nothing was asked"),
        )
    return made(market, typed, scales)


def _text(typed: Typed, name: str) -> str:
    return typed.get(name, "").strip()


def _amount(typed: Typed, name: str, scale: int) -> int:
    return read_amount(_text(typed, name).replace(",", "").replace("，", ""), scale, where=name)


def _optional(typed: Typed, name: str, scale: int) -> int | None:
    return _amount(typed, name, scale) if _text(typed, name) else None


def _order(market: str, typed: Typed, scales: Scales) -> Asked:
    return Order(_text(typed, "id"), market, _text(typed, "member"), _text(typed, "side"), *_both(typed, scales))


def _offer(market: str, typed: Typed, scales: Scales) -> Asked:
    asker, side = _text(typed, "member"), _text(typed, "side")
    return Offer(_text(typed, "id"), market, asker, side, *_both(typed, scales), _text(typed, "to"))


def _both(typed: Typed, scales: Scales) -> tuple[int, int]:
    return _amount(typed, "quantity", scales[0]), _amount(typed, "price", scales[1])


def _take(market: str, typed: Typed, _: Scales) -> Asked:
    return Take(_text(typed, "id"), market, _text(typed, "member"), _text(typed, "target"))


def _cancel(market: str, typed: Typed, _: Scales) -> Asked:
    return Cancel(_text(typed, "id"), market, _text(typed, "target"))


def _bid(market: str, typed: Typed, scales: Scales) -> Asked:
    return Bid(_text(typed, "id"), market, _text(typed, "auction"), _text(typed, "member"), *_both(typed, scales))


def _auction(market: str, typed: Typed, scales: Scales) -> Asked:
    return OpenAuction(
        _text(typed, "id"), market, _text(typed, "auction"), _text(typed, "member"), _amount(typed, "quantity", scales[0]),
        _optional(typed, "reserve", scales[1]) or 0, _optional(typed, "most", scales[0]),
    )  # fmt: skip


def _market(market: str, typed: Typed, _: Scales) -> Asked:
    return OpenMarket(_text(typed, "id"), market, _text(typed, "book"), _text(typed, "money"), _text(typed, "terms"))


def _register(market: str, typed: Typed, _: Scales) -> Asked:
    return Register(_text(typed, "id"), market, _text(typed, "member"), _text(typed, "account"), _text(typed, "purse"))


def _day(market: str, typed: Typed, scales: Scales) -> Asked:
    return OpenDay(_text(typed, "id"), market, _optional(typed, "reference", scales[1]))


def _close(market: str, typed: Typed, _: Scales) -> Asked:
    return CloseDay(_text(typed, "id"), market)


def _award(market: str, typed: Typed, _: Scales) -> Asked:
    return CloseAuction(_text(typed, "id"), market, _text(typed, "auction"))


Make = Callable[[str, Typed, Scales], Asked]
ASKED: Mapping[str, Make] = MappingProxyType({
    "order": _order, "offer": _offer, "take": _take, "cancel": _cancel, "refuse": _cancel, "bid": _bid,
    "open_auction": _auction,
})  # fmt: skip
"""What is asked for a member; ``refuse`` ends an offer by whom it was made to."""
RUN: Mapping[str, Make] = MappingProxyType(
    {"open_market": _market, "register": _register, "open_day": _day, "close_day": _close, "close_auction": _award}
)
"""What those ask who run a market."""
