"""The page of pictures: several at once, the bad ones named, seen only by parties, withdrawn for a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import uuid4

from werkzeug.test import TestResponse

from tests.photos import photo
from tests.web.window.acts import DOSSIER, ENVELOPE, codes, listed
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall

Enter = Callable[[str], Officer]
CODE = codes(1)[0]


def give(who: Officer, *files: tuple[str, bytes], code: str = CODE, **fields: str) -> TestResponse:
    """The files are chosen and sent."""
    chosen = [(io.BytesIO(content), name) for name, content in files]
    return who.post(f"/originals/{code}/pictures", {"command_id": str(uuid4()), "pictures": chosen, **fields})


def test_several_files_are_kept_at_once_and_the_bad_ones_are_named(window: Officer, desk: Hall) -> None:
    listed(window)
    answer = give(window, ("正面.jpg", photo(1)), ("说明.jpg", b"no picture"), ("反面.png", photo(2, "PNG")))
    assert answer.status_code == 422
    assert "说明.jpg" in answer.text
    page = window.get(f"/dossiers/{DOSSIER}/pictures").text
    assert "原件影像：2 张" in page
    assert page.count("data-pictures") == 3
    assert "已保存 1 张" in window.follow(give(window, ("侧面.jpg", photo(3))))
    assert "先前已经保存过" in window.follow(give(window, ("侧面.jpg", photo(3))))
    assert give(window).status_code == 422
    inside = window.get(f"/consignments/{ENVELOPE}").text
    assert inside.count("/small") == 3
    for path in (f"/pictures/{CODE}-P01", f"/pictures/{CODE}-P01/small"):
        shown = window.get(path)
        assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
        assert window.client.get(path, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    assert window.get(f"/pictures/{CODE}-P01").data == photo(1)


def test_parties_see_a_picture_its_taker_withdraws_it_and_a_seal_freezes_them(
    window: Officer, officer: Enter, desk: Hall
) -> None:
    listed(window)
    give(window, ("a.jpg", photo(1)))
    stranger, receiver = officer("hz-window"), officer("fr-receiver")
    for path in (f"/pictures/{CODE}-P01", f"/pictures/{CODE}-P01/small", f"/dossiers/{DOSSIER}/pictures"):
        assert stranger.get(path).status_code == 404
        assert receiver.get(path).status_code == 200
    assert give(receiver, ("b.jpg", photo(2))).status_code == 409
    withdrawn = {"why": "拍糊了"}
    assert receiver.send(f"/pictures/{CODE}-P01/withdraw", **withdrawn).status_code in (403, 404)
    assert window.send(f"/pictures/{CODE}-P01/withdraw").status_code == 409
    assert "已撤回" in window.follow(window.send(f"/pictures/{CODE}-P01/withdraw", **withdrawn))
    assert "还没有原件影像" in window.get(f"/dossiers/{DOSSIER}/pictures").text
    timeline = window.get(f"/dossiers/{DOSSIER}").text
    assert "后来：撤回影像，陈晓岚" in timeline
    assert f"{CODE}-P01 · 拍糊了" in timeline
    give(window, ("a.jpg", photo(7)))
    window.send(f"/consignments/{ENVELOPE}/pack", inside=codes(), code="XN-0001", then="seal")
    page = window.get(f"/dossiers/{DOSSIER}/pictures").text
    assert "影像随清单冻结" in page
    assert "data-pictures" not in page
    assert give(window, ("b.jpg", photo(2))).status_code == 409
    for path in (f"/dossiers/{DOSSIER}", f"/consignments/{ENVELOPE}"):
        assert f"/pictures/{CODE}-P02/small" in window.get(path).text
    assert window.get(f"/papers/{CODE}-P01.pdf").headers["Location"] == f"/pictures/{CODE}-P01"


def test_only_pages_that_take_pictures_may_ask_for_a_camera_and_they_carry_no_script_of_their_own(
    window: Officer, desk: Hall
) -> None:
    listed(window)
    page = window.get(f"/dossiers/{DOSSIER}/pictures")
    assert page.headers["Permissions-Policy"] == "camera=(self), microphone=(), geolocation=()"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.text.count("data-live") == 3
    assert give(window).headers["Permissions-Policy"].startswith("camera=(self)")  # the page again, for a refusal
    for path in ("/", f"/consignments/{ENVELOPE}", f"/dossiers/{DOSSIER}"):
        assert window.get(path).headers["Permissions-Policy"].startswith("camera=()")


def test_from_the_checklist_straight_to_the_camera_and_from_there_into_the_envelope(
    window: Officer, desk: Hall
) -> None:
    no = listed(window, then="pictures")
    answer = window.get(f"/dossiers/{no}/pictures").text
    assert "装进封套" in answer.split("data-main")[0].rpartition("<header")[2] + answer.split("data-main")[1][:80]
    assert "封套里 3 件，扫描封签" in window.follow(window.send(f"/dossiers/{no}/consignments"))
    assert "回到封套" in window.get(f"/dossiers/{no}/pictures").text
