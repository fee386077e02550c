"""Issue, its taking back and retirement of credits asked for by orders that a second person decides.

Invariant: what a step needs is looked at before it is asked for and again when it is carried out; a retirement names serial
numbers of its project alone, and none that an order which waits names too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from dafeng.core.errors import ConflictError, SettingError
from dafeng.core.labels import Label
from dafeng.ledger.act import Act, Issue, TakeBack, act_error, name_back, name_issue
from dafeng.ledger.book_opening import OpenedBook, find_own
from dafeng.ledger.credit_log import read_register
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.project_rules import check
from dafeng.ledger.projects import Project
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import Hold, Request, Reverse, Span, Transfer
from dafeng.ledger.working_days import read_holidays
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.credit_backs import back_request
from dafeng.work.credit_books import find_credit_book, open_credit_book, tell_tonnes
from dafeng.work.credit_units import HeldAccount, list_free, list_held_accounts, list_issued
from dafeng.work.credits import credit_refused, issue_request, issue_step
from dafeng.work.noted_orders import Order, find_group, find_known, read_orders
from dafeng.work.order_bounds import PART
from dafeng.work.review import using
from dafeng.work.right_orders import MOST, place_act, place_orders
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
) -> tuple[Order, ...]:  # fmt: skip
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
    tuple of Order
        One for each account that gives, from the one opened first as far as it goes; they wait for a second person and are
        decided and booked together. Each names the project and its serial numbers.

    Raises
    ------
    SettingError
        If there is no such project, the holder has no account, or holds less of the project free, what waits counted
        (``not_held``); nothing was asked.
    ConflictError
        If somebody asked for the same serial numbers meanwhile.
    """
    schemes = read_schemes(city.overlay)
    with using(city, records) as opened, Rights(city) as rights, open_city_ledger(city) as ledger:
        found = read_register(ledger.rows, schemes).projects.get(project)
        if found is None:
            raise credit_refused(Refusal("project_unknown", project))
        book = find_credit_book(ledger.rows, rights.plans(), schemes.schemes[found.scheme])
        listed = list_held_accounts(ledger.rows, book, holder)
        accounts = [one for one in listed if one.state != "closed"]
        before = find_group(rights, id, records=opened)
        if not accounts and not (before and listed):
            raise act_error("giver_unknown", about=f"{book.name}.{holder}")
        asked = Transfer(
            id, "retire", listed[0].name, find_own(ledger.rows, book, "retired"), quantity * 10**book.scale, day,
            reason=reason, project=project, beneficiary=beneficiary,
        )  # fmt: skip
        if before:
            parts = _same_parts(ledger.rows, book, asked, [one.request for one in before], {one.name for one in listed})
            return place_orders(rights, parts, who=who, records=opened, asker="parts")
        waiting = read_orders(rights, states=("waiting", "handed"), limit=MOST, records=opened)
        issued = [one for one in list_issued(ledger.rows, [found]) if one.book == book.no]
        free = {
            one.name: _without_all(list_free(ledger.rows, one.name, project, issued, day=day), _taken(waiting, one.name))
            for one in accounts
            if one.state == "open"
        }
        if (there := sum(map(_size, free.values()))) < asked.quantity:
            raise _not_held(found, holder, accounts, there, asked.quantity, book.scale)

        def check(orders: Sequence[Order]) -> None:
            for part in parts:
                own = list(part.spans)
                if _without_all(own, _taken(orders, part.giver)) != own:
                    raise _asked_meanwhile(part)

        parts = _draw(asked, free)
        return place_orders(rights, parts, who=who, check=check, records=opened, asker="parts")


def _draw(asked: Transfer, free: Mapping[str, Sequence[Span]]) -> list[Transfer]:
    """The retirement as one request for each account that gives; a quantity of nothing as it was asked."""
    parts: list[Transfer] = []
    left = asked.quantity
    for account, spans in free.items():
        own: list[Span] = []
        for span in spans:
            if left <= 0:
                break
            last = min(span.last, span.first + left - 1)
            left -= last - span.first + 1
            if own and own[-1].last + 1 == span.first:
                own[-1] = Span(own[-1].first, last)
            else:
                own.append(Span(span.first, last))
        if own:
            name = f"{asked.id}{PART}{len(parts) + 1}" if parts else asked.id
            parts.append(asked._replace(id=name, giver=account, quantity=_size(own), spans=tuple(own)))
    return parts or [asked]


