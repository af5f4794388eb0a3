"""The archived file, as independent readers find it: any words, any characters, any number of pages."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pypdfium2
from hypothesis import given, settings
from hypothesis import strategies as st

from labels import fonts
from labels.attachments import Attachment
from labels.pdfa import About
from labels.sheet import Sheet

AT = dt.datetime(2026, 9, 28, 1, 5, tzinfo=dt.UTC)
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=40)


def sound(data: bytes) -> None:
    """Returns when a strict reader finds nothing to complain of."""
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as opened:
        assert opened.check_pdf_syntax() == []


@settings(max_examples=40, deadline=None)
@given(WORDS, WORDS, st.lists(st.text("ab文件（）()<>#/ .", min_size=1, max_size=9), unique=True, max_size=4))
def test_words_of_any_kind_and_names_of_files_come_back_as_they_were(
    title: str, subject: str, names: list[str]
) -> None:
    files = tuple(
        Attachment(name, "text/x.y+z;q=1", "Data", name.encode() * 9, subject)
        for name in names
        if not set(name) & set("/\\<>") and name.isprintable()
    )
    made = Sheet(100, 50, About(title, subject, AT, files)).finish()
    sound(made)
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert (str(opened.docinfo.Title), str(opened.docinfo.Subject)) == (title, subject)
        assert {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()} == {
            one.name: one.content for one in files
        }
        assert [str(spec.EF.F.Subtype) for spec in opened.Root.get("/AF", [])] == ["/text/x.y+z;q=1"] * len(files)


def test_more_characters_than_a_font_has_codes_are_all_shown_and_read_back() -> None:
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 700) if fonts.covers(chr(code))] + list("𠮷𪚥䶮㛃Aa1")
    sheet = Sheet(210, 297, About("", "", AT))
    for number in range(0, len(characters), 40):
        sheet.text(10, 10 + number / 4, "".join(characters[number : number + 40]), 9)
    made = sheet.finish()
    sound(made)
    opened = pypdfium2.PdfDocument(made)
    page = opened[0]
    words = page.get_textpage()
    assert words.get_text_bounded().replace("\r\n", "") == "".join(characters)
    words.close()
    page.close()
    opened.close()
    with pikepdf.open(io.BytesIO(made)) as again:
        embedded = list(again.pages[0].Resources.Font.values())
        assert len({str(font.BaseFont) for font in embedded}) == len(embedded) >= 4
        for font in embedded:
            assert len(font.Widths) == int(font.LastChar) + 1 <= 256


def test_pages_keep_their_sizes_and_begin_anew() -> None:
    sheet = Sheet(100, 150, About("", "", AT))
    sheet.text(5, 5, "甲", 9, bold=True, ink=0.5)
    sheet.next_page()
    sheet.resize(60, 40)
    sheet.text(5, 5, "乙", 9)
    made = sheet.finish()
    sound(made)
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert [round(float(page.MediaBox[2]) / 72 * 25.4) for page in opened.pages] == [100, 60]


def test_a_page_without_anything_is_a_page() -> None:
    sound(Sheet(100, 150, About("", "", AT)).finish())
