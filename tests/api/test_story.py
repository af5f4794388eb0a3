"""One original's whole way, told by two systems in JSON."""

from __future__ import annotations

import base64

from sqlmodel import Session

from logistics.demo.pens import pen
from logistics.rules import chain, merkle
from logistics.store import find, ledger
from scheduler import inbox
from tests.api.world import APPLICANT, NUMBER, World, on_the_way


def test_an_original_travels_and_comes_back_by_json_alone(house: World) -> None:
    window, receiver = house.client("xn-window"), house.client("fr-receiver")
    way = on_the_way(house, 3)
    for paper in ("label", "slip"):
        made = window.done(f"/consignments/{way.consignment}/{paper}")
        assert window.get(f"/papers/{made['paper']}").data.startswith(b"%PDF-")
    made = window.done(f"/dossiers/{way.dossier}/cover")
    house.clock.turn(days=2)
    first, second, third = way.originals
    findings = [
        {"original": first, "outcome": "received"},
        {"original": second, "outcome": "damaged", "note": "右下角撕裂"},
        {"original": third, "outcome": "missing"},
    ]
    count = receiver.done(f"/consignments/{way.consignment}/receive", {"seal_found": way.seal, "findings": findings})
    assert (count["listed"], count["received"], count["missing"], count["unchecked"]) == (3, 2, 1, 0)
    arrived = receiver.read(f"/consignments/{way.consignment}")
    assert (arrived["seal_broken"], arrived["envelope_damaged"]) == (False, False)
    before = receiver.read(f"/consignments/{way.consignment}/signing")["acceptance"]
    receiver.done(f"/consignments/{way.consignment}/correct", {"original": third, "note": "夹在封套内层"})
    whole = receiver.read(f"/dossiers/{way.dossier}")
    assert {one["holder"]["name"] for one in whole["originals"]} == {"谭婧（受理系统-fr-receiver）"}
    damage = next(one for one in whole["discrepancies"] if one["kind"] == "damaged")
    assert damage["note"].endswith("右下角撕裂")
    settled = {"resolution": "accepted", "note": "不影响辨认"}
    receiver.done(f"/dossiers/{way.dossier}/discrepancies/{damage['id']}/settle", settled)
    receiver.done(f"/dossiers/{way.dossier}/hand-over", {"department": "公证科", "originals": way.originals})
    receiver.done(f"/dossiers/{way.dossier}/take-back", {"originals": way.originals})
    receiver.done(f"/dossiers/{way.dossier}/decision", {"result": "approved"})
    back = receiver.done(f"/dossiers/{way.dossier}/consignments", {"direction": "return"})["consignment"]
    for code in way.originals:
        receiver.done(f"/consignments/{back}/pack", {"original": code})
    back_seal = f"{way.seal}-B"
    receiver.done(f"/consignments/{back}/seal", {"seal_no": back_seal})
    receiver.done(f"/consignments/{back}/dispatch", {"courier": "manual", "form_no": "ZR-0001"})
    findings = [{"original": code, "outcome": "received"} for code in way.originals]
    window.done(f"/consignments/{back}/receive", {"seal_found": back_seal, "findings": findings})
    window.done(f"/dossiers/{way.dossier}/give-to-applicant", {"originals": way.originals})
    wrong = {"originals": [first], "why": "点错了", "in_hand": True}
    assert receiver.post(f"/dossiers/{way.dossier}/correct-hand-back", wrong).status_code == 403
    window.done(f"/dossiers/{way.dossier}/correct-hand-back", wrong)
    held = {one["code"]: one["holder"]["kind"] for one in window.read(f"/dossiers/{way.dossier}")["originals"]}
    assert held == {first: "officer", second: "applicant", third: "applicant"}
    window.done(f"/dossiers/{way.dossier}/give-to-applicant", {"originals": [first]})
    inbox.once(house.system, 10_000)  # what other stories of this database left unread would hold this dossier
    unsigned = window.post(f"/dossiers/{way.dossier}/close")
    assert unsigned.status_code == 409
    assert unsigned.get_json()["blockers"] == window.read(f"/dossiers/{way.dossier}/closing")["blockers"]
    [missing] = unsigned.get_json()["blockers"]
    assert (missing["kind"], missing["role"]) == ("unsigned_slip", "receiver")
    assert missing["place"] == {"kind": "sign", "no": way.consignment}
    signing = f"/consignments/{way.consignment}/sign"
    given = {"role": "acceptance", "picture": base64.b64encode(pen("谭婧")).decode(), "digest": before["digest"]}
    refused = receiver.post(signing, given)
    assert (refused.status_code, refused.get_json()["rule"]) == (409, "other_list")
    assert receiver.post(signing, {**given, "picture": "@@"}).status_code == 422
    given["digest"] = receiver.read(f"{signing}ing")["acceptance"]["digest"]
    made = receiver.done(signing, given)
    [signature] = window.read(f"{signing}ing")["signatures"]
    assert (signature["originals"], signature["statement_sha256"]) == (way.originals, made["statement_sha256"])
    assert window.get(f"/dossiers/{way.dossier}/signatures/{signature['id']}").data == pen("谭婧")
    window.done(f"/dossiers/{way.dossier}/close")
    assert window.read(f"/dossiers/{way.dossier}/closing")["blockers"] == []
    assert window.read("/dossiers", open="false")["dossiers"][0]["no"] == way.dossier
    assert way.dossier not in [one["no"] for one in window.read("/dossiers", open="true")["dossiers"]]


