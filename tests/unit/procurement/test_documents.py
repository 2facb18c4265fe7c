"""Documents people print: they carry their font, lose no character and no page."""

import re

import pytest
from reportlab.pdfbase import pdfmetrics

from services.procurement.documents import Column, Document, Section, Table
from services.procurement.pdf import FONT, pdf

WORDS = "采购订单 Purchase order ¥12.50 市斤 松桃苗族自治县 㵲阳河 甪里 仡佬族 （示例）①—…"


def a_document(rows: int = 3) -> Document:
    """Return an order of so many lines."""
    columns = (Column("商品 Food", 3), Column("订购 ordered (jin)", 2, number=True))
    table = Table(columns, [(WORDS, "12.5")] * rows, ("合计 Total", "37.5"))
    return Document(WORDS, [("学校", "<b>&"), ("合作社", "y"), ("日", "z")], [Section("行", table, ["x"])], "第二版")


def _pages(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", data))


def test_a_document_carries_its_font() -> None:
    """The font is embedded, so that a reader without Chinese fonts shows the same as one with them."""
    data = pdf(a_document())
    assert data.startswith(b"%PDF-")
    assert b"/FontFile2" in data
    assert b"NotoSansSC" in data


def test_every_character_of_names_is_in_the_font() -> None:
    """A place's rare character is printed, not left out: all of GBK, and those of Guizhou beyond it."""
    pdf(a_document(1))
    glyphs = pdfmetrics.getFont(FONT).face.charToGlyph
    ideographs = {chr(code) for code in range(0x4E00, 0x9FA6)}
    assert {sign for sign in {*ideographs, *WORDS} if ord(sign) not in glyphs} == set()


def test_a_long_table_goes_over_pages() -> None:
    """Rows that do not fit on a page stand on the next one; none is lost."""
    assert _pages(pdf(a_document(3))) == 1
    assert _pages(pdf(a_document(150))) > 2


def test_the_same_document_is_the_same_bytes() -> None:
    """Printing a document twice changes nothing in it."""
    assert pdf(a_document()) == pdf(a_document())


def test_a_row_fits_its_columns() -> None:
    """A row with a cell too few is a mistake of the program: a figure under a wrong title is worse than no document."""
    with pytest.raises(ValueError, match="1 cells under 2 columns"):
        Table((Column("a"), Column("b")), [("1",)])
