"""What a city has decided: editions, points and their caps, vouchers, expiry.

Invariant: every rule names its source and grade; what is not decided is ``None`` and never taken as zero or as leave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.core.sources import Grade
from dafeng.ledger.inclusion.scenes import Scene, number_of
from dafeng.library.overlay import definition_files, layers
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml

PLAIN = "plain"
"""Policy of a city that has named none."""
_FIELDS = frozenset(
    (
        *("id", "label", "source", "grade", "provisional", "editions", "late_days", "future_minutes", "most_hours"),
        *("most_per_day", "expiry_months", "rewards", "vouchers", "consent", "credit"),
    )
)


@dataclass(frozen=True, slots=True)
class Reward:
    """Points of a scene.

    Parameters
    ----------
    scene : str
        Scene.
    points : int
        Points for an event, or for every ``grams`` saved.
    grams : int or None
        Grams that earn them; ``None`` where an event earns them, whatever it saves. [g CO2]
    most : int or None
        Most points of a person in a day; ``None`` without a cap.
    label : Label
        The rule in words.
    source, grade : str
        Where it stands, and how well.
    """

    scene: str
    points: int
    grams: int | None
    most: int | None
    label: Label
    source: str
    grade: Grade

    def count_points(self, grams: int) -> int:
        """Points of an event before any cap.

        Parameters
        ----------
        grams : int
            What it saved. [g CO2]

        Returns
        -------
        int
            Points.
        """
        return self.points if self.grams is None else grams // self.grams * self.points


@dataclass(frozen=True, slots=True)
class Voucher:
    """What points are exchanged for.

    Parameters
    ----------
    id : str
        Id.
    points : int
        Price. [points]
    value : Decimal
        What it is worth. [unit]
    unit : str
        Unit of the value.
    stock : int
        How many there are; it may grow, never shrink below what was given out.
    label : Label
        Name.
    source, grade : str
        Where it stands, and how well.
    """

    id: str
    points: int
    value: Decimal
    unit: str
    stock: int
    label: Label
    source: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules of a programme.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name.
    source, grade : str
        Who decided it, and how well it is known.
    provisional : bool
        Whether editions of weak evidence may be used.
    editions : mapping of str to str
        Edition by scene; an event of any other scene is not taken.
    late_days : int
        Longest time between the end of an event and its arrival. [d]
    future_minutes : int
        How far clocks may be ahead. [min]
    most_hours : int
        Longest event. [h]
    most_per_day : int or None
        Most points of a person in a day over all scenes.
    expiry_months : int or None
        Months after which points expire; ``None`` where that is not decided.
    rewards : mapping of str to Reward
        Points by scene.
    vouchers : mapping of str to Voucher
        Vouchers by id.
    purpose, version : str
        Purpose that persons consent to, and the version of the text.
    credit_scale : int or None
        Digits after the point of a unit of certified reductions, where the rules say so; the book's definition decides.
    """

    id: str
    label: Label
    source: str
    grade: Grade
    provisional: bool
    editions: Mapping[str, str]
    late_days: int
    future_minutes: int
    most_hours: int
    most_per_day: int | None
    expiry_months: int | None
    rewards: Mapping[str, Reward]
    vouchers: Mapping[str, Voucher]
    purpose: str
    version: str
    credit_scale: int | None


def read_policy(name: str, scenes: Mapping[str, Scene], *folders: Path) -> Policy:
    """A policy by its id.

    Parameters
    ----------
    name : str
        Id of the policy.
    scenes : mapping of str to Scene
        Scenes that it may name.
    *folders : Path
        Overlay folders; their ``inclusion/policy_*.yaml`` add policies.

    Returns
    -------
    Policy
        The policy.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, or a policy names what is not there.
    LookupFailure
        If there is no such policy.
    """
    known = frozenset(read_sources(*folders))
    found: dict[str, Policy] = {}
    for path in definition_files(layers(*folders), "inclusion/policy_*.yaml"):
        root = Record(read_yaml(path), ()).allow(_FIELDS)
        policy = _policy(root, scenes, known)
        if policy.id in found:
            raise root.error(f"“{policy.id}”已有定义", f"'{policy.id}' is defined already", key="id")
        found[policy.id] = policy
    if name in found:
        return found[name]
    raise LookupFailure(
        Label(f"没有碳普惠规则“{name}”", f"there are no inclusion rules '{name}'"),
        where="options.inclusion",
        expected=Label("、".join(found), ", ".join(found)),
        remedy=Label("改正 city.yaml，或加一份规则文件", "correct city.yaml, or add a file of rules"),
    )


