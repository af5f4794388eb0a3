"""The receiving page: open, count, save in parts, correct, dispute; at the authority and back at the hall."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import uuid4

import pytest

from couriers.contract import Milestone
from logistics.services import dossiers
from logistics.terms import DecisionResult
from tests.photos import photo
from tests.web.desks.conftest import Desk
from tests.web.desks.under_way import PAPERS, WAYBILL, Hall

At = Callable[[str], Desk]
DIPLOMA, DEGREE, MARKS = (one[1] for one in PAPERS)


def finding(hall: Hall, *values: str) -> dict[str, str]:
    """Form fields: what was found for each original in turn, and the seal as it should be."""
    found = {f"found-{code}": value for code, value in zip(hall.codes, values, strict=False)}
    return {**found, "seal_found": hall.seal}


@pytest.mark.parametrize("scanned", ["waybill", "seal", "slip", "consignment", "dossier", "original"])
def test_whatever_is_scanned_at_the_desk_opens_the_envelope(hall: Hall, at: At, scanned: str) -> None:
    hall.listed().sent().delivered()
    code = {
        "waybill": WAYBILL,
        "seal": hall.seal.lower(),
        "slip": f"YD1|S|{hall.envelope}|0123456789abcdef",
        "consignment": hall.envelope,
        "dossier": hall.dossier,
        "original": hall.codes[1],
    }[scanned]
    answer = at("fr-receiver").post("/receive", {"code": code})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/receive/{hall.envelope}")


@pytest.mark.parametrize("scanned", [WAYBILL, "XN-004512"])
def test_a_scan_in_the_head_of_any_page_opens_the_envelope_for_its_receiver(hall: Hall, at: At, scanned: str) -> None:
    hall.listed().sent().delivered()
    assert at("fr-receiver").get(f"/find?q={scanned}").headers["Location"] == f"/receive/{hall.envelope}"
    elsewhere = at("xn-window").get(f"/find?q={scanned}").headers["Location"]
    assert not elsewhere.startswith("/receive")  # the sender does not receive what is on its way


def test_an_unknown_number_is_refused_at_its_field_and_changes_nothing(hall: Hall, at: At) -> None:
    hall.listed().sent()
    before = hall.count()
    answer = at("fr-receiver").post("/receive", {"code": "9999999999999"})
    assert answer.status_code == 422
    assert "没有这个编号" in answer.text
    assert 'value="9999999999999"' in answer.text
    assert hall.count() == before


def test_another_agency_finds_no_envelope(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    assert at("hz-window").post("/receive", {"code": WAYBILL}).status_code == 422
    assert at("hz-window").get(f"/receive/{hall.envelope}").status_code == 404
    assert at("hz-window").post(f"/receive/{hall.envelope}", {"act": "some"}).status_code == 404


def test_the_list_shows_what_to_compare_and_masks_the_holder(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    text = at("fr-receiver").read(f"/receive/{hall.envelope}")
    for shown in (
        DIPLOMA,
        "107121201905001234",
        "王*",
        "钢印清晰；证书编号与学信网一致",
        hall.seal,
        "待签收核验，应收 3 件",
    ):
        assert shown in text, shown
    assert "王𠮷" not in text
    assert text.count('value="unchecked" checked') == 3


def test_everything_is_there_and_the_seal_matches(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    answer = desk.post(f"/receive/{hall.envelope}", {**finding(hall, "received", "received", "received"), "act": "all"})
    assert answer.status_code == 303, answer.text
    assert set(hall.outcomes().values()) == {"received"}
    assert hall.open_differences() == []
    text = desk.read(f"/receive/{hall.envelope}")
    assert "已签收核验：应收 3，收到 3，缺 0。" in text
    assert "已全部签收核验" in text
    assert f"/dossiers/{hall.dossier}/inside" in text


def test_missing_and_damaged_are_differences_and_custody_passes_for_what_is_there(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    fields = {**finding(hall, "received", "damaged", "missing"), "act": "all"}
    assert desk.post(f"/receive/{hall.envelope}", fields).status_code == 303
    assert {row.kind.value for row in hall.open_differences()} == {"damaged", "missing"}
    holders = {link.original_id: link.to_name for link in hall.whole().custody}
    assert sorted(holders.values()) == sorted(["谭婧", "谭婧", "陈晓岚"])
    text = desk.read(f"/receive/{hall.envelope}")
    assert "核完，缺 1 件" in text
    assert "找到了？更正" in text


def test_the_main_act_asks_for_every_line_and_keeps_what_was_ticked(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    before = hall.count()
    answer = at("fr-receiver").post(f"/receive/{hall.envelope}", {**finding(hall, "received", "damaged"), "act": "all"})
    assert answer.status_code == 422
    assert "还没核" in answer.text
    assert f'name="found-{hall.codes[1]}" value="damaged" checked' in answer.text
    assert f'value="{hall.seal}"' in answer.text
    assert hall.count() == before


def test_what_is_counted_can_be_saved_and_the_rest_stays_uncounted_not_missing(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    assert desk.post(f"/receive/{hall.envelope}", {**finding(hall, "received"), "act": "some"}).status_code == 303
    assert hall.outcomes() == {DIPLOMA: "received", DEGREE: "unchecked", MARKS: "unchecked"}
    assert hall.open_differences() == []
    text = desk.read(f"/receive/{hall.envelope}")
    assert "已存。还有 2 件未核。" in text
    assert "已签收，还有 2 件未核" in text
    rest = {f"found-{code}": "received" for code in hall.codes[1:]}
    assert desk.post(f"/receive/{hall.envelope}", {**rest, "act": "all"}).status_code == 303
    assert set(hall.outcomes().values()) == {"received"}


def test_a_seal_is_wanted_or_declared_absent(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    fields = {**finding(hall, "received", "received", "received"), "act": "all", "seal_found": ""}
    answer = desk.post(f"/receive/{hall.envelope}", fields)
    assert answer.status_code == 422
    assert "没有封签的，请勾" in answer.text
    both = desk.post(f"/receive/{hall.envelope}", {**fields, "seal_found": "X", "no_seal": "true"})
    assert both.status_code == 422
    assert desk.post(f"/receive/{hall.envelope}", {**fields, "no_seal": "true"}).status_code == 303
    assert [row.kind.value for row in hall.open_differences()] == ["seal"]
    assert "不一致" in desk.read(f"/receive/{hall.envelope}")


def test_a_damaged_envelope_is_photographed_with_the_count_and_asked_for_beside_it(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk, address = at("fr-receiver"), f"/receive/{hall.envelope}"
    assert "先拍照，再拆封" in desk.read(address)
    fields = {**finding(hall, "received", "received", "received"), "act": "all", "envelope_damaged": "true"}
    bad = desk.post(address, {**fields, "seal_photos": (io.BytesIO(b"no picture"), "IMG.jpg")})
    assert (bad.status_code, "不是能打开的图片" in bad.text) == (422, True)
    assert 'name="envelope_damaged" value="true" data-damaged checked' in bad.text  # what was filled in stays
    assert hall.entries("consignment:received") == []
    assert desk.post(f"{address}/photos").status_code == 422
    taken = {"envelope_photos": (io.BytesIO(photo(3)), "IMG_1.jpg"), "seal_photos": (io.BytesIO(photo(4)), "IMG_2.jpg")}
    assert desk.post(address, {**fields, **taken}).status_code == 303
    assert [row.key for row in hall.open_differences()] == [f"damaged:{hall.envelope}"]
    assert [row.what for row in hall.whole().entries if row.what in ("paper:kept", "consignment:received")] == [
        "paper:kept", "paper:kept", "consignment:received",
    ]  # fmt: skip
    assert desk.post(f"{address}/photos", {"seal_photos": (io.BytesIO(photo(5)), "IMG_3.jpg")}).status_code == 303
    for page in (address, f"/dossiers/{hall.dossier}", f"/dossiers/{hall.dossier}/pictures"):
        assert f"/pictures/{hall.envelope}-P03/small" in desk.read(page), page
    assert "信封破损" in desk.read(f"/dossiers/{hall.dossier}")
    assert at("hz-window").get(f"/pictures/{hall.envelope}-P03").status_code == 404
    assert desk.post(f"/pictures/{hall.envelope}-P03/withdraw", {"why": "拍糊了"}).status_code == 303
    assert f"{hall.envelope}-P03/small" not in desk.read(address)


def test_a_document_beside_the_list_is_recorded_and_has_a_holder(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    fields = {**finding(hall, "received", "received", "received"), "act": "all", "extra-1-title": "户口簿"}
    assert desk.post(f"/receive/{hall.envelope}", {**fields, "extra-1-note": "夹在成绩单里"}).status_code == 303
    assert [row.note for row in hall.open_differences() if "户口簿" in row.note and "夹在成绩单里" in row.note]
    assert next(one for one in hall.whole().originals if one.unlisted).title == "户口簿"
    assert "户口簿" in desk.read(f"/receive/{hall.envelope}")


def test_a_document_found_after_the_count_can_still_be_added(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    address = f"/receive/{hall.envelope}"
    desk.post(address, {**finding(hall, "received", "received", "received"), "act": "all"})
    assert 'name="extra-1-title"' in desk.read(address)
    assert desk.post(address, {"act": "some"}).status_code == 409  # nothing to record
    assert desk.post(address, {"act": "some", "extra-1-title": "户口簿"}).status_code == 303
    assert [row.kind.value for row in hall.open_differences()] == ["extra"]
    assert set(hall.outcomes().values()) == {"received"}


def test_an_envelope_that_came_back_is_taken_in_again_by_the_window_that_sent_it(hall: Hall, at: At) -> None:
    hall.listed().sent()
    hall.heard("708", Milestone.RETURNED, "退回寄件人", "咸宁揽投部", ago=0)
    window = at("xn-window")
    assert window.get(f"/find?q={WAYBILL}").headers["Location"] == f"/receive/{hall.envelope}"
    fields = {**finding(hall, "received", "received", "received"), "act": "all"}
    assert window.post(f"/receive/{hall.envelope}", fields).status_code == 303
    assert set(hall.outcomes().values()) == {"received"}


def test_an_original_of_another_envelope_is_taken_by_its_sticker(hall: Hall, at: At) -> None:
    hall.listed()
    hall.sent(codes=hall.codes[:2]).delivered()
    fields = {
        f"found-{hall.codes[0]}": "received",
        f"found-{hall.codes[1]}": "received",
        "seal_found": hall.seal,
        "act": "all",
        "extra-1-code": f"YD1|O|{hall.codes[2]}|",
    }
    assert at("fr-receiver").post(f"/receive/{hall.envelope}", fields).status_code == 303
    last = {link.original_id: link.to_name for link in hall.whole().custody}
    assert set(last.values()) == {"谭婧"}
    assert [row.kind.value for row in hall.open_differences()] == ["extra"]


def test_an_empty_envelope_needs_its_tick_and_counts_all_as_missing(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    fields = {"seal_found": hall.seal, "act": "empty"}
    assert desk.post(f"/receive/{hall.envelope}", fields).status_code == 422
    full = {**finding(hall, "received"), "act": "empty", "nothing_inside": "true"}
    assert "不能又登记空封" in desk.post(f"/receive/{hall.envelope}", full).text
    assert desk.post(f"/receive/{hall.envelope}", {**fields, "nothing_inside": "true"}).status_code == 303
    assert set(hall.outcomes().values()) == {"missing"}
    assert {row.kind.value for row in hall.open_differences()} == {"missing", "empty"}


def test_a_second_sending_of_the_same_form_changes_nothing(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk, command_id = at("fr-receiver"), str(uuid4())
    fields = {**finding(hall, "received", "received", "missing"), "act": "all", "extra-1-title": "户口簿"}
    first = desk.post(f"/receive/{hall.envelope}", fields, command_id)
    entries = hall.count()
    again = desk.post(f"/receive/{hall.envelope}", fields, command_id)
    assert first.status_code == again.status_code == 303
    assert hall.count() == entries
    assert len(hall.whole().originals) == 4


def test_two_at_one_envelope_the_second_is_told_what_the_first_counted(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    at("fr-receiver").post(f"/receive/{hall.envelope}", {**finding(hall, "missing"), "act": "some"})
    second = at("fr-receiver").post(
        f"/receive/{hall.envelope}", {**finding(hall, "received", "received", "received"), "act": "all"}
    )
    assert second.status_code == 409
    assert "已核为" in second.text
    assert hall.outcomes() == {DIPLOMA: "missing", DEGREE: "unchecked", MARKS: "unchecked"}
    assert f'name="found-{hall.codes[1]}" value="received" checked' in second.text  # nothing half-done is lost


def test_a_count_is_corrected_by_a_later_entry(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    desk.post(f"/receive/{hall.envelope}", {**finding(hall, "received", "received", "missing"), "act": "all"})
    without = desk.post(f"/receive/{hall.envelope}/correct", {"original": hall.codes[2]})
    assert without.status_code == 422
    fields = {"original": hall.codes[2], "note": "夹在毕业证书封套里"}
    assert desk.post(f"/receive/{hall.envelope}/correct", fields).status_code == 303
    assert hall.outcomes()[MARKS] == "received"
    assert hall.open_differences() == []
    assert [entry.why for entry in hall.entries("original:recounted")] == ["夹在毕业证书封套里"]


def test_delivered_but_not_received_is_a_dispute(hall: Hall, at: At) -> None:
    hall.listed().sent()
    desk = at("fr-receiver")
    assert "我没收到" not in desk.read(f"/receive/{hall.envelope}")  # the courier has not said delivered
    refused = desk.post(f"/receive/{hall.envelope}/dispute", {"dispute_note": "收发室没有"})
    assert refused.status_code == 409
    hall.delivered()
    desk = at("fr-receiver")  # the night ended the first log-in
    assert "快递称妥投，我没收到" in desk.read(f"/receive/{hall.envelope}")
    done = desk.post(f"/receive/{hall.envelope}/dispute", {"dispute_note": "收发室、门卫都没有"})
    assert done.status_code == 303
    assert [row.kind.value for row in hall.open_differences()] == ["delivery_disputed"]
    assert "快递称妥投，本单位说没有收到" in desk.read(f"/receive/{hall.envelope}")


def test_the_return_is_counted_at_the_window_by_the_same_page(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    at("fr-receiver").post(
        f"/receive/{hall.envelope}", {**finding(hall, "received", "received", "received"), "act": "all"}
    )
    house = hall.house
    dossiers.decide(house.web, house.receiver, house.command(), hall.dossier, DecisionResult.APPROVED, "准予公证")
    hall.sent_back().delivered()
    window = at("xn-window")
    answer = window.post("/receive", {"code": hall.seal})
    assert answer.headers["Location"] == f"/receive/{hall.envelope}"
    fields = {**finding(hall, "received", "received", "received"), "act": "all"}
    assert at("fr-receiver").post(f"/receive/{hall.envelope}", fields).status_code in {403, 409}
    assert window.post(f"/receive/{hall.envelope}", fields).status_code == 303
    assert "交还申请人" in window.read(f"/receive/{hall.envelope}")


def test_the_desk_lists_what_is_coming_and_says_so_when_nothing_is(hall: Hall, at: At) -> None:
    desk = at("fr-receiver")
    assert "现在没有要签收的信封" in desk.read("/receive")
    hall.listed().sent()
    text = desk.read("/receive")
    assert hall.dossier in text
    assert f"/receive/{hall.envelope}" in text


def test_managers_do_not_receive(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    assert at("fr-manager").get("/receive").status_code == 403
    assert at("fr-manager").get(f"/receive/{hall.envelope}").status_code == 403


def test_in_english_no_sentence_of_the_page_is_chinese(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    desk.post("/language", {"language": "en", "next": "/"})
    text = desk.read(f"/receive/{hall.envelope}")
    for shown in ("To receive: 3 originals expected", "Receive and count", "Save these for now", "Not counted"):
        assert shown in text, shown
    for hidden in ("签收", "未核", "封签", "应收"):
        assert hidden not in text, hidden
