"""An explanation as a page shows it: one trace with its neighbours, its source and its sentence.

Invariant: it shows the trace as stored; what is missing on the way down is named as missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import isclose
from typing import Any

from dafeng.web.cities import CityView
from dafeng.web.clocks import date_words
from dafeng.web.figures import is_number
from dafeng.web.labels import Words

_CRUFT = re.compile(r"\[bookmark:[^\]]*\]")
_AROUND = 160
SHARE, PERCENT = "1", "%"
"""Unit of a share as it is stored, and as it is shown."""
CLOSE = 1e-4
"""Relative difference up to which a shown figure is the stored one, which may have fewer digits."""
_FACTOR = re.compile(r"factors/(.+?)\.\d{4}(?:\.[a-z_]+)?")


def gather(city: CityView, address: str, words: Words) -> dict[str, Any] | None:
    """Everything the drawer shows for one number.

    Parameters
    ----------
    city : CityView
        The city.
    address : str
        Address, with or without the run id.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        ``trace``, ``address``, ``told`` (the figure as the pages tell it), ``inputs`` (address, trace or
        ``None``), ``numbers`` (these as told), ``source``, ``sentence``, ``citation``, ``factor``,
        ``past`` (what earlier runs said);
        ``None`` if the run has no such address.
    """
    trace = city.trace(address)
    if trace is None:
        return None
    plain = city.strip(address)
    inputs = [(one, city.trace(one)) for one in map(city.strip, trace.get("inputs") or ())]
    return {
        "address": plain,
        "trace": trace,
        "told": told(city, plain, trace),
        "inputs": inputs,
        "numbers": {one: told(city, one, found) for one, found in inputs},
        "source": city.source(trace.get("source")),
        "sentence": sentence(city.documents, trace.get("anchor")),
        "citation": cite(city, plain, trace, words),
        "factor": find_factor(city, plain),
        "past": city.past(plain) if city.past is not None and trace.get("value") is not None else (),
    }


def told(city: CityView, address: str, trace: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A figure as the pages tell it: a share that is stored as 0.9343 is 93.4 % everywhere.

    Parameters
    ----------
    city : CityView
        The city.
    address : str
        Address inside the run.
    trace : mapping or None
        What is stored there.

    Returns
    -------
    mapping or None
        Number of the view document with ``value``, ``unit``, ``basis``, ``low``, ``high``; where no page shows it, the
        stored one with the basis of its kind; ``None`` where there is no number, or a whole one without a unit, such as a seed.
    """
    if trace is None or not is_number(trace.get("value")) or (trace.get("unit") is None and str(trace["value"]).isdigit()):
        return None
    stored, unit = float(trace["value"]), trace.get("unit") or ""
    for one in city.numbers(address):
        factor = 100 if (unit, one["unit"]) == (SHARE, PERCENT) else 1 if unit == (one["unit"] or "") else 0
        if factor and isclose(one["value"], factor * stored, rel_tol=CLOSE, abs_tol=CLOSE):
            return one
    basis = "projected" if trace["kind"] == "projection" else "actual"
    return {"value": trace["value"], "unit": trace.get("unit"), "basis": basis, "low": None, "high": None}


def find_factor(city: CityView, address: str) -> str | None:
    """Id of the factor that an address explains.

    Parameters
    ----------
    city : CityView
        The city.
    address : str
        Address inside the run; of a factor ``factors/id.year``, where it did not match exactly with the match behind.

    Returns
    -------
    str or None
        The id; ``None`` where it is no factor of the library of this run.
    """
    named = _FACTOR.fullmatch(address)
    if named is None:
        return None
    rows = (city.view.get("library") or {}).get("factors") or ()
    return next((row["id"] for row in rows if row["id"] == named[1]), None)


def sentence(documents: Mapping[str, str], anchor: Mapping[str, Any] | None) -> tuple[str, str, str] | None:
    """Words around a clause: before, the clause, after.

    Parameters
    ----------
    documents : mapping of str to str
        Texts by sha256.
    anchor : mapping or None
        Position of the clause.

    Returns
    -------
    tuple of str or None
        At most one paragraph, cut at 160 characters on both sides; ``None`` where the text is not at hand or does
        not reach the position.
    """
    text = documents.get(str(anchor["sha256"])) if anchor else None
    if anchor is None or text is None or not 0 <= anchor["start"] < anchor["end"] <= len(text):
        return None
    start, end = int(anchor["start"]), int(anchor["end"])
    head = text.rfind("\n", 0, start) + 1
    tail = text.find("\n", end)
    before = _CRUFT.sub("", text[head:start])
    after = _CRUFT.sub("", text[end : len(text) if tail < 0 else tail])
    cut_before = "…" + before[-_AROUND:] if len(before) > _AROUND else before
    cut_after = after[:_AROUND] + "…" if len(after) > _AROUND else after
    return cut_before.lstrip(), _CRUFT.sub("", text[start:end]), cut_after.rstrip()


def cite(city: CityView, address: str, trace: Mapping[str, Any], words: Words) -> str:
    """Citation of a number, to be copied.

    Parameters
    ----------
    city : CityView
        The city.
    address : str
        Address inside the run.
    trace : mapping
        The trace.
    words : Words
        Language of the citation.

    Returns
    -------
    str
        One line: city, sentence, value, programme with version, run, instant, address.
    """
    run = city.view["run"]
    amount = f" {trace['value']} {trace.get('unit') or ''}".rstrip() if trace.get("value") is not None else ""
    version = (run.get("versions") or {}).get("dafeng", "")
    said = {
        "city": words.read(city.view["city"]["label"]),
        "says": words.read(trace["says"]).rstrip("。."),
        "amount": amount,
        "version": version,
        "at": date_words(words)["day_of"](str(run["at"])),
        "address": f"{city.run}/{address}",
    }
    return words.say("explain.cite", values=said)


def reach(city: CityView, addresses: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """All traces that can be reached from some addresses.

    Parameters
    ----------
    city : CityView
        The city.
    addresses : iterable of str
        Where the walk starts.

    Returns
    -------
    dict of str to mapping
        Address → trace, each once, also where traces point at one another in a circle.
    """
    found: dict[str, Mapping[str, Any]] = {}
    waiting = list(addresses)
    while waiting:
        address = city.strip(waiting.pop())
        trace = city.trace(address) if address not in found else None
        if trace is not None:
            found[address] = trace
            waiting.extend(trace.get("inputs") or ())
    return found


def addresses(view: Any) -> Iterable[str]:
    """Every address that a view document names.

    Parameters
    ----------
    view : object
        The document or a part of it.

    Yields
    ------
    str
        Addresses, as written.
    """
    if isinstance(view, Mapping):
        own = view.get("address")
        if isinstance(own, str):
            yield own
        for value in view.values():
            yield from addresses(value)
    elif isinstance(view, list | tuple):
        # [year, value, address] is how histories are written
        if len(view) == 3 and isinstance(view[2], str) and not isinstance(view[0], str):
            yield view[2]
        else:
            for value in view:
                yield from addresses(value)
