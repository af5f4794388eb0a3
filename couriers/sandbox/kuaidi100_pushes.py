"""快递100's pushes: the whole list with every change, shutdown after the signature, abort, a corrected carrier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from couriers.adapters.kuaidi100_events import code_of
from couriers.adapters.kuaidi100_wire import FORM, compact, sign_push
from couriers.contract import Call
from couriers.sandbox import kuaidi100_words as words
from couriers.sandbox.account import ZONE, Account
from couriers.sandbox.desk import Owed
from couriers.sandbox.kuaidi100_rules import may_see
from couriers.sandbox.scans import Order, Subscription

REPEATS = 3  # of a push that was not acknowledged; then only the next scan brings the list again


def calls(hook_url: str, owed: Owed, account: Account) -> Sequence[Call]:
    """The pushes that tell what is owed; () when there is nothing to tell, or it was tried often enough."""
    if owed.attempts > REPEATS:
        return ()
    if owed.notice is not None:
        return _notices(hook_url, owed, account)
    wish, order = owed.subscription, owed.order
    if wish is None or order is None or not may_see(order, wish.extra["phone"]):
        return ()
    return [_push(hook_url, param, wish.extra["salt"]) for param in _params(wish, order, owed)]


def _params(wish: Subscription, order: Order, owed: Owed) -> list[dict[str, Any]]:
    """What is said of the scans; before the first time about a number under a wrong carrier, that it is wrong."""
    carrier, scans = code_of(order.courier), owed.all_scans
    if not carrier or not scans:
        return []
    last = words.whole_list(carrier, order, scans, wish.extra["resultv2"], ZONE)
    status = "updateall" if words.was_signed(scans) else "shutdown" if words.is_signed(scans) else "polling"
    if wish.carrier == carrier:
        return [_param(status, "", last)]
    corrected = {**_param(status, "", last), "autoCheck": "1", "comOld": wish.carrier, "comNew": carrier}
    if len(owed.scans) < len(scans):
        return [corrected]
    nothing = words.whole_list(wish.carrier, order, (), "", ZONE)
    return [{**_param("abort", "快递公司编码错误", nothing), "comNew": carrier}, corrected]


def _notices(hook_url: str, owed: Owed, account: Account) -> Sequence[Call]:
    """The notice as a push. One that stops a subscription ends it first, and is then owed on its own."""
    notice, wish, order = dict(owed.notice or {}), owed.subscription, owed.order
    if notice.get("status") == "abort" and wish is not None:
        account.unsubscribe(wish)
        ours = {"salt": wish.extra["salt"], "com": wish.carrier, "nu": wish.waybill_no}
        account.notify(wish.waybill_no, {**ours, **notice})
        return ()
    salt = notice.pop("salt", wish.extra["salt"] if wish else "")
    number = notice.pop("nu", wish.waybill_no if wish else "")
    carrier = notice.pop("com", wish.carrier if wish else "")
    last = {"message": "ok", "nu": number, "ischeck": "0", "com": carrier, "status": "200", "data": [], "state": "0"}
    if order is not None and owed.all_scans and carrier == code_of(order.courier):
        last = words.whole_list(carrier, order, owed.all_scans, "4", ZONE)
    return [_push(hook_url, {**_param("polling", "", last), **notice}, salt)]


def _param(status: str, message: str, last: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": status,
        "billstatus": "check" if last["ischeck"] == "1" else "sending" if last["data"] else "",
        "message": message,
        "autoCheck": "0",
        "comOld": "",
        "comNew": "",
        "lastResult": dict(last),
    }


def _push(hook_url: str, param: Mapping[str, Any], salt: str) -> Call:
    text = compact(param)
    form = {"param": text, **({"sign": sign_push(text, salt)} if salt else {})}
    return Call("POST", hook_url, {"Content-Type": FORM}, form=form)
