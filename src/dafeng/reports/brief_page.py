"""A brief in one language, before it is set: sentences with numbered figures, tiles, table, chart.

Invariant: every figure carries the number of its address; words that are not templates are names of this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dafeng.core.labels import Label, Language

Row = Mapping[str, Any]
WORDS: Mapping[str, Label] = {
    "annex": Label("附件：数字的追溯地址与复算方法", "Annex: addresses of the figures and how to re-compute them"),
    "recompute": Label(
        "在驾驶舱打开地址，或执行 dafeng explain 城市文件夹 地址，可逐层追到条款、因子和单元格；执行 dafeng assess 可整体重算。",
        "Open an address in the cockpit, or run dafeng explain CITY ADDRESS, to walk down to clause, factor and cell; "
        "dafeng assess computes everything anew.",
    ),
    "run": Label("评估编号", "run"),
    "inputs": Label("输入文件及其校验值", "inputs and their hashes"),
    "omitted": Label("因缺数字而没有写入：", "Left out because the figures do not exist: "),
    "table": Label("可以比较的目标", "Targets that can be compared"),
    "chart": Label("二氧化碳排放：有记录的数值与{label}", "CO2 emissions: what is recorded and the scenario {label}"),
    "band": Label("80% 区间", "80% interval"),
    "middle": Label("中位数", "median"),
    "recorded": Label("有记录", "recorded"),
    "peaks": Label("达峰年份 {p10}–{p90}（中位 {p50}）", "peak {p10}–{p90} (median {p50})"),
    "alt": Label(
        "扇形图：{label}下二氧化碳排放的中位数和 80% 区间，{first}–{last}年，单位{unit}；达峰年份中位数 {p50}，区间 {p10}–{p90}。",
        "Fan chart: median and 80% interval of CO2 emissions in the scenario {label}, {first}–{last}, in {unit}; "
        "median peak year {p50}, interval {p10}–{p90}.",
    ),
    "none": Label("—", "–"),
}
HEADS = Label("指标|年份|目标|现状|预期|判断|牵头单位", "indicator|year|target|now|expected|verdict|leading unit")
VERDICTS: Mapping[str, Label] = {
    "met": Label("已达成", "met"),
    "on_course": Label("按进度", "on course"),
    "behind": Label("滞后", "behind"),
    "off_course": Label("严重滞后", "off course"),
    "not_due": Label("未到期", "not due"),
    "not_measurable": Label("无法判断", "cannot be judged"),
}


def write_page(form: Row, language: Language) -> dict[str, Any]:
    """A brief as plain data for a setter.

    Parameters
    ----------
    form : mapping
        ``work.brief.write_brief``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    dict
        Texts in one language; a part of a sentence is ``{"text", "number"}``, ``number`` being the place of its address
        in ``addresses``, counted from one, or ``None``.
    """
    numbers = {address: at for at, address in enumerate(dict.fromkeys(_addresses(form, language)), 1)}
    said = {name: label.read(language) for name, label in WORDS.items()}
    return {
        "language": language,
        "title": f"{form['city'][language]}{form['title'][language]}"
        if language == "zh"
        else f"{form['city'][language]}: {form['title'][language].lower()}",
        "subtitle": form["subtitle"][language],
        "source": form["source"][language],
        "at": form["at"],
        "run": form["run"],
        "words": said,
        "tiles": [{"part": _part(tile[language], numbers), "label": tile["label"][language]} for tile in form["tiles"]],
        "sections": [_section(section, numbers, language) for section in form["sections"]],
        "table": _table(form["table"], numbers, language),
        "chart": _chart(form["chart"], said, language),
        "omitted": _omitted(form["omitted"], language),
        "addresses": list(numbers),
        "inputs": [[row["name"], row["sha256"][:12]] for row in form["inputs"]],
    }


def _addresses(form: Row, language: Language) -> Iterator[str]:
    for tile in form["tiles"]:
        yield tile[language]["address"]
    for section in form["sections"]:
        for sentence in section["sentences"]:
            yield from (part["address"] for part in sentence[language] if not isinstance(part, str))
    for row in form["table"]:
        yield from (row[name][language]["address"] for name in ("asked", "known", "expected") if row[name])


def _part(part: str | Mapping[str, str], numbers: Mapping[str, int]) -> dict[str, Any]:
    if isinstance(part, str):
        return {"text": part, "number": None}
    quiet = part["form"] == "at"  # the year of a figure beside it
    return {"text": part["text"], "number": None if quiet else numbers[part["address"]]}


def _section(section: Row, numbers: Mapping[str, int], language: Language) -> dict[str, Any]:
    return {
        "id": section["id"],
        "title": section["title"][language],
        "sentences": [
            {"kind": one["kind"], "parts": [_part(part, numbers) for part in one[language]]} for one in section["sentences"]
        ],
    }


def _table(rows: Sequence[Row], numbers: Mapping[str, int], language: Language) -> dict[str, Any]:
    empty = {"text": WORDS["none"].read(language), "number": None}
    return {
        "heads": HEADS.read(language).split("|"),
        "rows": [
            [
                {"text": row["name"][language], "number": None},
                {"text": str(row["year"]), "number": None},
                *(_part(row[name][language], numbers) if row[name] else empty for name in ("asked", "known", "expected")),
                {"text": VERDICTS[row["verdict"]].read(language), "number": None},
                {"text": row["who"] or empty["text"], "number": None},
            ]
            for row in rows
        ],
        "verdicts": [row["verdict"] for row in rows],
    }


def _chart(chart: Row | None, said: Mapping[str, str], language: Language) -> dict[str, Any] | None:
    if chart is None:
        return None
    peak = {name.removeprefix("year_"): year for name, year in chart["peak"].items()}
    names = {"label": chart["label"][language], "unit": chart["unit"], "first": chart["years"][0], "last": chart["years"][-1]}
    words = {name: said[name].format(**names, **peak) for name in ("chart", "alt", "peaks")}
    return {**chart, "label": names["label"], "words": words, "peak": peak}


def _omitted(rows: Sequence[Row], language: Language) -> str:
    return Label("、", "; ").read(language).join(row["about"][language] for row in rows)
