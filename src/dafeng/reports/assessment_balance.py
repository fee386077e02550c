"""The chapter on energy and emissions: balance, inventory, recorded emissions, and the main pathway in figures.

Invariant: figures stand in one unit per table, that of the largest; a part without figures says what is lacking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dafeng.reports.assessment_peak import list_cells, main_scenario
from dafeng.reports.blocks import Block, Heading, Paragraph, Table
from dafeng.reports.teller import NONE, Teller
from dafeng.reports.voice import Row


def tell_balance(teller: Teller) -> Iterator[Block]:
    """The chapter on energy and emissions.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Heading, Paragraph, Table or Chart
        In order.
    """
    yield Heading(2, teller.text("能源平衡", "Energy balance"))
    yield from _energy(teller)
    yield Heading(2, teller.text("温室气体清单", "Greenhouse gas inventory"))
    yield from _inventory(teller)
    yield Heading(2, teller.text("有记录的排放", "Recorded emissions"))
    yield from _recorded(teller)
    views = (teller.form.get("pathway") or {}).get("views")
    if views and views["rows"]:
        yield Heading(2, teller.text("路径中的能源与排放", "Energy and emissions along the pathway"))
        yield _views(teller, views)


def _lacking(teller: Teller, part: str, zh: str, en: str) -> Paragraph:
    """What is missing, as the findings of a part say it."""
    findings = (teller.form.get(part) or {}).get("findings") or ()
    said = teller.read(findings[0]["says"]) if findings else ""
    remedy = teller.read(findings[0]["remedy"]) if findings else ""
    joined = teller.text("；", "; ").join(text for text in (said, remedy) if text)
    return Paragraph((teller.text(f"{zh}{joined}。", f"{en} {joined}."),))


def _energy(teller: Teller) -> Iterator[Block]:
    years = (teller.form.get("energy") or {}).get("years") or []
    if not years:
        yield _lacking(teller, "energy", "没有能源平衡表。", "There is no energy balance.")
        return
    latest = max(years, key=lambda one: int(one["year"]))
    yield _columns(teller, latest)
    totals = [row for row in latest["views"] if row["value"] and row["value"]["value"] is not None]
    if totals:
        rows = [[teller.read(row["label"]), teller.number(row["value"])] for row in totals]
        heads = teller.heads("口径|数值", "counted as|value")
        title = teller.text(f"{latest['year']}年能源消费各口径", f"Energy consumption by counting rule, {latest['year']}")
        yield teller.table(title, heads, (112, 44), rows, right=(1,))


def _columns(teller: Teller, year: Row) -> Table:
    """The balance in coal equivalent, its carriers summed up to the largest ones that fit the page."""
    standard = year["standard"]
    sizes = [
        max((abs(float(row[at]["value"])) for row in standard["cells"] if row[at]), default=0.0) for at in _places(standard)
    ]
    kept = sorted(sorted(_places(standard), key=lambda at: -sizes[at])[:5])
    scale = teller.scale([cell["value"] for row in standard["cells"] for cell in row if cell], year["unit"])
    rows = [
        ["　" * row["level"] + teller.read(row["label"]), *(scale.cell(cells[at]) for at in kept)]
        for row, cells in zip(year["rows"], standard["cells"], strict=True)
        if any(cells[at] for at in kept)
    ]
    strong = [at for at, row in enumerate(r for r in year["rows"] if _filled(year, r, kept)) if row["level"] == 0]
    heads = (teller.text("项目", "item"), *(teller.read(standard["columns"][at]["label"]) for at in kept))
    title = teller.text(f"{year['year']}年能源平衡表（标准量，主要品种）", f"Energy balance {year['year']}, main carriers")
    widths = (156 - 20 * len(kept), *(20 for _ in kept))
    return teller.table(title, heads, widths, rows, right=range(1, len(kept) + 1), strong=strong, unit=scale.text)


def _places(standard: Row) -> range:
    return range(len(standard["columns"]))


def _filled(year: Row, row: Row, kept: Sequence[int]) -> bool:
    cells = year["standard"]["cells"][year["rows"].index(row)]
    return any(cells[at] for at in kept)


def _inventory(teller: Teller) -> Iterator[Block]:
    found = teller.form.get("inventory") or {}
    years = found.get("years") or []
    if not years:
        yield _lacking(teller, "inventory", "没有可编制的清单。", "There is no inventory.")
        return
    sheet = next((one for one in years[0]["sheets"] if one["layout"] == found["main"]), years[0]["sheets"][0])
    lines = [line for line in sheet["lines"] if line["level"] <= 1]
    scale = teller.scale([line["value"]["value"] for line in lines if line["value"]], found["unit"])
    rows = [
        [
            line["code"] if not line["total"] else "",
            "　" * line["level"] + teller.read(line["label"]),
            scale.cell(line["value"]) if line["value"] else str(line["key"] or NONE),
        ]
        for line in lines
    ]
    strong = [at for at, line in enumerate(lines) if line["total"] or line["level"] == 0]
    heads = teller.heads("编号|类别|排放量", "code|category|emissions")
    guide = teller.read(found["guide"]["label"])
    title = teller.text(f"{years[0]['year']}年温室气体清单", f"Greenhouse gas inventory {years[0]['year']}")
    source = teller.text(
        f"来源：dafeng 评估运行 {teller.run}，按《{guide}》。NE 未估算，NO 不发生，IE 列于他处，NA 不适用，C 保密。",
        f"Source: dafeng, run {teller.run}, {guide}. NE not estimated, NO not occurring, IE elsewhere, NA not applicable.",
    )
    yield teller.table(title, heads, (22, 100, 34), rows, right=(2,), strong=strong, unit=scale.text, source=source)


def _recorded(teller: Teller) -> Iterator[Block]:
    emissions = teller.form.get("emissions") or {}
    history = emissions.get("history") or []
    if not history:
        yield Paragraph((teller.text("没有有记录的排放。", "No emissions are on record."),))
    else:
        scale = teller.scale([float(value) for _, value, _ in history], emissions["unit"])
        breaks = {int(one["year"]): teller.read(one["says"]) for one in emissions.get("breaks") or ()}
        cells = [
            [str(year), scale.cell({"value": value, "address": address}), breaks.get(int(year), "")]
            for year, value, address in history
        ]
        heads = teller.heads("年份|排放量|说明", "year|emissions|note")
        yield teller.table(teller.read(emissions["label"]), heads, (24, 32, 100), cells, right=(1,), unit=scale.text)
    for table in emissions.get("tables") or ():
        if table["id"] != "decomposition" and len(table["columns"]) <= 5:
            yield list_cells(teller, table)


def _views(teller: Teller, views: Row) -> Table:
    main = main_scenario(teller.form["pathway"])
    years = views["years"]
    rows = []
    for row in views["rows"]:
        numbers = row["scenarios"][main["id"]]
        scale = teller.scale([cell["value"] for cell in numbers if cell], numbers[0]["unit"])
        rows.append(
            [
                f"{teller.read(row['label'])}{teller.text('（', ' (')}{scale.text}{teller.text('）', ')')}",
                *(scale.cell(cell) for cell in numbers),
            ]
        )
    heads = (teller.text("指标", "quantity"), *map(str, years))
    each = 92 // len(years)
    label = teller.read(main["label"])
    title = teller.text(f"{label}的能源与排放（中位数）", f"Energy and emissions, {label} (median)")
    return teller.table(title, heads, (156 - each * len(years), *(each for _ in years)), rows, right=range(1, len(years) + 1))
