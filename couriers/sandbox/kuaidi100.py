"""快递100's desk: an aggregator that sees every parcel of the world, whoever took it, and carries none itself.

A key may be made to expire with SANDBOX_KUAIDI100_KEY_UNTIL (ISO 8601). The fault `throttled` is answered to a
query with 502 (server busy), with the value "501" with 501 (server error), and to a subscription with 500.
A trainer stops a subscription with the notice {"status": "abort", "message": "3天查询无记录"}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

from couriers import waybills
from couriers.adapters.kuaidi100_events import carrier_of, carriers, code_of
from couriers.adapters.kuaidi100_wire import JSON, compact, read_json
from couriers.contract import Call, Garbled, Operation, Reply
from couriers.sandbox import kuaidi100_labels as labels
from couriers.sandbox import kuaidi100_pushes as pushes
from couriers.sandbox import kuaidi100_rules as rules
from couriers.sandbox import kuaidi100_words as words
from couriers.sandbox.account import ZONE, Account
from couriers.sandbox.desk import Asked, Owed, Said
from couriers.sandbox.kuaidi100_rules import Customer, No

CODE = "kuaidi100"
SETTINGS = ("COURIER_KUAIDI100_KEY", "COURIER_KUAIDI100_CUSTOMER", "COURIER_KUAIDI100_SECRET")
_UNTIL = "SANDBOX_KUAIDI100_KEY_UNTIL"
QUERY, POLL, RECOGNITION, LABEL = "/poll/query.do", "/poll", "/autonumber/auto", "/label/order"


def make(settings: Mapping[str, str]) -> Kuaidi100Desk:
    """The desk for the enterprise of the COURIER_KUAIDI100_* settings. KeyError names one that is missing."""
    key, customer, secret = (settings[name] for name in SETTINGS)
    until = settings.get(_UNTIL)
    return Kuaidi100Desk(Customer(key, customer, secret, datetime.fromisoformat(until) if until else None))


class Kuaidi100Desk:
    """The desk; see `couriers.sandbox.desk.Desk` for what each method promises."""

    code = CODE
    paths = (QUERY, POLL, RECOGNITION, LABEL, labels.PICTURES)
    at_once = None

    def __init__(self, customer: Customer) -> None:
        self._customer = customer

    def addresses(self, root: str) -> Mapping[str, str]:
        return {"COURIER_KUAIDI100_URL": root}

    def handle(self, asked: Asked, account: Account) -> Said:
        if asked.path == QUERY:
            return self._queried(asked, account)
        if asked.path == POLL:
            return self._subscribed(asked, account)
        if asked.path == RECOGNITION:
            return self._recognised(asked, account)
        if asked.path == LABEL:
            return self._labelled(asked, account)
        picture = labels.picture(asked.path, account) if asked.method == "GET" else None
        return Said(Operation.LABEL, picture, "image/png") if picture else Said(None, b"not found", "text/plain", 404)

    def throttled(self, asked: Asked, account: Account) -> Said | None:
        if asked.path == POLL:
            return _no(No(rules.POLL_ERROR, "POLL:服务器错误"))
        if asked.path == QUERY and account.fault("throttled") == rules.SERVER_ERROR:
            return _no(No(rules.SERVER_ERROR, "服务器错误"))
        return _no(No(rules.SERVER_BUSY, "服务器繁忙")) if asked.path == QUERY else None

    def push_calls(self, hook_url: str, owed: Owed, account: Account) -> Sequence[Call]:
        return pushes.calls(hook_url, owed, account)

    def acknowledged(self, reply: Reply) -> bool:
        try:
            said = read_json(reply.body)
        except Garbled:
            return False
        if reply.status != 200 or not isinstance(said, dict):
            return False
        return said.get("result") is True and said.get("returnCode") == "200"

    def _queried(self, asked: Asked, account: Account) -> Said:
        try:
            form = rules.form_of(asked.method, asked.header("Content-Type"), asked.body)
            rules.check_query_form(form, self._customer)
            self._check_key(account)
            param = rules.param_in(form)
            rules.check_query(param)
            return Said(Operation.TRACK, compact(_found(param, account)).encode(), JSON)
        except No as no:
            return _no(no)

    def _subscribed(self, asked: Asked, account: Account) -> Said:
        try:
            form = rules.form_of(asked.method, asked.header("Content-Type"), asked.body, rules.BAD_DATA)
            if form.get("schema") != "json":
                raise No(rules.BAD_DATA, "POLL:schema 应为 json")
            param = rules.param_in(form, rules.BAD_DATA)
            if not isinstance(param.get("key"), str) or not rules.same(param["key"], self._customer.key):
                raise No(rules.NO_KEY, "POLL:您不是合法的订阅者（即授权Key出错）")
            self._check_key(account)
            wanted = rules.check_subscription(param)
            carrier = param.get("company") or _recognised(param["number"], account)
            if not carrier:
                raise No(rules.NOT_RECOGNISED, "POLL:识别不到该单号对应的快递公司")
            extra = {name: wanted[name] for name in ("salt", "resultv2", "phone")}
            _, new = account.subscribe(param["number"], carrier, wanted["callbackurl"], **extra)
            if not new:
                raise No(rules.SUBSCRIBED_ALREADY, "POLL:重复订阅")
        except No as no:
            return _no(no)
        return _said(Operation.SUBSCRIBE, {"result": True, "returnCode": "200", "message": "提交成功"})

    def _recognised(self, asked: Asked, account: Account) -> Said:
        try:
            text = asked.query if asked.method == "GET" else asked.body.decode("latin-1")
            fields = dict(parse_qsl(text, keep_blank_values=True))
            if asked.method not in ("GET", "POST") or not fields.get("num"):
                raise No(rules.INCOMPLETE, "num 不能为空")
            if not rules.same(fields.get("key", ""), self._customer.key):
                raise No(rules.NO_KEY, "key 不存在")
            self._check_key(account)
        except No as no:
            return _no(no)
        number = fields["num"]
        codes = dict.fromkeys(code for code in (_recognised(number, account), *_likely(number)) if code)
        rows = [
            {"comCode": code, "name": carriers()[code], "noPre": number[:6], "noCount": 100, "lengthPre": len(number)}
            for code in codes
        ]
        return _said(Operation.RECOGNISE, rows)

    def _labelled(self, asked: Asked, account: Account) -> Said:
        began, operation = perf_counter(), None
        data: dict[str, Any] | None = None
        try:
            form = rules.form_of(asked.method, asked.header("Content-Type"), asked.body)
            rules.check_label_form(form, self._customer)
            self._check_key(account)
            param = rules.param_in(form)
            if form["method"] == "order":
                operation = Operation.BOOK
                data = labels.order(param, asked.root, account)
            elif form["method"] == "cancel":
                operation = Operation.CANCEL
                labels.cancel(param, account)
            else:
                raise No(rules.INCOMPLETE, f"沙箱没有 method {form['method']}")
            outcome: dict[str, Any] = {"success": True, "code": 200, "message": "success", "data": data}
        except No as no:
            outcome = {"success": False, "code": int(no.code), "message": no.words, "data": None}
        return _said(operation, {**outcome, "time": int((perf_counter() - began) * 1000)})

    def _check_key(self, account: Account) -> None:
        if self._customer.until is not None and account.now() >= self._customer.until:
            raise No(rules.EXPIRED, "KEY已过期")


def _found(param: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """What is known of a number under the carrier that was named. Raises `No`."""
    order = account.parcel(param["num"])
    mine = order if order is not None and code_of(order.courier) == param["com"] else None
    phone = param.get("phone", "")
    if param["com"] in rules.PHONE_CARRIERS and (not phone or (mine and not rules.may_see(mine, phone))):
        raise No(rules.WRONG_PHONE, "快递公司参数异常：验证码错误")
    scans = account.scans(mine.waybill_no) if mine else ()
    if mine is None or not scans:
        raise No(rules.NOTHING, "查询无结果，请隔段时间再查")
    resultv2 = param.get("resultv2", "")
    answer = words.whole_list(param["com"], mine, scans, resultv2, ZONE)
    if param.get("order") == "asc":
        answer["data"].reverse()
    return answer | (words.beside_the_list(mine, scans) if resultv2 in ("4", "8") else {})


def _recognised(number: str, account: Account) -> str:
    """The carrier of a number: who has it, or else whom its form speaks for most; "" when neither tells."""
    order = account.parcel(number)
    return (code_of(order.courier) if order else "") or carrier_of(number)


def _likely(number: str) -> list[str]:
    """The carriers among couriers of ours that a number could be from, by its form."""
    return [carrier_of(number), *(code_of(one.courier) for one in waybills.candidates(number))]


def _said(operation: Operation | None, answer: object) -> Said:
    return Said(operation, compact(answer).encode(), JSON)


def _no(no: No) -> Said:
    return _said(None, {"result": False, "returnCode": no.code, "message": no.words})
