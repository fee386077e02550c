"""Scenes: what a trip or a charging session saves, read from ``methods/inclusion``.

Invariant: an equation gives grams of CO2 in every edition and is proportional to its activity; its worked examples come out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from pathlib import Path
from typing import cast, get_args

from dafeng.core.errors import FormulaError, UnitError
from dafeng.core.labels import Label
from dafeng.core.sources import Grade
from dafeng.core.units import unit
from dafeng.formula import Expression, check_unit, evaluate_exact, parse
from dafeng.ledger.inclusion.events import DIGITS
from dafeng.library.overlay import definition_files, layers
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import Texts, read_texts, read_yaml

GRAM = "gCO2"
"""Unit in which reductions are counted."""
WEAK = frozenset({"provisional", "memory"})
"""Grades that a city has to accept before they are used."""
HOLDERS = ("person", "organisation")
"""Who may claim."""
_SCENE = frozenset(
    ("id", "title", "summary", "holders", "source", "clause", "activity", "equations", "editions", "examples", "extends")
)


@dataclass(frozen=True, slots=True)
class SceneFactor:
    """A factor of an edition.

    Parameters
    ----------
    name : str
        Name in the equation.
    value : Decimal
        Value. [unit]
    unit : str
        Unit.
    label : Label
        Name in words.
    """

    name: str
    value: Decimal
    unit: str
    label: Label


@dataclass(frozen=True, slots=True)
class SceneEdition:
    """One published way to count a scene.

    Parameters
    ----------
    id : str
        Id.
    equation : str
        Id of the equation.
    label : Label
        Name.
    region : str
        Administrative code of the place it was made for.
    year : int
        Year of its figures.
    source, clause : str
        Where they stand.
    grade : str
        Grade of the evidence.
    factors : tuple of SceneFactor
        Its factors.
    per_unit : Decimal
        What a unit of the activity saves. [g CO2 / unit]
    """

    id: str
    equation: str
    label: Label
    region: str
    year: int
    source: str
    clause: str
    grade: Grade
    factors: tuple[SceneFactor, ...]
    per_unit: Decimal

    @property
    def weak(self) -> bool:
        """Whether a city has to accept its evidence first."""
        return self.grade in WEAK


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene that earns.

    Parameters
    ----------
    id : str
        Id.
    title, summary : Label
        Name and how it is counted.
    holders : tuple of str
        Who may claim: ``person``, ``organisation``.
    source, clause : str
        Where the method stands.
    activity, unit : str
        What is measured, and in which unit.
    activity_label : Label
        Name of what is measured.
    most : Decimal
        Largest amount of one event that is believed. [unit]
    digits : int
        Digits after the point that an amount may have; 0 where whole things are counted.
    equations : mapping of str to Expression
        Equations by id.
    editions : mapping of str to SceneEdition
        Editions by id; none where no factor could be quoted.
    """

    id: str
    title: Label
    summary: Label
    holders: tuple[str, ...]
    source: str
    clause: str
    activity: str
    unit: str
    activity_label: Label
    most: Decimal
    digits: int
    equations: Mapping[str, Expression]
    editions: Mapping[str, SceneEdition]

    def grams(self, edition: str, amount: Decimal) -> int:
        """What an event saves, rounded down.

        Parameters
        ----------
        edition : str
            One of the editions.
        amount : Decimal
            Activity. [unit]

        Returns
        -------
        int
            Reduction. [g CO2]
        """
        return int((amount * self.editions[edition].per_unit).to_integral_value(ROUND_FLOOR))


def read_scenes(*folders: Path) -> Mapping[str, Scene]:
    """Scenes of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; their ``methods/inclusion/*.yaml`` add scenes, or editions to one (``extends``).

    Returns
    -------
    mapping of str to Scene
        Scene by id.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, an equation does not give grams or is not proportional, an example does not come out, or
        an id comes twice.
    """
    paths = definition_files(layers(*folders), "methods/inclusion/*.yaml")
    return dict(_scenes(read_texts(paths), frozenset(read_sources(*folders))))


@lru_cache(maxsize=16)
def _scenes(files: Texts, known: frozenset[str]) -> Mapping[str, Scene]:
    roots = [Record(read_yaml(text, name=file), ()).allow(_SCENE) for file, text in files]
    made: dict[str, Scene] = {}
    for root in roots:
        if root.text_or_none("extends") is None:
            scene = _scene(root, known)
            if scene.id in made:
                raise root.error(f"“{scene.id}”已有定义", f"'{scene.id}' is defined already", key="id")
            made[scene.id] = scene
    for root in roots:
        if (name := root.text_or_none("extends")) is not None:
            if name not in made:
                raise root.error(f"没有场景“{name}”", f"no scene '{name}'", key="extends")
            made[name] = _extended(made[name], root, known)
    return made


