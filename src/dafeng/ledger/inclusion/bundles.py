"""Many small reductions made into certified ones: each event once, all of them under one root hash.

Invariant: credits issued never exceed the grams that left the accounts of those who saved them; an event stands in one bundle
at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from dafeng.core.errors import AddressError, ConflictError
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.core.units import ratio, same_dimension
from dafeng.ledger.book_opening import OpenedBook
from dafeng.ledger.chain import find_path
from dafeng.ledger.inclusion.events import day_of
from dafeng.ledger.inclusion.intake import resume
from dafeng.ledger.inclusion.policy import Policy
from dafeng.ledger.inclusion.programme import (
    BATCH,
    BUNDLED,
    GRAMS,
    Programme,
    Shelf,
    account_of,
)
from dafeng.ledger.inclusion.scenes import GRAM
from dafeng.ledger.refusals import Refused
from dafeng.ledger.requests import Request, Transfer
from dafeng.store.inclusion_rows import InclusionRows

ERASED = "erased"
REVERSED = "reversed"
RESERVED = (ERASED, REVERSED)
"""Names that stand for events which are never certified."""
PAGE = 20_000
"""Events that are read at once."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Events certified together.

    Parameters
    ----------
    name : str
        Its name; the project id of its credits.
    before : int
        Its events are of days before this one, as ordinal. [d]
    root : str
        Merkle root of its events (RFC 6962), hexadecimal.
    events : int
        Number of events.
    grams : int
        What they saved. [g CO2]
    units : int
        Credits issued. [minimal units]
    day : int
        Day of issue, as ordinal. [d]
    policy : str
        Rules that it was made by, and how well they are known.
    done : int
        1 once all of it is booked, else 0.
    """

    name: str
    before: int
    root: str
    events: int
    grams: int
    units: int
    day: int
    policy: str
    done: int


def aggregate_reductions(programme: Programme, name: str, *, before: str) -> Bundle:
    """Certify all events of a calendar year before a day that are not certified yet.

    Parameters
    ----------
    programme : Programme
        The programme.
    name : str
        Name of the bundle; the same one again gives the same answer.
    before : str
        ISO date, not after today; the year is that of the day before it.

    Returns
    -------
    Bundle
        The bundle; grams below a whole unit are dropped. Its ``done`` is 0 while an account refuses to give: what the others
        gave stays booked, and the credits are issued once it gives.

    Raises
    ------
    ConflictError
        If the name was used for other days, is that of a credit project or of other units of the book, or there is nothing to
        certify.
    """
    programme.prepare()
    resume(programme)
    finish_bundles(programme)
    day = date.fromisoformat(before).toordinal()
    was = [one for one in list_bundles(programme) if one.name == name]
    if was and was[0].before == day:
        return was[0]
    today, book = day_of(programme.clock()), programme.shelf().credits
    _check_form(programme.policy, book)
    if was or not name.strip() or len(name) > 60 or not name.isprintable() or name in RESERVED or ":" in name or day > today:
        raise _conflict(
            name, "名称已用于其他日期、不可用，或日期在将来", "the name is taken or unusable, or the day lies ahead"
        )
    _check_name(programme, name, book)
    with programme.rows.transaction():
        text = "UPDATE event SET bundle = ? WHERE bundle = '' AND day >= ? AND day < ?"
        programme.rows.run(text, name, date(date.fromordinal(day - 1).year, 1, 1).toordinal(), day)
        root, events, grams = _sum_up(programme, name)
        units = grams * 10**book.scale // grams_of(book.unit)
        if not units:
            raise _conflict(name, "没有可核证的减排量", "there is nothing to certify")
        rules = f"{programme.policy.id} ({programme.policy.grade})"
        row = (name, day, root, events, grams, units, today, rules)
        programme.rows.run("INSERT INTO bundle VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)", *row)
    finish_bundles(programme)
    return next(one for one in list_bundles(programme) if one.name == name)


def _check_name(programme: Programme, name: str, book: OpenedBook) -> None:
    """Whether the credits of a bundle would bear a mark of their own: no project has its name, nor a unit of the book."""
    rows = programme.ledger.rows
    taken = rows.query("SELECT DISTINCT project FROM ledger_credit WHERE step = 'enter'")
    taken += rows.query("SELECT DISTINCT project FROM ledger_block WHERE book = ?", book.no)
    if fold_person(name) not in {fold_person(str(one)) for (one,) in taken}:
        return
    raise ConflictError(
        Label(
            f"“{name}”已是减排项目的编号，或账簿“{book.name}”中已有单位标有此名",
            f"'{name}' is the id of a credit project, or units in the book '{book.name}' bear it",
        ),
        where="aggregate",
        expected=Label("项目与批次在一个账簿中编号不重复", "a name that neither a project nor another unit of the book has"),
        remedy=Label("换一个批次名称；没有核证", "choose another name for the bundle; nothing was certified"),
    )


def grams_of(unit: str) -> int:
    """Grams of CO2 in a unit of credits.

    Parameters
    ----------
    unit : str
        Unit of mass, with or without its species.

    Returns
    -------
    int
        Grams. [g CO2]
    """
    return int(ratio(unit, GRAM if same_dimension(unit, GRAM) else "g"))


def _check_form(policy: Policy, book: OpenedBook) -> None:
    """Whether credits can be issued in a book, before anything is said of a bundle."""
    agrees = policy.credit_scale in (None, book.scale)
    if book.serials and book.project and agrees:
        return
    raise ConflictError(
        Label(
            f"账簿“{book.name}”为 {book.unit}、{book.scale} 位小数、{'有' if book.serials else '无'}编号，不能按本规则核证",
            f"the book '{book.name}' counts {book.unit} with {book.scale} decimals and {'' if book.serials else 'no '}serial"
            " numbers: nothing can be certified in it by these rules",
        ),
        where=book.name,
        expected=Label(
            "每单位有编号、签发写明批次；规则所写位数与账簿相同",
            "serial numbers, a project for each issue, and the decimals of the rules where they name any",
        ),
        remedy=Label(
            "在规则中删去 credit，或在 data/books.yaml 中定义账簿；没有核证",
            "leave credit out of the rules, or define the book in data/books.yaml before it is opened; nothing was certified",
        ),
    )


def list_bundles(programme: Programme) -> list[Bundle]:
    """Bundles made so far.

    Parameters
    ----------
    programme : Programme
        The programme.

    Returns
    -------
    list of Bundle
        The oldest first.
    """
    text = "SELECT name, before, root, events, grams, units, day, policy, done FROM bundle ORDER BY rowid"
    return [Bundle(*row) for row in programme.rows.query(text)]


def read_bundle_names(rows: InclusionRows) -> frozenset[str]:
    """Names of the bundles made so far, also of those that are not booked to their end.

    Parameters
    ----------
    rows : InclusionRows
        Events of a city.

    Returns
    -------
    frozenset of str
        Empty where there are none.
    """
    if not rows.query("SELECT 1 FROM sqlite_master WHERE name = 'bundle'"):
        return frozenset()
    return frozenset(str(name) for (name,) in rows.query("SELECT name FROM bundle"))


def finish_bundles(programme: Programme) -> dict[str, Refused]:
    """Book the bundles that were begun: grams leave the accounts first, then the credits are issued.

    Parameters
    ----------
    programme : Programme
        The programme.

    Returns
    -------
    dict of str to Refused
        Bundle → why it could not be finished; it is tried again each time, and no other waits for it.
    """
    stuck: dict[str, Refused] = {}
    for bundle in list_bundles(programme):
        if bundle.done:
            continue
        if refused := _finish(programme, bundle):
            stuck[bundle.name] = refused
            continue
        with programme.rows.transaction():
            programme.rows.run("UPDATE bundle SET done = 1 WHERE name = ?", bundle.name)
    return stuck


def _finish(programme: Programme, bundle: Bundle) -> Refused | None:
    """Book what is left of a bundle, person by person; the first refusal, with which nothing is issued."""
    day = date.fromordinal(bundle.day).isoformat()
    refused: list[Refused] = []
    for page in _people(programme, bundle.name):
        groups: list[list[Request]] = [[spell_share(bundle.name, person, grams, day)] for person, grams in page]
        refused += [one for answers in programme.ledger.submit(groups) for one in answers if isinstance(one, Refused)]
    if not refused:
        issued = programme.ledger.submit([[spell_issue(bundle, day, programme.shelf())]])[0]
        refused += [one for one in issued if isinstance(one, Refused)]
    return refused[0] if refused else None


def list_unfinished(programme: Programme, person: str) -> list[Transfer]:
    """What bundles that were begun have still to take from an account.

    Parameters
    ----------
    programme : Programme
        The programme.
    person : str
        Pseudonym.

    Returns
    -------
    list of Transfer
        One for each bundle, the oldest first.
    """
    made = []
    for bundle in list_bundles(programme):
        if bundle.done:
            continue
        grams = programme.rows.query("SELECT sum(grams) FROM event WHERE bundle = ? AND person = ?", bundle.name, person)[0][0]
        asked = spell_share(bundle.name, person, int(grams or 0), date.fromordinal(bundle.day).isoformat())
        booked = programme.ledger.rows.query("SELECT 1 FROM ledger_event WHERE id = ?", asked.id)
        if asked.quantity and not booked:
            made.append(asked)
    return made


def spell_share(name: str, person: str, grams: int, day: str) -> Transfer:
    """Request by which the grams of a person leave for a bundle.

    Parameters
    ----------
    name, person : str
        Bundle and pseudonym.
    grams : int
        What the events of the person in it saved. [g CO2]
    day : str
        ISO date of the bundle's issue.

    Returns
    -------
    Transfer
        The request.
    """
    giver, taker = account_of(GRAMS, person), account_of(GRAMS, BUNDLED)
    return Transfer(f"puhui:bundle:{name}:{person}", "convert", giver, taker, grams, day)


def spell_issue(bundle: Bundle, day: str, shelf: Shelf) -> Transfer:
    """Request by which the credits of a bundle are issued.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    day : str
        ISO date of its issue.
    shelf : Shelf
        Books of the programme.

    Returns
    -------
    Transfer
        The request; its reason names number, grams, root and rules.
    """
    says = f"{bundle.events} events, {bundle.grams} g, root {bundle.root}, rules {bundle.policy}"
    year = str(date.fromordinal(bundle.before - 1).year)
    return Transfer(
        f"puhui:bundle:{bundle.name}",
        "issue",
        shelf.issuer,
        shelf.issued,
        bundle.units,
        day,
        says,
        vintage=year,
        project=bundle.name,
    )


def _people(programme: Programme, name: str) -> Iterator[list[tuple[str, int]]]:
    last = ""
    text = (
        "SELECT person, sum(grams) FROM event WHERE bundle = ? AND person > ? GROUP BY person HAVING sum(grams) > 0"
        " ORDER BY person LIMIT ?"
    )
    while page := programme.rows.query(text, name, last, BATCH):
        yield [(row[0], row[1]) for row in page]
        last = page[-1][0]


def _leaves(programme: Programme, name: str) -> Iterator[tuple[str, bytes, int]]:
    last = 0
    text = "SELECT no, key, scene, edition, day, amount, grams FROM event WHERE bundle = ? AND no > ? ORDER BY no LIMIT ?"
    while page := programme.rows.query(text, name, last, PAGE):
        for row in page:
            yield row[1], hash_leaf(row[1:]), row[6]
        last = page[-1][0]


def hash_leaf(fields: Sequence[object]) -> bytes:
    """Leaf of an event in the tree of its bundle.

    Parameters
    ----------
    fields : sequence of object
        Key of the evidence, scene, edition, day, amount and grams.

    Returns
    -------
    bytes
        32 bytes.
    """
    return sha256("\n".join(map(str, fields)).encode()).digest()


def _sum_up(programme: Programme, name: str) -> tuple[str, int, int]:
    count = grams = 0

    def hashes() -> Iterator[bytes]:
        nonlocal count, grams
        for _, leaf, saved in _leaves(programme, name):
            count, grams = count + 1, grams + saved
            yield leaf

    root = stream_root(hashes())
    return root.hex(), count, grams


class RootStream:
    """Merkle tree hash (RFC 6962) of a list that does not fit into memory; keeps one hash for each power of two."""

    __slots__ = ("_stack",)

    def __init__(self) -> None:
        self._stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Take the next one of the list.

        Parameters
        ----------
        leaf : bytes
            Its hash.
        """
        stack = self._stack
        stack.append((1, sha256(b"\x00" + leaf).digest()))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            size, right = stack.pop()
            stack[-1] = (2 * size, sha256(b"\x01" + stack[-1][1] + right).digest())

    def root(self) -> bytes:
        """Root of what was taken so far.

        Returns
        -------
        bytes
            32 bytes; that of nothing is the hash of no bytes.
        """
        hashes = [one for _, one in self._stack]
        if not hashes:
            return sha256(b"").digest()
        right = hashes.pop()
        while hashes:
            right = sha256(b"\x01" + hashes.pop() + right).digest()
        return right


