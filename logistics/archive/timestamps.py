"""RFC 3161 time stamps: an authority outside this house says that some bytes existed at a moment.

Nothing here calls anybody: `ask` makes the request, a door with network carries it, `accept` judges the answer. What is
kept is the whole `TimeStampResp` (DER), so that `openssl ts -verify -in FILE -data FILE -CAfile ROOTS` reads it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import rfc3161_client
from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from rfc3161_client._rust import parse_timestamp_request  # the package has no other door to a request's own reader

from logistics.archive.means import StampRefused

REQUEST_TYPE, RESPONSE_TYPE = "application/timestamp-query", "application/timestamp-reply"
Post = Callable[[bytes], bytes]
"""TimeStampReq (DER) -> the authority's TimeStampResp (DER). Raises `StampRefused` when there is no answer."""

_ALGORITHMS = {  # RFC 8017 appendix B.1
    "2.16.840.1.101.3.4.2.1": hashlib.sha256,
    "2.16.840.1.101.3.4.2.2": hashlib.sha384,
    "2.16.840.1.101.3.4.2.3": hashlib.sha512,
}
_GRANTED = (0, 1)  # granted, grantedWithMods (RFC 3161 §2.4.2)
_STATUS = {2: "拒绝", 3: "等待", 4: "即将撤销", 5: "已撤销"}


class StampWrong(ValueError):
    """The token is no RFC 3161 stamp of these bytes: unreadable, of other bytes, or its signature does not hold."""


class StampOfOther(StampWrong):
    """A stamp, but of other bytes."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a stamp says: these bytes existed `at` (aware UTC), as told by `authority` (its certificate's subject).

    `trusted`: a path leads from that certificate to one of the roots that were given. Without it anybody could be the
    authority; the stamp then proves only that it was not changed since.
    """

    at: datetime
    authority: str
    trusted: bool


def ask(content: bytes) -> bytes:
    """A request (TimeStampReq, DER) to stamp the SHA-256 of `content`, with a nonce, asking for the certificate."""
    builder = rfc3161_client.TimestampRequestBuilder().data(content)
    return builder.hash_algorithm(rfc3161_client.HashAlgorithm.SHA256).nonce(nonce=True).cert_request(
        cert_request=True
    ).build().as_bytes()  # fmt: skip


def accept(response: bytes, request: bytes, content: bytes, roots: Sequence[x509.Certificate]) -> bytes:
    """The answer to `request`, if it stamps `content` under one of the roots (any authority's, when there are none).

    Raises `StampRefused` with the authority's own words, or what is wrong with its answer.
    """
    parsed = _read(response, StampRefused)
    if parsed.status not in _GRANTED:
        words = "，".join(parsed.status_string) or "没有说明理由"
        raise StampRefused(f"时间戳机构没有盖戳（{_STATUS.get(parsed.status, parsed.status)}）：{words} (refused)")
    if parsed.tst_info.nonce != parse_timestamp_request(request).nonce:
        raise StampRefused("时间戳机构的应答不是答这一次请求的（随机数不同）(nonce differs)")
    try:
        stamped = check(response, content, roots or None)
    except StampWrong as why:
        raise StampRefused(str(why)) from why
    if roots and not stamped.trusted:
        raise StampRefused(
            f"时间戳由 {stamped.authority} 签发，不在受信任的根证书之下，请核对 YOUDANG_TSA_ROOTS (untrusted)"
        )
    return response


def check(token: bytes, content: bytes, roots: Sequence[x509.Certificate] | None) -> Stamped:
    """What the token says of `content`; `trusted` only where `roots` lead to its authority. Raises `StampWrong`."""
    parsed = _read(token, StampWrong)
    if parsed.status not in _GRANTED:
        raise StampWrong("这不是已签发的时间戳 (no granted time stamp)")
    imprint = parsed.tst_info.message_imprint
    digest = _ALGORITHMS.get(imprint.hash_algorithm.dotted_string)
    if digest is None or digest(content).digest() != imprint.message:
        raise StampOfOther("时间戳盖的是别的内容 (message imprint mismatch)")
    authority = _signed_by(parsed.time_stamp_token())
    trusted = bool(roots) and _leads_to(list(roots or ()), parsed, content)
    return Stamped(parsed.tst_info.gen_time.astimezone(UTC), authority, trusted)


def roots_of(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, at least one. Raises ValueError."""
    return x509.load_pem_x509_certificates(pem)


def _read(der: bytes, fault: type[Exception]) -> rfc3161_client.TimeStampResponse:
    try:
        parsed = rfc3161_client.decode_timestamp_response(der)
        if parsed.status in _GRANTED:
            _ = (
                parsed.tst_info.gen_time,
                parsed.tst_info.message_imprint,
                parsed.time_stamp_token(),
            )  # read when asked for
        return parsed
    except ValueError as why:
        raise fault(f"不是 RFC 3161 应答，无法读取（{why}）(unreadable time stamp)") from why


def _signed_by(token: bytes) -> str:
    """The subject of the one certificate whose key signed the token, which carries it. Raises `StampWrong`."""
    # half a second to import, which whoever has no stamp to check need not wait for
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    try:
        whole = cms.ContentInfo.load(token, strict=True)
        signed = whole["content"]
        if (
            whole["content_type"].native != "signed_data"
            or signed["encap_content_info"]["content_type"].native != "tst_info"
        ):
            raise ValueError("no SignedData over a TSTInfo")
        (info,) = signed["signer_infos"]
        holder = info["sid"].chosen
        certificate = next(
            one.chosen
            for one in signed["certificates"]
            if one.chosen.issuer == holder["issuer"] and one.chosen.serial_number == holder["serial_number"].native
        )
        inside = signed["encap_content_info"]["content"]
        digest = hashlib.new(info["digest_algorithm"]["algorithm"].native, bytes(inside)).digest()
        intact, valid = validate_sig_integrity(info, certificate, "tst_info", digest)
    except (ValueError, TypeError, KeyError, StopIteration, SignatureValidationError, UnsupportedAlgorithm) as why:
        raise StampWrong(f"时间戳的签名无法核对（{why}）(the stamp's signature cannot be checked)") from why
    if not (intact and valid):
        raise StampWrong("时间戳的签名不成立 (the stamp's signature does not hold)")
    return str(certificate.subject.human_friendly)


def _leads_to(roots: list[x509.Certificate], parsed: rfc3161_client.TimeStampResponse, content: bytes) -> bool:
    verifier = rfc3161_client.VerifierBuilder(roots=roots).build()
    try:
        return verifier.verify_message(parsed, content)
    except rfc3161_client.VerificationError:
        return False
