"""Orders to the ledger: noted with who asked before anything is booked, and decided by a second person where two are needed.

Invariant: an id has one answer for good. What was handed to the ledger and whose answer was not noted, because something failed
in between, is handed again: the ledger gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from dafeng.core.errors import DefinitionError
from dafeng.core.persons import fold_person
from dafeng.ledger.act import Act, Allot, decode_act, encode_act, find_act_flaw, is_same_wish
from dafeng.ledger.budget_act import BudgetStep
from dafeng.ledger.flaws import find_flaw
from dafeng.ledger.handed import find_refused
from dafeng.ledger.refusals import Answer, Booked
from dafeng.ledger.requests import Request, Reverse, encode
from dafeng.store.models import LedgerOrder
from dafeng.store.orders import MARKET, OPEN, add_order, find_order, find_together, is_placed, join_orders, list_orders
from dafeng.store.records import Records
from dafeng.work.account_bounds import check_closing, check_issuers
from dafeng.work.carried_sales import check_sold, submit_sold
from dafeng.work.noted_orders import Order, find_known, read_row
from dafeng.work.order_bounds import Asker, check_bounds, find_asker, find_reserved
from dafeng.work.order_foresight import foresee, foresee_days
from dafeng.work.order_marks import check_marks
from dafeng.work.review import using
from dafeng.work.right_order_errors import decided_before, person_missing, same_person, unknown_order
from dafeng.work.right_order_rules import check_claims, check_days, check_issue, find_blank, needs_pair, with_mates
from dafeng.work.rights import Rights

MOST = 100_000
"""Orders that wait and are looked at."""
Check = Callable[[Sequence[Order]], None]
"""Looks at the orders that have not ended and throws where one more may not be placed."""


def place_order(
    rights: Rights, request: Request, *, who: str, records: Records | None = None, asker: Asker = ""
) -> Order:  # fmt: skip
    """Ask the ledger for something; the reversal of a movement that was booked with others is that of all of them.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    request : Request
        What is asked, with an id of the asker's choice.
    who : str
        Who asks.
    records : Records, optional
        Open records of the city.
    asker : {"", "opening", "budgets"}, optional
        Machinery that asks under its own ids or of its own accounts; none for people.

    Returns
    -------
    Order
        Booked, refused, or waiting for a second person. The same request under the same id has the same answer.

    Raises
    ------
    SettingError
        If nobody is named.
    ConflictError
        If it frees what was set aside elsewhere, as by a market, or makes credits past the register of projects.
    StoreError
        If records or ledger cannot be written; asked again, it is the same order.
    """
    if told := _refuse_reserved(rights, [request], who, asker, records):
        return told[0]
    orders = _place(rights, with_mates(rights, request), who=who, records=records, asker=asker)
    return next(one for one in orders if one.id == request.id)


def place_orders(
    rights: Rights, group: Sequence[Request], *, who: str, check: Check | None = None, records: Records | None = None,
    asker: Asker = "",
) -> tuple[Order, ...]:  # fmt: skip
    """Ask for several things that are booked together or not at all; where one of them needs a second person, all do.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : sequence of Request
        What is asked.
    who : str
        Who asks.
    check : callable, optional
        Looks at the orders that have not ended, while no other order is placed; what it throws leaves all as it was.
    records : Records, optional
        Open records of the city.
    asker : {"", "opening", "budgets", "parts"}, optional
        Machinery that asks under its own ids or of its own accounts; none for people.

    Returns
    -------
    tuple of Order
        One each.
    """
    if told := _refuse_reserved(rights, group, who, asker, records):
        return told
    return _place(rights, group, who=who, records=records, asker=asker, check=check)


def _refuse_reserved(
    rights: Rights, group: Sequence[Request], who: str, asker: Asker, records: Records | None
) -> tuple[Order, ...]:  # fmt: skip
    """A group as refused where an id of it is not free; none where all are, or an earlier version took it."""
    about = find_reserved(group, asker=asker)
    if not about or _is_known(rights, about, records):
        return ()
    return tuple(Order(one.id, one, "refused", who, datetime.now(UTC), code="id_reserved", about=about) for one in group)


def _place(
    rights: Rights, group: Sequence[Request], *, who: str, records: Records | None, asker: Asker, check: Check | None = None
) -> tuple[Order, ...]:  # fmt: skip
    at = datetime.now(UTC)
    if not fold_person(who):
        raise person_missing()
    for request in group:
        if flaw := find_flaw(request) or find_blank(request):
            return tuple(Order(one.id, one, "refused", who, at, code="malformed", about=flaw) for one in group)
    check_issue(rights, group)
    check_closing(rights, group)
    check_days(rights, group)
    pair = any(needs_pair(rights, request) for request in group)
    with using(rights.city, records) as opened:
        rights.check_kept(opened)
        settle_orders(rights, records=opened)
        known: list[Order] = []
        with opened.write(actor=who, at=at) as session:
            rows = [find_order(session, one.id) for one in group]
            known = [read_row(row, again=True) for row in rows if row is not None]
            wrong = [row.id for row, one in zip(rows, group, strict=True) if row is not None and row.content != encode(one)]
            if not known:
                check_issuers(rights, group)
                check_bounds(rights, group, asker=asker)
                check_sold(rights, group)
                check_claims(rights, group, partial(is_placed, session))
                check_marks(rights, group)
                if check is not None:
                    check([read_row(one) for one in list_orders(session, states=OPEN, limit=MOST)])
                if pair and (why := foresee(rights, group, at=at)):
                    return tuple(Order(one.id, one, "refused", who, at, code=why.code, about=why.about) for one in group)
                made = [read_row(add_order(session, one.id, encode(one), pair=pair, at=at)) for one in group]
                join_orders(session, [one.id for one in group])
        if wrong or 0 < len(known) < len(group):
            about = (wrong or [known[0].id])[0]
            return tuple(Order(one.id, one, "refused", who, at, code="conflict", about=about) for one in group)
        if known or pair:
            return tuple(known or made)
        return _hand(rights, opened, [one.id for one in group], group)


def place_act(
    rights: Rights,
    act: Act,
    requests: Sequence[Request],
    *,
    who: str,
    check: Check | None = None,
    records: Records | None = None,
    pair: bool = False,
) -> Order:
    """Ask for an act of compliance or a step of a budget, as one order.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    act : Act
        What is asked, with an id that follows from what who asks controls.
    requests : sequence of Request
        What it would become now; where one of them needs a second person the act does.
    who : str
        Who asks.
    check : callable, optional
        Looks at the orders that have not ended, while no other order is placed; what it throws leaves all as it was.
    records : Records, optional
        Open records of the city.
    pair : bool, optional
        Whether it needs a second person, whatever it would become.

    Returns
    -------
    Order
        Booked, refused, or waiting. The same act under the same id has the same answer.

    Raises
    ------
    SettingError
        If nobody is named.
    StoreError
        If records or ledger cannot be written; asked again, it is the same order.
    """
    at = datetime.now(UTC)
    if not fold_person(who):
        raise person_missing()
    if flaw := find_act_flaw(act) or next((told for one in requests if (told := find_flaw(one))), ""):
        return Order(act.id, act, "refused", who, at, code="malformed", about=flaw)
    if find_reserved([act]) and not _is_known(rights, act.id, records):
        return Order(act.id, act, "refused", who, at, code="id_reserved", about=act.id)
    pair = pair or any(needs_pair(rights, one) for one in requests)
    with using(rights.city, records) as opened:
        rights.check_kept(opened)
        settle_orders(rights, records=opened)
        with opened.write(actor=who, at=at) as session:
            row = find_order(session, act.id)
            if row is None:
                if check is not None:
                    check([read_row(one) for one in list_orders(session, states=OPEN, limit=MOST)])
                if pair and not isinstance(act, Allot | BudgetStep) and (why := foresee_days(rights, requests)):
                    return Order(act.id, act, "refused", who, at, code=why.code, about=why.about)
                made = read_row(add_order(session, act.id, encode_act(act), pair=pair, at=at))
        if row is not None:
            return _same_order(row, act, who, at)
        return made if pair else _hand(rights, opened, [act.id], [act])[0]


def _is_known(rights: Rights, id: str, records: Records | None) -> bool:
    """Whether an order of an earlier version has the id, which then keeps its answer."""
    return not id.startswith(MARKET) and find_known(rights, id, records=records) is not None


def _same_order(row: LedgerOrder, act: Act, who: str, at: datetime) -> Order:
    known = decode_act(row.id, row.content)
    if known is None or not is_same_wish(known, act):
        return Order(act.id, act, "refused", who, at, code="conflict", about=act.id)
    return read_row(row, again=True)


def decide_order(rights: Rights, id: str, *, accept: bool, who: str, says: str = "", records: Records | None = None) -> Order:
    """Accept an order that waits, or reject it; those that were asked for together with it go with it.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    id : str
        Id of the order.
    accept : bool
        Whether it is handed to the ledger.
    who : str
        Who decides; never who asked.
    says : str, optional
        Why it is rejected.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order
        Booked or refused by the ledger, or rejected.

    Raises
    ------
    LookupFailure
        If there is no such order.
    AccessError
        If the same person asked for it.
    ConflictError
        If it was decided before, would make credits past the register of projects, or would free what was set aside
        elsewhere since it was asked.
    """
    at = datetime.now(UTC)
    if not fold_person(who):
        raise person_missing()
    with using(rights.city, records) as opened:
        rights.check_kept(opened)
        with opened.write(actor=who, at=at) as session:
            row = None if id.startswith(MARKET) else find_order(session, id)
            if row is None:
                raise unknown_order(id)
            if fold_person(row.who) == fold_person(who):
                raise same_person(who)
            if row.status != "waiting":
                raise decided_before(row)
            rows = find_together(session, id)
            if accept:
                asked = [read_row(one).request for one in rows]
                check_issue(rights, asked)
                check_closing(rights, asked)
                check_issuers(rights, asked)
                check_bounds(rights, asked, asker=find_asker(asked))
                check_sold(rights, asked)
                check_claims(rights, asked, partial(is_placed, session))
                check_marks(rights, asked)
            for one in rows:
                one.status, one.decided_by, one.decided_at, one.says = "handed" if accept else "rejected", who, at, says[:400]
            orders = [read_row(one) for one in rows]
        if accept:
            orders = list(_hand(rights, opened, [one.id for one in orders], [one.request for one in orders]))
        return next(one for one in orders if one.id == id)


def settle_orders(rights: Rights, *, records: Records) -> int:
    """Hand in again what was handed in and whose answer was not noted.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    records : Records
        Open records of the city.

    Returns
    -------
    int
        How many there were.
    """
    with records.read() as session:
        handed = sorted(list_orders(session, states=("handed",), limit=1000), key=lambda one: (one.at, one.id))
        groups = {group[0].id: group for row in handed if (group := [read_row(one) for one in find_together(session, row.id)])}
    for group in groups.values():
        try:
            _hand(rights, records, [one.id for one in group], [one.request for one in group])
        except DefinitionError:  # a file of the city that is broken now: it stays handed, and others go on
            continue
    return len(handed)


def _hand(rights: Rights, records: Records, ids: Sequence[str], group: Sequence[Request | Act]) -> tuple[Order, ...]:
    """Hand a group or an act to the ledger and note its answers in the name of who asked or decided."""
    answers, left_out = _submit(rights, group)
    with records.read() as session:
        first = find_order(session, ids[0])
        actor = (first.decided_by or first.who) if first is not None else ""
    with records.write(actor=actor, at=datetime.now(UTC)) as session:
        rows = [(find_order(session, one), answer) for one, answer in zip(ids, answers, strict=True)]
        return tuple(_note(row, answer, left_out) for row, answer in rows if row is not None)


def _submit(rights: Rights, group: Sequence[Request | Act]) -> tuple[list[Answer], str]:
    """Answers, and of an act what was left out."""
    acts = [one for one in group if isinstance(one, Act)]
    if not acts:
        requests = [one for one in group if not isinstance(one, Act)]
        answers = submit_sold(rights, requests)
        guilty = find_refused(answers)
        if guilty is not None and all(isinstance(one, Reverse) for one in requests):
            return [guilty] * len(answers), ""  # one leg was asked for: it is told why, not only which of the others failed
        return answers, ""
    handed = rights.carry_out(acts[0])
    return [handed.answer], handed.about


def _note(row: LedgerOrder, answer: Answer, left_out: str) -> Order:
    if isinstance(answer, Booked):
        row.status, row.event, row.says = "booked", answer.seq or None, left_out
    else:
        row.status, row.code, row.says = "refused", answer.code, left_out or answer.about
    return read_row(row)
