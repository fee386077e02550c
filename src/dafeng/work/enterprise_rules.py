"""What enterprise accounts are made of: fields, indicators, scales, scores of the package, and what the city states itself.

Invariant: cut-offs, benchmarks and targets come from the city, each with its source and date; a city adds scales and scores and
edits none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dafeng.core.labels import Label
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml, refusal
from dafeng.work.definitions import Form, Number, Words
from dafeng.work.own_forms import read_form

FOLDER = "enterprises"
"""Folder of the package's data and of the overlay."""
FILE = "enterprises.yaml"
"""What a city states itself."""


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Day = Annotated[str, AfterValidator(_day)]


class Cutoffs(Form):
    """Where the grades of a scale meet, the best first."""

    scale: str
    indicator: str
    against: Literal["benchmark", "before", "value"]
    values: list[Number] = Field(min_length=1)
    inclusive: Literal["better", "worse"]
    source: str
    date: Day


class Benchmark(Form):
    """What a sector is held against."""

    sector: str
    indicator: str
    value: Number = Field(gt=0)
    unit: str
    year: int
    source: str
    date: Day


class EnterpriseTarget(Form):
    """What an enterprise shall reach."""

    enterprise: str
    year: int
    indicator: str
    value: Number = Field(gt=0)
    unit: str
    source: str
    date: Day


class Part(Form):
    """A part of a score."""

    indicator: str
    weight: Number = Field(gt=0)
    base: dict[int, Number] = Field(default_factory=dict)
    lacking: Literal["mean"] | None = None


class Score(Form):
    """A score of the city's own."""

    label: Words
    form: Literal["ratio", "minmax"]
    parts: list[Part] = Field(min_length=1)
    cap: Number | None = None
    equal: Number | None = Field(default=None, ge=0, le=100)
    source: str
    date: Day


class Scale(Form):
    """A scale of the city's own, the best grade first."""

    class Grade(Form):
        """One grade."""

        id: str
        zh: str
        en: str
        colour: str | None = None

    label: Words
    grades: list[Grade] = Field(min_length=2)
    source: str
    date: Day


class Accounted(Form):
    """An enterprise whose emissions ``account`` computes, in a folder of its own or as a park of the city."""

    enterprise: str
    zh: str
    en: str
    sector: str = ""
    folder: str | None = None
    scope: str = "city"


class EnterpriseFile(Form):
    """``data/enterprises/enterprises.yaml``."""

    cutoffs: list[Cutoffs] = Field(default_factory=list)
    benchmarks: list[Benchmark] = Field(default_factory=list)
    targets: list[EnterpriseTarget] = Field(default_factory=list)
    scales: dict[str, Scale] = Field(default_factory=dict)
    scores: dict[str, Score] = Field(default_factory=dict)
    accounted: list[Accounted] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_strict(self) -> Self:
        for one in self.cutoffs:
            rising = sorted(set(one.values))
            if list(one.values) not in (rising, rising[::-1]):
                raise ValueError(f"cut-offs of '{one.scale}' must rise or fall strictly")
        told = [one.scale for one in self.cutoffs]
        if len(set(told)) < len(told):
            raise ValueError("a scale has cut-offs once")
        return self


@dataclass(frozen=True, slots=True)
class EnterpriseRules:
    """All that enterprise accounts follow.

    Parameters
    ----------
    fields, keys, indicators, scales, scores, forms : mapping
        Definitions by id, of the package and of the city.
    comparisons, completion, sizes : mapping
        Comparisons, completion of targets, classes of size.
    own : EnterpriseFile
        What the city states.
    place : str
        File that it states it in.
    """

    fields: Mapping[str, Any]
    keys: Mapping[str, Any]
    indicators: Mapping[str, Any]
    comparisons: Mapping[str, Any]
    completion: Mapping[str, Any]
    sizes: Mapping[str, Any]
    scales: Mapping[str, Any]
    scores: Mapping[str, Any]
    forms: Mapping[str, Any]
    own: EnterpriseFile
    place: str


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Mapping[str, Any]]:
    folder = shipped() / FOLDER
    found = {name: load_yaml(folder / f"{name}.yaml") for name in ("fields", "indicators", "scales", "scores")}
    return MappingProxyType(found)


