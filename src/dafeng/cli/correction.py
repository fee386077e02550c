"""``dafeng correct``, ``dafeng corrections`` and ``dafeng ingest --map``: what was asked, and what is printed.

Invariant: reported and corrected value stand side by side, each with its unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, say
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of ``dafeng correct``.

    Parameters
    ----------
    fact, value, unit, reason, who, accept : str or None
        As typed.
    sure : bool
        Whether the value is kept although the audit doubts it.
    """

    fact: str | None
    value: str | None
    unit: str | None
    reason: str | None
    who: str
    accept: str | None
    sure: bool = False


def mapping(texts: Sequence[str] | None) -> dict[str, str]:
    """Mapping of headings from the option ``--map``.

    Parameters
    ----------
    texts : sequence of str or None
        As typed.

    Returns
    -------
    dict of str to str
        Our name of a column by its heading.

    Raises
    ------
    SettingError
        If a text maps nothing.
    """
    from dafeng.readers.mapping import read_mapping

    return read_mapping(texts or ())


def correct(city: df.City, asked: Asked) -> df.Correction:
    """Correct a figure as asked.

    Parameters
    ----------
    city : City
        The city.
    asked : Asked
        The options.

    Returns
    -------
    Correction
        Both values.

    Raises
    ------
    SettingError
        If neither a figure with its value nor a suggestion is named.
    """
    if asked.accept is not None and asked.fact is None and asked.value is None:
        return df.accept(city, asked.accept, reason=asked.reason, who=asked.who)
    if asked.accept is not None or asked.fact is None or asked.value is None:
        raise SettingError(
            Label("没有说明更正哪个数、改为多少", "it is not said which figure gets which value"),
            where="dafeng correct",
            expected=Label("FACT --value 数值 --reason 理由 --who 姓名，或 --accept 建议编号 --who 姓名",
                           "FACT --value V --reason WHY --who NAME, or --accept ID --who NAME"),
            remedy=Label("补全选项；编号见 dafeng audit CITY --json", "complete the options; see dafeng audit CITY --json"),
        )  # fmt: skip
    return df.correct(
        city, asked.fact, value=asked.value, unit=asked.unit, reason=asked.reason or "", who=asked.who, sure=asked.sure
    )


def show(found: Sequence[df.Correction], language: Language, *, as_json: bool) -> None:
    """Print corrections.

    Parameters
    ----------
    found : sequence of Correction
        The corrections.
    language : {"zh", "en"}
        Language of the heads.
    as_json : bool
        Print JSON.
    """
    from dafeng.readers.numbers import plain

    if as_json:
        print_json([asdict(one) for one in found])
        return
    heads = say(
        language, "编号 位置 指标 原报 更正 理由 何人 何时 有效", "id where figure reported corrected reason who when counts"
    )
    rows = [
        [
            one.fact, one.at, one.subject, f"{plain(one.reported)} {one.reported_unit}", f"{plain(one.corrected)} {one.unit}",
            one.reason, one.who, one.when.strftime("%Y-%m-%d %H:%M"), "✓" if one.in_force else "–",
        ]
        for one in found
    ]  # fmt: skip
    console().print(grid(say(language, f"{len(rows)} 处更正", f"{len(rows)} corrections"), heads.split(), rows, right=(3, 4)))
