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
from dafeng.ledger.credit_log import Taken, read_register, take_step
from dafeng.ledger.eligibility import Scheme, Schemes, read_schemes
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.projects import (
    Period,
    Project,
    Register,
    Step,
    credit_reasons,
)
from dafeng.ledger.refusals import Booked, Refusal, Refused
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Request, Span, Transfer
from dafeng.ledger.working_days import read_holidays
from dafeng.library.strict import load_yaml
from dafeng.store.ledger_rows import LedgerRows
from dafeng.work.allotments import refused
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger

THERE = ("book_exists", "account_exists", "name_taken", "conflict")
"""Refusals that say that what is opened is there."""


ENTERED = ("name", "scheme", "method", "assets", "facts")
"""What is told of a project that is entered."""


@dataclass(frozen=True, slots=True)
class Credits:
    """The projects of a city.

    Parameters
    ----------
    register : Register
        Projects and other uses.
    units : mapping of str to (mapping of str to int)
        Project → kind of account → units that are there. [t]
    holidays : mapping of str to bool
        Days that differ from the week.
    """

    register: Register
    units: Mapping[str, Mapping[str, int]]
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
        return Credits(
            read_register(ledger.rows, read_schemes(city.overlay)), read_units(ledger.rows), read_holidays(city.overlay)
        )


def read_units(rows: LedgerRows) -> Mapping[str, Mapping[str, int]]:
    """Units of projects by kind of the account that holds them.

    Parameters
    ----------
    rows : LedgerRows
        The database.

    Returns
    -------
    mapping of str to (mapping of str to int)
        Project → kind of account → units that are there. [t]
    """
    found: dict[str, dict[str, int]] = {}
    for project, sort, count in rows.query(
        "SELECT b.project, a.type, SUM(b.last - b.first + 1) FROM ledger_block b JOIN ledger_account a ON a.no = b.account"
        " WHERE b.alive AND b.project <> '' GROUP BY b.project, a.type ORDER BY b.project, a.type"
    ):
        found.setdefault(project, {})[sort] = int(count)
    return found


def enter_project(city: City, path: Path, *, who: str, day: str, id: str = "") -> Taken:
    """Put a project into the register.

    Parameters
    ----------
    city : City
        The city.
    path : Path
        YAML with ``id``, ``name``, ``scheme``, ``method``, ``assets`` and ``facts``.
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
    """Take a step of a project; ``issue`` also books the units.

    Parameters
    ----------
    city : City
        The city.
    project : str
        Id of the project.
    step : str
        One of `step_kinds`; not ``book`` or ``return``, which belong to ``issue``.
    who : str
        Who takes it.
    day : str
        Day.
    values : mapping
        What belongs to it.
    id : str, optional
        Id of the step; the same id again gets the same answer.

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
            if step in ("book", "return"):
                raise Refusal("step_unknown", step)
            if step == "issue":
                return _issue(ledger, Step(id, project, step, who, day, values), schemes, holidays)
            named = id or _name(ledger, schemes, project, step, values)
            return take_step(ledger, Step(named, project, step, who, day, values), schemes, holidays)
        except Refusal as cause:
            raise credit_refused(cause) from cause


def _name(ledger: Ledger, schemes: Schemes, project: str, step: str, values: Mapping[str, Any]) -> str:
    register = read_register(ledger.rows, schemes)
    known = register.projects.get(project)
    count = len(register.uses) if step == "use" else 0 if known is None else len(known.steps)
    return ":".join(str(one) for one in ("credit", project, step, count, values.get("start", ""), values.get("end", "")))


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


def _issue(ledger: Ledger, step: Step, schemes: Schemes, holidays: Mapping[str, bool]) -> Taken:
    """Say first that units are about to be issued, then book them, then say how it ended."""
    register = read_register(ledger.rows, schemes)
    project = register.projects.get(step.project)
    key = f"{step.values.get('start')}/{step.values.get('end')}"
    period = None if project is None else project.periods.get(key)
    waiting = project is not None and period is not None and period.state == "issuing"
    if waiting and project is not None:
        begun = [one for one in project.steps if one.step == "issue" and f"{one.values['start']}/{one.values['end']}" == key][
            -1
        ]
        step = begun if not step.id or step.id == begun.id else step
    taken = take_step(
        ledger,
        step._replace(id=step.id or _name(ledger, schemes, step.project, "issue", step.values)),
        schemes, holidays,
    )  # fmt: skip
    register = read_register(ledger.rows, schemes)
    project = register.projects[step.project]
    period = project.periods[key]
    if period.state != "issuing" or period.verified is None:
        return taken
    _open_books(ledger, schemes.schemes[project.scheme], project.owner)
    answer = ledger.submit([[_issue_request(schemes.schemes[project.scheme], project, period, taken.step)]])[0][0]
    ended = "book" if isinstance(answer, Booked) else "return"
    named = f"{taken.step.id}:{ended}"
    values = {"start": period.start, "end": period.end}
    take_step(ledger, taken.step._replace(id=named, step=ended, values=values), schemes, holidays)
    if isinstance(answer, Refused):
        raise refused(answer)
    return taken


