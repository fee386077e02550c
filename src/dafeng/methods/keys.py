"""Composed factors of the distinct keys of activity rows: what a bulk sum multiplies with (rule R2).

Invariant: a key gets the factor that `dafeng.methods.account` would compose for a fact with the same place, year,
category, carrier, flow and unit, with the same match grade; a key without factor says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dafeng.core.errors import FormulaError, LookupFailure, PurposeError, UnitError
from dafeng.core.labels import Label
from dafeng.library.factor import Match, MatchGrade, check_purpose, worst
from dafeng.library.factors import FactorLibrary
from dafeng.library.supplied import STANDARD
from dafeng.methods.account import Asked, compose, find_edition, find_factors, round_factor
from dafeng.methods.definition import TIMES, Category, Edition, Method
from dafeng.methods.gathering import Activity, has_factor, is_excluded

Reason = Literal["category", "carrier", "excluded", "factor", "method", "place", "unit", "year"]
"""Why a key has no factor: its category is of no method; no method of the category knows the carrier; the method
leaves the carrier out; a factor is missing; the method needs facts of several years; place, unit or year is wrong."""
LARGEST = Decimal(10) ** 9
"""A composed factor has fewer than 10 digits before the point (DECIMAL(18, 9))."""
COARSE = Decimal("1e-6")
"""Relative error from which the rounding to 9 places is reported."""
PLACE_DIGITS = 6
"""Digits of an administrative code. [digits]"""
YEARS = range(1949, 2101)
"""Years that an activity may have."""


@dataclass(frozen=True, slots=True)
class ActivityKey:
    """What decides the factor of an activity row.

    Parameters
    ----------
    place : str
        Administrative code.
    year : int
        Year.
    category, carrier, flow, unit : str
        As delivered; empty where not given.
    """

    place: str
    year: int
    category: str
    carrier: str
    flow: str
    unit: str


@dataclass(frozen=True, slots=True)
class Composed:
    """How a kind of key is multiplied for one quantity.

    Parameters
    ----------
    method : Method
        Method.
    edition : str
        Edition used.
    category : Category
        Category.
    carrier, unit : str
        Carrier and unit of the activity.
    factor : Decimal
        Composed factor, rounded once to 9 places; negative where the category is deducted. [unit of the method / unit]
    grade : MatchGrade
        Worst match grade of its factors.
    matches : mapping of str to Match
        Factors by name in the equation.
    coarse : bool
        Whether the rounding cost more than ``COARSE`` of it.
    """

    method: Method
    edition: str
    category: Category
    carrier: str
    unit: str
    factor: Decimal
    grade: MatchGrade
    matches: Mapping[str, Match]
    coarse: bool


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a kind of key has no factor.

    Parameters
    ----------
    quantity : str or None
        What cannot be computed; ``None`` where nothing can.
    reason : Reason
        Why, as a word.
    says : Label
        Why, in words.
    remedy : Label
        What to do.
    """

    quantity: str | None
    reason: Reason
    says: Label
    remedy: Label


Outcome = Composed | Lack


def compose_keys(
    keys: Iterable[ActivityKey],
    *,
    library: FactorLibrary,
    methods: Mapping[str, Method],
    editions: Mapping[str, str] | None = None,
    provisional: bool = False,
) -> dict[ActivityKey, tuple[Outcome, ...]]:
    """Composed factors of distinct keys.

    Keys that no factor tells apart (most factors are the same everywhere and always) are composed once.

    Parameters
    ----------
    keys : iterable of ActivityKey
        Distinct keys.
    library : FactorLibrary
        Factors.
    methods : mapping of str to Method
        Methods by id.
    editions : mapping of str to str, optional
        Edition by method id; the newest of each method where none is named.
    provisional : bool
        Whether weak evidence may be used where nothing better exists.

    Returns
    -------
    dict of ActivityKey to tuple
        At least one composition or lack for every key.

    Raises
    ------
    LookupFailure
        If an edition is named that a method does not have.
    """
    by_category = _uses(methods, library, editions or {})
    known: dict[tuple[object, ...], Outcome] = {}
    flaws: dict[tuple[str, int], Lack | None] = {}
    found: dict[ActivityKey, tuple[Outcome, ...]] = {}
    for key in keys:
        at = (key.place, key.year)
        flaw = flaws[at] if at in flaws else flaws.setdefault(at, _flaw(*at))
        found[key] = (flaw,) if flaw else _outcomes(key, by_category, library, known, provisional=provisional)
    return found


