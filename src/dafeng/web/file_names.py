"""Names of files as pages show them: never changed in their letters, never wider than a table bears.

Invariant: signs that nobody sees are shown as their code; a name that is shortened stands whole in its title.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from dafeng.core.persons import show_hidden

HEAD, TAIL = 28, 16
"""Characters of a long name that are shown before and behind its middle."""


def shown_name(name: str) -> str:
    """A name as plain text, its middle left out where it is long.

    Parameters
    ----------
    name : str
        Name of a file, or title of a document.

    Returns
    -------
    str
        At most 45 characters, without any that nobody sees.
    """
    seen = show_hidden(name)
    return seen if len(seen) <= HEAD + TAIL + 1 else f"{seen[:HEAD]}…{seen[-TAIL:]}"


def file_name(name: str) -> Markup:
    """A name as a part of a page.

    Parameters
    ----------
    name : str
        Name of a file.

    Returns
    -------
    markupsafe.Markup
        As `shown_name`, with the whole one as its title where it is longer.
    """
    whole, shown = show_hidden(name), shown_name(name)
    title = Markup(' title="{}"').format(whole) if shown != whole else Markup("")
    return Markup('<span class="file-name"{}>{}</span>').format(title, escape(shown))
