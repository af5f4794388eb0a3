"""The small fonts of rare characters: every character once, and readable as fonts."""

import io

from fontTools.ttLib import TTFont

from labels import fonts
from labels.fonts import webfont


def test_every_rare_character_of_the_chain_is_in_exactly_one_small_font() -> None:
    shown = [code for codes in webfont.faces().values() for code in codes]
    wanted = {code for font in fonts.CHAIN for code in fonts.load(font).glyphs if code >= webfont.FIRST_RARE}
    assert len(shown) == len(set(shown))
    assert set(shown) == wanted
    assert len(wanted) > 60_000


def test_a_small_font_draws_its_characters_as_the_whole_font_does() -> None:
    face = ("HanaMinB", 0x20B)
    small = TTFont(io.BytesIO(webfont.font(face)))
    whole = fonts.load(fonts.CHAIN[1])
    characters = small.getBestCmap()
    assert tuple(characters) == webfont.faces()[face]
    advance, _ = whole.source.metrics(whole.glyphs[0x20BB7])
    assert small["hmtx"][characters[0x20BB7]][0] == advance
    assert small["glyf"][characters[0x20BB7]].numberOfContours > 0


def test_ranges_are_written_as_style_sheets_want_them() -> None:
    assert webfont.ranges([0x20000, 0x20001, 0x20002, 0x20BB7]) == "U+20000-20002,U+20BB7"
