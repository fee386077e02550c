"""Orders that name a credit project: what they move must be the project's, and nothing comes in under a name of this city.

Invariant: what an order says of a project is true when it is asked and when it is decided.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.core.errors import ConflictError
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.act import Act
from dafeng.ledger.credit_log import read_register
from dafeng.ledger.definitions import account_types
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.requests import Request, Transfer
from dafeng.store.ledger_rows import LedgerRows
from dafeng.work.credit_books import list_credit_books
from dafeng.work.credit_marks import list_bundle_names
from dafeng.work.right_rows import AccountRow, BookRow, find_account_row, read_books
from dafeng.work.rights import Rights


def check_marks(rights: Rights, group: Sequence[Request | Act]) -> None:
    """Refuse movements that name a project which their units are not of.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : sequence of Request or Act
        What is asked.

    Raises
    ------
    ConflictError
        If units of a book of credits would come in under the name of a project or bundle of this city, or what a holder gives
        names a project without serial numbers or with those of another one.
    """
    named = [one for one in group if isinstance(one, Transfer) and one.project]
    if not named or not rights.has_ledger():
        return
    city = rights.city
    schemes = read_schemes(city.overlay)
    issued = list_credit_books(rights.plans(), schemes)
    with rights.reading() as rows:
        books = {one.no: one for one in read_books(rows)}
        for request in named:
            giver = find_account_row(rows, name=request.giver)
            book = None if giver is None else books[giver.book]
            if giver is None or book is None or not book.project:
                continue  # the ledger says what is wrong
            floor = account_types()[giver.type].floor
            if floor == "zero":
                _check_spans(rows, request, book)
            elif floor == "free" and issued.has(book.name, book.instrument):
                local = {*read_register(rows, schemes).projects, *list_bundle_names(city)}
                if fold_person(request.project) in {fold_person(one) for one in local}:
                    raise _local(request.project, giver)


def _check_spans(rows: LedgerRows, request: Transfer, book: BookRow) -> None:
    """Serial numbers stay with their project for good, so what is asked names what will be given."""
    for span in request.spans:
        found = rows.query(
            "SELECT project FROM ledger_block WHERE book = ? AND alive AND first <= ? AND last >= ? AND project <> ?",
            book.no, span.last, span.first, request.project,
        )  # fmt: skip
        if found:
            raise _other(request.project, f"{span.first}–{span.last}", str(found[0][0]))
    if not request.spans:
        raise _other(request.project, "", "")


def _local(project: str, giver: AccountRow) -> ConflictError:
    return ConflictError(
        Label(
            f"“{project[:60]}”是本市登记簿的项目或碳普惠批次，不能由“{giver.name[:60]}”转入",
            f"'{project[:60]}' is a project of this city's register or a bundle of its carbon inclusion and does not come in"
            f" from '{giver.name[:60]}'",
        ),
        where="project",
        expected=Label("他处登记的项目编号", "the id of a project that is registered elsewhere"),
        remedy=Label(
            "本处转出的单位用 dafeng ledger reverse 撤回该笔转出，编号不变",
            "units that were exported from here come back with their numbers by dafeng ledger reverse of that export",
        ),
    )


def _other(project: str, numbers: str, found: str) -> ConflictError:
    told = (
        Label(f"编号 {numbers} 属于项目“{found[:60]}”，不是“{project[:60]}”",
              f"the serial numbers {numbers} are of the project '{found[:60]}', not of '{project[:60]}'")
        if numbers
        else Label(f"写了项目“{project[:60]}”而没有编号", f"the project '{project[:60]}' is named and no serial numbers are")
    )  # fmt: skip
    return ConflictError(
        told,
        where="project",
        expected=Label("该项目的编号，或不写项目", "serial numbers of the project, or no project"),
        remedy=Label(
            "按项目注销用 dafeng credit retire；或写明编号",
            "name serial numbers; dafeng credit retire finds those of a project",
        ),
    )
