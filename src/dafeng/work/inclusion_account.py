"""The account of a pseudonym: what it holds, what it consented to, and what stays when it is erased.

Invariant: nobody is found by a name or a number here, only by the pseudonym; no identity is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.inclusion.bundles import RESERVED
from dafeng.ledger.inclusion.identities import PSEUDONYM_DIGITS, Identities
from dafeng.ledger.inclusion.programme import GRAMS, account_of, read_shelf
from dafeng.work.inclusion_reading import InclusionView
from dafeng.work.right_people import check_private
from dafeng.work.right_rows import StatementRow, find_account_row, read_statement
from dafeng.work.rights import Rights


@dataclass(frozen=True, slots=True)
class InclusionAccount:
    """Account of a pseudonym.

    Parameters
    ----------
    person, kind : str
        Pseudonym, and ``person`` or ``organisation``; empty once it is erased.
    joined : int or None
        Instant of joining, ``None`` once it is erased. [s]
    state : {"open", "erased"}
        Whether anybody stands behind it.
    consent : bool
        Whether consent is in force.
    grams, points : int
        Balances. [g CO2, points]
    vouchers : mapping of str to int
        Number of vouchers by id.
    consents : tuple of mapping
        As `Identities.consents`.
    lines : tuple of StatementRow
        Statement of points, the newest first.
    """

    person: str
    kind: str
    joined: int | None
    state: str
    consent: bool
    grams: int
    points: int
    vouchers: Mapping[str, int]
    consents: tuple[Mapping[str, Any], ...]
    lines: tuple[StatementRow, ...]


def is_pseudonym(text: str) -> bool:
    """Whether a text has the form of a pseudonym.

    Parameters
    ----------
    text : str
        What was typed.

    Returns
    -------
    bool
        True for hexadecimal digits of the right number; an identity never has it.
    """
    return len(text) == PSEUDONYM_DIGITS and not set(text) - set("0123456789abcdef")


def read_account(
    view: InclusionView, rights: Rights, person: str, *, may: bool, before: int = 0, limit: int = 50
) -> InclusionAccount:
    """Account of a pseudonym, also of one that was erased.

    Parameters
    ----------
    view : InclusionView
        The programme.
    rights : Rights
        The city's books.
    person : str
        Pseudonym.
    may : bool
        Whether whoever asks may see accounts of persons.
    before : int, optional
        Only lines before this event.
    limit : int, optional
        Lines of the statement at most.

    Returns
    -------
    InclusionAccount
        What is known of it; no identity.

    Raises
    ------
    AccessError
        If they may not, whether there is such a pseudonym or not.
    LookupFailure
        If there never was such a pseudonym.
    """
    check_private(rights, GRAMS, may=may)
    known, consents = find_member(view, person)
    kind, joined = known or ("", None)
    with rights.reading() as rows:
        earned = read_shelf(rows, rights.plans()).points.name
        accounts = {book: find_account_row(rows, name=account_of(book, person)) for book in (GRAMS, earned)}
        held = {name: find_account_row(rows, name=account_of(f"puhui.voucher.{name}", person)) for name in view.policy.vouchers}
        points = accounts[earned]
        lines = read_statement(rows, points.no, before=before, limit=limit) if points is not None else []
    balances = {book: one.balance if one is not None else 0 for book, one in accounts.items()}
    in_force = any(one["withdrawn"] is None and one["purpose"] == view.policy.purpose for one in consents)
    return InclusionAccount(
        person, str(kind), joined, "open" if known else "erased", known is not None and in_force,
        balances[GRAMS], balances[earned], {name: one.balance if one is not None else 0 for name, one in held.items()},
        tuple(consents), tuple(lines),
    )  # fmt: skip


def find_member(view: InclusionView, person: str) -> tuple[tuple[str, int] | None, list[dict[str, Any]]]:
    """What is known of a pseudonym but its account.

    Parameters
    ----------
    view : InclusionView
        The programme.
    person : str
        Pseudonym.

    Returns
    -------
    ((str, int) or None, list of dict)
        Kind and instant of joining, ``None`` once it is erased; consents as `Identities.consents`. [s]

    Raises
    ------
    LookupFailure
        If there never was such a pseudonym.
    """
    known = view.people.query("SELECT kind, joined FROM person WHERE person = ?", person) if is_pseudonym(person) else []
    consents = Identities(view.people, "").consents(person) if is_pseudonym(person) else []
    if not known and not consents:
        raise LookupFailure(
            Label("没有该假名的账户", "there is no account under this pseudonym"),
            where="person",
            expected=Label(f"{PSEUDONYM_DIGITS} 位十六进制数字", f"{PSEUDONYM_DIGITS} hexadecimal digits"),
            remedy=Label("核对假名；这里不按姓名或手机号查找", "check the pseudonym; nobody is found by name or number here"),
        )
    return ((str(known[0][0]), int(known[0][1])) if known else None), consents


def count_left(view: InclusionView, person: str) -> tuple[int, int]:
    """Events of a pseudonym that stay when it is erased: those certified, and all of them as evidence.

    Parameters
    ----------
    view : InclusionView
        The programme.
    person : str
        Pseudonym.

    Returns
    -------
    (int, int)
        Certified events and all events.
    """
    marks = ", ".join("?" for _ in RESERVED)
    text = f"SELECT coalesce(sum(bundle NOT IN ('', {marks})), 0), count(*) FROM event WHERE person = ?"  # noqa: S608 - our own
    certified, every = view.rows.query(text, *RESERVED, person)[0]
    return int(certified), int(every)
