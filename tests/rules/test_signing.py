"""What a signature binds: any change of list or count makes another digest; what came later changes nothing."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from logistics.decision import Handover
from logistics.demo.pens import pen
from logistics.errors import Malformed, Rejected
from logistics.rules import pictures, signing
from logistics.rules.packing import ManifestLine
from logistics.rules.signing import Listed, Signing, counted, statement_sha256
from logistics.terms import Outcome, SignatureKind, SigningRole, Stage
from tests.rules.rows import COUNTER, NO, WINDOW, at, consignment, custody_of, line, original

ORIGINALS = tuple(original(number) for number in (1, 2, 3))
COUNTS = sorted(set(Outcome) - {Outcome.UNCHECKED})
ABSENT = {Outcome.MISSING, Outcome.WRONG, Outcome.MOVED}


def of(outcomes: list[Outcome], seal_found: str = "SEAL-0001") -> Listed:
    envelope = consignment(1, Stage.RECEIVED, seal_found=seal_found)
    lines = [line(envelope, seq, seq, outcome=one) for seq, one in enumerate(outcomes, start=1)]
    return counted(envelope, lines, ORIGINALS, ())


COUNTED = st.lists(st.sampled_from(COUNTS), min_size=3, max_size=3)


@settings(max_examples=80, deadline=None)
@given(COUNTED, COUNTED)
def test_two_counts_are_signed_for_alike_exactly_when_the_same_originals_were_there_alike(
    a: list[Outcome], b: list[Outcome]
) -> None:
    plain = [["absent" if one in ABSENT else one for one in some] for some in (a, b)]
    assert (of(a) == of(b)) is (plain[0] == plain[1])


def test_another_seal_and_a_document_beside_the_list_are_another_count() -> None:
    envelope = consignment(1, Stage.RECEIVED, seal_found="SEAL-0001")
    lines = [line(envelope, 1, 1, outcome=Outcome.RECEIVED)]
    plain = counted(envelope, lines, ORIGINALS, ())
    extra = custody_of(Handover(2, 1, WINDOW, COUNTER, "签收核验", consignment_id=envelope.id))
    beside = counted(envelope, lines, ORIGINALS, [extra])
    assert beside.findings_sha256 != plain.findings_sha256
    assert beside.codes == (original(1).code, original(2).code)
    assert of([Outcome.RECEIVED] * 3) != of([Outcome.RECEIVED] * 3, "SEAL-0002")


@pytest.mark.parametrize("stage", Stage)
def test_an_envelope_is_released_once_its_list_is_frozen(stage: Stage) -> None:
    envelope = consignment(1, stage)
    if stage in {Stage.PACKING, Stage.VOIDED}:
        with pytest.raises(Rejected):
            signing.let_go(envelope, [line(envelope, 1)], ORIGINALS)
    else:
        assert signing.let_go(envelope, [line(envelope, 1)], ORIGINALS) == Listed("ab" * 32, "", (original(1).code,))


def test_nobody_accepts_what_is_not_counted_to_the_end() -> None:
    envelope = consignment(1, Stage.RECEIVED)
    lines = [line(envelope, 1, 1, outcome=Outcome.RECEIVED), line(envelope, 2, 2)]
    for one in (envelope, consignment(1, Stage.DELIVERED)):
        with pytest.raises(Rejected) as why:
            signing.found(one, lines, ORIGINALS, ())
        assert why.value.rule == "not_counted"


def test_a_statement_says_list_count_role_signer_instant_and_picture() -> None:
    listed = Listed("a" * 64, "b" * 64, ("Y01",))
    usual = Signing(SigningRole.ACCEPTANCE, SignatureKind.PEN, "柳岸", listed, 2, "c" * 64)
    said = {
        statement_sha256(NO, f"{NO}-1", usual, at(1)),
        statement_sha256(NO, f"{NO}-2", usual, at(1)),
        statement_sha256(NO, f"{NO}-1", usual, at(2)),
    }
    for changed in (
        Signing(SigningRole.RELEASE, SignatureKind.PEN, "柳岸", listed, 2, "c" * 64),
        Signing(SigningRole.ACCEPTANCE, SignatureKind.PEN, "韩松", listed, 2, "c" * 64),
        Signing(SigningRole.ACCEPTANCE, SignatureKind.PEN, "柳岸", Listed("d" * 64, "b" * 64, ()), 2, "c" * 64),
        Signing(SigningRole.ACCEPTANCE, SignatureKind.PEN, "柳岸", Listed("a" * 64, "d" * 64, ()), 2, "c" * 64),
        Signing(SigningRole.ACCEPTANCE, SignatureKind.PEN, "柳岸", listed, 2, "d" * 64),
    ):
        said.add(statement_sha256(NO, f"{NO}-1", changed, at(1)))
    assert len(said) == 8


def test_the_list_at_the_counter_is_of_one_side_of_one_dossier_and_never_empty() -> None:
    lines = [ManifestLine(1, "Y01", "证书", "毕业证书", "N1", "某校", "王𠮷", 1, 1, "original")]
    given_in = signing.at_the_counter(NO, SigningRole.TAKEN_IN, lines)
    assert given_in != signing.at_the_counter(NO, SigningRole.HANDED_BACK, lines)
    assert given_in != signing.at_the_counter("421200-2026-000124", SigningRole.TAKEN_IN, lines)
    with pytest.raises(Rejected):
        signing.at_the_counter(NO, SigningRole.TAKEN_IN, [])


def image(size: tuple[int, int], form: str, ink: int = 0) -> bytes:
    kept = io.BytesIO()
    Image.new("L", size, ink).save(kept, form)
    return kept.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A small PNG whose header claims that many pixels."""
    small = image((8, 8), "PNG")
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + small[24:29]
    return small[:12] + head + zlib.crc32(head).to_bytes(4, "big") + small[33:]


def test_pictures_are_told_by_their_content_and_held_to_their_size() -> None:
    pen_kind, slip = SignatureKind.PEN, SignatureKind.SLIP
    assert pictures.media_type(pen_kind, pen("柳岸")) == "image/png"
    assert pictures.media_type(slip, image((600, 800), "JPEG")) == "image/jpeg"
    assert pictures.media_type(slip, b"%PDF-1.4\n%%EOF") == "application/pdf"
    for kind, content in (
        (pen_kind, image((600, 200), "PNG", 255)),  # nobody wrote
        (pen_kind, image((600, 200), "JPEG")),
        (pen_kind, b"%PDF-1.4\n%%EOF"),
        (pen_kind, image((5000, 10), "PNG")),
        (pen_kind, pen("柳岸")[:-30]),
        (pen_kind, pen("柳岸") + b"\0" * pictures.PEN_BYTES),
        (slip, claiming(9_000, 9_000)),  # small in bytes, vast in memory
        (slip, claiming(60_000, 60_000)),
        (slip, b"%PDF-1.4 cut off"),
        (slip, b""),
    ):
        with pytest.raises(Malformed) as why:
            pictures.media_type(kind, content)
        assert "signature" in why.value.fields


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SignatureKind), st.binary(max_size=200))
def test_whatever_bytes_come_they_are_a_picture_or_refused(kind: SignatureKind, content: bytes) -> None:
    refused = None
    try:
        pictures.media_type(kind, content)
    except Malformed as why:
        refused = why
    assert refused is None or refused.fields["signature"]
