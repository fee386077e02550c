"""The form of the view document, as ``docs/view.md`` describes it, and walks over it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

NUMBER = (int, float)
BASES = {"actual", "estimated", "projected", "target", "assumption"}
KINDS = ("met", "on_course", "behind", "off_course", "not_due", "not_measurable")


class Maybe:
    """A part that may be absent (``None``)."""

    def __init__(self, form: Any) -> None:
        self.form = form


class Keyed:
    """A mapping with free keys."""

    def __init__(self, form: Any) -> None:
        self.form = form


L = {"zh": str, "en": str}
N = {
    "value": Maybe(NUMBER), "unit": str, "year": Maybe(int), "basis": BASES, "low": Maybe(NUMBER), "high": Maybe(NUMBER),
    "grade": Maybe(str), "source": Maybe(str), "address": str,
}  # fmt: skip
NAMED = {"label": L, **N}
ANCHOR = {"start": int, "end": int, "paragraph": int, "sha256": str, "document": str}
POINT = (int, Maybe(NUMBER), str)
FINDING = {"rule": str, "at": str, "severity": {"info", "warning", "error"}, "says": L, "remedy": L}
FAN = {"p10": [Maybe(NUMBER)], "p50": [Maybe(NUMBER)], "p90": [Maybe(NUMBER)]}
ASSUMPTION = {
    "id": str, "label": L, "low": Maybe(NUMBER), "mid": Maybe(NUMBER), "high": Maybe(NUMBER), "unit": str, "source": str,
    "grade": str, "address": str, "note": Maybe(L),
}  # fmt: skip
VERDICT = {
    "target": str, "indicator": L, "indicator_id": Maybe(str), "field": str, "year": Maybe(int), "period": Maybe(str),
    "comparator": str, "value": N, "upper": Maybe(NUMBER), "strength": Maybe(str), "counting": Maybe(str), "scope": Maybe(str),
    "implied": bool, "base_year": Maybe(int), "verdict": set(KINDS), "reason": L, "actual": Maybe(N), "projected": Maybe(N),
    "projected_verdict": Maybe(set(KINDS)), "lacking": [L], "organisations": [str], "task": Maybe(str), "anchor": Maybe(ANCHOR),
    "address": str, "required": Maybe({"years": [int], "values": [NUMBER], "kind": {"linear", "step"}}), "actuals": [POINT],
    "projection": Maybe({"years": [int], **FAN}),
    "months": Maybe({"first": str, "values": [Maybe(NUMBER)], "addresses": [Maybe(str)]}),
}  # fmt: skip
TASK = {
    "id": str, "title": str, "chapter": str, "section": str, "number": str, "organisations": [str], "leads": [str],
    "collectives": [str], "open_list": bool, "targets": [str], "anchor": Maybe(ANCHOR), "address": str,
}  # fmt: skip
GROUND = {
    "duty": str, "says": L, "role": {"lead", "support"}, "words": [str], "places": [str], "grade": str, "sources": [str],
    "clause": str,
}  # fmt: skip
TASKLIST = {
    "document": {"name": str, "sha256": str, "title": str}, "place": Maybe(str), "duties": {"sha256": str, "rows": int},
    "counts": {"stated": int, "proposed": int, "none": int},
    "tasks": [{
        "id": str, "number": str, "title": str, "chapter": str, "section": str, "field": {"id": str, "label": L},
        "measures": [{"text": Maybe(str), "titled": bool, "anchor": ANCHOR}], "targets": [{"id": str, "says": L}],
        "years": [int], "state": {"stated", "proposed", "none"}, "open_list": bool, "reason": Maybe(L), "anchor": ANCHOR,
        "organisations": [{
            "name": str, "role": {"lead", "support", "responsible"}, "state": {"stated", "proposed"}, "known": bool,
            "score": Maybe(NUMBER), "grounds": [GROUND],
        }],
    }],
    "findings": [FINDING],
}  # fmt: skip
MOMENT = Maybe({"said": str, "origin": {"stated", "delivered"}})
SCHEDULE = {
    "day": str, "places": [{"id": str, "label": L, "reported": bool}], "findings": [FINDING], "circles": [[str]],
    "tasks": [{
        "id": str, "begins": MOMENT, "ends": MOMENT, "place": str, "layer": int, "lacking": [str], "verdict": Maybe(set(KINDS)),
        "marks": [{
            "id": str, "year": int, "sign": str, "says": L, "verdict": Maybe(set(KINDS)), "projected": Maybe(set(KINDS)),
        }],
        "report": Maybe({"state": Maybe(str), "date": Maybe(str), "note": str, "source": str, "at": str}),
    }],
    "links": [{
        "first": str, "second": str, "kind": str, "label": L, "origin": {"delivered", "derived"}, "ordered": bool, "why": L,
        "source": str, "grounds": [str], "lag": int, "slack": Maybe(NUMBER), "bound": bool,
    }],
    "chain": {"tasks": [str], "slack": Maybe(NUMBER)},
    "warnings": [{"task": str, "by": str, "way": [str], "troubles": [str]}],
}  # fmt: skip
TABLE = {"id": str, "label": L, "unit": str, "columns": [L], "rows": [{"label": L, "cells": [Maybe(N)]}]}
AT = {"address": str}
PEAK = {
    "year_p10": int, "year_p50": int, "year_p90": int, "probability_before_2030": NUMBER, "probability_by_2030": NUMBER,
    "probability_no_peak": NUMBER, "level_mt_p10": NUMBER, "level_mt_p50": NUMBER, "level_mt_p90": NUMBER, "years": [int],
    "shares": [NUMBER], "told": {"year": AT, "before": AT, "level": AT},
}  # fmt: skip
DRIVER = {
    "id": str, "label": L, "grade": str, "sources": [str], "guessed": bool, "alone": Maybe(NUMBER),
    "emitted_alone": Maybe(NUMBER), "years": NUMBER, "emitted": N,
    "bands": [(Maybe(int), Maybe(NUMBER), Maybe(NUMBER), Maybe(NUMBER), str, str)],
}  # fmt: skip
INFLUENCES = {
    "year": int, "drivers": [DRIVER], "fixed": [DRIVER],
    "split": Keyed({"drivers": N, "error": N, "together": N}),
    "exchanged": Keyed([{"id": str, "label": L, "alone": NUMBER, "together": NUMBER, "error": NUMBER}]),
}  # fmt: skip
MEASURE = {
    "id": str, "label": L, "cost": Maybe(NAMED), "effect": NAMED, "probability": NAMED, "years": NAMED,
    "per_cost": Maybe(NAMED), "group": Maybe(int), "address": str,
}  # fmt: skip
PATHWAY = {
    "years": [int], "unit": str, "main": str, "draws": int,
    "scenarios": [{"id": str, "label": L, "says": L, **FAN, "peak": PEAK, "drivers_peak": PEAK, "chances": [N],
                   "observed": Maybe(PEAK), "address": str}],
    "quantities": [{"id": str, "label": L, "unit": str, "scenarios": Keyed(FAN)}],
    "views": {"years": [int], "rows": [{"id": str, "label": L, "scenarios": Keyed([N])}]},
    "parts": [{"id": str, "label": L, "scenarios": Keyed([NUMBER])}],
    "residual": Maybe({"size": N, "memory": NUMBER, "error": NUMBER, "steps": int}),
    "errors": [{"id": str, "label": L, "size": N, "memory": NUMBER, "later": NUMBER, "misses": int}],
    "hourly": Maybe({"year": int, "changes": [{"label": L, "before": NUMBER, "after": NUMBER, "change": N}]}),
    "influences": Maybe(INFLUENCES), "assumptions": [ASSUMPTION], "measures": [MEASURE],
}  # fmt: skip
WEEK = {
    "id": str, "case": str, "label": L, "start_hour": int, "series": [{"carrier": str, "label": L, "values": [NUMBER]}],
    "load": [NUMBER],
}  # fmt: skip
STORAGE = {
    "label": L, "capacity": [NUMBER], "curtailed_share": [NUMBER], "cost": [NUMBER],
    "points": [{"storage_power": NAMED, "curtailed_share": NAMED, "cost": NAMED}],
}  # fmt: skip
POWER = {
    "year": int, "unit": str, "cases": [{"id": str, "label": L, "figures": [{"id": str, **NAMED}]}], "weeks": [WEEK],
    "storage": Maybe(STORAGE), "certificate": Keyed((str, bool, int, float)), "assumptions": [ASSUMPTION],
}  # fmt: skip
CLASH = {
    "id": str, "title": L, "explanation": L, "year": int, "counting": str, "reading": str, "targets": [str],
    "members": [{"label": L, "address": str, "anchor": Maybe(ANCHOR), "target": Maybe(str), "above": bool}], "minimal": bool,
    "slack": Maybe(NUMBER), "unit": str, "relax": [NAMED], "address": str, "above": bool, "found_in": [str],
}  # fmt: skip
HOURLY = {"case": L, "feasible": bool, "level": Maybe(N), "price": Maybe(N)}
CONSISTENCY = {
    "placed": {"own": {"rows": int, "of": int}, "above": {"rows": int, "of": int}},
    "reasons": [{"kind": str, "label": L, "own": int, "above": int}],
    "lacking": [{"label": L, "kind": str, "why": L, "above": bool, "address": str, "hourly": [HOURLY]}],
    "systems": [{
        "id": str, "counting": str, "reading": str, "rule": str, "label": L, "feasible": bool, "all_feasible": bool,
        "clashes": [str], "cost": Maybe(N), "given_up": [L], "relaxed": [NAMED], "does": [{**NAMED, "year": Maybe(int)}],
        "unpriced": [L], "error": NUMBER,
        "targets": [{
            "row": str, "target": Maybe(str), "above": bool, "label": L, "address": str, "kept": bool, "reach": Maybe(N),
            "spare": Maybe(N), "part": NUMBER, "price": Maybe(N), "words": Maybe(L), "left": Maybe(NUMBER),
            "right": Maybe(NUMBER), "agrees": Maybe(bool), "hourly": [HOURLY],
            "years": [{"year": int, "value": N, "line": NUMBER, "kept": bool}],
        }],
    }],
    "price_models": {
        "models": [{"id": str, "label": L}], "rows": [{"label": L, "annual": L, "hourly": L}], "why": L,
        "prices": [{"label": L, "annual": [{"counting": L, "price": N}], "hourly": [{"case": L, "price": N}]}],
    },
}  # fmt: skip
SOURCE = {
    "id": str, "title": (str, dict), "publisher": str, "date": str, "url": str, "seen": (str, dict),
    "grade": Maybe(str), "used": int,
}  # fmt: skip
NOTE = {"says": L, "source": str}
TOPIC = {"substance": str, "parameter": str, "purpose": str}
LIBRARY = {
    "names": Keyed(Keyed(L)), "titles": Keyed((str, dict)), "notes": [{**TOPIC, **NOTE}],
    "factors": [{
        **TOPIC, "id": str, "standard": str, "place": Maybe(str), "year": Maybe(int), "sector": Maybe(str), "value": Maybe(str),
        "lower": Maybe(str), "upper": Maybe(str), "unit": str, "source": str, "clause": str, "grade": str, "note": str,
        "used_by": [str], "disputed": bool,
    }],
    "conflicts": [{
        **TOPIC, "place": Maybe(str), "year": Maybe(int), "unit": str, "spread": str, "ratio": Maybe(str),
        "values": [{"id": str, "value": Maybe(str), "share": Maybe(NUMBER)}], "notes": [NOTE],
    }],
    "composed": [{"method": str, "substance": str, "name": L, "unit": str, "values": [{"edition": str, "value": str}]}],
}  # fmt: skip
FACTOR = {
    "id": str, "label": L, "value": NUMBER, "unit": str, "purpose": str, "standard": str, "year": Maybe(int),
    "place": Maybe(str), "source": str, "grade": str, "match": str, "address": str,
}  # fmt: skip
METHOD = {
    "id": str, "edition": str, "title": L, "summary": L, "equations": [{"id": str, "typeset": str, "words": L}], "source": str,
}  # fmt: skip
FIGURE = {
    "target": str, "name": str, "value": N, "upper": Maybe(NUMBER), "period": Maybe(str), "comparator": str,
    "strength": Maybe(str), "nature": Maybe(str), "scope": Maybe(str), "counting": Maybe(str), "base_year": Maybe(int),
    "base": Maybe(str), "task": Maybe(str), "clause": Maybe(str), "anchor": Maybe(ANCHOR),
}  # fmt: skip
STANDINGS = ("stricter", "looser", "equal", "not_comparable", "missing", "added", "delegated")
DIFFERENCE = {"aspect": str, "left": str, "right": str, "says": L}
GOAL = {
    "id": str, "kind": str, "text": str, "year": Maybe(int), "clause": Maybe(str), "source": str, "anchor": Maybe(ANCHOR),
}  # fmt: skip
BESIDE = {
    "party": str, "standing": set(STANDINGS), "reason": L, "obstacles": [str], "differences": [DIFFERENCE],
    "other": Maybe(FIGURE), "converted": Maybe(NUMBER), "gap": Maybe(NUMBER), "share": Maybe(NUMBER), "line_year": Maybe(int),
    "firm": bool, "goal": Maybe(GOAL), "address": Maybe(str),
}  # fmt: skip
TASK_BESIDE = {
    "id": str, "title": str, "chapter": str, "section": str, "number": str, "organisations": [str], "anchor": Maybe(ANCHOR),
}  # fmt: skip
CHANGE = {"party": str, "change": {"equal", "changed", "added", "missing"}, "differences": [DIFFERENCE]}
COMPARISON = {
    "parties": [{"id": str, "label": L, "kind": str, "relation": Maybe({"version", "level", "peer"}), "place": Maybe(str),
                 "document": str, "sha256": Maybe(str), "targets": int}],
    "counts": Keyed(dict.fromkeys(STANDINGS, int)), "recalled": Keyed(int), "headline": L,
    "rows": [{"id": str, "indicator": L, "indicator_id": Maybe(str), "field": str, "year": Maybe(int), "mine": Maybe(FIGURE),
              "cells": [BESIDE]}],
    "tasks": [{**CHANGE, "left": Maybe(TASK_BESIDE), "right": Maybe(TASK_BESIDE)}],
    "goals": [{**CHANGE, "left": Maybe(GOAL), "right": Maybe(GOAL)}], "findings": [FINDING],
}  # fmt: skip
ENERGY_TABLE = {"columns": [{"id": str, "label": L, "unit": str}], "cells": [[Maybe(N)]]}
ENERGY = {
    "rule": str, "rules": [{"id": str, "label": L}], "findings": [FINDING],
    "published": [{"indicator": str, "label": L, "value": N, "view": Maybe(L), "gap": Maybe(NUMBER)}],
    "years": [{
        "year": int, "base": int, "unit": str, "rows": [{"id": str, "label": L, "level": int, "role": str}],
        "physical": ENERGY_TABLE, "standard": ENERGY_TABLE,
        "breaks": [{"row": str, "column": Maybe(str), "rule": str, "says": L}],
        "views": [{"id": str, "kind": str, "label": L, "value": N, "low": Maybe(NUMBER), "high": Maybe(NUMBER),
                   "rules": [{"id": str, "label": L, "value": N}], "lacking": [L], "provisional": bool, "note": Maybe(L)}],
        "fields": [{"id": str, "label": L, "calorific": N, "equivalent": N}],
        "conversions": [{"id": str, "label": L, "efficiency": N}],
        "sankey": {"year": int, "unit": str, "nodes": [{"id": str, "label": L}], "circulating": NUMBER,
                   "links": [{"source": str, "target": str, "value": NUMBER, "address": str}]},
    }],
}  # fmt: skip
INVENTORY = {
    "guide": {"id": str, "label": L, "source": str}, "warming": {"id": str, "label": L}, "main": str, "unit": str,
    "keys": [{"id": str, "label": L}], "layouts": [{"id": str, "label": L}], "gases": [{"id": str, "label": L}],
    "years": [{"year": int, "sheets": [{"layout": str, "lines": [{
        "code": str, "label": L, "level": int, "scope": Maybe(int), "total": bool, "value": Maybe(N), "gases": [Maybe(NUMBER)],
        "biogenic": Maybe(NUMBER), "key": Maybe(str), "says": Maybe(L), "results": int, "missing": int}]}]}],
    "series": [{"layout": str, "years": [int], "rows": [{"code": str, "label": L, "values": [Maybe(NUMBER)],
                                                         "addresses": [Maybe(str)]}]}],
    "findings": [FINDING],
}  # fmt: skip
DRAWN = {"mean": NUMBER, "median": NUMBER, "low": NUMBER, "high": NUMBER}
SUMMED = {
    "year": int, "value": NUMBER, "exact": str, "gross": NUMBER, "half": NUMBER, "relative": Maybe(NUMBER), "address": str,
    **DRAWN,
}  # fmt: skip
KIND = {"category": str, "quantity": str, "label": L, "gas": L}
KEYED = {
    **KIND, "removal": bool, "value": NUMBER, "base": Maybe(NUMBER), "shares": Keyed(NUMBER), "key": [str], "address": str,
}  # fmt: skip
QUALITY = {
    "city": str, "year": int, "base": Maybe(int), "unit": str, "standard": str, "seed": int, "draws": int, "total": SUMMED,
    "before": Maybe(SUMMED),
    "trend": Maybe({"base": int, "change": NUMBER, "half": NUMBER, "low": NUMBER, "high": NUMBER, "address": str}),
    "rows": [{
        **KIND, "value": NUMBER, "base": Maybe({"value": NUMBER, "address": str}), "results": [str], "covered": NUMBER,
        **dict.fromkeys(("activity", "factor", "combined", "variance_share", "trend_share"), Maybe(NUMBER)),
        "low": NUMBER, "high": NUMBER, "address": str,
    }],
    "inputs": [{"subject": {"activity", "factor", "pedigree"}, "label": L, "share": NUMBER, "deviation": NUMBER,
                "source": Maybe(str), "grade": Maybe(str), "address": str}],
    "uncovered": Keyed(NUMBER), "assumed": Maybe(NUMBER), "key_categories": Keyed([KEYED]),
    "scores": [{"subject": str, "label": L, "count": int, "widened": NUMBER, "address": str,
                "scores": [{"dimension": str, "score": int, "label": L}]}],
    "checks": [{"id": str, "label": L, "seen": int, "state": {"passed", "found", "nothing"}, "found": int}],
    "findings": [FINDING],
    "recalculations": [{
        "at": str, "who": str, "since": str, "year": int, "category": str, "label": L, "quantity": str, "unit": str,
        "before": Maybe(NUMBER), "after": Maybe(NUMBER), "change": NUMBER, "says": L, "address": str,
    }],
}  # fmt: skip
ORDERS = {
    "year": int,
    "cases": [{
        "id": str, "label": L, "feasible": bool, "cost": N, "steps": int, "of": int, "error": NUMBER, "clashes": [[L]],
        "rows": [{"target": Maybe(str), "label": L, "asked": N, "level": Maybe(N), "price": Maybe(N), "dropped": bool,
                  "fact": bool}],
    }],
}  # fmt: skip
SHIFTED = {"years": NUMBER, "error": NUMBER, "probability": NUMBER, "level": N}
ABATEMENT = {
    "scopes": Keyed(L), "payers": Keyed(L), "fields": Keyed(L), "groups": Keyed(L), "draws": int, "peak_draws": int,
    "assumptions": [ASSUMPTION],
    "measures": [{"id": str, "label": L, "field": str, "first": int, "full": int, "priced": bool, "peak": SHIFTED}],
    "curves": [{
        "year": Maybe(int), "together": Keyed(N), "groups": Keyed(Keyed(N)), "paid": Keyed(N),
        "shares": [{
            "id": str, "avoided": Keyed(N), "error": Keyed(NUMBER), "alone": N, "last": N, "saving": N, "outlay": Maybe(N),
            "cost": Maybe(N), "price": Keyed(Maybe(N)), "paid": Keyed(N),
        }],
        "orders": Keyed([{"id": str, "avoided": N, "cost": Maybe(N), "price": Maybe(N)}]),
    }],
    "peak": {"year": int, "probability": NUMBER, "level": NUMBER}, "together": SHIFTED,
}  # fmt: skip
RETROFIT = {"plant": str, "saved": N, "choices": [{"label": L, "capacity": N}]}
DISTRICTS = {
    "tiles": [{"place": str, "label": L, "full": L, "column": int, "row": int, "zone": bool}],
    "quantities": [{"id": str, "label": L, "says": L, "unit": str, "basis": {"actual", "estimated"}, "years": [Maybe(int)],
                    "rows": [{"place": str, "values": [Maybe(N)]}]}],
    "located": [{"place": str, "kind": {"project", "area"}, "field": str, "label": L, "anchor": ANCHOR, "address": str}],
    "duties": [{"place": str, "tasks": [str]}], "lacking": [L], "source": {"id": str, "title": (str, dict), "grade": str},
    "outline": Maybe(dict),
}  # fmt: skip
VIEW = {
    "schema": int, "city": {"code": str, "slug": str, "label": L, "invented": bool}, "year": int,
    "run": {"id": str, "at": str, "versions": Keyed(str), "inputs": [{"name": str, "sha256": str}]},
    "answers": [{"id": str, "question": L, "answer": L, "figures": [NAMED], "address": str}],
    "fields": [{"id": str, "label": L, "verdicts": [str], "counts": dict.fromkeys(KINDS, int)}],
    "counts": dict.fromkeys(KINDS, int), "verdicts": [VERDICT], "tasks": [TASK], "tasklist": TASKLIST, "schedule": SCHEDULE,
    "organisations": [{"name": str, "aliases": [str], "collective": bool, "tasks": [str], "targets": [str]}],
    "goals": [{"id": str, "text": L, "year": Maybe(int), "kind": str, "anchor": Maybe(ANCHOR)}],
    "districts": Maybe(DISTRICTS),
    "emissions": {
        "unit": str, "label": L, "history": [POINT], "gaps": [int], "breaks": [{"year": int, "says": L}], "tables": [TABLE],
        "findings": [FINDING],
    },
    "inventory": INVENTORY, "energy": ENERGY,
    "pathway": Maybe(PATHWAY), "power": Maybe(POWER), "abatement": Maybe(ABATEMENT),
    "orders": Maybe(ORDERS), "retrofits": [RETROFIT],
    "clashes": [CLASH], "consistency": CONSISTENCY, "comparison": Maybe(COMPARISON),
    "quality": Maybe(QUALITY), "hours": Maybe({"schema": int, "cases": [dict]}),
    "definitions": dict, "inventory_form": Maybe(dict),
    "headlines": [{"id": str, "question": L, "answer": L, "numbers": [NAMED], "targets": [str], "address": str}],
    "sources": [SOURCE], "factors": [FACTOR], "methods": [METHOD], "findings": [FINDING], "library": LIBRARY,
    "documents": [{"name": str, "title": str, "sha256": str, "present": bool}],
}  # fmt: skip


def faults(content: Any, form: Any = VIEW, at: str = "view") -> list[str]:
    """Where a document differs from its form; empty where it does not."""
    if isinstance(form, Maybe):
        return [] if content is None else faults(content, form.form, at)
    if isinstance(form, Keyed):
        return [f for key, value in content.items() for f in faults(value, form.form, f"{at}.{key}")]
    if isinstance(form, list):
        return [f for n, value in enumerate(content) for f in faults(value, form[0], f"{at}[{n}]")]
    if isinstance(form, Mapping):
        return _mapping(content, form, at)
    if isinstance(form, set):
        return [] if content in form else [f"{at}: {content!r} is none of {sorted(form)}"]
    if isinstance(form, tuple) and not all(isinstance(one, type) for one in form):
        return [f for n, one in enumerate(form) for f in faults(content[n], one, f"{at}[{n}]")]
    return _plain(content, form, at)


def _mapping(content: Any, form: Mapping[str, Any], at: str) -> list[str]:
    if not isinstance(content, Mapping):
        return [f"{at}: {content!r} is no mapping"]
    found = [f"{at}.{key} is missing" for key in form if key not in content]
    found += [f"{at}.{key} is not described" for key in content if key not in form]
    return found + [f for key, one in form.items() if key in content for f in faults(content[key], one, f"{at}.{key}")]


def _plain(content: Any, form: Any, at: str) -> list[str]:
    wanted = form if isinstance(form, tuple) else (form,)
    if isinstance(content, bool) and bool not in wanted:
        return [f"{at}: {content!r} is a truth value"]
    if type(content) not in wanted:
        return [f"{at}: {content!r} is a {type(content).__name__}"]
    return [f"{at}: {content} is not finite"] if isinstance(content, float) and not math.isfinite(content) else []


def numbers(content: Any) -> Iterator[Mapping[str, Any]]:
    """Every number of a view that carries value, unit and address."""
    if isinstance(content, Mapping):
        if {"value", "unit", "address"} <= set(content):
            yield content
        for value in content.values():
            yield from numbers(value)
    elif isinstance(content, list):
        for value in content:
            yield from numbers(value)


def addresses(content: Any) -> Iterator[str]:
    """Every address of a view, those of series included."""
    if isinstance(content, Mapping):
        yield from (value for key, value in content.items() if key == "address")
        for value in content.values():
            yield from addresses(value)
    elif isinstance(content, list):
        if len(content) == 3 and isinstance(content[0], int) and isinstance(content[2], str):
            yield content[2]
        for value in content:
            yield from addresses(value)


def labels(content: Any) -> Iterator[Mapping[str, str]]:
    """Every text in two languages."""
    if isinstance(content, Mapping):
        if set(content) == {"zh", "en"}:
            yield content
        for value in content.values():
            yield from labels(value)
    elif isinstance(content, list):
        for value in content:
            yield from labels(value)
