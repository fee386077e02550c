"""``dafeng factors …``: look into the factor library.

Invariant: prints what the library says; values of different purposes stand in tables of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import dafeng as df
from dafeng.cli.plain import plain_text
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.labels import Language, read_wording

if TYPE_CHECKING:
    from dafeng.library.conflicts import Conflict
    from dafeng.library.factors import FactorLibrary
    from dafeng.work.composed import ComposedConflict
    from dafeng.work.factors import FactorRow, KeyMatch

app = typer.Typer(help="因子库：列表、查看、匹配、冲突 · the factor library", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
OfCity = Annotated[Path | None, typer.Option("--city", help="连同此城市自己的因子 · with the factors of this city")]
Substance = Annotated[str | None, typer.Option("--substance", help="物质 · substance")]
Parameter = Annotated[str | None, typer.Option("--parameter", help="参数 · parameter")]
Purpose = Annotated[str | None, typer.Option("--purpose", help="用途 · purpose")]
Standard = Annotated[str | None, typer.Option("--standard", help="标准或版本 · standard or edition")]


@app.command("list")
def list_all(
    text: Annotated[str, typer.Option("--text", help="要找的字词 · words to look for")] = "",
    substance: Substance = None,
    parameter: Parameter = None,
    purpose: Purpose = None,
    standard: Standard = None,
    place: Annotated[str | None, typer.Option("--place", help="行政区划代码 · administrative code")] = None,
    year: Annotated[int | None, typer.Option("--year", help="数据年份 · year of the figure")] = None,
    grade: Annotated[str | None, typer.Option("--grade", help="证据等级 · evidence grade")] = None,
    city: OfCity = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出因子 · list factors."""
    from dafeng.work.factor_document import factor_document

    of = _city(city)
    rows = df.list_factors(
        city=of,
        text=text,
        substance=substance,
        parameter=parameter,
        purpose=purpose,
        standard=standard,
        place=place,
        year=year,
        grade=grade,
    )
    library = df.read_book(city=of).library
    if as_json:
        print_json([factor_document(row, library) for row in rows])
    else:
        _show_rows(rows, library, read_language(lang))


