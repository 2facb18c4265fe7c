"""Writing documents as PDF files. The library is large and slow to load: `documents.py` loads it with the first one."""

import io
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from services.procurement.documents import Document, Table

FONT = "NotoSansSC"
"""Noto Sans SC (SIL Open Font License 1.1), as a package carries it; TrueType, as the PDF writer needs it."""
MARGIN = 14 * mm
GREY = colors.HexColor("#666666")
PALE = colors.HexColor("#eeeeee")
_one_at_a_time = Lock()


def pdf(document: Document) -> bytes:
    """Return a document as a PDF file on A4, across when `wide`. One at a time: the font counts what it is used for."""
    with _one_at_a_time:
        _register()
        paper = landscape(A4) if document.wide else A4
        out = io.BytesIO()
        template = SimpleDocTemplate(
            out,
            pagesize=paper,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=MARGIN,
            bottomMargin=MARGIN + 4 * mm,
            title=document.title,
            author="校农云",
            invariant=1,
        )
        width = paper[0] - 2 * MARGIN - 12
        template.build(_story(document, width), canvasmaker=_numbered(document.foot))
        return out.getvalue()


@cache
def _register() -> None:
    package = find_spec("zhplot")
    if package is None or package.origin is None:
        raise RuntimeError("the lock's package zhplot, which carries the font of documents, is not installed")
    pdfmetrics.registerFont(TTFont(FONT, str(Path(package.origin).with_name("fonts") / "NotoSansSC-Regular.ttf")))


def _style(name: str, size: int, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=FONT, fontSize=size, leading=size * 1.35, wordWrap="CJK", **more)


TITLE = _style("title", 16, spaceAfter=6)
HEADING = _style("heading", 11, spaceBefore=8, spaceAfter=4)
TEXT = _style("text", 8)
NUMBER = _style("number", 8, alignment=2)
REMARK = _style("remark", 8, spaceBefore=2, textColor=GREY)


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _story(document: Document, width: float) -> list[Flowable]:
    story: list[Flowable] = [_text(document.title, TITLE)]
    if document.facts:
        story.append(_facts(document.facts, width))
    for section in document.sections:
        story.append(_text(section.heading, HEADING))
        if section.table is not None:
            story.append(_table(section.table, width))
        story += [_text(remark, REMARK) for remark in section.remarks]
    if document.signatures:
        story += [Spacer(1, 10 * mm), _signatures(document.signatures, width)]
    return story


def _facts(facts: Sequence[tuple[str, str]], width: float) -> Flowable:
    """Two facts a line; an odd last one stands alone."""
    pairs = [(_text(name, REMARK), _text(value, TEXT)) for name, value in facts]
    if len(pairs) % 2:
        pairs.append((_text("", REMARK), _text("", TEXT)))
    lines = [[*left, *right] for left, right in zip(pairs[::2], pairs[1::2], strict=True)]
    share = width / 10
    table = LongTable(lines, colWidths=[2 * share, 3 * share, 2 * share, 3 * share])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 1)]))
    return table


def _table(table: Table, width: float) -> Flowable:
    styles = [NUMBER if column.number else TEXT for column in table.columns]
    rows = [[_text(column.title, style) for column, style in zip(table.columns, styles, strict=True)]]
    for row in (*table.rows, *([table.total] if table.total is not None else [])):
        rows.append([_text(cell, style) for cell, style in zip(row, styles, strict=True)])
    whole = sum(column.width for column in table.columns)
    drawn = LongTable(rows, colWidths=[width * column.width / whole for column in table.columns], repeatRows=1)
    commands: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), PALE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, GREY),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if table.total is not None:
        commands += [("LINEABOVE", (0, -1), (-1, -1), 0.8, colors.black), ("BACKGROUND", (0, -1), (-1, -1), PALE)]
    drawn.setStyle(TableStyle(commands))
    return drawn


def _signatures(names: Sequence[str], width: float) -> Flowable:
    table = LongTable([[_text(name, TEXT) for name in names]], colWidths=[width / len(names)] * len(names))
    table.setStyle(TableStyle([("LINEABOVE", (0, 0), (-1, 0), 0.5, colors.black)]))
    return table


def _numbered(foot: str) -> type[Canvas]:
    """Return a canvas that writes at the foot of each page which of how many it is: a lost page is noticed."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(FONT, 7)
                self.setFillColor(GREY)
                self.drawString(MARGIN, MARGIN - 2 * mm, foot)
                right = self._pagesize[0] - MARGIN
                self.drawRightString(
                    right, MARGIN - 2 * mm, f"第 {number} 页 共 {len(self._pages)} 页 · {number}/{len(self._pages)}"
                )
                super().showPage()
            super().save()

    return Numbered
