"""How results look in a terminal.

Invariant: prints what it is given; a number is formatted, never changed.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast, get_args

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from dafeng.cli.plain import plain, plain_console, plain_text
from dafeng.core.errors import DafengError, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label, Language, read_wording
from dafeng.plans.verdict import WORDS, Kind

MARKS: Mapping[Kind, tuple[str, str]] = {
    "met": ("●", "green"),
    "on_course": ("▲", "cyan"),
    "behind": ("◆", "yellow"),
    "off_course": ("■", "red"),
    "not_due": ("◇", "white"),
    "not_measurable": ("○", "bright_black"),
}
"""Verdict → shape and colour; the shape tells it without the colour."""
_ABOVE = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Signs that a terminal obeys and that JSON leaves as they are."""


def console() -> Console:
    """Terminal to print on.

    Returns
    -------
    Console
        Standard output, as wide as it is; 120 columns where it is no terminal. Texts are shown as they stand.
    """
    return plain_console(width=None if sys.stdout.isatty() else 120)


def print_json(value: Any) -> None:
    """Print a value as JSON.

    Parameters
    ----------
    value : object
        JSON-able.
    """
    text = json.dumps(_finite(value), ensure_ascii=False, indent=2, default=str, allow_nan=False)
    sys.stdout.write(_ABOVE.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text) + "\n")


def refusal_document(refusal: DafengError) -> dict[str, Any]:
    """What was refused, as JSON-able values.

    Parameters
    ----------
    refusal : DafengError
        The refusal.

    Returns
    -------
    dict
        ``status`` (``refused``), ``where``, ``what``, ``expected`` and ``remedy``, each in both languages.
    """
    parts = {"what": refusal.what, "expected": refusal.expected, "remedy": refusal.remedy}
    return {"status": "refused", "where": refusal.where, **{name: {"zh": one.zh, "en": one.en} for name, one in parts.items()}}


def _finite(value: Any) -> Any:
    """The value with null for what JSON has no number for."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


def say(language: Language, zh: str, en: str) -> str:
    """One of two texts.

    Parameters
    ----------
    language : {"zh", "en"}
        Language wanted.
    zh, en : str
        The texts.

    Returns
    -------
    str
        The text in that language.
    """
    return zh if language == "zh" else en


def read_word(group: str, name: str, language: Language) -> str:
    """Word of a closed list, the same as on the pages.

    Parameters
    ----------
    group : str
        Group of words, such as ``order_state``.
    name : str
        Member of the list.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    str
        The word; the member itself where the list has none for it.
    """
    from dafeng.web.labels import Words

    return Words(language).word(group, name)


def read_language(text: str) -> Language:
    """Language that an option names.

    Parameters
    ----------
    text : str
        What was typed.

    Returns
    -------
    {"zh", "en"}
        The language.

    Raises
    ------
    SettingError
        If it is neither.
    """
    if text in get_args(Language):
        return cast(Language, text)
    raise SettingError(
        Label(f"语言“{text}”不支持", f"language '{text}' is not known"),
        where="--lang",
        expected=Label("zh 或 en", "zh or en"),
        remedy=Label("改正该选项", "correct the option"),
    )


def read_label(label: Mapping[str, str] | Label | str, language: Language) -> str:
    """Text of a label in either of its forms.

    Parameters
    ----------
    label : mapping, Label or str
        ``{"zh": …, "en": …}``, a ``Label``, or a text as published.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    str
        The text.
    """
    return read_wording(label, language) if isinstance(label, Label | str) else label[language]


def grid(title: str, heads: Sequence[str], rows: Iterable[Sequence[str | Text]], *, right: Sequence[int] = ()) -> Table:
    """A table for the terminal.

    Parameters
    ----------
    title : str
        Heading.
    heads : sequence of str
        Column heads.
    rows : iterable of sequence of str or Text
        Cells; a str is shown as it stands.
    right : sequence of int
        Columns set flush right.

    Returns
    -------
    Table
        Ready to print.
    """
    table = Table(title=plain(title), title_justify="left", header_style="bold", pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(plain_text(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def finding_rows(findings: Iterable[Finding], language: Language) -> list[list[str]]:
    """Findings as cells.

    Parameters
    ----------
    findings : iterable of Finding
        What was found.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    list of list of str
        Severity, place, text, remedy.
    """
    return [
        [read_word("severity", f.severity, language), f.at, f.says.read(language), f.remedy.read(language)] for f in findings
    ]


def print_findings(findings: Sequence[Finding], language: Language) -> None:
    """Print findings as a table, if there are any.

    Parameters
    ----------
    findings : sequence of Finding
        What was found.
    language : {"zh", "en"}
        Language wanted.
    """
    if findings:
        heads = say(language, "级别 位置 问题 处理", "severity place problem remedy").split()
        console().print(grid(say(language, "发现", "findings"), heads, finding_rows(findings, language)))


def counts_row(counts: Mapping[Kind, int], language: Language) -> Text:
    """Verdict counts in one line, with shapes.

    Parameters
    ----------
    counts : mapping of str to int
        Number of targets per verdict.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    Text
        Ready to print.
    """
    parts = [Text.assemble(show_verdict(kind, language), f" {counts.get(kind, 0)}") for kind in MARKS]
    return Text("   ").join(parts)


def show_verdict(kind: Kind, language: Language) -> Text:
    """A verdict with its shape.

    Parameters
    ----------
    kind : Kind
        The verdict.
    language : {"zh", "en"}
        Language wanted.

    Returns
    -------
    Text
        Ready to print.
    """
    shape, colour = MARKS[kind]
    return plain_text(f"{shape} {WORDS[kind].read(language)}", style=colour)


def explanation_tree(node: Mapping[str, Any], language: Language, *, widest: int | None = None) -> Tree:
    """An explanation as a tree.

    Parameters
    ----------
    node : mapping
        ``{"trace": …, "inputs": [nodes], "seen": bool}`` as ``work.explain`` gives it.
    language : {"zh", "en"}
        Language wanted.
    widest : int, optional
        Most inputs of a number that are shown; by default all. What is left out is counted.

    Returns
    -------
    Tree
        Ready to print.
    """
    tree = Tree(_line(node["trace"], language))
    shown = node["inputs"][:widest]
    for child in shown:
        tree.add(explanation_tree(child, language, widest=widest))
    more = 0 if node["seen"] else len(node["trace"]["inputs"]) - len(shown)
    if more:
        said = Label(f"… 另有 {more} 项：加 --all，或追溯其地址", f"… {more} more: with --all, or by their own address")
        tree.add(plain_text(said.read(language), style="bright_black"))
    return tree


def _line(trace: Mapping[str, Any], language: Language) -> Text:
    bits = [Text.assemble(plain_text(trace["address"], style="bold"), " ", plain_text(trace["says"][language]))]
    if trace.get("value") is not None:
        bits.append(plain_text(f"{trace['value']} {trace.get('unit') or ''}", style="cyan"))
    if trace.get("expression"):
        bits.append(plain_text(f"= {trace['expression']}"))
    if trace.get("anchor"):
        anchor = trace["anchor"]
        place = f"{anchor['document']} {anchor['start']}–{anchor['end']} sha256 {anchor['sha256'][:12]}…"
        bits.append(plain_text(place, style="green"))
    if trace.get("cell"):
        cell = trace["cell"]
        bits.append(plain_text(f"{cell['file']} {cell['sheet'] or ''} {cell['cell']}", style="green"))
    if trace.get("source"):
        bits.append(
            plain_text(f"{trace['source']} ({read_word('grade', trace.get('grade') or '-', language)})", style="bright_black")
        )
    return Text("  ").join(bits)
