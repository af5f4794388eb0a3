"""Sends a `Call` and returns the `Reply`. The only file that speaks HTTP outward; it logs nothing it sends or gets."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import requests
import urllib3.exceptions
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from couriers.contract import Busy, Call, Garbled, Refused, Reply

LARGEST_REPLY = 10 * 1024 * 1024
LONGEST_RETRY_AFTER = 3600
_CONNECT_SECONDS = 5.0
_CHUNK = 64 * 1024


class Unanswered(Busy):
    """No answer that could be read. `kind` is "network", "timeout", "throttled" or "http_5xx".

    Of the last two, `status` and `headers` are the answer's; else they are None and empty.
    """

    def __init__(
        self,
        words: str,
        kind: str,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(words, retry_after_seconds)
        self.kind, self.status, self.headers = kind, status, headers or {}


def send(call: Call, seconds: float) -> Reply:
    """The courier's answer, whole, within about `seconds`, at most 10 MiB.

    Redirects are not followed and proxies, netrc and certificates named in the environment are not used.
    Raises `Unanswered` for every failure of the network and for HTTP 429 and 5xx (with Retry-After, at most an hour),
    `Garbled` for an answer that is too large, `Refused` for an address that can never be called.
    """
    until = time.monotonic() + seconds
    headers = {"Accept-Encoding": "identity", "User-Agent": "couriers/1", **call.headers}
    data = urlencode(call.form).encode() if call.form is not None else call.body
    timeout = (min(_CONNECT_SECONDS, seconds), seconds)
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = session.request(
                call.method, call.url, headers=headers, data=data, timeout=timeout, allow_redirects=False, stream=True
            )
            with response:
                body = _read(response, until)
        except (InvalidURL, InvalidSchema, MissingSchema) as e:
            raise Refused("URL", "快递方网关地址不可用，请检查设置里的地址。") from e
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as e:
            raise Unanswered(f"连不上快递方或其应答中断（{type(e).__name__}），稍后重试。", _kind(e)) from e
    reply = Reply(response.status_code, dict(response.headers), body)
    if reply.status == 429 or reply.status >= 500:
        raise Unanswered(
            f"快递方暂时不能受理（HTTP {reply.status}），稍后重试。",
            "throttled" if reply.status == 429 else "http_5xx",
            reply.status,
            reply.headers,
            _retry_after(reply.headers),
        )
    return reply


def _kind(fault: Exception) -> str:
    late = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    # requests wraps a read that timed out within the body as a ConnectionError
    return "timeout" if isinstance(fault, late) or "timed out" in str(fault) else "network"


def _read(response: requests.Response, until: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        parts.append(chunk)
        size += len(chunk)
        if size > LARGEST_REPLY:
            raise Garbled("快递方的应答超过 10 MB，未读完；请联系快递方。", b"".join(parts)[:_CHUNK])
        if time.monotonic() > until:
            raise Unanswered("快递方的应答太慢，已放弃，稍后重试。", "timeout")
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and "Content-Encoding" not in response.headers and size < int(length):
        raise Unanswered("快递方的应答没有传完，稍后重试。", "network")
    return b"".join(parts)


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds to wait by Retry-After (seconds or an HTTP date), between 0 and 3600; None when it says nothing."""
    text = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), LONGEST_RETRY_AFTER)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    wait = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0, min(int(wait), LONGEST_RETRY_AFTER))
