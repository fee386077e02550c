"""Web pages: what a browser shows of the document is what is read."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.documents import Cell
from dafeng.core.errors import FileRefused
from dafeng.readers.documents import read_document

PAGE = "<!DOCTYPE html><html><head><meta charset='{0}'><title>云溪市</title></head><body>{1}</body></html>"
SENTENCE = "到2030年，森林覆盖率达到40%，单位地区生产总值能源消耗下降。"


def page(body: str) -> bytes:
    return PAGE.format("utf-8", body).encode()


def texts(body: str) -> list[str]:
    return [one.text for one in read_document(page(body))[0].paragraphs]


def cells(body: str) -> list[tuple[str, Cell | None]]:
    return [(one.text, one.cell) for one in read_document(page(body))[0].paragraphs]


def test_block_elements_are_paragraphs_and_headings_keep_their_style():
    document, findings = read_document(page("<h2>一、目标</h2><div>甲<p>乙</p>丙</div>"), name="plan.html")
    assert [(one.text, one.style) for one in document.paragraphs] == [
        ("一、目标", "Heading 2"),
        ("甲", ""),
        ("乙", ""),
        ("丙", ""),
    ]
    assert (document.encoding, findings) == ("html", ())


def test_inline_elements_do_not_part_a_sentence():
    assert texts("<p>到<b>2030年</b>，<span>覆盖率\n  达到</span><font>40%</font>。</p>") == ["到2030年，覆盖率 达到40%。"]


def test_a_line_break_parts_lines():
    assert texts("<p>一、目标<br>到2030年。<br/><br>　　二、任务</p>") == ["一、目标", "到2030年。", "二、任务"]


def test_entities_are_characters():
    assert texts("<p>&ge;40&#37;&nbsp;&#x4E91;&lt;b&gt;</p>") == ["≥40%\xa0云<b>"]


def test_preformatted_lines_stay_lines():
    assert texts("<pre>一、目标\n到<b>2030\n</b>年</pre>") == ["一、目标", "到2030", "年"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var a = '到2030年';</script>", "<style>p {color: red}</style>",
        "<nav><p>首页</p></nav>", "<footer>版权</footer>",
        "<aside>推荐</aside>", "<p hidden>藏</p>", "<p style='display: none'>藏</p>", "<p style='VISIBILITY:hidden'>藏</p>",
        "<div aria-hidden='true'>藏</div>", "<div role='navigation'>首页</div>", "<!-- 注释 -->", "<noscript>请开启</noscript>",
        "<select><option>甲</option></select>", "<ruby><rt>tīng</rt></ruby>", "<template><p>样</p></template>",
    ],
)  # fmt: skip
def test_what_is_not_shown_or_belongs_to_the_site_is_left_out(hidden):
    assert texts(f"<p>前</p>{hidden}<p>后</p>") == ["前", "后"]


def test_text_behind_a_hidden_element_is_read():
    assert texts("<p>前<script>x</script>后</p>") == ["前后"]


def test_a_list_of_links_is_left_out_and_told():
    links = "".join(f"<li><a href='/{at}'>栏目{at}</a></li>" for at in range(5))
    document, findings = read_document(page(f"<ul>{links}</ul><p>{SENTENCE}</p>"))
    assert ([one.text for one in document.paragraphs], [one.rule for one in findings]) == ([SENTENCE], ["document.left_out"])


def test_a_list_with_links_to_its_own_places_is_read():
    notes = "".join(f"<li><a href='#n{at}'>注{at}</a></li>" for at in range(5))
    assert len(texts(f"<ul>{notes}</ul>")) == 5


def test_a_paragraph_with_links_in_it_is_read():
    body = f"<p>{SENTENCE}<a href='/a'>附件1</a>、<a href='/b'>附件2</a>、<a href='/c'>附件3</a></p>"
    assert texts(body) == [SENTENCE + "附件1、附件2、附件3"]


def test_lists_have_the_marks_that_a_browser_prints():
    body = "<ol><li>甲</li><li>乙</li></ol><ul><li>丙</li></ul><ol start='3' type='a'><li>丁</li><li value='7'>戊</li></ol>"
    assert texts(body) == ["1. 甲", "2. 乙", "• 丙", "c. 丁", "g. 戊"]


def test_lists_may_be_counted_in_chinese_or_not_at_all():
    chinese, bare = "list-style-type: simp-chinese-informal", "list-style: none"
    assert texts(f"<ol style='{chinese}'><li>甲</li><li>乙</li></ol><ol style='{bare}'><li>丙</li></ol>") == [
        "一、甲",
        "二、乙",
        "丙",
    ]


def test_an_empty_item_prints_nothing():
    assert texts("<ul><li> </li><li>甲</li></ul>") == ["• 甲"]


def test_a_table_has_cells():
    head = "<caption>表1</caption><thead><tr><th>指标<th>2030年</thead>"
    body = f"<table>{head}<tr><td>覆盖率</td><td><p>40%</p><p>以上</p></td></tr></table>"
    assert cells(body) == [
        ("表1", None), ("指标", Cell(0, 0, 0)), ("2030年", Cell(0, 0, 1)),
        ("覆盖率", Cell(0, 1, 0)), ("40%", Cell(0, 1, 1)), ("以上", Cell(0, 1, 1)),
    ]  # fmt: skip


def test_merged_cells_have_their_extent():
    body = (
        "<table><tr><td rowspan=2>能源</td><td colspan='2'>目标</td></tr><tr><td>2025</td><td>2030</td></tr>"
        "<tr><td>甲</td><td>乙</td><td>丙</td></tr></table>"
    )
    assert [cell for _, cell in cells(body)] == [
        Cell(0, 0, 0, 2, 1), Cell(0, 0, 1, 1, 2), Cell(0, 1, 1), Cell(0, 1, 2), Cell(0, 2, 0), Cell(0, 2, 1), Cell(0, 2, 2),
    ]  # fmt: skip


def test_text_behind_a_table_is_running_text_again():
    assert cells("<table><tr><td>甲</td><td>乙</td></tr></table>后")[-1] == ("后", None)


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td>框</td></tr></table>",
        "<table role='presentation'><tr><td>左</td><td>右</td></tr></table>",
        f"<table><tr><td>菜单</td><td>{SENTENCE * 100}</td></tr></table>",
        "<table><tr><td>上</td></tr><tr><td>下</td></tr></table>",
    ],
)
def test_a_table_that_lays_out_the_page_is_running_text(body):
    assert {cell for _, cell in cells(body)} == {None}


def test_a_table_inside_a_laid_out_page_is_a_table():
    inner = "<table><tr><td>甲</td><td>乙</td></tr></table>"
    assert cells(f"<table><tr><td>题</td><td>{inner}</td></tr></table>") == [
        ("题", None),
        ("甲", Cell(0, 0, 0)),
        ("乙", Cell(0, 0, 1)),
    ]


def test_huge_extents_are_bounded():
    found = cells("<table><tr><td colspan='99999' rowspan='99999'>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>")
    assert found == [("甲", Cell(0, 0, 0, 2, 500)), ("乙", Cell(0, 0, 499)), ("丙", Cell(0, 1, 499))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "big5", "utf-16"])
def test_the_page_names_its_encoding(encoding):
    data = PAGE.format(
        encoding.removesuffix("-sig"), "<p>森林面積達到四成</p>" if encoding == "big5" else f"<p>{SENTENCE}</p>"
    ).encode(encoding)
    assert read_document(data, name="plan.html")[0].paragraphs[0].text in (SENTENCE, "森林面積達到四成")


@pytest.mark.parametrize("named", ["utf-8", "iso-8859-99", "no-such", "ascii"])
def test_a_wrongly_named_encoding_is_recognised_by_the_bytes(named):
    assert read_document(PAGE.format(named, f"<p>{SENTENCE}</p>").encode("gb18030"))[0].paragraphs[0].text == SENTENCE


def test_an_xml_declaration_does_not_hinder():
    data = f"<?xml version='1.0' encoding='gb2312'?>\n<html><body><p>{SENTENCE}</p></body></html>".encode("gb18030")
    assert read_document(data)[0].paragraphs[0].text == SENTENCE


def test_a_fragment_is_known_by_its_name():
    assert read_document(f"<p>{SENTENCE}</p><p>乙".encode(), name="plan.HTM")[0].encoding == "html"


def test_text_that_speaks_of_elements_is_no_page():
    assert read_document("说明：<p>表示段落。".encode(), name="plan.txt")[0].encoding == "utf-8"


def test_broken_pages_are_read():
    assert texts("<p>甲<p>乙</div></b><table><tr><td>丙<td>丁</table><i>戊") == ["甲", "乙", "丙", "丁", "戊"]


@pytest.mark.parametrize("body", ["<div>" * 100_000 + "深", "<b>" * 5000 + "深"])
def test_a_bottomless_page_is_refused(body):
    with pytest.raises(FileRefused, match="nested too deep"):
        read_document(page(body))


def test_entities_reach_no_file_and_grow_nothing(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    kinds = f'<!DOCTYPE html [<!ENTITY b SYSTEM "file://{secret}"><!ENTITY c "cccc"><!ENTITY d "&c;&c;&c;&c;">]>'
    text = read_document(f"{kinds}<html><body><p>&b;&d;</p></body></html>".encode())[0].text
    assert "geheim" not in text
    assert len(text) < 100


@given(
    st.lists(st.text(alphabet="到年达百分点，。0123456789%（）<>&\"' \n", max_size=20), max_size=8),
    st.sampled_from(["p", "div", "td", "li"]),
)
@settings(max_examples=60)
def test_positions_show_the_paragraphs_of_any_page(rows, name):
    body = "".join(f"<{name}>{escape(row)}</{name}>" for row in rows)
    document, _ = read_document(page(f"<table><tr>{body}</tr></table>" if name == "td" else body))
    assert all(document.text[one.start : one.end] == one.text and one.text.strip() for one in document.paragraphs)
    said = "".join("".join(one.text.removeprefix("• ").split()) for one in document.paragraphs)
    assert said == "".join("".join(row.split()) for row in rows)
