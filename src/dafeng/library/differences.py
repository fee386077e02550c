"""How a library differs from a lock: factors changed or removed since, and questions that another factor would answer now.

Invariant: nothing is chosen here; every difference says the pinned value and the one of now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dafeng.core.errors import LookupFailure, PurposeError
from dafeng.core.labels import Label
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.library.locks import FactorLock, fingerprint


@dataclass(frozen=True, slots=True)
class Difference:
    """A pinned factor that the library now holds differently, or no longer.

    Parameters
    ----------
    kind : {"changed", "removed", "other_factor", "answered"}
        ``changed``: the same id with other content; ``removed``: no such id any more; ``other_factor``: another
        factor would answer now; ``answered``: there was none, now there is one.
    id : str
        The pinned factor; for ``answered`` the key that was asked.
    before, after : Factor or None
        Pinned factor and the one of the library.
    says : Label
        The difference in words, with the values then and now.
    """

    kind: str
    id: str
    before: Factor | None
    after: Factor | None
    says: Label


def differences(lock: FactorLock, now: FactorLibrary) -> tuple[Difference, ...]:
    """Pinned factors that differ from the library now.

    Parameters
    ----------
    lock : FactorLock
        The lock.
    now : FactorLibrary
        The library as it is now, not behind a lock.

    Returns
    -------
    tuple of Difference
        Changed and removed factors, then questions that another factor would answer now; each once.
    """
    own = [difference for factor in lock.factors.values() if (difference := _difference(factor, now.factors.get(factor.id)))]
    gone = {difference.id for difference in own}
    others = {(d.id, d.after.id if d.after else ""): d for d in _others(lock, now) if d.id not in gone}
    return (*own, *others.values())


def _difference(before: Factor, after: Factor | None) -> Difference | None:
    if after is None:
        said = Label(
            f"锁定的“{before.id}”（{_amount(before)}）已不在因子库中",
            f"the pinned '{before.id}' ({_amount(before)}) is no longer in the library",
        )
        return Difference("removed", before.id, before, None, said)
    if fingerprint(before) == fingerprint(after):
        return None
    fields = ", ".join(_fields(before, after))
    said = Label(
        f"“{before.id}”锁定值 {_amount(before)}，因子库现为 {_amount(after)}（{fields}）",
        f"'{before.id}' is pinned at {_amount(before)}; the library now has {_amount(after)} ({fields})",
    )
    return Difference("changed", before.id, before, after, said)


def _fields(before: Factor, after: Factor) -> list[str]:
    """Names of what was changed."""
    return [name for name in Factor.__slots__ if name != "label" and getattr(before, name) != getattr(after, name)]


def _others(lock: FactorLock, now: FactorLibrary) -> Iterator[Difference]:
    for question, name in lock.answers.items():
        try:
            after = now.find(question.key, fallback=question.fallback, provisional=question.provisional).factor
        except (LookupFailure, PurposeError):
            continue
        if after.id == name:
            continue
        asked = question.key.words()
        if name is None:
            said = Label(
                f"锁定时 {asked} 无因子，因子库现有 {after.id}（{_amount(after)}）",
                f"nothing answered {asked} when locked; the library now has {after.id} ({_amount(after)})",
            )
            yield Difference("answered", asked, None, after, said)
        else:
            before = lock.factors[name]
            said = Label(
                f"锁定用 {name}（{_amount(before)}），因子库现会选用 {after.id}（{_amount(after)}）",
                f"pinned is {name} ({_amount(before)}); the library would now take {after.id} ({_amount(after)})",
            )
            yield Difference("other_factor", name, before, after, said)


def _amount(factor: Factor) -> str:
    return f"{'—' if factor.value is None else f'{factor.value:f}'} {factor.unit}"
