"""XML of untrusted files, read without entities, outside documents or unbounded depth.

Invariant: a parsed tree holds only what stands in the bytes themselves; names are compared without their name space,
because the two editions of the Word format differ in nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

MOST_BYTES = 64_000_000
"""Largest XML part that is read. [bytes]"""


class MarkupError(ValueError):
    """The bytes are no well-formed XML, or too deep, or too large."""


def parse_markup(data: bytes) -> Any:
    """Root element of an XML part.

    Parameters
    ----------
    data : bytes
        The part.

    Returns
    -------
    lxml.etree._Element
        Its root.

    Raises
    ------
    MarkupError
        If it is not well-formed, nested beyond 256 levels, or too large.
    """
    if len(data) > MOST_BYTES:
        raise MarkupError(f"{len(data)} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as cause:
        raise MarkupError(str(cause)) from cause


def name_of(element: Any) -> str:
    """Name of an element without its name space.

    Parameters
    ----------
    element : lxml.etree._Element
        Any element.

    Returns
    -------
    str
        Its local name; empty for an entity that was not resolved.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: Any, *path: str) -> Any | None:
    """First descendant along a path of names.

    Parameters
    ----------
    element : lxml.etree._Element or None
        Where to begin.
    *path : str
        Names, one below the other.

    Returns
    -------
    lxml.etree._Element or None
        ``None`` where there is none.
    """
    for name in path:
        element = next((one for one in element if name_of(one) == name), None) if element is not None else None
    return element


def children(element: Any, name: str) -> Iterator[Any]:
    """Direct children of a name.

    Parameters
    ----------
    element : lxml.etree._Element or None
        Their parent.
    name : str
        Local name.

    Returns
    -------
    iterator of lxml.etree._Element
        In order.
    """
    return (one for one in element if name_of(one) == name) if element is not None else iter(())


def value(element: Any, *path: str, key: str = "val") -> str | None:
    """Attribute of a descendant.

    Parameters
    ----------
    element : lxml.etree._Element or None
        Where to begin.
    *path : str
        Names, one below the other.
    key : str
        Local name of the attribute.

    Returns
    -------
    str or None
        ``None`` where element or attribute is missing.
    """
    found = child(element, *path)
    if found is None:
        return None
    return next((text for name, text in found.attrib.items() if name.rpartition("}")[2] == key), None)


def whole(element: Any, *path: str, key: str = "val") -> int | None:
    """Attribute of a descendant as a whole number.

    Parameters
    ----------
    element : lxml.etree._Element or None
        Where to begin.
    *path : str
        Names, one below the other.
    key : str
        Local name of the attribute.

    Returns
    -------
    int or None
        ``None`` where it is missing or no whole number of at most nine digits.
    """
    text = value(element, *path, key=key) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def is_on(element: Any, *path: str) -> bool:
    """Whether a switch of the Word format is on.

    Parameters
    ----------
    element : lxml.etree._Element or None
        Where to begin.
    *path : str
        Names, one below the other.

    Returns
    -------
    bool
        True where the element stands and does not say otherwise.
    """
    found = child(element, *path)
    return found is not None and value(found) not in ("0", "false", "off")
