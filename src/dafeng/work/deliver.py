"""Delivering a file with a look before it counts: read, audited, decided on, then taken in or sent back.

Invariant: nothing of a file reaches the facts before it is taken in; taking the same file in twice is taking it in once,
and what was decided on it is written with the visitor's name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from dafeng.core.errors import ConflictError
from dafeng.core.labels import Label
from dafeng.store.files import hash_tree, lock
from dafeng.store.lots import Lot
from dafeng.store.records import Records
from dafeng.work.cell_decisions import CellDecisions
from dafeng.work.city import City
from dafeng.work.mappings import keep_mapping
from dafeng.work.review import using
from dafeng.work.take_in import Take, no_value
from dafeng.work.upload_decisions import finish_held, log_return, mark_returned
from dafeng.work.upload_preview import open_book
from dafeng.work.upload_state import Upload, load_upload, save_upload, upload_folder


def map_upload(
    city: City, upload: Upload, mapping: Mapping[str, str], *, who: str = "", seen: str | None = None, only: bool = False
) -> Upload:
    """Say what the columns of a file are; the city remembers it for files headed alike.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    mapping : mapping of str to str
        Our name of a column by its heading, empty to leave it out.
    who : str, optional
        Who says so.
    seen : str, optional
        ``mark`` of the file when it was decided on; without it, what somebody else said is not replaced.
    only : bool, optional
        Whether what was said of other files headed alike was wrong and is forgotten.

    Returns
    -------
    Upload
        With the mapping.

    Raises
    ------
    ConflictError
        If it was decided on already, or changed by somebody else since.
    """
    with lock(upload_folder(city, upload.id)):
        finish_held(city, upload.id)
        held = load_upload(city, upload.id)
        if held.state == "open" and held.mapping == mapping and not only:
            return held
        others = bool(held.mapping) and held.mapping_by != who
        check_open(held, seen="" if seen is None and others else seen)
        keep_mapping(city, open_book(city, held), mapping, only=only)
        return save_upload(city, replace(held, mapping=dict(mapping), mapping_by=who))


def take_upload(
    city: City, upload: Upload, *, who: str, values: Mapping[str, tuple[str, str]] | None = None,
    kept: Mapping[str, str] | None = None, left: Mapping[str, str] | None = None, sure: Collection[str] = (),
    seen: str | None = None, records: Records | None = None,
) -> Upload:  # fmt: skip
    """Take a file in, with what was decided on its cells: all figures count from one instant on, or none.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    who : str
        Who takes it in.
    values : mapping of str to (str, str), optional
        Corrected value and reason by cell; the reported one is taken in with it and stays.
    kept : mapping of str to str, optional
        Why a figure is taken in as it was reported, by cell; the reason goes into its note.
    left : mapping of str to str, optional
        Why a figure is left out, by cell.
    sure : collection of str, optional
        Cells whose corrected value is kept although the checks doubt it.
    seen : str, optional
        ``mark`` of the file when it was decided on; without it the present one is taken.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Upload
        Taken in. One that the same person took in with the same decisions before stays as it is.

    Raises
    ------
    FileRefused
        If it cannot be read.
    SettingError
        If a value cannot be used or is doubted by the checks, or an error at a figure has no decision with a reason.
    ConflictError
        If somebody else decided on it, or otherwise, or it changed since it was seen.
    """
    asked = CellDecisions(values or {}, kept or {}, left or {}, sure).whole()
    with using(city, records) as opened, lock(upload_folder(city, upload.id)):
        finish_held(city, upload.id, records=opened)
        held = load_upload(city, upload.id)
        decision = _name_decision(who, asked)
        if held.state == "taken" and held.by == who and held.decision in ("", decision):
            return held
        check_open(held, seen=seen)
        Take(city, replace(held, state="taken", by=who, decision=decision), asked).run(opened)
        return load_upload(city, upload.id)


def _name_decision(who: str, asked: CellDecisions) -> str:
    """Hash of a decision: the same person with the same decisions on cells decides the same."""
    cells: dict[str, object] = {name: dict(told) for name, told in (("kept", asked.kept), ("left", asked.left)) if told}
    cells |= {"sure": list(asked.sure)} if asked.sure else {}
    return hash_tree({"who": who, "values": {place: list(told) for place, told in asked.values.items()}, **cells})


def return_upload(
    city: City, upload: Upload, *, who: str, remark: str, seen: str | None = None, records: Records | None = None
) -> Upload:
    """Send a file back; nothing of it is taken in.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.
    who : str
        Who sends it back.
    remark : str
        Why.
    seen : str, optional
        ``mark`` of the file when it was decided on; without it the present one is taken.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Upload
        Sent back; handed in again, it waits again.

    Raises
    ------
    SettingError
        If there is no reason.
    ConflictError
        If it was decided on already, changed since it was seen, or its figures count already.
    """
    if not remark.strip():
        raise no_value(Label("退回须说明理由", "sending back needs a reason"), "remark")
    with using(city, records) as opened, lock(upload_folder(city, upload.id)):
        finish_held(city, upload.id, records=opened)
        held = load_upload(city, upload.id)
        check_open(held, seen=seen)
        check_absent(city, held)
        done = mark_returned(held, who=who, remark=remark)
        log_return(opened, done, at=datetime.now(UTC))
        return save_upload(city, done)


def check_absent(city: City, upload: Upload) -> None:
    """Refuse to send back a file whose figures count.

    Parameters
    ----------
    city : City
        The city.
    upload : Upload
        The file.

    Raises
    ------
    ConflictError
        If a lot in force has the same bytes.
    """
    for lot in _lots_in_force(city, upload.sha256):
        raise ConflictError(
            Label(f"该文件的数已入库（批次 {lot.id}）", f"the figures of this file count already (lot {lot.id})"),
            where=upload.name,
            expected=Label("没有入库的文件", "a file of which nothing was taken in"),
            remedy=Label("逐数更正，或先撤回该批次", "correct the figures, or withdraw that lot first"),
        )


def _lots_in_force(city: City, sha256: str) -> tuple[Lot, ...]:
    withdrawn = {one.lot for one in city.facts.withdrawals()}
    lots = (lot for lot in reversed(city.facts.lots()) if lot.id not in withdrawn)
    return tuple(lot for lot in lots if any(item.sha256 == sha256 for item in lot.items))


def check_open(upload: Upload, *, seen: str | None = None) -> None:
    """Refuse what was decided on already, and a decision on an older state.

    Parameters
    ----------
    upload : Upload
        The file as it stands.
    seen : str, optional
        Its ``mark`` when the decision was made.

    Raises
    ------
    ConflictError
        If it was taken in or sent back, or is not what was seen; the message says what the other one did.
    """
    if upload.state == "open" and seen in (None, upload.mark):
        return
    raise ConflictError(
        _what_was_done(upload),
        where=upload.name,
        expected=Label("在文件的最新状态上决定", "a decision on the file as it stands"),
        remedy=Label("刷新页面，看过之后再决定；没有写入任何改动", "reload, look at it and decide again; nothing was written"),
    )


def _what_was_done(upload: Upload) -> Label:
    """What somebody did with a file since it was seen."""
    who = upload.by if upload.state != "open" else upload.mapping_by
    if upload.state == "taken":
        zh = f"{who} 已把该文件入库：{upload.facts} 个数，更正 {upload.corrected} 个。{upload.told}"
        en = f"{who} has taken the file in: {upload.facts} figures, {upload.corrected} of them corrected. {upload.told}"
        return Label(zh.strip(), en.strip())
    if upload.state == "returned":
        return Label(f"{who} 已退回该文件：{upload.remark}", f"{who} has sent the file back: {upload.remark}")
    said = "；".join(f"{heading}→{word or '—'}" for heading, word in upload.mapping.items())
    return Label(f"{who} 刚改过该文件的列：{said}", f"{who} has just said what the columns of the file are: {said}")
