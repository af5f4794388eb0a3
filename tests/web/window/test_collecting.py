"""The pages of the pool, of pick-ups, of the hand-over list and of what people carry themselves."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import timedelta

from sqlmodel import Session, select

from logistics.store.files import FileStore
from logistics.tables import Consignment, CourierAccount, HandoverList, LedgerEntry, Pickup, PoolNumber, Tracking
from logistics.terms import Stage
from tests.labels.reading import codes, rasters, text
from tests.web.town import Watch
from tests.web.window.acts import DOSSIER, ENVELOPE, listed
from tests.web.window.acts import codes as originals
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall

PNG = b"\x89PNG\r\n\x1a\n" + b"drawn"
FIRST, LAST = "1000000000100", "1000000000104"


def sealed(window: Officer) -> None:
    listed(window)
    window.send(f"/consignments/{ENVELOPE}/pack", inside=originals(), code="XN-0001", then="seal")


def booked(window: Officer, desk: Hall) -> Consignment:
    sealed(window)
    window.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems")
    desk.errands()
    return envelope(desk)


def envelope(desk: Hall) -> Consignment:
    with Session(desk.system.engine) as session:
        return session.exec(select(Consignment).where(Consignment.no == ENVELOPE)).one()


def out_of_order(desk: Hall) -> None:
    with Session(desk.system.engine) as session, session.begin():
        until = desk.ctx.clock() + timedelta(hours=1)
        session.merge(CourierAccount(code="ems", failures=5, open_until=until))


def stocked(window: Officer) -> None:
    answer = window.send("/pool", courier="ems", first=FIRST, last=LAST, then="add")
    assert answer.status_code == 303, answer.text


def test_a_range_is_tried_then_added_and_a_number_spoilt(window: Officer, desk: Hall) -> None:
    tried = window.send("/pool", courier="ems", first=FIRST, last=LAST).text
    assert "试算通过：5 个号码" in tried
    assert FIRST in tried
    with Session(desk.system.engine) as session:
        assert session.exec(select(PoolNumber)).all() == []
    stocked(window)
    page = window.get("/pool").text
    assert FIRST in page
    window.send("/pool/spoil", courier="ems", number=FIRST, why="撕坏了")
    assert "1000000000101" in window.get("/pool").text
    again = window.send("/pool", courier="ems", listed=f"{FIRST}\nABC", then="add")
    assert again.status_code == 422
    assert "第 1 行 1000000000100：已在号段中" in again.text
    assert "第 2 行 ABC" in again.text
    assert "ABC</textarea>" in again.text  # nothing typed is lost


def test_the_page_says_why_one_way_is_proposed_and_another_is_barred(window: Officer, desk: Hall) -> None:
    sealed(window)
    page = window.get(f"/consignments/{ENVELOPE}").text
    assert "邮政企业，可寄公文和普通原件" in page
    assert "未知：" in page
    out_of_order(desk)
    page = window.get(f"/consignments/{ENVELOPE}").text
    assert "接口没有回应" in page
    assert "号段已经用完" in page
    stocked(window)
    page = window.get(f"/consignments/{ENVELOPE}").text
    assert f"用号段号 {FIRST} 先打单" in page


def test_another_way_than_the_proposed_one_is_kept_with_its_reason(window: Officer, desk: Hall) -> None:
    sealed(window)
    fields = {"courier": "manual", "form_no": "ZR-7", "why": "同城急送"}
    assert window.send(f"/consignments/{ENVELOPE}/dispatch", **fields).status_code == 303
    with Session(desk.system.engine) as session:
        entry = session.exec(select(LedgerEntry).where(LedgerEntry.what == "consignment:dispatched")).one()
    assert entry.why == "同城急送"
    assert entry.facts["choice"]["proposed"] == "ems"
    assert entry.facts["choice"]["chosen"] == "manual"


def test_with_the_interface_down_one_scan_still_prints_from_the_pool(window: Officer, desk: Hall) -> None:
    stocked(window)
    out_of_order(desk)
    listed(window)
    window.send(f"/consignments/{ENVELOPE}/pack", inside=originals(), code="XN-0001", then="send")
    assert (envelope(desk).stage, envelope(desk).waybill_no) == (Stage.BOOKED, FIRST)
    assert "号段号，等待补登" in window.get(f"/consignments/{ENVELOPE}").text
    made = window.send(f"/consignments/{ENVELOPE}/papers", kind="label")
    label = window.get(made.headers["Location"]).data
    assert codes(rasters(label)[0])["Code128"] == FIRST
    assert "分拣码未给出" in text(label)


def test_an_order_that_waits_is_switched_by_one_button(window: Officer, desk: Hall, watch: Watch) -> None:
    stocked(window)
    sealed(window)
    window.send(f"/consignments/{ENVELOPE}/dispatch", courier="ems")
    assert "用号段号先打单" not in window.get(f"/consignments/{ENVELOPE}").text
    assert window.send(f"/consignments/{ENVELOPE}/pool").status_code == 409
    watch.turn(seconds=21)
    assert "用号段号先打单" in window.get(f"/consignments/{ENVELOPE}").text
    page = window.follow(window.send(f"/consignments/{ENVELOPE}/pool"))
    assert f"已用号段号 {FIRST}" in page
    desk.errands()
    kept = envelope(desk)
    assert kept.registered_at is not None
    assert kept.waybill_no == FIRST
    assert [one["waybill_no"] for one in desk.world.state()["orders"]] == [FIRST]


def test_the_form_of_the_book_is_taken_when_none_is_typed(window: Officer, desk: Hall) -> None:
    sealed(window)
    assert window.send(f"/consignments/{ENVELOPE}/dispatch", courier="manual").status_code == 422
    window.send("/pool", courier="manual", first="ZR-0008", last="ZR-0009", then="add")
    assert window.send(f"/consignments/{ENVELOPE}/dispatch", courier="manual").status_code == 303
    assert envelope(desk).waybill_no == "ZR-0008"


def test_a_pick_up_is_booked_seen_missed_and_called_off(window: Officer, desk: Hall, watch: Watch) -> None:
    times = {"collect_from": "2026-11-20T14:00", "collect_until": "2026-11-20T16:00"}
    closed = {"collect_from": "2026-11-20T19:00", "collect_until": "2026-11-20T20:00"}
    refused = window.send("/pickups", courier="ems", **closed)
    assert refused.status_code == 409
    assert "不在本单位办公时间内" in refused.text
    assert "预约" in window.follow(window.send("/pickups", courier="ems", note="西门", **times))
    booked(window, desk)
    assert "没有来" not in window.get("/pickups").text
    watch.turn(hours=5)
    assert "还没有来。请打电话催" in window.get("/pickups").text
    later = {"collect_from": "2026-11-23T09:00", "collect_until": "2026-11-23T10:00"}
    window.send("/pickups", courier="ems", **later)
    with Session(desk.system.engine) as session:
        key = max(row.id or 0 for row in session.exec(select(Pickup)))
    assert window.send("/pickups/cancel", pickup_id=str(key)).status_code == 409
    assert "已取消预约" in window.follow(window.send("/pickups/cancel", pickup_id=str(key), why="改期"))


def test_the_collector_signs_with_a_finger_for_what_was_scanned(window: Officer, desk: Hall) -> None:
    kept = booked(window, desk)
    address = window.send("/handovers", courier="ems").headers["Location"]
    wrong = window.send(f"{address}/scan", code="NICHTS")
    assert wrong.status_code == 422
    assert 'id="f-code-wrong"' in wrong.text
    assert "已扫 1 件，共 1 件" in window.follow(window.send(f"{address}/scan", code=kept.waybill_no))
    assert "已经扫过" in window.follow(window.send(f"{address}/scan", code=kept.seal_no))
    unsigned = window.get(f"{address}.pdf").data
    assert "尚未签字" in text(unsigned)
    drawn = "data:image/png;base64," + base64.b64encode(PNG).decode()
    missing = window.send(f"{address}/sign", collector="", drawn="data:image/png;base64,%%%")
    assert missing.status_code == 422
    assert "请填写揽收员姓名" in missing.text
    page = window.follow(window.send(f"{address}/sign", collector="赵示例", staff_no="YG-1", drawn=drawn))
    assert "揽收员已签收 1 件" in page
    with Session(desk.system.engine) as session:
        row = session.exec(select(HandoverList)).one()
    assert row.list_sha256 in page
    assert "打印清单" in page.split("data-main")[1]  # Enter prints it, and later again
    assert f'src="{address}/signature"' in page
    signature = window.get(f"{address}/signature")
    assert (signature.data, signature.mimetype) == (PNG, "image/png")
    assert desk.ctx.files.get(row.signature_sha256) == PNG
    sheet = window.get(f"{address}.pdf").data
    assert codes(rasters(sheet)[0]) == {"QRCode": f"YD1|H|{row.no}|{row.list_sha256[:16]}"}
    assert row.list_sha256 in text(sheet)
    assert "赵**（工号YG-1）" in text(sheet)
    assert sheet == window.get(f"{address}.pdf").data
    assert "没有等快递来取的件" in window.get("/pickups").text
    assert window.send(f"{address}/remove", consignment=ENVELOPE).status_code == 409


def test_what_the_courier_left_is_said_on_the_page_and_on_the_paper_and_goes_with_the_next_list(
    window: Officer, desk: Hall
) -> None:
    first = booked(window, desk)
    address = window.send("/handovers", courier="ems").headers["Location"]
    other = listed(window)
    window.send(f"/consignments/{other}-1/pack", inside=originals(3, other), code="XN-0002", then="send")
    desk.errands()
    assert window.send("/handovers", courier="ems").headers["Location"] == address
    assert "已扫 0 件，共 2 件" in window.get(address).text  # what was booked meanwhile is on it, too
    warned = window.follow(window.send(f"{address}/scan", code=first.waybill_no))
    assert "还有 1 件没有扫，不会交出，留在这里等下一次" in warned
    drawn = "data:image/png;base64," + base64.b64encode(PNG).decode()
    page = window.follow(window.send(f"{address}/sign", collector="赵示例", drawn=drawn))
    assert "揽收员已签收 1 件。还有 1 件没有扫，留在这里，请收好等下一次。" in page
    assert f"{other}-1" in page.split("没有交出，留在这里的")[1]
    assert "另有1件没有交出，留在本单位" in text(window.get(f"{address}.pdf").data).replace(" ", "")
    again = window.send("/handovers", courier="ems").headers["Location"]
    assert "已扫 1 件，共 1 件" in window.follow(window.send(f"{again}/scan", code=f"{other}-1"))
    window.send(f"{again}/sign", collector="赵示例", drawn=drawn)
    assert f"后来在清单 {again.rpartition('/')[2]} 上交出" in window.get(address).text


def test_what_a_collector_signed_for_is_voided_only_when_it_is_back(window: Officer, desk: Hall) -> None:
    kept = booked(window, desk)
    address = window.send("/handovers", courier="ems").headers["Location"]
    window.send(f"{address}/scan", code=kept.waybill_no)
    drawn = "data:image/png;base64," + base64.b64encode(PNG).decode()
    window.send(f"{address}/sign", collector="赵示例", drawn=drawn)
    assert "封套已从揽收员手里拿回" in window.get(f"/consignments/{ENVELOPE}").text
    void = f"/consignments/{ENVELOPE}/void"
    refused = window.send(void, why="申请人撤回")
    assert refused.status_code == 409
    assert "请先把封套拿回来" in refused.text
    assert "申请人撤回" in refused.text  # nothing typed is lost
    assert window.send(void, why="申请人撤回", taken_back="true").status_code == 303
    assert "后来作废，封套已拿回" in window.get(address).text
    with Session(desk.system.engine) as session:
        (entry,) = session.exec(select(LedgerEntry).where(LedgerEntry.what == "consignment:voided")).all()
    assert entry.facts["taken_back_from"] == address.rpartition("/")[2]


def test_a_countersigned_sheet_is_as_good(window: Officer, desk: Hall) -> None:
    kept = booked(window, desk)
    address = window.send("/handovers", courier="ems").headers["Location"]
    window.send(f"{address}/scan", code=kept.no)
    scan = (io.BytesIO(b"%PDF-1.7 signed in ink"), "清单.pdf")
    page = window.follow(window.send(f"{address}/sign", collector="赵示例", signature=scan))
    assert "看签好字的清单（PDF）" in page
    assert window.get(f"{address}/signature").mimetype == "application/pdf"


def test_nobody_else_opens_the_list(window: Officer, desk: Hall, officer: Callable[[str], Officer]) -> None:
    booked(window, desk)
    address = window.send("/handovers", courier="ems").headers["Location"]
    for path in (address, f"{address}.pdf", f"{address}/signature"):
        assert officer("fr-receiver").get(path).status_code == 404


def test_scanning_or_typing_a_list_opens_it_for_those_who_hand_over_there(
    window: Officer, desk: Hall, officer: Callable[[str], Officer]
) -> None:
    booked(window, desk)
    address = window.send("/handovers", courier="ems").headers["Location"]
    (qr,) = codes(rasters(window.get(f"{address}.pdf").data)[0]).values()
    no = address.rpartition("/")[2]
    for found in (qr, no, no.lower()):
        assert window.get("/find", query_string={"q": found}).headers["Location"] == address
        assert officer("fr-receiver").get("/find", query_string={"q": found}).status_code == 404
    assert window.get("/find", query_string={"q": "YD1|H|XN-JJ20200101-01|0"}).status_code == 404


def test_the_workbench_says_that_nobody_came_and_that_a_list_stands_unsigned(
    window: Officer, desk: Hall, watch: Watch
) -> None:
    window.send("/pickups", courier="ems", collect_from="2026-11-20T14:00", collect_until="2026-11-20T16:00")
    booked(window, desk)
    window.send("/handovers", courier="ems")
    assert 'id="uncollected"' not in window.get("/").text
    watch.turn(hours=5)
    line = "中国邮政 EMS 没有按时来取件。"
    assert line in window.get("/").text
    assert "到下班还没有签" not in window.get("/").text
    watch.turn(hours=2)
    page = window.get("/").text
    assert line in page
    assert "-01 到下班还没有签。" in page
    assert '<a href="/pickups">' in page
    assert "到下班还没有签" in window.get("/pickups").text


def test_what_a_person_carries_is_noted_with_a_photo(window: Officer, desk: Hall) -> None:
    sealed(window)
    window.send(f"/consignments/{ENVELOPE}/dispatch", courier="manual", form_no="ZR-1")
    path = f"/consignments/{ENVELOPE}/milestones"
    assert "登记递送节点" in window.get(f"/consignments/{ENVELOPE}").text
    now = {"happened_at": "2026-11-20T12:00", "place": "湖南省长沙市芙蓉区"}
    assert "已登记" in window.follow(window.send(path, code="departed", **now))
    bare = window.send(path, code="signed", **now)
    assert bare.status_code == 422
    assert "送达须有凭证" in bare.text
    photo = (io.BytesIO(b"\xff\xd8\xff photo"), "签收.jpg")
    assert window.send(path, code="signed", proof=photo, **now).status_code == 303
    assert envelope(desk).stage is Stage.DELIVERED
    with Session(desk.system.engine) as session:
        assert {row.source for row in session.exec(select(Tracking))} == {"person"}
    assert isinstance(desk.ctx.files, FileStore)
    assert "有凭证" in window.get(path).text


def test_an_envelope_of_a_courier_has_no_such_page(window: Officer, desk: Hall) -> None:
    booked(window, desk)
    assert window.get(f"/consignments/{ENVELOPE}/milestones").status_code == 409
    assert window.get(f"/dossiers/{DOSSIER}").status_code == 200
