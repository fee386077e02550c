"""``import_map``: a boundary file of the user's own, with the approval number it was published under.

Invariant: without a number of a known form, a stated coordinate system and a file that passes every check nothing is kept;
what is kept is the file as it came, its hash, and the drawing made of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dafeng.core.errors import CityError, SettingError
from dafeng.core.labels import Label
from dafeng.library.maps import Tile, read_map_rules, read_tiles
from dafeng.readers.boundaries import LARGEST, read_boundary
from dafeng.store.files import hash_bytes, write_whole
from dafeng.work.city import City
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


def import_map(city: City, file: Path | str, *, approval: str, system: str) -> ImportedMap:
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
    number, taken = check_approval(approval), check_system(system)
    tiles = read_tiles(city.code, overlay=city.overlay)
    if not tiles:
        raise _no_tiles(city)
    with path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    names = {tile.place: tile.full for tile in tiles}
    needed = [tile.place for tile in tiles if not tile.zone]
    boundary = read_boundary(content, where=path.name, places=names, needed=needed)
    _check_crs(boundary.crs, taken, path.name)
    drawn = {area.place for area in boundary.areas}
    made = ImportedMap(
        number, taken, path.name, hash_bytes(content), datetime.now(UTC).replace(microsecond=0), boundary.points,
        boundary.dropped, _undrawn(tiles, drawn), dict(drawing_document(draw_boundary(boundary))),
    )  # fmt: skip
    folder = city.folder / FOLDER
    folder.mkdir(exist_ok=True)
    write_whole(folder / f"{made.sha256}.geojson", content)
    write_whole(folder / FILE, json.dumps(map_document(made), ensure_ascii=False, indent=1).encode() + b"\n")
    return made


def map_document(made: ImportedMap) -> dict[str, Any]:
    """An imported map as JSON.

    Parameters
    ----------
    made : ImportedMap
        The map.

    Returns
    -------
    dict
        ``approval, system, file, sha256, at, given, dropped, missing`` and the drawing.
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


def check_approval(text: str) -> str:
    """Approval number in the form in which it is printed.

    Parameters
    ----------
    text : str
        As typed; brackets and spaces of either width.

    Returns
    -------
    str
        With narrow brackets and without spaces.

    Raises
    ------
    SettingError
        If it is missing, of no known form or of a year to come; the message says why it is needed.
    """
    rules = read_map_rules()
    plain = re.sub(r"\s", "", text).translate(str.maketrans("（）０１２３４５６７８９ＧＳ", "()0123456789GS"))
    found = next((match for pattern, _ in rules.approval if (match := pattern.fullmatch(plain))), None)
    if found is not None and int(found["year"]) <= datetime.now(UTC).year:
        return plain
    examples = [example for _, example in rules.approval]
    said = (
        (f"审图号“{plain}”不成立", f"the approval number '{plain}' does not hold")
        if plain
        else ("没有审图号", "there is no approval number")
    )
    raise SettingError(
        Label(f"{said[0]}：{rules.law.zh}", f"{said[1]}: {rules.law.en}"),
        where="--approval",
        expected=Label(
            f"地图上印着的审图号，如 {'、'.join(examples)}", f"the number printed on the map, such as {', '.join(examples)}"
        ),
        remedy=Label(
            "使用标准地图服务的公开边界并填写其审图号", "use a boundary of the standard map service and give its number"
        ),
    )


def check_system(text: str) -> str:
    """Coordinate system by its name.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    str
        ``CGCS2000`` or ``WGS84``.

    Raises
    ------
    SettingError
        If it is not stated, not known, or a shifted one.
    """
    rules = read_map_rules()
    plain = re.sub(r"[\s_-]", "", text).upper()
    for name in rules.systems:
        if plain == name:
            return name
    shifted = next((says for name, says in rules.shifted.items() if plain == name.replace("-", "")), None)
    raise SettingError(
        shifted or Label(f"坐标系“{text}”不可用", f"the coordinate system '{text}' cannot be used"),
        where="--system",
        expected=Label("、".join(f"{name}（{says.zh}）" for name, says in rules.systems.items()), ", ".join(rules.systems)),
        remedy=Label(
            "写明数据的坐标系；不明的先向提供方问清", "state the system of the data; ask its provider if it is not known"
        ),
    )


def _check_crs(said: str, system: str, where: str) -> None:
    """A file that names a coordinate system must name the stated one; the two that are accepted stand for each other."""
    if said and read_map_rules().crs.get(said) not in read_map_rules().systems:
        raise SettingError(
            Label(f"文件写明的坐标系是“{said}”，与 {system} 不符", f"the file names the system '{said}', not {system}"),
            where=f"{where}: crs",
            expected=Label("经纬度坐标：EPSG:4490 或 EPSG:4326", "degrees: EPSG:4490 or EPSG:4326"),
            remedy=Label("先转换坐标，再导入", "convert the coordinates first"),
        )


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
