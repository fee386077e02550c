"""A city with three power units: fuel, output and load as a plant delivers them, classes in the table of units."""

from __future__ import annotations

from pathlib import Path

from dafeng.work.city import City, init
from dafeng.work.ingest import ingest

HEAD = "填报单位,机组,年份,指标,品种,数值,单位"
ROWS = (
    "甲电厂,1号,2023,机组燃料消耗量,烟煤,300000,t",
    "甲电厂,1号,2023,机组燃煤收到基元素碳含量,烟煤,0.6,tC/t",
    "甲电厂,1号,2023,机组燃煤碳氧化率,,99,%",
    "甲电厂,1号,2023,机组发电量,,75000,万千瓦时",
    "甲电厂,1号,2023,机组供热量,,1000000,GJ",
    "甲电厂,1号,2023,机组负荷系数,,70,%",
    "甲电厂,2号,2023,机组燃料消耗量,烟煤,200000,t",
    "甲电厂,2号,2023,机组燃煤收到基元素碳含量,烟煤,0.55,tC/t",
    "甲电厂,2号,2023,机组燃煤碳氧化率,,99,%",
    "甲电厂,2号,2023,机组发电量,,400000,MWh",
    "甲电厂,2号,2023,机组供热量,,0,GJ",
    "甲电厂,2号,2023,机组负荷系数,,60,%",
    "乙电厂,1号,2023,机组燃气消耗量,天然气,10000,万立方米",
    "乙电厂,1号,2023,机组燃气低位发热量,天然气,389.31,GJ/万立方米",
    "乙电厂,1号,2023,机组燃料单位热值含碳量,天然气,15.3,tC/TJ",
    "乙电厂,1号,2023,机组发电量,,500000,MWh",
    "乙电厂,1号,2023,机组供热量,,200000,GJ",
)
PLANTS = ("企业,机组,年度,机组类别", "甲电厂,1号,2023,coal_above_300", "甲电厂,2号,2023,coal_to_300", "乙电厂,1号,2023,gas")


def deliver(city: City, *rows: str, name: str = "units.csv", head: str = HEAD) -> None:
    """Take in a table of figures."""
    path = city.folder.parent / name
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    taken = ingest(city, [path])
    assert (taken.refused, taken.findings) == ((), ())


def write_plants(city: City, *rows: str) -> Path:
    """Write the table of units of the city."""
    path = city.overlay / "rights" / "plants.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def make_units(folder: Path, *, without: str = "", plants: tuple[str, ...] = PLANTS) -> City:
    """The city; rows that begin with ``without`` are not delivered."""
    city = init(folder / "city", place="370600")
    deliver(city, *(row for row in ROWS if not without or not row.startswith(without)))
    if plants:
        write_plants(city, *plants)
    return city
