"""A set of delivered files for tests of taking in: sound ones in every form, and broken ones of every kind."""

from __future__ import annotations

from collections.abc import Mapping

from tests.readers.balances import SMALL, as_csv, typed
from tests.readers.books import make_book
from tests.readers.books_xls import make_xls

FIGURES = "指标,年份,数值,单位\n常住人口,2024,121.0,万人\n地区生产总值,2024,1295.2,亿元\n"
MERGED = [["指标", "单位", "2023年", "2024年"], ["常住人口", "万人", 120.9, 121.0]]

SOUND: Mapping[str, bytes] = {
    "figures_utf8.csv": FIGURES.encode("utf-8-sig"),
    "figures_gbk.csv": FIGURES.replace("121.0", "121.1").encode("gbk"),
    "figures_utf16.tsv": FIGURES.replace(",", "\t").replace("121.0", "121.2").encode("utf-16"),
    "figures_merged.xlsx": make_book({"表": [[""], *MERGED]}, merges=[("表", "A1:D1", "云汀市主要指标")]),
    "figures_old.xls": make_xls(MERGED),
    "balance_2019.csv": as_csv(SMALL),
    "balance_2018.xlsx": make_book({"2018": typed(SMALL)}),
}
"""Files that bring facts."""

BROKEN: Mapping[str, bytes] = {
    "empty.csv": b"",
    "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "renamed.xlsx": FIGURES.encode(),
    "cut.xlsx": make_book({"表": MERGED})[:2500],
    "novel.txt": "话说天下大势，分久必合，合久必分。\n".encode() * 2000,
    "quotes.csv": '指标,年份,数值,单位\n"常住人口,2024,121,万人\n'.encode(),
    "password.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
}
"""Files that are refused."""
