"""Say how a result came about, and what was not exact or missing.

Invariant: every result and every factor it used has a trace; a match that is not exact is both in the trace and a
finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from dafeng.core.errors import DafengError, LookupFailure
from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label, Language
from dafeng.core.traces import Trace
from dafeng.core.units import unit
from dafeng.formula import say, typeset
from dafeng.library.factor import Match, worst
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import TIMES, YEAR, Method
from dafeng.methods.inventory import Computed, Missing
from dafeng.methods.kernels import KERNELS
from dafeng.methods.notices import LANGUAGES

_TOLD = 8
"""Names that one finding lists."""
EVIDENCE = ("primary", "secondary", "derived", "reported", "estimated", "assumption", "provisional", "memory")
"""Evidence grades, best first."""


def result_trace(cell: Computed, library: FactorLibrary) -> Trace:
    """Trace of a result.

    Parameters
    ----------
    cell : Computed
        The result.
    library : FactorLibrary
        Names and symbols.

    Returns
    -------
    Trace
        Under ``results/…``, with facts and factors as inputs.
    """
    method, activity = cell.method, cell.activity
    expression = method.equations[method.editions[cell.edition].equation]
    subject = result_label(cell, library)
    labels = {method.activity.name: method.activity.label, **_labels(cell, library)}
    result = {language: f"{plain(cell.value)} {unit(method.unit).read(language)}" for language in LANGUAGES}
    said = Label(
        say(expression, labels, "zh", values=cell_values(cell, "zh"), subject=subject, result=result["zh"]),
        say(expression, labels, "en", values=cell_values(cell, "en"), subject=subject, result=result["en"]),
    )
    grades = [str(row["grade"]) for row in activity.facts] + [match.factor.grade for match in cell.matches.values()]
    composed = f"{plain(cell.composed)} {method.unit}/{activity.unit}"
    return Trace(
        address=f"results/{cell.id}",
        kind="result",
        says=said,
        value=plain(cell.value),
        unit=method.unit,
        year=cell.year,
        expression=str(expression),
        typeset=typeset(expression, cell_symbols(cell, library), values=cell_values(cell, "zh"), result=result["zh"]),
        inputs=(
            *(f"facts/{row['fact']}" for row in activity.facts),
            *dict.fromkeys(factor_address(match, cell.year) for match in cell.matches.values()),
        ),
        source=method.source,
        grade=max(grades, key=EVIDENCE.index),
        match=worst(match.grade for match in cell.matches.values()),
        note=Label(
            f"综合因子 {composed}；{method.editions[cell.edition].label.zh}",
            f"composed factor {composed}; {method.editions[cell.edition].label.en}",
        ),
    )


def factor_traces(cells: Iterable[Computed]) -> Iterator[Trace]:
    """Traces of the factors that were used, each once.

    Parameters
    ----------
    cells : iterable of Computed
        Results.

    Yields
    ------
    Trace
        Under ``factors/…``.
    """
    seen: dict[str, tuple[Match, int]] = {}
    for cell in cells:
        for match in cell.matches.values():
            seen.setdefault(factor_address(match, cell.year), (match, cell.year))
    for match, year in seen.values():
        yield factor_trace(match, year)


def factor_trace(match: Match, year: int) -> Trace:
    """Trace of a factor as it answered a key.

    Parameters
    ----------
    match : Match
        The match.
    year : int
        Year that was asked for.

    Returns
    -------
    Trace
        Under ``factors/…``, with every step of the look-up.
    """
    factor = match.factor
    clause = f" {factor.clause}" if factor.clause else ""
    steps = Label("；".join(step.zh for step in match.steps), "; ".join(step.en for step in match.steps))
    return Trace(
        address=factor_address(match, year),
        kind="factor",
        says=Label(f"{factor.label.zh}（{factor.source}{clause}）", f"{factor.label.en} ({factor.source}{clause})"),
        value=plain(match.value),
        unit=factor.unit,
        year=factor.year,
        source=factor.source,
        grade=factor.grade,
        match=match.grade,
        note=Label(f"{steps.zh}。{factor.note}", f"{steps.en}. {factor.note}") if factor.note else steps,
    )


def factor_address(match: Match, year: int) -> str:
    """Address of a factor as it answered a key.

    Parameters
    ----------
    match : Match
        The match.
    year : int
        Year that was asked for: how the factor matched depends on it.

    Returns
    -------
    str
        ``factors/id.year``; followed by the match grade where it is not exact.
    """
    address = f"factors/{match.factor.id}.{year}"
    return address if match.grade == "exact" else f"{address}.{match.grade}"


def result_label(cell: Computed, library: FactorLibrary) -> Label:
    """Name of a result in words.

    Parameters
    ----------
    cell : Computed
        The result.
    library : FactorLibrary
        Names of carriers.

    Returns
    -------
    Label
        Year, category, carrier and method.
    """
    carrier = library.label("substance", cell.activity.carrier)
    category, title = cell.activity.category.label, cell.method.title
    return Label(
        f"{cell.year}年 {category.zh} {carrier.zh} {title.zh}",
        f"{title.en}, {category.en}, {carrier.en}, {cell.year}",
    )


def match_findings(cells: Iterable[Computed], library: FactorLibrary) -> Iterator[Finding]:
    """Findings on matches that were not exact, one per method, carrier and factor.

    Parameters
    ----------
    cells : iterable of Computed
        Results.
    library : FactorLibrary
        Names of carriers.

    Yields
    ------
    Finding
        What was used instead, and why.
    """
    groups: dict[tuple[str, str, str], dict[str, Match]] = {}
    for cell in cells:
        for match in cell.matches.values():
            if match.grade != "exact":
                key = (cell.method.id, cell.activity.carrier, match.grade)
                groups.setdefault(key, {}).setdefault(match.factor.parameter, match)
    for (method, carrier, _), matches in groups.items():
        yield _remark(f"{method}/{carrier}", matches, library, library.label("substance", carrier))


def estimated_findings(cells: Iterable[Computed]) -> Iterator[Finding]:
    """Findings on results that rest on estimated facts, one per quantity, so that estimates never mix in silently.

    Parameters
    ----------
    cells : iterable of Computed
        Results.

    Yields
    ------
    Finding
        How much of the sum rests on estimates.
    """
    sums: dict[str, list[Decimal]] = {}
    units: dict[str, str] = {}
    for cell in cells:
        estimated = any(row["grade"] == "estimated" for row in cell.activity.facts)
        known = sums.setdefault(cell.method.quantity, [Decimal(0), Decimal(0)])
        known[0] += cell.value if estimated else 0
        known[1] += cell.value
        units[cell.method.quantity] = cell.method.unit
    for quantity, (part, whole) in sums.items():
        if part:
            shown = f"{plain(part.quantize(Decimal(1)))} / {plain(whole.quantize(Decimal(1)))} {units[quantity]}"
            yield Finding(
                "account.estimated",
                quantity,
                "warning",
                Label(
                    f"含推算数据：{quantity} 的 {shown} 依据估计值",
                    f"estimates are in it: {shown} of {quantity} rest on estimated facts",
                ),
                Label("取得统计数据后撤回推算批次", "withdraw the estimated delivery once statistics are at hand"),
            )


def reported_findings(cells: Iterable[Computed]) -> Iterator[Finding]:
    """Findings on results that were taken over as their owner reports them.

    Parameters
    ----------
    cells : iterable of Computed
        Results.

    Yields
    ------
    Finding
        Rule ``account.reported``.
    """
    for cell in (one for one in cells if not one.matches and not one.method.constants):
        zh, en = (f"{plain(cell.value)} {unit(cell.method.unit).read(language)}" for language in LANGUAGES)
        label = cell.activity.category.label
        says = Label(
            f"{label.zh} {zh} 为自报值，未由活动数据核算",
            f"{label.en}, {en}, is taken over as reported and was not computed from activity",
        )
        remedy = Label("有产量时交付产量", "deliver the activity where it is known")
        yield Finding("account.reported", f"results/{cell.id}", "info", says, remedy)


def no_result(rule: str, missing: Missing, cause: DafengError, library: FactorLibrary) -> Finding:
    """Finding on a cell that could not be computed.

    Parameters
    ----------
    rule : str
        Id of the rule.
    missing : Missing
        The cell that has no result.
    cause : DafengError
        Why.
    library : FactorLibrary
        Names of carriers.

    Returns
    -------
    Finding
        An error, which says that the cell is not computed.
    """
    activity, carrier = missing.activity, library.label("substance", missing.activity.carrier)
    category, title = activity.category.label, missing.method.title
    amount = {language: f"{plain(activity.amount)} {unit(activity.unit).read(language)}" for language in LANGUAGES}
    return Finding(
        rule,
        missing.id,
        "error",
        Label(
            f"{category.zh}的{carrier.zh}（{amount['zh']}）未计入“{title.zh}”：{cause.what.zh}",
            f"{carrier.en} of {category.en} ({amount['en']}) is not in '{title.en}': {cause.what.en}",
        ),
        cause.remedy,
    )


def no_facts(methods: Sequence[Method], place: str, year: int) -> Iterator[Finding]:
    """Finding that some methods have no facts to work on.

    Parameters
    ----------
    methods : sequence of Method
        Methods without facts.
    place : str
        Administrative code.
    year : int
        Year.

    Yields
    ------
    Finding
        At most one; it names the methods and the facts that they would need.
    """
    if not methods:
        return
    needed = sorted({category.indicator for method in methods for category in method.categories})
    zh, en = _some([m.title.zh for m in methods], "zh"), _some([m.title.en for m in methods], "en")
    yield Finding(
        "account.no_facts",
        f"{place}/{year}",
        "info",
        Label(f"{place} {year} 年没有数据，未核算：{zh}", f"{place} has no facts in {year}, not computed: {en}"),
        Label(f"如有此类活动，交付 {_some(needed, 'zh')}", f"where there is such an activity, deliver {_some(needed, 'en')}"),
    )


def _some(names: Sequence[str], language: Language) -> str:
    """The first names, and how many more there are."""
    told, more = names[:_TOLD], len(names) - _TOLD
    if language == "zh":
        return "、".join(told) + (f" 等 {len(names)} 项" if more > 0 else "")
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def no_edition(method: Method, name: str) -> LookupFailure:
    """Error for an edition that a method does not have.

    Parameters
    ----------
    method : Method
        Method.
    name : str
        The edition asked for.

    Returns
    -------
    LookupFailure
        To be raised by the caller.
    """
    known = ", ".join(method.editions)
    return LookupFailure(
        Label(f"没有版本“{name}”", f"no edition '{name}'"),
        where=method.id,
        expected=Label(known, f"one of {known}"),
        remedy=Label("选用所列版本之一", "choose one of them"),
    )


def cell_symbols(cell: Computed, library: FactorLibrary) -> dict[str, str]:
    """Symbols of what made a cell.

    Parameters
    ----------
    cell : Computed
        The cell.
    library : FactorLibrary
        Symbols of parameters.

    Returns
    -------
    dict of str to str
        Symbol by name in the equation.
    """
    found = {name: library.names[("parameter", match.factor.parameter)][1] or name for name, match in cell.matches.items()}
    return {**found, cell.method.activity.name: cell.method.activity.symbol}


def cell_values(cell: Computed, language: Language) -> dict[str, str]:
    """Numbers that made a cell, each with its unit.

    Parameters
    ----------
    cell : Computed
        The cell.
    language : {"zh", "en"}
        Language of the units.

    Returns
    -------
    dict of str to str
        Text by name in the equation; a share stands without a unit.
    """
    found = {name: (match.value, match.factor.unit) for name, match in cell.matches.items()}
    found |= {constant.name: (constant.value, constant.unit) for constant in cell.method.constants.values()}
    found |= {name: (value, YEAR) for name, value in cell.activity.times.items()}
    found[cell.method.activity.name] = (cell.activity.amount, cell.activity.unit)
    return {name: _amount(value, text, language) for name, (value, text) in found.items()}


def plain(value: Decimal) -> str:
    """Decimal text without exponent and without needless zeros.

    Parameters
    ----------
    value : Decimal
        A number.

    Returns
    -------
    str
        The same number.
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _remark(at: str, matches: Mapping[str, Match], library: FactorLibrary, carrier: Label) -> Finding:
    match = next(iter(matches.values()))
    severity: Severity = "info" if match.grade in ("parent_place", "other_edition") else "warning"
    names = [library.label("parameter", parameter) for parameter in matches]
    zh = f"{carrier.zh}的{'、'.join(name.zh for name in names)}：{'；'.join(step.zh for step in match.steps[:-1])}"
    en = f"{carrier.en}, {', '.join(name.en for name in names)}: {'; '.join(step.en for step in match.steps[:-1])}"
    return Finding(
        f"account.{match.grade}",
        at,
        severity,
        Label(zh, en),
        Label(
            "如有更贴切的因子，在 factors/ 中补充并注明来源",
            "where a closer factor is known, add it with its source under factors/",
        ),
    )


def _labels(cell: Computed, library: FactorLibrary) -> dict[str, Label]:
    found = {name: library.label("parameter", match.factor.parameter) for name, match in cell.matches.items()}
    kernels = {name: kernel.label for name, kernel in KERNELS.items()}
    return {**kernels, **TIMES, **found, **{constant.name: constant.label for constant in cell.method.constants.values()}}


def _amount(value: Decimal, text: str, language: Language) -> str:
    name = unit(text).read(language)
    return plain(value) if text == "1" else f"{plain(value)}{' ×' if name.startswith('10^') else ''} {name}"
