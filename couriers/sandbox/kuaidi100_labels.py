"""快递100's 电子面单: the order that an `orderId` stands for, the answer to it, and a picture of its label."""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from couriers.sandbox.account import Account
from couriers.sandbox.kuaidi100_rules import (
    BAD_DATA,
    INCOMPLETE,
    NO_CANCELLING,
    No,
    check_cancel,
    check_order,
    party_of,
)
from couriers.sandbox.scans import Order

PICTURES = "/label/image/"
REMEMBERED = timedelta(hours=48)
COURIERS = {"ems": "ems", "shunfeng": "sf", "jd": "jdl"}  # carrier code -> courier of this world
_DRAWN = ("HTML", "IMAGE")


def order(param: Mapping[str, Any], root: str, account: Account) -> dict[str, Any]:
    """The `data` of an order's answer; a repeat within 48 hours without `reorder` gets the first one. Raises `No`."""
    check_order(param)
    sender, receiver = party_of(param, "sendMan"), party_of(param, "recMan")
    taken = None if param.get("reorder", True) else _first(param.get("orderId", ""), account)
    if taken is None:
        body = {"param": dict(param), "at": account.now().isoformat()}
        reference, courier = _free(param.get("orderId", ""), account), COURIERS.get(param["kuaidicom"], "")
        try:
            taken, _ = account.book(reference, sender, receiver, body, courier or param["kuaidicom"])
        except KeyError as e:
            raise No(BAD_DATA, f"不支持的快递公司：{param['kuaidicom']}") from e
    if taken.cancelled:
        raise No(INCOMPLETE, "该订单已取消，请换 orderId")
    return _answer(taken, root)


def cancel(param: Mapping[str, Any], account: Account) -> None:
    """The order is withdrawn. Raises `No`."""
    check_cancel(param)
    if param["kuaidicom"] not in COURIERS:
        raise No(NO_CANCELLING, "该快递公司不支持取消")
    found = account.parcel(param["kuaidinum"], COURIERS[param["kuaidicom"]])
    if found is None or found.account != account.code:
        raise No(INCOMPLETE, "运单不存在")
    if param.get("orderId", "") not in ("", found.body["param"].get("orderId", "")):
        raise No(INCOMPLETE, "orderId 与运单不符")
    if not found.cancelled and not account.cancel(found):
        raise No(INCOMPLETE, "快件已揽收，不能取消")


def _first(order_id: str, account: Account) -> Order | None:
    """The first order of the last 48 hours of that `orderId`."""
    since = account.now() - REMEMBERED
    for reference in _references(order_id) if order_id else ():
        known = account.order(reference)
        if known is None:
            return None
        if datetime.fromisoformat(known.body["at"]) > since:
            return known
    return None


def _free(order_id: str, account: Account) -> str:
    """A reference that no order of this account has."""
    wanted = order_id or uuid.uuid4().hex
    return next(one for one in _references(wanted) if account.order(one) is None)


def _references(order_id: str) -> Iterator[str]:
    return (f"{order_id}~{number}" if number else order_id for number in count())


def _answer(taken: Order, root: str) -> dict[str, Any]:
    param, city = taken.body["param"], taken.receiver.city
    drawn = param.get("printType") in _DRAWN
    tail = taken.waybill_no[-4:]
    return {
        "taskId": zlib.crc32(taken.reference.encode()).to_bytes(4, "big").hex().upper() * 4,
        "kuaidinum": taken.waybill_no,
        "childNum": None,
        "returnNum": None,
        "label": f"{root}{PICTURES}{taken.waybill_no}" if drawn else None,
        "bulkpen": f"{city.removesuffix('市')} {tail[:2]}-{tail[2:]}",
        "orgCode": "",
        "orgName": taken.sender.city,
        "destCode": tail,
        "destName": city,
        "orgSortingCode": "",
        "orgSortingName": "",
        "destSortingCode": "",
        "destSortingName": "",
        "pkgCode": f"9{taken.waybill_no[-7:]}",
        "pkgName": f"{city}集包地",
        "kdComOrderNum": param.get("orderId", ""),
    }


def picture(path: str, account: Account) -> bytes | None:
    """A PNG with one bar for each bit of the number's text, None when this account took no order of that number."""
    found = account.parcel(path.removeprefix(PICTURES))
    if found is None or found.account != account.code:
        return None
    bits = "".join(f"{byte:08b}" for byte in found.waybill_no.encode())
    row = b"\x00" + bytes(255 * (bit == "0") for bit in bits for _ in range(2))
    head = struct.pack(">IIBBBBB", len(bits) * 2, 60, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(row * 60)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
