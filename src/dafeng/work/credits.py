"""Credit projects of a city: steps taken and explained, reductions worked out, credits issued on the ledger and retired.

Invariant: units exist only for a period that was verified and whose tests are all met; what a crash interrupts is finished by
the same command and never booked twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.act import Issue, TakeBack, name_back, name_issue
from dafeng.ledger.book_opening import OpenedBook, find_own
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.credit_log import Taken, read_register, take_step
from dafeng.ledger.eligibility import Scheme, Schemes, read_schemes
from dafeng.ledger.handed import Handed, find_done
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.project_rules import ENDS
from dafeng.ledger.projects import Period, Project, Register, Step, credit_reasons, find_begun
from dafeng.ledger.refusals import Answer, Booked, Refusal, Refused
from dafeng.ledger.requests import Transfer
from dafeng.ledger.working_days import read_holidays
from dafeng.library.strict import load_yaml
from dafeng.store.ledger_rows import LedgerRows
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.credit_backs import take_back
from dafeng.work.credit_books import find_credit_account, find_credit_book, open_credit_book, read_limit
from dafeng.work.credit_marks import check_entry
from dafeng.work.credit_units import read_units
from dafeng.work.period_books import refused

ENTERED = ("name", "scheme", "method", "assets", "facts", "boundary")
"""What is told of a project that is entered."""


@dataclass(frozen=True, slots=True)
class Credits:
    """The projects of a city.

    Parameters
    ----------
    register : Register
        Projects and other uses.
    units : mapping of str to (mapping of str to int or Decimal)
        Project → type of account → units that are there. [t]
    holidays : mapping of str to bool
        Days that differ from the week.
    """

    register: Register
    units: Mapping[str, Mapping[str, int | Decimal]]
    holidays: Mapping[str, bool]


def read_credits(city: City) -> Credits:
    """The projects of a city.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    Credits
        As the log and the ledger say.
    """
    with open_city_ledger(city, reads=True) as ledger:
        register = read_register(ledger.rows, read_schemes(city.overlay))
        return Credits(register, read_units(ledger.rows, register.projects.values()), read_holidays(city.overlay))


def enter_project(city: City, path: Path, *, who: str, day: str, id: str = "") -> Taken:
    """Put a project into the register.

    Parameters
    ----------
    city : City
        The city.
    path : Path
        YAML with ``id``, ``name``, ``scheme``, ``method``, ``assets``, ``facts`` and, if any, ``boundary``.
    who : str
        Its owner.
    day : str
        Day.
    id : str, optional
        Id of the step.

    Returns
    -------
    Taken
        The step.

    Raises
    ------
    DefinitionError
        If the file is no YAML.
    SettingError
        If the step is refused.
    """
    read = load_yaml(path)
    if not isinstance(read, dict) or not isinstance(read.get("id"), str):
        raise SettingError(
            Label("不是项目文件", "no file of a project"),
            where=str(path),
            expected=Label(
                "含 id、name、scheme、method、assets、facts 的 YAML", "YAML with id, name, scheme, method, assets, facts"
            ),
            remedy=Label("对照 docs/credits.md", "see docs/credits.md"),
        )
    values = {name: _plain(read[name]) for name in ENTERED if name in read}
    return take(city, read["id"], "enter", who=who, day=day, values=values, id=id)


def take(city: City, project: str, step: str, *, who: str, day: str, values: Mapping[str, Any], id: str = "") -> Taken:
    """Take a step of a project; ``issue`` also books the units, ``take_back`` reverses that.

    Parameters
    ----------
    city : City
        The city.
    project : str
        Id of the project.
    step : str
        One of `step_kinds`; not those of `ENDS`, which belong to ``issue`` and ``take_back``.
    who : str
        Who takes it.
    day : str
        Day.
    values : mapping
        What belongs to it.
    id : str, optional
        Id of the step; the same id again gets the same answer, and without one the same content does.

    Returns
    -------
    Taken
        The step.

    Raises
    ------
    SettingError
        If it may not be taken.
    """
    schemes, holidays = read_schemes(city.overlay), read_holidays(city.overlay)
    with open_city_ledger(city) as ledger:
        try:
            if step in ENDS:
                raise Refusal("step_unknown", step)
            wanted = Step(id, project, step, who, day, values)
            if step in ("issue", "take_back"):
                taken, answer = (
                    _issue(ledger, city, wanted, schemes, holidays)
                    if step == "issue"
                    else take_back(ledger, wanted, schemes, holidays)
                )
                if isinstance(answer, Refused):
                    raise refused(answer)
                return taken
            return take_step(ledger, wanted, schemes, holidays, also=check_entry(city, wanted, schemes))
        except Refusal as cause:
            raise credit_refused(cause) from cause


def hand_issue(ledger: Ledger, city: City, act: Issue) -> Handed:
    """Issue the credits of a period of a project.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    city : City
        The city.
    act : Issue
        The act.

    Returns
    -------
    Handed
        Refused where a condition of the step does not hold or the ledger refuses.
    """
    schemes, holidays = read_schemes(city.overlay), read_holidays(city.overlay)
    if _count_backs(ledger, act, schemes) != act.again:
        return Handed(Refused("step_wrong", _tell_issue(act)))
    try:
        answer = _issue(ledger, city, issue_step(act), schemes, holidays)[1]
    except Refusal as cause:
        return Handed(Refused(cause.code, cause.about))
    if answer is None:
        name = name_issue(act.project, act.start, act.end, again=act.again)
        answer = Booked(find_done(ledger, [name]).get(name, 0), again=True)
    return Handed(answer)


def hand_back(ledger: Ledger, city: City, act: TakeBack) -> Handed:
    """Take back the credits of a period of a project.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    city : City
        The city.
    act : TakeBack
        The act.

    Returns
    -------
    Handed
        Refused where the state does not allow it, or units were moved, retired or claimed since.
    """
    schemes, name = read_schemes(city.overlay), name_back(name_issue(act.project, act.start, act.end, again=act.again))
    if _count_backs(ledger, act, schemes) != act.again:
        done = find_done(ledger, [name])
        return Handed(Booked(done[name], again=True) if name in done else Refused("step_wrong", _tell_issue(act)))
    try:
        answer = take_back(ledger, issue_step(act), schemes, read_holidays(city.overlay))[1]
    except Refusal as cause:
        return Handed(Refused(cause.code, cause.about))
    if answer is None:
        answer = Booked(find_done(ledger, [name]).get(name, 0), again=True)
    return Handed(answer)


def _count_backs(ledger: Ledger, act: Issue | TakeBack, schemes: Schemes) -> int:
    """How many issues of the period of an act were taken back; what the act says where there is no such period."""
    found = read_register(ledger.rows, schemes).projects.get(act.project)
    period = None if found is None else found.periods.get(f"{act.start}/{act.end}")
    return act.again if period is None else period.backs


def _tell_issue(act: Issue | TakeBack) -> str:
    return f"{act.project} {act.start}/{act.end} · {act.again + 1}"


def issue_step(act: Issue | TakeBack) -> Step:
    """Step of an act that issues credits or takes them back.

    Parameters
    ----------
    act : Issue or TakeBack
        The act.

    Returns
    -------
    Step
        With the id of the act.
    """
    values = {"start": act.start, "end": act.end, **dict(act.values)}
    verb = "issue" if isinstance(act, Issue) else "take_back"
    return Step(act.id, act.project, verb, act.who, act.effective, values)


def credit_refused(cause: Refusal) -> SettingError:
    """A refused step as an error in words.

    Parameters
    ----------
    cause : Refusal
        Why it was refused.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    reason = credit_reasons()[cause.code]
    return SettingError(
        Label(f"{reason.says.zh}（{cause.about}）", f"{reason.says.en} ({cause.about})"),
        where=cause.code,
        expected=Label("该步骤的条件成立", "that the conditions of the step hold"),
        remedy=reason.remedy,
    )


