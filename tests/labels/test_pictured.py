"""A character no font has, drawn as a picture somebody supplies: on the page, in the text, in a printer's dots."""

import dataclasses
import io

import pytest
from PIL import Image, ImageDraw

from labels import pictured
from labels.batch import draw_batch
from labels.draw import draw, drawing
from labels.fonts import MissingCharacter
from labels.papers import Paper, SlipItem
from labels.pictured import UnusablePicture
from labels.printers import plate
from tests.labels.examples import LABEL, slip
from tests.labels.reading import poppler_text, rasters, text

RARE = "\U00031350"  # no font has it: it was encoded after the newest of them


def png(side: int = 128, mode: str = "L") -> bytes:
    """A cross on white, as a person would scan a character."""
    picture = Image.new(mode, (side, side), "white" if mode == "L" else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for line in ((side * 0.1, side / 2, side * 0.9, side / 2), (side / 2, side * 0.1, side / 2, side * 0.9)):
        pen.line(line, fill="black", width=side // 8)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def named(name: str) -> Paper:
    item = SlipItem(1, f"{name}的毕业证书", "XL-1", "示例大学", name, 1, 1, "原件")
    return dataclasses.replace(slip(1), items=(item,), released_by=name)


def test_without_a_picture_the_character_is_refused_by_its_name() -> None:
    with pytest.raises(MissingCharacter, match=r"U\+31350.*图片"):
        draw(named(f"王{RARE}"))


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_with_a_picture_both_readers_are_given_the_character_back(mode: str) -> None:
    pdf = draw(named(f"王{RARE}明"), {RARE: png(mode=mode)})
    for read in (text(pdf), poppler_text(pdf)):
        assert f"王{RARE}明的毕业证书" in read
    assert pdf == draw(named(f"王{RARE}明"), {RARE: png(mode=mode)})


def test_the_picture_is_on_the_page_and_among_the_printers_dots() -> None:
    label = dataclasses.replace(LABEL, destination_mark=RARE, route_code="")
    blank = dataclasses.replace(LABEL, destination_mark="一", route_code="")
    (page,) = rasters(draw(label, {RARE: png()}))
    (without,) = rasters(draw(blank))
    assert page.crop((60, 100, 460, 300)).tobytes() != without.crop((60, 100, 460, 300)).tobytes()
    with pictured.supplied({RARE: png()}):
        (face,) = plate.faces(drawing(label), 203)
    middle = face.ink.crop((24, 100, 400, 300))
    assert middle.getbbox() is not None
    assert sum(middle.convert("L").histogram()[255:]) > 2000
    assert draw_batch([label], verify=True, glyphs={RARE: png()})


def test_a_picture_serves_one_paper_only_and_never_in_place_of_a_font() -> None:
    draw(named(f"王{RARE}"), {RARE: png()})
    with pytest.raises(MissingCharacter):
        draw(named(f"王{RARE}"))
    assert draw(named("王明"), {"明": png()}) == draw(named("王明"))


@pytest.mark.parametrize(
    ("character", "data", "said"),
    [(RARE, b"GIF89a", "PNG"), ("王明", png(), "一个字符"), (RARE, png() + bytes(600_000), "512"),
     (RARE, png(4096), "2048"), (RARE, png()[:60], "PNG")],
)  # fmt: skip
def test_what_is_no_picture_of_one_character_is_refused(character: str, data: bytes, said: str) -> None:
    with pytest.raises(UnusablePicture, match=said):
        draw(named(f"王{RARE}"), {character: data})
