"""The other side of the wire: DingTalk, WeCom and Feishu robots and an SMS bridge on this machine, for demo and tests.

Strict as the real ones are: they look at token, signature, clock and form, and say no in their own words with HTTP 200
where the real ones do. Written from the providers' published descriptions, not from our own sender.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

HOUR = 3600
SMS_SKEW = 300
HIGHEST_STATUS = 599


@dataclass(frozen=True)
class Received:
    """One message that was taken. `named`: mobiles it calls."""

    where: str
    text: str
    named: tuple[str, ...]
    raw: dict[str, Any]
    once: str = ""


@dataclass
class Secrets:
    """What the robots and the bridge were given when they were made."""

    dingtalk_token: str = field(default_factory=lambda: token_hex(32))
    dingtalk_secret: str = field(default_factory=lambda: "SEC" + token_hex(32))
    wecom_key: str = field(default_factory=lambda: str(uuid4()))
    feishu_token: str = field(default_factory=lambda: str(uuid4()))
    feishu_secret: str = field(default_factory=lambda: token_hex(11))
    sms_key: str = "hall-01"
    sms_secret: str = field(default_factory=lambda: token_hex(24))


@dataclass
class Receivers:
    """All of them behind one port. `broken`: where (dingtalk, wecom, feishu, sms) -> the HTTP status it answers,
    or a code of its own."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    secrets: Secrets = field(default_factory=Secrets)
    taken: list[Received] = field(default_factory=list)
    refused: list[tuple[str, int]] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        """They answer on a free port of the loopback from now on."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        """They no longer answer."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def host(self) -> str:
        """`127.0.0.1:port`."""
        assert self._server is not None, "not started"
        return f"127.0.0.1:{self._server.server_port}"

    def url(self, where: str) -> str:
        """The address as the provider would show it to whoever made the robot."""
        paths = {
            "dingtalk": f"/robot/send?access_token={self.secrets.dingtalk_token}",
            "wecom": f"/cgi-bin/webhook/send?key={self.secrets.wecom_key}",
            "feishu": f"/open-apis/bot/v2/hook/{self.secrets.feishu_token}",
            "sms": "/sms",
        }
        return f"http://{self.host}{paths[where]}"

    def of(self, where: str) -> list[Received]:
        """What one of them has taken."""
        return [one for one in self.taken if one.where == where]

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and JSON for one request."""
        where = next((name for start, name in _PLACES.items() if urlsplit(path).path.startswith(start)), "")
        if not where:
            return 404, {"errcode": 404, "errmsg": "not found"}
        if where in self.broken:
            fault = self.broken[where]
            self.refused.append((where, fault))
            return (200, {"errcode": fault, "code": fault}) if fault > HIGHEST_STATUS else (fault, {})
        try:
            content = json.loads(body)
        except ValueError:
            return 400, {"errcode": 40035, "errmsg": "invalid json"}
        checks = {"dingtalk": self._dingtalk, "wecom": self._wecom, "feishu": self._feishu}
        if where == "sms":
            status, said = self._sms(headers, body, content)
        else:
            status, said = 200, checks[where](path, content)
        if said.get("errcode") or said.get("code") or status >= 300:
            self.refused.append((where, said.get("errcode") or said.get("code") or status))
        return status, said

    def _dingtalk(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        asked = _query(path)
        if asked.get("access_token") != self.secrets.dingtalk_token:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        stamp = asked.get("timestamp", "")
        key = self.secrets.dingtalk_secret
        wanted = hmac.new(key.encode(), (stamp + "\n" + key).encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(asked.get("sign", ""), base64.b64encode(wanted).decode()):
            return {"errcode": 310000, "errmsg": "sign not match"}
        if not stamp.isdecimal() or abs(self.clock().timestamp() - int(stamp) / 1000) > HOUR:
            return {"errcode": 310000, "errmsg": "invalid timestamp"}
        shown = content.get("markdown", {})
        if content.get("msgtype") != "markdown" or not shown.get("title") or not shown.get("text"):
            return {"errcode": 40035, "errmsg": "missing parameter"}
        named = tuple(content.get("at", {}).get("atMobiles", ()))
        if any(f"@{one}" not in shown["text"] for one in named):
            return {"errcode": 40035, "errmsg": "at without its text"}
        self.taken.append(Received("dingtalk", f"{shown['title']}\n{shown['text']}", named, content))
        return {"errcode": 0, "errmsg": "ok"}

    def _wecom(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        if _query(path).get("key") != self.secrets.wecom_key:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        kind = content.get("msgtype")
        text = content.get(kind, {}).get("content", "") if kind in ("text", "markdown") else ""
        if not text or len(text.encode()) > (2048 if kind == "text" else 4096):
            return {"errcode": 40058, "errmsg": "content"}
        named = tuple(content.get("text", {}).get("mentioned_mobile_list", ()))
        self.taken.append(Received("wecom", text, named, content))
        return {"errcode": 0, "errmsg": "ok"}

    def _feishu(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        if urlsplit(path).path.rpartition("/")[2] != self.secrets.feishu_token:
            return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
        stamp = str(content.get("timestamp", ""))
        # the text to sign is the key here, and nothing is signed with it
        made = hmac.new(f"{stamp}\n{self.secrets.feishu_secret}".encode(), digestmod=hashlib.sha256)
        right = hmac.compare_digest(str(content.get("sign", "")), base64.b64encode(made.digest()).decode())
        if not right or abs(self.clock().timestamp() - int(stamp)) > HOUR:
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        if content.get("msg_type") != "post":
            return {"code": 9499, "msg": "Bad Request"}
        post = content["content"]["post"]["zh_cn"]
        text = "\n".join("".join(part.get("text", "") for part in line) for line in post["content"])
        self.taken.append(Received("feishu", f"{post['title']}\n{text}", (), content))
        return {"code": 0, "msg": "success", "data": {}}

    def _sms(self, headers: dict[str, str], body: bytes, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        stamp, once = headers.get("x-youdang-timestamp", ""), headers.get("idempotency-key", "")
        signed = b"v1\n" + stamp.encode() + b"\n" + once.encode() + b"\n" + body
        wanted = "v1=" + hmac.new(self.secrets.sms_secret.encode(), signed, hashlib.sha256).hexdigest()
        if headers.get("x-youdang-key") != self.secrets.sms_key:
            return 401, {"reason": "unknown key"}
        if not hmac.compare_digest(headers.get("x-youdang-signature", ""), wanted):
            return 401, {"reason": "signature"}
        if not stamp.isdecimal() or abs(self.clock().timestamp() - int(stamp)) > SMS_SKEW:
            return 401, {"reason": "timestamp"}
        if not str(content.get("to", "")).isdecimal() or not content.get("text"):
            return 422, {"reason": "number or text"}
        known = next((one for one in self.of("sms") if one.once == once), None)
        if known is not None:  # the same answer as the first time, and nothing is sent twice
            return (200, {"accepted": True, "id": once[:12]}) if known.raw == content else (409, {"reason": "key"})
        self.taken.append(Received("sms", content["text"], (content["to"],), content, once))
        return 202, {"accepted": True, "id": once[:12]}


_PLACES = {
    "/robot/send": "dingtalk",
    "/cgi-bin/webhook/send": "wecom",
    "/open-apis/bot/v2/hook/": "feishu",
    "/sms": "sms",
}


def _query(path: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(path).query, keep_blank_values=True).items()}


def _handler(receivers: Receivers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_POST(self) -> None:
            """Answer as the provider would."""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = receivers.answer(self.path, headers, body)
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing: addresses hold secrets."""

    return Handler
