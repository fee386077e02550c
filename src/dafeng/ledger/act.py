"""Acts of compliance: what is asked as one thing and becomes several requests only when the ledger carries it out.

Invariant: an act and its spelling are the same thing; its id follows from what who asks controls, and every request that it
becomes has an id that follows from that of the act.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.budget_act import BudgetStep
from dafeng.ledger.projects import credit_reasons
from dafeng.ledger.refusals import Reason, reasons

LONGEST = 96
"""Characters of an id that was made here, so that the ids of its requests keep within those of the ledger."""


class Allot(NamedTuple):
    """Bring companies of a book to what they are entitled to, as a pre-allocation (``before``) or as the final allowance."""

    id: str
    book: str
    before: bool
    effective: str
    shares: tuple[tuple[str, int], ...]

    @property
    def kind(self) -> str:
        """Kind of transfer by which more is given."""
        return "pre_allocate" if self.before else "allocate"


class Surrender(NamedTuple):
    """Surrender allowances and credits of a company, both or neither.

    ``due`` and ``most`` are as they were when it was asked, and worked out anew when it is carried out, from the table of units
    at ``plants`` (that of the city where it is empty).
    """

    id: str
    book: str
    period: str
    holder: str
    quantity: int
    credits: int
    credit_book: str
    effective: str
    beyond: bool = False
    due: int | None = None
    most: int | None = None
    plants: str = ""

    @property
    def kind(self) -> str:
        """Kind of its transfers."""
        return "surrender"


class Carry(NamedTuple):
    """Carry units of a company into the book of a later period.

    ``most`` is as it was when it was asked, and worked out anew when it is carried out, with ``base`` where one was given.
    """

    id: str
    book: str
    into: str
    holder: str
    quantity: int
    effective: str
    most: int | None = None
    base: str = ""

    @property
    def kind(self) -> str:
        """Kind of its first transfer."""
        return "carry"


class Repay(NamedTuple):
    """Let a company give back what is claimed: ``quantity``, or all that it holds; ``most`` as it was when it was asked."""

    id: str
    book: str
    holder: str
    effective: str
    quantity: int | None = None
    most: int | None = None

    @property
    def kind(self) -> str:
        """Kind of its transfers."""
        return "true_up"


class Issue(NamedTuple):
    """Issue the credits of a period of a project in the name of ``who``; ``again`` counts the issues that were taken back."""

    id: str
    project: str
    start: str
    end: str
    who: str
    effective: str
    values: tuple[tuple[str, str], ...] = ()
    again: int = 0

    @property
    def kind(self) -> str:
        """Kind of its transfer."""
        return "issue"


class TakeBack(NamedTuple):
    """Take the issued credits of a period of a project back in the name of ``who``; ``again`` as of their issue."""

    id: str
    project: str
    start: str
    end: str
    who: str
    effective: str
    values: tuple[tuple[str, str], ...] = ()
    again: int = 0

    @property
    def kind(self) -> str:
        """Verb of its request."""
        return "reverse"


Act = Allot | Surrender | Carry | Repay | Issue | TakeBack | BudgetStep
ACTS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "allot_shares": Allot,
        "surrender_both": Surrender,
        "carry_over": Carry,
        "repay_claim": Repay,
        "issue_credits": Issue,
        "take_back_credits": TakeBack,
        "budget_step": BudgetStep,
    }
)
"""Kinds of acts by the name in their spelling; none is a verb of the ledger."""
_NAMES: Mapping[type[Any], str] = {kind: name for name, kind in ACTS.items()}
_FOUND = frozenset({"due", "most", "plants", "base"})
"""Fields that were found when it was asked, and what they were found from; they are no part of what was asked."""


def encode_act(act: Act) -> str:
    """The one spelling of an act, without its id.

    Parameters
    ----------
    act : Act
        The act.

    Returns
    -------
    str
        A JSON array.
    """
    return json.dumps([_NAMES[type(act)], *act[1:]], ensure_ascii=False, separators=(",", ":"))


def decode_act(id: str, text: str) -> Act | None:
    """An act from its spelling.

    Parameters
    ----------
    id : str
        Its id.
    text : str
        From `encode_act`, or the spelling of a request.

    Returns
    -------
    Act or None
        ``None`` where the text spells no act.
    """
    verb, *values = json.loads(text)
    kind = ACTS.get(verb)
    if kind is None:
        return None
    act: Act = kind(id, *(tuple(map(tuple, one)) if isinstance(one, list) else one for one in values))
    return act


def is_same_wish(one: Act, other: Act) -> bool:
    """Whether two acts ask for the same, whatever was found when they were asked.

    Parameters
    ----------
    one, other : Act
        The acts.

    Returns
    -------
    bool
        True where what who asks controls is equal.
    """
    return type(one) is type(other) and _wish(one) == _wish(other)


def _wish(act: Act) -> list[Any]:
    return [value for name, value in zip(act._fields, act, strict=True) if name not in _FOUND]


def find_act_flaw(act: Act) -> str:
    """What is wrong with the id or the day of an act, before any rule is asked.

    Parameters
    ----------
    act : Act
        The act.

    Returns
    -------
    str
        Name of the field and its value; empty if both are sound.
    """
    if not 0 < len(act.id) <= LONGEST or not act.id.isprintable() or act.id != act.id.strip():
        return f"id {act.id[:60]!r}"
    try:
        sound = date.fromisoformat(act.effective).isoformat() == act.effective
    except ValueError:
        sound = False
    return "" if sound else f"effective {act.effective[:60]!r}"


def name_act(*parts: object) -> str:
    """An id that follows from content.

    Parameters
    ----------
    *parts : object
        What who asks controls.

    Returns
    -------
    str
        The parts joined, shortened by a digest where they are long.
    """
    text = ":".join(str(one) for one in parts)
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 17]}:{short_hash(text)}"


def name_own(act: Act) -> str:
    """The id that follows from the content of an act.

    Parameters
    ----------
    act : Act
        The act, whatever its id.

    Returns
    -------
    str
        Its own id.
    """
    match act:
        case Allot():
            return name_act(act.kind, act.book, act.effective, short_hash(repr(sorted(act.shares))))
        case Surrender():
            return name_act("surrender", act.book, act.holder, act.effective, act.quantity, act.credits)
        case Carry():
            return name_act("carry", act.book, act.into, act.holder, act.effective, act.quantity)
        case Repay():
            return name_act("repay", act.book, act.holder, act.effective, "" if act.quantity is None else act.quantity)
        case Issue():
            return name_issue(act.project, act.start, act.end, again=act.again)
        case TakeBack():
            return name_back(name_issue(act.project, act.start, act.end, again=act.again))
        case BudgetStep():
            own = name_act("budget", act.budget, act.step, short_hash(repr((act.node, act.reason, act.requests))))
            return f"{own}:{act.again + 1}" if act.again else own


def name_issue(project: str, start: str, end: str, *, again: int = 0) -> str:
    """Id of the issue of a period of a project.

    Parameters
    ----------
    project : str
        Id of the project.
    start, end : str
        First and last day of the period.
    again : int, optional
        How many issues of the period were taken back before.

    Returns
    -------
    str
        The id; that of the first issue has no number.
    """
    return f"credit:{project}:{start}/{end}{f':{again + 1}' if again else ''}"


def name_back(issued: str) -> str:
    """Id of the reversal of an issue by the register of projects.

    Parameters
    ----------
    issued : str
        Id of the issue.

    Returns
    -------
    str
        The id.
    """
    return f"{issued}:back"


def short_hash(text: str) -> str:
    """Sixteen digits of the SHA-256 of a text.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Hexadecimal digits.
    """
    return sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ActReason:
    """A reason to refuse an act.

    Parameters
    ----------
    reason : Reason
        Its code with its words.
    where : str
        Option that it is about.
    expected : Label
        What would pass.
    """

    reason: Reason
    where: str
    expected: Label


@lru_cache(maxsize=1)
def _own() -> Mapping[str, ActReason]:
    text = files("dafeng").joinpath("data", "rights", "act_refusals.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["code"]: ActReason(
                Reason(row["code"], "", Label(row["zh"], row["en"]), Label(row["remedy_zh"], row["remedy_en"])),
                row["where"],
                Label(row["expected_zh"], row["expected_en"]),
            )
            for row in csv.DictReader(text.splitlines())
        }
    )


@lru_cache(maxsize=1)
def act_reasons() -> Mapping[str, Reason]:
    """Reasons to refuse an act: of the ledger, of the steps of projects, and of compliance.

    Returns
    -------
    mapping of str to Reason
        By code.
    """
    return MappingProxyType({**credit_reasons(), **reasons(), **{code: one.reason for code, one in _own().items()}})


def act_error(code: str, *, about: str = "") -> SettingError:
    """A refused act as an error in words.

    Parameters
    ----------
    code : str
        One of `act_reasons`.
    about : str, optional
        What it is about, with its numbers.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    own, reason = _own().get(code), act_reasons()[code]
    said = f"（{about}）" if about else ""
    told = f" ({about})" if about else ""
    if own is None:
        return SettingError(
            Label(f"账簿拒绝：{reason.says.zh}{said}", f"the ledger refuses: {reason.says.en}{told}"),
            where=code,
            expected=Label("账簿允许的操作", "what the rules of the ledger allow"),
            remedy=reason.remedy,
        )
    return SettingError(
        Label(f"{reason.says.zh}{said}", f"{reason.says.en}{told}"),
        where=own.where,
        expected=own.expected,
        remedy=reason.remedy,
    )
