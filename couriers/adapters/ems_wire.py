"""EMS on the wire: the SM4 envelope, the answer envelope, the digest of the old interface. Speaks both directions.

Facts: EMS 协议客户 API (中小电商企业接口规范 V2.7), sections on encryption and answers.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from couriers.adapters.texts import said
from couriers.contract import Busy, Garbled, Refused, Reply

PREFIX = "|$4|"
SUCCESS = "00000"
FAILURE = "S00001"
_BLOCK_BITS = 128


def key_of(sign_key: str) -> bytes:
    """The 16 bytes of a 签名钥匙. Raises ValueError when the text is not Base64 of exactly 16 bytes."""
    try:
        key = base64.b64decode(sign_key, validate=True)
    except (binascii.Error, ValueError) as e:
        raise ValueError("签名钥匙不是 Base64 文本。") from e
    if len(key) != 16:
        raise ValueError("签名钥匙解码后不是 16 字节。")
    return key


def compact(value: object) -> str:
    """JSON as EMS writes it: no blanks, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def seal(plain: str, sign_key: str, *, suffix: bool) -> str:
    """The text of `logitcsInterface`. `suffix`: append the key's own text, as a customer must; a push has none."""
    data = (plain + sign_key if suffix else plain).encode()
    padder = PKCS7(_BLOCK_BITS).padder()
    encryptor = _cipher(sign_key).encryptor()
    sealed = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
    return PREFIX + base64.b64encode(sealed).decode("ascii")


def unseal(text: str, sign_key: str, *, suffix: bool) -> str:
    """The plain text of a `logitcsInterface`, without the key's text.

    `suffix` True demands the key's text at the end; False takes it off when it is there. Raises `Garbled` when the text
    was not made with this key.
    """
    if not text.startswith(PREFIX):
        raise Garbled("密文缺少 |$4| 前缀。")
    try:
        sealed = base64.b64decode(text[len(PREFIX) :], validate=True)
        decryptor = _cipher(sign_key).decryptor()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        padded = decryptor.update(sealed) + decryptor.finalize()
        plain = (unpadder.update(padded) + unpadder.finalize()).decode()
    except ValueError as e:  # wrong Base64, block length, padding or UTF-8
        raise Garbled("密文无法用本方签名钥匙解开。") from e
    if suffix and not plain.endswith(sign_key):
        raise Garbled("密文末尾没有签名钥匙，不能确认来源。")
    return plain.removesuffix(sign_key)


def _cipher(sign_key: str) -> Cipher[modes.ECB]:
    return Cipher(algorithms.SM4(key_of(sign_key)), modes.ECB())  # noqa: S305 - the courier's protocol


def legacy_digest(xml: str, partner_key: str, *, hex_text: bool = False) -> str:
    """`data_digest` of the old OrderNormal interface: Base64 over the MD5 bytes, or over their hexadecimal text."""
    digest = hashlib.md5((xml + partner_key).encode(), usedforsecurity=False)
    return base64.b64encode(digest.hexdigest().encode() if hex_text else digest.digest()).decode("ascii")


def read_json(data: bytes | str) -> Any:
    """The JSON value. Raises `Garbled`, whatever the bytes are."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise Garbled("EMS 的应答不是可读的 JSON。", raw) from e


def open_reply(reply: Reply) -> tuple[dict[str, Any], Any]:
    """The answer envelope and its `retBody`, decoded a second time where it is JSON in a string.

    Raises `Busy` for HTTP 429 and 5xx, `Refused` for other 4xx, `Garbled` for what is no envelope. Success or failure
    is for the caller to see: `succeeded`.
    """
    if reply.status == 429 or reply.status >= 500:
        raise Busy(f"EMS 暂时不能受理（HTTP {reply.status}），稍后重试。")
    if 400 <= reply.status < 500:
        raise Refused(f"HTTP {reply.status}", "EMS 网关不接受这一请求，请核对网关地址与授权设置。")
    envelope = read_json(reply.body)
    if reply.status != 200 or not isinstance(envelope, dict) or not said(envelope.get("retCode")):
        raise Garbled("EMS 的应答没有 retCode，无法判断是否受理。", reply.body)
    body = envelope.get("retBody")
    if isinstance(body, str) and body.strip()[:1] in ("{", "["):
        try:
            body = read_json(body)
        except Garbled as e:
            raise Garbled("EMS 应答的 retBody 不完整。", reply.body) from e
    return envelope, body


def succeeded(envelope: dict[str, Any], body: object) -> bool:
    """True when the envelope, and the body where it has its own `success`, say so. `Garbled` when they contradict."""
    good = envelope.get("retCode") == SUCCESS
    if good and _denied(envelope.get("success")):
        raise Garbled("EMS 的应答自相矛盾：retCode 为成功而 success 为否。")
    return good and not (isinstance(body, dict) and _denied(body.get("success")))


def refusal(envelope: dict[str, Any], body: object) -> Refused:
    """The courier's no, in its own code and words."""
    words = said(envelope.get("retMsg"))
    if isinstance(body, dict):
        words = said(body.get("reason")) or said(body.get("errorMsg")) or words
    elif isinstance(body, str) and body.strip():
        words = f"{words} {said(body)}".strip()
    return Refused(said(envelope.get("retCode")), words or "EMS 没有说明原因。")


def _denied(flag: object) -> bool:
    return flag is False or (isinstance(flag, str) and flag.strip().lower() == "false")
