"""What is said of orders that cannot be found, placed or decided.

Invariant: each says what, where, what was expected and what to do.
"""

from __future__ import annotations

from dafeng.core.errors import AccessError, ConflictError, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.store.models import LedgerOrder


def unknown_order(id: str) -> LookupFailure:
    """There is no such order.

    Parameters
    ----------
    id : str
        The id.

    Returns
    -------
    LookupFailure
        To be raised by the caller.
    """
    return LookupFailure(
        Label(f"没有申请“{id[:60]}”", f"there is no order '{id[:60]}'"),
        where="order",
        expected=Label("已提交的申请编号", "the id of an order"),
        remedy=Label("用 dafeng ledger orders 查看", "dafeng ledger orders lists them"),
    )


def person_missing() -> SettingError:
    """Nobody says who asks or decides.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    return SettingError(
        Label("没有写明是谁", "nobody is named"),
        where="who",
        expected=Label("申请人或复核人的姓名", "the name of who asks or decides"),
        remedy=Label("用 --who 写明", "name them with --who"),
    )


def same_person(who: str) -> AccessError:
    """Who asked would decide.

    Parameters
    ----------
    who : str
        Who asked and decides.

    Returns
    -------
    AccessError
        To be raised by the caller.
    """
    return AccessError(
        Label(f"“{who}”不能复核自己的申请", f"'{who}' cannot decide an order of their own"),
        where="order",
        expected=Label("申请人以外的复核人", "somebody else than who asked"),
        remedy=Label("请另一位有复核权限的人处理", "ask another person who may confirm"),
    )


def decided_before(row: LedgerOrder) -> ConflictError:
    """The order was decided before.

    Parameters
    ----------
    row : LedgerOrder
        The order.

    Returns
    -------
    ConflictError
        To be raised by the caller.
    """
    return ConflictError(
        Label(f"申请“{row.id[:60]}”已处理过", f"order '{row.id[:60]}' was decided before"),
        where="order",
        expected=Label("等待复核的申请", "an order that waits"),
        remedy=Label("不再需要处理；刷新查看结果", "nothing remains to be done; look at its state"),
    )
