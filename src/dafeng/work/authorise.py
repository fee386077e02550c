"""``authorise``: an enterprise allows a bank to see parts of its account, until a day or until it withdraws.

Invariant: what was granted, withdrawn, handed out and refused stands in a log to which rows are only added.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.store.authorisations import Row, hold_authorisations, read_authorisations
from dafeng.store.files import hash_file
from dafeng.work.city import City
from dafeng.work.enterprise_rules import FOLDER, EnterpriseRules, read_rules
from dafeng.work.enterprise_table import read_tables

CHINA = timezone(timedelta(hours=8))
"""Time zone in which a day ends."""


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What an owner allowed.

    Parameters
    ----------
    id : str
        Its id.
    owner : str
        Enterprise whose account it is.
    recipient, purpose : str
        For whom and what for.
    fields : tuple of str
        Fields, indicators, ``grade.SCALE``, ``score.SCORE``, ``warnings`` or ``size``.
    until : str
        Last day, ISO; it ends at midnight in China.
    at, who : str
        When and by whom it was entered.
    evidence : str
        Name and hash of the owner's letter.
    withdrawn : str
        When it was withdrawn, empty if it was not.
    """

    id: str
    owner: str
    recipient: str
    purpose: str
    fields: tuple[str, ...]
    until: str
    at: str
    who: str
    evidence: str
    withdrawn: str = ""

    def state(self, now: datetime) -> str:
        """Whether it holds.

        Parameters
        ----------
        now : datetime
            Instant, with time zone.

        Returns
        -------
        str
            ``valid``, ``withdrawn`` or ``expired``.
        """
        if self.withdrawn:
            return "withdrawn"
        return "valid" if now.astimezone(CHINA).date() <= date.fromisoformat(self.until) else "expired"


def authorise(
    city: City,
    enterprise: str,
    *,
    recipient: str,
    purpose: str,
    fields: Sequence[str],
    until: str,
    letter: Path | str,
    who: str,
    now: datetime | None = None,
) -> Authorisation:
    """Enter what an owner allows.

    Parameters
    ----------
    city : City
        The city.
    enterprise : str
        Id of the enterprise whose account it is.
    recipient, purpose : str
        For whom and what for.
    fields : sequence of str
        What may be seen, see `list_parts`.
    until : str
        Last day, ISO.
    letter : Path or str
        The owner's signed letter; its hash is kept, the file is not.
    who : str
        Who enters it.
    now : datetime, optional
        Instant, with time zone.

    Returns
    -------
    Authorisation
        As it was entered.

    Raises
    ------
    SettingError
        If a part is missing, unknown or in the past.
    LookupFailure
        If there is no such enterprise.
    """
    check_enterprise(city, enterprise)
    path = Path(letter)
    if not path.is_file():
        raise _bad(
            "letter", f"找不到授权书“{path}”", f"there is no letter '{path}'", "授权书文件", "the file of the owner's letter"
        )
    if not path.stat().st_size:
        raise _bad(
            "letter", f"授权书“{path}”是空文件", f"the letter '{path}' is empty", "授权书文件", "the file of the owner's letter"
        )
    evidence = f"{path.name} sha256 {hash_file(path)}"
    return grant_access(
        city, enterprise, recipient=recipient, purpose=purpose, fields=fields, until=until, evidence=evidence, who=who, now=now
    )


def grant_access(
    city: City,
    enterprise: str,
    *,
    recipient: str,
    purpose: str,
    fields: Sequence[str],
    until: str,
    evidence: str,
    who: str,
    now: datetime | None = None,
) -> Authorisation:
    """Enter what an owner allows, by whatever proves that it was the owner.

    Parameters
    ----------
    city : City
        The city.
    enterprise, recipient, purpose, fields, until, who, now
        As `authorise`.
    evidence : str
        Name and hash of the owner's letter, or the owner's link.

    Returns
    -------
    Authorisation
        As it was entered.

    Raises
    ------
    SettingError
        If a part is missing, unknown or in the past.
    LookupFailure
        If there is no such enterprise.
    """
    at = now or datetime.now(UTC)
    rules = read_rules(city.overlay)
    check_enterprise(city, enterprise, rules=rules)
    _check(rules, recipient, purpose, fields, until, at)
    with hold_authorisations(city.folder) as log:
        name = f"A{sum(row['event'] == 'grant' for row in log.rows) + 1:05d}"
        row = log.add(
            {
                "at": at.astimezone(UTC).isoformat(timespec="seconds"),
                "event": "grant",
                "id": name,
                "owner": enterprise,
                "recipient": recipient.strip(),
                "purpose": purpose.strip(),
                "fields": json.dumps(sorted(set(fields)), ensure_ascii=False),
                "until": until,
                "who": who,
                "evidence": evidence,
            }
        )
    return _read(row, "")


def check_enterprise(city: City, enterprise: str, *, rules: EnterpriseRules | None = None) -> None:
    """Refuse an enterprise that is in no table.

    Parameters
    ----------
    city : City
        The city.
    enterprise : str
        Id.
    rules : EnterpriseRules, optional
        What the accounts follow, if they were read.

    Raises
    ------
    LookupFailure
        If there is no such enterprise.
    """
    known = rules or read_rules(city.overlay)
    accounted = {one.enterprise for one in known.own.accounted}
    if enterprise not in accounted and enterprise not in read_tables(city.overlay / FOLDER, known).enterprises:
        raise LookupFailure(
            Label(f"没有企业“{enterprise}”", f"there is no enterprise '{enterprise}'"),
            where="enterprise",
            expected=Label("data/enterprises 中的企业", "an enterprise of data/enterprises"),
            remedy=Label("核对企业编号", "check the id"),
        )


