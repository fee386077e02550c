"""Carbon inclusion as it stands: what was claimed twice, bundles, what waits.

Invariant: reading books nothing and never waits for who writes; no identity is read, and a sum over fewer than
`SMALLEST_GROUP` accounts is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.book_opening import OpenedBook, plan_book
from dafeng.ledger.book_plans import find_book_plan, read_book_plans
from dafeng.ledger.inclusion.bundles import Bundle
from dafeng.ledger.inclusion.policy import PLAIN, Policy, read_policy
from dafeng.ledger.inclusion.programme import CREDITS, read_shelf
from dafeng.ledger.inclusion.scenes import Scene, read_scenes
from dafeng.store.inclusion_rows import EVENTS, IDENTITIES, InclusionRows
from dafeng.store.ledger_rows import open_rows
from dafeng.work.city import City
from dafeng.work.city_ledger import is_there
from dafeng.work.inclusion import FILES
from dafeng.work.right_rows import find_account_row, read_blocks
from dafeng.work.rights import Rights

SMALLEST_GROUP = 5
"""Fewest persons that a sum is told of."""
_SUMS = "count(*), sum(grams), sum(points), count(DISTINCT person)"
_BUNDLE = "SELECT name, before, root, events, grams, units, day, policy, done FROM bundle"


@dataclass(frozen=True, slots=True)
class InclusionView:
    """What is read of a programme.

    Parameters
    ----------
    rows, people : InclusionRows
        Events, and pseudonyms with their consents.
    scenes : mapping of str to Scene
        What earns.
    policy : Policy
        What the city has decided.
    credits : OpenedBook
        Book of the certified reductions, as it stands or would be opened.
    """

    rows: InclusionRows
    people: InclusionRows
    scenes: Mapping[str, Scene]
    policy: Policy
    credits: OpenedBook


@dataclass(frozen=True, slots=True)
class DoubleClaim:
    """Evidence that was claimed although it counts elsewhere; nobody is named.

    Parameters
    ----------
    no : int
        Number, for the next page.
    evidence : str
        First digits of its hash.
    scene, rule, day : str
        Scene and day of the refused claim, and the rule that found it.
    counted_scene, counted_day : str
        Where the evidence counts; empty where another rule than the evidence found it.
    """

    no: int
    evidence: str
    scene: str
    rule: str
    day: str
    counted_scene: str
    counted_day: str


def has_inclusion(city: City) -> bool:
    """Whether a city has a programme; nothing is made by asking.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    bool
        True once its files are there.
    """
    return all((city.folder / name).is_file() for name in FILES)


def read_terms(city: City) -> tuple[Mapping[str, Scene], Policy]:
    """What earns in a city, and what it has decided.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    (mapping of str to Scene, Policy)
        Scenes by id, and the policy that ``options.inclusion`` names.

    Raises
    ------
    DefinitionError
        If a file breaks the schema.
    """
    scenes = read_scenes(city.overlay)
    return scenes, read_policy(str(city.options.get("inclusion") or PLAIN), scenes, city.overlay)


@contextmanager
def read_inclusion(city: City) -> Iterator[InclusionView]:
    """The programme of a city, for reading beside who writes.

    Parameters
    ----------
    city : City
        The city.

    Yields
    ------
    InclusionView
        Closed at the end of the ``with`` block.

    Raises
    ------
    LookupFailure
        If the city has no programme yet.
    """
    if not has_inclusion(city):
        raise LookupFailure(
            Label("本市还没有碳普惠账户", "the city has no carbon inclusion yet"),
            where=city.slug,
            expected=Label("已有人加入的碳普惠", "a programme that somebody has joined"),
            remedy=Label("在账户页加入第一位，或用 dafeng inclusion join", "let somebody join, or use dafeng inclusion join"),
        )
    scenes, policy = read_terms(city)
    rows = _open(city, FILES[0], EVENTS, "message")
    people = _open(city, FILES[1], IDENTITIES, "consent")
    try:
        yield InclusionView(rows, people, scenes, policy, _credit_book(city))
    finally:
        rows.close()
        people.close()


def _credit_book(city: City) -> OpenedBook:
    """Book of the certified reductions, as it stands or would be opened."""
    plans = read_book_plans(city.overlay)
    if not is_there(city):
        return plan_book(find_book_plan(plans, CREDITS), "")
    with open_rows(city.ledger) as rows:
        return read_shelf(rows, plans).credits


def _open(city: City, name: str, schema: tuple[str, ...], newest: str) -> InclusionRows:
    """A file for reading; one of an earlier version gets the tables it lacks first."""
    found = InclusionRows(city.folder / name, schema, reading=True)
    if not found.query("SELECT 1 FROM sqlite_master WHERE name = ?", newest):
        found.close()
        InclusionRows(city.folder / name, schema).close()
        found = InclusionRows(city.folder / name, schema, reading=True)
    return found


def count_claims(view: InclusionView) -> dict[str, int]:
    """How much was claimed twice, by rule.

    Parameters
    ----------
    view : InclusionView
        The programme.

    Returns
    -------
    dict of str to int
        Refused claims by rule.
    """
    return {str(rule): int(n) for rule, n in view.rows.query("SELECT rule, count(*) FROM double_claim GROUP BY rule")}


def list_claims(view: InclusionView, *, before: int = 0, limit: int = 50) -> list[DoubleClaim]:
    """What was claimed twice, the newest first.

    Parameters
    ----------
    view : InclusionView
        The programme.
    before : int, optional
        Only numbers below this one.
    limit : int, optional
        At most so many.

    Returns
    -------
    list of DoubleClaim
        Without anybody's pseudonym.
    """
    text = (
        "SELECT c.no, c.key, c.scene, c.rule, c.day, coalesce(e.scene, ''), e.day FROM double_claim c LEFT JOIN event e"
        " ON e.key = c.key AND c.rule = 'inclusion.claimed' WHERE c.no < ? ORDER BY c.no DESC LIMIT ?"
    )
    return [
        DoubleClaim(no, key[:12], scene, rule, _day(day), other, _day(since) if since else "")
        for no, key, scene, rule, day, other, since in view.rows.query(text, before or 2**62, limit)
    ]


def read_bundles(view: InclusionView) -> list[Bundle]:
    """Bundles of certified reductions.

    Parameters
    ----------
    view : InclusionView
        The programme.

    Returns
    -------
    list of Bundle
        The newest first.
    """
    return [Bundle(*row) for row in view.rows.query(f"{_BUNDLE} ORDER BY rowid DESC")]


def find_bundle(view: InclusionView, name: str) -> Bundle:
    """A bundle.

    Parameters
    ----------
    view : InclusionView
        The programme.
    name : str
        Its name.

    Returns
    -------
    Bundle
        The bundle.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    found = view.rows.query(f"{_BUNDLE} WHERE name = ?", name)
    if not found:
        raise LookupFailure(
            Label(f"没有批次“{name[:60]}”", f"there is no bundle '{name[:60]}'"),
            where="bundle",
            expected=Label("已核证的批次", "a bundle that was certified"),
            remedy=Label("在碳普惠总览中查看", "see the overview of carbon inclusion"),
        )
    return Bundle(*found[0])


def count_held(rights: Rights, bundle: str) -> int:
    """Credits of a bundle that the city still holds.

    Parameters
    ----------
    rights : Rights
        The city's books.
    bundle : str
        Name of the bundle.

    Returns
    -------
    int
        The others were transferred or retired. [minimal units]
    """
    with rights.reading() as rows:
        account = find_account_row(rows, name=read_shelf(rows, rights.plans()).issued)
        blocks = read_blocks(rows, account.no, limit=10_000) if account is not None else []
    return sum(one.last - one.first + 1 for one in blocks if one.project == bundle)


def count_waiting(view: InclusionView) -> tuple[int, int]:
    """Events that are in no bundle yet.

    Parameters
    ----------
    view : InclusionView
        The programme.

    Returns
    -------
    (int, int)
        Events and what they saved, ``(0, 0)`` where fewer than `SMALLEST_GROUP` accounts stand behind them. [-, g CO2]
    """
    events, grams, _, accounts = view.rows.query(f"SELECT {_SUMS} FROM event WHERE bundle = ''")[0]  # noqa: S608 - our own
    return (int(events), int(grams or 0)) if accounts >= SMALLEST_GROUP else (0, 0)


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
