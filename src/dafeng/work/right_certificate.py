"""Certificates of retirement and surrender, and the code by which anybody finds out whether one is true.

Invariant: a certificate says what the event's hashed content says, and is not made where a row says something else; a code is
good only for the event it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from dafeng.core import registry
from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label, Language
from dafeng.store.ledger_rows import LedgerRows
from dafeng.work.right_books import tell_quantity
from dafeng.work.right_checks import check_movement, refuse_forged
from dafeng.work.right_events import EventRow, find_origin, find_transfer, read_event, read_moves
from dafeng.work.right_proof import find_day_proof
from dafeng.work.right_rows import AccountRow, BookRow, find_account_row, read_books
from dafeng.work.rights import Rights

WRITERS = "dafeng.certificates"
"""Entry points of the forms in which a certificate can be written."""
CERTIFIED = ("retire", "surrender", "cancel")
"""Kinds of transfers of which there are certificates."""
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs of a code: digits and letters without I, L, O and U, which are read for others (Crockford's base 32)."""
_CODE = re.compile(rf"(\d{{1,18}})-([{SIGNS}]{{4}})-([{SIGNS}]{{4}})-([{SIGNS}]{{4}})")
_READ = str.maketrans("ILO", "110")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says.

    Parameters
    ----------
    number : str
        City, book and event.
    event : int
        Number of the event.
    kind : str
        Retired, surrendered or cancelled.
    book : BookRow
        The book.
    label, counted : Label
        Name of the instrument, and what its unit measures.
    quantity : int
        How many. [minimal units]
    effective : date
        Legal day.
    at : datetime
        When it was booked.
    holder, beneficiary, reason : str
        Whose units, for whom and why.
    person : bool
        Whether the account is that of a person, whose name is never shown in public.
    serials : tuple of (int, int)
        Numbers of the units; empty where the book has none.
    origins : tuple of (str, str)
        Projects and vintages of those.
    hash : str
        Hash of the event, 64 hexadecimal digits.
    code : str
        Verification code.
    """

    number: str
    event: int
    kind: str
    book: BookRow
    label: Label
    counted: Label
    quantity: int
    effective: date
    at: datetime
    holder: str
    beneficiary: str
    reason: str
    person: bool
    serials: tuple[tuple[int, int], ...]
    origins: tuple[tuple[str, str], ...]
    hash: str
    code: str

    @property
    def amount(self) -> str:
        """Quantity as it is written."""
        return tell_quantity(self.quantity, self.book.scale)


class Verified(NamedTuple):
    """What a code stands for: a certificate, nothing that the ledger knows, or an event whose rows were changed."""

    certificate: Certificate | None
    findings: tuple[Finding, ...] = ()


def find_certificate(rights: Rights, event: int | str) -> Certificate:
    """Certificate of an event.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    event : int or str
        Number of the event, or id of the request.

    Returns
    -------
    Certificate
        What it says.

    Raises
    ------
    LookupFailure
        If there is no such event, or it is none of which there are certificates.
    StoreError
        If its rows do not say what its hashed content says.
    """
    with rights.reading() as rows:
        found = read_event(rows, seq=event) if isinstance(event, int) else read_event(rows, id=event)
        if found is None or found.kind not in CERTIFIED:
            raise _none(str(event))
        return make_certificate(rights, rows, found)


def make_certificate(rights: Rights, rows: LedgerRows, event: EventRow) -> Certificate:
    """Certificate of an event that was read.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    rows : LedgerRows
        Its tables.
    event : EventRow
        The event.

    Returns
    -------
    Certificate
        What it says.

    Raises
    ------
    LookupFailure
        If the event moved nothing.
    StoreError
        If its rows do not say what its hashed content says.
    """
    refuse_forged(check_movement(rows, event.seq))
    giver, payload = find_account_row(rows, number=event.giver), find_transfer(event, rows)
    if giver is None or payload is None or event.effective is None:
        raise _none(str(event.seq))
    book = next(one for one in read_books(rows) if one.no == giver.book)
    plan = rights.plans().find(book.instrument, book=book.name)
    serials = tuple(read_moves(rows, event.seq))
    origins = {one: None for first, last in serials for one in find_origin(rows, book.no, first, last)}
    return Certificate(
        number=f"{rights.city.slug}-{book.name}-{event.seq}",
        event=event.seq,
        kind=event.kind,
        book=book,
        label=plan.label if plan else Label(book.instrument, book.instrument),
        counted=plan.counted if plan else Label(book.unit, book.unit),
        quantity=event.quantity,
        effective=event.effective,
        at=event.at,
        holder=_named(giver),
        beneficiary=payload.beneficiary,
        reason=payload.reason,
        person=giver.type == "person",
        serials=serials,
        origins=tuple(origins),
        hash=event.hash.hex(),
        code=make_code(event.seq, event.hash),
    )


def make_code(event: int, hash: bytes) -> str:
    """Verification code of an event: its number and 60 bits of a hash of its hash.

    Parameters
    ----------
    event : int
        Number of the event.
    hash : bytes
        Its hash.

    Returns
    -------
    str
        Such as ``17-4G7K-0MVD-9QXT``.
    """
    number = int.from_bytes(sha256(b"certificate\n" + hash).digest()[:8]) >> 4
    signs = "".join(SIGNS[number >> shift & 31] for shift in range(55, -1, -5))
    return f"{event}-{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def verify_code(rights: Rights, code: str) -> Verified:
    """What a code stands for.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    code : str
        As typed; small letters and O, I, L for 0, 1, 1 are understood.

    Returns
    -------
    Verified
        Without certificate where the code is none of this ledger, or its event is not as it was booked; then with findings.
    """
    typed = re.sub(r"[\s–—−-]+", "-", code.strip().upper()).translate(_READ)
    told = _CODE.fullmatch(typed)
    if told is None or not rights.has_ledger():
        return Verified(None)
    with rights.reading() as rows:
        event = read_event(rows, seq=int(told[1]))
        if event is None or event.kind not in CERTIFIED or make_code(event.seq, event.hash) != typed:
            return Verified(None)
        findings = check_movement(rows, event.seq)
        return Verified(None if findings else make_certificate(rights, rows, event), findings)


def certificate_form(rights: Rights, found: Certificate, *, site: str = "") -> Mapping[str, Any]:
    """A certificate as plain data for its writers.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    found : Certificate
        The certificate.
    site : str, optional
        Scheme and host of the public pages, where they are known.

    Returns
    -------
    mapping
        Texts; those in two languages as ``zh`` and ``en``; ``day`` and ``root`` empty while the day of booking is not over.
    """
    book, proof = found.book, find_day_proof(rights, found.event)
    return {
        "number": found.number, "event": found.event, "kind": found.kind,
        "city": {"zh": rights.city.label.zh, "en": rights.city.label.en}, "book": book.name,
        "instrument": book.instrument, "label": {"zh": found.label.zh, "en": found.label.en},
        "counted": {"zh": found.counted.zh, "en": found.counted.en}, "quantity": found.amount, "unit": book.unit,
        "effective": found.effective.isoformat(), "booked_at": found.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "holder": found.holder, "beneficiary": found.beneficiary, "reason": found.reason,
        "serials": [list(one) for one in found.serials], "origins": [list(one) for one in found.origins],
        "hash": found.hash, "day": proof.day.isoformat() if proof else "", "root": proof.root if proof else "",
        "code": found.code, "verify": f"{site}/public/{rights.city.slug}/registry/verify",
        "invented": rights.city.invented,
    }  # fmt: skip


def certificate_document(found: Certificate) -> dict[str, Any]:
    """What a certificate says as plain data.

    Parameters
    ----------
    found : Certificate
        The certificate.

    Returns
    -------
    dict
        Quantity in minimal units, serial numbers as pairs, projects with vintages, hash and verification code.
    """
    return {
        "event": found.event, "number": found.number, "kind": found.kind, "book": found.book.name,
        "label": {"zh": found.label.zh, "en": found.label.en}, "quantity": found.quantity, "scale": found.book.scale,
        "unit": found.book.unit, "effective": found.effective.isoformat(), "booked_at": found.at.isoformat(),
        "holder": found.holder, "beneficiary": found.beneficiary, "reason": found.reason,
        "serials": [list(one) for one in found.serials], "origins": [list(one) for one in found.origins],
        "hash": found.hash, "code": found.code,
    }  # fmt: skip


def write_certificate(form: Mapping[str, Any], language: Language, *, ending: str = "pdf") -> bytes:
    """Write a certificate as a file.

    Parameters
    ----------
    form : mapping
        `certificate_form`.
    language : {"zh", "en"}
        Language that stands first; a certificate has both.
    ending : str, optional
        Form of the file.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    LookupFailure
        If no writer is registered.
    SettingError
        If the writer lacks a package or a font.
    """
    content: bytes = registry.load(WRITERS, ending)(form, language)
    return content


def _named(account: AccountRow) -> str:
    return account.title if account.title != account.name else account.holder


def _none(event: str) -> LookupFailure:
    return LookupFailure(
        Label(f"“{event[:60]}”没有凭证", f"there is no certificate of '{event[:60]}'"),
        where="certificate",
        expected=Label("已记账的自愿注销、清缴或注销", "a retirement, surrender or cancellation that was booked"),
        remedy=Label("在账户明细中核对事件编号", "look up the number of the event in the statement"),
    )
