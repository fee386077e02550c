"""Pedigree: scores of data quality, and by how much each widens the interval of a quantity.

Invariant: a score that nobody gave is the worst score; no quantity is better for being described less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log, sqrt
from pathlib import Path
from typing import Any, Literal, get_args

from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import definition_files, layers
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import refusal

By = Literal["grade", "match", "age", "place", "fact", "indicator", "factor"]
"""What scores are read from. ``indicator`` and ``factor`` are statements on one quantity and stand alone."""
DIMENSIONS = ("reliability", "completeness", "time", "place", "technology")
"""Dimensions of quality, in the order of all scores."""
WORST = 5
"""Worst score; also that of what nobody scored."""
Scores = tuple[int, int, int, int, int]
"""One score for each dimension."""
_STEPS: Mapping[str, Kind] = {
    "dimension": "text",
    "score": "integer",
    "factor": "decimal",
    "zh": "text",
    "en": "text",
    "source": "text",
    "evidence": "text",
}
_SCORES: Mapping[str, Kind] = {"by": "text", "value": "text", **dict.fromkeys(DIMENSIONS, "integer?")}


@dataclass(frozen=True, slots=True)
class Pedigree:
    """Scores by what they are read from, and what each score means.

    Parameters
    ----------
    factors : mapping of (dimension, score) to Decimal
        Factor by which a score widens the 95 % interval. [1]
    labels : mapping of (dimension, score) to Label
        What a score means.
    rows : mapping of (by, value) to tuple of int or None
        Scores in the order of ``DIMENSIONS``; ``None`` where the row says nothing.
    """

    factors: Mapping[tuple[str, int], Decimal]
    labels: Mapping[tuple[str, int], Label]
    rows: Mapping[tuple[str, str], tuple[int | None, ...]]

    def score(self, given: Iterable[tuple[By, str]]) -> Scores:
        """Scores of a quantity.

        Parameters
        ----------
        given : iterable of (by, value)
            What is known of it: its evidence grade, how it matched, its age in years …

        Returns
        -------
        tuple of int
            One score for each dimension: the worst of the rows that apply, 5 where none says anything.
        """
        listed = [(by, self._age(value) if by == "age" else value) for by, value in given]
        alone = [pair for pair in listed if pair[0] in ("indicator", "factor") and pair in self.rows]
        rows = [self.rows.get(pair, (None,) * len(DIMENSIONS)) for pair in (alone or listed)]
        found = (max((row[n] or 0 for row in rows), default=0) or WORST for n in range(len(DIMENSIONS)))
        first, second, third, fourth, fifth = found
        return first, second, third, fourth, fifth

    def widen(self, scores: Scores) -> float:
        """Factor by which scores widen the 95 % interval.

        Parameters
        ----------
        scores : tuple of int
            One score for each dimension.

        Returns
        -------
        float
            The value divided and multiplied by it are the ends; its square root is the geometric standard deviation
            (to within 1.96 for 2). [1]
        """
        steps = (log(float(self.factors[pair])) for pair in zip(DIMENSIONS, scores, strict=True))
        return exp(sqrt(sum(step * step for step in steps)))

    def _age(self, years: str) -> str:
        """The row of an age: the first limit that is not passed."""
        limits = sorted(int(value) for by, value in self.rows if by == "age")
        return next((str(limit) for limit in limits if int(years) <= limit), "")


def read_pedigree(*folders: Path) -> Pedigree:
    """Pedigree that ships, with the scores that overlay folders state.

    Parameters
    ----------
    *folders : Path
        Overlay folders; their ``quality/scores.csv`` add scores, never edit them.

    Returns
    -------
    Pedigree
        Scores and steps.

    Raises
    ------
    DefinitionError
        If a file breaks its columns, a score lies outside 1 to 5, or something is scored twice.
    """
    stack, known = layers(*folders), read_sources(*folders)
    steps = [row for path in definition_files(stack, "quality/pedigree.csv") for row in load_csv(path, _STEPS)]
    for row in steps:
        check_source(row["source"], known, row["at"])
    return Pedigree(
        {(row["dimension"], row["score"]): row["factor"] for row in steps},
        {(row["dimension"], row["score"]): Label(row["zh"], row["en"]) for row in steps},
        _scores(row for path in definition_files(stack, "quality/scores.csv") for row in load_csv(path, _SCORES)),
    )


def _scores(rows: Iterable[Mapping[str, Any]]) -> Mapping[tuple[str, str], tuple[int | None, ...]]:
    found: dict[tuple[str, str], tuple[int | None, ...]] = {}
    for row in rows:
        key = (row["by"], row["value"])
        if row["by"] not in get_args(By) or key in found:
            raise refusal(row["at"], f"“{'/'.join(key)}”不明或重复", f"'{'/'.join(key)}' is unknown or scored twice")
        found[key] = tuple(row[dimension] for dimension in DIMENSIONS)
        if any(score is not None and not 1 <= score <= WORST for score in found[key]):
            raise refusal(row["at"], "评分为 1 至 5", "a score is 1 to 5")
    return found
