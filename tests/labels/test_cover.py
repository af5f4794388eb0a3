import dataclasses

from labels.draw import draw
from tests.labels.examples import FURONG, ROOT, XIANNING, cover
from tests.labels.reading import codes, page_texts, rasters, squeezed


def test_the_first_page_names_the_dossier_and_lists_nothing() -> None:
    front, *_ = page_texts(draw(cover(4)))
    for wanted in ("邮递专档", "421200-2026-000123", XIANNING, FURONG, "XY-2026-0007", "30年", "4件11页", ROOT):
        assert squeezed(wanted) in front
    assert "毕业证书" not in front


def test_the_day_of_opening_is_the_day_in_beijing() -> None:
    assert "2026年9月26日" in page_texts(draw(cover()))[0]


def test_the_list_inside_flows_and_ends_with_the_note_to_sign() -> None:
    pages = page_texts(draw(cover(40)))
    assert len(pages) == 4
    assert all("卷内文件目录" in page for page in pages[1:])
    assert ["备考（情况说明）" in page for page in pages] == [False, False, False, True]
    assert sum(page.count("证书") + page.count("委托书") for page in pages) == 40


def test_no_secrecy_is_said_and_a_set_one_stands_there() -> None:
    assert "密级无" in page_texts(draw(cover()))[0]
    assert "密级秘密" in page_texts(draw(dataclasses.replace(cover(), secrecy="秘密")))[0]


def test_the_covers_code_scans() -> None:
    assert codes(rasters(draw(cover()))[0]) == {"QRCode": cover().qr_text}


def test_an_empty_dossier_has_a_cover_of_one_page() -> None:
    (front,) = page_texts(draw(cover(0)))
    assert "0件0页" in front
