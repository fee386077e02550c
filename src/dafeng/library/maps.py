"""Tiles of a city's districts, how texts name them, what stands in them, and how a map's approval is written.

Invariant: a tile stands for one place and no two tiles of a city lie on each other; positions are schematic and
hold no boundary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.core.places import place
from dafeng.library.listing import load_csv
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml, refusal

FOLDER = "maps"
"""Folder of the maps among the definitions of the package."""
PROJECT, AREA = "project", "area"
"""What a plan places in a district: something named, or a line of work."""
FIELDS = ("industry", "energy", "buildings", "transport", "forestry", "agriculture", "city")
"""Fields of work that a located thing belongs to."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One district on the tile map.

    Parameters
    ----------
    place : str
        Administrative code.
    label, full : Label
        Short name, official name.
    column, row : int
        Position from 1; columns run east, rows south.
    zone : bool
        Whether it is a development zone, whose land belongs to districts that have tiles of their own.
    """

    place: str
    label: Label
    full: Label
    column: int
    row: int
    zone: bool


@dataclass(frozen=True, slots=True)
class Located:
    """What a plan places in a district.

    Parameters
    ----------
    id : str
        Id inside the city.
    place : str
        Code of the district.
    kind : str
        ``project`` (a named plant, park, base, pilot) or ``area`` (a district named for a line of work).
    field : str
        Field of work.
    label : Label
        What it is.
    start, end, paragraph : int
        Where the plan says so. [characters, characters, paragraphs]
    """

    id: str
    place: str
    kind: str
    field: str
    label: Label
    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a district.

    Parameters
    ----------
    word : str
        How texts write it.
    place : str
        Code of the district.
    says : Label
        Why it is that district.
    """

    word: str
    place: str
    says: Label


def read_tiles(city: str, *, overlay: Path | None = None) -> tuple[Tile, ...]:
    """Tiles of a city's districts.

    Parameters
    ----------
    city : str
        Administrative code of the city.
    overlay : Path, optional
        Folder of the city's own definitions; its ``tiles.csv`` comes after those of the package.

    Returns
    -------
    tuple of Tile
        From north to south and west to east; empty where nobody has drawn them.

    Raises
    ------
    DefinitionError
        If a file breaks the form, or two tiles lie on each other.
    """
    rows = [row for path in _layers("tiles.csv", overlay) for row in load_csv(path, _TILES, key=("place",))]
    own = [row for row in rows if row["city"] == city]
    taken: dict[tuple[int, int], str] = {}
    for row in own:
        spot = (row["column"], row["row"])
        if min(spot) < 1 or spot in taken:
            said = taken.get(spot, "")
            raise refusal(
                row["at"],
                f"位置 {spot} 不可用或已被占用 {said}",
                f"the position {spot} cannot be used or is taken {said}",
                expected=Label("列、行从 1 起，一格一区", "columns and rows from 1, one district each"),
            )
        taken[spot] = row["place"]
    return tuple(_tile(row) for row in sorted(own, key=lambda row: (row["row"], row["column"])))


def read_located(overlay: Path) -> tuple[Located, ...] | None:
    """What the plan of a city places in its districts.

    Parameters
    ----------
    overlay : Path
        Folder of the city's own definitions.

    Returns
    -------
    tuple of Located or None
        In the order of the file; ``None`` where the plan was not searched for districts.

    Raises
    ------
    DefinitionError
        If the file breaks the form.
    """
    path = overlay / "located.csv"
    return tuple(_located(row) for row in load_csv(path, _LOCATED, key=("id",))) if path.is_file() else None


def read_sited(overlay: Path) -> Mapping[str, tuple[str, Label]]:
    """Figures of the whole city that stand in one district.

    Parameters
    ----------
    overlay : Path
        Folder of the city's own definitions.

    Returns
    -------
    mapping of str to (str, Label)
        Indicator → code of the district and why.
    """
    path = overlay / "sited.csv"
    rows = load_csv(path, _SITED, key=("indicator",)) if path.is_file() else ()
    return {row["indicator"]: (row["place"], Label(row["zh"], row["en"])) for row in rows}


@cache
def read_aliases() -> tuple[Alias, ...]:
    """Further names of districts in texts.

    Returns
    -------
    tuple of Alias
        As the package lists them.
    """
    rows = load_csv(shipped() / FOLDER / "names.csv", _NAMES, key=("word",))
    return tuple(Alias(row["word"], row["place"], Label(row["zh"], row["en"])) for row in rows)


