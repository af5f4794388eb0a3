"""The EMS interfaces of older systems, for places that still have them: order XML, trace query, two kinds of push.

They carry no operation codes of today's table: an `action` has its own small table, and a trace that has only words is
UNRECOGNISED, because words are not read for a meaning.
"""

from __future__ import annotations

import hmac
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from couriers.adapters.ems_events import COURIER, meanings, read_time
from couriers.adapters.ems_orders import booking_in
from couriers.adapters.ems_wire import compact, legacy_digest, read_json
from couriers.adapters.texts import said
from couriers.contract import Booking, Garbled, Milestone, Reason, Refused, TrackingEvent

ACTIONS = {
    "00": Milestone.PICKED_UP,
    "60": Milestone.PICKED_UP,
    "30": Milestone.IN_TRANSIT,
    "40": Milestone.IN_TRANSIT,
    "41": Milestone.ARRIVED,
    "50": Milestone.ARRIVED,
    "51": Milestone.OUT_FOR_DELIVERY,
    "10": Milestone.DELIVERED,
    "20": Milestone.ATTEMPTED,
}
_DETAILS = {"10": ("deliver", "properdelivery"), "20": ("attempt", "notproperdelivery")}


def order_form(xml: str, partner_code: str, partner_key: str, *, hex_text: bool = False) -> dict[str, str]:
    """The form fields of an OrderNormal order, with its digest."""
    return {
        "logistics_interface": xml,
        "data_digest": legacy_digest(xml, partner_key, hex_text=hex_text),
        "msg_type": "ORDERCREATE",
        "ecCompanyId": partner_code,
    }


def opens_order(form: dict[str, str], partner_key: str) -> dict[str, str]:
    """The texts of an OrderNormal order by their element names ("sender/name"). `Refused` S02 for a wrong digest."""
    xml = form.get("logistics_interface", "")
    digests = (legacy_digest(xml, partner_key), legacy_digest(xml, partner_key, hex_text=True))
    given = form.get("data_digest", "").encode()
    if not any(hmac.compare_digest(given, digest.encode()) for digest in digests):
        raise Refused("S02", "数字签名不正确。")
    root = _xml(xml)
    found = {child.tag: said(child.text or "") for child in root if len(child) == 0}
    for block in root:
        found |= {f"{block.tag}/{child.tag}": said(child.text or "") for child in block if len(child) == 0}
    return found


def read_order_answer(xml: str) -> Booking:
    """The booking of an OrderNormal answer. Raises `Refused` with its reason, `Garbled` without a number."""
    response = next(_xml(xml).iter("response"), None)
    if response is None:
        raise Garbled("EMS 旧接口的应答没有 response。", xml.encode("utf-8", "replace"))
    texts = {child.tag: said(child.text or "") for child in response}
    if texts.get("success", "").lower() != "true":
        raise Refused("success=false", texts.get("reason") or "EMS 没有说明原因。")
    booking = booking_in({**texts, "waybillNo": texts.get("waybill_no") or texts.get("waybillNo")})
    if booking is None:
        raise Garbled("EMS 旧接口说下单成功，却没有给出运单号。", xml.encode("utf-8", "replace"))
    return booking


def read_traces(body: bytes, waybill_no: str, zone: tzinfo) -> tuple[TrackingEvent, ...]:
    """The events of `GET /cotrackapi/api/track/mail/{mailNo}`, oldest first; words and places without any code."""
    answer = read_json(body)
    traces = answer.get("traces") if isinstance(answer, dict) else None
    if not isinstance(traces, list):
        raise Garbled("EMS 旧接口的应答没有 traces 列表。", body)
    events = []
    for trace in traces:
        happened_at = read_time(trace.get("acceptTime"), zone) if isinstance(trace, dict) else None
        if happened_at is None:
            raise Garbled("EMS 旧接口的轨迹里有读不出的时间。", body)
        words, place = said(trace.get("remark"))[:500], said(trace.get("acceptAddress"))[:200]
        events.append(_event(waybill_no, Milestone.UNRECOGNISED, None, "", "", words, happened_at, place, None))
    return tuple(sorted(events, key=lambda event: event.happened_at))


def read_express_mail(body: bytes, zone: tzinfo) -> tuple[TrackingEvent, ...]:
    """The events of a listexpressmail push in JSON, oldest first. `effect` 0 takes back the earlier same action."""
    outer = read_json(body)
    items = outer.get("listexpressmail") if isinstance(outer, dict) else None
    if not isinstance(items, list):
        raise Garbled("EMS 旧接口的推送没有 listexpressmail 列表。", body)
    return tuple(sorted((_express(item, zone, body) for item in items), key=lambda event: event.happened_at))


def express_mail_answer(accepted: bool, failed: Sequence[str] = (), remark: str = "") -> bytes:
    """The JSON answer to a listexpressmail push."""
    words = {"success": "1" if accepted else "0", "failmailnums": ",".join(failed), "remark": remark}
    return compact({"response": words}).encode()


def trace_push_answer(receive_id: str, outcomes: dict[str, str]) -> bytes:
    """The answer to a legacy trace push: for each traceNo the reason why it failed, "" when it was taken."""
    items = [{"traceNo": number, "success": not reason, "reason": reason} for number, reason in outcomes.items()]
    good = not any(outcomes.values())
    return compact({"receiveId": receive_id, "responseState": good, "errorDesc": "", "responseItems": items}).encode()


def _express(item: Any, zone: tzinfo, body: bytes) -> TrackingEvent:
    fields = {name: said(value) for name, value in item.items()} if isinstance(item, dict) else {}
    try:
        text = f"{fields.get('procdate', '')}{fields.get('proctime', '')}"
        happened_at = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise Garbled("EMS 旧接口的推送里有读不出的时间。", body) from e
    action = fields.get("action", "")
    kind, detail_field = _DETAILS.get(action, ("", ""))
    detail = fields.get(detail_field, "")
    milestone, reason = ACTIONS.get(action, Milestone.UNRECOGNISED), None
    if detail:
        meaning = meanings().get((kind, detail))
        milestone, reason = (meaning.milestone, meaning.reason) if meaning else (Milestone.UNRECOGNISED, None)
    voids = action if fields.get("effect") == "0" and action in ACTIONS else None
    words, place = fields.get("description", "")[:500], fields.get("orgfullname", "")[:200]
    if voids:
        milestone, reason = Milestone.INFO, None
    return _event(
        fields.get("mailnum", "")[:40], milestone, reason, action[:40], detail[:40], words, happened_at, place, voids
    )


def _event(
    waybill_no: str,
    milestone: Milestone,
    reason: Reason | None,
    code: str,
    detail: str,
    words: str,
    at: datetime,
    place: str,
    voids: str | None,
) -> TrackingEvent:
    return TrackingEvent(waybill_no, milestone, reason, code, detail, words, at, place, voids, COURIER)


def _xml(text: str) -> ET.Element:
    # Without a document type there are no entities, so nothing can swell or reach outside.
    if "<!" in text:
        raise Garbled("EMS 旧接口的 XML 含有声明，不予解析。", text.encode("utf-8", "replace"))
    try:
        return ET.fromstring(text)  # noqa: S314 - see above
    except (ET.ParseError, ValueError, RecursionError) as e:
        raise Garbled("EMS 旧接口的 XML 读不出。", text.encode("utf-8", "replace")) from e
