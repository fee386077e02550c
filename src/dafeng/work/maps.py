"""``import_map``: a boundary file of the user's own, with the approval number it was published under.

Invariant: without a number of a known form, a stated coordinate system and a file that passes every check nothing is kept;
what is kept is the file as it came, its hash, and the drawing made of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dafeng.core.errors import CityError
from dafeng.core.labels import Label
from dafeng.library.maps import Tile, read_tiles
from dafeng.readers.boundaries import LARGEST, read_boundary
from dafeng.store.files import hash_bytes, write_whole
from dafeng.work.city import City
from dafeng.work.map_checks import check_approval, check_crs, check_day, check_region, check_source, check_system
from dafeng.work.map_overlaps import check_overlaps
from dafeng.work.outline import draw_boundary, drawing_document

FOLDER, FILE = "maps", "outline.json"
"""Where a city keeps its map, and the drawing in it."""


@dataclass(frozen=True, slots=True)
class ImportedMap:
    """A boundary that a city keeps.

    Parameters
    ----------
    approval : str
        Approval number as it is printed under the map.
    system : str
        Coordinate system.
    file, sha256 : str
        Name of the file as it came; hash of its bytes.
    at : datetime
        When it was taken in.
    points : int
        Points of the file.
    dropped : tuple of str
        Properties that were not taken.
    missing : tuple of Label
        Development zones that the file does not draw; their land belongs to districts.
    drawing : dict
        What is drawn.
    source, day : str
        Who published the boundary, and when as far as it is told; empty where nobody said so.
    matched : tuple of (str, str)
        Codes of the districts with what told them: ``code`` or ``name``.
    """

    approval: str
    system: str
    file: str
    sha256: str
    at: datetime
    points: int
    dropped: tuple[str, ...]
    missing: tuple[Label, ...]
    drawing: dict[str, Any]
    source: str = ""
    day: str = ""
    matched: tuple[tuple[str, str], ...] = ()


def import_map(city: City, file: Path | str, *, approval: str, system: str, source: str = "", day: str = "") -> ImportedMap:
    """Take a boundary file into a city; the pages draw it from then on.

    Parameters
    ----------
    city : City
        The city.
    file : Path or str
        GeoJSON with one polygon per district.
    approval : str
        Approval number of the map (审图号), such as ``GS(2019)1822号``.
    system : str
        Coordinate system of the file: ``CGCS2000`` or ``WGS84``.
    source, day : str, optional
        Who published the boundary; when, as ``2024``, ``2024-05`` or ``2024-05-01``.

    Returns
    -------
    ImportedMap
        What was kept.

    Raises
    ------
    SettingError
        If the number is missing or of no known form, or the coordinate system is not accepted or not that of the file.
    FileRefused
        If the file does not pass.
    CityError
        If no tiles are known for the city, so that its districts are not known either.
    """
    path = Path(file)
    with path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    made = check_map(city, content, name=path.name, approval=approval, system=system, source=source, day=day)
    keep_map(city, made, content)
    return made


def check_map(
    city: City, content: bytes, *, name: str, approval: str, system: str, source: str = "", day: str = ""
) -> ImportedMap:
    """Check a boundary file and draw it; nothing is kept.

    Parameters
    ----------
    city : City
        The city.
    content : bytes
        The file.
    name : str
        Its name.
    approval, system, source, day : str
        As for `import_map`.

    Returns
    -------
    ImportedMap
        What would be kept.

    Raises
    ------
    SettingError, FileRefused, CityError
        As for `import_map`.
    """
    number, taken = check_approval(approval), check_system(system)
    said, published = check_source(source), check_day(day)
    tiles = read_tiles(city.code, overlay=city.overlay)
    if not tiles:
        raise _no_tiles(city)
    names = {tile.place: tile.full for tile in tiles}
    needed = [tile.place for tile in tiles if not tile.zone]
    boundary = read_boundary(content, where=name, places=names, needed=needed)
    check_crs(boundary.crs, taken, name)
    check_region(boundary, city, name)
    check_overlaps(boundary, {tile.place: tile for tile in tiles}, name)
    drawn = {area.place for area in boundary.areas}
    return ImportedMap(
        number, taken, name, hash_bytes(content), datetime.now(UTC).replace(microsecond=0), boundary.points,
        boundary.dropped, _undrawn(tiles, drawn), dict(drawing_document(draw_boundary(boundary))),
        said, published, tuple((area.place, area.by) for area in boundary.areas),
    )  # fmt: skip


def keep_map(city: City, made: ImportedMap, content: bytes) -> None:
    """Keep a boundary; what was kept before is replaced in one step.

    Parameters
    ----------
    city : City
        The city.
    made : ImportedMap
        The boundary as it was checked.
    content : bytes
        The file.
    """
    folder = city.folder / FOLDER
    folder.mkdir(exist_ok=True)
    write_whole(folder / f"{made.sha256}.geojson", content)
    write_outline(city, map_document(made))


def write_outline(city: City, document: Mapping[str, Any]) -> None:
    """Let a city keep a drawing whose file is there already.

    Parameters
    ----------
    city : City
        The city.
    document : mapping
        As `map_document`.
    """
    write_whole(city.folder / FOLDER / FILE, json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")


def map_document(made: ImportedMap) -> dict[str, Any]:
    """An imported map as JSON.

    Parameters
    ----------
    made : ImportedMap
        The map.

    Returns
    -------
    dict
        ``approval, system, file, sha256, at, given, dropped, missing, source, day, matched`` and the drawing.
    """
    return {
        "approval": made.approval,
        "system": made.system,
        "file": made.file,
        "sha256": made.sha256,
        "at": made.at.isoformat(),
        "given": made.points,
        "dropped": list(made.dropped),
        "missing": [{"zh": one.zh, "en": one.en} for one in made.missing],
        "source": made.source,
        "day": made.day,
        "matched": [list(pair) for pair in made.matched],
        **made.drawing,
    }


def read_outline(city: City) -> dict[str, Any] | None:
    """The map that a city keeps.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    dict or None
        As `map_document`; ``None`` where none was imported.

    Raises
    ------
    CityError
        If the kept file is damaged.
    """
    path = city.folder / FOLDER / FILE
    if not path.is_file():
        return None
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        content = (path.parent / f"{read['sha256']}.geojson").read_bytes()
    except (ValueError, KeyError, OSError) as cause:
        raise _damaged(path) from cause
    if hash_bytes(content) != read["sha256"]:
        raise _damaged(path)
    return read


def with_outline(view: dict[str, Any], city: City) -> dict[str, Any]:
    """A view with the map that its city keeps now: a map is how figures are shown, and no figure itself.

    Parameters
    ----------
    view : dict
        The view document.
    city : City
        The city.

    Returns
    -------
    dict
        With ``districts.outline`` where the view knows the districts and the city keeps a map.
    """
    districts = view.get("districts")
    return {**view, "districts": {**districts, "outline": read_outline(city)}} if districts else view


def _undrawn(tiles: tuple[Tile, ...], drawn: set[str]) -> tuple[Label, ...]:
    return tuple(tile.full for tile in tiles if tile.place not in drawn)


def _no_tiles(city: City) -> CityError:
    return CityError(
        Label(f"不知道{city.label.zh}有哪些区市", f"the districts of {city.label.en} are not known"),
        where=str(city.overlay / "tiles.csv"),
        expected=Label("每个区市一格：city,place,zh,en,column,row", "a tile per district: city,place,zh,en,column,row"),
        remedy=Label("在城市的 data/tiles.csv 中写出区市", "list the districts in the city's data/tiles.csv"),
    )


def _damaged(path: Path) -> CityError:
    return CityError(
        Label("保存的地图已损坏", "the kept map is damaged"),
        where=str(path),
        expected=Label("导入时写下的内容", "what the import wrote"),
        remedy=Label("重新运行 dafeng map import", "run dafeng map import again"),
    )