def _issue(
    ledger: Ledger, city: City, step: Step, schemes: Schemes, holidays: Mapping[str, bool]
) -> tuple[Taken, Answer | None]:
    """Say first that units are about to be issued, then book them, then say how it ended; no answer where it had ended."""
    begun = find_begun(read_register(ledger.rows, schemes), step)
    taken = take_step(ledger, step if begun is None else begun, schemes, holidays)
    register = read_register(ledger.rows, schemes)
    begun = find_begun(register, taken.step)
    project = register.projects[step.project]
    period = project.periods[f"{taken.step.values['start']}/{taken.step.values['end']}"]
    if begun is None or period.verified is None:
        return taken, None
    book = open_credit_book(ledger, city, schemes.schemes[project.scheme], project.owner)
    answer = ledger.submit([[issue_request(ledger.rows, book, project, period, taken.step)]])[0][0]
    ended = "book" if isinstance(answer, Booked) else "return"
    named = f"{taken.step.id}:{ended}"
    values = {"start": period.start, "end": period.end}
    take_step(ledger, taken.step._replace(id=named, step=ended, values=values), schemes, holidays)
    return taken, answer


def issue_request(rows: LedgerRows, book: OpenedBook, project: Project, period: Period, step: Step) -> Transfer:
    """Request that issues the credits of a period; the same one for the same project and period, whoever asks.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : OpenedBook
        Book of the scheme.
    project : Project
        The project.
    period : Period
        The period.
    step : Step
        Step that issues them.

    Returns
    -------
    Transfer
        From the issuer of the scheme's book to the owner.
    """
    name = name_issue(project.id, period.start, period.end, again=period.backs)
    giver, units = find_own(rows, book, "issuer"), (period.verified or 0) * 10**book.scale
    return Transfer(
        name, "issue", giver, _find_taker(rows, book, project.owner, booked=name), units, step.day,
        reason=f"{project.id} {period.start}/{period.end}", vintage=period.end[:4], project=project.id,
    )  # fmt: skip


