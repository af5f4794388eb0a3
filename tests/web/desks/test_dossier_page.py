"""The dossier's page: state before data, holders, one timeline with its sources, clocks, persons, the next act."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers.contract import Milestone
from logistics.services import dossiers, receipt
from logistics.terms import DecisionResult, Direction, DiscrepancyKind, Outcome
from logistics.web.dossier.wording import ENTRIES, MILESTONES, full_width
from tests.web.desks.conftest import Desk
from tests.web.desks.under_way import Hall

ROOT = Path(__file__).parents[3]
At = Callable[[str], Desk]


def received(hall: Hall, *outcomes: Outcome) -> Hall:
    """The envelope in hand is counted by the receiver."""
    house = hall.house
    found = dict(zip(hall.codes, outcomes or (Outcome.RECEIVED,) * len(hall.codes), strict=False))
    receiver = house.receiver if house.consignment(hall.envelope).direction is Direction.OUTBOUND else house.window
    receipt.receive(house.web, receiver, house.command(), hall.envelope, hall.seal, found)
    return hall


def decided(hall: Hall) -> Hall:
    """The authority approved."""
    house = hall.house
    dossiers.decide(house.web, house.receiver, house.command(), hall.dossier, DecisionResult.APPROVED, "准予公证")
    return hall


def main_act(text: str) -> str:
    """Where the page's one main act leads."""
    found: list[str] = re.findall(r'class="act act-main[^"]*"[^>]*href="([^"]+)"[^>]*data-main', text)
    posted: list[str] = re.findall(
        r'<form method="post" action="([^"]+)"[^>]*>(?:(?!</form>).)*data-main', text, re.DOTALL
    )
    assert len(found) + len(posted) <= 1, (found, posted)
    return (found or posted or [""])[0]


def test_the_first_thing_is_a_plain_sentence_with_where_it_was_last_seen_and_when_it_is_due(hall: Hall, at: At) -> None:
    hall.listed().sent()
    text = at("xn-window").read(f"/dossiers/{hall.dossier}")
    assert "在途，等待长沙市芙蓉区政务服务中心签收" in text
    assert "最后出现：咸宁揽投部" in text
    assert text.index("在途，等待") < text.index("最后出现") < text.index('id="originals-title"')
    assert "揽收至妥投，应于" in text


