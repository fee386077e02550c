"""Traces of what comparing measures found.

Invariant: every figure that a face shows of a measure has an address here, down to the rows of its table with source and
grade; cost and price are formed from the figures beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.abatement_shares import Abatement, Curve, Share, Span
from dafeng.pathways.measures import PAYERS, Amount, Measure
from dafeng.work.measures import CityMeasures
from dafeng.work.tracing import TraceBook, number_text

ROOT = "abatement"
"""Table of the addresses."""
SCOPES: Mapping[str, Label] = {
    "local": Label("属地", "within the city"),
    "consumed": Label("消费口径", "of consumption"),
    "grid": Label("外送按电网因子", "trade at the grid's factor"),
}
"""Names of the scopes."""
PAID: Mapping[str, Label] = {
    "city": Label("财政", "city budget"),
    "enterprise": Label("企业", "enterprises"),
    "household": Label("居民", "households"),
}
"""Names of the payers."""
PARTS: Mapping[str, Label] = {
    "effect": Label("作用量", "amount of its effect"),
    "size": Label("做满时的规模", "size when done in full"),
    "investment": Label("单位投资", "investment per unit"),
    "upkeep": Label("年运维占投资", "yearly upkeep over investment"),
    "running": Label("年运行费用", "yearly running cost per unit"),
    "lifetime": Label("寿命", "lifetime"),
    "vehicles": Label("车辆数", "number of vehicles"),
    "methane": Label("甲烷减排比例", "share of methane abated"),
    "city_share": Label("财政出资比例", "share of the city budget"),
    "household_share": Label("居民出资比例", "share of households"),
}
"""Names of the figures of a measure."""
MT, YI = 1e6, 1e8
"""Tonnes in a million tonnes, yuan in 亿元."""


def name_column(year: int | None) -> str:
    """Last part of the addresses of a year.

    Parameters
    ----------
    year : int or None
        The year; ``None`` for all together.

    Returns
    -------
    str
        ``2030``, or ``all``.
    """
    return "all" if year is None else str(year)


GROUPS: Mapping[str, Label] = {
    "gaining": Label("省钱的措施", "measures that save money"),
    "costing": Label("要花钱的措施", "measures that cost money"),
    "unpriced": Label("成本未知的措施", "measures of unknown cost"),
    "raising": Label("反而增加排放的措施", "measures that raise emissions"),
}
"""Names of the groups into which measures fall."""


def group_avoided(curve: Curve, scope: str) -> dict[str, float]:
    """CO2 avoided by groups of measures; they add up to what all avoid.

    Parameters
    ----------
    curve : Curve
        A year.
    scope : str
        The scope.

    Returns
    -------
    dict of str to float
        By group. [tCO2]
    """
    found = dict.fromkeys(GROUPS, 0.0)
    for share in curve.shares:
        avoided = share.avoided[scope].mid
        if avoided < 0:
            group = "raising"
        elif share.cost is None:
            group = "unpriced"
        else:
            group = "gaining" if share.cost.mid < 0 else "costing"
        found[group] += avoided
    return found


def sum_costs(curve: Curve) -> dict[str, float]:
    """Outlay, change of the energy bill, net cost and what each pays, over the measures whose cost is known.

    Parameters
    ----------
    curve : Curve
        A year.

    Returns
    -------
    dict of str to float
        ``outlay``, ``saving``, ``cost`` and the payers. [CNY]
    """
    priced = [share for share in curve.shares if share.outlay is not None and share.cost is not None]
    found = {
        "outlay": sum(share.outlay.mid for share in priced if share.outlay),
        "saving": sum(share.saving.mid for share in priced),
        "cost": sum(share.cost.mid for share in priced if share.cost),
    }
    return {**found, **{f"paid_{payer}": sum(share.paid[payer] for share in priced) for payer in PAYERS}}


def list_assumptions(compared: CityMeasures) -> list[str]:
    """Addresses of all figures and prices that a comparison rests on.

    Parameters
    ----------
    compared : CityMeasures
        Result of ``measures``.

    Returns
    -------
    list of str
        The rate, prices, then the figures of each measure.
    """
    prices = [
        f"assumptions/prices.{quantity}.{'.'.join(sorted(row.members)) or 'all'}"
        for quantity, rows in compared.drivers.used.items()
        if quantity.endswith("_price")
        for row in rows
    ]
    own = [f"assumptions/measures.{one.id}.{name}" for one in compared.known.measures for name in one.amounts]
    return ["assumptions/measures.rate", *prices, *own]


def find_amount(compared: CityMeasures, address: str) -> Amount | None:
    """Figure or price behind an address.

    Parameters
    ----------
    compared : CityMeasures
        Result of ``measures``.
    address : str
        One of `list_assumptions`.

    Returns
    -------
    Amount or None
        The figure; ``None`` where a price is unknown.
    """
    kind, _, rest = address.partition("/")[2].partition(".")
    name, _, figure = rest.partition(".")
    if kind == "measures":
        own = {one.id: one for one in compared.known.measures}
        return compared.known.rate if not figure else own[name].amounts[figure]
    row = next(row for row in compared.drivers.used[name] if (".".join(sorted(row.members)) or "all") == figure)
    if row.mid is None:
        return None
    low, high = (row.mid if corner is None else corner for corner in (row.low, row.high))
    return Amount(name, low, row.mid, high, row.unit, row.source, row.grade, row.note, row.at)


def trace_measures(compared: CityMeasures, traces: TraceBook) -> None:
    """Explain what comparing measures found.

    Parameters
    ----------
    compared : CityMeasures
        Result of ``measures``.
    traces : TraceBook
        Gets a trace for each figure.
    """
    found = compared.found
    if found is None:
        return
    traces.add(_amount("assumptions/measures.rate", Label("实际利率", "real rate of interest"), found.terms.rate))
    _price_traces(compared, traces)
    for measure in found.measures:
        traces.extend(_amounts(measure))
    for curve in found.curves:
        for share in curve.shares:
            measure = next(one for one in found.measures if one.id == share.measure)
            traces.extend(_share(measure, share, curve))
        traces.extend(_steps(found, curve))
        traces.extend(_together(curve))
        traces.extend(_groups(curve))
    traces.extend(_peaks(found))


def _price_traces(compared: CityMeasures, traces: TraceBook) -> None:
    for quantity, rows in compared.drivers.used.items():
        if not quantity.endswith("_price"):
            continue
        label = compared.model.graph.quantities[quantity].label
        for row in rows:
            place = ".".join(sorted(row.members)) or "all"
            named = [compared.model.members[member] for member in sorted(row.members)]
            said = Label(
                label.zh + "".join(f"（{one.zh}）" for one in named), label.en + "".join(f" ({one.en})" for one in named)
            )
            traces.add(
                Trace(
                    f"assumptions/prices.{quantity}.{place}",
                    "assumption",
                    said,
                    None if row.mid is None else number_text(row.mid),
                    row.unit,
                    source=row.source,
                    grade=row.grade,
                    note=row.note,
                )
            )


def _amounts(measure: Measure) -> Iterator[Trace]:
    for name, amount in measure.amounts.items():
        part = PARTS.get(name, Label(name, name))
        said = Label(f"{measure.label.zh}：{part.zh}", f"{measure.label.en}: {part.en}")
        yield _amount(f"assumptions/measures.{measure.id}.{name}", said, amount)


def _amount(address: str, says: Label, amount: Amount) -> Trace:
    spread = "" if amount.low == amount.high else f"{amount.low:g}–{amount.high:g} {amount.unit}"
    zh, en = (amount.note.zh, amount.note.en) if amount.note is not None else ("", "")
    told = [text for text in (zh, spread) if text], [text for text in (en, spread) if text]
    return Trace(
        address,
        "assumption",
        says,
        number_text(amount.mid),
        amount.unit,
        source=amount.source,
        grade=amount.grade,
        note=Label("；".join(told[0]), "; ".join(told[1])) if told[0] else None,
    )


def _share(measure: Measure, share: Share, curve: Curve) -> Iterator[Trace]:
    column = name_column(curve.year)
    base = f"{ROOT}/{measure.id}"
    given = tuple(f"assumptions/measures.{measure.id}.{name}" for name in measure.amounts)

    def made(what: str, zh: str, en: str, value: float, unit: str, expression: str | None, inputs: tuple[str, ...]) -> Trace:
        when = Label("至模型末年", "until the last year") if curve.year is None else Label(f"{curve.year}年", str(curve.year))
        said = Label(f"{measure.label.zh}：{when.zh}{zh}", f"{measure.label.en}: {en}, {when.en}")
        return Trace(
            f"{base}.{what}.{column}",
            "projection",
            said,
            number_text(value),
            unit,
            curve.year,
            expression=expression,
            inputs=inputs,
            grade="estimated",
        )

    effects = tuple(f"assumptions/measures.{measure.id}.{name}" for name in measure.amounts if name in ("effect", "size"))
    for scope, name in SCOPES.items():
        mid = share.avoided[scope].mid
        yield made(f"avoided_{scope}", f"减排量（{name.zh}，各种次序的平均）", f"CO2 avoided {name.en}, mean over all orders",
                   mid / MT, "Mt CO2", None, effects)  # fmt: skip
    yield made(
        "alone", "单独减排量（属地）", "CO2 avoided within the city, alone", share.alone["local"] / MT, "Mt CO2", None, effects
    )
    yield made("last", "最后实施时减排量（属地）", "CO2 avoided within the city, after all others",
               share.last["local"] / MT, "Mt CO2", None, effects)  # fmt: skip
    yield made("saving", "能源费用变化", "change of the energy bill", share.saving.mid / YI, "亿元", None, (*effects, *_PRICES))
    if share.outlay is None or share.cost is None:
        return
    rate = "assumptions/measures.rate"
    yield made(
        "outlay", "投资年金、运维与运行", "annuity, upkeep and running", share.outlay.mid / YI, "亿元", None, (rate, *given)
    )
    parts = (f"{base}.outlay.{column}", f"{base}.saving.{column}")
    yield made("cost", "净成本", "net cost", share.cost.mid / YI, "亿元", "outlay + saving", parts)
    for scope, price in share.price.items():
        name = SCOPES[scope]
        inputs = (f"{base}.cost.{column}", f"{base}.avoided_{scope}.{column}")
        yield made(f"price_{scope}", f"单位减排成本（{name.zh}）", f"cost per CO2 avoided {name.en}",
                   price.mid, "元/tCO2", "cost / avoided * 100", inputs)  # fmt: skip
    for payer in PAYERS:
        yield made(f"paid_{payer}", f"净成本：{PAID[payer].zh}", f"net cost of {PAID[payer].en}",
                   share.paid[payer] / YI, "亿元", None, (f"{base}.cost.{column}", *given))  # fmt: skip


_PRICES = (
    "assumptions/prices.fuel_price.coal",
    "assumptions/prices.fuel_price.oil",
    "assumptions/prices.fuel_price.gas",
    "assumptions/prices.bought_price.all",
    "assumptions/prices.sold_price.all",
)


def _steps(found: Abatement, curve: Curve) -> Iterator[Trace]:
    """Increments of the order in which the cheapest next measure is taken; each rests on the steps before it."""
    column, named = name_column(curve.year), {one.id: one.label for one in found.measures}
    for scope, steps in curve.orders.items():
        before: tuple[str, ...] = ()
        for at, step in enumerate(steps, 1):
            base, label = f"{ROOT}/{step.measure}", named[step.measure]

            def made(what: str, zh: str, en: str, value: float, unit: str, expression: str | None, inputs: tuple[str, ...],
                     *, base: str = base, label: Label = label, at: int = at, scope: str = scope) -> Trace:  # fmt: skip
                says = Label(
                    f"{label.zh}：逐项最省第{at}步{zh}（{SCOPES[scope].zh}）",
                    f"{label.en}: {en} as step {at} of the cheapest next",
                )
                return Trace(f"{base}.{what}_{scope}.{column}", "projection", says, number_text(value), unit, curve.year,
                             expression=expression, inputs=inputs, grade="estimated")  # fmt: skip

            added = made("next", "增加的减排量", "CO2 added", step.avoided / MT, "Mt CO2", None, before)
            yield added
            if step.cost is not None:
                outlay = (f"{base}.outlay.{column}",)
                paid = made("next_cost", "增加的净成本", "net cost added", step.cost / YI, "亿元", None, (*outlay, *before))
                yield paid
                if step.price is not None:
                    inputs = (paid.address, added.address)
                    yield made("next_price", "单位成本", "cost per CO2", step.price, "元/tCO2", "cost / avoided * 100", inputs)
            before = (added.address,)


def _together(curve: Curve) -> Iterator[Trace]:
    column = name_column(curve.year)
    for scope, name in SCOPES.items():
        span: Span = curve.together[scope]
        inputs = tuple(f"{ROOT}/{share.measure}.avoided_{scope}.{column}" for share in curve.shares)
        says = Label(f"全部措施合计减排（{name.zh}）", f"CO2 avoided by all measures {name.en}")
        yield Trace(
            f"{ROOT}/all.avoided_{scope}.{column}",
            "projection",
            says,
            number_text(span.mid / MT),
            "Mt CO2",
            curve.year,
            inputs=inputs,
            grade="estimated",
        )


def _groups(curve: Curve) -> Iterator[Trace]:
    column = name_column(curve.year)
    every = tuple(f"{ROOT}/{share.measure}" for share in curve.shares)
    for scope, name in SCOPES.items():
        for group, value in group_avoided(curve, scope).items():
            says = Label(f"{GROUPS[group].zh}合计减排（{name.zh}）", f"CO2 avoided {name.en} by {GROUPS[group].en}")
            inputs = tuple(f"{one}.avoided_{scope}.{column}" for one in every)
            yield Trace(f"{ROOT}/all.{group}_{scope}.{column}", "projection", says, number_text(value / MT), "Mt CO2",
                        curve.year, inputs=inputs, grade="estimated")  # fmt: skip
    priced = [share for share in curve.shares if share.cost is not None]
    for what, value in sum_costs(curve).items():
        says = Label(f"有成本的措施合计：{_SUMS[what].zh}", f"{_SUMS[what].en} of all measures with a known cost")
        inputs = tuple(f"{ROOT}/{share.measure}.{what}.{column}" for share in priced)
        yield Trace(f"{ROOT}/all.{what}.{column}", "projection", says, number_text(value / YI), "亿元",
                    curve.year, inputs=inputs, grade="estimated")  # fmt: skip


_SUMS: Mapping[str, Label] = {
    "outlay": Label("年成本", "yearly outlay"),
    "saving": Label("能源费用变化", "change of the energy bill"),
    "cost": Label("净成本", "net cost"),
    **{f"paid_{name}": label for name, label in PAID.items()},
}


def _peaks(found: Abatement) -> Iterator[Trace]:
    for name, shifted in found.shifted.items():
        measure = next((one for one in found.measures if one.id == name), None)
        label = measure.label if measure is not None else Label("全部措施", "all measures")
        inputs = (
            f"{ROOT}/{name}.alone.{found.terms.years[0]}"
            if measure is not None
            else f"{ROOT}/all.avoided_local.{found.terms.years[0]}",
        )
        says = Label(f"{label.zh}：峰值的变化（中位数）", f"{label.en}: change of the median peak level")
        level = number_text(shifted.level / MT)
        yield Trace(f"{ROOT}/{name}.level", "projection", says, level, "Mt CO2", inputs=inputs, grade="estimated")
        says = Label(f"{label.zh}：达峰年份平均变化", f"{label.en}: mean change of the peak year")
        note = Label(
            f"同样的抽样有此措施与无此措施时峰年之差的平均，标准误 {shifted.error:.2g} 年",
            f"mean difference of the peak year with and without it over the same draws, standard error {shifted.error:.2g} a",
        )
        at, moved = f"{ROOT}/{name}.years", number_text(shifted.years)
        yield Trace(at, "projection", says, moved, "年", inputs=inputs, grade="estimated", note=note)
