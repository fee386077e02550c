"""The words before a figure, sorted by what they do: name, deed, times, base, strength, distribution.

Invariant: no word is in two roles; what is not recognised belongs to the name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dafeng.plans.context import Context, place_of_time
from dafeng.plans.lexicon import lexicon
from dafeng.plans.pieces import Base, Piece, Time


@dataclass(frozen=True, slots=True)
class Clause:
    """Words of one clause.

    Parameters
    ----------
    subject : str
        Words of the name, pause marks included.
    doing : str
        Deed before the name: 建成, 累计完成.
    leading : tuple of Time
        Times before the name.
    own : tuple of Time
        Times behind the name: they hold for this figure only.
    bases : tuple of Base
        Base of a change, if any.
    strength : str
        Strength word, or empty.
    each : bool
        分别 stands there.
    both : bool
        均 stands there.
    parting : bool
        其中 stands there.
    cumulative : bool
        累计 stands there.
    past : tuple of str
        Words that say that it has already happened.
    modal : bool
        A word says that it is a rule.
    text : str
        All words, for looking up notes.
    """

    subject: str
    doing: str
    leading: tuple[Time, ...]
    own: tuple[Time, ...]
    bases: tuple[Base, ...]
    strength: str
    each: bool
    both: bool
    parting: bool
    cumulative: bool
    past: tuple[str, ...]
    modal: bool
    text: str


def sort_words(pieces: Sequence[Piece]) -> Clause:
    """Sort the words before a figure.

    Parameters
    ----------
    pieces : sequence of Piece
        In the order of the text.

    Returns
    -------
    Clause
        Their roles.
    """
    listed = tuple(pieces)
    kinds = {piece.kind for piece in listed}
    deed = _deed(listed)
    named = [
        piece.text
        for at, piece in enumerate(listed)
        if (piece.kind in ("WORDS", "DUN") and not (deed and at < deed[0] and _is_place(piece)))
        or (piece.kind == "DO" and at not in deed)
    ]
    leading = _times(listed, "before")
    return Clause(
        subject="".join(named).rstrip("、") if deed else "".join(named).strip("、"),
        doing="".join(listed[at].text for at in deed),
        leading=leading,
        own=_times(listed, "inside"),
        bases=tuple(piece.base for piece in listed if piece.base is not None)[-1:],
        strength=next((piece.text for piece in reversed(listed) if piece.kind == "STRENGTH"), ""),
        each="EACH" in kinds,
        both="BOTH" in kinds,
        parting="INCL" in kinds,
        cumulative="CUM" in kinds,
        past=tuple(piece.text for piece in listed if piece.kind == "PAST"),
        modal="MODAL" in kinds,
        text="".join(piece.text for piece in listed),
    )


def enter(clause: Clause, context: Context) -> Context:
    """Context inside a clause: its leading times and its past are in force.

    Parameters
    ----------
    clause : Clause
        The clause.
    context : Context
        Context before it.

    Returns
    -------
    Context
        Context for its figure.
    """
    inner = context.with_times(clause.leading) if clause.leading else context
    ahead = inner.year_from == "sentence" and not inner.past and all(time.kind != "plain" for time in inner.times)
    annual = context.era.title is not None and context.era.title.period is None
    hoped = ahead or ((context.aimed or annual) and not context.past)
    done = any(not (ahead and word.startswith("已")) and not (hoped and word == "同比") for word in clause.past)
    return replace(inner, past=True) if done else inner


def strength_of(word: str) -> str | None:
    """Meaning of a strength word.

    Parameters
    ----------
    word : str
        Word, or empty.

    Returns
    -------
    str or None
        ``strive``, ``ensure``, ``expect``.
    """
    return lexicon().sort("strength", word) if word else None


def _deed(pieces: tuple[Piece, ...]) -> tuple[int, ...]:
    """Positions of the deed: the words of doing before the first word of a name."""
    first = next((at for at, piece in enumerate(pieces) if piece.kind == "DO"), None)
    if first is None:
        return ()
    run = [first]
    while run[-1] + 1 < len(pieces) and pieces[run[-1] + 1].kind == "DO":
        run.append(run[-1] + 1)
    return tuple(run)


def _is_place(piece: Piece) -> bool:
    """全省新建…: words before a deed that only say where."""
    return piece.text in lexicon().words["scope"]


def _times(pieces: tuple[Piece, ...], place: str) -> tuple[Time, ...]:
    return tuple(
        time
        for at, piece in enumerate(pieces)
        if piece.kind == "TIME" and place_of_time(pieces, at) == place
        for time in piece.times
    )
