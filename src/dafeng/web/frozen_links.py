"""Addresses inside a frozen copy: relative, usable from a folder without a server.

Invariant: a frozen copy answers the same names as a server, so that the same templates serve both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from dafeng.core.labels import Language
from dafeng.web.links import ServedLinks, query_text
from dafeng.web.site_files import field_file, method_file, organisation_file, page_file, target_file, task_file, tasks_file


@dataclass(frozen=True, slots=True)
class FrozenLinks:
    """Addresses inside a frozen copy: relative, usable from a folder without a server.

    Parameters
    ----------
    language : {"zh", "en"}
        Chinese pages lie at the top, English ones in ``en``.
    live : bool
        Whether a server answers behind the page.
    """

    language: Language
    live: bool = False

    @property
    def top(self) -> str:
        """Way from a page to the top folder."""
        return "" if self.language == "zh" else "../"

    def page(self, name: str, *, query: Mapping[str, str] | None = None) -> str:
        """Address of a page; filters become a fragment, since there is no server.

        Parameters
        ----------
        name : str
            Page id.
        query : mapping of str to str, optional
            Filters.

        Returns
        -------
        str
            Relative path.
        """
        return page_file(name) + query_text(query).replace("?", "#")

    def target(self, target: str) -> str:
        """Address of the page of a target.

        Parameters
        ----------
        target : str
            Target id.

        Returns
        -------
        str
            Relative path.
        """
        return target_file(target)

    def task(self, task: str) -> str:
        """Address of the page of a task.

        Parameters
        ----------
        task : str
            Task id.

        Returns
        -------
        str
            Relative path.
        """
        return task_file(task)

    def tasks(self, view: str, *, query: Mapping[str, str] | None = None) -> str:
        """Address of a view of the tasks; a frozen copy has one file for each.

        Parameters
        ----------
        view : str
            ``list``, ``board``, ``gantt`` or ``links``.
        query : mapping of str to str, optional
            Filters and grouping, which a frozen copy cannot follow.

        Returns
        -------
        str
            Relative path.
        """
        return tasks_file(view) + query_text(query).replace("?", "#")

    def field(self, field: str) -> str:
        """Address of the page of a field.

        Parameters
        ----------
        field : str
            Field id.

        Returns
        -------
        str
            Relative path.
        """
        return field_file(field)

    def organisation(self, name: str) -> str:
        """Address of the page of an organisation.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        str
            Relative path.
        """
        return organisation_file(name)

    def method(self, method: str) -> str:
        """Address of the page of a method.

        Parameters
        ----------
        method : str
            Method id.

        Returns
        -------
        str
            Relative path.
        """
        return method_file(method)

    def explain(self, address: str) -> str:
        """Address of an explanation: one page, the fragment names the number.

        Parameters
        ----------
        address : str
            ``table/row``.

        Returns
        -------
        str
            Relative path.
        """
        return f"explain.html#{quote(address)}"

    def static(self, path: str) -> str:
        """Address of a style sheet or script.

        Parameters
        ----------
        path : str
            Path below the static folder.

        Returns
        -------
        str
            Relative path.
        """
        return f"{self.top}static/{path}"

    def other(self, language: Language, here: str) -> str:
        """Address of the present page in another language.

        Parameters
        ----------
        language : {"zh", "en"}
            Language wanted.
        here : str
            File name of the present page.

        Returns
        -------
        str
            Relative path.
        """
        return f"{self.top}{'en/' if language == 'en' else ''}{here}"

    def file(self, name: str) -> str:
        """Address of a download.

        Parameters
        ----------
        name : str
            File name.

        Returns
        -------
        str
            Relative path.
        """
        return f"{self.top}{name}"


Links = ServedLinks | FrozenLinks
"""Addresses that a template may ask for."""
