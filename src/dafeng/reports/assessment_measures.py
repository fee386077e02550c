"""The chapter on measures: cheapest first, what they avoid, who pays, how they move the peak.

Invariant: measures stand in the order of the abatement curve that the page draws; one without a price is listed apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dafeng.reports.blocks import Block, Chart, Heading, Paragraph, Part, Table
from dafeng.reports.teller import Teller
from dafeng.reports.voice import Row

SCOPE = "local"
"""Emissions within the city."""
MOST = 20
"""Most bars of the chart."""


def tell_measures(teller: Teller) -> Iterator[Block]:
    """The chapter on measures.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Heading, Paragraph, Table or Chart
        In order.
    """
    found = teller.form.get("abatement")
    if not found or not found["curves"]:
        yield Paragraph((teller.text("没有可比较的措施。", "There are no measures to compare."),))
        return
    curve = found["curves"][0]
    priced, others = order_shares(curve)
    yield _said(teller, curve)
    if priced:
        yield Heading(2, teller.text("按单位减排成本排序", "By cost per tonne"))
        yield draw_prices(teller, found, curve)
        yield _priced(teller, found, curve, priced)
    if others:
        yield Heading(2, teller.text("成本未知的措施", "Measures without a price"))
        yield _unpriced(teller, found, curve, others)
    listed = (teller.form.get("pathway") or {}).get("measures") or ()
    if any(row.get("per_cost") for row in listed):
        yield Heading(2, teller.text("对达峰的作用", "What moves the peak"))
        yield _movers(teller, listed)


def order_shares(curve: Row) -> tuple[list[Row], list[Row]]:
    """Measures of an abatement curve that avoid something, in its order.

    Parameters
    ----------
    curve : mapping
        One of ``abatement.curves``.

    Returns
    -------
    (list, list)
        Those with a price, cheapest first, and those without, the largest first.
    """
    shares = [one for one in curve["shares"] if (one["avoided"][SCOPE]["value"] or 0.0) > 0]
    priced = [one for one in shares if one["price"][SCOPE]]
    others = [one for one in shares if not one["price"][SCOPE]]
    return (
        sorted(priced, key=lambda one: float(one["price"][SCOPE]["value"])),
        sorted(others, key=lambda one: -float(one["avoided"][SCOPE]["value"])),
    )


def _years(teller: Teller, curve: Row) -> str:
    return teller.text(f"{curve['year']}年", str(curve["year"])) if curve["year"] else teller.text("全期", "all years")


def _said(teller: Teller, curve: Row) -> Paragraph:
    parts: list[Part] = [
        teller.text(f"{_years(teller, curve)}，全部措施一起可减排", f"In {_years(teller, curve)} all measures together avoid "),
        teller.band(curve["together"][SCOPE]),
    ]
    groups = curve["groups"][SCOPE]
    for zh, en, name in (
        ("，其中省钱的", ", of which those that save money ", "gaining"),
        ("、花钱的", ", those that cost money ", "costing"),
        ("、成本未知的", ", those without a price ", "unpriced"),
    ):
        parts += [teller.text(zh, en), teller.number(groups[name])]
    parts += [teller.text("；每年净成本", "; net cost per year "), teller.number(curve["paid"]["cost"])]
    for zh, en, name in (
        ("（财政", " (city budget ", "paid_city"),
        ("、企业", ", enterprises ", "paid_enterprise"),
        ("、居民", ", households ", "paid_household"),
    ):
        parts += [teller.text(zh, en), teller.number(curve["paid"].get(name))]
    return Paragraph((*parts, teller.text("）。负值为省钱。", "). Negative costs are savings.")))


def draw_prices(teller: Teller, found: Row, curve: Row) -> Chart:
    """Cost per CO2 avoided of the measures, cheapest first.

    Parameters
    ----------
    teller : Teller
        The view and its language.
    found : mapping
        Part ``abatement`` of the view document.
    curve : mapping
        One of its years.

    Returns
    -------
    Chart
        A bar for each measure with a price.
    """
    named = {one["id"]: teller.read(one["label"]) for one in found["measures"]}
    shares = order_shares(curve)[0][:MOST]
    numbers = [one["price"][SCOPE] for one in shares]
    return teller.chart(
        "bars",
        [named[one["id"]] for one in shares],
        [("price", teller.text("单位减排成本", "cost per CO₂"), [row["value"] for row in numbers])],
        numbers[0]["unit"],
        title=teller.text(f"{_years(teller, curve)}措施的单位减排成本", f"Cost per tonne avoided, {_years(teller, curve)}"),
        says=teller.text("措施按单位减排成本由低到高", "measures, cheapest first"),
        source=teller.text(
            f"来源：dafeng 评估运行 {teller.run}；负值表示省钱，各数见下表。",
            f"Source: dafeng, run {teller.run}; negative costs are savings, figures in the table below.",
        ),
        addresses=[row["address"] for row in numbers[:1]],
    )


def _priced(teller: Teller, found: Row, curve: Row, shares: Sequence[Row]) -> Table:
    named = {one["id"]: one for one in found["measures"]}
    scales = [
        teller.scale([row["value"] for row in column if row], next((row["unit"] for row in column if row), ""))
        for column in ([_avoided(one) for one in shares], [one["cost"] for one in shares], [_price(one) for one in shares])
    ]
    rows = [
        [
            str(at),
            teller.read(named[one["id"]]["label"]),
            teller.read(found["fields"][named[one["id"]]["field"]]),
            *(scale.cell(row) for scale, row in zip(scales, (_avoided(one), one["cost"], _price(one)), strict=True)),
        ]
        for at, one in enumerate(shares, 1)
    ]
    heads = teller.heads("序|措施|领域|减排量|年净成本|单位成本", "no.|measure|field|avoided|net cost a year|per tonne")
    units = tuple(teller.text(f"（{scale.text}）", f" ({scale.text})") for scale in scales)
    shown = (*heads[:3], *(head + unit for head, unit in zip(heads[3:], units, strict=True)))
    title = teller.text(f"{_years(teller, curve)}措施的减排量与成本", f"CO₂ avoided and cost, {_years(teller, curve)}")
    return teller.table(title, shown, (10, 50, 24, 24, 24, 24), rows, right=(0, 3, 4, 5))


def _avoided(share: Row) -> Row:
    found: Row = share["avoided"][SCOPE]
    return found


def _price(share: Row) -> Row:
    found: Row = share["price"][SCOPE]
    return found


def _unpriced(teller: Teller, found: Row, curve: Row, shares: Sequence[Row]) -> Table:
    named = {one["id"]: one for one in found["measures"]}
    scale = teller.scale([one["avoided"][SCOPE]["value"] for one in shares], shares[0]["avoided"][SCOPE]["unit"])
    rows = [
        [
            teller.read(named[one["id"]]["label"]),
            teller.read(found["fields"][named[one["id"]]["field"]]),
            scale.cell(one["avoided"][SCOPE]),
            teller.number(one["saving"]),
        ]
        for one in shares
    ]
    heads = teller.heads("措施|领域|减排量|能源费用变化", "measure|field|avoided|change of the energy bill")
    title = teller.text(f"{_years(teller, curve)}成本未知的措施", f"Measures without a price, {_years(teller, curve)}")
    return teller.table(
        title,
        heads,
        (66, 24, 30, 36),
        rows,
        right=(2, 3),
        unit=teller.text(f"{scale.text}（减排量）", f"{scale.text} (avoided)"),
    )


def _movers(teller: Teller, listed: Sequence[Row]) -> Table:
    moved = [row for row in listed if row.get("per_cost") and row["per_cost"]["value"]][:10]
    rows = [
        [
            teller.read(row["label"]),
            teller.number(row.get("years")),
            teller.number(row.get("probability")),
            teller.number(row.get("cost")),
            teller.number(row.get("per_cost")),
        ]
        for row in moved
    ]
    heads = teller.heads(
        "措施|平均达峰年份变化|达峰概率变化|年成本|每亿元年成本提前",
        "measure|mean peak year|probability|outlay a year|brought forward per outlay",
    )
    title = teller.text("同样花费下使达峰提前最多的措施", "Measures that bring the peak forward most for the same cost")
    return teller.table(title, heads, (48, 28, 24, 26, 30), rows, right=(1, 2, 3, 4))
