"""Issue, its taking back and retirement of credits asked for by orders that a second person decides.

Invariant: what a step needs is looked at before it is asked for and again when it is carried out; serial numbers that wait to
be retired are not offered twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dafeng.ledger.act import Issue, TakeBack, act_error, name_back, name_issue
from dafeng.ledger.book_opening import find_own
from dafeng.ledger.credit_log import read_register
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.project_rules import check
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import Reverse, Span, Transfer
from dafeng.ledger.working_days import read_holidays
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.credit_backs import back_request
from dafeng.work.credit_books import find_credit_account, find_credit_book, open_credit_book
from dafeng.work.credits import credit_refused, issue_request, issue_step
from dafeng.work.review import using
from dafeng.work.right_orders import MOST, Order, find_known, place_act, place_order, read_orders
from dafeng.work.rights import Rights


def ask_issue(
    city: City, project: str, *, who: str, day: str, values: Mapping[str, str], id: str = "", records: Records | None = None
) -> Order:
    """Ask for the issue of the credits of a period of a project.

    Parameters
    ----------
    city : City
        The city.
    project : str
        Id of the project.
    who : str
        Who asks.
    day : str
        Day.
    values : mapping of str to str
        ``start`` and ``end`` of the period, and what else belongs to the step.
    id : str, optional
        Id of the order; follows from project and period by default.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order
        Waits for a second person. Asked again, it is the same order.

    Raises
    ------
    SettingError
        If a condition of the step does not hold.
    """
    return _ask(city, Issue, project, who=who, day=day, values=values, id=id, records=records)


def ask_take_back(
    city: City, project: str, *, who: str, day: str, values: Mapping[str, str], id: str = "", records: Records | None = None
) -> Order:
    """Ask for the issued credits of a period of a project to be taken back, so that the period is verified again.

    Parameters
    ----------
    city, project, who, day, id, records
        As for `ask_issue`.
    values : mapping of str to str
        ``start`` and ``end`` of the period and, if any, ``reason``.

    Returns
    -------
    Order
        Waits for a second person. Asked again, it is the same order.

    Raises
    ------
    SettingError
        If the period is not issued.
    """
    return _ask(city, TakeBack, project, who=who, day=day, values=values, id=id, records=records)


def _ask(
    city: City, kind: type[Issue | TakeBack], project: str, *, who: str, day: str, values: Mapping[str, str], id: str,
    records: Records | None,
) -> Order:  # fmt: skip
    start, end = str(values.get("start", "")), str(values.get("end", ""))
    more = tuple((name, str(value)) for name, value in values.items() if name not in ("start", "end"))
    with using(city, records) as opened, Rights(city) as rights:
        again = _count_backs(rights, project, start, end, over=kind is TakeBack)
        issued = name_issue(project, start, end, again=again)
        act = kind(id or (issued if kind is Issue else name_back(issued)), project, start, end, who, day, more, again)
        known = find_known(rights, act.id, records=opened)
        requests = [] if known is not None else [_check(city, act)]
        return place_act(rights, act, requests, who=who, records=opened)


def _count_backs(rights: Rights, project: str, start: str, end: str, *, over: bool) -> int:
    """How many issues of a period were taken back; where it is ``over``, the last of them is the one that is meant."""
    if not rights.has_ledger():
        return 0
    with rights.reading() as rows:
        found = read_register(rows, read_schemes(rights.city.overlay)).projects.get(project)
    period = None if found is None else found.periods.get(f"{start}/{end}")
    if period is None:
        return 0
    return period.backs - 1 if over and period.backs and period.state not in ("issued", "taking_back") else period.backs


def _check(city: City, act: Issue | TakeBack) -> Transfer | Reverse:
    """What an act would book, if it may be taken."""
    schemes = read_schemes(city.overlay)
    with open_city_ledger(city) as ledger:
        register = read_register(ledger.rows, schemes)
        try:
            check(register, issue_step(act), read_holidays(city.overlay))
        except Refusal as cause:
            raise credit_refused(cause) from cause
        project = register.projects[act.project]
        if isinstance(act, TakeBack):
            return back_request(project, project.periods[f"{act.start}/{act.end}"], issue_step(act))
        book = open_credit_book(ledger, city, schemes.schemes[project.scheme], project.owner)
        return issue_request(ledger.rows, book, project, project.periods[f"{act.start}/{act.end}"], issue_step(act))


def retire_credits(
    city: City, project: str, quantity: int, *, holder: str, beneficiary: str, reason: str, day: str, id: str, who: str,
    records: Records | None = None,
) -> Order:  # fmt: skip
    """Ask for credits of a project to be retired for somebody, for good.

    Parameters
    ----------
    city : City
        The city.
    project : str
        Project whose credits they are.
    quantity : int
        How many. [t]
    holder : str
        Who holds them.
    beneficiary, reason : str
        For whom and why.
    day : str
        Effective day.
    id : str
        Id of the transfer; the same id again is the same retirement.
    who : str
        Who asks.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order
        Waits for a second person; its request names the serial numbers.

    Raises
    ------
    SettingError
        If there is no such project.
    """
    schemes = read_schemes(city.overlay)
    with using(city, records) as opened, Rights(city) as rights:
        with open_city_ledger(city) as ledger:
            found = read_register(ledger.rows, schemes).projects.get(project)
            if found is None:
                raise credit_refused(Refusal("project_unknown", project))
            book = find_credit_book(ledger.rows, rights.plans(), schemes.schemes[found.scheme])
            giver = find_credit_account(ledger.rows, book, holder)
            if not giver:
                raise act_error("giver_unknown", about=f"{book.name}.{holder}")
            sink, units = find_own(ledger.rows, book, "retired"), quantity * 10**book.scale
            known = find_known(rights, id, records=opened)
            if known is not None and isinstance(known.request, Transfer):
                spans = known.request.spans
            else:
                waiting = read_orders(rights, states=("waiting", "handed"), limit=MOST, records=opened)
                spans = _spans(ledger, giver, project, units, _taken(waiting))
        request = Transfer(
            id, "retire", giver, sink, units, day, reason=reason, spans=spans,
            beneficiary=beneficiary,
        )  # fmt: skip
        return place_order(rights, request, who=who, records=opened)


def _taken(orders: Sequence[Order]) -> list[Span]:
    """Serial numbers that orders that have not ended name."""
    return [span for one in orders if isinstance(one.request, Transfer) for span in one.request.spans]


def _spans(ledger: Ledger, account: str, project: str, quantity: int, taken: Iterable[Span]) -> tuple[Span, ...]:
    made: list[Span] = []
    free = [
        Span(first, last)
        for first, last in ledger.rows.query(
            "SELECT b.first, b.last FROM ledger_block b JOIN ledger_account a ON a.no = b.account"
            " WHERE a.name = ? AND b.project = ? AND b.alive AND b.claim = '' ORDER BY b.vintage, b.first",
            account, project,
        )
    ]  # fmt: skip
    for one in taken:
        free = [part for span in free for part in _without(span, one)]
    for span in free:
        if quantity <= 0:
            break
        made.append(Span(span.first, min(span.last, span.first + quantity - 1)))
        quantity -= span.last - span.first + 1
    return tuple(made)


def _without(span: Span, taken: Span) -> list[Span]:
    """What of a span is left without another one."""
    parts = [Span(span.first, min(span.last, taken.first - 1)), Span(max(span.first, taken.last + 1), span.last)]
    return [one for one in parts if one.first <= one.last]
