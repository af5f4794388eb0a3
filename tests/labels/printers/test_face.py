"""The model in dots: tiles that share no byte, letters as dots, screens of grey."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from labels import fonts
from labels.printers import glyphs
from labels.printers.face import BYTE, Face
from labels.printers.plate import Plate
from labels.printers.readers.bed import Bed, NotUnderstood
from labels.surface import TextTooLong

BOXES = st.lists(st.tuples(st.integers(0, 190), st.integers(0, 90), st.integers(1, 60), st.integers(1, 30)), max_size=8)


def inked(boxes: list[tuple[int, int, int, int]]) -> Face:
    ink = Image.new("1", (203, 101))
    for x, y, width, height in boxes:
        ImageDraw.Draw(ink).rectangle((x, y, x + width, y + height), fill=1)
    return Face(203, 101, 203, ink, (), (), ())


@settings(deadline=None)
@given(BOXES)
def test_tiles_together_are_the_ink_and_no_two_share_a_byte(boxes: list[tuple[int, int, int, int]]) -> None:
    here = inked(boxes)
    bed, taken = Bed(203, 101), set()
    for tile in here.tiles():
        assert tile.x % BYTE == 0
        assert len(tile.data) == tile.stride * tile.height
        bytes_of = {(tile.x // BYTE + n, tile.y + row) for n in range(tile.stride) for row in range(tile.height)}
        assert not bytes_of & taken
        taken |= bytes_of
        bed.overwrite(tile.x, tile.y, tile.stride, tile.data)
    assert bed.image.tobytes() == here.ink.tobytes()


def test_an_empty_label_has_no_tiles() -> None:
    assert inked([]).tiles() == []


@pytest.mark.parametrize("character", "王𠮷𪚥䶮㛃A8，")
@pytest.mark.parametrize("dots", [15.5, 24.0, 96.0])
def test_every_character_becomes_dots_of_about_its_size(character: str, dots: float) -> None:
    ((font, _),) = fonts.runs(character)
    plain, bold = (glyphs.letter(character, font, dots, thick) for thick in (False, True))
    assert plain is not None
    assert bold is not None
    image, left, top = plain
    assert image.getbbox() is not None
    assert 0 < image.height <= dots * 1.1
    assert -dots * 1.1 <= top <= 0 or character == "，"
    assert -dots * 0.2 <= left <= dots
    assert sum(bold[0].get_flattened_data()) > sum(image.get_flattened_data())


def test_a_space_leaves_no_dots() -> None:
    assert glyphs.letter(" ", fonts.MAIN.name, 24.0, False) is None


@pytest.mark.parametrize(("ink", "share"), [(0.0, 1.0), (0.5, 0.5), (0.9, 0.125), (0.94, 0.0625), (1.0, 0.0)])
def test_a_grey_is_a_screen_of_as_many_dots(ink: float, share: float) -> None:
    plate = Plate(10, 10, 203)
    plate.fill(0, 0, 10, 10, ink=ink)
    (page,) = plate.finish()
    dots = page.ink.get_flattened_data()
    assert sum(1 for dot in dots if dot) / len(dots) == pytest.approx(share, abs=0.02)


def test_a_code_that_does_not_fit_is_refused() -> None:
    plate = Plate(40, 40, 203)
    with pytest.raises(TextTooLong):
        plate.code128(0, 0, "A" * 30, 40, 10)
    with pytest.raises(TextTooLong):
        plate.qr(0, 0, "Q" * 300, 10)


def test_nothing_is_printed_beside_the_label() -> None:
    bed = Bed(100, 50)
    for act in (
        lambda: bed.rectangle(90, 0, 20, 5),
        lambda: bed.graphic(96, 0, 1, b"\xff"),
        lambda: bed.square(95, 40, 2, "A"),
    ):
        with pytest.raises(NotUnderstood):
            act()
    bed.graphic(96, 0, 1, b"\xf0")
    assert bed.image.getbbox() == (96, 0, 100, 1)
