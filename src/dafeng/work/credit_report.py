"""``export_credit``: the report of an enterprise's account for a bank, only with the owner's authorisation.

Invariant: what the authorisation does not name is not in the file, neither as a figure nor as what a figure was made of; every
export and every refusal is in the log before anything is handed out.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dafeng.core import registry
from dafeng.core.errors import AccessError, SettingError
from dafeng.core.labels import Label, Language
from dafeng.store.authorisations import Row, hold_authorisations, read_authorisations
from dafeng.store.files import hash_bytes, hash_tree, write_whole
from dafeng.work.authorise import Authorisation, fold_authorisations
from dafeng.work.city import City
from dafeng.work.enterprise_document import enterprise_document
from dafeng.work.enterprises import enterprises

WRITERS = "dafeng.credit_reports"
"""Entry points of what is called with a report and a language, and gives the bytes of a file."""
SCHEMA = "dafeng.credit/1"
WITHHELD: Mapping[str, str] = {"zh": "未获授权，不予提供", "en": "withheld: not authorised"}
UNKNOWN: Mapping[str, str] = {"zh": "不能确定", "en": "unknown"}
NO_VALUE = (None, "not_measurable")
KEPT = ("address", "kind", "says", "value", "unit", "year", "expression", "inputs", "source", "grade", "cell", "note")


def export_credit(
    city: City,
    enterprise: str,
    path: Path | str,
    *,
    recipient: str,
    purpose: str,
    who: str,
    fields: Sequence[str] | None = None,
    language: Language = "zh",
    now: datetime | None = None,
) -> dict[str, Any]:
    """Write the report of an enterprise's account for a bank.

    Parameters
    ----------
    city : City
        The city.
    enterprise : str
        Id of the enterprise.
    path : Path or str
        Where it shall stand: ``.json``, ``.xlsx`` or ``.pdf``.
    recipient, purpose : str
        For whom and what for; as in the authorisation.
    who : str
        Who hands it out.
    fields : sequence of str, optional
        Parts that are asked for; by default all that the authorisation names.
    language : {"zh", "en"}
        Language of an xlsx or pdf.
    now : datetime, optional
        Instant, with time zone.

    Returns
    -------
    dict
        The report: ``body``, ``sha256`` of the body and ``code`` for verification.

    Raises
    ------
    AccessError
        If no authorisation of the owner holds for this; the refusal is logged.
    SettingError
        If the ending of the file is unknown, or a writer lacks a package or font.
    """
    target = Path(path)
    document, content = make_credit(
        city,
        enterprise,
        _form(target),
        recipient=recipient,
        purpose=purpose,
        who=who,
        fields=fields,
        language=language,
        now=now,
    )
    write_whole(target, content)
    return document


def make_credit(
    city: City,
    enterprise: str,
    form: str,
    *,
    recipient: str,
    purpose: str,
    who: str,
    fields: Sequence[str] | None = None,
    language: Language = "zh",
    now: datetime | None = None,
) -> tuple[dict[str, Any], bytes]:
    """The report and the bytes of its file; both are in the log when this returns, so that they may be handed out.

    Parameters
    ----------
    city, enterprise, recipient, purpose, who, fields, language, now
        As `export_credit`.
    form : str
        ``json``, ``xlsx`` or ``pdf``.

    Returns
    -------
    (dict, bytes)
        Report and file.

    Raises
    ------
    AccessError
        If no authorisation of the owner holds for this; the refusal is logged.
    SettingError
        If the form is unknown, or a writer lacks a package or font.
    """
    at = now or datetime.now(UTC)
    _form(Path(f"report.{form}"))
    with hold_authorisations(city.folder) as log:
        known = fold_authorisations(log.rows)
        granted, why = _find(known, enterprise, recipient, purpose, fields, at)
        if granted is None:
            log.add(
                {
                    "at": _instant(at),
                    "event": "refuse",
                    "owner": enterprise,
                    "recipient": recipient,
                    "purpose": purpose,
                    "fields": json.dumps(sorted(fields or ()), ensure_ascii=False),
                    "who": who,
                    "detail": json.dumps({"why": why.en}, ensure_ascii=False),
                }
            )
            raise _refused(why)
        document = credit_document(city, granted, fields=fields, now=at)
        content = _write(document, form, language)
        detail = {"code": document["code"], "sha256": document["sha256"], "form": form, "file": hash_bytes(content)}
        log.add(
            {
                "at": _instant(at),
                "event": "export",
                "id": granted.id,
                "owner": enterprise,
                "recipient": granted.recipient,
                "purpose": granted.purpose,
                "fields": json.dumps(document["body"]["fields"], ensure_ascii=False),
                "until": granted.until,
                "who": who,
                "detail": json.dumps(detail),
            }
        )
    return document, content


def credit_document(
    city: City, granted: Authorisation, *, fields: Sequence[str] | None = None, now: datetime
) -> dict[str, Any]:
    """The report that an authorisation allows; it is not logged, so hand it to nobody: use `export_credit`.

    Parameters
    ----------
    city : City
        The city.
    granted : Authorisation
        What the owner allowed.
    fields : sequence of str, optional
        Parts that are asked for; by default all that the authorisation names.
    now : datetime
        Instant, with time zone.

    Returns
    -------
    dict
        ``body``, ``sha256`` and ``code``.
    """
    wanted = sorted(set(granted.fields if fields is None else fields) & set(granted.fields))
    found = enterprise_document(enterprises(city, enterprise=granted.owner), granted.owner)
    figures = [one for one in found["figures"] if _part(one["field"], one["kind"]) in wanted]
    judgements = [one for one in found["judgements"] if _judged(one) in wanted]
    shown = {one["address"] for one in (*figures, *judgements)}
    figures = [{**one, "why": None if one["why"] is None else dict(UNKNOWN)} for one in figures]
    body = {
        "schema": SCHEMA,
        "city": {"code": city.code, "label": {"zh": city.label.zh, "en": city.label.en}, "invented": city.invented},
        "enterprise": {"id": found["enterprise"], "label": found["label"], "sector": found["sector"]},
        "recipient": granted.recipient,
        "purpose": granted.purpose,
        "authorisation": {"id": granted.id, "at": granted.at, "until": granted.until, "evidence": granted.evidence},
        "issued_at": _instant(now),
        "fields": wanted,
        "figures": figures,
        "judgements": [_without_reason(one) for one in judgements],
        "traces": _allowed(found["traces"], shown, granted.owner),
        "scales": {name: scale for name, scale in found["scales"].items() if f"grade.{name}" in wanted},
    }
    digest = hash_tree(body)
    return {"body": body, "sha256": digest, "code": make_code(digest)}


def make_code(digest: str) -> str:
    """Verification code of a report.

    Parameters
    ----------
    digest : str
        SHA-256 of its body, hexadecimal.

    Returns
    -------
    str
        Four groups of four letters and digits (80 bits).
    """
    text = base64.b32encode(hashlib.sha256(f"{SCHEMA} {digest}".encode()).digest()[:10]).decode()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def verify_credit(city: City, code: str, *, path: Path | str | None = None, now: datetime | None = None) -> dict[str, Any]:
    """Whether a report was handed out by this city, and whether a file is that report.

    Parameters
    ----------
    city : City
        The city.
    code : str
        Verification code as printed.
    path : Path or str, optional
        A file that claims to be the report.
    now : datetime, optional
        Instant, with time zone.

    Returns
    -------
    dict
        ``known``; if so ``at``, ``enterprise``, ``recipient``, ``purpose``, ``authorisation`` with its state now, ``sha256``;
        and ``matches``: null without a file.

    Raises
    ------
    StoreError
        If the log was edited.
    """
    at = now or datetime.now(UTC)
    rows = read_authorisations(city.folder)
    wanted = code.strip().upper()
    row = next((one for one in rows if one["event"] == "export" and json.loads(one["detail"])["code"] == wanted), None)
    if row is None:
        return {"code": wanted, "known": False, "matches": None}
    detail = json.loads(row["detail"])
    granted = next(one for one in fold_authorisations(rows) if one.id == row["id"])
    return {
        "code": wanted,
        "known": True,
        "at": row["at"],
        "enterprise": row["owner"],
        "recipient": row["recipient"],
        "purpose": row["purpose"],
        "authorisation": {"id": granted.id, "until": granted.until, "state": granted.state(at)},
        "sha256": detail["sha256"],
        "form": detail["form"],
        "matches": None if path is None else _matches(Path(path), row, detail["sha256"]),
    }


def _matches(path: Path, row: Row, digest: str) -> bool:
    content = path.read_bytes()
    if json.loads(row["detail"])["file"] == hash_bytes(content):
        return True
    try:
        told = json.loads(content)
        return bool(hash_tree(told["body"]) == digest == told["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _form(path: Path) -> str:
    form = path.suffix.lower().lstrip(".")
    known = ("json", *registry.names(WRITERS))
    if form in known:
        return form
    listed = [f".{name}" for name in known]
    raise SettingError(
        Label(f"不能把信用报告写成“.{form}”", f"cannot write a report as '.{form}'"),
        where=str(path),
        expected=Label("、".join(listed), ", ".join(listed)),
        remedy=Label("改用这些结尾的文件名", "give the file one of these endings"),
    )


def _write(document: Mapping[str, Any], form: str, language: Language) -> bytes:
    if form == "json":
        return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
    content: bytes = registry.load(WRITERS, form)(document, language)
    return content


def _find(
    known: Sequence[Authorisation],
    enterprise: str,
    recipient: str,
    purpose: str,
    fields: Sequence[str] | None,
    at: datetime,
) -> tuple[Authorisation | None, Label]:
    """The widest authorisation that holds for what is asked, of equals the newest; else why none does."""
    own = [one for one in known if one.owner == enterprise and one.recipient == recipient.strip()]
    if not own:
        return None, Label(f"企业“{enterprise}”没有授权“{recipient}”", f"'{enterprise}' authorised nothing for '{recipient}'")
    same = [one for one in own if one.purpose == purpose.strip()]
    if not same:
        return None, Label(f"授权用途不是“{purpose}”", f"no authorisation is for the purpose '{purpose}'")
    valid = [one for one in same if one.state(at) == "valid"]
    if not valid:
        state = same[-1].state(at)
        zh = "已撤回" if state == "withdrawn" else "已到期"
        return None, Label(f"授权 {same[-1].id} {zh}", f"the authorisation {same[-1].id} is {state}")
    fitting = [one for one in valid if set(fields or ()) <= set(one.fields)]
    if not fitting:
        lacking = sorted(set(fields or ()) - set(valid[-1].fields))
        return None, Label(f"授权不含：{'、'.join(lacking)}", f"not authorised: {', '.join(lacking)}")
    widest = max(enumerate(fitting), key=lambda one: (len(one[1].fields), one[0]))[
        1
    ]  # a newer, narrower one takes nothing back
    return widest, Label("有效", "valid")


def _part(field: str, kind: str) -> str:
    """Part of an account that a figure belongs to."""
    if kind in ("part", "score"):
        return ".".join(field.split(".")[:2])
    if kind == "completion":
        return "warnings"
    return field.split(".")[0]


def _judged(one: Mapping[str, Any]) -> str:
    return {"grade": f"grade.{one['rule']}", "warning": "warnings"}.get(one["kind"], "size")


def _without_reason(one: Mapping[str, Any]) -> dict[str, Any]:
    """A judgement; why there is none could name a figure that was not authorised."""
    return {**one, "says": dict(UNKNOWN)} if one["result"] == "not_measurable" else dict(one)


def _allowed(traces: Mapping[str, Mapping[str, Any]], shown: set[str], owner: str) -> dict[str, Any]:
    """Traces of what is shown; of what they rest on, only stated rules, and that the rest was withheld.

    Addresses of other enterprises (extremes, means) are left out altogether.
    """
    kept: dict[str, Any] = {}
    waiting = sorted(shown)
    while waiting:
        address = waiting.pop()
        trace = traces.get(address)
        if trace is None or address in kept:
            continue
        if address in shown or trace["kind"] == "assumption":
            inputs = [one for one in trace["inputs"] if _is_own(one, owner, traces)]
            kept[address] = {**{name: trace[name] for name in KEPT}, "inputs": inputs}
            if trace["kind"] != "assumption" and trace["value"] in NO_VALUE:
                kept[address]["says"] = dict(UNKNOWN)
            waiting.extend(inputs)
        else:
            kept[address] = {"address": address, "kind": trace["kind"], "says": dict(WITHHELD), "value": None, "inputs": []}
    return kept


def _is_own(address: str, owner: str, traces: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether an address is of the owner, or a rule that holds for it."""
    return address.startswith(f"enterprise/{owner}.") or traces.get(address, {}).get("kind") == "assumption"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _refused(why: Label) -> AccessError:
    return AccessError(
        why,
        where="authorisation",
        expected=Label(
            "企业对该机构、该用途、这些内容的有效授权",
            "a valid authorisation of the owner for this recipient, purpose and parts",
        ),
        remedy=Label("请企业授权（dafeng enterprise authorise）", "ask the owner for one (dafeng enterprise authorise)"),
    )
