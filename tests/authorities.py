"""Certificates, revocation lists and keys of a fictional trust centre, made when a test asks for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Holder:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: Key

    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self) -> bytes:
        """The private key, PKCS#8, in clear."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def pkcs12(self, password: str, chain: list[x509.Certificate]) -> bytes:
        """Both in one file, with the certificates above."""
        lock = BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(b"seal", self.key, self.certificate, chain, lock)


@dataclass
class Centre:
    """A root that issues certificates valid for a year before and after now, and revocation lists."""

    name: str = "示例根 Example Root"
    root: Holder = field(init=False)

    def __post_init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self.root = Holder(self._certificate(self.name, key.public_key(), key, self.name, authority=True), key)

    def issue(self, name: str, *, stamps: bool = False) -> Holder:
        """A certificate to sign with, or with `stamps` one whose only use is time stamping; RSA, 2048 bits."""
        key = rsa.generate_private_key(65537, 2048)
        return Holder(self._certificate(name, key.public_key(), self.root.key, self.name, stamps=stamps), key)

    def revocations(self, *serials: int) -> bytes:
        """A list, PEM, that revokes these."""
        now = dt.datetime.now(dt.UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(_name(self.name))
        builder = builder.last_update(now - dt.timedelta(hours=1)).next_update(now + dt.timedelta(days=30))
        builder = builder.add_extension(x509.CRLNumber(1), critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root.key.public_key()), critical=False
        )
        for serial in serials:
            row = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - dt.timedelta(hours=2))
            builder = builder.add_revoked_certificate(row.build())
        return builder.sign(self.root.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _certificate(
        self, name: str, public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, by: Key, issuer: str, *,
        authority: bool = False, stamps: bool = False,
    ) -> x509.Certificate:  # fmt: skip
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name)).issuer_name(_name(issuer)).public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=365)).not_valid_after(now + dt.timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
            .add_extension(_usage(authority), critical=True)
        )  # fmt: skip
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return builder.sign(by, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(common: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example Trust Centre"),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ])  # fmt: skip
