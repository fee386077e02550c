"""The view document: one assessment as JSON-able data, which every face formats and none computes.

Invariant: every number stands with an address that resolves to a trace of the same run; both languages are complete.
The form is described in ``docs/view.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.plans.tasklist_document import task_document
from dafeng.work.assessment import Assessment
from dafeng.work.compare_plans import compare_city
from dafeng.work.factor_document import book_document
from dafeng.work.factors import read_book
from dafeng.work.list_tasks import list_city_tasks
from dafeng.work.method_document import methods_document
from dafeng.work.view_answers import list_answers, list_clashes, list_headlines, trace_measures, trace_ways
from dafeng.work.view_comparison import trace_comparison, write_comparison
from dafeng.work.view_data import list_factors, list_methods, list_sources, write_findings
from dafeng.work.view_decomposition import decompose
from dafeng.work.view_districts import find_districts, write_districts
from dafeng.work.view_emissions import write_emissions
from dafeng.work.view_energy import write_energy
from dafeng.work.view_inventory import write_form, write_inventory
from dafeng.work.view_measures import write_measures
from dafeng.work.view_months import trace_months
from dafeng.work.view_number import Frame, write_label
from dafeng.work.view_orders import write_orders, write_retrofits
from dafeng.work.view_pathway import write_pathway
from dafeng.work.view_plan import (
    list_documents,
    list_fields,
    list_goals,
    list_organisations,
    list_tasks,
    list_verdicts,
    trace_tasks,
)
from dafeng.work.view_power import write_power
from dafeng.work.view_quality import trace_quality, write_quality
from dafeng.work.view_reconcile import write_consistency
from dafeng.work.view_schedule import write_schedule

SCHEMA = 1
"""Version of the form of the document."""
PEAK = ("year_p10", "year_p50", "year_p90", "probability_before_2030", "level_mt_p50")
"""What ``dafeng assess --json`` says of the peak."""


def prepare(assessment: Assessment) -> None:
    """Add the traces that only the view needs: tasks, measures, ways out of a clash, the decomposition, other plans.

    Parameters
    ----------
    assessment : Assessment
        The assessment; its traces grow. A second call changes nothing.
    """
    trace_tasks(assessment.plan, assessment.traces)
    trace_months(assessment.city, assessment.traces)
    trace_measures(assessment.measures, assessment.traces)
    trace_ways(assessment.reconciliation.clashes, assessment.traces)
    decompose(assessment.projection, assessment.traces)
    trace_quality(assessment, assessment.traces)
    trace_comparison(compare_city(assessment.city, assessment.plan), assessment.traces)
    find_districts(assessment, assessment.traces)


def build_view(assessment: Assessment) -> dict[str, Any]:
    """The view document of an assessment.

    Parameters
    ----------
    assessment : Assessment
        The assessment; ``prepare`` is done first, so that the traces are complete afterwards.

    Returns
    -------
    dict
        The document: mappings, lists, texts, finite numbers, truth values and ``None``.
    """
    prepare(assessment)
    city, run, plan, projection = assessment.city, assessment.run, assessment.plan, assessment.projection
    frame = Frame(run.id, assessment.traces)
    library = _library(assessment)
    verdicts = list_verdicts(assessment, frame)
    listed = list_city_tasks(city, plan)
    return {
        "schema": SCHEMA,
        "city": {"code": city.code, "slug": city.slug, "label": write_label(city.label), "invented": city.invented},
        "year": assessment.year,
        "run": {
            "id": run.id,
            "at": run.at.isoformat(),
            "versions": dict(run.versions),
            "inputs": [{"name": name, "sha256": sha256} for name, sha256 in run.inputs.items()],
        },
        "answers": list_answers(assessment.answers, frame),
        "fields": list_fields(verdicts),
        "counts": dict(assessment.verdicts.counts),
        "verdicts": verdicts,
        "tasks": list_tasks(plan, frame),
        "tasklist": task_document(listed, texts=False),
        "schedule": write_schedule(assessment, verdicts, listed),
        "organisations": list_organisations(plan),
        "goals": list_goals(plan),
        "districts": write_districts(find_districts(assessment, assessment.traces), frame),
        "emissions": write_emissions(assessment, frame, library),
        "inventory": write_inventory(assessment.inventory, frame),
        "inventory_form": write_form(assessment, frame),
        "energy": write_energy(assessment.energy, frame),
        "quality": write_quality(assessment, frame),
        "pathway": write_pathway(assessment, frame),
        "power": write_power(projection.power, frame),
        "abatement": write_measures(assessment.compared, frame),
        "orders": write_orders(projection.ordered, frame),
        "retrofits": write_retrofits(projection.retrofits, projection.power.year if projection.power else None, frame),
        "clashes": list_clashes(assessment, frame),
        "consistency": write_consistency(assessment.reconciliation, frame),
        "hours": None,
        "comparison": write_comparison(compare_city(city, plan), frame),
        "headlines": list_headlines(assessment.headlines, frame),
        "sources": list_sources(assessment, frame),
        "factors": list_factors(assessment.account, frame),
        "methods": list_methods(assessment.account, library),
        "library": book_document(read_book(city=city)),
        "definitions": methods_document(overlay=city.overlay),
        "findings": write_findings(assessment.findings),
        "documents": list_documents(city, plan),
    }


def _library(assessment: Assessment) -> FactorLibrary | None:
    """Names of carriers and factors; reading them takes most of a second, so only where something was accounted."""
    accounted = any(accounting.cells for accounting in assessment.account.years.values())
    return read_factors(assessment.city.overlay) if accounted else None


def assessment_document(view: Mapping[str, Any]) -> dict[str, Any]:
    """What ``dafeng assess CITY --json`` prints, from the view document.

    Parameters
    ----------
    view : mapping
        The view document.

    Returns
    -------
    dict
        ``city, run, verdicts, peak, clashes, headlines, findings``; a value that does not exist is ``None``.
    """
    return {
        "city": view["city"]["slug"],
        "run": view["run"]["id"],
        "verdicts": [_verdict(row) for row in view["verdicts"]],
        "peak": _peak(view["pathway"]),
        "clashes": [
            {key: row[key] for key in ("targets", "minimal", "slack", "unit", "explanation", "address")}
            for row in view["clashes"]
        ],
        "headlines": [{key: row[key] for key in ("question", "answer", "numbers", "address")} for row in view["headlines"]],
        "findings": view["findings"],
    }


def _verdict(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "target": row["target"],
        "indicator": row["indicator"]["zh"],
        "year": row["year"],
        "value": row["value"]["value"],
        "unit": row["value"]["unit"],
        "verdict": row["verdict"],
        "actual": row["actual"]["value"] if row["actual"] else None,
        "projected": row["projected"]["value"] if row["projected"] else None,
        "lacking": row["lacking"],
        "address": row["address"],
    }


def _peak(pathway: Mapping[str, Any] | None) -> dict[str, Any]:
    if pathway is None:
        return dict.fromkeys(PEAK)
    main = next(row for row in pathway["scenarios"] if row["id"] == pathway["main"])
    return {name: main["peak"][name] for name in PEAK}
