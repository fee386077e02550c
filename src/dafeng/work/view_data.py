"""What stands behind the numbers in the view: sources, factors, methods and findings.

Invariant: a source is listed when a trace of the run quotes it, with the number of those traces; a source that is
quoted and not registered is listed as such, never left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.core.traces import Trace
from dafeng.formula import words
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import Method
from dafeng.methods.explanation import factor_address
from dafeng.methods.inventory import Computed
from dafeng.methods.typesetting import method_labels, typeset_equation
from dafeng.plans.plan import Plan
from dafeng.work.account import Account
from dafeng.work.assessment import Assessment
from dafeng.work.view_number import Frame, plain, write_label, write_wording

Row = dict[str, Any]
PLAN = "plan"
_UNKNOWN = Label("未登记", "not registered")
"""Source id that targets and clauses quote."""


def list_sources(assessment: Assessment, frame: Frame) -> list[Row]:
    """Sources that the traces of the run quote.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        Most quoted first; ``grade`` is the one most of its figures have.
    """
    quoted = [trace for trace in frame.traces if trace.source]
    used = Counter(str(trace.source) for trace in quoted)
    known = assessment.city.sources()
    return [_source(name, count, known, assessment.plan, quoted) for name, count in used.most_common()]


def _source(name: str, count: int, known: Mapping[str, Source], plan: Plan, quoted: Iterable[Trace]) -> Row:
    grades = Counter(trace.grade for trace in quoted if trace.source == name and trace.grade)
    found = known.get(name)
    titled = name == PLAN and bool(plan.document.title)
    return {
        "id": name,
        "title": plan.document.title if titled else write_wording(found.title) if found is not None else name,
        "publisher": found.publisher if found is not None else "",
        "date": found.date if found is not None else "",
        "url": found.url if found is not None else "",
        "seen": write_wording(found.seen if found is not None else _UNKNOWN),
        "grade": grades.most_common(1)[0][0] if grades else None,
        "used": count,
    }


def list_factors(account: Account, frame: Frame) -> list[Row]:
    """Factors that the account used, each once.

    Parameters
    ----------
    account : Account
        Accounted emissions.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        In the order of use; ``match`` tells how the factor met what was asked. Of several years the newest is shown.
    """
    found: dict[tuple[str, str], Row] = {}
    for cell, match in ((one, match) for one in _cells(account) for match in one.matches.values()):
        factor, address = match.factor, factor_address(match, cell.year)
        found[factor.id, match.grade] = {
            "id": factor.id,
            "label": write_label(factor.label),
            "value": plain(match.value),
            "unit": factor.unit,
            "purpose": factor.purpose,
            "standard": factor.standard,
            "year": factor.year,
            "place": factor.place,
            "source": factor.source,
            "grade": factor.grade,
            "match": match.grade,
            "address": frame.locate(address),
        }
    return list(found.values())


def list_methods(account: Account, library: FactorLibrary | None) -> list[Row]:
    """Methods that gave results, with the equations they used.

    Parameters
    ----------
    account : Account
        Accounted emissions.
    library : FactorLibrary or None
        Names and symbols of factors; ``None`` where nothing was accounted.

    Returns
    -------
    list of dict
        One row per method and edition.
    """
    used: dict[tuple[str, str], Method] = {}
    for cell in _cells(account):
        used.setdefault((cell.method.id, cell.edition), cell.method)
    if library is None:
        return []
    return [_method(method, edition, library) for (_, edition), method in used.items()]


def _method(method: Method, edition: str, library: FactorLibrary) -> Row:
    name = method.editions[edition].equation
    said = words(method.equations[name], method_labels(method, library), subject=method.title)
    typeset = typeset_equation(method, name, library)
    return {
        "id": method.id,
        "edition": edition,
        "title": write_label(method.title),
        "summary": write_label(method.summary),
        "equations": [{"id": f"{method.id}.{name}", "typeset": typeset, "words": write_label(said)}],
        "source": method.source,
    }


def _cells(account: Account) -> Iterable[Computed]:
    return (cell for accounting in account.years.values() for cell in accounting.cells)


def write_findings(findings: Iterable[Finding]) -> list[Row]:
    """Findings.

    Parameters
    ----------
    findings : iterable of Finding
        What was noticed.

    Returns
    -------
    list of dict
        ``rule, at, severity, says, remedy``, each once.
    """
    return [
        {
            "rule": one.rule,
            "at": one.at,
            "severity": one.severity,
            "says": write_label(one.says),
            "remedy": write_label(one.remedy),
        }
        for one in dict.fromkeys(findings)
    ]