def test_a_system_says_how_the_envelope_arrived_as_the_page_does(house: World) -> None:
    receiver, way = house.client("fr-receiver"), on_the_way(house, 1)
    house.clock.turn(days=2)
    envelope = f"/consignments/{way.consignment}"
    [code] = way.originals
    before = receiver.post(f"{envelope}/receive", {"seal_found": way.seal, "seal_broken": "perhaps"})
    assert before.status_code == 422
    outside = {"seal_found": way.seal, "seal_broken": True, "envelope_damaged": True}
    receiver.done(f"{envelope}/receive", {**outside, "findings": [{"original": code, "outcome": "received"}]})
    arrived = receiver.read(envelope)
    assert (arrived["seal_found"], arrived["seal_broken"], arrived["envelope_damaged"]) == (way.seal, True, True)
    kinds = {one["kind"]: one["note"] for one in receiver.read(f"/dossiers/{way.dossier}")["discrepancies"]}
    assert kinds == {
        "seal": f"封签「{way.seal}」号码一致，到件时已破损",
        "damaged": f"寄递件 {way.consignment} 到件时信封破损",
    }


def test_the_ledger_names_the_officer_and_the_system_and_its_proofs_lead_to_the_signed_head(house: World) -> None:
    way = on_the_way(house)
    window = house.client("xn-window")
    page = window.read(f"/dossiers/{way.dossier}/ledger")
    assert {one["proof"] for one in page["entries"]} == {None}
    with Session(house.system.engine) as session, session.begin():
        ledger.sign_head(session, house.system.signing_key, house.clock())
    page = window.read(f"/dossiers/{way.dossier}/ledger")
    opening = page["entries"][-1]
    assert (opening["seq"], opening["actor_name"]) == (1, "陈晓岚（受理系统-xn-window）")
    assert opening["command_id"].startswith("api:")
    with Session(house.system.engine) as session:
        entries = ledger.entries(session, find.dossier_by_no(session, way.dossier))
    for shown in page["entries"]:
        proof = shown["proof"]
        leaf = merkle.leaf_hash(chain.leaf(entries[shown["seq"] - 1]))
        path = [bytes.fromhex(step) for step in proof["path"]]
        root = bytes.fromhex(page["checkpoint"]["root"])
        assert merkle.verify_inclusion(leaf, proof["leaf"], proof["size"], path, root)


def test_persons_are_masked_in_every_answer(house: World) -> None:
    way = on_the_way(house)
    window = house.client("xn-window")
    number = f"/dossiers/{way.dossier}"
    for path in ("/dossiers", number, f"{number}/ledger", f"/consignments/{way.consignment}", "/late"):
        answer = window.get(path).text
        for secret in (*APPLICANT.values(), NUMBER):
            assert secret not in answer, path
    shown = window.read(number)
    assert shown["applicant"]["phone"] == "138******00"
    assert shown["originals"][0]["belongs_to"] == shown["applicant"]["name"] != APPLICANT["name"]


def test_agreements_lead_to_items_and_materials(house: World) -> None:
    window = house.client("xn-window")
    agreements = window.read("/agreements")["agreements"]
    one = next(row for row in agreements if row["no"] == "XN-FR-2026-01")
    items = window.read(f"/agreements/{one['id']}/items")["items"]
    assert all(one["two_sealers"] is False for item in items for one in item["materials"])
    assert [item["code"] for item in items] == ["430102-BDC-002", "430102-XL-001", "430102-ZY-003"]
    assert [row["name"] for row in items[1]["materials"]] == ["毕业证书", "学位证书", "成绩单", "居民身份证"]
    assert house.client("fr-receiver").get(f"/agreements/{one['id']}/items").status_code == 200
    assert house.client("hz-window").get(f"/agreements/{one['id']}/items").status_code == 404


def test_late_work_is_listed(house: World) -> None:
    way = on_the_way(house)
    house.clock.turn(days=30)
    late = house.client("xn-manager").read("/late")["late"]
    assert way.dossier in {row["dossier"] for row in late}
    assert all(row["days_late"] > 0 for row in late)