def _find_taker(rows: LedgerRows, book: OpenedBook, owner: str, *, booked: str) -> str:
    """Account of the owner; where the issue is booked already, the one that it went to."""
    text = "SELECT a.name FROM ledger_event e JOIN ledger_account a ON a.no = e.taker WHERE e.id = ?"
    found = rows.query(text, booked)
    return str(found[0][0]) if found else find_credit_account(rows, book, owner) or f"{book.name}.{owner}"


def open_credit_account(city: City, scheme: str, holder: str, *, limit: int | None = None) -> str:
    """Open the account of somebody who buys or uses credits of a scheme, and the book where it is not there.

    Parameters
    ----------
    city : City
        The city.
    scheme : str
        Id of the scheme.
    holder : str
        Whose account.
    limit : int, optional
        The most that the book may issue, where it is opened now; the total of the scheme by default. [t]

    Returns
    -------
    str
        Name of the account.

    Raises
    ------
    SettingError
        If there is no such scheme, the book is open with another limit, or the ledger refuses.
    """
    found = _find_scheme(city, scheme)
    with open_city_ledger(city) as ledger:
        book = open_credit_book(ledger, city, found, holder, limit=limit)
        if limit is not None and (there := read_limit(ledger.rows, book, found)) != limit:
            raise _other_limit(book, find_own(ledger.rows, book, "issuer"), there, limit)
        return find_credit_account(ledger.rows, book, holder)


def credit_book_document(city: City, scheme: str) -> dict[str, Any]:
    """How much the book of a scheme may issue, and why.

    Parameters
    ----------
    city : City
        The city.
    scheme : str
        Id of the scheme.

    Returns
    -------
    dict
        ``book``, ``limit`` (``None`` where there is none) [t], ``says``, ``source`` and ``grade``.

    Raises
    ------
    SettingError
        If there is no such scheme.
    """
    found = _find_scheme(city, scheme)
    with open_city_ledger(city) as ledger:
        book = find_credit_book(ledger.rows, read_book_plans(city.overlay), found)
        limit = read_limit(ledger.rows, book, found)
    return {
        "book": book.name, "limit": f"{limit:f}" if isinstance(limit, Decimal) else limit,
        "says": {"zh": found.total_says.zh, "en": found.total_says.en}, "source": found.source, "grade": found.grade,
    }  # fmt: skip


def _find_scheme(city: City, scheme: str) -> Scheme:
    found = read_schemes(city.overlay).schemes.get(scheme)
    if found is None:
        raise credit_refused(Refusal("scheme_unknown", scheme))
    return found


def _other_limit(book: OpenedBook, issuer: str, there: int | Decimal | None, limit: int) -> SettingError:
    told = "无" if there is None else f"{there:,}", "none" if there is None else f"{there:,}"
    return SettingError(
        Label(f"账簿 {book.name} 已开立，总量为 {told[0]}", f"the book {book.name} is open with the limit {told[1]}"),
        where="limit",
        expected=Label(f"不写总量，或 {told[0]}", f"no limit, or {told[1]}"),
        remedy=Label(
            f"用 dafeng ledger limit CITY {issuer} {limit} 调整",
            f"change it with dafeng ledger limit CITY {issuer} {limit}",
        ),
    )


def _plain(value: Any) -> Any:
    """A value of YAML as JSON keeps it: exact numbers as texts."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
