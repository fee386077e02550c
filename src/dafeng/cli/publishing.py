"""``dafeng publish``: what visitors may see, why, and who changed it.

Invariant: a change names who decides; without one the command only reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_findings, print_json, read_language, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.work.publish_change import Wish

app = typer.Typer()

Several = list[str] | None


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")],
    show: Annotated[Several, typer.Option("--show", help="公开 种类 或 种类/编号 · make a kind or kind/id public")] = None,
    hide: Annotated[Several, typer.Option("--hide", help="改为内部 · make it internal")] = None,
    unset: Annotated[Several, typer.Option("--unset", help="删去规则，按默认 · remove the rule")] = None,
    who: Annotated[str, typer.Option("--by", help="谁决定的 · who decides")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="写出公开页的冻结副本 · write a frozen copy of the public pages")
    ] = None,
    whole: Annotated[bool, typer.Option("--all", help="列出每一项 · list every object")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """公开什么：查看、改动、写出公开页 · what is public: look, change, write the public pages."""
    city, language = df.open_city(folder), read_language(lang)
    wishes = [*_read(show, "public"), *_read(hide, "internal"), *_read(unset, "unset")]
    rules = df.change_visibility(city, wishes, who=who) if wishes else df.read_visibility(city)
    if out is None and next(city.runs.newest(), None) is None:
        _tell_waiting(city, language, as_json=as_json)
        return
    frozen = df.city_view(city)
    if out is not None:
        from dafeng.web.public_freeze import write_public_site
        from dafeng.work.right_register import public_books, shows_registry
        from dafeng.work.rights import Rights

        with Rights(city) as rights:
            books = public_books(rights, rules) if shows_registry(rules) and rights.has_ledger() else []
        console().print(str(write_public_site(df.publish(frozen.view, frozen.traces, rules), out, books=books)))
        return
    listed, findings = df.list_objects(frozen.view, rules), df.check_objects(frozen.view, rules)
    if as_json:
        rows = [{"kind": one.kind, "id": one.id, "state": one.state, "because": one.because} for one in listed]
        print_json({"objects": rows, "findings": [{"rule": one.rule, "at": one.at} for one in findings]})
        return
    _print_table(listed, language, whole=whole)
    print_findings(findings, language)


def _tell_waiting(city: df.City, language: Language, *, as_json: bool) -> None:
    """What is public of a city without a run: its registry, or nothing."""
    from dafeng.work.right_register import publishes_books

    shown = publishes_books(city)
    if as_json:
        print_json({"objects": [], "findings": [], "registry": shown})
        return
    lacks = say(language, "还没有评估结果；", "No assessment yet; ")
    seen = say(language, "现在公开的只有登记簿（dafeng serve --public）", "only the registry is public (dafeng serve --public)")
    console().print(lacks + (seen if shown else say(language, "现在没有公开内容", "nothing is public now")))


def _read(texts: Several, state: Wish) -> list[df.Decision]:
    """Decisions typed as ``kind`` or ``kind/id``."""
    return [df.Decision(kind, name, state) for kind, _, name in (text.partition("/") for text in texts or ())]


def _print_table(listed: Sequence[df.Listed], language: Language, *, whole: bool) -> None:
    """One line per object, or one per kind with how many of it are public."""
    words = {"public": say(language, "公开", "public"), "internal": say(language, "内部", "internal")}
    if whole:
        rows = [[one.kind, one.id, one.label.read(language), words[one.state], one.because] for one in listed]
        console().print(grid(say(language, "公开什么", "what is public"), ["kind", "id", "name", "state", "because"], rows))
        return
    from dafeng.work.publish_rules import list_kinds

    kinds = list_kinds()
    counts = {kind: [one.state for one in listed if one.kind == kind] for kind in kinds}
    rows = [
        [
            kind,
            kinds[kind].label.read(language),
            f"{states.count('public')}/{len(states)}",
            say(language, "永不公开", "never public") if kinds[kind].never else "",
        ]
        for kind, states in counts.items()
    ]
    console().print(
        grid(say(language, "公开什么（公开数/总数）", "what is public (public/all)"), ["kind", "name", "public", ""], rows)
    )