def _scene(root: Record, known: Collection[str]) -> Scene:
    activity = root.child("activity").allow({"name", "unit", "most", "digits", "label"})
    equations = root.child("equations")
    scene = Scene(
        id=root.text("id"),
        title=root.label("title"),
        summary=root.label("summary"),
        holders=root.texts("holders"),
        source=check_source(root.text("source"), known, root.marked.at("source")),
        clause=root.text_or_none("clause") or "",
        activity=activity.text("name"),
        unit=activity.text("unit"),
        activity_label=activity.label("label"),
        most=number_of(activity, "most"),
        digits=_digits(activity),
        equations={name: _equation(equations, name) for name in equations.keys()},  # noqa: SIM118 - a record is no mapping
        editions={},
    )
    if not scene.holders or set(scene.holders) - set(HOLDERS):
        raise root.error("应列出 person 或 organisation", "must list person or organisation", key="holders")
    return _extended(scene, root, known)


def _digits(activity: Record) -> int:
    found = activity.decimal("digits")
    if found is None:
        return DIGITS
    if found != int(found) or not 0 <= found <= DIGITS:
        raise activity.error(f"应为 0 至 {DIGITS}", f"must be 0 to {DIGITS}", key="digits")
    return int(found)


def _extended(scene: Scene, root: Record, known: Collection[str]) -> Scene:
    editions = dict(scene.editions)
    inner = root.child("editions")
    for name in inner.keys():  # noqa: SIM118 - a record is no mapping
        if name in editions:
            raise inner.error(f"“{name}”已有定义", f"'{name}' is defined already", key=name)
        editions[name] = _edition(scene, inner.child(name), known)
    whole = replace(scene, editions=editions)
    for example in root.children("examples"):
        _check_example(whole, example)
    return whole


def _equation(record: Record, name: str) -> Expression:
    try:
        return parse(record.text(name), where=name)
    except FormulaError as cause:
        raise record.error(cause.what.zh, cause.what.en, key=name) from cause


def _edition(scene: Scene, record: Record, known: Collection[str]) -> SceneEdition:
    record.allow({"equation", "label", "region", "year", "source", "clause", "grade", "factors"})
    inner = record.child("factors")
    factors = tuple(_factor(inner.child(name)) for name in inner.keys())  # noqa: SIM118 - a record is no mapping
    year = record.year("year")
    if record.text("equation") not in scene.equations or year is None:
        raise record.error("没有该方程或缺少年份", "no such equation, or no year", key="equation")
    return SceneEdition(
        id=str(record.path[-1]),
        equation=record.text("equation"),
        label=record.label("label"),
        region=record.text("region"),
        year=year,
        source=check_source(record.text("source"), known, record.marked.at(*record.path, "source")),
        clause=record.text_or_none("clause") or "",
        grade=cast("Grade", record.text("grade", among=get_args(Grade))),
        factors=factors,
        per_unit=_per_unit(scene, record, factors),
    )


def _factor(record: Record) -> SceneFactor:
    record.allow({"value", "unit", "label"})
    return SceneFactor(str(record.path[-1]), number_of(record, "value"), record.text("unit"), record.label("label"))


def _per_unit(scene: Scene, record: Record, factors: tuple[SceneFactor, ...]) -> Decimal:
    """What one unit saves; the equation must be proportional to its activity, so that this is all that is needed."""
    expression = scene.equations[record.text("equation")]
    units = {scene.activity: unit(scene.unit), **{one.name: unit(one.unit) for one in factors}}
    values = {one.name: one.value for one in factors}
    try:
        scale = check_unit(expression, units, unit(GRAM), where=scene.id)
        tried = [evaluate_exact(expression, {**values, scene.activity: at}, where=scene.id) for at in (0, 1, 3)]
    except (FormulaError, UnitError) as cause:
        raise record.error(cause.what.zh, cause.what.en, expected=cause.expected) from cause
    if tried[0] or tried[2] != 3 * tried[1] or tried[1] <= 0:
        raise record.error("减排量应为正，且与活动量成正比", "the reduction must be positive and proportional to the activity")
    return tried[1] * scale.numerator / scale.denominator


def _check_example(scene: Scene, record: Record) -> None:
    record.allow({"edition", "amount", "grams", "by"})
    edition = record.text("edition", among=tuple(scene.editions))
    found = scene.grams(edition, number_of(record, "amount"))
    if not record.text("by") or found != number_of(record, "grams"):
        raise record.error(f"算例得 {found} g", f"the example gives {found} g", key="grams")


def number_of(record: Record, key: str) -> Decimal:
    """Number of a field that must be there.

    Parameters
    ----------
    record : Record
        The record.
    key : str
        Field.

    Returns
    -------
    Decimal
        Exact value.

    Raises
    ------
    DefinitionError
        If it is absent or no number.
    """
    found = record.decimal(key)
    if found is None:
        raise record.error("缺少数值", "has no number", key=key)
    return found


def weak_scenes(scenes: Mapping[str, Scene], chosen: Mapping[str, str]) -> list[str]:
    """Scenes whose chosen edition rests on weak evidence: every result of theirs is marked.

    Parameters
    ----------
    scenes : mapping of str to Scene
        Scenes.
    chosen : mapping of str to str
        Edition by scene.

    Returns
    -------
    list of str
        Ids, sorted.
    """
    return sorted(name for name, edition in chosen.items() if scenes[name].editions[edition].weak)
