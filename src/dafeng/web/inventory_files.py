"""The inventory as downloads: the form workbook and the report.

Invariant: a file is written from the figures of the run that the page shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core import registry
from dafeng.core.labels import Language

Row = Mapping[str, Any]
WRITERS = "dafeng.inventories"
"""Entry points of the forms in which an inventory can be written."""
OFFERED = ("xlsx", "docx")
"""Forms that need nothing but the default installation."""


def list_forms(view: Row) -> Sequence[str]:
    """Forms in which the inventory of a run can be downloaded.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    sequence of str
        Registered forms; empty where the run has no inventory.
    """
    known = registry.names(WRITERS) if view.get("inventory_form") else ()
    return [form for form in OFFERED if form in known]


def name_file(slug: str, view: Row, form: str) -> str:
    """Name of the download.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    view : mapping
        View document with an inventory.
    form : str
        Registered form.

    Returns
    -------
    str
        File name.
    """
    return f"{slug}-inventory-{view['inventory_form']['year']}.{form}"


def list_files(slug: str, view: Row) -> list[tuple[str, str]]:
    """Downloads of a run.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    view : mapping
        View document.

    Returns
    -------
    list of (str, str)
        Form and file name.
    """
    return [(form, name_file(slug, view, form)) for form in list_forms(view)]


def make_file(view: Row, form: str, language: Language) -> bytes:
    """The inventory as a file.

    Parameters
    ----------
    view : mapping
        View document with an inventory.
    form : str
        Registered form.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    LookupFailure
        If the form is not registered, or registered twice.
    """
    content: bytes = registry.load(WRITERS, form)(view["inventory_form"], language)
    return content
