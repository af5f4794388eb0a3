"""专人 and 机要: what people type becomes events; nothing is asked and nothing is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters
from couriers.adapters import manual
from couriers.adapters.manual import CORRECTION, TYPED, event_of
from couriers.contract import BookingRequest, CourierError, Milestone, Party, Push, Reason, Reply

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
PROOF = "0123456789abcdef" * 4


@pytest.mark.parametrize(("code", "name", "milestone", "reason"), [row for row in TYPED if row[0] != CORRECTION])
def test_whatever_a_person_may_type_becomes_an_event(
    code: str, name: str, milestone: Milestone, reason: Reason | None
) -> None:
    event = event_of("ZR-0001", code, AT, " 示例市政务服务大厅 ", " 测试收件人签收 ", PROOF)
    assert (event.code, event.milestone, event.reason, event.courier) == (code, milestone, reason, "manual")
    assert (event.waybill_no, event.place, event.happened_at, event.voids) == (
        "ZR-0001",
        "示例市政务服务大厅",
        AT,
        None,
    )
    assert event.text == f"{name}：测试收件人签收（凭证 SHA-256：{PROOF}）"


def test_each_code_and_name_is_offered_once() -> None:
    assert len({code for code, *_ in TYPED}) == len({name for _, name, *_ in TYPED}) == len(TYPED)
    typed = {milestone for _, _, milestone, _ in TYPED}
    assert {Milestone.DELIVERED, Milestone.RETURNED, Milestone.LOST} <= typed
    assert Milestone.UNRECOGNISED not in typed


def test_a_correction_takes_the_wrong_entry_back() -> None:
    event = event_of("ZR-0001", CORRECTION, AT, note="登记错了单据", takes_back="signed")
    assert (event.milestone, event.voided_codes) == (Milestone.INFO, ("signed",))
    assert event.text == "更正误录「送达签收」：登记错了单据"
    other = event_of("ZR-0001", CORRECTION, AT, takes_back="lost")
    assert other.natural_key != event.natural_key


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "flown"}, "可选"),
        ({"waybill_no": " "}, "单据号"),
        ({"happened_at": datetime(2026, 1, 1)}, "时区"),
        ({"code": CORRECTION}, "指明"),
        ({"code": CORRECTION, "takes_back": CORRECTION}, "指明"),
        ({"code": CORRECTION, "takes_back": "flown"}, "指明"),
        ({"takes_back": "signed"}, "指明"),
        ({"proof_sha256": "photo.jpg"}, "凭证"),
    ],
)
def test_what_may_not_be_typed_is_refused_with_a_sentence(change: dict[str, object], words: str) -> None:
    typed: dict[str, object] = {"waybill_no": "ZR-0001", "code": "signed", "happened_at": AT}
    with pytest.raises(ValueError, match=words):
        event_of(**{**typed, **change})  # type: ignore[arg-type]


@given(st.text(), st.text())
def test_notes_and_places_of_any_length_stay_readable(place: str, note: str) -> None:
    event = event_of("ZR-0001", "held", AT, place, note, PROOF)
    assert len(event.text) <= 500
    assert len(event.place) <= 200


def test_nothing_is_asked_and_nothing_is_believed() -> None:
    courier = adapters.make("manual", {})
    party = Party("测试", "13000000000", "省", "市", "区", "路1号")
    request = BookingRequest("YD-1", party, party, 100, 1, AT)
    reply, push = Reply(200, {}, b"{}"), Push({}, b"{}")
    for ask in (
        lambda: courier.ask_booking(request, AT),
        lambda: courier.read_booking(reply),
        lambda: courier.ask_cancel("1", "YD-1", "", AT),
        lambda: courier.read_cancel(reply),
        lambda: courier.ask_tracking("1", AT),
        lambda: courier.read_tracking(reply),
        lambda: courier.read_push(push),
    ):
        with pytest.raises(CourierError):
            ask()
    assert not courier.trusts(push)
    assert courier.answer(push, False).status == 404
    assert not courier.offers
    assert not courier.services
    assert manual.SETTINGS == ()
