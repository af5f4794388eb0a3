"""SF's desk: its services behind the platform's gate, in their two envelopes, and its pushes.

SF signs no push: the address registered with it carries our token (COURIER_SF_PUSH_TOKEN), as a query. Beside the
account's own settings a trainer can set COURIER_SF_SANDBOX_PUSH: "json" or "form" (routes as XML in a form), and
COURIER_SF_SANDBOX_CLOCK_SECONDS: by how much a call's timestamp may be off before A1002. Unset, only a clock_skew of
more than ten minutes leads to it: what SF allows is not published, and callers with a made-up clock are to be served.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from couriers.adapters.sf_wire import PASSED_ON, SUCCESS, compact, read_json
from couriers.contract import Call, Garbled, Operation, Reply
from couriers.sandbox import sf_reach, sf_verbs
from couriers.sandbox.account import Account, wall_time
from couriers.sandbox.desk import JSON, Asked, Carrier, Owed, Said
from couriers.sandbox.scans import Kind, Order
from couriers.sandbox.sf_gate import FORM_TYPE, OPERATIONS, Customer, Gate, Shut, outer
from couriers.sandbox.sf_print import FILES, Printer
from couriers.sandbox.sf_rules import No, text_of
from couriers.sandbox.sf_words import (
    CODE_OF_SF,
    COLLECTED,
    ORDER_TAKEN,
    kind_told,
    routes_as_json,
    routes_as_xml,
    state_push,
)
from couriers.waybills import sf_check_digit

CODE = CODE_OF_SF
SETTINGS = ("COURIER_SF_PARTNER_ID", "COURIER_SF_CHECKWORD", "COURIER_SF_MONTHLY_CARD")
GATEWAY, OAUTH = "/std/service", "/oauth2/accessToken"


def _waybill(serial: int) -> str:
    body = f"7{serial % 10**11:011d}"
    return f"SF{body}{sf_check_digit(body + '0')}"


CARRIER = Carrier(waybill=_waybill, read=kind_told, returns_anew=True)


def make(settings: Mapping[str, str]) -> SfDesk:
    """The desk of the COURIER_SF_* settings. KeyError names one that is missing, ValueError one that is wrong."""
    push, clock = (settings.get(f"COURIER_SF_SANDBOX_{name}", "") for name in ("PUSH", "CLOCK_SECONDS"))
    if push not in ("", "json", "form") or not re.fullmatch("[0-9]{0,6}", clock):
        raise ValueError("COURIER_SF_SANDBOX_PUSH 应是 json 或 form，COURIER_SF_SANDBOX_CLOCK_SECONDS 应是秒数")
    return SfDesk(
        Customer(
            partner_id=settings["COURIER_SF_PARTNER_ID"],
            checkword=settings["COURIER_SF_CHECKWORD"],
            card=settings["COURIER_SF_MONTHLY_CARD"],
            digest_mode="plain" if settings.get("COURIER_SF_DIGEST") == "plain" else "urlencoded",
            only_tokens=settings.get("COURIER_SF_AUTH") == "oauth2",
            list_name=settings.get("COURIER_SF_DELIVERTM_LIST") or "deliverTmDto",
            push_token=settings.get("COURIER_SF_PUSH_TOKEN", ""),
            xml=push == "form",
            clock_seconds=float(clock or 0),
        )
    )


class SfDesk:
    """Answers calls for one customer, and pushes to it."""

    code = CODE
    paths = (GATEWAY, OAUTH, FILES)
    at_once = 10

    def __init__(self, customer: Customer) -> None:
        self._customer = customer
        self._gate = Gate(customer)
        self._printer = Printer(customer.partner_id, customer.checkword)
        self._verbs: dict[str, Callable[[Any, Account], object]] = {
            "EXP_RECE_CREATE_ORDER": lambda content, account: sf_verbs.create(content, account, customer.card),
            "EXP_RECE_SEARCH_ORDER_RESP": sf_verbs.search_order,
            "EXP_RECE_UPDATE_ORDER": sf_verbs.update,
            "EXP_RECE_SEARCH_ROUTES": lambda content, account: sf_verbs.routes(content, account, customer.card),
            "EXP_RECE_FILTER_ORDER_BSP": lambda content, account: sf_reach.scope(content, account, customer.card),
            "EXP_RECE_QUERY_DELIVERTM": lambda content, account: sf_reach.delivery_times(
                content, account, customer.list_name
            ),
            "EXP_RECE_GET_SUB_MAILNO": sf_verbs.sub_waybills,
        }

    def addresses(self, root: str) -> Mapping[str, str]:
        return {"COURIER_SF_URL": root + GATEWAY}

    def handle(self, asked: Asked, account: Account) -> Said:
        if asked.path.startswith(FILES):
            return self._file(asked, account)
        try:
            if asked.path == OAUTH:
                return Said(Operation.TOKEN, compact(self._gate.token(asked, account)).encode())
            form = self._gate.opened(asked, account)
        except Shut as no:
            return Said(None, compact(outer(no.code, no.words, None)).encode())
        service = form["serviceCode"]
        content, operation = self._content(form["msgData"]), OPERATIONS[service]
        if operation is Operation.UPDATE and isinstance(content, dict) and text_of(content.get("dealType")) == "2":
            operation = Operation.CANCEL
        inner = self._business(service, content, account, asked.root)
        return Said(operation, compact(outer(PASSED_ON, "", compact(inner))).encode())

    def throttled(self, asked: Asked, account: Account) -> Said | None:  # noqa: ARG002 - SF has one for every call
        return Said(None, compact(outer("A1005", "流量控制，请稍后再试", None)).encode())

    def push_calls(self, hook_url: str, owed: Owed, account: Account) -> Sequence[Call]:
        """Routes; and beside the taking-in of a parcel that SF was called for, the state of its order."""
        order = owed.order
        if self._customer.push_token and "?" not in hook_url:
            hook_url = f"{hook_url}?{urlencode({'token': self._customer.push_token})}"
        if owed.notice is not None:
            return (self._state_call(hook_url, _state(order, owed.notice, account), account),)
        calls = [self._route_call(hook_url, owed)]
        taken = [scan for scan in owed.scans if scan.kind is Kind.ACCEPTED and not scan.wording]
        called = order is not None and not order.returns and text_of(order.body.get("order", {}).get("isDocall")) == "1"
        if called and taken:
            told = {"orderStateCode": COLLECTED, "at": wall_time(taken[0].happened_at)}
            calls.append(self._state_call(hook_url, _state(order, told, account), account))
        return calls

    def acknowledged(self, reply: Reply) -> bool:
        """return_code 0000, Head OK, or success true, by what was pushed."""
        if reply.status != 200:
            return False
        if reply.body.lstrip().startswith(b"<"):
            return b"<Head>OK</Head>" in reply.body
        try:
            said = read_json(reply.body)
        except Garbled:
            return False
        return isinstance(said, dict) and (said.get("return_code") == "0000" or said.get("success") in (True, "true"))

    def _route_call(self, hook_url: str, owed: Owed) -> Call:
        if self._customer.xml:
            data = urlencode({"content": routes_as_xml(owed.scans)}).encode()
            return Call("POST", hook_url, {"Content-Type": f"{FORM_TYPE}; charset=UTF-8"}, body=data)
        return Call("POST", hook_url, {"Content-Type": JSON}, body=compact(routes_as_json(owed.scans)).encode())

    @staticmethod
    def _state_call(hook_url: str, state: Mapping[str, Any], account: Account) -> Call:
        stamp = str(int(account.now().timestamp() * 1000))
        body = {"requestId": uuid.uuid4().hex, "timestamp": stamp, "orderState": [state]}
        return Call("POST", hook_url, {"Content-Type": JSON}, body=compact(body).encode())

    @staticmethod
    def _content(text: str) -> object:
        """The message; None for what is no JSON, or holds half a character (which no answer could repeat)."""
        try:
            content = read_json(text)
            compact(content).encode()
        except (Garbled, UnicodeEncodeError, RecursionError):
            return None
        return content

    def _business(self, service: str, content: object, account: Account, root: str) -> Mapping[str, Any]:
        if not isinstance(content, dict):
            return _inner("S0001", "非法的JSON格式", None)
        if service == "COM_RECE_CLOUD_PRINT_WAYBILLS":
            return self._printer.order(content, account, root)
        try:
            return _inner(SUCCESS, None, self._verbs[service](content, account))
        except No as no:
            return _inner(no.code, no.words, no.content)

    def _file(self, asked: Asked, account: Account) -> Said:
        found = self._printer.file(asked.path, asked.header("X-Auth-token"), account) if asked.method == "GET" else None
        if found is None:
            return Said(
                Operation.LABEL, compact({"errorMessage": "token is invalid", "success": False}).encode(), status=401
            )
        return Said(Operation.LABEL, found, "application/pdf")


def _state(order: Order | None, told: Mapping[str, Any], account: Account) -> dict[str, str]:
    code = text_of(told.get("orderStateCode")) or ORDER_TAKEN
    moment = text_of(told.get("at")) or account.wall_time()
    return state_push(order, code, moment, text_of(told.get("orderStateDesc")))


def _inner(code: str, words: str | None, content: object) -> dict[str, Any]:
    return {"success": code == SUCCESS, "errorCode": code, "errorMsg": words, "msgData": content}
