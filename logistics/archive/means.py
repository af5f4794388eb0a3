"""What sealing a package may use beside the ledger's key: doors that need settings or the network, handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Stamp = Callable[[bytes], bytes]
"""Content -> the DER `TimeStampResp` token (RFC 3161) of its SHA-256. Raises `StampRefused`."""

SignPdf = Callable[[bytes], bytes]
"""PDF/A bytes -> the same document with a PAdES signature (ETSI EN 319 142-1), still PDF/A. Raises `SigningFailed`, or
`StampRefused` where the signature takes a stamp.
"""

SignSm2 = Callable[[bytes], bytes]
"""Content -> its SM2 signature with SM3 (GB/T 32918.2, user id 1234567812345678), DER."""


class StampRefused(Exception):
    """The time-stamping authority did not answer, or its answer does not stamp what was asked. Try again later."""


class SigningFailed(RuntimeError):
    """The document could not be signed; the text says why and what to look at. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Sm2:
    """A key of the state's own curve: signs, and its public half as PEM (SubjectPublicKeyInfo)."""

    sign: SignSm2
    public_pem: bytes


@dataclass(frozen=True, slots=True)
class SealingMeans:
    """Each is None where the setting is unset: then the package goes without, and says so."""

    stamp: Stamp | None = None
    sign_pdf: SignPdf | None = None
    sm2: Sm2 | None = None
    sm3_manifest: bool = False
    profile: str = "fuzhou"  # the name of a shipped profile, or the path of a profile file


NOTHING = SealingMeans()