def stream_root(leaves: Iterable[bytes]) -> bytes:
    """Merkle tree hash of a list that does not fit into memory, equal to that of `dafeng.ledger.chain.find_root`.

    Parameters
    ----------
    leaves : iterable of bytes
        Hashes, in order.

    Returns
    -------
    bytes
        32 bytes.
    """
    stream = RootStream()
    for leaf in leaves:
        stream.add(leaf)
    return stream.root()


def prove_event(programme: Programme, scene: str, evidence: str) -> dict[str, object]:
    """Show that an event stands in a certified reduction.

    Parameters
    ----------
    programme : Programme
        The programme.
    scene, evidence : str
        Scene and evidence number, as handed in.

    Returns
    -------
    dict
        ``bundle``, ``root``, ``leaf``, ``at``, ``size`` and ``path`` for `dafeng.ledger.chain.follow_path`.

    Raises
    ------
    AddressError
        If it stands in none.
    """
    key = programme.kept_key(scene, evidence)
    found = programme.rows.query("SELECT bundle FROM event WHERE key = ? AND scene = ?", key, scene)
    bundle = next((one for one in list_bundles(programme) if found and one.name == found[0][0]), None)
    if bundle is None:
        raise AddressError(
            Label("该凭证不在任何核证减排量中", "this evidence stands in no certified reduction"),
            where=scene,
            expected=Label("已核证事件的凭证编号", "the evidence number of an event that was certified"),
            remedy=Label("核对场景与编号，或等待下一次核证", "check scene and number, or wait for the next bundle"),
        )
    leaves = [(one, leaf) for one, leaf, _ in _leaves(programme, bundle.name)]
    at = next(place for place, (one, _) in enumerate(leaves) if one == key)
    path = find_path([leaf for _, leaf in leaves], at)
    return {
        "bundle": bundle.name, "root": bundle.root, "leaf": leaves[at][1].hex(), "at": at, "size": len(leaves),
        "path": [one.hex() for one in path],
    }  # fmt: skip


def _conflict(name: str, zh: str, en: str) -> ConflictError:
    return ConflictError(
        Label(f"“{name}”：{zh}", f"'{name}': {en}"),
        where="aggregate",
        expected=Label("新名称，过去的日期，至少一个最小单位", "a new name, a day in the past, at least one minimal unit"),
        remedy=Label("换一个名称或日期", "choose another name or day"),
    )
