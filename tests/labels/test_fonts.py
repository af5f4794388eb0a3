import hashlib
import io
import subprocess
import sys

import pytest
from fontTools.ttLib import TTFont

from labels import fonts
from labels.fonts.embedded import font_program, to_unicode
from labels.fonts.woff2 import UnreadableFont, Woff2

#: GB 18030-2022, all three levels: URO to 9FEF, extensions A to F, and the twelve unified compatibility ideographs.
LEVEL_3 = (
    range(0x4E00, 0x9FF0),
    range(0x3400, 0x4DB6),
    range(0x20000, 0x2A6D7),
    range(0x2A700, 0x2B735),
    range(0x2B740, 0x2B81E),
    range(0x2B820, 0x2CEA2),
    range(0x2CEB0, 0x2EBE1),
    (0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29),
)
#: Outlines and metrics of every 200th glyph as fontTools rebuilds them from the same files, in two minutes.
FONTTOOLS_DIGESTS = {
    "NotoSansSC": "758b93e40eae7b3c72b79a10e9afa686e859757e8f3629a739e94da9b39f9a17",
    "HanaMinB": "21c385d75b3faedbc9d234e6438cbae831390fbc5df7d7532c316f162cb8bcb2",
}


def test_the_chain_has_all_87887_characters_of_gb18030_level_3() -> None:
    wanted = [code for part in LEVEL_3 for code in part]
    assert len(wanted) == 87_887
    have = set().union(*(fonts.load(font).glyphs for font in fonts.CHAIN))
    assert len(have.intersection(wanted)) == 87_887


@pytest.mark.parametrize("font", fonts.CHAIN, ids=lambda font: font.name)
def test_outlines_and_metrics_are_those_fonttools_rebuilds(font: fonts.FontFile) -> None:
    source = fonts.load(font).source
    numbers = range(0, source.glyph_count, 200)
    program = TTFont(io.BytesIO(font_program(source, list(numbers))))
    table, digest = program["glyf"], hashlib.sha256()
    for place, number in enumerate(numbers):
        glyph = table[program.getGlyphName(place)]
        glyph.expand(table)
        if glyph.numberOfContours:
            outline = (
                [tuple(point) for point in glyph.coordinates],
                [flag & 1 for flag in glyph.flags],
                list(glyph.endPtsOfContours),
            )
            digest.update(repr(outline).encode())
        digest.update(repr(source.metrics(number)).encode())
    assert digest.hexdigest() == FONTTOOLS_DIGESTS[font.name]


def test_each_character_is_drawn_in_the_first_font_that_has_it() -> None:
    assert fonts.runs("王𠮷（𪚥䶮）") == [
        ("NotoSansSC", "王"),
        ("HanaMinB", "𠮷"),
        ("NotoSansSC", "（"),
        ("HanaMinB", "𪚥"),
        ("NotoSansSC", "䶮）"),
    ]


@pytest.mark.parametrize("character", ["\U00031350", "\U0001f600", "\x07", "\ue000"])
def test_a_character_no_font_has_is_named_and_not_drawn(character: str) -> None:
    with pytest.raises(fonts.MissingCharacter, match=rf"U\+{ord(character):04X}") as caught:
        fonts.runs(f"王{character}")
    assert caught.value.character == character


def test_a_width_is_the_sum_of_its_characters_in_both_fonts() -> None:
    assert fonts.width("王𠮷", 10) == pytest.approx(20)
    assert fonts.width("", 10) == 0


def test_to_unicode_writes_utf16_and_at_most_a_hundred_pairs_a_block() -> None:
    cmap = to_unicode("AAAAAA+X", [0, *range(0x20000, 0x20000 + 150), ord("王")])
    assert "<01> <D840DC00>" in cmap
    assert "<97> <738B>" in cmap
    assert "<00> <" not in cmap.split("endcodespacerange")[1]
    assert cmap.count("beginbfchar") == 2
    assert "100 beginbfchar" in cmap


def test_importing_the_drawers_reads_no_font() -> None:
    check = "import labels.draw, labels.fonts as f; print(f._read.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_a_changed_font_file_is_refused() -> None:
    changed = fonts.FontFile("Changed", "NotoSansSC-Regular.woff2", "0" * 64)
    with pytest.raises(UnreadableFont, match="校验值不符"):
        fonts.load(changed)


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(UnreadableFont, match="WOFF2"):
        Woff2(b"OTTO" + bytes(60))