def test_each_original_stands_with_its_holder_who_stays_the_sender_until_it_is_counted(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    text = at("fr-receiver").read(f"/dossiers/{hall.dossier}")
    assert text.count("陈晓岚 · 咸宁市政务服务大厅") >= 3
    received(hall)
    assert at("fr-receiver").read(f"/dossiers/{hall.dossier}").count("谭婧 · 长沙市芙蓉区政务服务中心") >= 3


def test_an_original_nobody_counted_yet_is_uncounted_not_received(hall: Hall, at: At) -> None:
    received(hall.listed().sent().delivered(), Outcome.RECEIVED, Outcome.DAMAGED)
    table = re.search(
        r'<table class="list originals">.*?</table>', at("xn-window").read(f"/dossiers/{hall.dossier}"), re.DOTALL
    )
    assert table
    assert [word for word in ("完好", "破损", "未核", "已签收核验") if word in table[0]] == ["完好", "破损", "未核"]


def test_the_timeline_names_every_source_and_keeps_the_couriers_own_words(hall: Hall, at: At) -> None:
    hall.listed().sent()
    hall.heard("389", Milestone.IN_TRANSIT, "离开处理中心,发往长沙", "武汉处理中心", ago=5, source="poll")
    text = at("xn-window").read(f"/dossiers/{hall.dossier}")
    assert "离开处理中心,发往长沙" in text  # not a letter of it changed
    assert "我们查询" in text
    assert "快递推送" in text
    assert "晚到，收到于" in text
    assert "陈晓岚 · 咸宁市政务服务大厅" in text


def test_a_code_in_no_table_is_shown_as_unrecognised_with_its_code(hall: Hall, at: At) -> None:
    hall.listed().sent().heard("Z99", Milestone.UNRECOGNISED, "盘点扫描", "武汉处理中心")
    text = at("xn-window").read(f"/dossiers/{hall.dossier}")
    assert re.search(r"未识别</strong>\s*<code>Z99</code>", text)
    assert "在途，等待" in text  # it moved nothing


def test_a_deadline_past_due_is_red_with_its_days_and_its_explanation_on_demand(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    hall.house.clock.advance(days=6)
    text = at("fr-receiver").read(f"/dossiers/{hall.dossier}")
    assert re.search(r'clock-late".*?妥投至签收核验.*?超时 \d+ 个工作日', text, re.DOTALL)
    assert 'class="bar-due"' in text
    bar = re.search(r'class="clock clock-late".*?</li>\s*(?=<li|</ol>)', text, re.DOTALL)
    assert bar
    assert "<details" in bar[0]
    assert "<svg" in bar[0]


def test_the_persons_are_masked_until_a_reason_is_given_and_shown_once(hall: Hall, at: At) -> None:
    hall.listed()
    desk = at("xn-window")
    address = f"/dossiers/{hall.dossier}"
    assert "李样例" not in desk.read(address)
    assert desk.post(f"{address}/unmask").status_code == 422
    short = desk.post(f"{address}/unmask", {"reason": "看"})
    assert short.status_code == 409
    assert "李样例" not in short.text
    shown = desk.post(f"{address}/unmask", {"reason": "核对收件人电话"})
    assert shown.status_code == 200
    assert "李样例" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "李样例" not in desk.read(address)
    assert [(entry.why, entry.actor_name) for entry in hall.entries("person:unmasked")] == [
        ("核对收件人电话", "陈晓岚")
    ]


def test_a_reload_of_the_unmasked_page_is_the_same_look_not_a_second_one(hall: Hall, at: At) -> None:
    hall.listed()
    desk, command_id = at("xn-window"), str(uuid4())
    for _ in range(2):
        desk.post(f"/dossiers/{hall.dossier}/unmask", {"reason": "核对收件人电话"}, command_id)
    assert len(hall.entries("person:unmasked")) == 1


def test_a_difference_is_settled_with_its_grounds_and_a_loss_not_by_words(hall: Hall, at: At) -> None:
    received(hall.listed().sent().delivered(), Outcome.RECEIVED, Outcome.DAMAGED, Outcome.MISSING)
    desk = at("fr-receiver")
    rows = {row.kind: row for row in hall.open_differences()}
    damaged, missing = rows[DiscrepancyKind.DAMAGED], rows[DiscrepancyKind.MISSING]
    text = desk.read(f"/dossiers/{hall.dossier}")
    assert f'name="resolution-{missing.id}" value="explained"' not in text
    address = f"/dossiers/{hall.dossier}/differences"
    empty = desk.post(f"{address}/{damaged.id}/settle", {f"resolution-{damaged.id}": "accepted"})
    assert empty.status_code == 422
    fields = {f"resolution-{damaged.id}": "accepted", f"note-{damaged.id}": "封皮折痕，不影响内容"}
    assert desk.post(f"{address}/{damaged.id}/settle", fields).headers["Location"].endswith("#differences")
    words = {f"resolution-{missing.id}": "explained", f"note-{missing.id}": "说明一下"}
    assert desk.post(f"{address}/{missing.id}/settle", words).status_code == 409
    assert [row.kind for row in hall.open_differences()] == [DiscrepancyKind.MISSING]
    after = desk.read(f"/dossiers/{hall.dossier}")
    assert "已了结 1 项" in after
    assert "封皮折痕，不影响内容" in after


def test_only_those_who_may_settle_are_asked_to(hall: Hall, at: At) -> None:
    received(hall.listed().sent().delivered(), Outcome.MISSING)
    assert "了结这项差异" not in at("fr-manager").read(f"/dossiers/{hall.dossier}")
    assert "了结这项差异" in at("fr-receiver").read(f"/dossiers/{hall.dossier}")


def test_the_next_act_is_the_readers_own_at_every_stage(hall: Hall, at: At) -> None:
    def acts() -> tuple[str, str]:
        return tuple(main_act(at(one).read(address)) for one in ("xn-window", "fr-receiver"))  # type: ignore[return-value]

    hall.listed()
    address = f"/dossiers/{hall.dossier}"
    assert acts() == (f"{address}/originals", "")
    hall.sent().delivered()
    assert acts() == ("", f"/receive/{hall.envelope}")
    received(hall)
    assert acts() == ("", f"{address}/decision")
    decided(hall)
    assert acts() == ("", f"{address}/consignments")
    hall.sent_back().delivered()
    assert acts() == (f"/receive/{hall.envelope}", "")
    received(hall)
    assert acts() == (f"{address}/handback", "")


def test_originals_go_to_the_department_and_come_back(hall: Hall, at: At) -> None:
    received(hall.listed().sent().delivered())
    desk = at("fr-receiver")
    address = f"/dossiers/{hall.dossier}"
    assert desk.post(f"{address}/handover", {"department": "公证科"}).status_code == 422
    fields = {"given": list(hall.codes[:2]), "department": "公证科"}
    assert desk.post(f"{address}/handover", fields).status_code == 303
    text = desk.read(address)
    assert text.count("公证科 · 长沙市芙蓉区政务服务中心") == 2
    assert "2 件原件已移交公证科" in text
    assert desk.post(f"{address}/take-back", {"taken": [hall.codes[0]]}).status_code == 303
    last = {link.original_id: link.to_name for link in hall.whole().custody}
    assert sorted(last.values()) == ["公证科", "谭婧", "谭婧"]
    assert at("xn-window").get(f"{address}/handover").status_code == 403


def test_the_decision_is_recorded_once(hall: Hall, at: At) -> None:
    received(hall.listed().sent().delivered())
    desk = at("fr-receiver")
    address = f"/dossiers/{hall.dossier}/decision"
    assert desk.post(address, {"note": "x"}).status_code == 422
    assert desk.post(address, {"result": "approved", "note": "准予公证"}).status_code == 303
    assert desk.post(address, {"result": "refused", "note": "不予"}).status_code == 409
    assert hall.whole().dossier.decision is DecisionResult.APPROVED
    assert "已登记：准予" in desk.read(address)


@pytest.mark.parametrize("path", ["", "/ledger", "/ledger.jsonl", "/handover", "/decision"])
def test_who_is_no_party_finds_no_dossier(hall: Hall, at: At, path: str) -> None:
    hall.listed().sent()
    assert at("hz-window").get(f"/dossiers/{hall.dossier}{path}").status_code in {403, 404}
    assert at("hz-window").post(f"/dossiers/{hall.dossier}/unmask", {"reason": "想看看是谁"}).status_code == 404


def test_open_differences_are_listed_for_those_who_may_see_them(hall: Hall, at: At) -> None:
    assert "没有未了结的差异" in at("fr-receiver").read("/discrepancies")
    received(hall.listed().sent().delivered(), Outcome.MISSING, Outcome.DAMAGED)
    for login in ("fr-receiver", "fr-manager", "cs-manager", "xn-window", "hb-manager"):
        text = at(login).read("/discrepancies")
        assert "2 项未了结，其中1 项原件不在" in text, login
        assert f"/dossiers/{hall.dossier}#differences" in text
    assert hall.dossier not in at("hz-window").read("/discrepancies")


def test_every_milestone_and_kind_of_entry_has_its_word(hall: Hall) -> None:
    assert set(MILESTONES) == set(Milestone)
    received(hall.listed().sent().delivered(), Outcome.RECEIVED, Outcome.DAMAGED, Outcome.MISSING)
    assert {entry.what for entry in hall.whole().entries} <= set(ENTRIES)
    assert {f"discrepancy:{kind.value}" for kind in DiscrepancyKind} <= set(ENTRIES)
    whole = "".join(file.read_text("utf-8") for file in (ROOT / "logistics" / "services").rglob("*.py"))
    written = set(re.findall(r'"((?:package|applicant|dossier|original|consignment|custody|paper):[a-z_]+)"', whole))
    assert written - set(ENTRIES) == set(), "a page would show these words of the machine"


@given(st.text("abcXYZ 0123456789,;:.()?!-"))
def test_punctuation_without_chinese_beside_it_stays(text: str) -> None:
    assert full_width(text) == text


def test_chinese_sentences_get_chinese_punctuation_and_times_keep_theirs() -> None:
    assert (
        full_width("还不能办结:原件(2 份)未退,应于 17:30 前;请催办")
        == "还不能办结：原件（2 份）未退，应于 17:30 前；请催办"
    )


def test_in_english_the_page_speaks_english(hall: Hall, at: At) -> None:
    received(hall.listed().sent().delivered(), Outcome.RECEIVED, Outcome.DAMAGED, Outcome.MISSING)
    desk = at("fr-receiver")
    desk.post("/language", {"language": "en", "next": "/"})
    text = desk.read(f"/dossiers/{hall.dossier}")
    for shown in ("discrepancies to settle", "What happened", "Deadlines", "Envelope opened and received", "Missing"):
        assert shown in text, shown
    for hidden in ("差异", "时限", "快递", "核验为"):
        assert hidden not in re.sub(r"<q lang.*?</q>", "", text, flags=re.DOTALL), hidden


def test_the_timeline_is_told_by_source_and_in_either_order_without_a_script(hall: Hall, at: At) -> None:
    hall.listed().sent()
    desk = at("xn-window")
    whole = desk.read(f"/dossiers/{hall.dossier}")
    assert re.search(r'id="source-courier"[^>]*>快递 <span class="count">1</span>', whole)
    assert whole.index("已揽收") < whole.index("开立专档"), "newest first"
    courier = desk.read(f"/dossiers/{hall.dossier}?source=courier")
    assert "moment-courier" in courier
    assert "moment-person" not in courier
    oldest = desk.read(f"/dossiers/{hall.dossier}?order=oldest").split('id="timeline"')[1]
    assert oldest.index("开立专档") < oldest.index("已揽收")
    assert "运送，最后出现：" in whole
    assert "办结后自动封存归档信息包" in whole


def test_a_corrected_count_says_so_where_it_stands(hall: Hall, at: At) -> None:
    hall.listed().sent().delivered()
    received(hall, Outcome.RECEIVED, Outcome.RECEIVED, Outcome.MISSING)
    desk = at("fr-receiver")
    assert "正在做：等咸宁" in desk.read(f"/dossiers/{hall.dossier}")
    house = hall.house
    receipt.correct(house.web, house.receiver, house.command(), hall.envelope, hall.codes[2], "夹在封套底部")
    page = desk.read(f"/dossiers/{hall.dossier}")
    assert re.search(r"<s>[^<]*缺件</s>", page)
    assert "后来更正为「完好」" in page
    assert "（原记：缺件）" in page
