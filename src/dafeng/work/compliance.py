"""Compliance periods of a city as they are shown: companies by what they lack, dates, where a figure comes from.

Invariant: nothing is booked; a company whose figures do not decide it is ``not_measurable``, apart from those that met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label, Wording
from dafeng.ledger.allowances import Allocation, unit_classes
from dafeng.ledger.plants import plant_columns
from dafeng.ledger.policies import Worked, find_policy, read_policies, write_number
from dafeng.library.sources import read_sources
from dafeng.work.allowances import origin_document
from dafeng.work.city import City
from dafeng.work.policy_document import finding_document, worked_document
from dafeng.work.right_rows import BookRow
from dafeng.work.rights import Rights
from dafeng.work.settle import Due, Settlement, Standing
from dafeng.work.settlement_document import standing_document

INSTRUMENT = "CEA"
"""Instrument of the books that belong to a compliance period."""
VERDICTS = ("short", "not_measurable", "met")
"""Verdicts in the order in which companies are listed."""


@dataclass(frozen=True, slots=True)
class Band:
    """Between what a forecast of the gap lies.

    Parameters
    ----------
    low : Decimal
        What remains if nothing that is still expected comes and no credit is used. [t]
    high : Decimal
        What remains if all that is expected comes and all credits that would count are used. [t]
    """

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class NextDate:
    """A date of the calendar with what is known of it today.

    Parameters
    ----------
    due : Due
        The date.
    past : bool
        Whether it is over.
    look : str
        Id of the source in which an unknown date is to be looked up; empty where none is known.
    title : str or Label
        Title of that source, or of the one that gives the date; empty where none is known.
    url : str
        Its address.
    """

    due: Due
    past: bool
    look: str
    title: Wording
    url: str


def find_periods(rights: Rights) -> tuple[BookRow, ...]:
    """Books of allowances that belong to a compliance period.

    Parameters
    ----------
    rights : Rights
        Books of the city.

    Returns
    -------
    tuple of BookRow
        The newest period first.
    """
    found = [one for one in rights.books() if one.instrument == INSTRUMENT and len(one.period) == 4 and one.period.isdigit()]
    return tuple(sorted(found, key=lambda one: (one.period, one.no), reverse=True))


def find_period(rights: Rights, book: str) -> BookRow:
    """The book of a period.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    book : str
        Its id or number; the newest where it is empty.

    Returns
    -------
    BookRow
        The book.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    found = find_periods(rights)
    one = next((one for one in found if book in ("", one.name, str(one.no))), None)
    if one is None:
        raise LookupFailure(
            Label(f"没有履约期账簿“{book[:60]}”", f"there is no book of a compliance period '{book[:60]}'"),
            where="book",
            expected=Label("、".join(one.name for one in found) or "（无）", ", ".join(one.name for one in found) or "none"),
            remedy=Label("用 dafeng allowance open 开立", "open one with dafeng allowance open"),
        )
    return one


def rank_standings(found: Settlement, *, verdict: str = "", words: str = "") -> tuple[Standing, ...]:
    """Companies of a period by what they lack.

    Parameters
    ----------
    found : Settlement
        From `settle`.
    verdict : str, optional
        Only those with this verdict.
    words : str, optional
        Only those whose name holds this.

    Returns
    -------
    tuple of Standing
        Short ones first, the largest gap first; then those that cannot be judged, then those that met.
    """
    chosen = [one for one in found.standings if verdict in ("", one.verdict) and words in one.enterprise]
    return tuple(sorted(chosen, key=lambda one: (VERDICTS.index(one.verdict), -(_short(one) or 0), one.enterprise)))


def count_verdicts(found: Settlement) -> Mapping[str, int]:
    """How many companies have which verdict.

    Parameters
    ----------
    found : Settlement
        From `settle`.

    Returns
    -------
    mapping of str to int
        Every verdict, also with none.
    """
    counted = Counter(one.verdict for one in found.standings)
    return {name: counted[name] for name in VERDICTS}


