"""A factor, the key that asks for it, and how well the one answers the other.

Invariant: what answers a key is never of a later year, of another purpose or of weak evidence unless that was asked
for, and every deviation is said in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, get_args

from dafeng.core.errors import LookupFailure, PurposeError
from dafeng.core.labels import Label
from dafeng.core.sources import Grade

MatchGrade = Literal["exact", "earlier_year", "parent_place", "other_edition", "substitute", "provisional"]
"""How a key was met, best first. ``earlier_year``: an older figure of the same series; ``parent_place``: the figure
of the surrounding place; ``other_edition``: from another standard that the method names; ``substitute``: of another
substance, as ``substitutes.csv`` says; ``provisional``: weak evidence, asked for explicitly."""

ORDER: tuple[MatchGrade, ...] = get_args(MatchGrade)
"""Match grades, best first."""
WEAK: frozenset[str] = frozenset({"provisional", "memory"})
"""Evidence grades that are never chosen unless asked for."""
NATION = "100000"
"""Place of a national figure."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One coefficient.

    Parameters
    ----------
    id : str
        Stable id.
    substance, parameter, purpose, standard : str
        What it belongs to, what it says, what it may be used for, and in which edition it stands.
    place : str or None
        Administrative code; ``None`` where the standard gives one default for all places.
    year : int or None
        Year the figure speaks of; ``None`` for a default of the standard that is not dated.
    sector : str or None
        Inventory category it is limited to.
    value, lower, upper : Decimal or None
        Value and range, in ``unit``; a value of ``None`` is unknown and never used.
    unit : str
        Unit.
    source : str
        Source id.
    clause : str
        Table or clause in the source, empty where not known.
    grade : Grade
        Evidence grade.
    label : Label
        Name in words.
    note : str
        Reservations.
    """

    id: str
    substance: str
    parameter: str
    purpose: str
    standard: str
    place: str | None
    year: int | None
    sector: str | None
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    unit: str
    source: str
    clause: str
    grade: Grade
    label: Label
    note: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """What is asked of the library.

    Parameters
    ----------
    substance, parameter, purpose, standard : str
        As in ``Factor``.
    place : str
        Administrative code.
    year : int
        Year of the activity.
    sector : str or None
        Inventory category of the activity.
    """

    substance: str
    parameter: str
    purpose: str
    standard: str
    place: str
    year: int
    sector: str | None = None

    def words(self) -> str:
        """Key in one line.

        Returns
        -------
        str
            Parts joined by a slash.
        """
        parts = (self.substance, self.parameter, self.purpose, self.standard, self.place, str(self.year), self.sector)
        return "/".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Match:
    """A factor and how it met the key.

    Parameters
    ----------
    factor : Factor
        The factor found.
    value : Decimal
        Its value, which is known. [unit of the factor]
    grade : MatchGrade
        Worst deviation.
    steps : tuple of Label
        Every step of the look-up in words: the deviations, then what was found.
    """

    factor: Factor
    value: Decimal
    grade: MatchGrade
    steps: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Substitute:
    """Another substance whose factors may stand in, with the reason.

    Parameters
    ----------
    substance : str
        The substance that stands in.
    source : str
        Source id of the choice.
    reason : Label
        Why.
    """

    substance: str
    source: str
    reason: Label


def worst(grades: Iterable[MatchGrade]) -> MatchGrade:
    """Worst of several match grades.

    Parameters
    ----------
    grades : iterable of MatchGrade
        Grades.

    Returns
    -------
    MatchGrade
        The worst; ``exact`` of none.
    """
    return max(grades, key=ORDER.index, default="exact")


def check_purpose(factors: Iterable[Factor]) -> None:
    """Refuse factors that answer the same question for different purposes.

    Parameters
    ----------
    factors : iterable of Factor
        Factors about to be added, compared or used side by side.

    Raises
    ------
    PurposeError
        If two factors of one substance and parameter differ in purpose.
    """
    seen: dict[tuple[str, str], Factor] = {}
    for factor in factors:
        other = seen.setdefault((factor.substance, factor.parameter), factor)
        if other.purpose != factor.purpose:
            raise PurposeError(
                Label(
                    f"“{other.id}”（{other.purpose}）与“{factor.id}”（{factor.purpose}）用途不同",
                    f"'{other.id}' ({other.purpose}) and '{factor.id}' ({factor.purpose}) serve different purposes",
                ),
                where=factor.id,
                expected=Label("同一用途的因子", "factors of one purpose"),
                remedy=Label("分别核算，不相加、不比较", "account for them separately; neither add nor compare them"),
            )


def surrounding(place: str) -> tuple[str, ...]:
    """A place and those around it, outwards.

    Parameters
    ----------
    place : str
        Administrative code of 6 digits.

    Returns
    -------
    tuple of str
        District, city, province, nation, as far as they apply.
    """
    if place == NATION:
        return (NATION,)
    return tuple(dict.fromkeys((place, f"{place[:4]}00", f"{place[:2]}0000", NATION)))


def answer(key: Key, listed: tuple[Factor, ...], *, fallback: tuple[str, ...], provisional: bool) -> Match | None:
    """Best of the factors of a substance and parameter that answers a key.

    Parameters
    ----------
    key : Key
        What is asked.
    listed : tuple of Factor
        All factors of that substance and parameter.
    fallback : tuple of str
        Standards to search after that of the key, in order.
    provisional : bool
        Whether weak evidence may be used where nothing better exists.

    Returns
    -------
    Match or None
        The match; ``None`` if none fits.

    Raises
    ------
    PurposeError
        If there are factors, but only for other purposes.
    """
    _refuse_other_purpose(key, listed)
    for weak in (False, True) if provisional else (False,):
        for standard in (key.standard, *fallback):
            found = _best(replace(key, standard=standard), listed, weak=weak)
            if found is not None and found.value is not None:
                return _explained(key, found, found.value)
    return None


def _refuse_other_purpose(key: Key, listed: tuple[Factor, ...]) -> None:
    purposes = sorted({factor.purpose for factor in listed})
    if listed and key.purpose not in purposes:
        raise PurposeError(
            Label(
                f"“{key.substance}”的“{key.parameter}”没有用途“{key.purpose}”的因子",
                f"'{key.parameter}' of '{key.substance}' has no factor for the purpose '{key.purpose}'",
            ),
            where=key.words(),
            expected=Label(f"以下用途之一：{'、'.join(purposes)}", f"one of the purposes {', '.join(purposes)}"),
            remedy=Label("不同用途的因子不能互相代替", "a factor of another purpose cannot stand in"),
        )


def _best(key: Key, listed: tuple[Factor, ...], *, weak: bool) -> Factor | None:
    around = surrounding(key.place)
    fitting = [factor for factor in listed if _fits(factor, key, around) and (factor.grade in WEAK) == weak]
    return min(fitting, key=lambda factor: _distance(factor, key, around), default=None)


def _fits(factor: Factor, key: Key, around: tuple[str, ...]) -> bool:
    return (
        factor.value is not None
        and factor.purpose == key.purpose
        and factor.standard == key.standard
        and (factor.place is None or factor.place in around)
        and (factor.year is None or factor.year <= key.year)
        and (factor.sector is None or f"{key.sector or ''}.".startswith(f"{factor.sector}."))
    )


def _distance(factor: Factor, key: Key, around: tuple[str, ...]) -> tuple[int, int, int, bool, bool]:
    """How far a factor is from a key; of two that are equally near, the one that is tied to the place or year."""
    place = around.index(factor.place) if factor.place else 0
    year = key.year - factor.year if factor.year is not None else 0
    return (-len(factor.sector or ""), place, year, factor.place is None, factor.year is None)


def _explained(key: Key, factor: Factor, value: Decimal) -> Match:
    steps: list[Label] = []
    grades: list[MatchGrade] = ["exact"]
    for grade, applies, zh, en in (
        (
            "other_edition",
            factor.standard != key.standard,
            f"本版无此值，取自 {factor.standard}",
            f"taken from {factor.standard}",
        ),
        (
            "parent_place",
            factor.place not in (None, key.place),
            f"取上级地区 {factor.place}",
            f"of the surrounding {factor.place}",
        ),
        (
            "earlier_year",
            factor.year not in (None, key.year),
            f"取较早年份 {factor.year}",
            f"of the earlier year {factor.year}",
        ),
        ("provisional", factor.grade in WEAK, f"证据等级 {factor.grade}，仅供参考", f"weak evidence ({factor.grade})"),
    ):
        if applies:
            grades.append(grade)  # type: ignore[arg-type]
            steps.append(Label(zh, en))
    found = Label(f"按 {key.words()} 查得 {factor.id}", f"{factor.id} answers {key.words()}")
    return Match(factor, value, worst(grades), (*steps, found))


def failure(key: Key, listed: tuple[Factor, ...], fallback: tuple[str, ...]) -> LookupFailure:
    """Error that says why no factor answers a key.

    Parameters
    ----------
    key : Key
        What was asked.
    listed : tuple of Factor
        All factors of that substance and parameter.
    fallback : tuple of str
        Standards that were searched after that of the key.

    Returns
    -------
    LookupFailure
        To be raised or reported by the caller.
    """
    ours = [f for f in listed if f.purpose == key.purpose and f.standard in (key.standard, *fallback)]
    later = sorted({f.year for f in ours if f.year is not None and f.year > key.year})
    weak = sorted({f.id for f in ours if f.grade in WEAK and f.value is not None})
    empty = sorted({f.id for f in ours if f.value is None})
    said = [
        (f"只有较晚年份 {later}", f"only later years {later}", bool(later)),
        (f"只有证据不足的值 {weak}", f"only weak evidence {weak}", bool(weak)),
        (f"数值未知 {empty}", f"value unknown in {empty}", bool(empty)),
    ]
    zh = "；".join(part[0] for part in said if part[2]) or "库中没有"
    en = "; ".join(part[1] for part in said if part[2]) or "nothing in the library"
    return LookupFailure(
        Label(f"没有因子 {key.words()}（{zh}）", f"no factor for {key.words()} ({en})"),
        where=key.words(),
        expected=Label("当年或较早年份、证据充分的因子", "a factor of the year or an earlier one, with sound evidence"),
        remedy=Label("在 factors/ 中补充一行并注明来源", "add a row with its source under factors/"),
    )
