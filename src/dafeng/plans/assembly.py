"""A figure with its name, years and context → statements.

Invariant: one statement per pairing of figure, name and year, with everything that lowers its certainty named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dafeng.plans.amounts import amount_pattern, read_amount
from dafeng.plans.clause import Clause, strength_of
from dafeng.plans.comparison import compare, direct
from dafeng.plans.context import Context
from dafeng.plans.distribution import Pairing, distribute
from dafeng.plans.grammar import Amount, Figure
from dafeng.plans.kinds import Evidence, judge_kind
from dafeng.plans.lexicon import lexicon
from dafeng.plans.naming import Name, has_measure
from dafeng.plans.pieces import Base, Time
from dafeng.plans.statements import ALL_OF_IT, Comparator, Direction, Era, Kind, Statement, YearFrom

SHARE_OF = re.compile(r"占(?!地|用|比|有)\w{2,}$")
RELATED = re.compile(
    r"(?P<part>\w{2,})(?:达到|不低于|不少于|不小于|不超过|超过|控制在)(?P<whole>\w{2,})"
)  # 储能不低于装机容量的10%
SHARES = ("率", "比重", "占比", "比例", "份额")
AREAS = ("面积", "规模", "用地", "林", "绿地", "建筑")


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure with all that was found for it.

    Parameters
    ----------
    figure : Figure
        The figure.
    clause : Clause
        Words before it.
    context : Context
        Context of the clause.
    name : Name
        Name, possibly a list of names.
    remarks : tuple of str
        Keys of certainty rules.
    counting : str or None
        How it is counted.
    implied : bool
        Whether “all” is meant.
    part_of : int or None
        Position of the whole.
    state : bool
        Whether a counted group attains a state.
    heads : tuple of str
        Names of several amounts, where the text only refers to them.
    """

    figure: Figure
    clause: Clause
    context: Context
    name: Name
    remarks: tuple[str, ...]
    counting: str | None
    implied: bool = False
    part_of: int | None = None
    state: bool = False
    heads: tuple[str, ...] = ()


def assemble(reading: Reading) -> list[Statement]:
    """Statements of a figure.

    Parameters
    ----------
    reading : Reading
        The figure.

    Returns
    -------
    list of Statement
        One per pairing.
    """
    return [_statement(reading, pairing) for pairing in _pairings(reading)]


def _pairings(reading: Reading) -> list[Pairing]:
    years = _years(reading)
    if reading.implied:
        return [Pairing(None, reading.name, years[0] if years else None, ())]
    return distribute(reading.figure.amounts, reading.name, years, reading.clause, heads=reading.heads)


def _years(reading: Reading) -> tuple[Time, ...]:
    behind = () if _is_multiple(reading.figure) else tuple(time for piece in reading.figure.times for time in piece.times)
    title = reading.context.era.title
    return behind or reading.clause.own or reading.context.times or ((title,) if title is not None else ())


def _is_multiple(figure: Figure) -> bool:
    """达到2025年的1.8倍: the year is the one that is multiplied."""
    return bool(figure.amounts) and figure.amounts[0].value.text.endswith("倍")


def _multiplied(figure: Figure) -> tuple[Base, ...]:
    times = [time for piece in figure.times for time in piece.times] if _is_multiple(figure) else []
    return tuple(Base(time.year, f"{time.year}年") for time in times[:1])


def _year_from(reading: Reading) -> YearFrom:
    if (reading.figure.times and not _is_multiple(reading.figure)) or reading.clause.own:
        return "own"
    if reading.context.times:
        return reading.context.year_from
    return "title" if reading.context.era.title is not None else "none"


def _statement(reading: Reading, pairing: Pairing) -> Statement:
    figure, clause, context = reading.figure, reading.clause, reading.context
    evidence = _evidence(reading, pairing)
    start, end = _extent(figure, pairing.amount)
    bases = clause.bases or (context.bases if figure.form == "change" else ()) or _multiplied(figure)
    name, direction = _change_in_name(evidence, direct(figure))
    return Statement(
        kind=_kind(reading, evidence),
        name=_completed(name, evidence),
        quantity=evidence.quantity,
        comparator=_comparator(pairing.amount, figure, evidence),
        start=start,
        end=end,
        time=pairing.time,
        year_from=evidence.year_from,
        strength=strength_of(clause.strength or context.strength),
        base=_base(bases),
        base_value=_started(figure, evidence),
        direction=direction,
        scope=pairing.name.scope,
        counting=pairing.name.counting or reading.counting,
        part_of=reading.part_of,
        implied=reading.implied,
        remarks=tuple(dict.fromkeys((*reading.remarks, *pairing.remarks, *_weaknesses(evidence, context.era)))),
    )


