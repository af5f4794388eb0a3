"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905), user id 1234567812345678, and SM3 digests.

Keys are PEM as OpenSSL 3 writes them: `openssl genpkey -algorithm SM2`. Signatures are DER, and
`openssl dgst -sm3 -verify sm2-public-key.pem -sigopt distid:1234567812345678` reads them.
"""

from __future__ import annotations

import gmssl_pyx
from asn1crypto import keys, pem

from logistics.archive.means import Sm2

CURVE = "1.2.156.10197.1.301"  # GB/T 33560: sm2p256v1
_SIZE = 32
keys.NamedCurve.register("sm2p256v1", CURVE, _SIZE)


class KeyUnfit(ValueError):
    """The file holds no SM2 key that can be used; the text says what is wrong."""


def load(private_pem: bytes) -> Sm2:
    """The key of a PEM file (PKCS#8 or SEC 1, in clear, with its public half), tried once. Raises `KeyUnfit`."""
    secret, public = _private(private_pem)
    try:
        probe = gmssl_pyx.sm2_sign(secret, public, b"youdang")
        fits = gmssl_pyx.sm2_verify(public, b"youdang", probe)
    except gmssl_pyx.GmsslInnerError as why:
        raise KeyUnfit(f"SM2 私钥不能用来签名（{type(why).__name__}）(the key does not sign)") from why
    if not fits:
        raise KeyUnfit("SM2 私钥文件里的公钥与私钥不是一对 (public and private half do not match)")
    return Sm2(lambda content: bytes(gmssl_pyx.sm2_sign(secret, public, content)), public_pem(public))


def verify(public_pem: bytes, signature: bytes, content: bytes) -> bool:
    """Whether `signature` is the SM2 signature of `content` by that key; false also for malformed ones."""
    try:
        return bool(gmssl_pyx.sm2_verify(public_point(public_pem), content, signature))
    except (KeyUnfit, gmssl_pyx.GmsslInnerError):
        return False


def public_pem(point: bytes) -> bytes:
    """The public key (64 bytes, x and y) as SubjectPublicKeyInfo."""
    info = keys.PublicKeyInfo({
        "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", "sm2p256v1")},
        "public_key": keys.ECPointBitString(b"\4" + point),
    })  # fmt: skip
    return bytes(pem.armor("PUBLIC KEY", info.dump()))


def sm3(content: bytes) -> str:
    """The SM3 digest, 64 lower-case hex digits; by GmSSL, since not every Python's OpenSSL has it."""
    return bytes(gmssl_pyx.sm3_hash(content)).hex()


def _private(text: bytes) -> tuple[bytes, bytes]:
    """The 32 bytes of the secret and the 64 of the public point."""
    kinds = dict(_blocks(text))
    if "ENCRYPTED PRIVATE KEY" in kinds:
        raise KeyUnfit("SM2 私钥文件加了口令，本系统不能打开；请存成不加口令的 PEM，用文件权限保护 (encrypted key)")
    try:
        if "PRIVATE KEY" in kinds:
            info = keys.PrivateKeyInfo.load(kinds["PRIVATE KEY"], strict=True)
            curve, key = info["private_key_algorithm"]["parameters"], info["private_key"].parsed
        elif "EC PRIVATE KEY" in kinds:
            key = keys.ECPrivateKey.load(kinds["EC PRIVATE KEY"], strict=True)
            curve = key["parameters"]
        else:
            raise KeyUnfit("文件里没有 PEM 私钥 (no private key in PEM)")
        _need_curve(curve)
        point, secret = key["public_key"].native, int(key["private_key"].native)
    except (TypeError, AttributeError, OverflowError, ValueError) as why:
        raise why if isinstance(why, KeyUnfit) else KeyUnfit(f"SM2 私钥无法读取（{why}）(unreadable key)") from why
    if point is None:
        raise KeyUnfit("SM2 私钥文件里没有公钥；请用 openssl pkey -in 旧文件 -out 新文件 重写一遍 (no public half)")
    return secret.to_bytes(_SIZE, "big"), _point(point)


def public_point(text: bytes) -> bytes:
    """The 64 bytes (x and y) of the public key in a PEM file. Raises `KeyUnfit`."""
    try:
        info = keys.PublicKeyInfo.load(dict(_blocks(text))["PUBLIC KEY"], strict=True)
        _need_curve(info["algorithm"]["parameters"])
        return _point(info["public_key"].native)
    except (KeyError, TypeError, AttributeError, OverflowError, ValueError) as why:
        raise KeyUnfit("不是 SM2 公钥 (no SM2 public key)") from why


def _blocks(text: bytes) -> list[tuple[str, bytes]]:
    try:
        return [(kind, der) for kind, _, der in pem.unarmor(text, multiple=True)]
    except ValueError as why:
        raise KeyUnfit("不是 PEM 文件 (not PEM)") from why


def _need_curve(parameters: keys.ECDomainParameters) -> None:
    if parameters.name != "named" or parameters.chosen.dotted != CURVE:
        raise KeyUnfit("不是 SM2 曲线上的密钥 (the key is not on the SM2 curve)")


def _point(encoded: bytes) -> bytes:
    """The two coordinates of a point on the curve."""
    try:
        return bytes(gmssl_pyx.normalize_sm2_public_key(encoded))
    except gmssl_pyx.InvalidValueError as why:
        raise KeyUnfit("公钥不是 SM2 曲线上的点 (not a point of the curve)") from why
