"""What an imported map has to say of itself: approval number, coordinate system, source, day, and where it may lie.

Invariant: what cannot be checked is refused with the reason; nothing is guessed from the file.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from dafeng.core.errors import FileRefused, SettingError
from dafeng.core.labels import Label
from dafeng.library.maps import read_map_rules
from dafeng.readers.boundaries import Boundary
from dafeng.work.city import City

LONGEST = 200
"""Longest source of a boundary. [characters]"""


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


def check_crs(said: str, system: str, where: str) -> None:
    """Refuse a file that names another coordinate system than the stated one; the two that are accepted stand for each other.

    Parameters
    ----------
    said : str
        What the file names; empty where it names none.
    system : str
        What was stated.
    where : str
        Name of the file.

    Raises
    ------
    SettingError
        If they differ.
    """
    if said and read_map_rules().crs.get(said) not in read_map_rules().systems:
        raise SettingError(
            Label(f"文件写明的坐标系是“{said}”，与 {system} 不符", f"the file names the system '{said}', not {system}"),
            where=f"{where}: crs",
            expected=Label("经纬度坐标：EPSG:4490 或 EPSG:4326", "degrees: EPSG:4490 or EPSG:4326"),
            remedy=Label("先转换坐标，再导入", "convert the coordinates first"),
        )


def check_region(boundary: Boundary, city: City, where: str) -> None:
    """Refuse a boundary that lies elsewhere: another place, another system, or coordinates exchanged.

    Parameters
    ----------
    boundary : Boundary
        The districts.
    city : City
        The city.
    where : str
        Name of the file.

    Raises
    ------
    FileRefused
        If a point lies outside the region of the city; the message names the district and the point.
    """
    west, south, east, north = read_map_rules().region(city.code)
    for area in boundary.areas:
        points = (point for polygon in area.polygons for ring in polygon for point in ring)
        for x, y in points:
            if not (west <= x <= east and south <= y <= north):
                raise FileRefused(
                    Label(
                        f"{area.place} 的坐标 ({x}, {y}) 不在{city.label.zh}一带",
                        f"({x}, {y}) of {area.place} is not near {city.label.en}",
                    ),
                    where=f"{where}: {area.place}",
                    expected=Label(f"东经 {west}–{east}、北纬 {south}–{north}", f"{west}–{east} °E, {south}–{north} °N"),
                    remedy=Label(
                        "检查经纬度是否颠倒、坐标是否投影、文件是否为本市",
                        "see whether longitude and latitude are exchanged, degrees projected, or the city another",
                    ),
                )


def check_source(text: str) -> str:
    """Who published a boundary.

    Parameters
    ----------
    text : str
        As typed.

    Returns
    -------
    str
        Without superfluous blanks.

    Raises
    ------
    SettingError
        If it is too long or not printable.
    """
    plain = " ".join(text.split())
    if len(plain) > LONGEST or not plain.isprintable():
        raise SettingError(
            Label("边界来源过长或含有不可见字符", "the source of the boundary is too long or not printable"),
            where="--source",
            expected=Label(f"至多 {LONGEST} 字", f"at most {LONGEST} characters"),
            remedy=Label("写明发布单位和图名", "name who published it and under which title"),
        )
    return plain


def check_day(text: str) -> str:
    """Day on which a boundary was published, as far as it is told.

    Parameters
    ----------
    text : str
        As typed: a year, a month or a day.

    Returns
    -------
    str
        The same; empty where nobody said so.

    Raises
    ------
    SettingError
        If it is no date, or still to come.
    """
    plain = text.strip()
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", plain)
    try:
        if not plain or (found and date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) <= datetime.now(UTC).date()):
            return plain
    except ValueError:
        pass
    raise SettingError(
        Label(f"“{plain[:20]}”不是已过去的日期", f"'{plain[:20]}' is no date that has passed"),
        where="--date",
        expected=Label("2024、2024-05 或 2024-05-01", "2024, 2024-05 or 2024-05-01"),
        remedy=Label("写边界发布的日期", "give the day on which the boundary was published"),
    )