def withdraw_authorisation(city: City, id: str, *, who: str, now: datetime | None = None) -> Authorisation:
    """Withdraw what an owner allowed; from then on nothing is handed out.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the authorisation.
    who : str
        Who enters it.
    now : datetime, optional
        Instant, with time zone.

    Returns
    -------
    Authorisation
        As it now is; withdrawing twice changes nothing.

    Raises
    ------
    LookupFailure
        If there is no such authorisation.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    with hold_authorisations(city.folder) as log:
        known = {one.id: one for one in fold_authorisations(log.rows)}
        if id not in known:
            raise _no_authorisation(id)
        if not known[id].withdrawn:
            log.add({"at": at, "event": "withdraw", "id": id, "owner": known[id].owner, "who": who})
        return {one.id: one for one in fold_authorisations(log.rows)}[id]


def list_authorisations(city: City, *, enterprise: str | None = None) -> tuple[Authorisation, ...]:
    """What owners allowed, in the order it was entered.

    Parameters
    ----------
    city : City
        The city.
    enterprise : str, optional
        One enterprise; by default all.

    Returns
    -------
    tuple of Authorisation
        Also those that are withdrawn or have ended.

    Raises
    ------
    StoreError
        If the log was edited.
    """
    found = fold_authorisations(read_authorisations(city.folder))
    return tuple(one for one in found if enterprise in (None, one.owner))


def fold_authorisations(rows: Sequence[Row]) -> tuple[Authorisation, ...]:
    """Authorisations from the rows of the log.

    Parameters
    ----------
    rows : sequence of mapping
        Rows in their order.

    Returns
    -------
    tuple of Authorisation
        In the order they were granted.
    """
    withdrawn = {row["id"]: row["at"] for row in reversed(rows) if row["event"] == "withdraw"}
    return tuple(_read(row, withdrawn.get(row["id"], "")) for row in rows if row["event"] == "grant")


def list_parts(rules: EnterpriseRules) -> tuple[str, ...]:
    """Parts of an account that an owner may allow.

    Parameters
    ----------
    rules : EnterpriseRules
        What the accounts of the city follow.

    Returns
    -------
    tuple of str
        Fields, indicators, grades and scores, warnings and size.
    """
    graded = [f"grade.{name}" for name in rules.scales]
    scored = [f"score.{name}" for name in rules.scores]
    return (*rules.fields, *rules.indicators, *graded, *scored, "warnings", "size")


def _check(rules: EnterpriseRules, recipient: str, purpose: str, fields: Sequence[str], until: str, at: datetime) -> None:
    for name, text in (("recipient", recipient), ("purpose", purpose)):
        if not text.strip() or not text.isprintable():
            raise _bad(name, f"“{name}”不能为空", f"'{name}' is empty", "一行文字", "a line of text")
    known = list_parts(rules)
    strange = [name for name in fields if name not in known]
    if strange or not fields:
        said = strange[0] if strange else ""
        raise _bad("fields", f"没有“{said}”这一项", f"there is no part '{said}'", "、".join(known), ", ".join(known))
    try:
        last = date.fromisoformat(until)
    except ValueError:
        raise _bad("until", f"“{until}”不是日期", f"'{until}' is no day", "如 2026-12-31", "such as 2026-12-31") from None
    if last < at.astimezone(CHINA).date():
        raise _bad("until", f"“{until}”已过", f"'{until}' is past", "今天或以后", "today or later")


def _read(row: Row, withdrawn: str) -> Authorisation:
    return Authorisation(
        row["id"],
        row["owner"],
        row["recipient"],
        row["purpose"],
        tuple(json.loads(row["fields"])),
        row["until"],
        row["at"],
        row["who"],
        row["evidence"],
        withdrawn,
    )


def _bad(where: str, zh: str, en: str, expected_zh: str, expected_en: str) -> SettingError:
    return SettingError(
        Label(zh, en),
        where=where,
        expected=Label(expected_zh, expected_en),
        remedy=Label("改正后重试", "correct it and try again"),
    )


def _no_authorisation(id: str) -> LookupFailure:
    return LookupFailure(
        Label(f"没有授权“{id}”", f"there is no authorisation '{id}'"),
        where="authorisation",
        expected=Label("如 A00001", "such as A00001"),
        remedy=Label("用 dafeng enterprise authorisations 查看", "see dafeng enterprise authorisations"),
    )


def authorisation_document(found: Authorisation, *, now: datetime | None = None) -> dict[str, Any]:
    """An authorisation as JSON-able values.

    Parameters
    ----------
    found : Authorisation
        The authorisation.
    now : datetime, optional
        Instant, with time zone.

    Returns
    -------
    dict
        Its parts, and ``state``: ``valid``, ``withdrawn`` or ``expired``.
    """
    told = asdict(found)
    return {**told, "fields": list(found.fields), "state": found.state(now or datetime.now(UTC))}
