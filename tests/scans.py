"""Scans as people upload them: a PDF of one page, and ones that no archive would take."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf


def scan(change: Callable[[pikepdf.Pdf], None] = lambda _: None, password: str = "") -> bytes:
    """The bytes of a PDF of one empty page; the same every time without a password."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        change(pdf)
        out = io.BytesIO()
        if password:
            pdf.save(out, encryption=pikepdf.Encryption(owner=password, user=password))
        else:
            pdf.save(out, deterministic_id=True)
        return out.getvalue()


def scripted() -> bytes:
    """A scan that runs a script when it is opened."""

    def add(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))

    return scan(add)


def fontless() -> bytes:
    """A scan whose words need a font that is not inside."""

    def add(pdf: pikepdf.Pdf) -> None:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name.SimSun)
        page = pdf.pages[0]
        page.obj["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        page.contents_add(b"BT /F1 12 Tf 72 700 Td (signed) Tj ET")

    return scan(add)
