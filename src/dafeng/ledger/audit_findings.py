"""What an audit found: rows that are not as they were booked, until there are too many to be of use.

Invariant: nobody who says something here goes on after `AuditEnd`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.store.ledger_rows import Row
from dafeng.store.ledger_tables import Table
from dafeng.store.schema_flaws import SchemaFlaw

MOST_FINDINGS = 100
"""After so many an audit stops: one changed row early in a log makes all later hashes differ."""
RESTORE = Label("停止写入，从备份恢复后比对", "stop writing, restore a backup and compare")
"""What to do where something is not as it was booked."""

UNDO = Label(
    "查明由谁所改，改回后从备份恢复比对：已撤去的改动看不出",
    "find out who did it, undo it and compare with a backup: what it changed and how long it stood is not seen here",
)
"""What to do where a database has other tables or triggers than its programme makes."""
_KINDS: Mapping[str, str] = {
    "table": "表", "index": "索引", "trigger": "触发器", "view": "视图", "rule": "规则", "constraint": "约束",
    "policy": "行策略", "row security": "行级安全", "inheriting table": "继承表",
}  # fmt: skip
_HOW: Mapping[str, tuple[str, str]] = {
    "foreign": ("不是本程序所建", "not made by this programme"),
    "missing": ("缺失", "missing"),
    "changed": ("定义已改", "its definition was changed"),
}


class AuditEnd(Exception):
    """Nothing more is to be learned."""


class AuditFindings:
    """What was found so far."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def say(self, rule: str, at: str, zh: str, en: str, *, remedy: Label = RESTORE) -> None:
        """Say what is wrong.

        Parameters
        ----------
        rule : str
            What was looked for.
        at : str
            Where: ``table/key``.
        zh, en : str
            What is wrong.
        remedy : Label, optional
            What to do; by default to compare with a backup.

        Raises
        ------
        AuditEnd
            After `MOST_FINDINGS`.
        """
        self.found.append(Finding(f"ledger.{rule}", at, "error", Label(zh, en), remedy))
        if len(self.found) >= MOST_FINDINGS:
            raise AuditEnd

    def tell_flaw(self, rule: str, flaw: SchemaFlaw) -> None:
        """Say what of a database is not as its programme makes it.

        Parameters
        ----------
        rule : str
            What was looked for.
        flaw : SchemaFlaw
            The object.

        Raises
        ------
        AuditEnd
            After `MOST_FINDINGS`.
        """
        zh, en = _HOW[flaw.how]
        what = flaw.name if flaw.name == flaw.table else f"{flaw.name} ({flaw.table})"
        kind = _KINDS.get(flaw.kind, flaw.kind)
        self.say(rule, f"{flaw.table}/{flaw.name}", f"{kind} {what}：{zh}", f"{flaw.kind} {what}: {en}", remedy=UNDO)

    def note(self, rule: str, at: str, zh: str, en: str, *, remedy: Label) -> None:
        """Say what could not be compared, which is nothing wrong.

        Parameters
        ----------
        rule, at, zh, en, remedy
            As for `say`.
        """
        self.found.append(Finding(f"ledger.{rule}", at, "info", Label(zh, en), remedy))

    def stop(self, rule: str, at: str, zh: str, en: str) -> NoReturn:
        """Say what is wrong where nothing after it can be judged.

        Parameters
        ----------
        rule, at, zh, en : str
            As for `say`.

        Raises
        ------
        AuditEnd
            Always.
        """
        self.say(rule, at, zh, en)
        raise AuditEnd

    def compare(self, table: Table, told: Mapping[Any, Row], made: Mapping[Any, Row]) -> None:
        """Say where rows of a table are not those that the rules make.

        Parameters
        ----------
        table : Table
            The table.
        told, made : mapping
            Key → row, as it stands and as it should; rows may have the first columns only.
        """
        if told == made:
            return
        for key in sorted({*told, *made}, key=str):
            at = f"{table.name}/" + ("/".join(map(str, key)) if isinstance(key, tuple) else str(key))
            if key not in told:
                self.say("missing", at, "缺少一行", "a row is missing")
            elif key not in made:
                self.say("extra", at, "多出一行", "a row that nothing booked")
            elif tuple(told[key]) != tuple(made[key]):
                wrong = [
                    f"{name}: {mine!r} ≠ {booked!r}"
                    for name, mine, booked in zip(table.columns, told[key], made[key], strict=False)
                    if mine != booked
                ]
                self.say("changed", at, f"与入账不符：{'；'.join(wrong)}", f"not as booked: {'; '.join(wrong)}")
