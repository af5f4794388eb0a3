"""Signatures inside a PDF (PAdES, ETSI EN 319 142-1): each covers its bytes, and holds under the certificate in it."""

from __future__ import annotations

import io
import logging

from logistics.archive.apart import apart

# it logs a traceback for every certificate whose root nobody gave, which is what we ask it about
logging.getLogger("pyhanko.sign.validation.generic_cms").setLevel(logging.CRITICAL)


def faults(content: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """What is wrong, in Chinese and English, and who signed (subjects of certificates). Never raises for any content.

    Whether a certificate is to be trusted is not looked at: nothing here knows whose roots the reader trusts.
    """
    return apart(lambda: _faults(content))


def _faults(content: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    # half a second to import, which whoever has no signed PDF need not wait for
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext

    wrong: list[tuple[str, str]] = []
    signers: list[str] = []
    try:
        reader = PdfFileReader(io.BytesIO(content))
        for one in reader.embedded_signatures:
            context = ValidationContext(trust_roots=[], allow_fetching=False, revocation_mode="soft-fail")
            if one.sig_object_type == "/DocTimeStamp":
                stamped = validate_pdf_timestamp(one, context)
                holds = stamped.intact and stamped.valid
            else:
                signed = validate_pdf_signature(one, context, context)
                holds = signed.intact and signed.valid
                signers.append(signed.signing_cert.subject.human_friendly)
            if not holds:
                wrong.append((f"签名域 {one.field_name} 的签名不成立", f"the signature {one.field_name} does not hold"))
    except (PdfError, SignatureValidationError, ValueError, KeyError, TypeError) as why:
        wrong.append((f"PDF 里的签名读不出：{why}", f"the signature in the PDF cannot be read: {why}"))
    return wrong, signers
