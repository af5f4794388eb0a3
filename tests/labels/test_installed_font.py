"""A third font that the administrator installed, for the characters of the standard's amendments."""

import dataclasses
import io
import pathlib
from collections.abc import Iterator

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from labels import fonts
from labels.draw import draw
from labels.fonts.woff2 import UnreadableFont
from tests.labels.examples import slip
from tests.labels.reading import poppler_text, text

RARE = "\U00031350"  # the first of extension H: in neither font that we carry


def font_file(folder: pathlib.Path) -> pathlib.Path:
    """A font of 1024 units, hinted, whose last glyphs share one advance, as BabelStone Han has them."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(1024, isTTF=True)
    builder.setupGlyphOrder([".notdef", "rare"])
    builder.setupCharacterMap({ord(RARE): "rare"})
    builder.setupGlyf({".notdef": pen.glyph(), "rare": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1024, 100), "rare": (1024, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-144)
    builder.setupNameTable({"familyName": "Amendment", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = folder / "amendment.ttf"
    builder.save(path)
    return path


@pytest.fixture
def installed(tmp_path: pathlib.Path) -> Iterator[None]:
    fonts.install(font_file(tmp_path))
    yield
    fonts.install(None)


@pytest.mark.usefixtures("installed")
def test_a_character_of_the_amendment_is_drawn_and_copied_in_the_installed_font() -> None:
    assert fonts.runs(f"王𠮷{RARE}")[-1] == ("Installed", RARE)
    drawn = draw(dataclasses.replace(slip(), item_name=f"王{RARE}"))
    assert f"王{RARE}" in text(drawn)
    assert f"王{RARE}" in poppler_text(drawn)
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        names = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.Font.values()}
    assert any("Amendment" in name for name in names)


def test_without_it_the_character_is_refused_by_name() -> None:
    with pytest.raises(fonts.MissingCharacter, match=r"U\+31350"):
        fonts.runs(RARE)


def test_what_is_no_font_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(UnreadableFont, match="没有字库文件"):
        fonts.install(tmp_path / "nothing.ttf")
    (tmp_path / "text.ttf").write_bytes(b"no font")
    fonts.install(tmp_path / "text.ttf")
    try:
        with pytest.raises(UnreadableFont, match="TrueType"):
            fonts.runs(RARE)
    finally:
        fonts.install(None)