def read_rules(overlay: Path) -> EnterpriseRules:
    """Rules of the package and of a city.

    Parameters
    ----------
    overlay : Path
        The city's own definitions.

    Returns
    -------
    EnterpriseRules
        The rules.

    Raises
    ------
    DefinitionError
        If the city's file breaks its form, names what does not exist, or edits what the package ships.
    """
    known, path = _shipped(), overlay / FOLDER / FILE
    own = read_form(path, EnterpriseFile) if path.is_file() else EnterpriseFile()
    scales = _added(known["scales"]["scales"], {name: _scale(one) for name, one in own.scales.items()})
    scores = _added(known["scores"]["scores"], {name: _score(one) for name, one in own.scores.items()})
    rules = EnterpriseRules(
        known["fields"]["fields"],
        known["fields"]["keys"],
        known["indicators"]["indicators"],
        known["indicators"]["comparisons"],
        known["indicators"]["completion"],
        known["fields"]["sizes"],
        scales,
        scores,
        known["scores"]["forms"],
        own,
        f"data/{FOLDER}/{FILE}",
    )
    _check_names(rules)
    return rules


def _added(shipped_ones: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    twice = shipped_ones.keys() & own.keys()
    if twice:
        raise refusal(
            FILE,
            f"“{min(twice)}”是随软件提供的编号",
            f"'{min(twice)}' is shipped with the software",
            expected=Label("新的编号；城市只增不改", "a new id; a city adds and never edits"),
        )
    return {**shipped_ones, **own}


def _scale(one: Scale) -> dict[str, Any]:
    grades = [{"id": g.id, "zh": g.zh, "en": g.en, "colour": g.colour} for g in one.grades]
    told = {"label": {"zh": one.label.zh, "en": one.label.en}, "grades": grades, "source": one.source, "date": one.date}
    return {
        **told,
        "region": "",
        "against": None,
        "fields": [],
        "classes": [],
        "cutoffs": None,
        "grade": "reported",
        "note": "",
    }


def _score(one: Score) -> dict[str, Any]:
    parts = [{"indicator": p.indicator, "weight": p.weight, "base": p.base, "lacking": p.lacking} for p in one.parts]
    told = {"label": {"zh": one.label.zh, "en": one.label.en}, "form": one.form, "parts": parts, "cap": one.cap}
    return {**told, "equal": one.equal, "source": one.source, "sources": {}, "date": one.date, "grade": "reported", "note": ""}


def _check_names(rules: EnterpriseRules) -> None:
    for at, one in enumerate(rules.own.cutoffs):
        place = f"{FILE}:cutoffs[{at}]"
        if one.scale not in rules.scales:
            raise refusal(place, f"没有标尺“{one.scale}”", f"there is no scale '{one.scale}'")
        needed = len(rules.scales[one.scale]["grades"]) - 1
        if len(one.values) != needed:
            raise refusal(place, f"“{one.scale}”须有 {needed} 个分界值", f"the scale '{one.scale}' needs {needed} cut-offs")
    asked = [("cutoffs", one.indicator) for one in rules.own.cutoffs]
    asked += [("benchmarks", one.indicator) for one in rules.own.benchmarks]
    asked += [("targets", one.indicator) for one in rules.own.targets]
    asked += [("scores", part["indicator"]) for score in rules.scores.values() for part in score["parts"] or ()]
    for where, name in asked:
        if name not in rules.indicators:
            raise refusal(
                f"{FILE}:{where}",
                f"没有指标“{name}”",
                f"there is no indicator '{name}'",
                expected=Label("、".join(rules.indicators), ", ".join(rules.indicators)),
            )
    stated: list[Benchmark | EnterpriseTarget] = [*rules.own.benchmarks, *rules.own.targets]
    for told in stated:
        unit = rules.indicators[told.indicator]["unit"]
        if told.unit != unit:
            raise refusal(
                FILE,
                f"“{told.indicator}”的单位应为 {unit}，写作 {told.unit}",
                f"the unit of '{told.indicator}' is {unit}, stated as {told.unit}",
            )