def names_place(text: str, tile: Tile) -> bool:
    """Whether a text, as the name of an organisation, names a district.

    Parameters
    ----------
    text : str
        The text.
    tile : Tile
        The district.

    Returns
    -------
    bool
        True if its official name, or another of its names, begins the text.
    """
    words = (tile.full.zh, *(one.word for one in read_aliases() if one.place == tile.place))
    return text.startswith(words)


@dataclass(frozen=True, slots=True)
class MapRules:
    """What an imported map has to say of itself.

    Parameters
    ----------
    approval : tuple of (re.Pattern, str)
        Forms of an approval number, each with an example.
    systems : mapping of str to Label
        Coordinate systems that are accepted, with what they are.
    shifted : mapping of str to Label
        Coordinate systems that are refused, with the reason.
    crs : mapping of str to str
        Names of systems inside a file and what they mean.
    law : Label
        Why a number is needed.
    regions : mapping of str to tuple of float
        Beginning of a place's code → west, south, east, north end of where its boundary may lie. [°]
    """

    approval: tuple[tuple[re.Pattern[str], str], ...]
    systems: Mapping[str, Label]
    shifted: Mapping[str, Label]
    crs: Mapping[str, str]
    law: Label
    regions: Mapping[str, tuple[float, float, float, float]]

    def region(self, place: str) -> tuple[float, float, float, float]:
        """Where the boundary of a place may lie.

        Parameters
        ----------
        place : str
            Administrative code.

        Returns
        -------
        tuple of float
            West, south, east, north end, of the longest beginning of the code that is listed. [°]
        """
        return self.regions[max((code for code in self.regions if place.startswith(code)), key=len)]


@cache
def read_map_rules() -> MapRules:
    """The rules of imported maps.

    Returns
    -------
    MapRules
        As the package states them.
    """
    read = load_yaml(shipped() / FOLDER / "rules.yaml")
    return MapRules(
        tuple((re.compile(row["pattern"]), row["example"]) for row in read["approval"]),
        {name: Label(**said) for name, said in read["systems"].items()},
        {name: Label(**said) for name, said in read["shifted"].items()},
        dict(read["crs"]),
        Label(**read["law"]),
        {str(row["code"]): (row["west"], row["south"], row["east"], row["north"]) for row in read["regions"]},
    )


_TILES: Mapping[str, Any] = {"city": "text", "place": "text", "zh": "text", "en": "text", "column": "integer", "row": "integer"}
_NAMES: Mapping[str, Any] = dict.fromkeys(("word", "place", "zh", "en"), "text")
_SITED: Mapping[str, Any] = dict.fromkeys(("indicator", "place", "zh", "en"), "text")
_LOCATED: Mapping[str, Any] = {
    **dict.fromkeys(("id", "place", "kind", "field", "zh", "en"), "text"),
    **dict.fromkeys(("start", "end", "paragraph"), "integer"),
}


def _layers(name: str, overlay: Path | None) -> tuple[Path, ...]:
    own = () if overlay is None or not (overlay / name).is_file() else (overlay / name,)
    return (shipped() / FOLDER / name, *own)


def _tile(row: Mapping[str, Any]) -> Tile:
    short = Label(row["zh"], row["en"])
    try:
        known = place(row["place"])
    except LookupFailure:  # an invented city has codes of its own
        return Tile(row["place"], short, short, row["column"], row["row"], zone=False)
    return Tile(row["place"], short, known.label, row["column"], row["row"], zone=known.kind == "zone")


def _located(row: Mapping[str, Any]) -> Located:
    if row["kind"] not in (PROJECT, AREA) or row["field"] not in FIELDS or not 0 <= row["start"] < row["end"]:
        raise refusal(
            row["at"],
            "类别、领域或位置不成立",
            "the kind, the field or the position does not hold",
            expected=Label(f"{PROJECT}、{AREA}；{'、'.join(FIELDS)}", f"{PROJECT}, {AREA}; {', '.join(FIELDS)}"),
        )
    plain = {name: row[name] for name in _LOCATED if name not in ("zh", "en")}
    return Located(**plain, label=Label(row["zh"], row["en"]))
