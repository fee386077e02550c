"""How the answer of ``reconcile`` is printed: clashes, and what each target costs under each way of counting.

Invariant: nothing is computed here; every figure printed has an address that ``dafeng explain`` opens.
"""

from __future__ import annotations

from typing import Any

import dafeng as df
from dafeng.cli.listing import describe_finding
from dafeng.cli.plain import plain_text
from dafeng.cli.printing import console, grid, print_findings, print_json, say
from dafeng.core.labels import Label, Language


def show_reconciliation(found: df.Reconciliation, language: Language, *, as_json: bool) -> None:
    """Print minimal clashing sets and the prices of targets.

    Parameters
    ----------
    found : Reconciliation
        Result of ``reconcile``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    from dafeng.work.view_number import Frame
    from dafeng.work.view_reconcile import write_consistency

    document = write_consistency(found, Frame("", found.traces))
    if as_json:
        print_json(_document(found, document))
        return
    out = console()
    for clash in found.clashes:
        out.print(plain_text(clash.address, style="bold"), clash.explanation.read(language))
    if not found.clashes:
        out.print(say(language, "未发现冲突", "no clash found"))
    priced = [one for one in document["systems"] if one["targets"]]
    for one in priced:
        if one["rule"] == priced[0]["rule"]:
            _print_system(one, language)
    more = "非化石比重的其他口径见 --json", "other rules of counting the non-fossil share: --json"
    out.print(say(language, *more))
    print_findings(found.findings, language)


def _document(found: df.Reconciliation, document: dict[str, Any]) -> dict[str, Any]:
    told = [
        {
            "targets": [member.target for member in clash.members if member.target],
            "minimal": True,
            "slack": clash.slack,
            "unit": clash.unit,
            "explanation": {"zh": clash.explanation.zh, "en": clash.explanation.en},
            "address": clash.address,
            "found_in": list(clash.ways_of_counting),
        }
        for clash in found.clashes
    ]
    combinations = {key: list(value) for key, value in found.combinations.items()}
    return {
        "clashes": told,
        "combinations": combinations,
        **document,
        "findings": [describe_finding(one) for one in found.findings],
    }


def _print_system(one: dict[str, Any], language: Language) -> None:
    heads = say(language, "目标 最远可到 余量 价格", "target furthest room price").split()
    cells = [
        [_read(row["label"], language), _number(row["reach"]), _number(row["spare"]), _read(row["words"], language)]
        for row in one["targets"]
    ]
    cost = f"{one['cost']['value']:,.4g} {one['cost']['unit']}/a"
    console().print(grid(f"{_read(one['label'], language)} · {cost}", heads, cells, right=(1, 2)))


def _number(number: dict[str, Any] | None) -> str:
    return "—" if number is None else f"{number['value']:,.4g} {number['unit']}"


def _read(label: dict[str, str] | None, language: Language) -> str:
    return "—" if label is None else Label(label["zh"], label["en"]).read(language)
