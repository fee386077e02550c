"""The navigation: groups by the user's work, and the pages in each.

Invariant: everything about a page's place stands in one entry of the definition file; an entry with an unknown key is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from dafeng.core.labels import Label
from dafeng.library.strict import load_yaml
from dafeng.web.labels import FOLDER


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the navigation.

    Parameters
    ----------
    id : str
        Name in addresses and of the template.
    label : Label
        Name in the navigation.
    parts : tuple of str
        Keys of the view document behind it; empty for a page that is made elsewhere and only linked here.
    count : str
        Key of the list whose length stands beside the name, empty for none.
    address : str
        Address below the city, where it is not the name.
    needs : {"", "server", "accounts"}
        What must be there for the link to be shown.
    """

    id: str
    label: Label
    parts: tuple[str, ...] = ()
    count: str = ""
    address: str = ""
    needs: str = ""

    @property
    def place(self) -> str:
        """What follows the city in the address."""
        return self.address or self.id


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that serve one work of the user.

    Parameters
    ----------
    id : str
        Name of the group and of its sign.
    label : Label
        Name in the navigation.
    pages : tuple of Page
        Its pages, in order.
    """

    id: str
    label: Label
    pages: tuple[Page, ...]

    def choose(self, *, live: bool, accounts: bool) -> Group:
        """The group with the pages whose link is shown.

        Parameters
        ----------
        live : bool
            Whether a server answers behind the page.
        accounts : bool
            Whether the city has accounts.

        Returns
        -------
        Group
            Possibly without pages.
        """
        has = {"": True, "server": live, "accounts": live and accounts}
        return Group(self.id, self.label, tuple(page for page in self.pages if has[page.needs]))

    def holds(self, page: str) -> bool:
        """Whether a page stands in the group.

        Parameters
        ----------
        page : str
            Page id.

        Returns
        -------
        bool
            True where it does.
        """
        return any(one.id == page for one in self.pages)


@cache
def read_groups() -> tuple[Group, ...]:
    """All groups in the order of the navigation.

    Returns
    -------
    tuple of Group
        As the definition file lists them.
    """
    groups = load_yaml(FOLDER / "pages.yaml")
    return tuple(
        Group(name, Label(**row["label"]), tuple(_page(page, dict(said)) for page, said in row["pages"].items()))
        for name, row in groups.items()
    )


@cache
def read_pages() -> tuple[Page, ...]:
    """All pages that are made from the view document, in the order of the navigation.

    Returns
    -------
    tuple of Page
        Pages that have a template of their name.
    """
    return tuple(page for group in read_groups() for page in group.pages if page.parts)


def name_group(page: str) -> Label:
    """Name of the group that holds a page.

    Parameters
    ----------
    page : str
        Page id.

    Returns
    -------
    Label
        As in the navigation.
    """
    return next(group.label for group in read_groups() if group.holds(page))


def find(name: str) -> Page | None:
    """Page under a name.

    Parameters
    ----------
    name : str
        Name in addresses.

    Returns
    -------
    Page or None
        ``None`` where there is no such page.
    """
    return next((page for page in read_pages() if page.id == name), None)


def choose_groups(*, live: bool, accounts: bool) -> tuple[Group, ...]:
    """Groups as a reader sees them.

    Parameters
    ----------
    live : bool
        Whether a server answers behind the page.
    accounts : bool
        Whether the city has accounts.

    Returns
    -------
    tuple of Group
        Those that have a page to show.
    """
    chosen = (group.choose(live=live, accounts=accounts) for group in read_groups())
    return tuple(group for group in chosen if group.pages)


def _page(name: str, said: dict[str, object]) -> Page:
    label, parts = said.pop("label"), said.pop("parts", ())
    return Page(name, Label(**label), tuple(parts), **said)  # type: ignore[arg-type]
