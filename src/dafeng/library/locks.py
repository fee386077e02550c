"""Factors pinned for a study: what was asked, what answered, and with which digits.

Invariant: a question that is pinned is answered by the pinned factor, or stays unanswered as it was, whatever a newer
library holds; a question that is not pinned goes to the library and is noted as lying beyond the lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dafeng.core.errors import DefinitionError, LookupFailure, PurposeError
from dafeng.core.labels import Label
from dafeng.library.factor import Factor, Key, Match, Substitute, failure
from dafeng.library.factors import FactorLibrary, library


@dataclass(frozen=True, slots=True)
class Question:
    """A look-up with everything its answer depends on.

    Parameters
    ----------
    key : Key
        What was asked; a sector of ``None`` stands for every sector.
    fallback : tuple of str
        Standards searched after that of the key, in order.
    provisional : bool
        Whether weak evidence was allowed.
    """

    key: Key
    fallback: tuple[str, ...] = ()
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class LockedFile:
    """A definition file as the study used it.

    Parameters
    ----------
    id : str
        Method or package.
    edition : str or None
        Edition of the method; ``None`` for a package.
    file : str
        Definition file.
    sha256 : str
        Hash of that file.
    """

    id: str
    edition: str | None
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FactorLock:
    """What a study is pinned to.

    Parameters
    ----------
    version : str
        Release of the program that wrote the lock.
    edition : str or None
        Edition of the methods that was asked for; ``None`` for the newest at that time.
    files : mapping of str to str
        Hash of every definition file of the release and of the city, by name.
    methods : mapping of str to LockedFile
        Methods by id; those that came later are left out of the study.
    packages : mapping of str to LockedFile
        Guidelines by id; those that came later are left out too.
    factors : mapping of str to Factor
        Factors that answered, by id.
    answers : mapping of Question to (str or None)
        Factor that answered; ``None`` where nothing did.
    substitutes : mapping of (purpose, substance) to Substitute
        Substances that stood in.
    """

    version: str
    edition: str | None
    files: Mapping[str, str]
    methods: Mapping[str, LockedFile]
    packages: Mapping[str, LockedFile]
    factors: Mapping[str, Factor]
    answers: Mapping[Question, str | None]
    substitutes: Mapping[tuple[str, str], Substitute]


@dataclass(frozen=True, slots=True)
class WatchedLibrary(FactorLibrary):
    """A library that notes every question and its answer.

    Parameters
    ----------
    asked : dict of Question to (Match or None)
        Filled by look-ups; ``None`` where nothing answered.
    """

    asked: dict[Question, Match | None] = field(default_factory=dict, repr=False)

    def find(self, key: Key, *, fallback: tuple[str, ...] = (), provisional: bool = False) -> Match:
        """Factor for a key, noted.

        Parameters
        ----------
        key : Key
            What is asked.
        fallback : tuple of str
            Standards to search next, in order.
        provisional : bool
            Whether weak evidence may be used.

        Returns
        -------
        Match
            As the library itself answers.

        Raises
        ------
        LookupFailure
            If nothing answers the key; that is noted too.
        """
        question = Question(key, fallback, provisional)
        self.asked[question] = None
        found = _plain(self).find(key, fallback=fallback, provisional=provisional)
        self.asked[question] = found
        return found

    def add(self, factors: Iterable[Factor]) -> FactorLibrary:
        """The same with more factors, still watched.

        Parameters
        ----------
        factors : iterable of Factor
            Factors of one study.

        Returns
        -------
        FactorLibrary
            Notes in the same place.
        """
        more = _plain(self).add(factors)
        return WatchedLibrary(more.factors, more.names, more.substitutes, more._index, self.asked)


@dataclass(frozen=True, slots=True)
class LockedLibrary(FactorLibrary):
    """A library behind a lock: pinned questions get pinned answers.

    Parameters
    ----------
    lock : FactorLock
        The lock.
    beyond : dict of Question to (str or None)
        Filled by look-ups: questions that the lock does not hold, with the factor of the library that answered.
    """

    lock: FactorLock = field(kw_only=True)
    beyond: dict[Question, str | None] = field(default_factory=dict, repr=False)

    def find(self, key: Key, *, fallback: tuple[str, ...] = (), provisional: bool = False) -> Match:
        """Factor for a key: the pinned one, else that of the library.

        Parameters
        ----------
        key : Key
            What is asked.
        fallback : tuple of str
            Standards to search next, in order.
        provisional : bool
            Whether weak evidence may be used.

        Returns
        -------
        Match
            The match; a pinned one with the steps that led to it.

        Raises
        ------
        LookupFailure
            If nothing answers the key, or nothing did when the study was locked.
        """
        question = Question(key, fallback, provisional)
        pinned = self._pinned(question)
        if pinned is None:
            self.beyond[question] = None
            found = _plain(self).find(key, fallback=fallback, provisional=provisional)
            self.beyond[question] = found.factor.id
            return found
        name = self.lock.answers[pinned]
        if name is None:
            raise _unanswered(key, fallback)
        return recall(self.lock, name, question, self.names)

    def _pinned(self, question: Question) -> Question | None:
        """The pinned question that settles one: itself, or for every sector; sound evidence settles it for both modes."""
        for one in (question, every_sector(question)):
            if one in self.lock.answers:
                return one
            sound = replace(one, provisional=False)
            if self.lock.answers.get(sound) is not None:
                return sound
        return None

    def add(self, factors: Iterable[Factor]) -> FactorLibrary:
        """The same with more factors, still behind the lock.

        Parameters
        ----------
        factors : iterable of Factor
            Factors of one run.

        Returns
        -------
        FactorLibrary
            Notes in the same place.
        """
        more = _plain(self).add(factors)
        return LockedLibrary(more.factors, more.names, more.substitutes, more._index, lock=self.lock, beyond=self.beyond)


def watch(found: FactorLibrary) -> WatchedLibrary:
    """A library that notes what is asked.

    Parameters
    ----------
    found : FactorLibrary
        The library.

    Returns
    -------
    WatchedLibrary
        It answers as before.
    """
    return WatchedLibrary(found.factors, found.names, found.substitutes, found._index)


def locked(found: FactorLibrary, lock: FactorLock) -> LockedLibrary:
    """A library behind a lock.

    Parameters
    ----------
    found : FactorLibrary
        The library as it is now.
    lock : FactorLock
        What the study is pinned to.

    Returns
    -------
    LockedLibrary
        Its factors are those of the lock where both know an id, so that explanations show the pinned digits.
    """
    return LockedLibrary({**found.factors, **lock.factors}, found.names, found.substitutes, found._index, lock=lock)


def recall(lock: FactorLock, name: str, question: Question, names: Mapping[tuple[str, str], tuple[Label, str]]) -> Match:
    """A pinned answer with the steps that led to it.

    Parameters
    ----------
    lock : FactorLock
        The lock.
    name : str
        Id of the factor that answered.
    question : Question
        What was asked.
    names : mapping of (kind, id) to (Label, str)
        Names of substances.

    Returns
    -------
    Match
        Made by the same rules as any look-up, among this one factor.

    Raises
    ------
    LookupFailure, PurposeError
        If the factor does not answer the question: the lock contradicts itself.
    """
    alone = library({name: lock.factors[name]}, names, lock.substitutes)
    return alone.find(question.key, fallback=question.fallback, provisional=question.provisional)


def gather(asked: Mapping[Question, Match | None]) -> dict[Question, str | None]:
    """Answers without repetition: one for every sector where all sectors had the same.

    Parameters
    ----------
    asked : mapping of Question to (Match or None)
        What a watched library noted.

    Returns
    -------
    dict of Question to (str or None)
        Factor by question, in the order of their keys.
    """
    groups: dict[Question, dict[Question, str | None]] = {}
    for question, match in asked.items():
        groups.setdefault(every_sector(question), {})[question] = match.factor.id if match else None
    found: dict[Question, str | None] = {}
    for common, group in groups.items():
        same = len(set(group.values())) == 1 and not _by_sector(asked, group)
        found |= {common: next(iter(group.values()))} if same else group
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def every_sector(question: Question) -> Question:
    """The same question for every sector.

    Parameters
    ----------
    question : Question
        A question.

    Returns
    -------
    Question
        Without its sector.
    """
    return replace(question, key=replace(question.key, sector=None))


def fingerprint(factor: Factor) -> str:
    """Hash of everything that a factor says.

    Parameters
    ----------
    factor : Factor
        The factor.

    Returns
    -------
    str
        16 hexadecimal digits of a SHA-256; a value is hashed as a number, so 28 and 28.0 are one.
    """
    numbers = [None if number is None else f"{number.normalize():f}" for number in (factor.value, factor.lower, factor.upper)]
    key = [factor.substance, factor.parameter, factor.purpose, factor.standard, factor.place, factor.year, factor.sector]
    said = [factor.id, *key, *numbers, factor.unit, factor.source, factor.clause, factor.grade, factor.note]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def check_answers(lock: FactorLock, names: Mapping[tuple[str, str], tuple[Label, str]]) -> Question | None:
    """First question whose pinned answer does not answer it.

    Parameters
    ----------
    lock : FactorLock
        The lock.
    names : mapping of (kind, id) to (Label, str)
        Names of substances.

    Returns
    -------
    Question or None
        ``None`` where the lock agrees with itself.
    """
    for question, name in lock.answers.items():
        if name is None:
            continue
        try:
            if name not in lock.factors or recall(lock, name, question, names).factor.id != name:
                return question
        except (LookupFailure, PurposeError, DefinitionError):
            return question
    return None


def _plain(found: FactorLibrary) -> FactorLibrary:
    return FactorLibrary(found.factors, found.names, found.substitutes, found._index)


def _by_sector(asked: Mapping[Question, Match | None], group: Iterable[Question]) -> bool:
    return any(match is not None and match.factor.sector is not None for match in (asked[one] for one in group))


def _order(question: Question) -> tuple[str, ...]:
    key = question.key
    parts = (key.substance, key.parameter, key.purpose, key.standard, key.place, str(key.year), key.sector or "")
    return (*parts, *question.fallback, str(question.provisional))


def _unanswered(key: Key, fallback: tuple[str, ...]) -> LookupFailure:
    plain = failure(key, (), fallback)
    return LookupFailure(
        Label(f"{plain.what.zh}；锁定时即无此值", f"{plain.what.en}; there was none when the study was locked"),
        where=plain.where,
        expected=plain.expected,
        remedy=Label("补充因子后运行 dafeng lock CITY --update", "add a factor, then run dafeng lock CITY --update"),
    )
