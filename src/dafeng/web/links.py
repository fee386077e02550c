"""Addresses inside the served cockpit; those of a frozen copy are in `dafeng.web.frozen_links`.

Invariant: templates never build an address; the same template serves a server and a folder, since both kinds of links
answer the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlencode

from dafeng.core.labels import Language

STATIC = Path(__file__).resolve().parent / "static"
"""Folder of the style sheets and scripts."""


@cache
def stamp(path: str) -> str:
    """Short hash of a static file, so that browsers may keep it.

    Parameters
    ----------
    path : str
        Path below the static folder.

    Returns
    -------
    str
        Eight hexadecimal digits.
    """
    return sha256((STATIC / path).read_bytes()).hexdigest()[:8]


@cache
def edition() -> str:
    """Short hash of all files that pages are made with, so that a kept page of another edition is not taken for this one.

    Returns
    -------
    str
        Eight hexadecimal digits.
    """
    folders = (STATIC.parent, Path(__file__).resolve().parents[1] / "data" / "pages")
    files = sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix not in ("", ".pyc") and path.is_file()
    )
    return sha256(b"".join(sha256(path.read_bytes()).digest() for path in files)).hexdigest()[:8]


def query_text(query: Mapping[str, str] | None) -> str:
    """Filters as the tail of an address.

    Parameters
    ----------
    query : mapping of str to str or None
        Filters; empty ones are left out.

    Returns
    -------
    str
        ``?a=b``, or empty.
    """
    kept = {key: value for key, value in (query or {}).items() if value}
    return "?" + urlencode(kept) if kept else ""


@dataclass(frozen=True, slots=True)
class ServedLinks:
    """Addresses under a running server.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    live : bool
        Whether a server answers behind the page.
    """

    slug: str
    live: bool = True

    def page(self, name: str, *, query: Mapping[str, str] | None = None) -> str:
        """Address of a page.

        Parameters
        ----------
        name : str
            Page id.
        query : mapping of str to str, optional
            Filters.

        Returns
        -------
        str
            Absolute path.
        """
        return f"/{self.slug}/{'' if name == 'overview' else name}{query_text(query)}"

    def target(self, target: str) -> str:
        """Address of the page of a target.

        Parameters
        ----------
        target : str
            Target id.

        Returns
        -------
        str
            Absolute path.
        """
        return f"/{self.slug}/targets/{quote(target, safe='')}"

    def task(self, task: str) -> str:
        """Address of the page of a task.

        Parameters
        ----------
        task : str
            Task id.

        Returns
        -------
        str
            Absolute path.
        """
        return f"/{self.slug}/tasks/{quote(task, safe='')}"

    def tasks(self, view: str, *, query: Mapping[str, str] | None = None) -> str:
        """Address of a view of the tasks.

        Parameters
        ----------
        view : str
            ``list``, ``board``, ``gantt`` or ``links``.
        query : mapping of str to str, optional
            Filters and grouping.

        Returns
        -------
        str
            Absolute path.
        """
        return self.page("tasks", query={**(query or {}), "view": "" if view == "list" else view})

    def field(self, field: str) -> str:
        """Address of the page of a field.

        Parameters
        ----------
        field : str
            Field id.

        Returns
        -------
        str
            Absolute path.
        """
        return f"/{self.slug}/fields/{quote(field, safe='')}"

    def organisation(self, name: str) -> str:
        """Address of the page of an organisation.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        str
            Absolute path.
        """
        return f"/{self.slug}/organisations/{quote(name, safe='')}"

    def method(self, method: str) -> str:
        """Address of the page of a method.

        Parameters
        ----------
        method : str
            Method id.

        Returns
        -------
        str
            Absolute path.
        """
        return f"/{self.slug}/methods/{quote(method, safe='')}"

    def explain(self, address: str) -> str:
        """Address of an explanation.

        Parameters
        ----------
        address : str
            ``table/row``.

        Returns
        -------
        str
            Absolute path.
        """
        return f"/{self.slug}/explain/{quote(address)}"

    def static(self, path: str) -> str:
        """Address of a style sheet or script.

        Parameters
        ----------
        path : str
            Path below the static folder.

        Returns
        -------
        str
            Absolute path with the file's stamp.
        """
        return f"/static/{path}?v={stamp(path)}"

    def other(self, language: Language, here: str) -> str:
        """Address of the present page in another language.

        Parameters
        ----------
        language : {"zh", "en"}
            Language wanted.
        here : str
            Filters of the present page, as ``a=b&c=d``.

        Returns
        -------
        str
            Relative address.
        """
        return f"?{here + '&' if here else ''}lang={language}"

    def file(self, name: str) -> str:
        """Address of a download.

        Parameters
        ----------
        name : str
            File name.

        Returns
        -------
        str
            Absolute path.
        """
        return f"/{self.slug}/{name}"
