"""A programme of carbon inclusion at work: its rules, its private tables, its books on the ledger.

Invariant: the ledger knows pseudonyms and hashes of evidence only; every request to it has an id that follows from what it is
about, so that asking again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from dafeng.core.errors import ConflictError
from dafeng.core.labels import Label
from dafeng.ledger.book_opening import OpenedBook, find_opened, find_own, open_planned, plan_book
from dafeng.ledger.book_plans import BookPlans, find_book_plan, read_book_plans
from dafeng.ledger.inclusion.claims import Overlap, Registered
from dafeng.ledger.inclusion.events import day_of
from dafeng.ledger.inclusion.identities import Identities, hash_key
from dafeng.ledger.inclusion.policy import Policy, Voucher
from dafeng.ledger.inclusion.scenes import Scene
from dafeng.ledger.inclusion.spelling import former_evidence, spell_evidence
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Answer, Booked, Refused, reasons
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Request, SetLimit
from dafeng.store.inclusion_rows import InclusionRows
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import ACCOUNT

GRAMS = "puhui.grams"
"""Book of reductions in grams."""
POINTS, FORMER_POINTS = "points", "puhui.points"
"""Definition of the book of points (what the programme owes to those who earned them), and its name in earlier versions."""
CREDITS, FORMER_CREDITS = "inclusion_credit", "puhui"
"""Definition of the book of certified reductions, with serial numbers, and its name in earlier versions."""
ISSUER = "issuer"
LAPSED = "lapsed"
BUNDLED = "bundled"
CITY = "city"
"""Holder of the accounts of the programme itself."""
BATCH = 2000
"""Requests that are handed to the ledger at once."""


class Shelf(NamedTuple):
    """Books of points and credits with the city's accounts in them, as they stand or would be opened."""

    points: OpenedBook
    earns: str
    used: str
    lapsed: str
    credits: OpenedBook
    issuer: str
    issued: str


def read_shelf(rows: LedgerRows, plans: BookPlans) -> Shelf:
    """Books of points and credits of a city.

    Parameters
    ----------
    rows : LedgerRows
        The ledger's database.
    plans : BookPlans
        Books that the city may open.

    Returns
    -------
    Shelf
        Names as they stand, or as they would be opened.

    Raises
    ------
    LookupFailure
        If the city's books have none of them.
    """
    points, certified = find_book_plan(plans, POINTS), find_book_plan(plans, CREDITS)
    first = find_opened(rows, points, "", former=FORMER_POINTS) or plan_book(points, "")
    second = find_opened(rows, certified, "", former=FORMER_CREDITS) or plan_book(certified, "")
    earns, used, lapsed = (find_own(rows, first, sort) for sort in ("issuer", "used", "cancelled"))
    issuer, issued = (find_own(rows, second, sort) for sort in ("issuer", "pool"))
    return Shelf(first, earns, used, lapsed, second, issuer, issued)


