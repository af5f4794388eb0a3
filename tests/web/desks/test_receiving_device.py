"""What a device asks and sends: the least to take along, one act once, refusals with what the server holds."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from PIL import Image
from werkzeug.test import TestResponse

from logistics.demo.pens import pen
from logistics.rules import device as rule
from logistics.rules.chain import instant
from logistics.terms import Outcome
from tests.photos import photo
from tests.web.desks.conftest import Desk
from tests.web.desks.under_way import PAPERS, Hall

At = Callable[[str], Desk]
DIPLOMA, DEGREE, MARKS = (one[1] for one in PAPERS)


def lists(desk: Desk) -> dict[str, Any]:
    answer = desk.get("/device/lists")
    assert answer.status_code == 200
    return dict(answer.json or {})


def send(hall: Hall, desk: Desk, act: str, body: dict[str, Any], **more: Any) -> TestResponse:
    """One act of the queue, made two hours ago by a clock five minutes ahead."""
    session = desk.get("/device/session").json
    assert session
    ours = hall.house.clock()
    given = {
        "id": str(uuid4()),
        "officer": session["officer"],
        "consignment": hall.envelope,
        "act": act,
        "made_at": (ours - timedelta(hours=2) + timedelta(minutes=5)).isoformat(),
        "sent_at": (ours + timedelta(minutes=5)).isoformat(),
        "body": body,
        **more,
    }
    answer: TestResponse = desk.client.post("/device/acts", json=given, headers={"X-CSRFToken": session["token"]})
    return answer


def counting(hall: Hall, desk: Desk, *found: str, **more: Any) -> dict[str, Any]:
    """What the device sends of a count of the list that it took along."""
    (envelope,) = lists(desk)["envelopes"]
    findings = [
        {"code": line["code"], "outcome": value, "note": ""}
        for line, value in zip(envelope["lines"], found, strict=False)
    ]
    kept = {"seal_no": envelope["seal"], "manifest_sha256": envelope["manifest"], "seal_found": hall.seal}
    return {**kept, "findings": findings, **more}


def signed(hall: Hall, body: dict[str, Any], outside: rule.Outside = rule.AS_SENT) -> dict[str, Any]:
    """The same, signed on the device."""
    seen = rule.Seen(body["seal_no"], body["manifest_sha256"])
    outcomes = {one["code"]: Outcome(one["outcome"]) for one in body["findings"]}
    shown = rule.count_sha256(hall.envelope, seen, body["seal_found"], outcomes, [], outside)
    return {**body, "drawn": base64.b64encode(pen("谭婧")).decode(), "shown": shown}


def test_a_device_takes_along_what_counting_needs_and_no_name_or_number(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    told = lists(at("fr-receiver"))
    (envelope,) = told["envelopes"]
    assert (envelope["no"], envelope["seal"], envelope["dossier"]) == (hall.envelope, hall.seal, hall.dossier)
    assert [line["title"] for line in envelope["lines"]] == [DIPLOMA, DEGREE, MARKS]
    assert envelope["lines"][0]["points"] == "钢印清晰；证书编号与学信网一致"
    whole = at("fr-receiver").get("/device/lists").text
    assert not re.search("王|107121201905001234|1071242019001234|JW-2019", whole)
    assert told["keep_seconds"] == 16 * 3600
    assert lists(at("hz-window"))["envelopes"] == []
    assert at("fr-manager").get("/device/lists").status_code == 403


def test_an_act_made_without_network_counts_when_the_server_takes_it_and_the_devices_word_stands_beside(
    hall: Hall, at: At
) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    body = counting(hall, desk, "received", "damaged", "missing")
    body["findings"][1]["note"] = "右下角撕裂"
    id_ = str(uuid4())
    assert send(hall, desk, "receive", signed(hall, body), id=id_).status_code == 200
    again = send(hall, desk, "receive", signed(hall, body), id=id_)
    assert (again.status_code, again.json and again.json["done"]["received"]) == (200, 2)
    assert hall.outcomes() == {DIPLOMA: "received", DEGREE: "damaged", MARKS: "missing"}
    (received,), (stated,) = hall.entries("consignment:received"), hall.entries("consignment:made_on_device")
    assert received.at == stated.at == hall.house.clock()  # the moment that counts
    assert instant(str(stated.facts["device_made_at"])) == stated.at - timedelta(hours=2) + timedelta(minutes=5)
    assert stated.facts["device_ahead_seconds"] == 300
    assert next(row.note for row in hall.open_differences() if row.kind.value == "damaged").endswith("：右下角撕裂")
    (signature,) = hall.whole().signatures
    assert signature.signed_at == stated.at
    page = desk.read(f"/dossiers/{hall.dossier}")
    assert "设备自报，与服务器差 +300 秒" in page


def test_a_signature_for_another_count_than_the_one_sent_is_refused_with_its_count(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    body = signed(hall, counting(hall, desk, "received", "received", "received"))
    body["findings"][2]["outcome"] = "missing"
    answer = send(hall, desk, "receive", body)
    assert (answer.status_code, answer.json and answer.json["problem"]["rule"]) == (409, "other_list")
    partly = counting(hall, desk, "received")
    answer = send(hall, desk, "receive", signed(hall, partly))
    assert (answer.status_code, answer.json and answer.json["problem"]["rule"]) == (409, "not_counted")
    assert hall.entries("consignment:received") == []


def test_an_envelope_sealed_anew_is_not_counted_by_the_old_list(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    body = {**counting(hall, desk, "received", "received", "received"), "seal_no": "XN-000001"}
    answer = send(hall, desk, "receive", body)
    assert answer.status_code == 409
    assert answer.json
    assert "现在是 XN-004512" in answer.json["problem"]["sentence"]
    assert answer.json["held"]["seal"] == hall.seal
    assert hall.entries("consignment:received") == []


def test_what_a_colleague_counted_meanwhile_is_told_beside_the_refusal_and_setting_aside_is_on_record(
    hall: Hall, at: At
) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    body = counting(hall, desk, "received", "received", "missing")
    whole = {f"found-{code}": "received" for code in hall.codes}
    assert desk.post(f"/receive/{hall.envelope}", {**whole, "seal_found": hall.seal, "act": "all"}).status_code == 303
    refused = send(hall, desk, "receive", body)
    assert refused.status_code == 409
    assert refused.json
    held = refused.json["held"]
    assert [line["outcome"] for line in held["lines"]] == ["received"] * 3
    assert (held["by"], held["mine"]) == ("谭婧", True)
    aside = {"held": {f"found:{hall.codes[2]}": "missing"}, "why": "同事已当面核过"}
    assert send(hall, desk, "set_aside", {**aside, "why": " "}).status_code == 409
    assert send(hall, desk, "set_aside", aside).status_code == 200
    (entry,) = hall.entries("consignment:device_act_set_aside")
    assert (entry.why, entry.facts["held"]) == ("同事已当面核过", {f"found:{hall.codes[2]}": "missing"})


def test_nobody_sends_anothers_acts_or_acts_on_a_strangers_envelope(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    body = counting(hall, desk, "received", "received", "received")
    other = send(hall, desk, "receive", body, officer=1)
    assert (other.status_code, other.json and other.json["problem"]["rule"]) == (409, "other_officer")
    for act, content in (("receive", body), ("set_aside", {"held": {}, "why": "试"})):
        stranger = send(hall, at("hz-window"), act, content)
        assert (stranger.status_code, stranger.json and stranger.json["held"]) == (404, None)
    assert send(hall, desk, "voiding", {}).status_code == 422
    assert send(hall, desk, "receive", {"findings": [{"code": "x", "outcome": "burnt"}]}).status_code == 422
    assert send(hall, desk, "receive", body, made_at="2026-11-22T10:00:00").status_code == 422  # no zone: no instant
    assert hall.entries("consignment:received") == []


def test_without_a_log_in_or_its_token_nothing_is_taken(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    assert desk.client.post("/device/acts", json={}).status_code == 400  # no token
    desk.client.delete_cookie("youdang_session")
    answer = desk.get("/device/session", headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_a_photo_of_damage_is_kept_byte_for_byte_with_the_digest_that_the_count_named(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    kept = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(kept, "JPEG")
    digest = hashlib.sha256(kept.getvalue()).hexdigest()
    body = counting(hall, desk, "damaged", "received", "received", photos=[digest])
    shot = {"original": hall.codes[0], "picture": base64.b64encode(kept.getvalue()).decode()}
    early = send(hall, desk, "photo", shot)
    assert early.status_code == 404  # of an envelope that nobody has counted
    assert send(hall, desk, "receive", body).status_code == 200
    assert send(hall, desk, "photo", shot).status_code == 200
    assert send(hall, desk, "photo", {**shot, "picture": base64.b64encode(b"GIF89a").decode()}).status_code == 422
    (stated,) = hall.entries("consignment:made_on_device")
    assert stated.facts["device_photos_sha256"] == [digest]
    assert [row.sha256 for row in hall.whole().papers if row.kind == "picture"] == [digest]
    page = desk.read(f"/receive/{hall.envelope}")
    assert f"/pictures/{hall.codes[0]}-P01/small" in page
    assert f"/originals/{hall.codes[0]}/pictures" in page  # more photos, online


def test_a_broken_seal_and_its_photo_come_from_a_device_and_are_in_what_was_signed(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    body = counting(hall, desk, "received", "received", "received", seal_broken=True)
    refused = send(hall, desk, "receive", signed(hall, body))
    assert (refused.status_code, refused.json and refused.json["problem"]["rule"]) == (409, "other_list")
    body = signed(hall, body, rule.Outside(seal_broken=True))
    assert send(hall, desk, "receive", body).status_code == 200
    picture = base64.b64encode(photo(7)).decode()
    assert send(hall, desk, "photo", {"shows": "seal", "picture": picture}).status_code == 200
    assert send(hall, desk, "photo", {"shows": "seal", "picture": ""}).status_code == 422
    assert hall.house.consignment(hall.envelope).seal_broken
    assert [row.key for row in hall.open_differences()] == [f"seal:{hall.envelope}:broken"]
    page = desk.read(f"/receive/{hall.envelope}")
    assert f"/pictures/{hall.envelope}-P01/small" in page
    assert "封签破损" in page


def test_a_photo_that_no_request_can_carry_is_refused_in_words_and_the_size_is_told_before(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    desk = at("fr-receiver")
    desk.client.application.config["MAX_CONTENT_LENGTH"] = 200_000
    most = lists(desk)["most_picture"]
    assert most == (desk.get("/device/session").json or {})["most_picture"] == 75_000
    assert send(hall, desk, "photo", {"shows": "seal", "picture": "A" * 250_000}).status_code == 413
    good = {f"found-{code}": "received" for code in hall.codes} | {"seal_found": hall.seal, "act": "all"}
    answer = desk.post(f"/receive/{hall.envelope}", {**good, "seal_photos": (io.BytesIO(bytes(250_000)), "IMG.jpg")})
    assert answer.status_code == 413
    assert "文件太大，没有保存" in answer.text
    assert hall.entries("consignment:received") == []


def test_the_shell_says_nothing_about_whoever_asks_and_is_the_same_for_all(hall: Hall, at: At) -> None:
    desk = at("fr-receiver")
    for language in ("zh", "en"):
        mine = desk.read(f"/offline/{language}")
        desk.client.delete_cookie("youdang_session")
        assert desk.read(f"/offline/{language}") == mine
        assert "谭婧" not in mine
        assert "csrf" not in mine
    assert desk.get("/offline/fr").status_code in (303, 404)
    shell = desk.get("/device/shell.json").json
    assert shell
    for address in [*shell["files"], *shell["pages"], "/worker.js"]:
        with desk.get(address) as answer:
            assert answer.status_code == 200, address
    assert hall.house