def find_standing(found: Settlement, account: int) -> Standing:
    """A company by the number of one of its open accounts, or of the one under which it is listed.

    Parameters
    ----------
    found : Settlement
        From `settle`.
    account : int
        Number of the account.

    Returns
    -------
    Standing
        How it stands.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    numbers = ((one, (one.account, *(part.number for part in one.accounts))) for one in found.standings if account > 0)
    one = next((one for one, own in numbers if account in own), None)
    if one is None:
        raise LookupFailure(
            Label(
                f"账簿“{found.book}”没有序号 {account} 的企业账户", f"book '{found.book}' has no account {account} of a company"
            ),
            where="company",
            expected=Label("本账簿中企业账户的序号", "the number of an account of a company in this book"),
            remedy=Label("在履约页查找", "look it up on the page of compliance"),
        )
    return one


def forecast_band(worked: Worked | None) -> Band | None:
    """Between what a forecast lies; emissions themselves are taken as forecast, their error is not known.

    Parameters
    ----------
    worked : Worked or None
        The forecast.

    Returns
    -------
    Band or None
        ``None`` where there is no forecast.
    """
    if worked is None or worked.value is None:
        return None
    expected = worked.inputs.get("expected", Decimal(0))
    usable = next((line.value for line in worked.lines if line.step.name == "usable"), None) or Decimal(0)
    return Band(worked.value - max(expected, Decimal(0)) - usable, worked.value)


def tell_dates(city: City, calendar: Sequence[Due], *, today: date) -> tuple[NextDate, ...]:
    """Dates of the calendar: those to come first, then those that are not known, then those that are over.

    Parameters
    ----------
    city : City
        The city.
    calendar : sequence of Due
        Its dates.
    today : date
        Today.

    Returns
    -------
    tuple of NextDate
        An unknown date names the plan of its year as the place to look.
    """
    policies, sources = read_policies(city.overlay), read_sources(city.overlay)
    told = []
    for one in calendar:
        plan = find_policy(policies, "allowance.coal", year=one.year, draft=True)
        look = "" if one.date or plan is None else plan.source
        source = sources.get(look or one.source)
        past = one.date is not None and one.date < today.isoformat()
        told.append(
            NextDate(one, past, look, "" if source is None else source.title, "" if source is None else source.url or "")
        )
    return tuple(sorted(told, key=lambda one: (one.past, one.due.date is None, one.due.date or "")))


def explain_standing(found: Settlement, one: Standing) -> dict[str, Any]:
    """A company of a period with all that its figures were worked out from.

    Parameters
    ----------
    found : Settlement
        From `settle`.
    one : Standing
        The company.

    Returns
    -------
    dict
        Its standing, and each unit with inputs, benchmarks and steps. [t]
    """
    due = one.entitlement
    band = forecast_band(one.forecast)
    return {
        **standing_document(one),
        "book": found.book,
        "period": found.period,
        "pre_allocation": None if due is None or due.before is None else worked_document(due.before),
        "obliged": None if due is None or due.obligation is None else worked_document(due.obligation),
        "owed_forecast": None
        if due is None or due.owed_forecast is None or due.owed_forecast == due.obligation
        else worked_document(due.owed_forecast),
        "units": [] if due is None else [unit_document(part) for part in due.allocations],
        "band": None if band is None else {"low": write_number(band.low), "high": write_number(band.high)},
        "findings": [finding_document(part) for part in (*(() if due is None else due.findings), *one.breaches)],
    }


def unit_document(part: Allocation) -> dict[str, Any]:
    """Allowance of a unit, explained line by line.

    Parameters
    ----------
    part : Allocation
        From `allocate`.

    Returns
    -------
    dict
        Class, edition, and each input with value, unit, source and grade.
    """
    sort = unit_classes().get(part.plant.unit_class)
    worked = part.worked
    return {
        "unit": part.plant.unit,
        "unit_class": {"id": part.plant.unit_class, **_both(None if sort is None else sort.label, part.plant.unit_class)},
        "at": part.plant.at,
        "allowance": None if part.value is None else write_number(part.value),
        "worked": None if worked is None else worked_document(worked),
        "inputs": [] if worked is None else _inputs(part, worked),
        "reported": [
            {
                "name": name,
                **_both(plant_columns()[name].label, name),
                "value": write_number(part.plant.figures[name]),
                "origin": _origin(part, name),
            }
            for name in ("verified", "verified_before", "forecast")
            if name in part.plant.figures
        ],
        "findings": [finding_document(one) for one in (*part.plant.findings, *part.findings)],
    }


def _inputs(part: Allocation, worked: Worked) -> list[dict[str, Any]]:
    """What an edition asks for: benchmarks with their source, reported figures with their row, constants of the edition."""
    policy = worked.policy
    marks = {f"{one.product}_benchmark": one for one in part.benchmarks}
    basis = next((one.basis for one in part.benchmarks if one.product == "electricity"), "")
    rows: list[dict[str, Any]] = []
    for term in policy.given:
        mark, value = marks.get(term.name), worked.inputs.get(term.name)
        place = part.plant.at if mark is None else f"benchmarks.csv {mark.year} {mark.unit_class}"
        origin = _origin(part, f"electricity_{basis}" if term.name == "electricity" else term.name)
        reported = "reported" if origin is None else origin["kind"]
        rows.append(
            {
                "name": term.name, **_both(term.label, term.name), "value": None if value is None else write_number(value),
                "unit": term.unit, "kind": reported if mark is None else "benchmark", "origin": origin,
                "basis": basis if term.name == "electricity" else "", "place": place,
                "source": "" if mark is None else mark.source, "grade": "" if mark is None else mark.grade,
            }
        )  # fmt: skip
    for one in policy.constants:
        rows.append(
            {
                "name": one.name, **_both(one.label, one.name), "value": None if one.value is None else write_number(one.value),
                "unit": one.unit, "kind": "constant", "origin": None, "basis": "", "place": policy.id,
                "source": one.source or policy.source, "grade": one.grade or policy.grade,
            }
        )  # fmt: skip
    return rows


def _origin(part: Allocation, column: str) -> dict[str, Any] | None:
    """Account or delivery that a figure comes from; ``None`` where it stands in the table alone."""
    found = part.plant.origins.get(column)
    return None if found is None or column not in part.plant.figures else origin_document(found)


def _both(label: Label | None, name: str) -> dict[str, str]:
    return {"zh": name, "en": name} if label is None else {"zh": label.zh, "en": label.en}


def _short(one: Standing) -> Decimal | None:
    return None if one.check is None else one.check.value