def _issue_request(scheme: Scheme, project: Project, period: Period, step: Step) -> Request:
    """The same request for the same project and period, whoever asks and whenever."""
    return Transfer(
        f"credit:{project.id}:{period.start}/{period.end}", "issue", f"{scheme.book}.issuer", f"{scheme.book}.{project.owner}",
        period.verified or 0, step.day, reason=f"{project.id} {period.start}/{period.end}", vintage=period.end[:4],
        project=project.id,
    )  # fmt: skip


def open_credit_account(city: City, scheme: str, holder: str) -> str:
    """Open the account of somebody who buys or uses credits of a scheme, and the book where it is not there.

    Parameters
    ----------
    city : City
        The city.
    scheme : str
        Id of the scheme.
    holder : str
        Whose account.

    Returns
    -------
    str
        Name of the account.

    Raises
    ------
    SettingError
        If there is no such scheme or the ledger refuses.
    """
    found = read_schemes(city.overlay).schemes.get(scheme)
    if found is None:
        raise credit_refused(Refusal("scheme_unknown", scheme))
    with open_city_ledger(city) as ledger:
        _open_books(ledger, found, holder)
    return f"{found.book}.{holder}"


def _open_books(ledger: Ledger, scheme: Scheme, owner: str) -> None:
    book = scheme.book
    wanted: list[Request] = [
        OpenBook(f"open:{book}", book, scheme.instrument, "t", 0, True, "", True),
        OpenAccount(f"open:{book}.issuer", f"{book}.issuer", book, "issuer", ("authority",), limit=MOST),
        OpenAccount(f"open:{book}.retired", f"{book}.retired", book, "retired", ("authority",)),
        OpenAccount(f"open:{book}.{owner}", f"{book}.{owner}", book, "organisation", (owner,)),
    ]
    for answers in ledger.submit([[request] for request in wanted]):
        if isinstance(answers[0], Refused) and answers[0].code not in THERE:
            raise refused(answers[0])


def retire_credits(
    city: City, project: str, quantity: int, *, holder: str, beneficiary: str, reason: str, day: str, id: str
) -> tuple[Span, ...]:
    """Retire credits of a project for somebody, for good.

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

    Returns
    -------
    tuple of Span
        Serial numbers that were retired.

    Raises
    ------
    SettingError
        If there is no such project or the ledger refuses.
    """
    with open_city_ledger(city) as ledger:
        schemes = read_schemes(city.overlay)
        found = read_register(ledger.rows, schemes).projects.get(project)
        if found is None:
            raise credit_refused(Refusal("project_unknown", project))
        book = schemes.schemes[found.scheme].book
        spans = _booked_spans(ledger, id) or _spans(ledger, f"{book}.{holder}", project, quantity)
        request = Transfer(
            id,
            "retire",
            f"{book}.{holder}",
            f"{book}.retired",
            quantity,
            day,
            reason=reason,
            spans=spans,
            beneficiary=beneficiary,
        )
        if isinstance(answer := ledger.submit([[request]])[0][0], Refused):
            raise refused(answer)
        return spans


def _booked_spans(ledger: Ledger, id: str) -> tuple[Span, ...]:
    """Serial numbers that a transfer moved, if it was booked."""
    rows = ledger.rows.query(
        "SELECT m.first, m.last FROM ledger_move m JOIN ledger_event e ON e.seq = m.seq WHERE e.id = ? ORDER BY m.first", id
    )
    return tuple(Span(*row) for row in rows)


def _spans(ledger: Ledger, account: str, project: str, quantity: int) -> tuple[Span, ...]:
    made: list[Span] = []
    for first, last in ledger.rows.query(
        "SELECT b.first, b.last FROM ledger_block b JOIN ledger_account a ON a.no = b.account"
        " WHERE a.name = ? AND b.project = ? AND b.alive AND b.claim = '' ORDER BY b.vintage, b.first",
        account, project,
    ):  # fmt: skip
        if quantity <= 0:
            break
        made.append(Span(first, min(last, first + quantity - 1)))
        quantity -= last - first + 1
    return tuple(made)


def _plain(value: Any) -> Any:
    """A value of YAML as JSON keeps it: exact numbers as texts."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
