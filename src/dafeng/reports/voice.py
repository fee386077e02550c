"""How a report of an inventory speaks: one language, words of closed lists, figures and units for reading.

Invariant: a figure is rounded once for reading and never shown as zero where it is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.labels import Language
from dafeng.core.units import unit
from dafeng.reports.blocks import Figure, Paragraph, Part
from dafeng.reports.sheets import read_words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Speech:
    """One language and what is spoken of.

    Parameters
    ----------
    form : mapping
        Document that is spoken of.
    language : {"zh", "en"}
        Language.
    """

    form: Row
    language: Language

    def text(self, zh: str, en: str) -> str:
        """One of two texts.

        Parameters
        ----------
        zh, en : str
            The same in both languages.

        Returns
        -------
        str
            The one of this language.
        """
        return zh if self.language == "zh" else en

    def heads(self, zh: str, en: str) -> tuple[str, ...]:
        """Headings of a table.

        Parameters
        ----------
        zh, en : str
            Headings with ``|`` between them.

        Returns
        -------
        tuple of str
            Those of this language.
        """
        return tuple(self.text(zh, en).split("|"))

    def read(self, label: Row | str | None) -> str:
        """A label of the form.

        Parameters
        ----------
        label : mapping, str or None
            Text in both languages, or as published.

        Returns
        -------
        str
            The text of this language; empty where there is none.
        """
        if isinstance(label, str):
            return label
        return "" if label is None else str(label[self.language])

    def word(self, group: str, name: str) -> str:
        """Word of a closed list.

        Parameters
        ----------
        group, name : str
            The list and its member.

        Returns
        -------
        str
            The word, or the member itself where the list has none.
        """
        found = read_words().get(f"{group}.{name}")
        return found.read(self.language) if found else name

    def unit(self, text: str) -> str:
        """A unit in words.

        Parameters
        ----------
        text : str
            Unit as stored.

        Returns
        -------
        str
            The unit in this language, as stored where no catalogue has it.
        """
        try:
            return unit(text).read(self.language).replace("10^4", "10⁴").replace("10^8", "10⁸")
        except UnitError:
            return text

    def say(self, *parts: Part) -> Paragraph:
        """A paragraph.

        Parameters
        ----------
        *parts : str or Figure
            Words and figures.

        Returns
        -------
        Paragraph
            Of those parts.
        """
        return Paragraph(parts)

    def join(self, texts: list[str]) -> str:
        """Names one after another.

        Parameters
        ----------
        texts : list of str
            Names.

        Returns
        -------
        str
            With the comma of this language.
        """
        return self.text("、", ", ").join(texts)


@dataclass(frozen=True, slots=True)
class Voice(Speech):
    """The form of an inventory (``work.inventory_form.inventory_form``) in one language."""

    @property
    def title(self) -> str:
        """City and year."""
        name = self.read(self.form["place"]["label"])
        return self.text(f"{name}{self.form['year']}年温室气体清单", f"{name}: greenhouse gas inventory {self.form['year']}")

    @property
    def lines(self) -> list[Row]:
        """Lines of the main layout."""
        return list(self.form["layouts"][0]["lines"])

    def line(self, code: str) -> Row:
        """Line of the main layout.

        Parameters
        ----------
        code : str
            Code of a line or id of a total.

        Returns
        -------
        mapping
            The line.
        """
        return next(line for line in self.lines if line["code"] == code)

    def amount(self, row: Row) -> Figure:
        """Emission of a row with its unit.

        Parameters
        ----------
        row : mapping
            With ``co2e`` [10^4 t] and ``address``.

        Returns
        -------
        Figure
            Two decimals.
        """
        return Figure(self.text(f"{digits(row['co2e'])}万吨二氧化碳当量", f"{digits(row['co2e'])} × 10⁴ tCO2e"), row["address"])

    def figure(self, row: Row) -> Part:
        """Emission of a row without a unit, or its notation key.

        Parameters
        ----------
        row : mapping
            With ``co2e`` [10^4 t], ``key`` and ``address``.

        Returns
        -------
        Figure or str
            For a table whose unit stands above it.
        """
        return str(row["key"]) if row["co2e"] is None else Figure(digits(row["co2e"]), row["address"])


def digits(value: str | None, *, places: int = 2) -> str:
    """A figure for reading.

    Parameters
    ----------
    value : str or None
        Exact decimal.
    places : int
        Decimal places; a smaller figure keeps two significant digits, so that it is never shown as zero.

    Returns
    -------
    str
        With thousands separated; a dash where there is none.
    """
    if value is None:
        return "—"
    number = Decimal(value)
    least = Decimal(1).scaleb(-places)
    step = least if abs(number) >= least or not number else Decimal(1).scaleb(number.adjusted() - 1)
    return f"{number.quantize(step):,f}".replace("-", "−")
