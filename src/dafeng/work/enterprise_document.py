"""Enterprise accounts as JSON-able values: a list, one account with its history, and the explanation of a figure.

Invariant: a figure is decimal text with unit and address; an unknown one is null with its reason in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.core.labels import Label
from dafeng.work.budget_document import finding_document
from dafeng.work.city import City
from dafeng.work.enterprise_figures import EnterpriseFigure, tell_number
from dafeng.work.enterprise_grades import EnterpriseJudgement
from dafeng.work.enterprises import EnterpriseAccounts, enterprises
from dafeng.work.explain import walk
from dafeng.work.tracing import trace_document


def enterprise_list(found: EnterpriseAccounts) -> dict[str, Any]:
    """One row per enterprise and year: what a list shows.

    Parameters
    ----------
    found : EnterpriseAccounts
        From ``enterprises``.

    Returns
    -------
    dict
        ``rows`` (energy [tce], emissions [tCO2], emission_intensity, grades, warnings, size) and ``findings``.
    """
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for one in found.figures:
        row = rows.setdefault((one.enterprise, one.year), _row(found, one.enterprise, one.year))
        if one.field in ("energy", "emissions", "emission_intensity"):
            row[one.field] = figure_document(one)
    for judged in found.judgements:
        row = rows[judged.enterprise, judged.year]
        row["size" if judged.kind == "size" else f"{judged.kind}s"].append(judgement_document(judged))
    ordered = [rows[key] for key in sorted(rows, key=lambda key: (key[0], -key[1]))]
    return {"rows": ordered, "findings": [finding_document(one) for one in found.findings]}


def enterprise_document(found: EnterpriseAccounts, enterprise: str) -> dict[str, Any]:
    """The account of one enterprise with its history: what a page shows.

    Parameters
    ----------
    found : EnterpriseAccounts
        From ``enterprises``.
    enterprise : str
        Id of the enterprise; one of ``found.enterprises``.

    Returns
    -------
    dict
        ``figures`` and ``judgements`` of all years, ``traces`` by address, ``scales`` (grades in order, colours, cut-offs or
        null, source) and ``findings``.
    """
    one, rules = found.enterprises[enterprise], found.rules
    return {
        "enterprise": one.id,
        "label": _label(one.label),
        "sector": one.sector,
        "product": one.product,
        "years": sorted({figure.year for figure in found.figures if figure.enterprise == enterprise}),
        "figures": [figure_document(figure) for figure in found.figures if figure.enterprise == enterprise],
        "judgements": [judgement_document(judged) for judged in found.judgements if judged.enterprise == enterprise],
        "scales": {name: _scale(found, name, rule) for name, rule in rules.scales.items()},
        "traces": {address: trace_document(trace) for address, trace in found.traces.items()},
        "findings": [finding_document(finding) for finding in found.findings],
    }


def explain_enterprise(city: City, address: str) -> dict[str, Any]:
    """Explanation of a figure or judgement of an enterprise as a tree.

    Parameters
    ----------
    city : City
        The city.
    address : str
        ``enterprise/ID.YEAR.FIELD``, or words that its sentence must contain.

    Returns
    -------
    dict
        ``{"trace": …, "inputs": [the same], "seen": bool}``.

    Raises
    ------
    AddressError
        If nothing answers to it.
    """
    found = enterprises(city)
    return walk({name: trace_document(trace) for name, trace in found.traces.items()}, address)


def figure_document(one: EnterpriseFigure) -> dict[str, Any]:
    """A figure as JSON-able values.

    Parameters
    ----------
    one : EnterpriseFigure
        The figure.

    Returns
    -------
    dict
        Year, field, kind, label, value, unit, address, and why it is unknown.
    """
    return {
        "year": one.year,
        "field": one.field,
        "kind": one.kind,
        "label": _label(one.label),
        "value": None if one.value is None else tell_number(one.value),
        "unit": one.unit,
        "address": one.address,
        "why": None if one.why is None else _label(one.why),
    }


def judgement_document(one: EnterpriseJudgement) -> dict[str, Any]:
    """A judgement as JSON-able values.

    Parameters
    ----------
    one : EnterpriseJudgement
        The judgement.

    Returns
    -------
    dict
        Year, kind, rule, result with its words and colour, address and source.
    """
    return {
        "year": one.year,
        "kind": one.kind,
        "rule": one.rule,
        "label": _label(one.label),
        "result": one.result,
        "says": _label(one.says),
        "colour": one.colour,
        "address": one.address,
        "source": one.source,
    }


def _row(found: EnterpriseAccounts, enterprise: str, year: int) -> dict[str, Any]:
    one = found.enterprises[enterprise]
    about = {"enterprise": one.id, "label": _label(one.label), "sector": one.sector, "year": year}
    return {**about, "energy": None, "emissions": None, "emission_intensity": None, "grades": [], "warnings": [], "size": []}


def _scale(found: EnterpriseAccounts, name: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    own = next((one for one in found.rules.own.cutoffs if one.scale == name), None)
    cutoffs = None
    if own is not None:
        cutoffs = {
            "indicator": own.indicator,
            "against": own.against,
            "values": [str(value) for value in own.values],
            "inclusive": own.inclusive,
            "source": own.source,
            "date": own.date,
        }
    told = {part: rule[part] for part in ("label", "region", "fields", "classes", "grades", "source", "grade", "note")}
    return {**told, "cutoffs": cutoffs}


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}
