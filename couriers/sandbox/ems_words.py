"""A neutral scan in EMS's words: operation code, detail codes and the `op*` fields of one item."""

from __future__ import annotations

from collections.abc import Mapping

from couriers.adapters.ems_events import meaning_of, meanings
from couriers.contract import Reason
from couriers.sandbox.account import wall_time
from couriers.sandbox.scans import Kind, Scan, kind_of

Item = dict[str, str]

# (kind, kind of place or "" for any) -> code and what is said of it
_CODES = {
    (Kind.ACCEPTED, ""): ("203", "中国邮政 已收取邮件"),
    (Kind.ACCEPTANCE_TAKEN_BACK, ""): ("207", "撤销先前的收寄"),
    (Kind.LEFT, "office"): ("305", "离开【{name}】，送往邮件处理中心"),
    (Kind.LEFT, "centre"): ("389", "离开【{name}】"),
    (Kind.ARRIVED, "office"): ("713", "到达【{name}】"),
    (Kind.ARRIVED, "centre"): ("954", "到达【{name}】"),
    (Kind.OUT_FOR_DELIVERY, ""): ("702", "正在派送，投递员：演示投递员"),
    (Kind.SIGNED, ""): ("704", "已签收"),
    (Kind.SIGNED_BY_OTHER, ""): ("704", "已签收，他人代收"),
    (Kind.DELIVERY_TAKEN_BACK, ""): ("743", "撤销先前的妥投反馈"),
    (Kind.ATTEMPT_FAILED, ""): ("705", "未妥投"),
    (Kind.INTO_LOCKER, ""): ("747", "已放入包裹柜，等待收件人领取"),
    (Kind.TAKEN_FROM_LOCKER, ""): ("748", "收件人已取走邮件"),
    (Kind.AT_STATION, ""): ("723", "已转营业窗口，等待收件人领取"),
    (Kind.RETURNING, ""): ("708", "邮件退回登记"),
    (Kind.RETURNED, ""): ("711", "退回件已由寄件人签收"),
    (Kind.HELD, ""): ("651", "物流异常：邮件滞留"),
    (Kind.DAMAGED, ""): ("651", "物流异常：邮件外包装破损"),  # the nearest word: EMS's table has none for damage
    (Kind.LOST, ""): ("987", "邮件丢失，已向协议客户赔付"),
    (Kind.ORDER_CANCELLED, ""): ("801", "订单已撤销"),
    (Kind.NOTED, ""): ("991", "长途运输提示"),
    (Kind.UNKNOWN, ""): ("Z99", "演示轨迹"),  # in no table of anybody
}
_WORDS = dict(_CODES.values()) | {"305": "离开【{name}】，送往邮件处理中心", "704": "已签收"}
_DELIVER = {Kind.SIGNED: "10", Kind.SIGNED_BY_OTHER: "20"}
_ATTEMPT = {
    Reason.REFUSED: ("7", "收件人拒收"),
    Reason.UNREACHABLE: ("4", "收件人不在地址且无法联系"),
    Reason.ADDRESS: ("2", "收件人名址有误且无法联系"),
    Reason.POSTPONED: ("6", "收件人要求延迟投递"),
    Reason.AT_COUNTER: ("9", "转营业窗口投交"),
    Reason.WITHDRAWN: ("10", "撤回"),
}
_OTHER_ATTEMPT = ("16", "其他原因")
_VOIDED = {"203": Kind.ACCEPTANCE_TAKEN_BACK, "208": Kind.ACCEPTANCE_TAKEN_BACK, "704": Kind.DELIVERY_TAKEN_BACK}


def item_of(scan: Scan) -> Item:
    """The `op*` fields of one scan, with its parcel and its number. `scan.code` and `scan.more` stand as they are."""
    code, words = _CODES.get((scan.kind, scan.place.kind)) or _CODES[scan.kind, ""]
    detail = _detail(scan)
    if scan.code:
        code, words, detail = scan.code, _WORDS.get(scan.code, "演示轨迹"), {}
    elif scan.kind is Kind.ATTEMPT_FAILED:
        words = f"{words}：{_ATTEMPT.get(scan.reason, _OTHER_ATTEMPT)[1]}" if scan.reason else words
    meaning = meanings().get(("operation", code))
    return {
        "traceNo": f"T{scan.id:06d}{'R' * scan.wording}",
        "waybillNo": scan.waybill_no,
        "orderNo": scan.reference,
        "opTime": wall_time(scan.happened_at),
        "opCode": code,
        "opName": meaning.name if meaning else "演示未知操作",
        "opDesc": scan.words(words.format(name=scan.place.name)),
        "opOrgProvName": scan.place.province,
        "opOrgCity": scan.place.city,
        "opOrgCode": scan.place.code,
        "opOrgName": scan.place.name,
        "operatorNo": "0000000001",
        "operatorName": scan.operator,
        "productName": "特快专递",
        **detail,
        **scan.more,
    }


def read(code: str, more: Mapping[str, str]) -> tuple[Kind, Reason | None]:
    """Kind and reason of an EMS operation code with its detail code."""
    detail = more.get({"704": "deliverCode", "705": "attemptDeliveryCode"}.get(code, ""), "")
    meaning = meaning_of(code, detail)
    for voided in (meaning.voids or "").split("/"):
        if voided in _VOIDED:
            return _VOIDED[voided], None
    return kind_of(meaning.milestone, meaning.reason), meaning.reason


def _detail(scan: Scan) -> dict[str, str]:
    if scan.kind in _DELIVER:
        return {"deliverCode": _DELIVER[scan.kind]}
    if scan.kind is Kind.ATTEMPT_FAILED:
        code = _ATTEMPT.get(scan.reason, _OTHER_ATTEMPT)[0] if scan.reason else _OTHER_ATTEMPT[0]
        return {"attemptDeliveryCode": code}
    return {}
