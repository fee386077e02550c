"""Headers of public answers that other sites may use: figures in their frames, data in their scripts.

Invariant: only the small pages for frames may be framed, only public data may be read by foreign scripts, and neither carries a
cookie; every other answer keeps the strict headers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from starlette.types import Scope

_EMBED = re.compile(r"/public/(?P<slug>[a-z0-9][a-z0-9-]*)/embed/.+")
_OPEN = re.compile(r"/public/(?P<slug>[a-z0-9][a-z0-9-]*)/.+\.(?:json|csv|svg)")
Headers = Mapping[str, str | None]


def loosen(scope: Scope, frames: Callable[[str], Sequence[str]], policy: str) -> Headers:
    """What differs from the strict headers for a request.

    Parameters
    ----------
    scope : ASGI scope
        The request.
    frames : callable
        Origins that may frame figures, by name of the city.
    policy : str
        The strict content policy.

    Returns
    -------
    mapping of str to (str or None)
        Header → other value, ``None`` for none at all; empty for a strict answer.
    """
    path = str(scope["path"])
    framed, opened = _EMBED.fullmatch(path), _OPEN.fullmatch(path)
    if framed:
        allowed = " ".join(frames(framed["slug"])) or "'none'"
        return {
            "Content-Security-Policy": policy.replace("frame-ancestors 'none'", f"frame-ancestors {allowed}"),
            "X-Frame-Options": None if allowed != "'none'" else "DENY",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
    if opened:
        return {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    return {}
