"""``dafeng ledger audit``, ``roots``, ``prove``, ``balances`` and ``export``: whether the books are as they were booked.

Invariant: nothing is booked here; what is found wrong ends with status 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dafeng.cli.ledger_lists import AsJson, Folder, Tongue, open_rights, show_findings, tell_findings
from dafeng.cli.printing import console, grid, print_json, read_language, say

app = typer.Typer()


@app.command()
def audit(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """审核账簿、市场、减排项目与碳普惠：重新入账比对 · book again and compare: ledger, markets, credits, inclusion."""
    from dafeng.work.right_proof import audit_books, is_whole

    language = read_language(lang)
    with open_rights(folder) as rights:
        found = audit_books(rights)
    if as_json:
        print_json(tell_findings(found))
    elif found:
        show_findings(found, language)
    if is_whole(found) and not as_json:
        console().print(
            say(
                language,
                "账簿、市场、减排项目与碳普惠均与入账一致",
                "ledger, markets, credit projects and carbon inclusion are as they were booked",
            )
        )
    if not is_whole(found):
        raise typer.Exit(1)


@app.command()
def roots(
    folder: Folder,
    since: Annotated[str, typer.Option("--since", help="起始日，如 2026-01-01 · first day")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="写成可公布的文件 · write what can be published")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="与已公布的文件比对 · compare with what was published")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """各日的根值，供公布 · roots of the days that are over, to be published."""
    from dafeng.ledger.roots import check_root, spell_roots
    from dafeng.work.right_proof import list_day_roots, read_published

    language = read_language(lang)
    with open_rights(folder) as rights:
        if check is not None:
            published = read_published(check)
            with rights.reading() as rows:
                told = [(one, check_root(rows, one).same) for one in published]
        else:
            told = [(one, True) for one in list_day_roots(rights, since=since)]
    if out is not None:
        out.write_text(spell_roots(one for one, _ in told), encoding="utf-8")
    if as_json:
        print_json([{**one._asdict(), "day": one.day.isoformat(), "same": same} for one, same in told])
    else:
        said = {True: say(language, "是", "yes"), False: say(language, "否", "no")}
        heads = say(language, "日期 日志 首号 末号 根值 相符", "day log first last root same").split()
        lines = [[one.day.isoformat(), one.log, str(one.first), str(one.last), one.root, said[same]] for one, same in told]
        console().print(grid(say(language, "根值", "roots"), heads, lines, right=(2, 3)))
    if not all(same for _, same in told):
        raise typer.Exit(1)


@app.command()
def prove(
    folder: Folder,
    event: Annotated[str, typer.Argument(help="申请编号或事件号 · id of the order or number of the event", metavar="EVENT")],
    out: Annotated[Path | None, typer.Option("--out", help="写成文件 · write it to a file")] = None,
    published: Annotated[
        Path | None, typer.Option("--published", help="已公布的根值文件，据以核验 · published roots to check it by")
    ] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """证明一笔已入账：内容与到当日根值的路径 · prove that something was booked: content and path to the day's root."""
    from dafeng.ledger.roots import check_proof, parse_proof
    from dafeng.work.right_proof import prove_booked, read_published

    language = read_language(lang)
    with open_rights(folder) as rights:
        text = prove_booked(rights, event)
    proof = parse_proof(text)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    known = () if published is None else read_published(published)
    good = any(check_proof(proof, one) for one in known)
    if as_json:
        print_json({**proof._asdict(), "day": proof.day.isoformat(), "path": list(proof.path), "good": good if known else None})
    else:
        console().print(
            f"{proof.day} · {say(language, '事件', 'event')} {proof.seq} · {proof.at + 1}/{proof.size} ·"
            f" {say(language, '路径', 'path')} {len(proof.path)}"
        )
        for one in proof.path:
            console().print(one)
        if known:
            good_words = say(language, "与公布的根值相符", "leads to the published root")
            console().print(good_words if good else say(language, "与公布的根值不符", "does not lead to the published root"))
    if known and not good:
        raise typer.Exit(1)


@app.command()
def balances(
    folder: Folder,
    book: Annotated[str, typer.Argument(help="账簿编号 · book id", metavar="BOOK")],
    day: Annotated[str, typer.Option("--day", help="法定生效日期止 · effective up to this day")] = "",
    known: Annotated[str, typer.Option("--known", help="入账时刻止，如 2026-01-31T12:00:00Z · booked up to this instant")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """某日、某时所知的各账户余额 · balances as they were on a day, as far as known at an instant."""
    from dafeng.web.book_words import say_unit
    from dafeng.work.right_books import tell_quantity
    from dafeng.work.right_proof import balances_document

    language = read_language(lang)
    with open_rights(folder) as rights:
        told = balances_document(rights, book, day=day, known=known)
    if as_json:
        print_json(told)
        return
    heads = say(language, "账户 余额", "account balance").split()
    rows = [[one["account"], tell_quantity(one["balance"], told["scale"])] for one in told["accounts"]]
    console().print(
        grid(f"{told['book']} · {say_unit(told['unit'], language)} · {day or '—'} · {known or '—'}", heads, rows, right=(1,))
    )


@app.command()
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help="写成 beancount 文件 · file of beancount text")],
) -> None:
    """导出为 beancount 文本，供另一程序复算 · the whole ledger as beancount text, so that another program adds it up."""
    from dafeng.ledger.beancount import spell_beancount

    with open_rights(folder) as rights, rights.reading() as rows, out.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(spell_beancount(rows))
    console().print(str(out))
