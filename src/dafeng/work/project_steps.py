"""Steps of credit projects as people with accounts take them: which may come next, who may take it, what settles an unknown.

Invariant: a step that is not the owner's is never taken by the account that took the step before; which account and which
document stand in the log beside who acted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dafeng.core.errors import AccessError, LookupFailure
from dafeng.core.labels import Label, read_wording
from dafeng.ledger.credit_log import Taken, read_register
from dafeng.ledger.eligibility import Fact, Outcome, Schemes, Value, asked, read_schemes
from dafeng.ledger.policies import write_number
from dafeng.ledger.project_rules import BACK, ENDS
from dafeng.ledger.projects import Period, Project, Register, Step, StepKind, step_kinds
from dafeng.ledger.working_days import read_holidays
from dafeng.work.city import City
from dafeng.work.credit_books import tell_tonnes
from dafeng.work.credit_units import list_issued, read_units
from dafeng.work.credits import Credits, take
from dafeng.work.rights import Rights

LOGIN, DOCUMENT = "login", "document"
"""Under these names the account and the document stand in what belongs to a step."""
OWNER = "owner"
"""Role whose steps need no second account."""
INSIDE = (*ENDS, "use", "enter")
"""Steps that are not offered on the page of a project."""
LINE = ("enter", "publish", "validate", "register", "monitor", "verify", "issue", "book")
"""Steps that lead from the first entry to units on the ledger, in order."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that may come next.

    Parameters
    ----------
    kind : StepKind
        The step.
    periods : tuple of str
        Periods that it may be taken for; empty for a step of the project as a whole.
    """

    kind: StepKind
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Serial numbers of a project in an account of the ledger.

    Parameters
    ----------
    first, last : int
        Numbers.
    vintage : str
        Year of the period.
    type : str
        Type of the account that holds them.
    account, book, event : int
        Numbers of the account, its book, and the event that brought them there.
    scale : int
        Decimal digits of a tonne.
    """

    first: int
    last: int
    vintage: str
    type: str
    account: int
    book: int
    event: int
    scale: int = 0

    @property
    def size(self) -> int | Decimal:
        """How many. [t]"""
        return tell_tonnes(self.last - self.first + 1, self.scale)


def read_projects_of(rights: Rights) -> Credits:
    """The projects of a city; nothing is made on disk by asking.

    Parameters
    ----------
    rights : Rights
        Books of the city.

    Returns
    -------
    Credits
        Empty where the city has no ledger.
    """
    schemes, holidays = read_schemes(rights.city.overlay), read_holidays(rights.city.overlay)
    if not rights.has_ledger():
        return Credits(Register(schemes), {}, holidays)
    with rights.reading() as rows:
        register = read_register(rows, schemes)
        return Credits(register, read_units(rows, register.projects.values()), holidays)