@dataclass(frozen=True, slots=True)
class Programme:
    """All that intake, rewards and certification need.

    Parameters
    ----------
    ledger : Ledger
        The books.
    rows : InclusionRows
        Events with their evidence.
    identities : Identities
        Who stands behind a pseudonym.
    scenes : mapping of str to Scene
        What earns.
    policy : Policy
        What the city has decided.
    overlaps : mapping of str to Overlap
        What may be claimed once.
    registered : sequence of Registered
        Projects registered elsewhere.
    place : str
        Administrative code of the city.
    secret : str
        Secret of the city.
    clock : callable
        Instant in UTC. [s]
    plans : BookPlans
        Books that the city may open; those of the package by default.
    holder : str
        Holder of the accounts of the city.
    """

    ledger: Ledger
    rows: InclusionRows
    identities: Identities
    scenes: Mapping[str, Scene]
    policy: Policy
    overlaps: Mapping[str, Overlap]
    registered: Sequence[Registered]
    place: str
    secret: str
    clock: Callable[[], int]
    plans: BookPlans = field(default_factory=read_book_plans)
    holder: str = CITY

    def today(self) -> str:
        """Day of now in China.

        Returns
        -------
        str
            ISO date.
        """
        return date.fromordinal(day_of(self.clock())).isoformat()

    def hash(self, purpose: str, text: str) -> str:
        """Keyed hash of a text that must not be known to readers of the ledger.

        Parameters
        ----------
        purpose, text : str
            As `identities.hash_key`.

        Returns
        -------
        str
            32 hexadecimal digits.
        """
        return hash_key(self.secret, purpose, text)

    def key_of(self, scene: str, evidence: str) -> str:
        """Key of an evidence: the same for all scenes of a group and all spellings of the number.

        Parameters
        ----------
        scene, evidence : str
            Scene and evidence number.

        Returns
        -------
        str
            32 hexadecimal digits.
        """
        return self._hash_evidence(scene, spell_evidence(evidence))

    def former_keys(self, scene: str, evidence: str) -> tuple[str, ...]:
        """Keys under which earlier versions may have kept an evidence.

        Parameters
        ----------
        scene, evidence : str
            Scene and evidence number.

        Returns
        -------
        tuple of str
            Keys, that of now not among them.
        """
        return tuple(self._hash_evidence(scene, one) for one in former_evidence(evidence))

    def kept_key(self, scene: str, evidence: str) -> str:
        """Key under which an evidence is kept.

        Parameters
        ----------
        scene, evidence : str
            Scene and evidence number.

        Returns
        -------
        str
            That of an earlier version where there is such an event, else that of now.
        """
        keys = [self.key_of(scene, evidence), *self.former_keys(scene, evidence)]
        found = {row[0] for row in self.rows.query("SELECT key FROM event WHERE key IN (SELECT value FROM json_each(?))", keys)}
        return next((key for key in keys if key in found), keys[0])

    def _hash_evidence(self, scene: str, spelt: str) -> str:
        overlap = self.overlaps.get(scene)
        return self.hash("evidence", f"{overlap.group if overlap else scene}\n{spelt}")

    def prepare(self) -> None:
        """Open the books and the accounts of the programme, once."""
        groups: list[list[Request]] = [
            [OpenBook(f"puhui:book:{GRAMS}", GRAMS, "carbon inclusion reduction", "gCO2")],
            [_system(GRAMS, ISSUER, "issuer", MOST)],
            [_system(GRAMS, BUNDLED, "pool")],
            [_system(GRAMS, LAPSED, "cancelled")],
        ]
        for answers in self.ledger.submit(groups):
            require(answers)
        for name, former, needs in (
            (POINTS, FORMER_POINTS, ("issuer", "used", "cancelled")),
            (CREDITS, FORMER_CREDITS, ("issuer", "pool")),
        ):
            plan = find_book_plan(self.plans, name)
            open_planned(self.ledger, plan, "", holder=self.holder, limit=MOST, needs=needs, former=former)

    def shelf(self) -> Shelf:
        """Books of points and credits with the city's accounts in them.

        Returns
        -------
        Shelf
            As they stand, or would be opened.
        """
        return read_shelf(self.ledger.rows, self.plans)

    def open_members(self, people: Iterable[tuple[str, str]]) -> None:
        """Open the accounts of those who join.

        Parameters
        ----------
        people : iterable of (pseudonym, kind)
            Who.
        """
        self.prepare()
        groups: list[list[Request]] = []
        points = self.shelf().points.name
        for person, kind in people:
            groups += [[_own(GRAMS, person, kind)], [_own(points, person, kind)]]
            if len(groups) >= BATCH:
                self._open(groups)
                groups = []
        self._open(groups)

    def _open(self, groups: list[list[Request]]) -> None:
        for answers in self.ledger.submit(groups) if groups else []:
            require(answers)

    def open_voucher(self, voucher: Voucher, person: str, kind: str) -> str:
        """Open the book of a voucher and somebody's account in it, with the stock as its limit.

        Parameters
        ----------
        voucher : Voucher
            The voucher.
        person, kind : str
            Who, and what they are.

        Returns
        -------
        str
            Name of the book.
        """
        book = f"puhui.voucher.{voucher.id}"
        issuer = account_of(book, ISSUER)
        for answers in self.ledger.submit([
            [OpenBook(f"puhui:book:{book}", book, voucher.id, "voucher")],
            [_system(book, ISSUER, "issuer", 0)],
            [SetLimit(f"puhui:stock:{voucher.id}:{voucher.stock}", issuer, voucher.stock, "stock")],
            [_own(book, person, kind)],
        ]):  # fmt: skip
            require(answers)
        return book

    def balances(self, names: Sequence[str]) -> dict[str, int]:
        """Balances of accounts that exist.

        Parameters
        ----------
        names : sequence of str
            Names of accounts.

        Returns
        -------
        dict
            Balance by name. [minimal units]
        """
        at = list(ACCOUNT.columns).index("balance")
        return {row[1]: row[at] for row in self.ledger.rows.find(ACCOUNT, "name", names)}


def account_of(book: str, holder: str) -> str:
    """Name of an account.

    Parameters
    ----------
    book : str
        Book.
    holder : str
        Pseudonym, or the part of the programme.

    Returns
    -------
    str
        Name in requests.
    """
    return f"{book}/{holder}"


def _system(book: str, part: str, type: str, limit: int | None = None) -> OpenAccount:
    name = account_of(book, part)
    return OpenAccount(f"puhui:open:{name}", name, book, type, (CITY,), limit=limit)


def _own(book: str, person: str, kind: str) -> OpenAccount:
    name = account_of(book, person)
    return OpenAccount(f"puhui:open:{name}", name, book, kind, (person,))


def require(answers: Sequence[Answer]) -> list[Booked]:
    """The answers to a group that must be booked.

    Parameters
    ----------
    answers : sequence of Answer
        From the ledger.

    Returns
    -------
    list of Booked
        The same answers.

    Raises
    ------
    ConflictError
        If the group was refused.
    """
    refused = [one for one in answers if isinstance(one, Refused)]
    if refused:
        raise refusal_of(next((one for one in refused if one.code != "group_failed"), refused[0]))
    return [one for one in answers if isinstance(one, Booked)]


def refusal_of(refused: Refused) -> ConflictError:
    """What the ledger said, as an error.

    Parameters
    ----------
    refused : Refused
        The refusal.

    Returns
    -------
    ConflictError
        To be raised by the caller.
    """
    reason = reasons()[refused.code]
    return ConflictError(
        Label(f"账簿拒绝：{reason.says.zh}", f"the ledger refused: {reason.says.en}"),
        where=refused.about or refused.code,
        expected=Label("账簿规则允许的操作", "what the rules of the ledger allow"),
        remedy=reason.remedy,
    )
