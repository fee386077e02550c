"""``dafeng energy solve``: use a network file of PyPSA in the way that a mode names.

Invariant: table and JSON show the same figures; the exit code tells a result (0) from a refused file (2), a network
that is proven infeasible or unbounded (3), one without a proof (4), and a run that was cancelled (130).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import dafeng as df
from dafeng.cli.plain import write_error
from dafeng.cli.printing import console, grid, print_json, read_language, say
from dafeng.core.errors import SolveError
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.energy.solving.answer import Progress

app = typer.Typer()

PROVEN, UNPROVEN, CANCELLED = 3, 4, 130
"""Exit codes where there is no result."""
STOPPED = Label(
    "已取消；结果文件要么未动，要么已完整写成。", "Cancelled; each result file is either untouched or written whole."
)
"""The one sentence after Ctrl-C."""
STATES: Mapping[str, Label] = {
    "optimal": Label("最优，证书通过", "optimal, certificate passed"),
    "feasible": Label("可行，未证明最优", "feasible, not proven least"),
    "bounded": Label("可行，附下界证明", "feasible, with a proven bound"),
}
"""What is proven, in words."""

Source = Annotated[
    Path, typer.Argument(help="PyPSA 网络：.nc、.xlsx 或 CSV 文件夹 · network of PyPSA", metavar="FILE.nc|FOLDER")
]
HOW = "dispatch、expand、path、myopic、rolling、segments=N、certified、near-optimal[=余量]；缺省按网络内容 · how it is used"


@app.command()
def solve(
    file: Source,
    mode: Annotated[str | None, typer.Option("--mode", help=HOW)] = None,
    out: Annotated[Path | None, typer.Option("--out", help="连同结果写成 .nc 或文件夹 · write with results")] = None,
    scenario: Annotated[Path | None, typer.Option("--iamc", help="结果写成 IAMC 长表 · results as an IAMC table")] = None,
    solver: Annotated[str | None, typer.Option("--solver", help="只用这个求解器 · the only solver that is tried")] = None,
    tolerance: Annotated[float, typer.Option("--tolerance", help="允许的相对间隙 · largest relative gap")] = 1e-6,
    periods: Annotated[
        bool | None, typer.Option("--periods/--no-periods", help="是否按投资期求解 · whether investment periods count")
    ] = None,
    relaxed: Annotated[bool, typer.Option("--relaxed", help="启停松弛为比例 · relax commitment")] = False,
    horizon: Annotated[int | None, typer.Option("--horizon", help="滚动窗口的时段数 · steps of a window")] = None,
    overlap: Annotated[int | None, typer.Option("--overlap", help="窗口重叠的时段数 · steps decided again")] = None,
    gap: Annotated[float | None, typer.Option("--gap", help="certified 止于此间隙 · gap at which certified ends")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="另求精确最优，给出后悔值 · solve exactly too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")] = "zh",
) -> None:
    """求解 PyPSA 网络，附最优性证书 · optimise a network of PyPSA, with a certificate."""
    language = read_language(lang)
    try:
        with _watched(quiet=as_json) as watch:
            solved = df.solve_energy(
                file, mode=mode, out=out, scenario=scenario, periods=periods, relaxed=relaxed, solver=solver,
                tolerance=tolerance, horizon=horizon, overlap=overlap, gap=gap, compare=compare, progress=watch,
            )  # fmt: skip
    except SolveError as failure:
        _fail(df.failed_document(failure, file, periods=periods, relaxed=relaxed), language, as_json=as_json)
        return
    except KeyboardInterrupt:
        write_error(STOPPED.read(language))
        raise typer.Exit(CANCELLED) from None
    document = df.solved_document(solved)
    if as_json:
        print_json(document)
    else:
        _show(document, language)
        for finding in document["findings"]:
            write_error(f"▲ {finding['at']}: {finding[language]}")


@contextmanager
def _watched(*, quiet: bool) -> Iterator[Callable[[Progress], bool]]:
    """A watch that shows where the solver stands; while there is one, Ctrl-C is heard between iterations."""
    out = console()
    if quiet or not out.is_terminal:
        yield lambda _: False
        return
    with out.status("…") as line:

        def tell(now: Progress) -> bool:
            line.update(f"{now.algorithm} · {now.iteration} · {now.gap:.1e} · {now.seconds:.0f} s")
            return False

        yield tell


def _fail(found: Mapping[str, Any], language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        write_error(found["message"][language])
        for line in found["conflict"]:
            write_error(f"  · {line[language]}")
    raise typer.Exit(PROVEN if found["certificate"] else UNPROVEN)


def _show(document: Mapping[str, Any], language: Language) -> None:
    rows = [[label.read(language), text] for label, text in (*_costs(document), *_proofs(document), *_work(document))]
    title = f"{document['network']} · {document['mode']} · {STATES[document['status']].read(language)}"
    console().print(grid(title, say(language, "项目 数值", "item value").split(), rows, right=(1,)))
    for one in document.get("alternatives", ()):
        told = ", ".join(f"{name} {size:,.1f}" for part in one["capacities"].values() for name, size in part.items())
        console().print(f"{one['wish']}  +{one['above']:.2%}  {told}")


def _costs(document: Mapping[str, Any]) -> Iterator[tuple[Label, str]]:
    yield Label("目标值（同 PyPSA）", "objective (as PyPSA states it)"), f"{document['objective']:,.2f}"
    yield Label("已有可扩建容量的成本", "cost of extendable capacity that stands"), f"{document['objective_constant']:,.2f}"
    yield Label("系统总成本", "system cost"), f"{document['system_cost']:,.2f}"
    if "claimed_cost" in (segments := document.get("segments", {})):
        yield Label("合并时段所报的成本", "cost that the segments claim"), f"{segments['claimed_cost']:,.2f}"
        yield Label("合并误差", "error of the segments"), f"{segments['error']:+.4%}"
    if document["regret"] is not None:
        yield Label("高于精确最优", "above the exact optimum"), f"{document['regret']:+.4%}"


def _proofs(document: Mapping[str, Any]) -> Iterator[tuple[Label, str]]:
    certificate = document["certificate"]
    if document["bound"] is not None:
        yield Label("最优性下界", "lower bound"), f"{document['bound']:,.2f}"
        yield Label("相对间隙", "relative gap"), f"{certificate['relative_gap']:.1e}"
    if certificate.get("objective_gap") is not None:
        yield Label("间隙占目标值", "gap of the objective"), f"{certificate['objective_gap']:.1e}"
    yield Label("原始残差", "primal residual"), f"{certificate['primal']:.1e}"
    if "dual" in certificate:
        yield Label("对偶残差", "dual residual"), f"{certificate['dual']:.1e}"
    if "count" in certificate:
        yield Label("逐个证明的问题", "programmes proven one by one"), str(certificate["count"])


def _work(document: Mapping[str, Any]) -> Iterator[tuple[Label, str]]:
    if "solver" in document:
        solver, sizes = document["solver"], document["sizes"]
        yield Label("求解器（迭代）", "solver (iterations)"), f"{solver['name']} ({solver['iterations']})"
        text = f"{sizes['rows']:,} × {sizes['columns']:,} ({sizes['entries']:,})"
        yield Label("行 × 列（非零）", "rows × columns (entries)"), text
    parts = {name: value for name, value in document["times"].items() if name not in ("total", "unit")}
    yield (
        Label(f"CPU 秒：{' / '.join(parts)}", f"CPU s: {' / '.join(parts)}"),
        " / ".join(f"{one:.2f}" for one in parts.values()),
    )