def _policy(root: Record, scenes: Mapping[str, Scene], known: Collection[str]) -> Policy:
    chosen = root.child("editions")
    editions = {name: chosen.text(name) for name in chosen.keys()}  # noqa: SIM118 - a record is no mapping
    provisional = root.value("provisional") is True
    for scene, edition in editions.items():
        if scene not in scenes or edition not in scenes[scene].editions:
            raise chosen.error(f"没有版本“{edition}”", f"no edition '{edition}'", key=scene)
        grade = scenes[scene].editions[edition].grade
        if grade == "memory" or (grade == "provisional" and not provisional):
            raise chosen.error("因子证据不足，须写明 provisional: true", "weak evidence needs provisional: true", key=scene)
    rewards = [_reward(record, scenes, known) for record in root.children("rewards")]
    vouchers = [_voucher(record, known) for record in root.children("vouchers")]
    if len({one.scene for one in rewards}) < len(rewards) or len({one.id for one in vouchers}) < len(vouchers):
        raise root.error("积分或券重复定义", "a reward or voucher is defined twice", key="rewards")
    consent, credit = root.child("consent").allow({"purpose", "version"}), root.child("credit").allow({"unit", "scale"})
    return Policy(
        id=root.text("id"),
        label=root.label("label"),
        source=check_source(root.text("source"), known, root.marked.at("source")),
        grade=_grade(root),
        provisional=provisional,
        editions=editions,
        late_days=whole_of(root, "late_days"),
        future_minutes=whole_of(root, "future_minutes"),
        most_hours=whole_of(root, "most_hours"),
        most_per_day=_whole_or_none(root, "most_per_day"),
        expiry_months=_whole_or_none(root, "expiry_months"),
        rewards={one.scene: one for one in rewards},
        vouchers={one.id: one for one in vouchers},
        purpose=consent.text("purpose"),
        version=consent.text("version"),
        credit_scale=_whole_or_none(credit, "scale"),
    )


def _grade(record: Record) -> Grade:
    return cast("Grade", record.text("grade", among=get_args(Grade)))


def _reward(record: Record, scenes: Mapping[str, Scene], known: Collection[str]) -> Reward:
    record.allow({"scene", "points", "grams", "most_per_day", "label", "source", "grade"})
    return Reward(
        scene=record.text("scene", among=tuple(scenes)),
        points=whole_of(record, "points"),
        grams=_whole_or_none(record, "grams"),
        most=_whole_or_none(record, "most_per_day"),
        label=record.label("label"),
        source=check_source(record.text("source"), known, record.marked.at(*record.path, "source")),
        grade=_grade(record),
    )


def _voucher(record: Record, known: Collection[str]) -> Voucher:
    record.allow({"id", "points", "value", "unit", "stock", "label", "source", "grade"})
    return Voucher(
        id=record.text("id"),
        points=whole_of(record, "points"),
        value=number_of(record, "value"),
        unit=record.text("unit"),
        stock=whole_of(record, "stock"),
        label=record.label("label"),
        source=check_source(record.text("source"), known, record.marked.at(*record.path, "source")),
        grade=_grade(record),
    )


def whole_of(record: Record, key: str) -> int:
    """Positive whole number of a field that must be there.

    Parameters
    ----------
    record : Record
        The record.
    key : str
        Field.

    Returns
    -------
    int
        The number.

    Raises
    ------
    DefinitionError
        If it is anything else.
    """
    found = number_of(record, key)
    if found != int(found) or found <= 0:
        raise record.error(f"应为正整数，实为 {found}", f"must be a positive whole number, is {found}", key=key)
    return int(found)


def _whole_or_none(record: Record, key: str) -> int | None:
    return None if record.value(key) is None else whole_of(record, key)
