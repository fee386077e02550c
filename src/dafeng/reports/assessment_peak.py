"""The chapter on the peak: pathways with their bands, distribution of the peak year, what changes the emissions.

Invariant: curves and shares are those of the view document, drawn as the pages draw them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dafeng.reports.blocks import Block, Chart, Figure, Heading, Paragraph, Part, Table
from dafeng.reports.teller import NONE, Scale, Teller
from dafeng.reports.voice import Row
from dafeng.work.brief_index import strip
from dafeng.work.wording import odds

SPECK = 0.0005
"""Share of draws below which a year at either end of the distribution is not drawn."""
MIDDLE = ("year_p10", "year_p50", "year_p90")


def tell_peak(teller: Teller) -> Iterator[Block]:
    """The chapter on the peak.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Heading, Paragraph, Table or Chart
        In order.
    """
    pathway = teller.form.get("pathway")
    if not pathway:
        yield Paragraph(
            (teller.text("没有排放路径，不能判断达峰。", "There is no emission pathway; the peak cannot be judged."),)
        )
        return
    main = main_scenario(pathway)
    yield Heading(2, teller.text("排放路径", "Emission pathways"))
    yield _said(teller, pathway, main)
    yield draw_fan(teller)
    yield _scenarios(teller, pathway)
    yield Heading(2, teller.text("达峰年份分布", "Distribution of the peak year"))
    yield from draw_peak(teller)
    decomposed = next((one for one in (teller.form["emissions"]["tables"]) if one["id"] == "decomposition"), None)
    if decomposed:
        yield Heading(2, teller.text("排放变化的原因", "What changes the emissions"))
        yield list_cells(teller, decomposed)
    hourly = pathway.get("hourly")
    if hourly:
        yield Paragraph(tuple(_fed(teller, hourly)))


def main_scenario(pathway: Row) -> Row:
    """Scenario that the answers speak of.

    Parameters
    ----------
    pathway : mapping
        Part ``pathway`` of the view document.

    Returns
    -------
    mapping
        The scenario.
    """
    found: Row = next((one for one in pathway["scenarios"] if one["id"] == pathway["main"]), pathway["scenarios"][0])
    return found


def _told(scenario: Row, name: str) -> str | None:
    told = scenario["peak"].get("told") or {}
    return (told.get(name) or {}).get("address")


def _marked(text: str, address: str | None) -> Part:
    return Figure(text, strip(address)) if address else text


def _said(teller: Teller, pathway: Row, main: Row) -> Paragraph:
    peak = main["peak"]
    parts: list[Part] = [teller.text(f"按“{teller.read(main['label'])}”，", f"In the scenario '{teller.read(main['label'])}' ")]
    if peak.get("year_p50"):
        years = (str(peak["year_p50"]), f"{peak['year_p10']}–{peak['year_p90']}")
        parts += [
            teller.text("达峰年份中位数为", "the peak lies in "),
            _marked(teller.text(f"{years[0]}年（八成可能 {years[1]}）", f"{years[0]} ({years[1]})"), _told(main, "year")),
        ]
    if peak.get("probability_before_2030") is not None:
        parts += [
            teller.text("，2030年前达峰概率 ", ", before 2030 with a probability of "),
            _marked(odds(peak["probability_before_2030"]), _told(main, "before")),
        ]
    if peak.get("level_mt_p50") is not None:
        level = {"value": peak["level_mt_p50"], "unit": pathway["unit"], "address": _told(main, "level")}
        parts += [teller.text("，峰值约", ", at about "), teller.number(level)]
    return Paragraph((*parts, tell_draws(teller, pathway), teller.text("。", ".")))


def tell_draws(teller: Teller, pathway: Row) -> str:
    """How many draws a pathway rests on.

    Parameters
    ----------
    teller : Teller
        The view and its language.
    pathway : mapping
        Part ``pathway`` of the view document.

    Returns
    -------
    str
        In brackets; empty where an older run does not say it.
    """
    draws = pathway.get("draws")
    return teller.text(f"（{draws} 次抽样）", f" ({draws} draws)") if draws else ""


def draw_fan(teller: Teller) -> Chart:
    """Main pathway in its band, with what was recorded before.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Returns
    -------
    Chart
        From the first recorded year on; a year without a record is a gap.
    """
    pathway, emissions = teller.form["pathway"], teller.form.get("emissions") or {}
    main = main_scenario(pathway)
    same = emissions.get("unit") == pathway["unit"]
    recorded = {year: float(value) for year, value, _ in emissions.get("history") or ()} if same else {}
    years = range(min([*recorded, *pathway["years"]]), max(pathway["years"]) + 1)
    bands = {name: dict(zip(pathway["years"], main[name], strict=True)) for name in ("p10", "p50", "p90")}
    listed = [
        ("low", "P10", bands["p10"]),
        ("middle", teller.text("中位数", "median"), bands["p50"]),
        ("high", teller.text("八成区间", "four draws in five"), bands["p90"]),
        *([("recorded", teller.text("有记录的排放", "recorded"), recorded)] if recorded else []),
    ]
    curves = [(kind, name, [values.get(year) for year in years]) for kind, name, values in listed]
    label = teller.read(main["label"])
    return teller.chart(
        "fan",
        years,
        curves,
        pathway["unit"],
        title=teller.text(f"{label}的二氧化碳排放", f"CO₂ emissions, {label}"),
        says=teller.text(
            f"{label}：{years[0]}至{years[-1]}年二氧化碳排放的中位数和八成区间",
            f"{label}: median and 80 % band of CO₂ emissions, {years[0]} to {years[-1]}",
        ),
        source=teller.text(
            f"记录：{teller.read(emissions.get('label'))}；预测：dafeng 评估运行 {teller.run}。",
            f"Recorded: {teller.read(emissions.get('label'))}; projected: dafeng, run {teller.run}.",
        ),
        addresses=[main["address"], *(address for _, _, address in (emissions.get("history") or ())[-1:])],
    )


def draw_peak(teller: Teller) -> Iterator[Block]:
    """How the peak year is distributed in the main scenario.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Chart or Paragraph
        Shares of the draws by year; a sentence where none is known.
    """
    pathway = teller.form["pathway"]
    main = main_scenario(pathway)
    parts = [("underlying", teller.text("趋势（去除年际波动）", "underlying"), main["peak"])]
    if main.get("observed"):
        parts.append(
            ("observed", teller.text("公布的数列（含年际波动）", "as published, with yearly swings"), main["observed"])
        )
    held = [at for _, _, peak in parts for at, share in enumerate(peak.get("shares") or ()) if share >= SPECK]
    if not held:
        yield Paragraph((teller.text("没有达峰年份分布。", "No distribution of the peak year is known."),))
        return
    kept = slice(max(min(held) - 1, 0), max(held) + 2)
    curves = [(kind, name, [share * 100 for share in peak["shares"][kept]]) for kind, name, peak in parts]
    label = teller.read(main["label"])
    yield teller.chart(
        "columns",
        main["peak"]["years"][kept],
        curves,
        "%",
        title=teller.text(f"{label}的达峰年份分布", f"Peak year, {label}"),
        says=teller.text("各年成为峰值年的抽样占比", "share of draws in which each year is the peak"),
        source=teller.text(
            f"来源：dafeng 评估运行 {teller.run}{tell_draws(teller, pathway)}。",
            f"Source: dafeng, run {teller.run}{tell_draws(teller, pathway)}.",
        ),
        addresses=[
            address
            for address in (main["address"], ((main.get("observed") or {}).get("told") or {}).get("year", {}).get("address"))
            if address
        ],
    )


def _scenarios(teller: Teller, pathway: Row) -> Table:
    scale = teller.scale([one["peak"].get("level_mt_p90") for one in pathway["scenarios"]], pathway["unit"])
    rows = [_scenario(teller, one, scale) for one in pathway["scenarios"]]
    heads = teller.heads(
        "情景|达峰年份（中位数）|八成区间|2030年前达峰概率|峰值（中位数）",
        "scenario|peak year|four in five|peak before 2030|level of the peak",
    )
    title = teller.text("各情景的达峰年份与峰值", "Peak year and level by scenario")
    return teller.table(
        title,
        heads,
        (46, 30, 28, 28, 24),
        rows,
        right=(1, 2, 3, 4),
        unit=teller.text(f"{scale.text}（峰值）", f"{scale.text} (level)"),
    )


def _scenario(teller: Teller, one: Row, scale: Scale) -> list[Part]:
    peak = one["peak"]
    years = [str(peak[name]) if peak.get(name) else NONE for name in MIDDLE]
    before, level = peak.get("probability_before_2030"), peak.get("level_mt_p50")
    return [
        teller.read(one["label"]),
        _marked(years[1], _told(one, "year")),
        f"{years[0]}–{years[2]}",
        NONE if before is None else _marked(odds(before), _told(one, "before")),
        NONE if level is None else scale.cell({"value": level, "address": _told(one, "level")}),
    ]


def list_cells(teller: Teller, table: Row) -> Table:
    """A table of the view document.

    Parameters
    ----------
    teller : Teller
        The view and its language.
    table : mapping
        ``label, unit, columns, rows`` with numbers.

    Returns
    -------
    Table
        All figures in one unit.
    """
    numbers = [cell for row in table["rows"] for cell in row["cells"]]
    scale = teller.scale([cell["value"] for cell in numbers if cell], table["unit"])
    rows = [[teller.read(row["label"]), *(scale.cell(cell) for cell in row["cells"])] for row in table["rows"]]
    count = len(table["columns"])
    first = max(156 - count * 26, 40)
    heads = (teller.text("项目", "item"), *(teller.read(column) for column in table["columns"]))
    widths = (first, *((156 - first) // count for _ in range(count)))
    return teller.table(teller.read(table["label"]), heads, widths, rows, right=range(1, count + 1), unit=scale.text)


def _fed(teller: Teller, hourly: Row) -> Iterator[Part]:
    changes: Sequence[Row] = hourly["changes"]
    yield teller.text(
        f"{hourly['year']}年电力部分按逐时结果修正后，排放变化为：",
        f"Fed with the hourly results of {hourly['year']}, emissions change by: ",
    )
    for at, row in enumerate(changes):
        yield (teller.text("；", "; ") if at else "") + f"{teller.read(row['label'])} "
        yield teller.number(row["change"])
    yield teller.text("。", ".")
