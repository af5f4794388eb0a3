"""The platform's gate before SF's business: the form, who asks, digest or token, the clock; and its outer envelope."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from couriers.adapters.sf_wire import PASSED_ON, DigestMode, digest
from couriers.contract import Operation
from couriers.sandbox.account import Account
from couriers.sandbox.desk import Asked

FORM_TYPE = "application/x-www-form-urlencoded"
TOKEN_SECONDS = 7199
CLOCK_SECONDS = 600.0  # how far off a call may be while the platform's clock is wrong
_LONGEST = {"partnerID": 64, "requestID": 40, "serviceCode": 50, "timestamp": 20}
OPERATIONS = {
    "EXP_RECE_CREATE_ORDER": Operation.BOOK,
    "EXP_RECE_SEARCH_ORDER_RESP": Operation.ORDER,
    "EXP_RECE_UPDATE_ORDER": Operation.UPDATE,
    "EXP_RECE_SEARCH_ROUTES": Operation.TRACK,
    "EXP_RECE_FILTER_ORDER_BSP": Operation.SCOPE,
    "EXP_RECE_QUERY_DELIVERTM": Operation.QUOTE,
    "EXP_RECE_GET_SUB_MAILNO": Operation.SUB_WAYBILLS,
    "COM_RECE_CLOUD_PRINT_WAYBILLS": Operation.LABEL,
}


class Shut(Exception):
    """A refusal of the platform, before any business."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True)
class Customer:
    """The one customer that the desk knows."""

    partner_id: str
    checkword: str = field(repr=False)
    card: str
    digest_mode: DigestMode = "urlencoded"
    only_tokens: bool = False
    list_name: str = "deliverTmDto"
    push_token: str = field(default="", repr=False)
    xml: bool = False
    clock_seconds: float = 0


class Gate:
    """Lets calls of one customer through, or raises `Shut`."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer

    def opened(self, asked: Asked, account: Account) -> dict[str, str]:
        """The form of a call that may go on to its service."""
        form = self._form(asked)
        self._let_in(form, account)
        return form

    def _form(self, asked: Asked) -> dict[str, str]:
        kind, _, parameters = asked.header("Content-Type").lower().replace(" ", "").partition(";")
        if asked.method != "POST" or kind != FORM_TYPE or parameters not in ("", "charset=utf-8"):
            raise Shut("A1001", f"必传参数不可为空：只接受 POST，内容类型 {FORM_TYPE}")
        try:
            pairs = parse_qs(asked.body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
        except ValueError as e:
            raise Shut("A1001", "必传参数不可为空：表单无法解析") from e
        return {name: values[0] for name, values in pairs.items() if len(values) == 1}

    def _let_in(self, form: Mapping[str, str], account: Account) -> None:
        for name in ("partnerID", "requestID", "serviceCode", "timestamp", "msgData"):
            if not form.get(name) or len(form[name]) > _LONGEST.get(name, len(form[name])):
                raise Shut("A1001", f"必传参数不可为空：{name}")
        stamp = form["timestamp"]
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) in (10, 13)):
            raise Shut("A1001", "必传参数不可为空：timestamp 应为秒或毫秒")
        self._check_partner(form)
        if form["serviceCode"] not in OPERATIONS:
            raise Shut("A1004", "无对应服务权限")
        self._check_clock(int(stamp) / (1000 if len(stamp) == 13 else 1), account)
        self._check_proof(form, account)

    def _check_clock(self, stamp: float, account: Account) -> None:
        within = self._customer.clock_seconds or (CLOCK_SECONDS if account.fault("clock_skew") else 0)
        if within and abs(stamp - account.now().timestamp()) > within:
            raise Shut("A1002", "请求时效已过期")

    def _check_partner(self, form: Mapping[str, str]) -> None:
        if not hmac.compare_digest(form["partnerID"].encode(), self._customer.partner_id.encode()):
            raise Shut("A1004", "无对应服务权限：顾客编码不存在")

    def _check_proof(self, form: Mapping[str, str], account: Account) -> None:
        proof, token = form.get("msgDigest", ""), form.get("accessToken", "")
        if bool(proof) == bool(token):
            raise Shut("A1001", "必传参数不可为空：msgDigest 与 accessToken 恰传一个")
        if token:
            expiry = token[:10]
            good = hmac.compare_digest(token.encode(), self._token_until(expiry).encode())
            if not good or int(expiry) <= account.now().timestamp():
                raise Shut("A1011", "OAuth2认证失败")
            return
        if self._customer.only_tokens:
            raise Shut("A1011", "OAuth2认证失败：本账户只接受 accessToken")
        wanted = digest(form["msgData"], form["timestamp"], self._customer.checkword, self._customer.digest_mode)
        if not hmac.compare_digest(proof.encode(), wanted.encode()):
            raise Shut("A1006", "数字签名无效")

    def token(self, asked: Asked, account: Account) -> dict[str, Any]:
        """A token that carries its own end; parameters may stand in the form or the query."""
        query = {name: values[0] for name, values in parse_qs(asked.query).items() if len(values) == 1}
        form = query if query and not asked.body else self._form(asked)
        for name in ("partnerID", "secret", "grantType"):
            if not form.get(name):
                raise Shut("A1001", f"必传参数不可为空：{name}")
        self._check_partner(form)
        if form["grantType"] != "password":
            raise Shut("A1001", "必传参数不可为空：grantType 应为 password")
        if not hmac.compare_digest(form["secret"].encode(), self._customer.checkword.encode()):
            raise Shut("A1011", "OAuth2认证失败")
        token = self._token_until(f"{int(account.now().timestamp()) + TOKEN_SECONDS:010d}")
        answer = outer(PASSED_ON, "", None)
        del answer["apiResultData"]
        return {**answer, "accessToken": token, "expiresIn": TOKEN_SECONDS}

    def _token_until(self, expiry: str) -> str:
        proof = hmac.new(self._customer.checkword.encode(), f"token:{expiry}".encode(), hashlib.sha256)
        return f"{expiry}{proof.hexdigest()[:32].upper()}" if expiry.isascii() and expiry.isdigit() else ""


def outer(code: str, words: str, data: str | None) -> dict[str, Any]:
    """The platform's envelope."""
    return {
        "apiErrorMsg": words,
        "apiResponseID": uuid.uuid4().hex.upper(),
        "apiResultCode": code,
        "apiResultData": data,
    }
