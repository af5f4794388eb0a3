"""EMS's tracking push 040002: opened with the customer's key, and answered in EMS's words."""

from __future__ import annotations

import hmac
from typing import Any

from couriers.adapters.ems_settings import EmsSettings
from couriers.adapters.ems_wire import FAILURE, SUCCESS, compact, read_json, unseal
from couriers.adapters.texts import said
from couriers.contract import Answer, Garbled, Push

JSON = "application/json; charset=UTF-8"


def open_push(push: Push, settings: EmsSettings) -> Any:
    """The content (an object or a list). Raises `Garbled` when it was not sealed for this customer with this key."""
    outer = read_json(push.body)
    if not isinstance(outer, dict):
        raise Garbled("EMS 的推送不是 JSON 对象。", push.body)
    theirs = said(outer.get("senderNo")).encode()
    if not hmac.compare_digest(theirs, settings.sender_no.encode()):
        raise Garbled("EMS 的推送不是给本方协议客户号的。", push.body)
    content = read_json(unseal(said(outer.get("logitcsInterface")), settings.sign_key, suffix=False))
    if not isinstance(content, dict | list):
        raise Garbled("EMS 的推送内容不是 JSON 对象。", push.body)
    return content


def answer(push: Push, sender_no: str, accepted: bool, trusted: bool) -> Answer:
    """What EMS reads: the push's serial number, and whether we took it."""
    try:
        outer = read_json(push.body)
    except Garbled:
        outer = None
    words = {
        "serialNo": said(outer.get("serialNo"))[:64] if isinstance(outer, dict) else "",
        "code": SUCCESS if accepted else FAILURE,
        "codeMessage": "" if accepted else "未接收",
        "senderNo": sender_no,
    }
    return Answer(200 if accepted or trusted else 401, JSON, compact(words).encode())
