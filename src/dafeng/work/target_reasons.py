"""Why a target is no row of the sector model: kinds of reasons, and what is said of each indicator.

Invariant: every target that is no row has one kind of reason, so that the kinds add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml, refusal

_COLUMNS: Mapping[str, Kind] = {"indicator": "text", "kind": "text", "zh": "text", "en": "text"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a target is no row.

    Parameters
    ----------
    kind : str
        Kind of reason.
    label : Label
        The kind in words.
    says : Label
        What is said of the target at hand.
    """

    kind: str
    label: Label
    says: Label


@dataclass(frozen=True, slots=True)
class Lacking:
    """One target that is no row.

    Parameters
    ----------
    label : Label
        Indicator.
    address : str
        Its trace.
    reason : Reason
        What would have to be known, or why it cannot be a row.
    above : bool
        Whether it stands in a plan above the city.
    """

    label: Label
    address: str
    reason: Reason
    above: bool


@dataclass(frozen=True, slots=True)
class Reasons:
    """All kinds of reasons, and those of indicators.

    Parameters
    ----------
    kinds : mapping of str to Reason
        In the order in which they are told.
    indicators : mapping of str to Reason
        By indicator.
    """

    kinds: Mapping[str, Reason]
    indicators: Mapping[str, Reason]

    def of(self, kind: str) -> Reason:
        """A reason that follows from the target itself.

        Parameters
        ----------
        kind : str
            Its kind.

        Returns
        -------
        Reason
            In the words of the kind.
        """
        return self.kinds[kind]

    def about(self, indicator: str) -> Reason:
        """The reason of an indicator.

        Parameters
        ----------
        indicator : str
            Its id.

        Returns
        -------
        Reason
            ``other`` where nothing is said of it.
        """
        return self.indicators.get(indicator, self.kinds["other"])

    def count(self, lacking: Iterable[Lacking]) -> list[tuple[Reason, int]]:
        """Targets by kind of reason.

        Parameters
        ----------
        lacking : iterable of Lacking
            Targets that are no rows.

        Returns
        -------
        list of (Reason, int)
            Each kind that occurs, in the order of telling.
        """
        counts = Counter(one.reason.kind for one in lacking)
        return [(one, counts[one.kind]) for one in self.kinds.values() if counts[one.kind]]


@cache
def read_reasons() -> Reasons:
    """Reasons of the package.

    Returns
    -------
    Reasons
        Of ``data/consistency/reasons.yaml`` and ``reasons.csv``.

    Raises
    ------
    DefinitionError
        If a table breaks its form, or names a kind that does not exist.
    """
    folder = shipped() / "consistency"
    named = {one["id"]: Label(**one["label"]) for one in load_yaml(folder / "reasons.yaml")["kinds"]}
    kinds = {kind: Reason(kind, label, label) for kind, label in named.items()}
    indicators = {}
    for row in load_csv(folder / "reasons.csv", _COLUMNS, key=("indicator",)):
        if row["kind"] not in kinds:
            raise refusal(
                f"{row['at']}:2",
                f"没有“{row['kind']}”这一类原因",
                f"there is no kind of reason '{row['kind']}'",
                expected=Label(f"以下之一：{'、'.join(kinds)}", f"one of {', '.join(kinds)}"),
            )
        indicators[row["indicator"]] = replace(kinds[row["kind"]], says=Label(row["zh"], row["en"]))
    return Reasons(kinds, indicators)