@dataclass(frozen=True, slots=True)
class _Use:
    """A method in one of its categories, and on what of a key its factors depend."""

    method: Method
    category: Category
    edition: Edition
    by_flow: bool
    local: frozenset[str]
    dated: frozenset[str]

    def signature(self, key: ActivityKey) -> tuple[object, ...]:
        """What of a key decides the outcome: keys with the same signature are composed once."""
        name = (key.flow if self.by_flow else "", key.carrier)
        place = key.place if self.local.intersection((*name, "")) else ""
        year = key.year if self.dated.intersection((*name, "")) else 0
        return (self.method.id, self.category.id, *name, key.unit, place, year)


def _uses(methods: Mapping[str, Method], library: FactorLibrary, editions: Mapping[str, str]) -> dict[str, list[_Use]]:
    found: dict[str, list[_Use]] = {}
    for method in methods.values():
        edition = find_edition(method, editions)
        by_flow = any(need.by == "flow" for need in method.factors.values())
        local, dated = _told_apart(method, library)
        for category in method.within(edition.id).categories:
            found.setdefault(category.id, []).append(_Use(method, category, edition, by_flow, local, dated))
    return found


def _told_apart(method: Method, library: FactorLibrary) -> tuple[frozenset[str], frozenset[str]]:
    """Substances whose factors differ by place, and by year; '' where the method names the substance itself."""
    needs = {(need.parameter, need.purpose) for need in method.factors.values()}
    fixed = {(need.parameter, need.purpose) for need in method.factors.values() if need.substance is not None}
    stands_for: dict[str, set[str]] = {}
    for (_, substance), substitute in library.substitutes.items():
        stands_for.setdefault(substitute.substance, set()).add(substance)
    local: set[str] = set()
    dated: set[str] = set()
    for factor in library.factors.values():
        kind = (factor.parameter, factor.purpose)
        if kind in needs and (factor.place is not None or factor.year is not None):
            names = _standing(factor.substance, stands_for) | ({""} if kind in fixed else set())
            local |= names if factor.place is not None else set()
            dated |= names if factor.year is not None else set()
    return frozenset(local), frozenset(dated)


def _standing(substance: str, stands_for: Mapping[str, set[str]]) -> set[str]:
    """A substance and all for which it may stand in, directly or through others."""
    found, fresh = {substance}, {substance}
    while fresh:
        fresh = {name for one in fresh for name in stands_for.get(one, ())} - found
        found |= fresh
    return found


def _outcomes(
    key: ActivityKey,
    by_category: Mapping[str, list[_Use]],
    library: FactorLibrary,
    known: dict[tuple[object, ...], Outcome],
    *,
    provisional: bool,
) -> tuple[Outcome, ...]:
    chosen = by_category.get(key.category, [])
    uses = [use for use in chosen if not use.method.carriers or _carrier(use, key) in use.method.carriers]
    found = []
    for use in uses:
        signature = use.signature(key)
        if signature not in known:
            known[signature] = _outcome(use, key, library, provisional=provisional)
        found.append(known[signature])
    return tuple(found) or (_unknown(key, chosen),)


def _outcome(use: _Use, key: ActivityKey, library: FactorLibrary, *, provisional: bool) -> Outcome:
    method, category, carrier = use.method, use.category, _carrier(use, key)
    if _needs_years(method):
        return Lack(method.quantity, "method", *_series(method))
    reason = next((e for e in method.exclusions if is_excluded(e, category, carrier)), None)
    activity = Activity(category, carrier, Decimal(1), key.unit, (), key.flow if use.by_flow else None)
    supplied = STANDARD if use.edition.standard == STANDARD else None
    if reason is not None and not has_factor(library, activity, supplied):
        return Lack(method.quantity, "excluded", reason.says, _EXCLUDED)
    resolved: dict[Asked, Match | LookupFailure] = {}
    try:
        edition, answers = find_factors(
            activity, method, use.edition, library, key.place, key.year, resolved, provisional=provisional
        )
    except PurposeError as cause:
        return Lack(method.quantity, "factor", cause.what, cause.remedy)
    failed = next((answer for answer in answers.values() if isinstance(answer, LookupFailure)), None)
    if failed is not None:
        return Lack(method.quantity, "factor", failed.what, failed.remedy)
    matches = {name: answer for name, answer in answers.items() if isinstance(answer, Match)}
    check_purpose(match.factor for match in matches.values())
    return _composed(use, edition, activity, matches)


