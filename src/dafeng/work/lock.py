"""``lock``: pin the factors and methods of a study, see what has moved since, and pin anew with a record of the effect.

Invariant: a lock is written whole or not at all; pinning anew never loses what the old lock said, since every
difference goes into the log with its effect on the results.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

from dafeng.core.errors import ConflictError, StoreError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.differences import Difference, differences
from dafeng.library.factor import Substitute
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.lock_file import read_lock, write_lock
from dafeng.library.locks import FactorLock, LockedFile, WatchedLibrary, gather, watch
from dafeng.library.overlay import layers
from dafeng.methods.comparison import compare
from dafeng.methods.inventory import Computed
from dafeng.store.files import hash_file, write_whole
from dafeng.work.account import Account, account_study
from dafeng.work.balance import balance_study
from dafeng.work.city import City
from dafeng.work.inventory import inventory_study
from dafeng.work.study import KEPT, LOCK, Study, definition_paths, kept_path, open_study

LOG = "factor_changes.csv"
"""Name of the log of pinned factors that were replaced."""
_LOG = ("at", "year", "quantity", "before", "value_before", "after", "value_after", "effect", "unit")
_Side = tuple[str, str]
_PATTERNS = ("factors/*.csv", "methods/*.yaml", "packages/*.yaml", "classes/*.csv", "sources*.yaml")


@dataclass(frozen=True, slots=True)
class LockState:
    """A lock beside the library as it is now.

    Parameters
    ----------
    lock : FactorLock
        The lock.
    path : Path
        Its file.
    differences : tuple of Difference
        Pinned factors that the library holds differently.
    files : tuple of str
        Definition files that were changed, added or removed since.
    findings : tuple of Finding
        The same in words, with methods and what to do.
    """

    lock: FactorLock
    path: Path
    differences: tuple[Difference, ...]
    files: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FactorChange:
    """One replaced pin and what it did to one quantity in one year.

    Parameters
    ----------
    year : int or None
        Year; ``None`` where no result changed.
    quantity : str
        Quantity of the results, empty where none changed.
    before, after : str
        Ids of the factors; of an edition ``method:edition``; empty where there was or is none.
    value_before, value_after : str
        Values with their units.
    effect : Decimal
        Share of the change of the results. [unit]
    unit : str
        Unit of the results.
    """

    year: int | None
    quantity: str
    before: str
    after: str
    value_before: str
    value_after: str
    effect: Decimal
    unit: str


def lock_factors(city: City, *, edition: str | None = None) -> LockState:
    """Pin every factor, edition and method that the city's accounting uses.

    Parameters
    ----------
    city : City
        The city.
    edition : str, optional
        Edition of the methods, as in ``account``.

    Returns
    -------
    LockState
        The lock that was written to ``factors.lock``.

    Raises
    ------
    ConflictError
        If the city is locked already.
    """
    path = city.folder / LOCK
    if path.exists():
        raise ConflictError(
            Label(f"“{city.slug}”已锁定", f"'{city.slug}' is locked already"),
            where=str(path),
            expected=Label("尚未锁定的研究", "a study that is not locked yet"),
            remedy=Label("用 --check 查看差异，用 --update 重新锁定", "see what differs with --check, pin anew with --update"),
        )
    lock, _ = _made(city, edition)
    _write(city, lock)
    return check_lock(city)


def check_lock(city: City) -> LockState:
    """What the library holds differently from a city's lock.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    LockState
        Lock and differences; nothing is changed.

    Raises
    ------
    StoreError
        If the city has no lock.
    DefinitionError
        If the lock was tampered with; the message names the row.
    """
    path = city.folder / LOCK
    if not path.is_file():
        raise StoreError(
            Label(f"“{city.slug}”没有锁定", f"'{city.slug}' has no lock"),
            where=str(path),
            expected=Label(f"城市文件夹里的 {LOCK}", f"{LOCK} in the city's folder"),
            remedy=Label("先运行 dafeng lock CITY", "run dafeng lock CITY first"),
        )
    library = read_factors(city.overlay)
    lock = read_lock(path, library)
    now = _files(city)
    moved = sorted(name for name in {*now, *lock.files} if now.get(name) != lock.files.get(name))
    return LockState(lock, path, differences(lock, library), tuple(moved), open_study(city, edition=lock.edition).findings)


def update_lock(city: City) -> tuple[LockState, tuple[FactorChange, ...]]:
    """Pin the factors of the library as it is now, and log what that changes.

    Parameters
    ----------
    city : City
        The city; it has a lock.

    Returns
    -------
    LockState
        The new lock.
    tuple of FactorChange
        What was replaced, with its effect by year and quantity, as appended to ``factor_changes.csv``.

    Raises
    ------
    StoreError
        If the city has no lock.
    DefinitionError
        If the lock was tampered with.
    """
    state = check_lock(city)
    before = account_study(city, open_study(city, edition=state.lock.edition))
    lock, after = _made(city, state.lock.edition)
    changes = _changes(state.differences, before, after)
    _append(city.folder / LOG, changes)
    _write(city, lock)
    return check_lock(city), changes


def _made(city: City, edition: str | None) -> tuple[FactorLock, Account]:
    plain = open_study(city, edition=edition, unlocked=True)
    watched = watch(plain.library)
    study = replace(plain, library=watched)
    found = account_study(city, study)
    inventory_study(city, study)
    balance_study(city, study)
    return _lock(city, plain, watched), found


def _lock(city: City, plain: Study, watched: WatchedLibrary) -> FactorLock:
    used = {match.factor.id: match.factor for match in watched.asked.values() if match is not None}
    editions = {name: plain.editions.get(name, method.default) for name, method in plain.methods.items()}
    return FactorLock(
        version=version("dafeng"),
        edition=plain.edition,
        files=_files(city),
        methods=_kept(city, "methods", editions),
        packages=_kept(city, "packages", dict.fromkeys(plain.packages)),
        factors=used,
        answers=gather(watched.asked),
        substitutes=_substitutes(plain.library, watched),
    )


def _kept(city: City, kind: str, editions: Mapping[str, str | None]) -> dict[str, LockedFile]:
    paths = definition_paths(city, kind)
    return {
        name: LockedFile(name, edition, _name(paths[name], city), hash_file(paths[name])) for name, edition in editions.items()
    }


def _substitutes(library: FactorLibrary, watched: WatchedLibrary) -> dict[tuple[str, str], Substitute]:
    """Substitutes of what was asked, and theirs in turn."""
    found: dict[tuple[str, str], Substitute] = {}
    waiting = [(question.key.purpose, question.key.substance) for question in watched.asked]
    while waiting:
        key = waiting.pop()
        one = library.substitutes.get(key)
        if one is not None and key not in found:
            found[key] = one
            waiting.append((key[0], one.substance))
    return found


def _files(city: City) -> dict[str, str]:
    paths = (path for folder in layers(city.overlay) for pattern in _PATTERNS for path in folder.glob(pattern))
    return {_name(path, city): hash_file(path) for path in sorted(paths)}


def _name(path: Path, city: City) -> str:
    own = path.is_relative_to(city.overlay)
    folder = city.overlay if own else layers()[0]
    return f"{'city' if own else 'dafeng'}/{path.relative_to(folder).as_posix()}"


def _write(city: City, lock: FactorLock) -> None:
    """The kept definitions, then the lock that names them; what no lock names any more goes last."""
    wanted: set[Path] = set()
    for kind, held in (("methods", lock.methods), ("packages", lock.packages)):
        paths = definition_paths(city, kind)
        for name, one in held.items():
            kept = kept_path(city, kind, one)
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_whole(kept, paths[name].read_bytes())
            wanted.add(kept)
    write_whole(city.folder / LOCK, write_lock(lock, city.sources()).encode())
    for old in {*(city.folder / KEPT).rglob("*.yaml")} - wanted:
        old.unlink()


def _changes(found: tuple[Difference, ...], before: Account, after: Account) -> tuple[FactorChange, ...]:
    """Changes with an effect, the largest first; then those without."""
    effects = [one for year in sorted({*before.years, *after.years}) for one in _of_year(year, before, after)]
    seen = {name for one in effects for name in (one.before, one.after)}
    silent = [_silent(difference) for difference in found if difference.before is None or difference.before.id not in seen]
    return (*sorted(effects, key=lambda one: (-abs(one.effect), one.before, one.after)), *silent)


def _of_year(year: int, before: Account, after: Account) -> Iterator[FactorChange]:
    old, new = ({cell.id: cell for cell in side.years[year].cells} if year in side.years else {} for side in (before, after))
    for quantity in sorted({cell.method.quantity for cell in (*old.values(), *new.values())}):
        compared = compare(old.values(), new.values(), quantity=quantity)
        sums: dict[tuple[_Side, _Side], Decimal] = {}
        for cause in compared.causes:
            pair = _side(old.get(cause.cell), cause.cause), _side(new.get(cause.cell), cause.cause)
            sums[pair] = sums.get(pair, Decimal(0)) + cause.amount
        for (was, now), effect in sums.items():
            yield FactorChange(year, quantity, was[0], now[0], was[1], now[1], effect, compared.unit)


def _side(cell: Computed | None, cause: str) -> _Side:
    """Factor, or edition of a method, behind a cause."""
    if cell is None:
        return "", ""
    match = cell.matches.get(cause)
    if match is None:
        return f"{cell.method.id}:{cell.edition}", ""
    return match.factor.id, f"{match.value:f} {match.factor.unit}"


def _silent(difference: Difference) -> FactorChange:
    names = [(one.id, f"{'' if one.value is None else f'{one.value:f}'} {one.unit}") if one else ("", "")
             for one in (difference.before, difference.after)]  # fmt: skip
    return FactorChange(None, "", names[0][0], names[1][0], names[0][1], names[1][1], Decimal(0), "")


def _append(path: Path, changes: tuple[FactorChange, ...]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([] if path.is_file() else [_LOG])
    at = datetime.now(UTC).isoformat(timespec="seconds")
    for one in changes:
        figures = (one.before, one.value_before, one.after, one.value_after, f"{one.effect:f}", one.unit)
        writer.writerow((at, one.year or "", one.quantity, *figures))
    earlier = path.read_bytes() if path.is_file() else b""
    write_whole(path, earlier + text.getvalue().encode())
