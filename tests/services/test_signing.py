"""Signatures of custody, on PostgreSQL: what they bind, who may give them, and that they are witnessed."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
import rfc8785
from sqlmodel import Session

from couriers.contract import Booking
from logistics.actor import Actor
from logistics.demo.pens import pen
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected, YoudangError
from logistics.rules.signing import counted, digest_shown, standing, stands
from logistics.services import dispatch, dossiers, receipt, signing
from logistics.services.signing import Proof
from logistics.store import find
from logistics.store.closing import matters
from logistics.store.find import Whole
from logistics.store.signing import full_name
from logistics.store.work import reading
from logistics.tables import Consignment, LedgerEntry, Signature
from logistics.terms import Outcome, Role, SignatureKind, SigningRole
from tests.builders import Envelope, House, dispatched, received, sealed
from tests.scans import fontless, scan, scripted

PEN = SignatureKind.PEN
SLIP = scan()


def refused(rule: str, kind: type[YoudangError] = Rejected) -> AbstractContextManager[object]:
    return pytest.raises(kind, check=lambda no: no.rule == rule and no.zh.endswith("。"))


def whole(hall: House, envelope: Envelope) -> tuple[Whole, Consignment]:
    with Session(hall.system.engine, expire_on_commit=False) as session:
        dossier, consignment = find.consignment_by_no(session, envelope.no)
        found = find.whole(session, dossier)
        session.expunge_all()
        return found, consignment


def shown(hall: House, envelope: Envelope, role: SigningRole) -> str:
    return digest_shown(signing.listed_of(*whole(hall, envelope), role))


def sign(
    hall: House,
    envelope: Envelope,
    role: SigningRole,
    by: Actor,
    digest: str = "",
    proof: Proof | None = None,
    witness: str = "",
) -> dict[str, object]:
    digest = digest or shown(hall, envelope, role)
    proof = proof or Proof(PEN, pen(by.name))
    return signing.sign_envelope(hall.web, by, hall.command(), envelope.no, role, digest, proof, witness)


def kept(hall: House, envelope: Envelope) -> list[Signature]:
    return list(whole(hall, envelope)[0].signatures)


def entry(hall: House, envelope: Envelope) -> LedgerEntry:
    return [one for one in whole(hall, envelope)[0].entries if one.what == "custody:signed"][-1]


def test_the_window_signs_the_frozen_list_and_the_ledger_can_compute_the_statement_again(hall: House) -> None:
    envelope = sealed(hall)
    made = sign(hall, envelope, SigningRole.RELEASE, hall.window)
    [row], consignment = kept(hall, envelope), hall.consignment(envelope.no)
    assert (row.role, row.kind, row.signer) == (SigningRole.RELEASE, PEN, hall.window.name)
    assert row.manifest_sha256 == consignment.manifest_sha256
    assert row.findings_sha256 == ""
    assert row.codes == envelope.originals
    assert hall.web.files.get(row.image_sha256) == pen(hall.window.name)
    facts = entry(hall, envelope).facts
    names = ("manifest_sha256", "findings_sha256", "role", "signer", "signed_at", "image_sha256", "consignment")
    stated = {"format": "youdang-signature-1", "dossier": envelope.dossier_no, **{name: facts[name] for name in names}}
    assert hashlib.sha256(rfc8785.dumps(stated)).hexdigest() == row.statement_sha256 == made["statement_sha256"]


def test_the_receiver_signs_once_for_everything_after_counting_and_not_before(hall: House) -> None:
    envelope = dispatched(hall)
    with refused("not_counted"):
        sign(hall, envelope, SigningRole.ACCEPTANCE, hall.receiver)
    _arrive(hall, envelope)
    received(hall, envelope)
    sign(hall, envelope, SigningRole.ACCEPTANCE, hall.receiver)
    with refused("signed"):
        sign(hall, envelope, SigningRole.ACCEPTANCE, hall.receiver)
    found, consignment = whole(hall, envelope)
    listed = counted(consignment, found.lines_of(consignment), found.originals, found.custody)
    [row] = found.signatures
    assert stands(row, listed)
    assert row.findings_sha256


def _arrive(hall: House, envelope: Envelope) -> None:
    with hall.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE consignment SET stage = 'delivered' WHERE no = %s", (envelope.no,))


def test_a_correction_after_signing_keeps_the_signature_for_the_earlier_count_and_asks_again(hall: House) -> None:
    envelope = dispatched(hall)
    _arrive(hall, envelope)
    first, second = envelope.originals
    found = {first: Outcome.RECEIVED, second: Outcome.MISSING}
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, hall.consignment(envelope.no).seal_no, found)
    before = shown(hall, envelope, SigningRole.ACCEPTANCE)
    sign(hall, envelope, SigningRole.ACCEPTANCE, hall.receiver)
    receipt.correct(hall.web, hall.receiver, hall.command(), envelope.no, second, "夹在封套里")
    all_of_it, consignment = whole(hall, envelope)
    now = signing.listed_of(all_of_it, consignment, SigningRole.ACCEPTANCE)
    assert not stands(all_of_it.signatures[0], now)
    with refused("other_list"):
        sign(hall, envelope, SigningRole.ACCEPTANCE, hall.receiver, digest=before)
    sign(hall, envelope, SigningRole.ACCEPTANCE, hall.receiver)
    rows = kept(hall, envelope)
    assert len(rows) == 2
    assert standing(rows, SigningRole.ACCEPTANCE, now) == rows[1:]


def test_only_who_sealed_or_counted_signs_for_it(hall: House) -> None:
    envelope = sealed(hall)
    digest = shown(hall, envelope, SigningRole.RELEASE)
    with refused("agency", NotAllowed):
        sign(hall, envelope, SigningRole.ACCEPTANCE, _as_receiver(hall.window), digest)
    with pytest.raises(NotAllowed):
        sign(hall, envelope, SigningRole.RELEASE, hall.receiver, digest)
    assert kept(hall, envelope) == []


def _as_receiver(actor: Actor) -> Actor:
    return replace(actor, roles=actor.roles | {Role.RECEIVER})


def test_a_witness_is_a_second_person(hall: House) -> None:
    envelope = sealed(hall)
    for name in (hall.window.name, "字" * 41):
        with pytest.raises(Malformed) as wrong:
            sign(hall, envelope, SigningRole.RELEASE, hall.window, witness=name)
        assert "witness" in wrong.value.fields
    sign(hall, envelope, SigningRole.RELEASE, hall.window)
    sign(hall, envelope, SigningRole.RELEASE, hall.window, witness="  赵 例 ")
    assert [(one.role, one.signer) for one in kept(hall, envelope)] == [
        (SigningRole.RELEASE, hall.window.name),
        (SigningRole.WITNESS, "赵 例"),
    ]


def test_a_click_sent_twice_signs_once(hall: House) -> None:
    envelope, command = sealed(hall), hall.command()
    digest = shown(hall, envelope, SigningRole.RELEASE)
    proof = Proof(PEN, pen("甲"))
    made = [
        signing.sign_envelope(hall.web, hall.window, command, envelope.no, SigningRole.RELEASE, digest, proof)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len(kept(hall, envelope)) == 1


def test_the_applicant_signs_for_what_was_taken_in_and_the_ledger_does_not_name_them(hall: House) -> None:
    envelope = sealed(hall)
    role = SigningRole.TAKEN_IN
    digest = digest_shown(signing.listed_at_counter(hall.web, whole(hall, envelope)[0], role))
    proof = Proof(PEN, pen("李样例"))
    args = (hall.web, hall.window, hall.command(), envelope.dossier_no, role)
    with refused("no_agent"):
        signing.sign_at_counter(*args, digest, proof, by_agent=True)
    with refused("other_list"):
        signing.sign_at_counter(*args, "0" * 64, proof)
    signing.sign_at_counter(*args, digest, proof)
    [row] = kept(hall, envelope)
    assert (row.signer, row.agency_id, row.codes) == ("申请人", None, envelope.originals)
    assert "李样例" not in str(entry(hall, envelope).facts)
    assert full_name(hall.web, whole(hall, envelope)[0].dossier, row) == "李样例"


def test_the_applicant_signs_for_what_they_have_again_in_the_same_act(hall: House) -> None:
    envelope = dispatched(hall)
    codes = tuple(envelope.originals)
    with hall.system.engine.begin() as connection:  # unpacked again: back on the counter
        connection.exec_driver_sql("UPDATE packed SET open = false")
    drawn = (PEN, pen("李样例"))
    with pytest.raises(Malformed):
        dossiers.give_to_applicant(
            hall.web, hall.window, hall.command(), envelope.dossier_no, codes, True, (PEN, b"no picture")
        )
    assert [link.seq for link in whole(hall, envelope)[0].custody] == [1, 1]
    dossiers.give_to_applicant(hall.web, hall.window, hall.command(), envelope.dossier_no, codes, True, drawn)
    found, _consignment = whole(hall, envelope)
    [row] = found.signatures
    assert (row.role, row.codes) == (SigningRole.HANDED_BACK, list(codes))
    assert stands(row, signing.listed_at_counter(hall.web, found, SigningRole.HANDED_BACK))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7\nnothing\n%%EOF\n", "打不开"),
        (scan(password="x"), "加密"),
        (scripted(), "脚本"),
        (fontless(), "字体"),
    ],
    ids=["no PDF", "locked", "scripted", "fontless"],
)
def test_a_scan_that_no_archive_would_take_is_refused_at_the_door(hall: House, content: bytes, word: str) -> None:
    envelope = sealed(hall)
    with pytest.raises(Malformed) as no:
        sign(hall, envelope, SigningRole.RELEASE, hall.window, proof=Proof(SignatureKind.SLIP, content))
    assert word in no.value.fields["signature"][0]
    assert not kept(hall, envelope)


@pytest.mark.parametrize("stranger", ["window", "receiver"])
def test_both_parties_see_the_picture(hall: House, stranger: str) -> None:
    envelope = sealed(hall)
    sign(hall, envelope, SigningRole.RELEASE, hall.window, proof=Proof(SignatureKind.SLIP, SLIP))
    made = kept(hall, envelope)[0].id or 0
    row, content = signing.fetch(hall.web, getattr(hall, stranger), envelope.dossier_no, made)
    assert (row.image_type, content) == ("application/pdf", SLIP)
    with pytest.raises(NotYours):
        signing.fetch(hall.web, hall.window, envelope.dossier_no, made + 1)
    with pytest.raises(NotYours):
        signing.fetch(hall.web, Actor("officer:0", "外人"), envelope.dossier_no, made)


def test_nothing_is_signed_after_closing(hall: House) -> None:
    envelope = sealed(hall)
    digest = shown(hall, envelope, SigningRole.RELEASE)
    with hall.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE dossier SET closed_at = opened_at")
    with refused("dossier_closed"):
        sign(hall, envelope, SigningRole.RELEASE, hall.window, digest)


def test_a_message_about_its_waybill_that_nobody_read_keeps_a_dossier_open_and_anothers_does_not(hall: House) -> None:
    envelope = dispatched(hall)
    waybill = "1234567890123"
    dispatch.record_booking(hall.system, envelope.no, Booking(waybill, "R1"))
    now = hall.clock()

    def unread(**changes: object) -> int:
        row = {
            "digest": hall.command(),
            "courier": "ems",
            "names": [],
            "attempts": 1,
            "received_at": now,
            "parked_at": None,
            **changes,
        }
        with hall.system.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE inbox SET read_at = received_at")
            connection.exec_driver_sql(
                "INSERT INTO inbox (courier, digest, body_sha256, headers, body, received_at, due_at, attempts,"
                " last_error, names, parked_at) VALUES (%(courier)s, %(digest)s, 's', '{}', '', %(received_at)s,"
                " %(received_at)s, %(attempts)s, '', %(names)s, %(parked_at)s)",
                row,
            )
        with reading(hall.web.engine, hall.window) as session:
            dossier = find.dossier_by_no(session, envelope.dossier_no)
            return matters(session, hall.web, find.whole(session, dossier), now).unread_pushes

    assert unread(names=[waybill]) == 1
    assert unread(names=[envelope.no], parked_at=now) == 1
    assert unread(names=["9999999999999"]) == 0
    assert unread(names=[waybill], courier="sf") == 0, "a number is one courier's"
    assert unread(attempts=0) == 0, "it has just come: it is being read"
    assert unread(attempts=0, received_at=now - timedelta(minutes=5)) == 1, "nobody reads: it may be about anything"


def taken_in(hall: House, missing: bool = False) -> tuple[Envelope, str]:
    """An envelope counted by the receiver, and the digest that a screen shows for it."""
    envelope = dispatched(hall)
    _arrive(hall, envelope)
    found = dict.fromkeys(envelope.originals, Outcome.RECEIVED)
    if missing:
        found[envelope.originals[-1]] = Outcome.MISSING
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, hall.consignment(envelope.no).seal_no, found)
    return envelope, shown(hall, envelope, SigningRole.ACCEPTANCE)


MIXED = (False, False, False, True)  # of four, the last has a difference


def test_one_drawing_for_several_envelopes_is_a_signature_of_each_and_what_is_not_in_order_is_told(hall: House) -> None:
    (first, one), (second, two), (foreign, three), (odd, four) = (taken_in(hall, bad) for bad in MIXED)
    with hall.system.engine.begin() as connection:  # of another sender, which the first two are no matter of
        elsewhere = "(SELECT agency_id FROM officer WHERE login = 'hz-window')"
        words = f"UPDATE dossier SET sender_agency_id = {elsewhere} WHERE no = %s"
        connection.exec_driver_sql(words, (foreign.dossier_no,))
    given = [(first.no, one), (second.no, two), (foreign.no, three), (odd.no, four)]
    command, proof = hall.command(), Proof(PEN, pen(hall.receiver.name))
    done = [signing.sign_together(hall.web, hall.receiver, command, given, proof) for _ in range(2)]
    assert done[0] == done[1]  # sent twice, signed once
    assert done[0]["signed"] == [first.no, second.no, foreign.no]
    assert [(row["consignment"], row["rule"]) for row in done[0]["refused"]] == [(odd.no, "not_in_order")]
    rows = [kept(hall, envelope) for envelope in (first, second, foreign, odd)]
    assert [len(row) for row in rows] == [1, 1, 1, 0]
    assert len({row[0].image_sha256 for row in rows[:3]}) == 1
    assert [row[0].manifest_sha256 for row in rows[:3]] == [
        hall.consignment(envelope.no).manifest_sha256 for envelope in (first, second, foreign)
    ]
    ours = [{"consignment": first.no, "digest": one}, {"consignment": second.no, "digest": two}]
    facts = entry(hall, first).facts
    assert facts["together"] == entry(hall, second).facts["together"] == [*ours, {"digest": three}]
    assert facts["together"] == rows[0][0].together
    alone = [{"digest": one}, {"digest": two}, {"consignment": foreign.no, "digest": three}]
    assert entry(hall, foreign).facts["together"] == alone
    names = ("manifest_sha256", "findings_sha256", "role", "signer", "signed_at", "image_sha256", "consignment")
    stated = {name: facts[name] for name in (*names, "together")}
    stated |= {"format": "youdang-signature-2", "dossier": first.dossier_no}
    assert hashlib.sha256(rfc8785.dumps(stated)).hexdigest() == rows[0][0].statement_sha256
    with refused("none_signed"):
        signing.sign_together(hall.web, hall.receiver, hall.command(), given, proof)
    with pytest.raises(NotYours):
        signing.sign_together(hall.web, hall.receiver, hall.command(), [("421200-2026-999999-1", one)], proof)


def test_an_envelope_that_changed_since_it_was_shown_is_left_out_of_the_drawing(hall: House) -> None:
    (first, one), (second, _two) = taken_in(hall), taken_in(hall)
    given = [(first.no, one), (second.no, "0" * 64)]
    proof = Proof(PEN, pen(hall.receiver.name))
    with refused("none_signed"):  # who did not count it does not sign for it
        signing.sign_together(hall.web, _as_receiver(hall.window), hall.command(), given, proof)
    done = signing.sign_together(hall.web, hall.receiver, hall.command(), given, proof)
    assert (done["signed"], [row["rule"] for row in done["refused"]]) == ([first.no], ["other_list"])
    assert kept(hall, first)[0].together == []  # one list alone needs no word of others