def _composed(use: _Use, edition: Edition, activity: Activity, matches: Mapping[str, Match]) -> Outcome:
    method = use.method
    try:
        exact = compose(method, edition, activity.unit, matches)
    except (FormulaError, UnitError):
        return Lack(method.quantity, "unit", *_wrong_unit(method, activity.unit))
    rounded = round_factor(exact)
    if abs(rounded) >= LARGEST:
        return Lack(method.quantity, "unit", *_too_large(method, activity.unit))
    signed = -rounded if use.category.deduct else rounded
    grade = worst(match.grade for match in matches.values())
    coarse = abs(exact - rounded) > COARSE * abs(exact)
    return Composed(method, edition.id, use.category, activity.carrier, activity.unit, signed, grade, matches, coarse)


def _carrier(use: _Use, key: ActivityKey) -> str:
    return key.carrier or use.category.carrier or ""


def _needs_years(method: Method) -> bool:
    """Whether a row of one year is not enough: landfill decay, changes of stock."""
    times = {time for expression in method.equations.values() for time in TIMES if time in expression.names}
    return bool(times or method.history) or any(category.years != "this" for category in method.categories)


def _flaw(code: str, year: int) -> Lack | None:
    """What is wrong with place or year."""
    if len(code) != PLACE_DIGITS or not code.isdecimal():
        says = Label(f"行政区划代码“{code}”不可用", f"the place '{code}' cannot be used")
        return Lack(None, "place", says, Label("填写六位代码", "give a code of six digits"))
    if year not in YEARS:
        says = Label(f"年份“{year or ''}”不可用", f"the year '{year or ''}' cannot be used")
        return Lack(None, "year", says, Label("填写四位年份", "give a year of four digits"))
    return None


def _unknown(key: ActivityKey, chosen: list[_Use]) -> Lack:
    if not chosen:
        says = Label(f"没有方法含类别“{key.category}”", f"no method has the category '{key.category}'")
        return Lack(None, "category", says, Label("改用方法定义中的类别编号", "take a category of a method's definition"))
    titles = Label("、".join(u.method.title.zh for u in chosen), ", ".join(f"'{u.method.title.en}'" for u in chosen))
    says = Label(f"{titles.zh}不认识品种“{key.carrier}”", f"{titles.en}: '{key.carrier}' is not known")
    return Lack(None, "carrier", says, Label("改用方法定义中的品种编号", "take a carrier of the method's definition"))


def _series(method: Method) -> tuple[Label, Label]:
    return (
        Label(f"“{method.title.zh}”需要历年数据", f"'{method.title.en}' needs facts of several years"),
        Label("汇总为事实后用 dafeng account 核算", "deliver the sums as facts and use dafeng account"),
    )


def _wrong_unit(method: Method, unit: str) -> tuple[Label, Label]:
    taken = [variant[method.activity.name] for variant in method.variants]
    return (
        Label(f"单位“{unit}”与该品种的因子不符", f"the unit '{unit}' does not fit the factors of this carrier"),
        Label(
            f"换算为因子所用的量纲（该方法接受 {'、'.join(taken)}）；不以推测的密度换算",
            f"deliver in the dimension of its factors (the method takes {', '.join(taken)}); no density is guessed",
        ),
    )


def _too_large(method: Method, unit: str) -> tuple[Label, Label]:
    return (
        Label(f"每 {unit} 的综合因子达 10⁹ {method.unit}", f"the composed factor per {unit} reaches 1e9 {method.unit}"),
        Label("改用较小的单位", "deliver the amounts in a smaller unit"),
    )


_EXCLUDED = Label(
    "如确有燃烧，在方法定义的 exclusions 中删去", "where it is burnt, take it out of the exclusions of the method"
)
