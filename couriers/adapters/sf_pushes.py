"""SF's pushes: routes as JSON or as a form with XML, order states as JSON; and what each of them is answered.

The form is chosen by the bytes themselves, because the stored push keeps them and little else.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from couriers.adapters.sf_events import read_routes, read_states
from couriers.adapters.sf_wire import compact, pushed_text, read_json, routes_in_xml
from couriers.contract import Answer, Garbled, Push, TrackingEvent

JSON = "application/json; charset=UTF-8"
XML = "application/xml; charset=UTF-8"
_FORM_TYPE = "application/x-www-form-urlencoded"
_XML_OK = '<Response service="RoutePushService"><Head>OK</Head></Response>'
_XML_ERROR = '<ERROR code="4001">系统发生数据错误或运行时异常</ERROR>'
_XML_FAILED = f'<Response service="RoutePushService"><Head>ERR</Head>{_XML_ERROR}</Response>'
_ROUTE_OK = {"return_code": "0000", "return_msg": "成功"}
_ROUTE_FAILED = {"return_code": "1000", "return_msg": "系统异常"}
_STATE_FAILED = {"success": False, "code": "1", "msg": "未接收"}


def is_pushable(push: Push) -> bool:
    """True when the content type is one of the two that SF pushes with."""
    return _media_type(push) in ("application/json", _FORM_TYPE)


def _media_type(push: Push) -> str:
    return push.header("Content-Type").split(";")[0].strip().lower()


def events_in(push: Push, zone: tzinfo) -> tuple[TrackingEvent, ...]:
    """The events of a push, oldest first. Raises `Garbled` when it has none that names a waybill or an order."""
    try:
        events = _events(pushed_text(push.body), zone)
    except Garbled as e:
        raise Garbled(str(e), push.body) from e
    if not any(event.waybill_no or event.reference for event in events):
        raise Garbled("顺丰的推送里没有一条带运单号或订单号的轨迹。", push.body)
    return events


def _events(text: str, zone: tzinfo) -> tuple[TrackingEvent, ...]:
    if text.startswith("<"):
        return read_routes(routes_in_xml(text), zone)
    content = read_json(text)
    if isinstance(content, dict) and "orderState" in content:
        return read_states(_listed(content["orderState"]), zone)
    body = content.get("Body") if isinstance(content, dict) else None
    if not isinstance(body, dict) or "WaybillRoute" not in body:
        raise Garbled("顺丰的推送既无 WaybillRoute，也无 orderState。")
    return read_routes(_listed(body["WaybillRoute"]), zone)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def answer_to(push: Push, state_answer: str, accepted: bool, status: int) -> Answer:
    """SF's own words for taken or not: XML to a form, `state_answer` to taken order states. Never raises."""
    try:
        text = pushed_text(push.body)
        content = None if text.startswith("<") else read_json(text)
    except Garbled:
        text, content = "<" if _media_type(push) == _FORM_TYPE else "", None
    if text.startswith("<"):
        return Answer(status, XML, (_XML_OK if accepted else _XML_FAILED).encode())
    if isinstance(content, dict) and "orderState" in content:
        return Answer(status, JSON, (state_answer if accepted else compact(_STATE_FAILED)).encode())
    return Answer(status, JSON, compact(_ROUTE_OK if accepted else _ROUTE_FAILED).encode())
