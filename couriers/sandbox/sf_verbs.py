"""What SF does when it is asked: orders, changes, routes, filter, delivery times, child numbers. Each may say `No`.

For training: an address with 超区 is out of range, with 人工确认 a person looks at it for a minute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from couriers.contract import Party
from couriers.sandbox.account import Account
from couriers.sandbox.scans import Order
from couriers.sandbox.sf_label import area_code, route_label
from couriers.sandbox.sf_reach import out_of_range
from couriers.sandbox.sf_rules import (
    LANGUAGES,
    MOST_PARCELS,
    No,
    check_order,
    check_pickup,
    choice,
    contacts_of,
    required,
    text_of,
)
from couriers.sandbox.sf_words import CHILD, CODE_OF_SF, COLLECTOR_SENT, ORDER_TAKEN, route

Content = Mapping[str, Any]
ROUTE_BATCH = 10
_KEPT = timedelta(days=92)  # routes are shown for three months
_LOOKED_AT = timedelta(minutes=1)
_WAYBILL = re.compile(r"SF[0-9]{13}|[0-9]{12}|[0-9]{15}")


def create(content: Content, account: Account, card: str) -> object:
    """EXP_RECE_CREATE_ORDER: the same orderId gives its first success, or 8016 while refuse_duplicates is on."""
    check_order(content, card)
    sender, receiver = contacts_of(content)
    if out := out_of_range(sender, receiver):
        return {**_codes(content["orderId"], sender, receiver), "filterResult": 3, "remark": out}
    reference = text_of(content["orderId"])
    body = {"order": dict(content), "taken_at": account.now().isoformat(), "card": text_of(content.get("monthlyCard"))}
    order, new = account.book(reference, sender, receiver, body)
    if new:
        for _ in range(int(text_of(content.get("parcelQty", 1))) - 1):
            _child(order, account)
        if text_of(content.get("isDocall")) == "1":
            for code in (ORDER_TAKEN, COLLECTOR_SENT):
                account.notify(order.waybill_no, {"orderStateCode": code, "at": account.wall_time()})
        return _answer(order, account)
    return _again(order, account)


def _again(order: Order, account: Account) -> object:
    refuse = account.fault("refuse_duplicates")
    if refuse is None and not order.cancelled:
        return _answer(order, account)
    words = f"重复下单，运单号：{order.waybill_no}" if refuse == "words" else "重复下单"
    raise No("8016", words, _answer(order, account) if refuse == "body" and not order.cancelled else None)


def search_order(content: Content, account: Account) -> object:
    """EXP_RECE_SEARCH_ORDER_RESP: what an order got; a withdrawn one is 8037, an unknown one 6150."""
    search = choice(content, "searchType", ("1", "2"), "1")
    choice(content, "language", LANGUAGES, "zh-CN")
    return _answer(_order(content, account, "6150" if search == "1" else ""), account)


def update(content: Content, account: Account) -> object:
    """EXP_RECE_UPDATE_ORDER: 1 changes what is not yet picked up, 2 withdraws it. resStatus 1: not that waybill."""
    deal = choice(content, "dealType", ("1", "2"), "1")
    numbers = _numbers_in(content.get("waybillNoInfoList"))
    if deal == "1" and not numbers:
        raise No("8013", "未传入运单号")
    check_pickup(content)
    order = _order(content, account, "8024", withdrawn="8253" if deal == "2" else "8019")
    done = {"orderId": order.reference, "extraInfoList": None}
    if numbers and order.waybill_no not in numbers:
        listed = [{"waybillType": 1, "waybillNo": number} for number in numbers]
        return {**done, "waybillNoInfoList": listed, "resStatus": 1}
    if account.picked_up(order) or (deal == "2" and not account.cancel(order)):
        raise No("8252", "订单已确认收件，不能再更改或取消")
    if deal == "2":
        for child in _children(order, account):
            account.cancel(child)
    if deal == "1":
        account.keep(order, {**order.body, "changes": dict(content)})
    return {**done, "waybillNoInfoList": _listed(order, account), "resStatus": 2}


def routes(content: Content, account: Account, card: str) -> object:
    """EXP_RECE_SEARCH_ROUTES: at most ten numbers; shown to who paid with his card, or knows a phone's last four."""
    choice(content, "language", (*LANGUAGES, "0"), "zh-CN")
    by_order = choice(content, "trackingType", ("1", "2")) == "2"
    choice(content, "methodType", ("1", "2"), "1")
    numbers = content.get("trackingNumber")
    if not isinstance(numbers, list) or not all(text_of(number) for number in numbers):
        raise No("S0003", "trackingNumber 应为字符串列表")
    if not numbers:
        raise No("8013", "未传入单号")
    if len(numbers) > ROUTE_BATCH:
        raise No("8003", f"一次最多查询 {ROUTE_BATCH} 个单号")
    phones = text_of(content.get("checkPhoneNo"))
    if phones and not re.fullmatch(r"[0-9]{4}(,[0-9]{4})*", phones):
        raise No("S0003", "checkPhoneNo 应为电话后四位，多个以逗号分隔")
    answers = []
    for number in map(text_of, numbers):
        order = account.order(number) if by_order else account.parcel(number, CODE_OF_SF)
        waybill = order.waybill_no if order else number
        seen = order is not None and _may_see(order, account, card, phones)
        found = account.scans(waybill) if seen else ()
        answers.append({"mailNo": waybill, "routes": [route(scan) for scan in found]})
    return {"routeResps": answers}


