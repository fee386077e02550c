"""Books that a city may open: one definition of each instrument, by whichever face its book is opened.

Invariant: instrument, unit, scale, serial numbers and own accounts of a book are said once, here; a face adds none of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dafeng.core.errors import DefinitionError, LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.book_plan_files import read_layers
from dafeng.ledger.requests import Hold, Request, Transfer
from dafeng.library.strict import read_yaml

NAME = "books.yaml"
"""File of the package, and in overlay folders that lay over it."""
_DATED = re.compile(r"-[0-9]{4}(-[0-9]{4})?")


@dataclass(frozen=True, slots=True)
class BookPlan:
    """A book that may be opened.

    Parameters
    ----------
    id : str
        Its id in the file.
    label, counted : Label
        Name of the instrument, and what its unit measures.
    instrument : str
        Name of the instrument in the ledger.
    unit : str
        Unit that is shown.
    scale : int
        Decimal digits of a unit.
    serials : bool
        Whether every unit has a number.
    dated : bool
        Whether the book belongs to one period.
    project : bool
        Whether an issue names a project.
    accounts : tuple of str
        Types of the accounts that are opened with it.
    threshold : int or None
        Largest movement that one person may book alone [units]; ``None`` where every one needs two.
    source, clause, grade : str
        Where the unit comes from; empty where nobody says.
    formerly : tuple of str
        Instruments under which earlier versions opened the same book; what stands booked there stays there.
    single_year : bool
        Whether its period is one year, since the year's cap is that of the book.
    traded : bool
        Whether a market may be opened for it, or be paid in it.
    """

    id: str
    label: Label
    counted: Label
    instrument: str
    unit: str
    scale: int
    serials: bool
    dated: bool
    project: bool
    accounts: tuple[str, ...]
    threshold: int | None
    source: str
    clause: str
    grade: str
    formerly: tuple[str, ...] = ()
    single_year: bool = False
    traded: bool = True

    @property
    def instruments(self) -> frozenset[str]:
        """Its instrument, and those under which earlier versions opened it."""
        return frozenset((self.instrument, *self.formerly))

    def name(self, period: str) -> str:
        """Name of its book.

        Parameters
        ----------
        period : str
            Period; empty where the book belongs to none.

        Returns
        -------
        str
            The same by whichever face it is opened.
        """
        return f"{self.id}-{period}" if period else self.id

    def has(self, book: str, instrument: str) -> bool:
        """Whether a book is one of it, by its name or by its instrument.

        Parameters
        ----------
        book, instrument : str
            Name and instrument of a book that is open.

        Returns
        -------
        bool
            True too for books of earlier versions.
        """
        return instrument in self.instruments or self.is_named(book)

    def is_named(self, book: str) -> bool:
        """Whether a book has a name that this definition gives.

        Parameters
        ----------
        book : str
            Name of the book.

        Returns
        -------
        bool
            Whatever its instrument.
        """
        if not self.dated:
            return book == self.id
        return book.startswith(self.id) and _DATED.fullmatch(book[len(self.id) :]) is not None


@dataclass(frozen=True, slots=True)
class BookPlans:
    """All books that a city may open, and what needs two persons.

    Parameters
    ----------
    books : mapping of str to BookPlan
        By id, in the order of the pages.
    pairs : frozenset of str
        Verbs and kinds of transfers that always need a second person.
    """

    books: Mapping[str, BookPlan]
    pairs: frozenset[str]

    def find(self, instrument: str, *, book: str = "") -> BookPlan | None:
        """Plan of an instrument, or of a book of another instrument under its name.

        Parameters
        ----------
        instrument : str
            Its name in the ledger, also that of an earlier version.
        book : str, optional
            Name of the book.

        Returns
        -------
        BookPlan or None
            ``None`` for one that no file names.
        """
        plans = self.books.values()
        return next((one for one in plans if instrument in one.instruments), None) or next(
            (one for one in plans if book and one.is_named(book)), None
        )

    def check_instruments(self, opened: Iterable[Sequence[str]]) -> None:
        """Refuse definitions that give an open book another instrument, and with it other rules.

        Parameters
        ----------
        opened : iterable of (str, str)
            Name and instrument of each book that was opened by its definition.

        Raises
        ------
        DefinitionError
            If a book under the name of a definition has an instrument that the definition does not know.
        """
        for book, instrument in opened:
            plan = next((one for one in self.books.values() if one.is_named(book)), None)
            if plan is not None and instrument not in plan.instruments:
                raise _renamed(plan, book, instrument)

    def needs_pair(self, verb: str, request: Request, book: tuple[str, int] | None, *, asked: int | None = None) -> bool:
        """Whether a second person has to decide.

        Parameters
        ----------
        verb : str
            Verb of the request.
        request : Request
            The request.
        book : tuple of (str, int) or None
            Instrument and scale of its book; ``None`` where it is not known.
        asked : int, optional
            What was set aside, where the request frees or books it. [minimal units]

        Returns
        -------
        bool
            True for what always does, and beyond the threshold of the book.
        """
        if verb in self.pairs or (isinstance(request, Transfer) and request.kind in self.pairs):
            return True
        quantity = request.quantity if isinstance(request, Transfer | Hold) else asked
        if quantity is None:
            return False
        plan = self.find(book[0]) if book else None
        if plan is None or book is None or plan.threshold is None:
            return True
        most: int = plan.threshold * 10 ** book[1]
        return quantity > most


def read_book_plans(*folders: Path) -> BookPlans:
    """Books of the package, with those of overlay folders laid over them.

    Parameters
    ----------
    *folders : Path
        Overlay folders; their ``books.yaml`` is laid over, book by book; what it lists under ``four_eyes`` is added.

    Returns
    -------
    BookPlans
        In the order of the files.

    Raises
    ------
    DefinitionError
        If a file does not keep its form; with its place.
    """
    packaged = files("dafeng").joinpath("data", "ledger", NAME).read_text(encoding="utf-8")
    own = [read_yaml(folder / NAME) for folder in folders if (folder / NAME).is_file()]
    layers = read_layers([read_yaml(packaged, name=NAME), *own])
    return BookPlans({name: _plan(name, fields) for name, fields in layers.books.items()}, layers.pairs)


def find_book_plan(plans: BookPlans, id: str) -> BookPlan:
    """Plan under an id.

    Parameters
    ----------
    plans : BookPlans
        All of them.
    id : str
        Its id.

    Returns
    -------
    BookPlan
        The plan.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    found = plans.books.get(id)
    if found is None:
        raise LookupFailure(
            Label(f"没有账簿“{id[:40]}”的定义", f"no book '{id[:40]}' is defined"),
            where=NAME,
            expected=Label("、".join(plans.books), ", ".join(plans.books)),
            remedy=Label(
                "改用其中之一，或在城市的 data/books.yaml 中补充", "use one of these, or add it in the city's data/books.yaml"
            ),
        )
    return found


def _renamed(plan: BookPlan, book: str, instrument: str) -> DefinitionError:
    return DefinitionError(
        Label(
            f"账簿“{book}”已按“{instrument}”开立，定义“{plan.id}”改为“{plan.instrument}”",
            f"the book '{book}' is open as '{instrument}'; the definition '{plan.id}' says '{plan.instrument}'",
        ),
        where=NAME,
        expected=Label(
            f"formerly 中列有 {instrument}，使原账簿仍受同样规则约束", f"{instrument} in formerly, so that it keeps its rules"
        ),
        remedy=Label("在 data/books.yaml 补写 formerly，或改回原名", "add formerly in data/books.yaml, or take the name back"),
    )


def _plan(name: str, fields: Mapping[str, Any]) -> BookPlan:
    told = {key: value for key, value in fields.items() if key != "of"}
    return BookPlan(id=name, counted=fields["of"], **told)
