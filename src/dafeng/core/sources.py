"""Where a figure comes from, and how good the evidence is.

Invariant: a value without a source id is not a value of this project.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dafeng.core.labels import Wording

Grade = Literal["primary", "secondary", "derived", "reported", "estimated", "assumption", "provisional", "memory"]
"""``primary`` official document or dataset, also in transcription; ``secondary`` press or compilation;
``derived`` arithmetic on quoted figures; ``reported`` handed in by a user; ``estimated`` our estimate with a
stated rule; ``assumption`` a choice of a scenario; ``provisional`` weak evidence, shown as such;
``memory`` unseen, never a default."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source.

    Parameters
    ----------
    id : str
        Key that rows quote.
    title : str or Label
        Title as printed, in its own language; where it is the project's own, in both languages.
    publisher : str
        Who published it.
    date : str
        Date of publication, as far as known (``2024-05-22``, ``2021``), else empty.
    url : str
        Address it was read at, empty where none.
    seen : str or Label
        How it was seen: official text, transcription, press report …
    """

    id: str
    title: Wording
    publisher: str
    date: str
    url: str
    seen: Wording
