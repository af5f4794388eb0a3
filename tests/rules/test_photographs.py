"""What may be kept as a picture of an original, until when, and how it looks small."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from logistics.errors import Malformed, Rejected
from logistics.rules import photographs
from logistics.rules.photographs import require_addable, seen, thumbnail, withdraw
from logistics.tables import Picture
from logistics.terms import PictureOf, Stage
from tests.photos import photo
from tests.rules.rows import RECEIVER, SENDER, at, consignment, original, taken_in
from tests.scans import scan


def refused(rule: str) -> AbstractContextManager[object]:
    return pytest.raises(Rejected, check=lambda no: no.rule == rule and no.zh.endswith("。") and no.en.endswith("."))


def test_a_file_is_what_its_bytes_are_whatever_it_is_called() -> None:
    assert seen(photo(), 1, "证书.pdf") == photographs.Seen("image/jpeg", 60, 40)
    assert seen(photo(form="PNG"), 1) == photographs.Seen("image/png", 60, 40)
    assert seen(photo(form="MPO"), 1).media_type == "image/jpeg"
    assert seen(scan(), 1).media_type == "application/pdf"


@given(st.binary(max_size=200))
def test_bytes_that_do_not_decode_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(Malformed) as why:
        seen(content, 1, "照片")
    assert why.value.fields[photographs.FIELD][0].endswith("。")


@pytest.mark.parametrize("content", [photo()[:200], scan()[:-40], photo(form="GIF"), b"<svg onload=alert(1)>"])
def test_a_broken_or_foreign_file_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        seen(content, 1)


def test_a_file_above_the_limit_is_refused_with_its_size() -> None:
    with pytest.raises(Malformed) as why:
        seen(photo() + bytes(1_000_000), 1, "大图.jpg")
    assert "最多 1 MB" in why.value.fields[photographs.FIELD][0]


def test_a_thumbnail_is_small_the_right_way_up_and_says_nothing_of_its_own() -> None:
    small = Image.open(io.BytesIO(thumbnail(photo(size=(2000, 1000), turned=True))))
    assert small.size == (160, 320)
    assert not small.getexif()
    clear = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(clear, "PNG")
    assert Image.open(io.BytesIO(thumbnail(clear.getvalue()))).getpixel((1, 1)) == (255, 255, 255)


def test_whoever_holds_the_original_takes_its_picture_until_a_seal_froze_the_list() -> None:
    one, held, sealed = original(), taken_in(1), consignment(stage=Stage.SEALED)
    require_addable(one, PictureOf.ORIGINAL, held, SENDER, None, 0)
    with refused("not_held"):
        require_addable(one, PictureOf.ORIGINAL, held, RECEIVER, None, 0)
    with refused("not_held"):
        require_addable(one, PictureOf.ORIGINAL, None, SENDER, None, 0)
    with refused("frozen"):
        require_addable(one, PictureOf.ORIGINAL, held, SENDER, sealed, 0)
    with refused("too_many"):
        require_addable(one, PictureOf.ORIGINAL, held, SENDER, None, photographs.MOST_OF_ONE)
    require_addable(one, PictureOf.DAMAGE, held, RECEIVER, sealed, 0)


def test_a_picture_is_withdrawn_once_for_a_reason_and_not_from_under_a_seal() -> None:
    row = Picture(
        dossier_id=1, original_id=1, paper_id=1, seq=1, shows=PictureOf.ORIGINAL, agency_id=SENDER, width=60, height=40
    )
    assert withdraw(original(), row, "X-P01", " 拍糊了 ", None).why == "拍糊了"
    with refused("reason"):
        withdraw(original(), row, "X-P01", " ", None)
    with refused("frozen"):
        withdraw(original(), row, "X-P01", "拍糊了", consignment(stage=Stage.SEALED))
    row.withdrawn_at = at(1)
    with refused("withdrawn"):
        withdraw(original(), row, "X-P01", "拍糊了", None)
