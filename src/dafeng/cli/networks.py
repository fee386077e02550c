"""``dafeng energy solve``: optimise a network file of PyPSA.

Invariant: table and JSON show the same figures; the exit code tells an optimum (0) from a refused file (2), a network
that is proven infeasible or unbounded (3), and one without a proof (4).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.errors import SolveError
from dafeng.core.labels import Language

app = typer.Typer()

PROVEN, UNPROVEN = 3, 4
"""Exit codes where there is no optimum."""

Source = Annotated[
    Path, typer.Argument(help="PyPSA 网络：.nc、.xlsx 或 CSV 文件夹 · network of PyPSA", metavar="FILE.nc|FOLDER")
]


@app.command()
def solve(
    file: Source,
    out: Annotated[Path | None, typer.Option("--out", help="连同结果写成 .nc 或文件夹 · write with results")] = None,
    scenario: Annotated[Path | None, typer.Option("--iamc", help="结果写成 IAMC 长表 · results as an IAMC table")] = None,
    solver: Annotated[str | None, typer.Option("--solver", help="只用这个求解器 · the only solver that is tried")] = None,
    tolerance: Annotated[float, typer.Option("--tolerance", help="允许的相对间隙 · largest relative gap")] = 1e-6,
    periods: Annotated[
        bool | None, typer.Option("--periods/--no-periods", help="是否按投资期求解 · whether investment periods count")
    ] = None,
    relaxed: Annotated[bool, typer.Option("--relaxed", help="启停松弛为比例 · relax commitment")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """求解 PyPSA 网络，附最优性证书 · optimise a network of PyPSA, with a certificate."""
    language = read_language(lang)
    try:
        solved = df.solve_energy(
            file, out=out, scenario=scenario, periods=periods, relaxed=relaxed, solver=solver, tolerance=tolerance
        )
    except SolveError as failure:
        found = df.failed_document(failure, file, periods=periods, relaxed=relaxed)
        _fail(found, language, as_json=as_json)
        return
    document = df.solved_document(solved)
    if as_json:
        print_json(document)
    else:
        _show(document, language)
        for finding in document["findings"]:
            sys.stderr.write(f"▲ {finding['at']}: {finding[language]}\n")


def _fail(found: Mapping[str, Any], language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        sys.stderr.write(found["message"][language] + "\n")
        for line in found["conflict"]:
            sys.stderr.write(f"  · {line[language]}\n")
    raise typer.Exit(PROVEN if found["certificate"] else UNPROVEN)


def _show(document: Mapping[str, Any], language: Language) -> None:
    certificate, times, sizes = document["certificate"], document["times"], document["sizes"]
    rows = [
        [say(language, "目标值（同 PyPSA）", "objective (as PyPSA states it)"), f"{document['objective']:,.2f}"],
        [say(language, "已有可扩建容量的成本", "cost of extendable capacity that stands"),
         f"{document['objective_constant']:,.2f}"],
        [say(language, "系统总成本", "system cost"), f"{document['system_cost']:,.2f}"],
        [say(language, "最优性下界", "lower bound"), f"{certificate['bound']:,.2f}"],
        [say(language, "间隙：占目标值 / 占收支总额", "gap: of the objective / of all costs and revenues"),
         f"{certificate['objective_gap'] or 0.0:.1e} / {certificate['relative_gap']:.1e}"],
        [say(language, "原始残差 / 对偶残差", "primal / dual residual"),
         f"{certificate['primal']:.1e} / {certificate['dual']:.1e}"],
        [say(language, "求解器（迭代）", "solver (iterations)"),
         f"{document['solver']['name']} ({document['solver']['iterations']})"],
        [say(language, "行 × 列（非零）", "rows × columns (entries)"),
         f"{sizes['rows']:,} × {sizes['columns']:,} ({sizes['entries']:,})"],
        [say(language, "CPU 秒：读入 / 建模 / 求解", "CPU s: read / build / solve"),
         " / ".join(f"{times[part]:.2f}" for part in ("read", "build", "solve"))],
    ]  # fmt: skip
    title = say(language, f"{document['network']}：最优，证书通过", f"{document['network']}: optimal, certificate passed")
    console().print(grid(title, say(language, "项目 数值", "item value").split(), rows, right=(1,)))