@app.command()
def show(
    factor: Annotated[str, typer.Argument(help="因子编号 · id of a factor", metavar="ID")],
    city: OfCity = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """查看一个因子 · show one factor with its source, uses and conflicts."""
    from dafeng.work.factor_document import factor_document

    of = _city(city)
    row, library = df.show_factor(factor, city=of), df.read_book(city=of).library
    if as_json:
        print_json(factor_document(row, library))
    else:
        _show_one(row, library, read_language(lang))


@app.command("match")
def match_key(
    substance: Annotated[str, typer.Option("--substance", help="物质 · substance")],
    place: Annotated[str, typer.Option("--place", help="行政区划代码 · administrative code")],
    year: Annotated[int, typer.Option("--year", help="活动年份 · year of the activity")],
    parameter: Parameter = None,
    purpose: Purpose = None,
    standard: Standard = None,
    sector: Annotated[str | None, typer.Option("--sector", help="清单类别 · inventory category")] = None,
    provisional: Annotated[bool, typer.Option("--provisional", help="可用证据不足的值 · allow weak evidence")] = False,
    city: OfCity = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """一个键如何查得因子 · how a key would be met, step by step."""
    from dafeng.work.factor_document import match_document

    found = df.match_factor(
        substance,
        place=place,
        year=year,
        parameter=parameter,
        purpose=purpose,
        standard=standard,
        sector=sector,
        provisional=provisional,
        city=_city(city),
    )
    if as_json:
        print_json([match_document(one) for one in found])
    else:
        _show_matches(found, read_language(lang))


@app.command()
def conflicts(
    substance: Substance = None,
    purpose: Purpose = None,
    agreeing: Annotated[bool, typer.Option("--agreeing", help="相同的也列出 · list groups that agree too")] = False,
    city: OfCity = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """各来源的值并列，不同用途从不并列 · where sources disagree, never across purposes."""
    from dafeng.work.factor_document import composed_document, conflict_document

    of = _city(city)
    book, found = df.read_book(city=of), df.factor_conflicts(city=of, substance=substance, purpose=purpose, agreeing=agreeing)
    composed = [one for one in book.composed if substance in (None, one.substance) and purpose in (None, "combustion")]
    if as_json:
        uses = {row.factor.id: list(row.used_by) for row in book.rows}
        print_json(
            {
                "conflicts": [{**conflict_document(one, book.library), "uses": _used(one, uses)} for one in found],
                "composed": [composed_document(one, book.library) for one in composed],
            }
        )
    else:
        _show_conflicts(found, composed, book.library, read_language(lang))


@app.command()
def warming(city: OfCity = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """各核算标准所用的增温潜势 · which warming potentials each reporting standard uses."""
    from dafeng.work.factor_document import warming_document

    found = df.warming_standards(city=_city(city))
    if as_json:
        print_json([warming_document(one) for one in found])
        return
    language = read_language(lang)
    heads = say(language, "标准 评估报告 所见数值 等级 备注", "standard assessment figures grade note").split()
    unsettled = say(language, "自相矛盾，不代选", "contradicts itself, not chosen")
    rows = [[one.label.read(language), one.assessment or unsettled, ", ".join(one.gases), one.grade, one.note] for one in found]
    console().print(grid(say(language, "增温潜势", "warming potentials"), heads, rows))


def _city(folder: Path | None) -> df.City | None:
    return df.open_city(folder) if folder else None


def _used(one: Conflict, uses: dict[str, list[str]]) -> dict[str, list[str]]:
    return {row.factor.id: uses[row.factor.id] for row in one.entries}


def _show_rows(rows: tuple[FactorRow, ...], library: FactorLibrary, language: Language) -> None:
    heads = say(
        language,
        "编号 物质 参数 值 单位 用途 标准 地区 年份 等级",
        "id substance parameter value unit purpose standard place year grade",
    )
    cells = [_cells(row, library, language) for row in rows]
    console().print(grid(say(language, f"{len(rows)} 个因子", f"{len(rows)} factors"), heads.split(), cells, right=(3,)))


def _cells(row: FactorRow, library: FactorLibrary, language: Language) -> list[str]:
    one = row.factor
    names = [library.label(kind, getattr(one, kind)).read(language) for kind in ("substance", "parameter")]
    value = "—" if one.value is None else f"{one.value:f}"
    return [one.id, *names, value, one.unit, one.purpose, one.standard, one.place or "", str(one.year or ""), one.grade]


def _show_one(row: FactorRow, library: FactorLibrary, language: Language) -> None:
    one, out = row.factor, console()
    out.print(plain_text(one.id, style="bold"), "", one.label.read(language))
    out.print(
        f"{'—' if one.value is None else f'{one.value:f}'} {one.unit}"
        + (f"  [{one.lower}, {one.upper}]" if one.lower or one.upper else "")
    )
    for kind in ("purpose", "standard"):
        out.print(f"{library.label(kind, getattr(one, kind)).read(language)} ({getattr(one, kind)})")
    where = " ".join(str(part) for part in (one.place, one.year, one.sector) if part)
    out.print(where or say(language, "不限地区、年份", "any place, any year"))
    out.print(f"{read_wording(row.title, language)} {one.clause} ({one.source}, {one.grade})")
    for note in (one.note, *(note.says.read(language) for note in row.notes)):
        if note:
            out.print(f"· {note}")
    out.print(say(language, "用于：", "used by: ") + (", ".join(row.used_by) or "—"))


def _show_matches(found: tuple[KeyMatch, ...], language: Language) -> None:
    out = console()
    for one in found:
        grade = one.match.grade if one.match else say(language, "查无", "none")
        value = f"{one.match.value:f} {one.match.factor.unit}" if one.match else ""
        out.print(f"{one.key.words()}  [{grade}]  {value}", style="bold")
        for step in one.says:
            out.print(f"  · {step.read(language)}")


def _show_conflicts(
    found: tuple[Conflict, ...], composed: list[ComposedConflict], library: FactorLibrary, language: Language
) -> None:
    out = console()
    for one in found:
        names = [library.label(kind, getattr(one, kind)).read(language) for kind in ("substance", "parameter", "purpose")]
        where = " ".join(str(part) for part in (one.place, one.year) if part)
        out.print(f"{' · '.join(names)} {where}  ×{one.ratio or '—'}  Δ {one.spread:f} {one.unit}", style="bold")
        for row in one.entries:
            value = "—" if row.value is None else f"{row.value:f}"
            out.print(f"  {value:>14} {row.factor.standard} ({row.factor.grade}, {row.factor.id})")
        for note in one.notes:
            out.print(f"  · {note.says.read(language)}")
    title = say(language, "各版本下每单位排放", "emission per unit by edition")
    rows = [
        [
            library.label("substance", one.substance).read(language),
            *("; ".join(f"{k} {v:f}" for k, v in one.values.items()),),
            one.unit,
        ]
        for one in composed
    ]
    if rows:
        out.print(grid(title, say(language, "物质 各版本 单位", "substance editions unit").split(), rows))