def find_project(found: Credits, number: int) -> Project:
    """A project by its number in the register.

    Parameters
    ----------
    found : Credits
        From `read_projects_of`.
    number : int
        Its place in the order of entry, from 1.

    Returns
    -------
    Project
        The project.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    projects = list(found.register.projects.values())
    if not 1 <= number <= len(projects):
        raise LookupFailure(
            Label(f"没有第 {number} 个项目", f"there is no project number {number}"),
            where="project",
            expected=Label(f"1 至 {len(projects)}", f"1 to {len(projects)}"),
            remedy=Label("在项目列表中查找", "look it up in the list of projects"),
        )
    return projects[number - 1]


def offer_steps(project: Project) -> tuple[Offer, ...]:
    """Steps that the state of a project allows; whether its conditions hold is told when one is asked for.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    tuple of Offer
        In the order of the table.
    """
    offers = []
    for kind in step_kinds().values():
        if kind.name in INSIDE:
            continue
        if kind.of == "project" and project.state in kind.before:
            offers.append(Offer(kind, ()))
        if kind.of == "period" and (project.state == "registered" or (project.state == "cancelled" and kind.name in BACK)):
            keys = tuple(key for key, one in project.periods.items() if one.state in kind.before or _is_open(one, kind.name))
            if keys or kind.name == "monitor":
                offers.append(Offer(kind, keys))
    return tuple(offers)


def take_as(
    city: City, project: str, step: str, *, login: str, who: str, day: str, values: Mapping[str, Any], document: str = "",
    id: str = "",
) -> Taken:  # fmt: skip
    """Take a step in the name of somebody, by somebody who is logged in.

    Parameters
    ----------
    city : City
        The city.
    project : str
        Id of the project.
    step : str
        One of `step_kinds`.
    login : str
        Account that takes it.
    who : str
        Body or person in whose name.
    day : str
        Day.
    values : mapping
        What belongs to it.
    document : str, optional
        Number or name of the document behind it.
    id : str, optional
        Id of the step.

    Returns
    -------
    Taken
        The step.

    Raises
    ------
    AccessError
        If the same account took the step before and this one is not the owner's.
    SettingError
        If it may not be taken.
    """
    kind = step_kinds().get(step)
    with Rights(city) as rights:
        register = read_projects_of(rights).register
    known = register.projects.get(project)
    if kind is not None and kind.role != OWNER and known is not None and not _is_same(known, id):
        _check_second(known, register.schemes, step, values, login)
    period = None if known is None else known.periods.get(f"{values.get('start')}/{values.get('end')}")
    named = "" if period is not None and _is_open(period, step) else id
    more = {LOGIN: login, **({DOCUMENT: document} if document else {})}
    return take(city, project, step, who=who, day=day, values={**values, **more}, id=named)


def _is_open(period: Period, step: str) -> bool:
    """Whether an issue or its taking back began whose end is not in the log; the same step finishes it."""
    return step in ("issue", "take_back") and period.state == step_kinds()[step].after


def _is_same(project: Project, id: str) -> bool:
    """Whether the step was taken before; then its first answer holds."""
    return bool(id) and any(one.id == id for one in project.steps)


def _check_second(project: Project, schemes: Schemes, step: str, values: Mapping[str, Any], login: str) -> None:
    key = (values.get("start"), values.get("end"))
    own = [one for one in project.steps if step_kinds()[one.step].of == "project" or _key(one) == key]
    before = [one.values.get(LOGIN) for one in own[-1:]]
    if step == "verify" and schemes.schemes[project.scheme].bodies_differ:
        before += [one.values.get(LOGIN) for one in project.steps if one.step == "validate"][-1:]
    if step == "take_back":
        before += [one.values.get(LOGIN) for one in own if one.step == "issue"][-1:]
    if login in before:
        raise AccessError(
            Label(
                f"“{login}”办理了前一步，这一步须由另一人办理", f"'{login}' took the step before; somebody else takes this one"
            ),
            where=step,
            expected=Label("另一位有复核权限的人", "another person who may confirm"),
            remedy=Label("请另一位有复核权限的人办理；没有改动", "ask another person who may confirm; nothing was changed"),
        )


def _key(step: Step) -> tuple[Any, Any]:
    return step.values.get("start"), step.values.get("end")


def tell_outcome(said: Outcome, project: Project, schemes: Schemes, *, period: Period | None = None) -> dict[str, Any]:
    """A test of eligibility with the values it saw and what would settle it.

    Parameters
    ----------
    said : Outcome
        What the test said.
    project : Project
        The project.
    schemes : Schemes
        Where facts stand.
    period : Period, optional
        Period that was asked about.

    Returns
    -------
    dict
        Test, answer, facts with values, and facts that are missing.
    """
    test = said.test
    names = [name for name in asked(test.rule, test.constants) if name in schemes.facts]
    known: dict[str, Value] = dict(project.facts)
    if period is not None:
        known |= {"period_start": _ordinal(period.start), "period_end": _ordinal(period.end)}
        known["application"] = _ordinal(period.asked)
    return {
        "id": test.id, "zh": test.label.zh, "en": test.label.en, "answer": said.answer, "source": test.source,
        "clause": read_wording(test.clause, "zh"), "grade": test.grade,
        "clause_says": {"zh": read_wording(test.clause, "zh"), "en": read_wording(test.clause, "en")},
        "facts": [_tell_fact(schemes.facts[name], known.get(name)) for name in names if name in known],
        "missing": [_tell_fact(schemes.facts[name], None) for name in said.missing if name in schemes.facts],
    }  # fmt: skip


def _tell_fact(fact: Fact, value: Value | None) -> dict[str, Any]:
    told: Any = value
    if fact.kind == "day" and isinstance(value, int):
        told = date.fromordinal(value).isoformat()
    elif fact.kind == "number" and value is not None and not isinstance(value, str | bool):
        told = write_number(value) if not isinstance(value, int) else str(value)
    return {"name": fact.name, "zh": fact.label.zh, "en": fact.label.en, "kind": fact.kind, "unit": fact.unit, "value": told}


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def read_fact_text(known: Mapping[str, Fact], name: str, text: str) -> Any:
    """A fact as it is typed, in the form that the log keeps.

    Parameters
    ----------
    known : mapping of str to Fact
        Facts that tests may ask for.
    name : str
        Its name.
    text : str
        What was typed; ``yes`` or ``no`` for a flag.

    Returns
    -------
    object
        What does not read is kept as typed, and refused by its name when the step is taken.
    """
    fact = known.get(name)
    if fact is not None and fact.kind == "flag":
        return {"yes": True, "no": False}.get(text, text)
    return text


def read_project_blocks(rights: Rights, project: Project, *, limit: int = 200) -> tuple[Block, ...]:
    """Serial numbers that the register issued for a project, wherever they are now; what was taken back is nobody's.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    project : Project
        The project.
    limit : int, optional
        At most so many blocks.

    Returns
    -------
    tuple of Block
        By number.
    """
    if not rights.has_ledger():
        return ()
    made: list[Block] = []
    with rights.reading() as rows:
        for own in sorted(list_issued(rows, [project]), key=lambda one: one.first):
            found = rows.query(
                "SELECT b.first, b.last, b.vintage, a.type, a.no, a.book,"
                " COALESCE((SELECT MAX(m.seq) FROM ledger_move m JOIN ledger_event e ON e.seq = m.seq"
                " WHERE m.book = a.book AND e.taker = a.no AND m.first <= b.first AND m.last >= b.last), 0)"
                " FROM ledger_block b JOIN ledger_account a ON a.no = b.account WHERE b.book = ?"
                " AND b.first >= ? AND b.first <= ? AND b.alive AND a.type <> 'issuer' ORDER BY b.first LIMIT ?",
                own.book, own.first, own.last, limit - len(made),
            )  # fmt: skip
            made += [
                Block(int(a), int(b), str(v), str(t), int(account), int(book), int(event), own.scale)
                for a, b, v, t, account, book, event in found
            ]
    return tuple(made)


def sum_blocks(blocks: Sequence[Block], *types: str) -> int | Decimal:
    """How many units stand in accounts of some types.

    Parameters
    ----------
    blocks : sequence of Block
        From `read_project_blocks`.
    *types : str
        Types of accounts; all of them if none is named.

    Returns
    -------
    int or Decimal
        Units. [t]
    """
    return sum(one.size for one in blocks if not types or one.type in types)