def _same_parts(
    rows: LedgerRows, book: OpenedBook, asked: Transfer, before: Sequence[Request | Act], accounts: Collection[str]
) -> list[Transfer]:
    """What was asked under the id before, as it is asked now; it differs where something else is asked."""
    known = [one for one in before if isinstance(one, Transfer)]
    if len(known) < len(before) or not {one.giver for one in known} <= set(accounts):
        return [asked]
    parts = [
        one._replace(
            taker=asked.taker, effective=asked.effective, reason=asked.reason, beneficiary=asked.beneficiary,
            project=asked.project if one.project or not _is_of(rows, book, one.spans, asked.project) else "",
        )
        for one in known
    ]  # fmt: skip
    more = asked.quantity - sum(one.quantity for one in parts)
    return [parts[0]._replace(quantity=parts[0].quantity + more), *parts[1:]]


def _is_of(rows: LedgerRows, book: OpenedBook, spans: Sequence[Span], project: str) -> bool:
    """Whether no serial number is of another project; an order of an earlier version names them and not the project."""
    text = "SELECT 1 FROM ledger_block WHERE book = ? AND alive AND first <= ? AND last >= ? AND project <> ? LIMIT 1"
    return not any(rows.query(text, book.no, span.last, span.first, project) for span in spans)


def _taken(orders: Sequence[Order], account: str) -> list[Span]:
    """Serial numbers of an account that orders that have not ended name."""
    asked = [one.request for one in orders]
    moved = [span for one in asked if isinstance(one, Transfer) and one.giver == account for span in one.spans]
    return moved + [span for one in asked if isinstance(one, Hold) and one.account == account for span in one.spans]


def _without_all(spans: list[Span], taken: Iterable[Span]) -> list[Span]:
    for one in taken:
        spans = [part for span in spans for part in _without(span, one)]
    return spans


def _without(span: Span, taken: Span) -> list[Span]:
    """What of a span is left without another one."""
    if taken.last < span.first or span.last < taken.first:
        return [span]
    parts = [Span(span.first, taken.first - 1), Span(taken.last + 1, span.last)]
    return [one for one in parts if one.first <= one.last]


def _size(spans: Iterable[Span]) -> int:
    return sum(span.last - span.first + 1 for span in spans)


def _not_held(
    project: Project, holder: str, accounts: Sequence[HeldAccount], there: int, wanted: int, scale: int
) -> SettingError:
    free, asked = (f"{tell_tonnes(units, scale):,}" for units in (there, wanted))
    blocked = [one.name for one in accounts if one.state == "blocked"]
    names = "、".join(one.name for one in accounts), ", ".join(one.name for one in accounts)
    told = (f"；已冻结：{'、'.join(blocked)}", f"; blocked: {', '.join(blocked)}") if blocked else ("", "")
    return SettingError(
        Label(
            f"“{holder}”可用的 {project.id} 减排量为 {free} t，少于 {asked} t（账户：{names[0]}{told[0]}）",
            f"'{holder}' has {free} t of {project.id} free, less than {asked} t (accounts: {names[1]}{told[1]})",
        ),
        where="not_held",
        expected=Label(f"不超过 {free} t", f"no more than {free} t"),
        remedy=Label(
            "减少数量；质押、冻结和待复核的申请所列的编号不计入。没有提出申请",
            "lower the quantity; what is pledged, frozen or named by orders that wait does not count; nothing was asked",
        ),
    )


def _asked_meanwhile(part: Transfer) -> ConflictError:
    return ConflictError(
        Label(f"账户“{part.giver}”的编号刚由另一申请列出", f"another order has just named serial numbers of '{part.giver}'"),
        where="spans",
        expected=Label("没有待复核申请的编号", "serial numbers that no waiting order names"),
        remedy=Label("再提出一次；没有提出申请", "ask again; nothing was asked"),
    )
