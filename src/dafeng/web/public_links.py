"""Addresses of the public pages, for the served ones and for the frozen copy.

Invariant: no address leads to an internal page; the same template serves both kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from dafeng.core.labels import Language
from dafeng.web.links import stamp


@dataclass(frozen=True, slots=True)
class PublicLinks:
    """Addresses of the public pages of a city.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    site : str
        Scheme and host for addresses that are quoted elsewhere, empty where they are not known.
    frozen : {"zh", "en"} or None
        Language of the page in a frozen copy; ``None`` under a server.
    """

    slug: str
    site: str = ""
    frozen: Language | None = None

    @property
    def live(self) -> bool:
        """Whether a server answers behind the page."""
        return self.frozen is None

    @property
    def top(self) -> str:
        """Where the addresses begin."""
        return f"/public/{self.slug}/" if self.live else ("" if self.frozen == "zh" else "../")

    def page(self, name: str) -> str:
        """Address of a page.

        Parameters
        ----------
        name : str
            ``home``, ``indicators``, ``words``, ``data``, ``about`` or ``search``.

        Returns
        -------
        str
            Path.
        """
        if not self.live:
            return "index.html" if name == "home" else f"{name}.html"
        return self.top + ("" if name == "home" else "indicators/" if name == "indicators" else name)

    def indicator(self, name: str) -> str:
        """Address of the article of an indicator.

        Parameters
        ----------
        name : str
            Its id.

        Returns
        -------
        str
            Path.
        """
        return f"{self.top}indicators/{quote(name, safe='')}" if self.live else f"indicator-{plain(name)}.html"

    def embed(self, name: str) -> str:
        """Address of the small page that other sites may show in a frame.

        Parameters
        ----------
        name : str
            Id of the indicator.

        Returns
        -------
        str
            Path.
        """
        return f"{self.top}embed/{quote(name, safe='')}" if self.live else f"embed-{plain(name)}.html"

    def figure(self, name: str, form: str) -> str:
        """Address of the figure or the data of an indicator.

        Parameters
        ----------
        name : str
            Id of the indicator.
        form : {"svg", "csv", "json"}
            What is wanted.

        Returns
        -------
        str
            Path.
        """
        return f"{self.top}indicators/{quote(name, safe='')}.{form}" if self.live else f"indicator-{plain(name)}.{form}"

    def explain(self, address: str) -> str:
        """Address of an explanation.

        Parameters
        ----------
        address : str
            ``table/row``.

        Returns
        -------
        str
            Path.
        """
        return f"{self.top}explain/{quote(address)}" if self.live else f"explain.html#{quote(address)}"

    def file(self, form: str) -> str:
        """Address of the download of all public data.

        Parameters
        ----------
        form : {"xlsx", "csv", "json"}
            Form wanted.

        Returns
        -------
        str
            Path.
        """
        return f"{self.top}data/{self.slug}.{form}" if self.live else f"{self.top}{self.slug}.{form}"

    def static(self, path: str) -> str:
        """Address of a style sheet or script.

        Parameters
        ----------
        path : str
            Path below the static folder.

        Returns
        -------
        str
            Path.
        """
        return f"/static/{path}?v={stamp(path)}" if self.live else f"{self.top}static/{path}"

    def other(self, language: Language, here: str) -> str:
        """Address of the present page in the other language.

        Parameters
        ----------
        language : {"zh", "en"}
            Language wanted.
        here : str
            File of the present page in a frozen copy, filters of it under a server.

        Returns
        -------
        str
            Path.
        """
        if self.live:
            return f"?{here + '&' if here else ''}lang={language}"
        return f"{self.top}{'en/' if language == 'en' else ''}{here}"

    def absolute(self, path: str) -> str:
        """Address as it is quoted elsewhere.

        Parameters
        ----------
        path : str
            Path of one of the other methods.

        Returns
        -------
        str
            With scheme and host where they are known.
        """
        return f"{self.site}{path}" if self.live else path


def plain(name: str) -> str:
    """Part of a file name that stands for an id.

    Parameters
    ----------
    name : str
        Any characters.

    Returns
    -------
    str
        Letters, digits and hyphens; ids that need replacing stay apart by a hash.
    """
    kept = re.sub(r"[^A-Za-z0-9-]+", "-", name)
    return kept if kept == name else f"{kept}-{sha256(name.encode()).hexdigest()[:6]}"
