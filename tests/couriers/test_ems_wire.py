"""EMS's envelope, code tables and every published payload: read by the adapter, or served by the sandbox."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.adapters import ems_legacy, ems_wire
from couriers.adapters.ems import Ems
from couriers.adapters.ems_events import meaning_of, meanings
from couriers.contract import Garbled, Milestone, Push, Reason, Refused, Reply
from tests.couriers.conftest import SETTINGS, ems_at

KEY = SETTINGS["COURIER_EMS_SIGN_KEY"]
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def adapter() -> Ems:
    return ems_at("https://gateway.example/x")


@pytest.fixture(scope="module")
def vectors(shared_ems: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((shared_ems / "vectors.json").read_text("utf-8"))
    return found


def test_published_vectors_are_reproduced_to_the_letter(vectors: list[dict[str, str]]) -> None:
    sealed = [vector for vector in vectors if "plain" in vector]
    assert len(sealed) == 4
    for vector in sealed:
        suffix = bool(vector["suffix"])
        assert ems_wire.seal(vector["plain"], vector["signKey"], suffix=suffix) == vector["logitcsInterface"]
        assert ems_wire.unseal(vector["logitcsInterface"], vector["signKey"], suffix=suffix) == vector["plain"]


def test_the_old_digest_is_reproduced_in_both_forms(vectors: list[dict[str, str]]) -> None:
    (vector,) = [vector for vector in vectors if vector.get("legacy_digest")]
    raw = ems_wire.legacy_digest(vector["xml"], vector["partnerKey"])
    hex_text = ems_wire.legacy_digest(vector["xml"], vector["partnerKey"], hex_text=True)
    assert (raw, hex_text) == (vector["data_digest_raw"], vector["data_digest_hextext"])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.booleans())
def test_what_is_sealed_opens_again(text: str, suffix: bool) -> None:
    sealed = ems_wire.seal(text, KEY, suffix=suffix)
    assert ems_wire.unseal(sealed, KEY, suffix=suffix) == (text if suffix else text.removesuffix(KEY))


def test_a_text_without_the_key_at_its_end_does_not_open_where_it_is_demanded() -> None:
    with pytest.raises(Garbled):
        ems_wire.unseal(ems_wire.seal("{}", KEY, suffix=False), KEY, suffix=True)


def test_the_published_order_is_the_published_form(adapter: Ems, shared_ems: Path) -> None:
    plain = json.loads((shared_ems / "020003_order_request_plain.json").read_text("utf-8"))
    form = json.loads((shared_ems / "020003_order_request_form.json").read_text("utf-8"))
    assert adapter.ask_booking_as(plain, datetime(2026, 1, 1, 1, tzinfo=UTC)).form == form


def test_the_decoded_tracking_answer_reads_like_the_encoded_one(adapter: Ems, shared_ems: Path) -> None:
    encoded = (shared_ems / "040001_track_response.json").read_bytes()
    inner = json.loads((shared_ems / "040001_track_retbody_decoded.json").read_text("utf-8"))
    decoded = json.dumps({**json.loads(encoded), "retBody": inner}).encode()
    assert adapter.read_tracking(Reply(200, {}, encoded)) == adapter.read_tracking(Reply(200, {}, decoded))


def test_the_published_push_opens_to_the_published_content(shared_ems: Path) -> None:
    push = json.loads((shared_ems / "push_040002_request.json").read_text("utf-8"))
    content = json.loads((shared_ems / "push_040002_decrypted.json").read_text("utf-8"))
    assert json.loads(ems_wire.unseal(push["logitcsInterface"], KEY, suffix=False)) == content


def test_our_answer_to_the_published_push_is_the_published_one(adapter: Ems, shared_ems: Path) -> None:
    push = Push({"Content-Type": "application/json"}, (shared_ems / "push_040002_request.json").read_bytes())
    assert json.loads(adapter.answer(push, True).body) == json.loads(
        (shared_ems / "push_040002_answer.json").read_text()
    )


def test_an_address_to_be_parsed_is_asked_in_the_published_words(adapter: Ems, shared_ems: Path) -> None:
    body = json.loads((shared_ems / "060001_address_parse_request_plain.json").read_text("utf-8"))
    form = adapter.call("060001", body, datetime(2026, 1, 1, tzinfo=UTC)).form
    assert form is not None
    assert json.loads(ems_wire.unseal(form["logitcsInterface"], KEY, suffix=True)) == body


def test_the_old_order_is_read_with_its_digest_and_refused_without(shared_ems: Path) -> None:
    xml = (shared_ems / "legacy_ordernormal_request.xml").read_text("utf-8").strip()
    for hex_text in (False, True):
        form = ems_legacy.order_form(xml, "DKH", "TestPartnerKey01", hex_text=hex_text)
        read = ems_legacy.opens_order(form, "TestPartnerKey01")
        assert read["logistics_order_no"] == "TEST-20260101-0001"
        assert read["receiver/name"] == "测试收件人"
        with pytest.raises(Refused) as caught:
            ems_legacy.opens_order(form, "another key")
        assert caught.value.code == "S02"


def test_the_old_order_answer_is_read(shared_ems: Path) -> None:
    xml = (shared_ems / "legacy_ordernormal_response.xml").read_text("utf-8")
    booking = ems_legacy.read_order_answer(xml)
    assert (booking.waybill_no, booking.destination_name) == ("1100000000011", "示例二市")
    with pytest.raises(Refused, match="地址不详"):
        ems_legacy.read_order_answer(xml.replace("true", "false").replace("<reason>", "<reason>地址不详"))
    for wrong in ("", "<a/>", "<!DOCTYPE a><response/>", xml.replace("1100000000011", "")):
        with pytest.raises(Garbled):
            ems_legacy.read_order_answer(wrong)


def test_old_traces_have_words_but_no_meaning(shared_ems: Path) -> None:
    events = ems_legacy.read_traces(
        (shared_ems / "legacy_cotrackapi_response.json").read_bytes(), "1100000000011", ZONE
    )
    assert [event.text for event in events] == ["中国邮政 已收取邮件", "已妥投"]
    assert {event.milestone for event in events} == {Milestone.UNRECOGNISED}
    assert events[1].happened_at == datetime(2026, 1, 3, 8, 20, 5, tzinfo=UTC)


def test_the_old_push_is_read_and_answered(shared_ems: Path) -> None:
    body = (shared_ems / "legacy_listexpressmail_push.json").read_bytes()
    (event,) = ems_legacy.read_express_mail(body, ZONE)
    assert (event.milestone, event.reason) == (Milestone.DELIVERED, Reason.SIGNED_BY_ADDRESSEE)
    (undone,) = ems_legacy.read_express_mail(body.replace(b'"effect": "1"', b'"effect": "0"'), ZONE)
    assert (undone.milestone, undone.voided_codes) == (Milestone.INFO, ("10",))
    answer = json.loads((shared_ems / "legacy_listexpressmail_answer.json").read_text("utf-8"))
    assert json.loads(ems_legacy.express_mail_answer(True)) == answer


def test_the_old_trace_push_is_answered_as_published(shared_ems: Path) -> None:
    answer = json.loads((shared_ems / "legacy_trace_push_answer.json").read_text("utf-8"))
    assert json.loads(ems_legacy.trace_push_answer("0123456789ABCDEF", {"T0001": ""})) == answer


def published(shared_ems: Path, table: str) -> list[list[str]]:
    """Code, meaning and reading of every row that was published, kept apart from the table the adapter carries."""
    rows: list[list[str]] = json.loads((shared_ems / "published_codes.json").read_text("utf-8"))[table]
    return rows


def test_every_published_operation_code_is_in_the_table(shared_ems: Path) -> None:
    rows = published(shared_ems, "operations")
    expected = {
        "picked_up": {Milestone.PICKED_UP},
        "in_transit": {Milestone.IN_TRANSIT, Milestone.INFO},
        "arrived_at_facility": {Milestone.ARRIVED, Milestone.AVAILABLE},
        "delivered": {Milestone.DELIVERED},
        "delivery_failed": {Milestone.ATTEMPTED},
        "out_for_delivery": {Milestone.OUT_FOR_DELIVERY},
        "returned": {Milestone.RETURNING, Milestone.RETURNED},
        "exception": {Milestone.HELD, Milestone.LOST, Milestone.CANCELLED},
        "label_created": {Milestone.ORDER_CREATED},
    }
    assert len(rows) == 197
    for code, name, canonical, remark in rows:
        meaning = meaning_of(code)
        assert meaning.name == name
        void = re.fullmatch(r"\(void (.*)\)", canonical)
        assert meaning.voids == (void[1] if void else None)
        assert meaning.milestone in ({Milestone.INFO} if void else expected[canonical])
        assert (meaning.milestone is Milestone.AVAILABLE) is ("waiting for collection" in remark)
        assert (meaning.milestone is Milestone.RETURNED) is ("return finished" in remark)
    assert {code for kind, code in meanings() if kind == "operation"} == {row[0] for row in rows} | {"989"}


def test_what_was_left_in_a_box_or_at_a_station_is_never_delivered(shared_ems: Path) -> None:
    rows = published(shared_ems, "delivered")
    assert len(rows) == 24
    for code, name, detail in rows:
        meaning = meaning_of("704", code)
        assert meaning.name == name
        boxed = "pick-up point or box" in detail
        compensated = code == "180"
        assert (meaning.milestone is Milestone.AVAILABLE) is boxed
        assert (meaning.milestone is Milestone.DELIVERED) is not (boxed or compensated)


def test_every_published_reason_for_not_delivering_is_in_the_table(shared_ems: Path) -> None:
    rows = published(shared_ems, "undelivered")
    expected = {
        "delivery_failed": {Milestone.ATTEMPTED},
        "arrived_at_facility (held for collection)": {Milestone.AVAILABLE},
        "returned": {Milestone.RETURNING},
        "exception": {Milestone.LOST},
    }
    assert len(rows) == 16
    for code, name, canonical in rows:
        meaning = meaning_of("705", code)
        assert meaning.name == name
        assert meaning.milestone in expected[canonical]
        assert meaning.reason is not None or meaning.milestone is not Milestone.ATTEMPTED
    assert {code for kind, code in meanings() if kind == "attempt"} == {row[0] for row in rows}
    assert {code for kind, code in meanings() if kind == "deliver"} == {
        row[0] for row in published(shared_ems, "delivered")
    }


def test_every_published_taking_back_names_codes_that_exist(shared_ems: Path) -> None:
    undone = {code: meaning.voids.split("/") for (_, code), meaning in meanings().items() if meaning.voids}
    assert len(undone) == sum("(void" in row[2] for row in published(shared_ems, "operations"))
    for code, earlier in undone.items():
        assert all(("operation", one) in meanings() and one not in undone for one in earlier), code


@given(st.text(max_size=6))
def test_a_code_in_no_table_is_unrecognised(code: str) -> None:
    if ("operation", code) not in meanings():
        assert meaning_of(code).milestone is Milestone.UNRECOGNISED
    if code and ("deliver", code) not in meanings():
        assert meaning_of("704", code).milestone is Milestone.UNRECOGNISED
