"""Patterns of responsibility, made of the words of ``data/plans/responsibility.yaml``.

Invariant: a word stands in the data file only; the patterns say how words follow each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dafeng.library.strict import load_yaml
from dafeng.plans.lexicon import either

ASIDE = "（[^）]{0,12}）|〔[^〕]{0,12}〕"
BEFORE = r"[^，。；：？！\d]{1,34}"


@dataclass(frozen=True, slots=True)
class Wording:
    """Compiled patterns.

    Parameters
    ----------
    label : re.Pattern of str
        Label with its colon, in front of organisations, persons or times; group ``label``.
    unnamed : re.Pattern of str
        Label of persons or times.
    bare_label : re.Pattern of str
        Label without colon, in front of a name.
    named : re.Pattern of str
        Name with an ending that only organisations have.
    likely : re.Pattern of str
        Name with an ending that places have too.
    area : re.Pattern of str
        Kinds of areas, without a name.
    areas : re.Pattern of str
        Kinds of areas with their offices, as 县（市、区）人民政府.
    several : re.Pattern of str
        At least two kinds of areas, which stand for many.
    collective : re.Pattern of str
        What shows that a name stands for many.
    continued : re.Pattern of str
        Word that goes on a collective.
    partner : re.Pattern of str
        Word that follows a linking word without being a name.
    others : re.Pattern of str
        “And others” with what it counts.
    duty : re.Pattern of str
        Last words of a list that say what those before do.
    glued : re.Pattern of str
        Such words with a name right behind them.
    remark : re.Pattern of str
        What is a remark whatever its ending.
    stray : re.Pattern of str
        Word that no name without a known ending has.
    """

    label: re.Pattern[str]
    unnamed: re.Pattern[str]
    bare_label: re.Pattern[str]
    named: re.Pattern[str]
    likely: re.Pattern[str]
    area: re.Pattern[str]
    areas: re.Pattern[str]
    several: re.Pattern[str]
    collective: re.Pattern[str]
    continued: re.Pattern[str]
    partner: re.Pattern[str]
    others: re.Pattern[str]
    duty: re.Pattern[str]
    glued: re.Pattern[str]
    remark: re.Pattern[str]
    stray: re.Pattern[str]


@cache
def wording() -> Wording:
    """Patterns of the shipped words.

    Returns
    -------
    Wording
        Made once.

    Raises
    ------
    DefinitionError
        If the data file is malformed.
    """
    tree = load_yaml(files("dafeng").joinpath("data/plans/responsibility.yaml").read_text(encoding="utf-8"))
    words = {str(role): either(map(str, listed)) for role, listed in tree.items()}
    label, unnamed = _label(words), _unnamed(words)
    area = rf"(?:{words['areas']}|{ASIDE})"
    seat = rf"(?:{words['seats']})"
    return Wording(
        label=re.compile(rf"(?P<label>{label}|{unnamed})[：:]"),
        unnamed=re.compile(unnamed),
        bare_label=re.compile(rf"(?:{words['label_acts']})(?:责任)?(?:单位|部门)(?=[省市县区州盟旗国各自中])"),
        named=re.compile(rf"{BEFORE}(?:{words['endings']})"),
        likely=re.compile(rf"{BEFORE}(?:{words['endings']}|{words['weak_endings']})"),
        area=re.compile(rf"{area}+"),
        areas=re.compile(rf"{area}+(?:{seat}|、|{ASIDE}|和)*"),
        several=re.compile(rf"{area}{{2,}}(?:{seat}|{ASIDE})*"),
        collective=_collective(words),
        continued=re.compile(rf"(?:{words['continued']})|{ASIDE}(?:人民政府|政府)?"),
        partner=re.compile(rf"(?:有关|相关|各)?(?:{words['partners']})"),
        others=_others(words),
        duty=_duty(words),
        glued=re.compile(
            r"(?<=[^，、；。])(牵头|配合|负责|落实|参与|协助|分工负责)"
            rf"(?=(?:[省市县区州盟旗各]|国家|自治|有关|相关|中央)[^，、；。]{{1,16}}(?:{words['endings']}))"
        ),
        remark=re.compile(rf"{words['remarks']}|\d{{4}}年|[？！：]|\d+(?:年|月|万|%|个|亿)"),
        stray=re.compile(words["no_names"]),
    )


def _label(words: Mapping[str, str]) -> str:
    acts = rf"(?:{words['label_acts']})(?:责任)?(?:{words['label_bodies']})"
    return rf"(?:{words['label_scopes']}){{0,3}}(?:{acts}|{words['labels_alone']})(?:及分工|[和及]配合单位)?"


def _unnamed(words: Mapping[str, str]) -> str:
    return rf"(?:(?:{words['person_scopes']}){{0,3}}(?:{words['persons']})|{words['times']})"


def _collective(words: Mapping[str, str]) -> re.Pattern[str]:
    kinds = words["kinds"]
    return re.compile(
        rf"各(?!自)|^(?:{words['any_of']})|^沿.{{1,2}}[市区县盟]|(?:{words['which']})(?:{kinds})|(?:有关|相关)[^、]{{0,8}}(?:{kinds})$"
        r"|^驻.{1,3}(?:单位|企业|高校|部队|央企)|(?:中央|省|部|国)[直属级]?驻|[直级](?:机关)?(?:部门|单位)$"
        rf"|(?:{words['firms']})(?:企业|单位|国企)$|^金融机构$|^央企|在.{{1,2}}(?:央企|高校|单位)$"
    )


def _others(words: Mapping[str, str]) -> re.Pattern[str]:
    which = rf"(?:各?有关|各?相关|各|其他|骨干|重点|龙头|{words['which']})"
    kinds = words["kinds"]
    level = r"(?:国家|中央|自治区|[省市县区州盟旗])?[直级属]?"
    pair = rf"{level}{which}{{0,3}}(?:{kinds})(?:[和及、](?:各?有关|各?相关)?(?:{kinds}))?"
    counted = rf"(?:{pair}|[^各、，和及与]{{0,4}}(?:企业|单位|机构|部门))?"
    return re.compile(rf"(?<![高中初平上下同均])等(?:\d+个|多个)?{counted}(?=$|以及|[和及与，。；])")


def _duty(words: Mapping[str, str]) -> re.Pattern[str]:
    ways, acts = words["ways"], words["acts"]
    return re.compile(
        r"(?:按|依|根据|结合|对照)[照据]?[^，；]{0,6}?(?:职责|职能|责任|权限|分工|职权|管辖|管理).*$"
        r"|为(?:主要|第一)?(?:牵头|责任|配合|主责|参与)(?:单位|部门).*$"
        rf"|(?:{ways}){{0,3}}(?:{acts})(?:{ways}|{acts}|、|和|并){{0,4}}(?:单位|相关工作|工作|推进工作)?$"
    )
