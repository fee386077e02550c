"""Pieces of a sentence → figures, remarks and their nesting, by the LALR(1) grammar in ``data/plans/targets.lark``.

Invariant: time is linear in the number of pieces; a sentence outside the grammar gives ``None``, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from dafeng.plans.pieces import Piece

LONGEST = 800
"""Most pieces of a sentence that are parsed; longer ones are reported. [pieces]"""


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount of a predicate.

    Parameters
    ----------
    value : Piece
        The ``VALUE``.
    bounds : tuple of Piece
        Words before it that bound it: 不低于, 约.
    qualifiers : tuple of Piece
        Words after it: 以上, 左右.
    """

    value: Piece
    bounds: tuple[Piece, ...] = ()
    qualifiers: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """What is said with a figure, or with “all”.

    Parameters
    ----------
    before : tuple of Piece
        Time, name, base, strength … in the order of the text.
    form : {"level", "change", "whole"}
        A level that is reached, a change against a base, or all of something.
    verb : Piece or None
        The word of reaching, changing or completeness.
    times : tuple of Piece
        Times between verb and amount.
    amounts : tuple of Amount
        One, or several when distributed; none for “all”.
    tail : tuple of Piece
        What follows.
    """

    before: tuple[Piece, ...]
    form: Literal["level", "change", "whole"]
    verb: Piece | None
    times: tuple[Piece, ...]
    amounts: tuple[Amount, ...]
    tail: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Words without a figure.

    Parameters
    ----------
    before : tuple of Piece
        The pieces.
    """

    before: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Separator:
    """A mark between two statements.

    Parameters
    ----------
    kind : str
        ``COMMA``, ``SEMI``, ``COLON`` or ``DUN``.
    """

    kind: str


@dataclass(frozen=True, slots=True)
class Nested:
    """Statements in brackets.

    Parameters
    ----------
    elements : tuple of Figure, Remark, Separator or Nested
        What stands in the brackets.
    """

    elements: tuple[Element, ...]


Element = Figure | Remark | Separator | Nested
"""One part of a sentence."""


def parse(pieces: Sequence[Piece]) -> tuple[Element, ...] | None:
    """Figures and remarks of a sentence.

    Parameters
    ----------
    pieces : sequence of Piece
        A sentence as cut by the lexer.

    Returns
    -------
    tuple of Element, or None
        In the order of the text; ``None`` where the sentence is too long or outside the grammar.
    """
    if len(pieces) > LONGEST:
        return None
    try:
        tree = _parser().parse(pieces)  # the lexer below takes pieces
    except UnexpectedInput:
        return None
    return tuple(_elements(tree))


class _Pieces(Lexer):
    """Hands the pieces to the parser as they are."""

    def __init__(self, conf: object) -> None:
        del conf

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:
        del parser_state
        for piece in lexer_state:
            token = Token(piece.kind, piece.text)
            token.value = piece
            yield token


@cache
def _parser() -> Lark:
    grammar = files("dafeng").joinpath("data/plans/targets.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Pieces, start="start")


def _elements(tree: Tree[Token]) -> Iterator[Element]:
    for child in tree.children:
        if isinstance(child, Token):
            continue
        if child.data == "figure":
            yield _figure(child)
        elif child.data == "remark":
            yield Remark(tuple(_pieces(child)))
        elif child.data == "nested":
            yield Nested(tuple(_elements(child)))
        else:
            yield Separator(next(_pieces(child)).kind)


def _figure(tree: Tree[Token]) -> Figure:
    parts = {str(child.data): child for child in tree.children if isinstance(child, Tree)}
    form: Literal["level", "change", "whole"] = "change" if "change" in parts else "whole" if "whole" in parts else "level"
    predicate = parts[form]
    own = [child.value for child in predicate.children if isinstance(child, Token)]
    verb = next((piece for piece in own if piece.kind in ("REACH", "CHANGE", "ALL", "COVER")), None)
    before = (*_pieces(parts.get("phrases")), *(piece for piece in own if piece.kind == "STRENGTH"))
    times = tuple(piece for piece in own if piece.kind == "TIME")
    amounts = tuple(_amount(node) for node in predicate.find_data("amount"))
    ordered = tuple(sorted(amounts, key=lambda amount: amount.value.start))
    return Figure(before, form, verb, times, ordered, tuple(_pieces(parts.get("tail"))))


def _amount(tree: Tree[Token]) -> Amount:
    pieces = list(_pieces(tree))
    value = next(piece for piece in pieces if piece.kind == "VALUE")
    bounds = tuple(piece for piece in pieces if piece.kind == "BOUND")
    return Amount(value, bounds, tuple(piece for piece in pieces if piece.kind == "QUAL"))


def _pieces(tree: Tree[Token] | None) -> Iterator[Piece]:
    """Pieces of a tree in the order of the text, without recursion (a long list is a deep tree)."""
    stack: list[Tree[Token] | Token] = [] if tree is None else [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Token):
            yield node.value
        else:
            stack.extend(reversed(node.children))
