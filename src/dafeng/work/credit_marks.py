"""Marks of credit projects: one name space with the bundles of carbon inclusion, and units that bear a mark wrongly.

Invariant: no project is entered under a name that a bundle or a unit of its book has; a unit that bears the mark of a project
and was not issued by the register is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress

from dafeng.core.errors import DafengError, LookupFailure
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.audit import Check
from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.credit_log import read_register
from dafeng.ledger.eligibility import Schemes, read_schemes
from dafeng.ledger.inclusion.bundles import read_bundle_names
from dafeng.ledger.projects import Step
from dafeng.ledger.refusals import Refusal
from dafeng.store.inclusion_rows import EVENTS, InclusionRows
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import BLOCK
from dafeng.work.city import City
from dafeng.work.credit_books import find_credit_book
from dafeng.work.credit_units import Issued, is_issued, list_issued
from dafeng.work.inclusion import FILES
from dafeng.work.inclusion_audit import has_events

FOREIGN = Label(
    "查明这些单位由哪笔转入或发行带来；它们不计入该项目，也不能按该项目注销",
    "find out which booking brought these units; they do not count for the project and are not retired as its own",
)


def list_bundle_names(city: City) -> frozenset[str]:
    """Names of the bundles of a city's carbon inclusion, also of those that are not issued yet.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    frozenset of str
        Empty where it has no events.
    """
    if not has_events(city):
        return frozenset()
    own = InclusionRows(city.folder / FILES[0], EVENTS, reading=True)
    try:
        return read_bundle_names(own)
    finally:
        own.close()


def check_entry(city: City, step: Step, schemes: Schemes) -> Callable[[LedgerRows], None]:
    """What looks at the name of a project that is entered.

    Parameters
    ----------
    city : City
        The city.
    step : Step
        The step; any but ``enter`` passes.
    schemes : Schemes
        What it refers to.

    Returns
    -------
    callable
        Throws ``mark_taken`` where a bundle has the name, or units in the book of the scheme bear it.
    """

    def check(rows: LedgerRows) -> None:
        scheme = schemes.schemes.get(str(step.values.get("scheme")))
        if step.step != "enter" or scheme is None:
            return
        taken = set(list_bundle_names(city))
        with suppress(LookupFailure):  # a scheme without a book: nothing bears a mark in it
            book = find_credit_book(rows, read_book_plans(city.overlay), scheme)
            taken |= {str(one) for (one,) in rows.query("SELECT DISTINCT project FROM ledger_block WHERE book = ?", book.no)}
        if fold_person(step.project) in {fold_person(one) for one in taken}:
            raise Refusal("mark_taken", step.project)

    return check


def marks_check(city: City) -> Check:
    """What looks for units that bear the mark of a project and were not issued by the register.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    Check
        For `dafeng.ledger.audit.verify`.
    """

    def check(rows: LedgerRows, said: AuditFindings) -> None:
        try:
            schemes, plans = read_schemes(city.overlay), read_book_plans(city.overlay)
            projects = read_register(rows, schemes).projects
        except DafengError as error:
            zh, en = error.read("zh"), error.read("en")
            said.note("marks", "ledger_credit", f"项目标记未核对：{zh}", f"marks were not compared: {en}", remedy=FOREIGN)
            return
        own: dict[str, list[Issued]] = {}
        for one in list_issued(rows, projects.values()):
            own.setdefault(one.project, []).append(one)
        books: dict[int, list[str]] = {}
        for project in projects.values():
            with suppress(LookupFailure):
                books.setdefault(find_credit_book(rows, plans, schemes.schemes[project.scheme]).no, []).append(project.id)
        for book, named in sorted(books.items()):
            _tell_foreign(rows, said, book, named, own)

    return check


def _tell_foreign(rows: LedgerRows, said: AuditFindings, book: int, named: Iterable[str], own: dict[str, list[Issued]]) -> None:
    names, counts, first = set(named), Counter[str](), dict[str, int]()
    for number, low, high, project in rows.query(
        "SELECT no, first, last, project FROM ledger_block WHERE book = ? AND alive ORDER BY first", book
    ):
        if project in names and not is_issued([one for one in own.get(project, ()) if one.book == book], int(low)):
            counts[project] += int(high) - int(low) + 1
            first.setdefault(project, int(number))
    for project, count in counts.items():
        said.say(
            "marks",
            f"{BLOCK.name}/{first[project]}",
            f"{count} 个单位标有项目 {project}，不是登记簿签发的",
            f"{count} units bear the mark of project {project} and were not issued by the register",
            remedy=FOREIGN,
        )
