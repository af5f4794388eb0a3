import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.draw import draw
from labels.fonts import MissingCharacter
from labels.papers import LabelParty, UnlawfulPaper
from labels.surface import TextTooLong
from tests.labels.examples import FURONG, LABEL, XIANNING
from tests.labels.reading import codes, page_texts, poppler_text, rasters, squeezed, text

PERSONS = st.text(st.sampled_from("赵钱孙𠮷𪚥䶮㛃欧阳诸葛慧敏"), min_size=2, max_size=4)
PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize("number", ["1234567890123", "RA123456785CN", "SF1234567890123", "YT8812345678901"])
def test_both_codes_scan_from_the_printers_dots(number: str) -> None:
    label = dataclasses.replace(LABEL, waybill_no=number)
    (image,) = rasters(draw(label))
    assert codes(image) == {"Code128": number, "QRCode": label.qr_text}


def test_the_page_is_whole_dots_and_every_bar_four_of_them_a_module() -> None:
    (image,) = rasters(draw(LABEL))
    assert image.size == (799, 1199)
    row = np.array(image)[int(45 * 203 / 25.4), 30:770]  # through the bar code, inside the frame
    edges = np.flatnonzero(np.diff(row.astype(int)))
    assert len(edges) == 68  # ten symbols of six elements and the stop of seven
    assert not np.any(np.diff(edges) % 4)


def test_agencies_stand_in_full_and_contents_are_only_counted() -> None:
    words = text(draw(LABEL))
    for wanted in (XIANNING, FURONG, "内件：文件资料3件", "1234567890123", "长沙-芙蓉-A12", "封签号XN-004512"):
        assert squeezed(wanted) in words
    assert words == "".join(page_texts(draw(LABEL)))


def test_person_phone_and_room_are_masked_by_the_drawer() -> None:
    words = text(draw(LABEL)) + poppler_text(draw(LABEL))
    for shown in ("王*", "欧阳*", "138******78", "071*-*****34", "**单元**室"):
        assert shown in words
    for hidden in ("王𠮷", "𠮷", "䶮", "13812345678", "12345678", "8251234", "1201", "305"):
        assert hidden not in words.replace(LABEL.waybill_no, "")


@settings(max_examples=20, deadline=None)
@given(PERSONS, PHONES)
def test_no_persons_name_or_phone_is_anywhere_in_the_label(person: str, phone: str) -> None:
    party = LabelParty("咸宁市公证处", person, phone, "咸安区银泉大道1号9栋4403")
    pdf = draw(dataclasses.replace(LABEL, sender=party, receiver=party))
    words = text(pdf)
    for hidden in (person, phone, phone[3:9], "4403"):
        assert hidden not in words


@pytest.mark.parametrize("secrecy", ["秘密", "机密", "绝密", "秘密★1年", "内部"])
def test_classified_contents_get_no_label_of_an_ordinary_channel(secrecy: str) -> None:
    with pytest.raises(UnlawfulPaper, match="机要"):
        draw(dataclasses.replace(LABEL, secrecy=secrecy))


@pytest.mark.parametrize("secrecy", ["", "无", "公开"])
def test_no_secrecy_is_no_obstacle(secrecy: str) -> None:
    assert draw(dataclasses.replace(LABEL, secrecy=secrecy)).startswith(b"%PDF-1.7")


def test_an_official_document_gets_no_label_of_a_private_courier() -> None:
    with pytest.raises(UnlawfulPaper, match="第五十五条"):
        draw(dataclasses.replace(LABEL, courier_name="顺丰速运", postal_enterprise=False))
    assert draw(dataclasses.replace(LABEL, postal_enterprise=False, official_document=False))


def test_the_law_is_asked_before_the_fonts() -> None:
    """An unlawful label with an unprintable name is refused for the law: nothing of it was drawn."""
    party = dataclasses.replace(LABEL.sender, agency="\U00031350")
    with pytest.raises(UnlawfulPaper):
        draw(dataclasses.replace(LABEL, secrecy="秘密", sender=party))
    with pytest.raises(MissingCharacter):
        draw(dataclasses.replace(LABEL, sender=party))


def test_the_confidential_channel_may_carry_what_the_ordinary_may_not() -> None:
    assert draw(dataclasses.replace(LABEL, secrecy="机密", confidential_channel=True, postal_enterprise=False))


def test_a_very_long_agency_shrinks_and_an_endless_one_is_refused() -> None:
    long = dataclasses.replace(LABEL.receiver, agency=FURONG + XIANNING)
    assert FURONG + XIANNING in text(draw(dataclasses.replace(LABEL, receiver=long)))
    endless = dataclasses.replace(LABEL.receiver, agency=FURONG * 20)
    with pytest.raises(TextTooLong, match="放不下"):
        draw(dataclasses.replace(LABEL, receiver=endless))


def test_what_becomes_a_code_must_be_ascii_and_counts_start_at_one() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        dataclasses.replace(LABEL, qr_text="J001-WS·2024")
    with pytest.raises(ValueError, match="至少为 1"):
        dataclasses.replace(LABEL, contents_count=0)
    with pytest.raises(ValueError, match="时区"):
        dataclasses.replace(LABEL, printed_at=LABEL.printed_at.replace(tzinfo=None))


def test_a_label_is_small() -> None:
    assert len(draw(LABEL)) < 45_000