def _may_see(order: Order, account: Account, card: str, phones: str) -> bool:
    known = {re.sub("[^0-9]", "", party.phone)[-4:] for party in (order.sender, order.receiver)}
    told = bool(known & set(phones.split(",")))
    if order.account != account.code or "taken_at" not in order.body:
        return told
    if account.now() - datetime.fromisoformat(order.body["taken_at"]) > _KEPT:
        return False
    return told or (order.body["card"] == card and text_of(order.body["order"].get("payMethod", 1)) != "2")


def sub_waybills(content: Content, account: Account) -> object:
    """EXP_RECE_GET_SUB_MAILNO: so many further numbers for parcels of the same order."""
    order = _order(content, account, "6150")
    text = required(content, "parcelQty")
    if not re.fullmatch("[1-9][0-9]{0,4}", text):
        raise No("S0003", "parcelQty 应为正整数")
    if len(_children(order, account)) + 1 + int(text) > MOST_PARCELS:
        raise No("8117", f"包裹数不能超过 {MOST_PARCELS}")
    for _ in range(int(text)):
        _child(order, account)
    return {"orderId": order.reference, "waybillNoInfoList": _listed(order, account)}


def _order(content: Content, account: Account, unknown: str, withdrawn: str = "8037") -> Order:
    reference = required(content, "orderId", "6118")
    order = account.order(reference) if unknown else None
    if order is None or "parent" in order.body:
        raise No(unknown or "6150", "未下单" if unknown == "8024" else "订单不存在")
    if order.cancelled:
        raise No(withdrawn, "订单已取消")
    return order


def _child(parent: Order, account: Account) -> Order:
    """A further parcel of an order: it travels for itself, under the order's number and its own place in the row."""
    body = {**parent.body, "parent": parent.waybill_no}
    number = len(_children(parent, account)) + 2
    return account.book(f"{parent.reference}{CHILD}{number}", parent.sender, parent.receiver, body)[0]


def _children(parent: Order, account: Account) -> list[Order]:
    found: list[Order] = []
    while (child := account.order(f"{parent.reference}{CHILD}{len(found) + 2}")) is not None:
        found.append(child)
    return found


def _listed(order: Order, account: Account) -> list[dict[str, Any]]:
    children = [{"waybillType": 2, "waybillNo": child.waybill_no} for child in _children(order, account)]
    return [{"waybillType": 1, "waybillNo": order.waybill_no}, *children]


def _answer(order: Order, account: Account) -> dict[str, Any]:
    told = {**_codes(order.reference, order.sender, order.receiver), "filterResult": 2, "remark": ""}
    taken = datetime.fromisoformat(order.body["taken_at"])
    if "人工确认" in order.receiver.address and account.now() - taken < _LOOKED_AT:
        return {**told, "filterResult": 1, "waybillNoInfoList": []}
    labelled = text_of(order.body["order"].get("isReturnRoutelabel")) == "1"
    labels = [route_label(order)] if labelled else None
    empty = dict.fromkeys(("url", "paymentLink", "isUpstairs", "isSpecialWarehouseService", "returnExtraInfoList"))
    return {**told, **empty, "waybillNoInfoList": _listed(order, account), "routeLabelInfo": labels}


def _codes(reference: object, sender: Party, receiver: Party) -> dict[str, Any]:
    return {"orderId": reference, "originCode": area_code(sender), "destCode": area_code(receiver)}


def _numbers_in(rows: object) -> list[str]:
    if rows in (None, []):
        return []
    if not isinstance(rows, Sequence) or not all(isinstance(one, dict) for one in rows):
        raise No("S0003", "waybillNoInfoList 应为对象列表")
    numbers = [text_of(one.get("waybillNo")) for one in rows]
    if not all(_WAYBILL.fullmatch(number) for number in numbers):
        raise No("8191", "运单号格式不正确")
    return numbers
