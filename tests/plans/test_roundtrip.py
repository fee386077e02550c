"""A plan written from random targets is read back to those targets, whatever the sentences they were put into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.plans.read import read_plan_text
from tests.plans.conftest import document_of

SHARES = (
    "非化石能源消费比重",
    "森林覆盖率",
    "星级绿色建筑占比",
    "秸秆综合利用率",
    "电能占终端能源消费比重",
    "再生水利用率",
    "绿色出行比例",
)
MEASURES = (
    ("光伏发电装机容量", "万千瓦"),
    ("能源消费总量", "万吨标准煤"),
    ("集装箱海铁联运量", "万标准箱"),
    ("森林蓄积量", "亿立方米"),
    ("天然气供应能力", "亿立方米"),
    ("轨道交通运营里程", "公里"),
    ("煤电机组平均供电煤耗", "克标准煤/千瓦时"),
)
THINGS = (("绿色工厂", "家"), ("公共充电桩", "万个"), ("零碳园区", "个"), ("加氢站", "座"), ("节水型企业", "家"))
FALLS = ("单位地区生产总值能源消耗", "单位工业增加值用水量", "公共机构人均综合能耗", "营运船舶单位换算周转量碳排放")
LEVELS = (
    ("达到{}", ">="),
    ("达到{}以上", ">="),
    ("不低于{}", ">="),
    ("提高到{}左右", "~"),
    ("超过{}", ">"),
    ("控制在{}以内", "<="),
    ("不超过{}", "<="),
    ("降至{}以下", "<="),
    ("为{}左右", "~"),
)
TIMES = (("到{}年，", 0), ("{}年底前，", 0), ("至{}年底，", 0))
STRENGTHS = ("", "", "力争", "确保")
YEARS = (2027, 2028, 2030, 2035)
HEAD = "临溪市碳达峰实施方案\n临政发〔2024〕7号\n一、主要目标\n"
LEAST_EXAMPLES = 120

Said = tuple[str, int, str, Decimal, str]
values = st.decimals(min_value=1, max_value=99, places=1).map(lambda value: value.normalize())


@dataclass(frozen=True)
class Clause:
    """Words of one figure behind its year, and what they say of it."""

    words: str
    name: str
    comparator: str
    value: Decimal
    unit: str


def plain(value: Decimal) -> str:
    """A number as plans print it."""
    return format(value, "f")


@st.composite
def levels(draw) -> Clause:
    """A share or measure that reaches a level."""
    name, unit = draw(st.sampled_from([*((share, "%") for share in SHARES), *MEASURES]))
    form, comparator = draw(st.sampled_from(LEVELS))
    value = draw(values)
    strength = draw(st.sampled_from(STRENGTHS)) if form[0] in "达提" else ""
    return Clause(name + strength + form.format(plain(value) + unit), name, comparator, value, unit)


@st.composite
def falls(draw) -> Clause:
    """A fall against a base year."""
    name, value = draw(st.sampled_from(FALLS)), draw(values)
    verb, base = draw(st.sampled_from(("下降", "降低"))), draw(st.sampled_from(("比2020年", "较2020年", "在2020年基础上")))
    return Clause(f"{name}{base}{verb}{plain(value)}%", name, ">=", value, "%")


@st.composite
def deeds(draw) -> Clause:
    """A number of things that is built."""
    (name, unit), value = draw(st.sampled_from(THINGS)), Decimal(draw(st.integers(2, 900)))
    verb = draw(st.sampled_from(("建成", "累计建成", "培育", "新建")))
    bound, comparator = draw(st.sampled_from((("", ">="), ("以上", ">="), ("左右", "~"))))
    before = draw(st.booleans())
    number = f"{plain(value)}{unit}{bound}"
    words = f"{verb}{number}{name}" if before else f"{verb}{name}{number}"
    return Clause(words, name, comparator, value, unit)


@st.composite
def sentences(draw) -> tuple[str, tuple[Said, ...]]:
    """A year and one to three clauses."""
    year, (time, _) = draw(st.sampled_from(YEARS)), draw(st.sampled_from(TIMES))
    clauses = draw(
        st.lists(st.one_of(levels(), falls(), deeds()), min_size=1, max_size=3, unique_by=lambda clause: clause.name)
    )
    joint = draw(st.sampled_from(("，", "；")))
    text = time.format(year) + joint.join(clause.words for clause in clauses) + "。"
    return text, tuple((clause.name, year, clause.comparator, clause.value, clause.unit) for clause in clauses)


@st.composite
def over_names(draw) -> tuple[str, tuple[Said, ...]]:
    """Two to four shares with one figure each, told apart by 分别."""
    names = draw(st.lists(st.sampled_from(SHARES), min_size=2, max_size=4, unique=True))
    numbers = [draw(values) for _ in names]
    year = draw(st.sampled_from(YEARS))
    text = f"到{year}年，{_listed(names)}分别达到{'、'.join(f'{plain(number)}%' for number in numbers)}。"
    return text, tuple((name, year, ">=", number, "%") for name, number in zip(names, numbers, strict=True))


@st.composite
def over_years(draw) -> tuple[str, tuple[Said, ...]]:
    """One name with a figure for each of two years."""
    name, unit = draw(st.sampled_from([*((share, "%") for share in SHARES), *MEASURES]))
    first, second = draw(values), draw(values)
    text = f"到2027年、2030年，{name}分别达到{plain(first)}{unit}和{plain(second)}{unit}。"
    return text, ((name, 2027, ">=", first, unit), (name, 2030, ">=", second, unit))


@st.composite
def parts(draw) -> tuple[str, tuple[Said, ...]]:
    """A capacity with two parts of it."""
    year, first, second = draw(st.sampled_from(YEARS)), draw(values), draw(values)
    whole = first + second
    text = f"到{year}年，风电装机容量达到{plain(whole)}万千瓦，其中海上{plain(first)}万千瓦、陆上{plain(second)}万千瓦。"
    told = (("风电装机容量", whole), ("海上风电装机容量", first), ("陆上风电装机容量", second))
    return text, tuple((name, year, ">=", value.normalize(), "万千瓦") for name, value in told)


NOISE = (
    "推进产业结构持续优化，能源资源配置更加合理。",
    "截至2023年底，全市光伏装机已达到61.5万千瓦，同比增长18%。",
    "新建项目单位产品能耗不得超过0.8吨标准煤。",
    "实施“十大行动”，打造千亿级绿色产业集群。",
    "2030年前实现碳达峰。",
    "完成省下达的目标任务。",
)
written = st.one_of(sentences(), over_names(), over_years(), parts(), st.sampled_from(NOISE).map(lambda text: (text, ())))


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:-1]) + "和" + names[-1]


@settings(max_examples=LEAST_EXAMPLES, deadline=None, derandomize=True)
@given(st.lists(written, min_size=1, max_size=6))
def test_a_plan_is_read_back_to_its_targets(found):
    text = HEAD + "\n".join(sentence for sentence, _ in found)
    plan = read_plan_text(document_of(text), place="990100")
    read = {(t.indicator, t.year, t.comparator, t.value, t.unit) for t in plan.targets}
    assert read == {said for _, all_said in found for said in all_said}
