"""PAdES signatures (ETSI EN 319 142-1) on a PDF/A that stay PDF/A: an invisible field, SHA-256, one incremental update.

B-B proves who signed what, by a certificate; B-T adds a time stamp over the signature; B-LTA adds the certificates and
revocation lists needed to check it later, and a time stamp over those. Nothing here calls anybody: stamps come by the
`post` that is handed in, revocation lists are given.
"""

from __future__ import annotations

import io
import logging
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from asn1crypto import tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import SigningError, load_certs_from_pemder_data
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from logistics.archive.apart import apart
from logistics.archive.means import SigningFailed, SignPdf
from logistics.archive.timestamps import Post

Level = Literal["B-B", "B-T", "B-LTA"]
FIELD, STAMP_FIELD = "Youdang", "YoudangStamp"
#: Pinned: with SHA-384 or 512 the signing library raises the header to PDF 2.0, which PDF/A-2 and -3 forbid.
DIGEST = "sha256"

# it warns at each signing that nothing is fetched, which is what we want
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Trust:
    """What B-LTA puts into the document: the roots of signer and authority, and revocation lists of their issuers."""

    roots: Sequence[x509.Certificate] = ()
    crls: Sequence[bytes] = field(default=(), repr=False)  # DER


def from_pkcs12(content: bytes, passphrase: str, chain: Sequence[x509.Certificate] = ()) -> signers.Signer:
    """The key and certificates of a PKCS#12 file. Raises `SigningFailed`."""
    try:
        signer: signers.Signer | None = signers.SimpleSigner.load_pkcs12_data(
            content, list(chain), passphrase.encode() or None
        )
    except (ValueError, TypeError, SigningError) as why:
        raise SigningFailed(f"PKCS#12 文件打不开，请核对文件和口令（{why}）(cannot open)") from why
    if signer is None:
        raise SigningFailed("PKCS#12 文件里没有可用的私钥和证书，或口令不对 (no usable key, or wrong passphrase)")
    return signer


def from_pkcs11(
    module: str, token: str, pin: str, label: str, chain: Sequence[x509.Certificate] = ()
) -> signers.Signer:
    """The key `label` and its certificate of the same label in a token (UKey, HSM). Raises `SigningFailed`.

    Needs the package `python-pkcs11`, which is not installed with this product.
    """
    try:
        from pkcs11 import PKCS11Error
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign import pkcs11
    except ImportError as why:
        raise SigningFailed(
            "用 PKCS#11 签名须另装 python-pkcs11：uv pip install python-pkcs11 (not installed)"
        ) from why
    try:
        session = pkcs11.open_pkcs11_session(module, token_criteria=TokenCriteria(label=token), user_pin=pin)
        signer: signers.Signer = pkcs11.PKCS11Signer(session, cert_label=label, key_label=label, ca_chain=list(chain))
        _ = signer.signing_cert  # looked up now, so that a wrong label is found now
        return signer
    except (PKCS11Error, PdfError, SigningError, OSError, RuntimeError) as why:
        words = str(why) or type(why).__name__
        raise SigningFailed(f"PKCS#11 密钥不可用，请核对模块、令牌名、PIN（{words}）(token not usable)") from why


def signing(
    signer: signers.Signer, level: Level, post: Post | None = None, trust: Callable[[], Trust] | None = None
) -> SignPdf:
    """The act of signing at `level`. B-T and B-LTA need `post`, B-LTA needs `trust` too: else ValueError.

    `trust` is asked at each signing: revocation lists are replaced while we run.
    The act raises `SigningFailed`, or `StampRefused` when no time stamp could be had.
    """
    if level != "B-B" and post is None:
        raise ValueError(f"{level} needs a time-stamping authority")
    if level == "B-LTA" and trust is None:
        raise ValueError("B-LTA needs trust roots and revocation lists")
    stamper = _Stamper(post) if post is not None and level != "B-B" else None

    def sign(pdf: bytes) -> bytes:
        try:
            meta = _meta(level, trust() if trust is not None else None)
            made = signers.PdfSigner(meta, signer, timestamper=stamper, new_field_spec=fields.SigFieldSpec(FIELD))
            out = apart(lambda: made.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))))
        except (SigningError, PdfError, PathError, ValidationError, ValueError, OSError) as why:
            words = "；".join(str(one) for one in (why, why.__cause__) if one)
            raise SigningFailed(f"PDF 没有签成（{words}）；请核对证书、根证书和吊销列表是否有效 (not signed)") from why
        return bytes(out.getbuffer())

    return sign


def level(word: str) -> Level:
    """The word as a level. Raises ValueError."""
    if word not in typing.get_args(Level):
        raise ValueError(f"{word!r} is no level of PAdES")
    return typing.cast(Level, word)


def certificates(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM or DER file. Raises ValueError."""
    return list(load_certs_from_pemder_data(pem))


def _meta(level: Level, trust: Trust | None) -> signers.PdfSignatureMetadata:
    lasting = level == "B-LTA" and trust is not None
    return signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=fields.SigSeedSubFilter.PADES,
        reason="邮递专档归档 archived",
        embed_validation_info=lasting,
        use_pades_lta=lasting,
        timestamp_field_name=STAMP_FIELD,
        validation_context=_context(trust) if lasting and trust is not None else None,
    )


def _context(trust: Trust) -> ValidationContext:
    """A new one for each document: it remembers the moment it was made."""
    return ValidationContext(
        trust_roots=list(trust.roots), crls=list(trust.crls), allow_fetching=False, revocation_mode="require"
    )


class _Stamper(timestamps.TimeStamper):
    """The library's stamper, asking by our door."""

    def __init__(self, post: Post) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._post = post

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The authority's answer; the library compares nonce and imprint."""
        return tsp.TimeStampResp.load(self._post(req.dump()), strict=True)
