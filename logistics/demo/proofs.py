"""A trust centre that nobody trusts, for the story: a seal certificate, a time-stamping authority, an SM2 key.

In an installation these come from a licensed service, by settings; here they are made for one run and thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import gmssl_pyx
from asn1crypto import keys, pem, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from logistics.archive import pades, sm, timestamps
from logistics.archive.means import SealingMeans, Stamp

_FROM, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


def means(clock: Callable[[], datetime]) -> SealingMeans:
    """Every proof there is beyond the ledger's own key, by keys of this run; stamps say the story's time."""
    certificate, key = _certificate("演示单位电子印章 Demo seal", stamps=False)
    packed = pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, NoEncryption())
    return SealingMeans(
        stamp=_authority(clock),
        sign_pdf=pades.signing(pades.from_pkcs12(packed, ""), "B-B"),
        sm2=sm.load(_sm2_key()),
        sm3_manifest=True,
    )


def _authority(clock: Callable[[], datetime]) -> Stamp:
    certificate, key = _certificate("演示时间戳 Demo time stamps", stamps=True)
    own = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
    secret = keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))

    def stamp(content: bytes) -> bytes:
        request = timestamps.ask(content)
        asked = tsp.TimeStampReq.load(request)
        token = DummyTimeStamper(own, secret, fixed_dt=clock().replace(microsecond=0)).request_tsa_response(asked)
        return timestamps.accept(token.dump(), request, content, ())

    return stamp


def _certificate(name: str, *, stamps: bool) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(65537, 2048)
    whose = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(key, hashes.SHA256()), key


def _sm2_key() -> bytes:
    point, secret = gmssl_pyx.sm2_key_generate()
    inside = keys.ECPrivateKey(
        {
            "version": 1,
            "private_key": keys.IntegerOctetString(int.from_bytes(secret, "big")),
            "public_key": keys.ECPointBitString(b"\4" + point),
        }
    )
    algorithm = {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", "sm2p256v1")}
    info = keys.PrivateKeyInfo({"version": 0, "private_key_algorithm": algorithm, "private_key": inside})
    return bytes(pem.armor("PRIVATE KEY", info.dump()))
