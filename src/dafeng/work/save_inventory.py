"""``save_inventory``: an inventory becomes the file that is handed in: form workbook, report as text document or pdf.

Invariant: a file is written whole or not at all; whatever the form, it holds the same exact figures.
"""

from __future__ import annotations

from pathlib import Path

from dafeng.core import registry
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.store.files import write_whole
from dafeng.work.city import City
from dafeng.work.inventory import Inventory
from dafeng.work.inventory_form import inventory_form
from dafeng.work.uncertainty import Quality

WRITERS = "dafeng.inventories"
"""Entry points of what is called with the form of an inventory and a language, and gives the bytes of a file."""


def save_inventory(
    city: City,
    found: Inventory,
    path: Path | str,
    *,
    year: int | None = None,
    quality: Quality | None = None,
    language: Language = "zh",
) -> None:
    """Write an inventory as a file.

    Parameters
    ----------
    city : City
        The city.
    found : Inventory
        Its inventory.
    path : Path or str
        Where it shall stand; the ending says the form: ``.xlsx``, ``.docx`` or ``.pdf``. A file there is replaced whole.
    year : int, optional
        The year; by default the latest of the inventory.
    quality : Quality, optional
        Uncertainty of that year's inventory, for its interval.
    language : {"zh", "en"}
        Language of the file.

    Raises
    ------
    SettingError
        If no writer is registered for the ending, the inventory has no such year, or a writer lacks a package or font.
    OSError
        If the folder is missing or cannot be written.
    """
    form = Path(path).suffix.lower().lstrip(".")
    if form not in registry.names(WRITERS):
        known = [f".{name}" for name in registry.names(WRITERS)]
        raise SettingError(
            Label(f"不能把清单写成“.{form}”", f"cannot write an inventory as '.{form}'"),
            where=str(path),
            expected=Label("、".join(known) or "（无）", ", ".join(known) or "none"),
            remedy=Label("改用这些结尾的文件名", "give the file one of these endings"),
        )
    write_whole(Path(path), registry.load(WRITERS, form)(inventory_form(city, found, year=year, quality=quality), language))
