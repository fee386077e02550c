"""The door for delivered tables: what a file is, is decided by what it holds.

Invariant: a file is read as one thing or refused; its name decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from dafeng.core.labels import Label
from dafeng.library.indicators import Catalogue
from dafeng.library.substances import Substances
from dafeng.readers.balance import read_balance
from dafeng.readers.delivery import Delivery, DeliveryKind
from dafeng.readers.figures import read_figures
from dafeng.readers.forms import find_form
from dafeng.readers.headings import find_heading
from dafeng.readers.layout import find_blocks
from dafeng.readers.refusals import refusal
from dafeng.readers.sheets import Workbook, read_sheets


def recognise(workbook: Workbook, *, mapping: Mapping[str, str] | None = None) -> DeliveryKind | None:
    """What a table file holds.

    Parameters
    ----------
    workbook : Workbook
        A file that was read.
    mapping : mapping of str to str, optional
        Our name of a column by its heading, where the heading is not known.

    Returns
    -------
    {"balance", "figures", "template"} or None
        ``None`` if it holds none of them.
    """
    if any(find_form(sheet) for sheet in workbook.sheets):
        return "template"
    if any(find_blocks(sheet) for sheet in workbook.sheets):
        return "balance"
    if any(find_heading(sheet, name=workbook.name, mapping=mapping) for sheet in workbook.sheets):
        return "figures"
    return None


def read_delivery(
    path: Path | bytes | Workbook,
    *,
    catalogue: Catalogue,
    place: str,
    source: str,
    today: date,
    name: str = "",
    period: str | None = None,
    grade: str = "reported",
    sources: Collection[str] | None = None,
    units: Mapping[str, str] | None = None,
    substances: Substances | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Delivery:
    """Facts of a delivered table file, whatever table it is.

    Parameters
    ----------
    path : Path, bytes or Workbook
        The file or its content.
    catalogue : Catalogue
        Indicators that are known.
    place, source : str
        Administrative code and source id where the file names none.
    today : date
        Day of the delivery.
    name : str, optional
        File name; needed with bytes.
    period : str, optional
        Year of a balance that does not tell it.
    grade : str, optional
        Evidence grade where the file names none.
    sources : collection of str, optional
        Known source ids.
    units : mapping of str to str, optional
        Units by carrier that replace a wrong header of a balance.
    substances : Substances, optional
        Carriers and products that figures may name; by default those of the package.
    mapping : mapping of str to str, optional
        Our name of a column of figures by its heading, where the heading is not known.

    Returns
    -------
    Delivery
        Rows and findings.

    Raises
    ------
    FileRefused
        If the file cannot be read or holds no table that is known.
    """
    book = path if isinstance(path, Workbook) else read_sheets(path, name=name)
    kind = recognise(book, mapping=mapping)
    if kind is None:
        raise _unknown(book)
    if kind == "balance":
        return read_balance(book, place=place, source=source, period=period, grade=grade, units=units)
    return read_figures(
        book,
        catalogue=catalogue,
        place=place,
        source=source,
        today=today,
        grade=grade,
        sources=sources,
        substances=substances,
        mapping=mapping,
    )


def _unknown(book: Workbook) -> Exception:
    return refusal(
        Label("既不是能源平衡表，也不是数据表", "it is neither an energy balance nor a table of figures"),
        where=book.name,
        expected=Label(
            "能源平衡表，或含“指标、年份、数值、单位”表头的数据表，或填报模板",
            "an energy balance, a table headed indicator, year, value, unit, or a filled template",
        ),
        remedy=Label("用 dafeng 的填报模板，或补上表头", "use a template of dafeng, or add the heading"),
    )