def _kind(reading: Reading, evidence: Evidence) -> Kind:
    kind = judge_kind(evidence, reading.clause, reading.context)
    return "undated" if reading.implied and kind == "target" and evidence.year_from not in ("own", "sentence") else kind


def _evidence(reading: Reading, pairing: Pairing) -> Evidence:
    figure, amount = reading.figure, pairing.amount
    quantity = amount.value.quantity if amount is not None else None
    deed = reading.clause.doing or reading.context.doing
    groups = lexicon().groups["do"]
    return Evidence(
        name=pairing.name.text,
        quantity=quantity or ALL_OF_IT,
        time=pairing.time,
        year_from=_year_from(reading),
        reached=figure.verb is not None,
        attained=figure.verb is not None and any(mark in figure.verb.text for mark in "达到至"),
        verb=figure.verb is not None or bool(amount is not None and amount.bounds),
        process=bool(deed) and not deed.endswith(groups["result"]),
        deed=bool(deed) or reading.state,
        text=reading.clause.text + "".join(piece.text for piece in figure.tail),
    )


def _weaknesses(evidence: Evidence, era: Era) -> Iterator[str]:
    yield from {
        "paragraph": ("paragraph_year",),
        "heading": ("heading_year",),
        "title": ("title_year",),
        "none": ("no_year",),
    }.get(evidence.year_from, ())
    if not evidence.verb and not evidence.deed:
        yield "no_verb"
        if not has_measure(evidence.name):
            yield "weak_name"
    if evidence.process:
        yield "process_verb"
    if evidence.quantity.kind == "bare":
        yield "bare_number"
    if evidence.time is not None and evidence.time.kind == "plain":
        yield "unknown_era" if era.is_milestone(evidence.time) else "future_year_plain"


def _extent(figure: Figure, amount: Amount | None) -> tuple[int, int]:
    if amount is None:
        verb = figure.verb
        return (verb.start, verb.end) if verb is not None else (0, 1)
    return amount.value.start, amount.value.end


def _comparator(amount: Amount | None, figure: Figure, evidence: Evidence) -> Comparator:
    if amount is None:
        return "="
    plain = not amount.qualifiers and not amount.bounds
    if plain and evidence.quantity.value == 100 and evidence.quantity.unit == "%" and figure.tail:
        return "="
    return compare(amount, figure)


def _base(bases: tuple[Base, ...]) -> Base | None:
    return bases[0] if bases else None


def _started(figure: Figure, evidence: Evidence) -> Decimal | None:
    """Value that a level rises or falls from: 由2020年的23.3%提高到24%; only in the unit of the target."""
    origin = next((piece for piece in figure.before if piece.kind == "FROM"), None)
    found = re.search(amount_pattern(), origin.text) if origin is not None and figure.form == "level" else None
    quantity = read_amount(found.group()) if found else None
    return quantity.value if quantity is not None and quantity.unit == evidence.quantity.unit else None


def _change_in_name(evidence: Evidence, direction: Direction | None) -> tuple[str, Direction | None]:
    """“降低单位产品能耗13.5%”: the verb stands before the name."""
    found = re.match(r"(?:(降低|减少|压减|削减)|(?:提高|提升|增加))(?=\w{3})", evidence.name)
    if found is None or evidence.quantity.kind != "share":
        return evidence.name, direction
    return evidence.name[found.end() :], "decrease" if found.group(1) else "increase"


def _completed(name: str, evidence: Evidence) -> str:
    """A name with the noun that its unit implies: 改造 with an area, “占…的” with a share."""
    quantity = evidence.quantity
    plain = quantity.unit.lstrip("十百千万亿")
    related = RELATED.fullmatch(name) if quantity.kind == "share" and not evidence.verb else None
    if related:
        return f"{related['part']}占{related['whole']}比重"
    if quantity.kind == "share" and SHARE_OF.search(name) and not name.endswith(SHARES):
        return name + "比重"
    if plain not in lexicon().words["area_units"] or not name or name.endswith(AREAS):
        return name
    return name + "面积"
