"""What a brief can say: the numbers of a view document by their addresses, and the names that stand beside them.

Invariant: nothing is computed; every number keeps the address that explains it, also where it answers to a second name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Words = Mapping[str, str]
"""A text in both languages."""
MOST = 3
"""Most names in a list of missing data."""
MEASURED: Mapping[str, str] = {
    "cost": "cost",
    "years": "years",
    "avoided": "effect",
    "probability": "probability",
    "per_cost": "per_cost",
}
"""Figures of a measure: their name here, their key in the view."""


@dataclass(frozen=True, slots=True)
class Index:
    """Numbers and names of a run.

    Parameters
    ----------
    numbers : mapping of str to mapping
        Name → number as the view writes it; its name is its address without the run, or a place of the view such as
        ``headline/peak.1``.
    names : mapping of str to mapping
        Name → words in both languages.
    """

    numbers: Mapping[str, Row]
    names: Mapping[str, Words]

    def bind(self, pattern: str) -> Sequence[str]:
        """What the star of a pattern can stand for.

        Parameters
        ----------
        pattern : str
            Name with one star.

        Returns
        -------
        sequence of str
            In the order of the view.
        """
        form = re.compile(re.escape(pattern).replace(r"\*", "(.+)"))
        return list(dict.fromkeys(found[1] for name in self.numbers if (found := form.fullmatch(name))))

    def number(self, pattern: str, *, bound: str | None = None) -> Row | None:
        """Number of a name.

        Parameters
        ----------
        pattern : str
            Name, or a pattern whose star stands for ``bound``, or for the first that fits.
        bound : str, optional
            What the star stands for.

        Returns
        -------
        mapping or None
            The number; ``None`` where there is none or its value is unknown.
        """
        if "*" in pattern:
            stars = [bound] if bound is not None else self.bind(pattern)[:1]
            pattern = pattern.replace("*", stars[0]) if stars else pattern
        found = self.numbers.get(pattern)
        return None if found is None or found["value"] is None else found


def index_view(view: Row) -> Index:
    """Index the numbers and names of a view document.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    Index
        Numbers that stand twice keep the place where they have a name.
    """
    numbers: dict[str, Row] = {}
    names: dict[str, Words] = {}
    for row in _numbers(view):
        address = strip(row["address"])
        if address not in numbers or "label" not in numbers[address]:
            numbers[address] = row
        if row.get("label"):
            names.setdefault(address, row["label"])
    for part in (_headlines, _verdicts, _clashes, _pathway, _influences, _abatement, _power):
        for name, number, words in part(view):
            numbers |= {} if number is None else {name: number}
            names |= {} if words is None else {name: words}
    return Index(numbers, names)


def list_shares(view: Row) -> Sequence[Row]:
    """What each measure avoids on the mean over all orders, in the first year compared: the parts of the total.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    sequence of mapping
        Rows of ``shares`` of the part ``abatement``; none where no measure was compared.
    """
    return [share for curve in (view.get("abatement") or {}).get("curves", ())[:1] for share in curve["shares"]]


def strip(address: str) -> str:
    """An address without its run.

    Parameters
    ----------
    address : str
        ``run/table/row``.

    Returns
    -------
    str
        ``table/row``.
    """
    return address.split("/", 1)[1] if address.count("/") > 1 else address


Entry = tuple[str, Row | None, Words | None]


def _numbers(part: object) -> Iterator[Row]:
    if isinstance(part, Mapping):
        if {"address", "value", "unit"} <= part.keys() and not isinstance(part["value"], Mapping | list):
            yield part
        for inner in part.values():
            yield from _numbers(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _numbers(inner)


def _headlines(view: Row) -> Iterator[Entry]:
    targets = {row["value"]["address"]: row["indicator"] for row in view.get("verdicts") or ()}
    for one in view.get("headlines") or ():
        for place, row in enumerate(one["numbers"]):
            yield f"headline/{one['id']}.{place}", row, targets.get(row["address"], row["label"])
        for row in one["numbers"][-1:]:
            yield f"headline/{one['id']}.last", row, row["label"]


def _verdicts(view: Row) -> Iterator[Entry]:
    for row in view.get("verdicts") or ():
        name = f"verdict/{row['verdict']}/{row['target']}"
        yield f"{name}.asked", row["value"], row["indicator"]
        yield f"{name}.known", row["projected"] or row["actual"], None
        who = row["organisations"]
        yield f"{name}.who", None, {"zh": "、".join(who[:MOST]), "en": ", ".join(who[:MOST])} if who else None
    lacking = Counter((one["zh"], one["en"]) for row in view.get("verdicts") or () for one in row["lacking"])
    most = [pair for pair, _ in lacking.most_common(MOST)]
    if most:
        yield "lacking", None, {"zh": "、".join(zh for zh, _ in most), "en": ", ".join(en for _, en in most)}


def _clashes(view: Row) -> Iterator[Entry]:
    for row in view.get("clashes") or ():
        least = row["relax"][0]
        yield f"clash/{row['id']}.least", least | ({"unit": "百分点"} if least["unit"] == "%" else {}), least["label"]
        yield f"clash/{row['id']}", None, row["title"]


def _pathway(view: Row) -> Iterator[Entry]:
    pathway = view.get("pathway")
    if pathway is None:
        return
    address = next(row["address"] for row in pathway["scenarios"] if row["id"] == pathway["main"])
    second = pathway["years"][1]
    for row in pathway["views"]["rows"] if pathway.get("views") else ():
        for number in [one for numbers in row["scenarios"].values() for one in numbers if one["low"] is not None]:
            yield f"{strip(number['address'])}.low", number | {"value": number["low"]}, None
    yield "pathway/second", {"value": second, "unit": "年", "year": second, "address": address}, None
    for row in pathway["measures"]:
        yield f"measure/{row['id']}", None, row["label"]
        for name, key in MEASURED.items():
            yield f"measure/{row['id']}.{name}", row.get(key), None
    emissions = view.get("emissions") or {}
    if emissions.get("history"):
        year, value, at = max(emissions["history"], key=lambda entry: float(entry[1]))
        yield "recorded", {"value": value, "unit": emissions["unit"], "year": year, "address": at}, emissions["label"]


def _influences(view: Row) -> Iterator[Entry]:
    """What moves the emissions, the strongest first."""
    found = (view.get("pathway") or {}).get("influences") or {}
    for row in sorted(found.get("drivers") or (), key=lambda one: -abs(one["emitted"]["value"] or 0.0)):
        yield f"influence/{row['id']}", None, row["label"]
        yield f"influence/{row['id']}.emitted", row["emitted"], None


def _abatement(view: Row) -> Iterator[Entry]:
    """Measures by cost on the mean over all orders, as the page of measures has them."""
    found = view.get("abatement") or {}
    labels = {row["id"]: row["label"] for row in found.get("measures") or ()}
    priced = [one for one in list_shares(view) if one["price"]["local"] and (one["avoided"]["local"]["value"] or 0.0) > 0]
    for share in sorted(priced, key=lambda one: float(one["price"]["local"]["value"])):
        yield f"cheapest/{share['id']}", None, labels[share["id"]]
        yield f"cheapest/{share['id']}.price", share["price"]["local"], None
        yield f"cheapest/{share['id']}.avoided", share["avoided"]["local"], None


def _power(view: Row) -> Iterator[Entry]:
    for case in (view.get("power") or {}).get("cases", ()):
        yield f"power/{case['id']}", None, case["label"]
