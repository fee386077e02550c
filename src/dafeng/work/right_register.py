"""What the public may see of a city's books: issued and outstanding, projects, retirements; never who holds what.

Invariant: only books that the city's rules of visibility publish, and never a book in which every account is a person's;
nothing of an account that belongs to a person but quantity and day of what was retired.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dafeng.core.errors import DafengError
from dafeng.work.city import City
from dafeng.work.project_register import public_projects
from dafeng.work.publish_rules import Visibility, read_visibility
from dafeng.work.right_certificate import Certificate, make_certificate
from dafeng.work.right_checks import check_movement
from dafeng.work.right_events import read_taken
from dafeng.work.right_overview import BookSum, sum_books
from dafeng.work.right_people import list_private
from dafeng.work.right_rows import read_accounts, read_projects
from dafeng.work.rights import Rights

KIND = "registry"
"""Kind of the rules of visibility; its objects are books."""
SHOWN = 50
"""Retirements of a book that are shown at once."""


@dataclass(frozen=True, slots=True)
class PublicBook:
    """What is public of a book.

    Parameters
    ----------
    sums : BookSum
        Its sums.
    projects : tuple of (str, str)
        Projects and vintages.
    ended : tuple of Certificate
        Retirements, the newest first.
    before : int
        Event before which older ones stand; 0 where there are none.
    forged : int
        Retirements of this page left out, since their rows do not say what was booked.
    registered : tuple of dict
        Credit projects whose credits stand in the book, as the public may know them.
    """

    sums: BookSum
    projects: tuple[tuple[str, str], ...]
    ended: tuple[Certificate, ...]
    before: int
    forged: int = 0
    registered: tuple[dict[str, Any], ...] = ()


def shows_registry(rules: Visibility) -> bool:
    """Whether anything of the books may be public.

    Parameters
    ----------
    rules : Visibility
        Rules of the city.

    Returns
    -------
    bool
        True where the kind or at least one book is public.
    """
    return rules.state(KIND, None) == "public" or any(state == "public" for state in rules.objects.get(KIND, {}).values())


def publishes_books(city: City) -> bool:
    """Whether a city has a public registry, whatever else it has.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    bool
        False where its rules cannot be read, show no book, or there is no ledger.
    """
    try:
        shown = shows_registry(read_visibility(city))
    except (DafengError, OSError):
        return False
    if not shown:
        return False
    with Rights(city) as rights:
        return rights.has_ledger()


def public_books(rights: Rights, rules: Visibility, *, before: int = 0, book: str = "") -> list[PublicBook]:
    """Books that are public, with their retirements.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    rules : Visibility
        Rules of the city.
    before : int, optional
        Only retirements before this event.
    book : str, optional
        Only this book.

    Returns
    -------
    list of PublicBook
        In the order of opening; never grams, points and vouchers of carbon inclusion, whatever the rules say.
    """
    private = {one.no for one in list_private(rights)}
    found = [one for one in sum_books(rights) if one.book.no not in private and book in ("", one.book.name)]
    found = [one for one in found if rules.shows(KIND, one.book.name)]
    projects = public_projects(rights)
    return [replace(_public(rights, one, before), registered=projects.get(one.book.name, ())) for one in found]


def shows_certificate(rights: Rights, rules: Visibility, found: Certificate) -> bool:
    """Whether the public may know that a certificate is true.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    rules : Visibility
        Rules of the city.
    found : Certificate
        The certificate.

    Returns
    -------
    bool
        True where its book is public and not one of persons.
    """
    return rules.shows(KIND, found.book.name) and found.book.no not in {one.no for one in list_private(rights)}


def _public(rights: Rights, sums: BookSum, before: int) -> PublicBook:
    with rights.reading() as rows:
        sinks = read_accounts(rows, book=sums.book.no, kind="retired", limit=20)
        events = sorted(
            (one for sink in sinks for one in read_taken(rows, sink.no, before=before, limit=SHOWN + 1)),
            key=lambda one: -one.seq,
        )
        shown = events[:SHOWN]
        true = [one for one in shown if not check_movement(rows, one.seq)]
        ended = tuple(make_certificate(rights, rows, one) for one in true)
        projects = tuple(read_projects(rows, sums.book.no))
    return PublicBook(sums, projects, ended, shown[-1].seq if len(events) > SHOWN else 0, len(shown) - len(true))


def tell_certificate(found: Certificate) -> dict[str, Any]:
    """What the public may know of a retirement.

    Parameters
    ----------
    found : Certificate
        The certificate.

    Returns
    -------
    dict
        Without beneficiary and reason where the account is that of a person.
    """
    return {
        "event": found.event, "kind": found.kind, "book": found.book.name, "quantity": found.quantity,
        "scale": found.book.scale, "unit": found.book.unit, "effective": found.effective.isoformat(),
        "beneficiary": "" if found.person else found.beneficiary, "reason": "" if found.person else found.reason,
        "person": found.person, "serials": [list(one) for one in found.serials],
        "origins": [list(one) for one in found.origins],
    }  # fmt: skip


def tell_public_book(found: PublicBook) -> Mapping[str, Any]:
    """A public book as plain data.

    Parameters
    ----------
    found : PublicBook
        The book.

    Returns
    -------
    mapping
        Quantities in minimal units.
    """
    sums = found.sums
    return {
        "book": sums.book.name, "label": {"zh": sums.label.zh, "en": sums.label.en}, "unit": sums.book.unit,
        "scale": sums.book.scale, "issued": sums.issued, "outstanding": sums.held, **dict(sums.ends),
        "projects": [{"project": project, "vintage": vintage} for project, vintage in found.projects],
        "registered": list(found.registered),
        "retirements": [tell_certificate(one) for one in found.ended], "forged": found.forged,
    }  # fmt: skip
