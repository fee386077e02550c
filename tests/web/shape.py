# ruff: noqa: E501 - the contract reads best with one part per line
"""The shape of the view document, as ``docs/view.md`` tells it, so that a sample and a real one are held to the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TEXT, YEAR, FIGURE, FLAG = (str,), (int,), (int, float), (bool,)
MAY: Any = None
VERDICTS = {"met", "on_course", "behind", "off_course", "not_due", "not_measurable"}
LABEL = {"zh": TEXT, "en": TEXT}
NUMBER = {
    "value": FIGURE, "unit": TEXT, "year": (*YEAR, MAY), "basis": TEXT, "low": (*FIGURE, MAY), "high": (*FIGURE, MAY),
    "grade": (*TEXT, MAY), "source": (*TEXT, MAY), "address": (*TEXT, MAY),
}  # fmt: skip
NAMED = {"label": LABEL, **NUMBER}
ANCHOR = {"start": YEAR, "end": YEAR, "paragraph": YEAR, "sha256": TEXT, "document": TEXT}
POINT = [(int, float, str)]
BANDS = {"p10": [FIGURE], "p50": [FIGURE], "p90": [FIGURE]}
FINDING = {"rule": TEXT, "at": TEXT, "severity": TEXT, "says": LABEL, "remedy": LABEL}


class Maybe:
    """A part that may be absent (``None``)."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


