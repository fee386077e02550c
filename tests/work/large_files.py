"""Real tables with many rows, some of them spoilt."""

from __future__ import annotations

INDICATORS = (("能源消费总量", "万吨标准煤"), ("水泥熟料产量", "万吨"), ("绿色工厂数量", "家"))
HEAD = "指标,时期,数值,单位,填报单位\n"


def large_table(rows: int = 20_000, *, spoilt: int = 120, head: str = HEAD) -> bytes:
    """A table of monthly figures of many offices; the last rows hold text where a figure should stand."""
    lines = [
        f"{name},{year}-{month:02d},{1000 + 137 * office + 41 * kind + 5 * (year - 1980) + month},{unit},单位{office}"
        for office in range(1 + rows // 1600)
        for year in range(1980, 2025)
        for month in range(1, 13)
        for kind, (name, unit) in enumerate(INDICATORS)
    ][:rows]
    for at in range(1, spoilt + 1):
        cells = lines[-at].split(",")
        lines[-at] = ",".join((*cells[:2], "约一百", *cells[3:]))
    return (head + "\n".join(lines) + "\n").encode()