class Each:
    """A mapping with any keys whose values share a shape."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape


ASSUMPTION = {
    "id": TEXT, "label": LABEL, "low": (*FIGURE, MAY), "mid": (*FIGURE, MAY), "high": (*FIGURE, MAY), "unit": TEXT,
    "source": (*TEXT, MAY), "grade": (*TEXT, MAY), "address": (*TEXT, MAY), "note": Maybe(LABEL),
}  # fmt: skip
VERDICT = {
    "target": TEXT, "indicator": LABEL, "indicator_id": (*TEXT, MAY), "field": TEXT, "year": (*YEAR, MAY), "period": (*TEXT, MAY),
    "comparator": TEXT, "value": {**NUMBER, "value": (*FIGURE, MAY)}, "upper": (*FIGURE, MAY), "strength": (*TEXT, MAY), "counting": (*TEXT, MAY),
    "scope": (*TEXT, MAY), "implied": FLAG, "verdict": TEXT, "reason": LABEL, "actual": Maybe(NUMBER), "projected": Maybe(NUMBER),
    "projected_verdict": (*TEXT, MAY), "lacking": [LABEL], "organisations": [TEXT], "task": (*TEXT, MAY), "anchor": Maybe(ANCHOR),
    "address": TEXT, "required": Maybe({"years": [YEAR], "values": [FIGURE], "kind": TEXT}), "actuals": [POINT],
    "projection": Maybe({"years": [YEAR], **BANDS}),
    "months": Maybe({"first": TEXT, "values": [(*FIGURE, MAY)], "addresses": [(*TEXT, MAY)]}),
}  # fmt: skip
TASK = {
    "id": TEXT, "title": TEXT, "chapter": TEXT, "section": TEXT, "number": (*TEXT, MAY), "organisations": [TEXT], "collectives": [TEXT],
    "open_list": FLAG, "targets": [TEXT], "anchor": Maybe(ANCHOR), "address": (*TEXT, MAY),
}  # fmt: skip
TASKLIST = {
    "document": {"name": TEXT, "sha256": TEXT, "title": TEXT}, "place": (*TEXT, MAY), "duties": {"sha256": TEXT, "rows": YEAR},
    "counts": {"stated": YEAR, "proposed": YEAR, "none": YEAR}, "findings": [FINDING],
    "tasks": [{
        "id": TEXT, "number": TEXT, "title": TEXT, "chapter": TEXT, "section": TEXT, "field": {"id": TEXT, "label": LABEL},
        "measures": [{"text": (*TEXT, MAY), "titled": FLAG, "anchor": ANCHOR}], "targets": [{"id": TEXT, "says": LABEL}],
        "years": [YEAR], "state": TEXT, "open_list": FLAG, "reason": Maybe(LABEL), "anchor": ANCHOR,
        "organisations": [{
            "name": TEXT, "role": TEXT, "state": TEXT, "known": FLAG, "score": (*FIGURE, MAY),
            "grounds": [{"duty": TEXT, "says": LABEL, "role": TEXT, "words": [TEXT], "places": [TEXT], "grade": TEXT,
                         "sources": [TEXT], "clause": TEXT}],
        }],
    }],
}  # fmt: skip
MOMENT = Maybe({"said": TEXT, "origin": TEXT})
SCHEDULE = {
    "day": TEXT, "places": [{"id": TEXT, "label": LABEL, "reported": FLAG}], "findings": [FINDING], "circles": [[TEXT]],
    "tasks": [{
        "id": TEXT, "begins": MOMENT, "ends": MOMENT, "place": TEXT, "layer": YEAR, "lacking": [TEXT], "verdict": (*TEXT, MAY),
        "marks": [{"id": TEXT, "year": YEAR, "sign": TEXT, "says": LABEL, "verdict": (*TEXT, MAY), "projected": (*TEXT, MAY)}],
        "report": Maybe({"state": (*TEXT, MAY), "date": (*TEXT, MAY), "note": TEXT, "source": TEXT, "at": TEXT}),
    }],
    "links": [{
        "first": TEXT, "second": TEXT, "kind": TEXT, "label": LABEL, "origin": TEXT, "ordered": FLAG, "why": LABEL, "source": TEXT,
        "grounds": [TEXT], "lag": YEAR, "slack": (*FIGURE, MAY), "bound": FLAG,
    }],
    "chain": {"tasks": [TEXT], "slack": (*FIGURE, MAY)},
    "warnings": [{"task": TEXT, "by": TEXT, "way": [TEXT], "troubles": [TEXT]}],
}  # fmt: skip
AT = {"address": TEXT}
PEAK = {
    "year_p10": (*YEAR, MAY), "year_p50": (*YEAR, MAY), "year_p90": (*YEAR, MAY), "probability_before_2030": (*FIGURE, MAY),
    "level_mt_p10": (*FIGURE, MAY), "level_mt_p50": (*FIGURE, MAY), "level_mt_p90": (*FIGURE, MAY), "years": [YEAR],
    "shares": [FIGURE], "told": {"year": AT, "before": AT, "level": AT},
}  # fmt: skip
DRIVER = {
    "id": TEXT, "label": LABEL, "grade": TEXT, "sources": [TEXT], "guessed": FLAG, "alone": (*FIGURE, MAY),
    "emitted_alone": (*FIGURE, MAY), "years": FIGURE, "emitted": NUMBER, "bands": (list,),
}  # fmt: skip
PATHWAY = {
    "years": [YEAR], "unit": TEXT, "main": TEXT, "assumptions": [ASSUMPTION],
    "scenarios": [{"id": TEXT, "label": LABEL, "says": LABEL, **BANDS, "peak": PEAK, "drivers_peak": PEAK, "chances": [NUMBER],
                   "observed": Maybe(PEAK), "address": (*TEXT, MAY)}],
    "quantities": [{"id": TEXT, "label": LABEL, "unit": TEXT, "scenarios": Each(BANDS)}],
    "views": {"years": [YEAR], "rows": [{"id": TEXT, "label": LABEL, "scenarios": Each([NUMBER])}]},
    "parts": [{"id": TEXT, "label": LABEL, "scenarios": Each([FIGURE])}],
    "residual": Maybe({"size": NUMBER, "memory": FIGURE, "error": FIGURE, "steps": YEAR}),
    "errors": [{"id": TEXT, "label": LABEL, "size": NUMBER, "memory": FIGURE, "later": FIGURE, "misses": YEAR}],
    "hourly": Maybe({"year": YEAR, "changes": [{"label": LABEL, "change": NUMBER}]}),
    "influences": Maybe({"year": YEAR, "drivers": [DRIVER], "fixed": [DRIVER],
                         "split": Each({"drivers": NUMBER, "error": NUMBER, "together": NUMBER}),
                         "exchanged": Each([{"id": TEXT, "label": LABEL, "alone": FIGURE, "together": FIGURE, "error": FIGURE}])}),
    "measures": [{"id": TEXT, "label": LABEL, "cost": Maybe(NUMBER), "effect": Maybe(NUMBER), "per_cost": Maybe(NUMBER),
                  "group": (*YEAR, MAY),
                  "years": Maybe(NUMBER), "address": (*TEXT, MAY)}],
}  # fmt: skip
POWER = {
    "year": YEAR, "unit": TEXT, "assumptions": [ASSUMPTION], "certificate": Maybe({}),
    "cases": [{"id": TEXT, "label": LABEL, "figures": [NAMED]}],
    "weeks": [{"id": TEXT, "label": LABEL, "start_hour": YEAR, "load": [FIGURE],
               "series": [{"carrier": TEXT, "label": LABEL, "values": [FIGURE]}]}],
    "storage": Maybe({"label": LABEL, "capacity": [FIGURE], "curtailed_share": [FIGURE], "cost": [FIGURE]}),
}  # fmt: skip
CLASH = {
    "id": TEXT, "title": LABEL, "explanation": LABEL, "targets": [TEXT], "minimal": FLAG, "slack": (*FIGURE, MAY), "unit": (*TEXT, MAY),
    "members": [{"label": LABEL, "address": (*TEXT, MAY), "anchor": Maybe(ANCHOR), "target": (*TEXT, MAY), "above": FLAG}],
    "above": FLAG, "found_in": [TEXT], "relax": [NAMED], "address": (*TEXT, MAY),
}  # fmt: skip
CONSISTENCY = {
    "placed": Each(Each(YEAR)), "reasons": [{"kind": TEXT, "label": LABEL, "own": YEAR, "above": YEAR}],
    "lacking": [{"label": LABEL, "kind": TEXT, "why": LABEL, "above": FLAG, "address": (*TEXT, MAY), "hourly": (list,)}],
    "systems": [{
        "id": TEXT, "counting": TEXT, "reading": TEXT, "rule": TEXT, "label": LABEL, "feasible": FLAG, "all_feasible": FLAG,
        "clashes": [TEXT], "cost": Maybe(NUMBER), "given_up": [LABEL], "relaxed": [NAMED], "does": [{**NAMED, "year": (*YEAR, MAY)}],
        "unpriced": [LABEL], "error": FIGURE,
        "targets": [{
            "row": TEXT, "target": (*TEXT, MAY), "above": FLAG, "label": LABEL, "address": (*TEXT, MAY), "kept": FLAG,
            "reach": Maybe(NUMBER), "spare": Maybe(NUMBER), "part": FIGURE, "price": Maybe(NUMBER), "words": Maybe(LABEL),
            "left": (*FIGURE, MAY), "right": (*FIGURE, MAY), "agrees": (*FLAG, MAY),
            "hourly": [{"case": LABEL, "feasible": FLAG, "level": Maybe(NUMBER), "price": Maybe(NUMBER)}],
            "years": [{"year": YEAR, "value": NUMBER, "line": FIGURE, "kept": FLAG}],
        }],
    }],
    "price_models": {
        "models": [{"id": TEXT, "label": LABEL}], "rows": [{"label": LABEL, "annual": LABEL, "hourly": LABEL}], "why": LABEL,
        "prices": [{"label": LABEL, "annual": [{"counting": LABEL, "price": NUMBER}], "hourly": [{"case": LABEL, "price": NUMBER}]}],
    },
}  # fmt: skip
EMISSIONS = {
    "unit": TEXT, "label": LABEL, "history": [POINT], "gaps": [YEAR], "breaks": [{"year": YEAR, "says": LABEL}], "findings": [FINDING],
    "tables": [{"id": TEXT, "label": LABEL, "unit": TEXT, "columns": [LABEL], "rows": [{"label": LABEL, "cells": [Maybe(NUMBER)]}]}],
}  # fmt: skip
FIGURED = {
    "target": TEXT, "name": TEXT, "value": {**NUMBER, "value": (*FIGURE, MAY)}, "upper": (*FIGURE, MAY), "comparator": TEXT,
    "strength": (*TEXT, MAY), "scope": (*TEXT, MAY), "counting": (*TEXT, MAY), "clause": (*TEXT, MAY), "anchor": Maybe(ANCHOR),
}  # fmt: skip
COMPARISON = {
    "parties": [{"id": TEXT, "label": LABEL, "document": TEXT, "targets": YEAR}], "counts": Each(Each(YEAR)), "recalled": Each(YEAR),
    "headline": LABEL, "tasks": [], "goals": [], "findings": [FINDING],
    "rows": [{"id": TEXT, "indicator": LABEL, "field": TEXT, "year": (*YEAR, MAY), "mine": Maybe(FIGURED),
              "cells": [{"party": TEXT, "standing": TEXT, "reason": LABEL, "differences": [{"says": LABEL}], "other": Maybe(FIGURED),
                         "firm": FLAG, "address": TEXT}]}],
}  # fmt: skip
ENERGY_COLUMN = {"id": TEXT, "label": LABEL, "unit": TEXT}
ENERGY_NUMBER = {**NUMBER, "value": (*FIGURE, MAY)}
ENERGY_TABLE = {"columns": [ENERGY_COLUMN], "cells": [[Maybe(ENERGY_NUMBER)]]}
ENERGY = {
    "rule": TEXT, "rules": [{"id": TEXT, "label": LABEL}], "findings": [FINDING],
    "published": [{"indicator": TEXT, "label": LABEL, "value": ENERGY_NUMBER, "view": Maybe(LABEL), "gap": (*FIGURE, MAY)}],
    "years": [{
        "year": YEAR, "base": YEAR, "unit": TEXT, "rows": [{"id": TEXT, "label": LABEL, "level": YEAR, "role": TEXT}],
        "physical": ENERGY_TABLE, "standard": ENERGY_TABLE,
        "breaks": [{"row": TEXT, "column": (*TEXT, MAY), "rule": TEXT, "says": LABEL}],
        "views": [{"id": TEXT, "kind": TEXT, "label": LABEL, "value": ENERGY_NUMBER, "low": (*FIGURE, MAY), "high": (*FIGURE, MAY),
                   "rules": [{"id": TEXT, "label": LABEL, "value": ENERGY_NUMBER}], "lacking": [LABEL], "provisional": FLAG,
                   "note": Maybe(LABEL)}],
        "fields": [{"id": TEXT, "label": LABEL, "calorific": ENERGY_NUMBER, "equivalent": ENERGY_NUMBER}],
        "conversions": [{"id": TEXT, "label": LABEL, "efficiency": ENERGY_NUMBER}],
        "sankey": {"year": YEAR, "unit": TEXT, "nodes": [{"id": TEXT, "label": LABEL}], "circulating": FIGURE,
                   "links": [{"source": TEXT, "target": TEXT, "value": FIGURE, "address": TEXT}]},
    }],
}  # fmt: skip
NOTE = {"says": LABEL, "source": TEXT}
TOPIC = {"substance": TEXT, "parameter": TEXT, "purpose": TEXT}
LIBRARY = {
    "names": Each(Each(LABEL)), "titles": Each((str, dict)), "notes": [{**TOPIC, **NOTE}],
    "factors": [{**TOPIC, "id": TEXT, "standard": TEXT, "place": (*TEXT, MAY), "year": (*YEAR, MAY), "sector": (*TEXT, MAY), "value": (*TEXT, MAY),
                 "lower": (*TEXT, MAY), "upper": (*TEXT, MAY), "unit": TEXT, "source": TEXT, "clause": TEXT, "grade": TEXT, "note": TEXT,
                 "used_by": [TEXT], "disputed": FLAG}],
    "conflicts": [{**TOPIC, "place": (*TEXT, MAY), "year": (*YEAR, MAY), "unit": TEXT, "spread": TEXT, "ratio": (*TEXT, MAY),
                   "values": [{"id": TEXT, "value": (*TEXT, MAY), "share": (*FIGURE, MAY)}], "notes": [NOTE]}],
    "composed": [{"method": TEXT, "substance": TEXT, "name": LABEL, "unit": TEXT, "values": [{"edition": TEXT, "value": TEXT}]}],
}  # fmt: skip
INVENTORY = {
    "guide": {"id": TEXT, "label": LABEL, "source": TEXT}, "warming": {"id": TEXT, "label": LABEL}, "main": TEXT, "unit": TEXT,
    "keys": [{"id": TEXT, "label": LABEL}], "layouts": [{"id": TEXT, "label": LABEL}], "gases": [{"id": TEXT, "label": LABEL}],
    "years": [{"year": YEAR, "sheets": [{"layout": TEXT, "lines": [{
        "code": TEXT, "label": LABEL, "level": YEAR, "scope": (*YEAR, MAY), "total": FLAG, "value": Maybe(NUMBER),
        "gases": [(*FIGURE, MAY)], "biogenic": (*FIGURE, MAY), "key": (*TEXT, MAY), "says": Maybe(LABEL), "results": YEAR,
        "missing": YEAR}]}]}],
    "series": [{"layout": TEXT, "years": [YEAR], "rows": [{"code": TEXT, "label": LABEL, "values": [(*FIGURE, MAY)],
                                                           "addresses": [(*TEXT, MAY)]}]}],
    "findings": [FINDING],
}  # fmt: skip
SIMULATED = {"mean": FIGURE, "median": FIGURE, "low": FIGURE, "high": FIGURE}
SUMMED = {
    "year": YEAR,
    "value": FIGURE,
    "exact": TEXT,
    "gross": FIGURE,
    "half": FIGURE,
    "relative": (*FIGURE, MAY),
    "address": TEXT,
    **SIMULATED,
}
KEYED = {"category": TEXT, "quantity": TEXT, "label": LABEL, "gas": LABEL, "removal": FLAG, "value": FIGURE, "base": (*FIGURE, MAY),
         "shares": Each(FIGURE), "key": [TEXT], "address": TEXT}  # fmt: skip
QUALITY = {
    "city": TEXT, "year": YEAR, "base": (*YEAR, MAY), "unit": TEXT, "standard": TEXT, "seed": YEAR, "draws": YEAR, "total": SUMMED,
    "before": Maybe(SUMMED), "trend": Maybe({"base": YEAR, "change": FIGURE, "half": FIGURE, "low": FIGURE, "high": FIGURE, "address": TEXT}),
    "rows": [{
        "category": TEXT, "quantity": TEXT, "label": LABEL, "gas": LABEL, "value": FIGURE, "base": Maybe({"value": FIGURE, "address": TEXT}), "results": [TEXT],
        **dict.fromkeys(("activity", "factor", "combined", "variance_share", "trend_share"), (*FIGURE, MAY)), "covered": FIGURE,
        "low": FIGURE, "high": FIGURE, "address": TEXT,
    }],
    "inputs": [{"subject": TEXT, "label": LABEL, "share": FIGURE, "deviation": FIGURE, "source": (*TEXT, MAY), "grade": (*TEXT, MAY),
                "address": TEXT}],
    "uncovered": Each(FIGURE), "assumed": (*FIGURE, MAY), "key_categories": Each([KEYED]),
    "scores": [{"subject": TEXT, "label": LABEL, "count": YEAR, "widened": FIGURE, "address": TEXT,
                "scores": [{"dimension": TEXT, "score": YEAR, "label": LABEL}]}],
    "checks": [{"id": TEXT, "label": LABEL, "seen": YEAR, "state": TEXT, "found": YEAR}], "findings": [FINDING],
    "recalculations": [{
        "at": TEXT, "who": TEXT, "since": TEXT, "year": YEAR, "category": TEXT, "label": LABEL, "quantity": TEXT, "unit": TEXT,
        **dict.fromkeys(("before", "after"), (*FIGURE, MAY)), "change": FIGURE, "says": LABEL, "address": TEXT,
    }],
}  # fmt: skip
ORDERS = {
    "year": YEAR,
    "cases": [{
        "id": TEXT, "label": LABEL, "feasible": FLAG, "cost": NUMBER, "steps": YEAR, "of": YEAR, "error": FIGURE, "clashes": [[LABEL]],
        "rows": [{"target": (*TEXT, MAY), "label": LABEL, "asked": NUMBER, "level": Maybe(NUMBER), "price": Maybe(NUMBER),
                  "dropped": FLAG, "fact": FLAG}],
    }],
}  # fmt: skip
SHIFTED = {"years": FIGURE, "error": FIGURE, "probability": FIGURE, "level": NUMBER}
ABATEMENT = {
    "scopes": Each(LABEL), "payers": Each(LABEL), "fields": Each(LABEL), "groups": Each(LABEL), "draws": YEAR, "peak_draws": YEAR,
    "assumptions": [ASSUMPTION],
    "measures": [{"id": TEXT, "label": LABEL, "field": TEXT, "first": YEAR, "full": YEAR, "priced": FLAG, "peak": SHIFTED}],
    "curves": [{
        "year": (*YEAR, MAY), "together": Each(NUMBER), "groups": Each(Each(NUMBER)), "paid": Each(NUMBER),
        "shares": [{
            "id": TEXT, "avoided": Each(NUMBER), "error": Each(FIGURE), "alone": NUMBER, "last": NUMBER, "saving": NUMBER,
            "outlay": Maybe(NUMBER), "cost": Maybe(NUMBER), "price": Each(Maybe(NUMBER)), "paid": Each(NUMBER),
        }],
        "orders": Each([{"id": TEXT, "avoided": NUMBER, "cost": Maybe(NUMBER), "price": Maybe(NUMBER)}]),
    }],
    "peak": {"year": YEAR, "probability": FIGURE, "level": FIGURE}, "together": SHIFTED,
}  # fmt: skip
RETROFIT = {"plant": TEXT, "saved": NUMBER, "choices": [{"label": LABEL, "capacity": NUMBER}]}
SHAPE = {"place": TEXT, "path": TEXT, "x": YEAR, "y": YEAR}
OUTLINE = {
    **dict.fromkeys(("approval", "system", "file", "sha256", "at"), TEXT), "dropped": [TEXT], "missing": [LABEL], "shapes": [SHAPE],
    **dict.fromkeys(("given", "width", "height", "step", "moved", "points", "left_out"), YEAR),
}  # fmt: skip
DISTRICTS = {
    "tiles": [{"place": TEXT, "label": LABEL, "full": LABEL, "column": YEAR, "row": YEAR, "zone": FLAG}],
    "quantities": [{"id": TEXT, "label": LABEL, "says": LABEL, "unit": TEXT, "basis": TEXT, "years": [(*YEAR, MAY)],
                    "rows": [{"place": TEXT, "values": [Maybe(NUMBER)]}]}],
    "located": [{"place": TEXT, "kind": TEXT, "field": TEXT, "label": LABEL, "anchor": ANCHOR, "address": TEXT}],
    "duties": [{"place": TEXT, "tasks": [TEXT]}], "lacking": [LABEL], "source": {"id": TEXT, "title": (str, dict), "grade": TEXT},
    "outline": Maybe(OUTLINE),
}  # fmt: skip
VIEW = {
    "schema": YEAR, "city": {"code": TEXT, "slug": TEXT, "label": LABEL}, "year": YEAR,
    "run": {"id": TEXT, "at": TEXT, "versions": Each(TEXT), "inputs": [{"name": TEXT, "sha256": TEXT}]},
    "answers": [{"id": TEXT, "question": LABEL, "answer": LABEL, "figures": [NUMBER], "address": (*TEXT, MAY)}],
    "fields": [{"id": TEXT, "label": LABEL, "verdicts": [TEXT], "counts": Each(YEAR)}],
    "counts": dict.fromkeys(VERDICTS, YEAR), "verdicts": [VERDICT], "tasks": [TASK], "tasklist": TASKLIST, "schedule": SCHEDULE,
    "organisations": [{"name": TEXT, "aliases": [TEXT], "collective": FLAG, "tasks": [TEXT], "targets": [TEXT]}],
    "goals": [{"id": TEXT, "text": LABEL, "year": (*YEAR, MAY), "kind": (*TEXT, MAY), "anchor": Maybe(ANCHOR)}],
    "districts": Maybe(DISTRICTS),
    "definitions": (dict,), "inventory_form": (dict, MAY), "emissions": Maybe(EMISSIONS), "inventory": Maybe(INVENTORY), "energy": Maybe(ENERGY), "pathway": Maybe(PATHWAY), "power": Maybe(POWER), "abatement": Maybe(ABATEMENT), "orders": Maybe(ORDERS), "retrofits": [RETROFIT], "clashes": [CLASH], "consistency": Maybe(CONSISTENCY), "comparison": Maybe(COMPARISON),
    "quality": Maybe(QUALITY),
    "headlines": [{"id": TEXT, "question": LABEL, "answer": LABEL, "numbers": [NAMED], "targets": [TEXT], "address": (*TEXT, MAY)}],
    "sources": [{"id": TEXT, "title": (str, dict), "publisher": (*TEXT, MAY), "date": (*TEXT, MAY), "url": (*TEXT, MAY), "seen": (str, dict, MAY),
                 "grade": (*TEXT, MAY), "used": YEAR}],
    "factors": [{"id": TEXT, "label": LABEL, "value": (str, int, float), "unit": TEXT, "purpose": (*TEXT, MAY), "standard": (*TEXT, MAY),
                 "year": (str, int, MAY), "place": (*TEXT, MAY), "source": (*TEXT, MAY), "grade": (*TEXT, MAY), "match": (*TEXT, MAY)}],
    "methods": [{"id": TEXT, "edition": (*TEXT, MAY), "title": LABEL, "source": (*TEXT, MAY),
                 "equations": [{"id": TEXT, "typeset": (*TEXT, MAY), "words": LABEL}]}],
    "library": LIBRARY,
    "findings": [FINDING], "documents": [{"name": TEXT, "title": (*TEXT, MAY), "sha256": TEXT, "present": FLAG}],
}  # fmt: skip


def differences(found: Any, shape: Any = VIEW, at: str = "view") -> Iterator[str]:
    """Places where a document has not the shape it should have."""
    if isinstance(shape, Maybe):
        yield from () if found is None else differences(found, shape.shape, at)
    elif isinstance(shape, Each):
        yield from (d for key, value in found.items() for d in differences(value, shape.shape, f"{at}.{key}"))
    elif isinstance(shape, Mapping):
        yield from _mapping(found, shape, at)
    elif isinstance(shape, list):
        yield from _list(found, shape, at)
    elif not _fits(found, shape):
        yield f"{at}: {found!r} is none of {shape}"


def _mapping(found: Any, shape: Mapping[str, Any], at: str) -> Iterator[str]:
    if not isinstance(found, Mapping):
        yield f"{at}: {type(found).__name__} is no mapping"
        return
    for key, part in shape.items():
        if key in found:
            yield from differences(found[key], part, f"{at}.{key}")
        else:
            yield f"{at}.{key} is missing"


def _list(found: Any, shape: list[Any], at: str) -> Iterator[str]:
    if not isinstance(found, list | tuple):
        yield f"{at}: {type(found).__name__} is no list"
        return
    for number, part in enumerate(found):
        yield from differences(part, shape[0], f"{at}[{number}]")


def _fits(found: Any, kinds: tuple[Any, ...]) -> bool:
    if found is None:
        return MAY in kinds
    plain = tuple(kind for kind in kinds if kind is not MAY)
    return isinstance(found, plain) and (isinstance(found, bool) <= (bool in plain))


def loose_addresses(view: Mapping[str, Any], traces: Mapping[str, Any], known: Any) -> list[str]:
    """Addresses of the view and inputs of its traces that lead nowhere."""
    run = str(view["run"]["id"]) + "/"
    named = [address.removeprefix(run) for address in known]
    inputs = [address.removeprefix(run) for trace in traces.values() for address in trace.get("inputs") or ()]
    return sorted({address for address in (*named, *inputs) if address not in traces})
