"""The gate: a dossier closes when nothing is open, and says who must do what where while something is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.decision import Holder
from logistics.rules.closing import Blocker, Matters, StillOpen, blockers, require_closable
from logistics.rules.signing import Listed, counted
from logistics.tables import Consignment, Errand, Packed, Paper, Signature
from logistics.terms import (
    BlockerKind,
    DecisionResult,
    Direction,
    DiscrepancyKind,
    ErrandKind,
    Outcome,
    Resolution,
    Role,
    SignatureKind,
    SigningRole,
    Stage,
)
from tests.rules.rows import (
    APPLICANT,
    COUNTER,
    NO,
    OFFICE,
    RECEIVER,
    SENDER,
    WINDOW,
    at,
    consignment,
    deadline,
    discrepancy,
    dossier,
    line,
    original,
)

DECIDED = dossier(decision=DecisionResult.APPROVED, decided_at=at(200))
BACK = {1: WINDOW, 2: APPLICANT}
ORIGINALS = (original(1), original(2))
RECEIVED = consignment(1, Stage.RECEIVED)
COUNTED = (line(RECEIVED, 1, 1, outcome=Outcome.RECEIVED), line(RECEIVED, 2, 2, outcome=Outcome.DAMAGED))


def matters(decided: bool = True, **what: Any) -> Matters:
    return Matters(
        **{"dossier": DECIDED if decided else dossier(), "originals": ORIGINALS, "holders": dict(BACK), **what}
    )


def missing(decided: bool = True, **what: Any) -> list[Blocker]:
    return list(blockers(matters(decided, **what)))


def one(decided: bool = True, **what: Any) -> Blocker:
    [found] = missing(decided, **what)
    assert found.en.isascii(), "the English clause is English"
    assert not found.zh.endswith("。")
    return found


def slip(envelope: Consignment = RECEIVED) -> Paper:
    return Paper(
        id=1,
        dossier_id=1,
        consignment_id=envelope.id,
        kind="slip",
        no=f"{envelope.no}-J01",
        sha256="c" * 64,
        size_bytes=1,
        media_type="application/pdf",
        made_at=at(1),
    )


def signature(listed: Listed, role: SigningRole = SigningRole.ACCEPTANCE, **changes: Any) -> Signature:
    facts: dict[str, Any] = {
        "id": 1,
        "dossier_id": 1,
        "consignment_id": RECEIVED.id,
        "seq": 1,
        "role": role,
        "kind": SignatureKind.PEN,
        "signer": "柳岸",
        "agency_id": RECEIVER,
        "officer_id": 21,
        "codes": list(listed.codes),
        "manifest_sha256": listed.manifest_sha256,
        "findings_sha256": listed.findings_sha256,
        "image_sha256": "d" * 64,
        "image_type": "image/png",
        "image_bytes": 900,
        "statement_sha256": "e" * 64,
        "signed_at": at(30),
    }
    return Signature(**{**facts, **changes})


def as_counted(lines: tuple[Packed, ...] = COUNTED) -> Listed:
    return counted(RECEIVED, lines, ORIGINALS, ())


def errand(kind: ErrandKind, **changes: Any) -> Errand:
    facts: dict[str, Any] = {
        "id": 5,
        "dossier_id": 1,
        "consignment_id": RECEIVED.id,
        "kind": kind,
        "key": "k",
        "payload": {},
        "created_at": at(1),
        "due_at": at(1),
        "parked_at": at(2),
    }
    return Errand(**{**facts, **changes})


def test_a_decided_dossier_with_everything_back_may_close() -> None:
    envelopes = (consignment(1, Stage.RECEIVED), consignment(2, Stage.VOIDED))
    assert missing(consignments=envelopes) == []
    require_closable(matters(consignments=envelopes))


def test_without_a_decision_it_stays_open_and_the_authority_must_act() -> None:
    why = one(decided=False)
    assert "审批决定" in why.zh
    assert (why.kind, why.agency_id, why.role) == (BlockerKind.NO_DECISION, RECEIVER, Role.RECEIVER)
    assert (why.place.kind, why.place.no) == ("decision", NO)


@pytest.mark.parametrize("stage", Stage)
def test_an_envelope_somebody_must_act_on_keeps_it_open(stage: Stage) -> None:
    found = missing(consignments=(consignment(1, stage),))
    assert bool(found) is (stage not in {Stage.RECEIVED, Stage.VOIDED, Stage.LOST})
    for why in found:
        before = stage in {Stage.PACKING, Stage.SEALED, Stage.BOOKING, Stage.BOOKED, Stage.RETURNED}
        assert why.agency_id == (SENDER if before else RECEIVER)
        assert why.role is (Role.WINDOW if before else Role.RECEIVER)
        assert why.kind is BlockerKind.ENVELOPE_OPEN


def test_an_unchecked_line_of_a_received_envelope_keeps_it_open_and_one_of_a_voided_does_not() -> None:
    voided = consignment(2, Stage.VOIDED)
    why = one(consignments=(RECEIVED, voided), lines=(line(RECEIVED, 1), line(voided, 2)))
    assert RECEIVED.no in why.zh
    assert "未核" in why.zh
    assert (why.place.kind, why.place.no, why.agency_id) == ("receive", RECEIVED.no, RECEIVER)


def test_what_the_sender_took_back_the_sender_counts() -> None:
    why = one(consignments=(RECEIVED,), lines=(line(RECEIVED, 1),), counted_by={RECEIVED.id: SENDER})
    assert (why.agency_id, why.role) == (SENDER, Role.WINDOW)


@pytest.mark.parametrize("kind", DiscrepancyKind)
def test_an_open_difference_keeps_it_open_until_settled(kind: DiscrepancyKind) -> None:
    why = one(consignments=(RECEIVED,), discrepancies=(discrepancy(7, kind, consignment_id=RECEIVED.id),))
    unread = kind is DiscrepancyKind.UNRECOGNISED_CODE
    assert why.kind is (BlockerKind.UNREAD_EVENT if unread else BlockerKind.DISCREPANCY_OPEN)
    assert why.agency_id in (SENDER, RECEIVER)
    assert (why.place.kind, why.place.no) == ("difference", "7")
    settled = discrepancy(7, kind, settled_at=at(9), resolution=Resolution.EXPLAINED)
    assert missing(discrepancies=(settled,)) == []


def test_the_receiver_judges_what_it_found_and_the_sender_follows_up_what_did_not_come() -> None:
    def answers(kind: DiscrepancyKind) -> int | None:
        return one(
            consignments=(RECEIVED,), discrepancies=(discrepancy(1, kind, consignment_id=RECEIVED.id),)
        ).agency_id

    assert answers(DiscrepancyKind.DAMAGED) == RECEIVER
    assert answers(DiscrepancyKind.MISSING) == SENDER


def test_an_original_that_must_return_keeps_it_open_until_it_is_back() -> None:
    why = one(holders={1: WINDOW, 2: OFFICE})
    assert original(2).code in why.zh
    assert OFFICE.name in why.zh
    assert (why.agency_id, why.role) == (RECEIVER, Role.RECEIVER)
    free = (original(1), original(2, must_return=False))
    assert missing(originals=free, holders={1: WINDOW, 2: OFFICE}) == []


@pytest.mark.parametrize("resolution", Resolution)
def test_an_original_lost_for_good_is_waited_for_no_longer(resolution: Resolution) -> None:
    settled = discrepancy(original_id=2, settled_at=at(9), resolution=resolution)
    gone = resolution in {Resolution.REPLACED, Resolution.ACCEPTED, Resolution.EXPLAINED}
    assert (missing(holders={1: WINDOW, 2: COUNTER}, discrepancies=(settled,)) == []) is gone


def test_the_settled_loss_of_an_envelope_frees_its_originals() -> None:
    lost = consignment(3, Stage.LOST, direction=Direction.RETURN)
    settled = discrepancy(
        1, DiscrepancyKind.LOST, consignment_id=lost.id, settled_at=at(9), resolution=Resolution.REPLACED
    )
    out: dict[int, Holder] = {1: WINDOW, 2: COUNTER}
    lines = (line(lost, 2),)
    assert missing(holders=out, consignments=(lost,), lines=lines, discrepancies=(settled,)) == []
    assert len(missing(holders=out, consignments=(lost,), discrepancies=(settled,))) == 1


def test_an_envelope_that_turned_up_again_frees_nothing() -> None:
    settled = discrepancy(
        1, DiscrepancyKind.LOST, consignment_id=RECEIVED.id, settled_at=at(9), resolution=Resolution.EXPLAINED
    )
    lines = (line(RECEIVED, 2, outcome=Outcome.RECEIVED),)
    out = {1: WINDOW, 2: COUNTER}
    assert missing(holders=out, consignments=(RECEIVED,), lines=lines, discrepancies=(settled,)) != []


def test_a_clock_that_runs_keeps_it_open_unless_closing_stops_it() -> None:
    why = one(deadlines=(deadline("transit", owner_agency_id=RECEIVER),))
    assert "transit" in why.en
    assert (why.kind, why.agency_id) == (BlockerKind.DEADLINE_OPEN, RECEIVER)
    done = (deadline("transit", met_at=at(3)), deadline("transit", waived_at=at(3), waiver_reason="原因"))
    assert missing(deadlines=(*done, deadline("return_to_acknowledged"), deadline("decision_to_return"))) == []


def test_a_printed_slip_of_a_counted_envelope_must_be_signed_for() -> None:
    here: dict[str, Any] = {"consignments": (RECEIVED,), "lines": COUNTED, "papers": (slip(),)}
    why = one(**here)
    assert (why.kind, why.agency_id, why.role) == (BlockerKind.UNSIGNED_SLIP, RECEIVER, Role.RECEIVER)
    assert (why.place.kind, why.place.no) == ("sign", RECEIVED.no)
    assert missing(**here, signatures=(signature(as_counted()),)) == []
    assert missing(**here, signatures=(signature(as_counted(), kind=SignatureKind.SLIP),)) == []
    for role in set(SigningRole) - {SigningRole.ACCEPTANCE}:
        assert missing(**here, signatures=(signature(as_counted(), role),)) == [why]
    assert missing(**here, signatures=(signature(as_counted(), consignment_id=999),)) == [why]


def test_without_a_printed_slip_nobody_has_to_sign() -> None:
    assert missing(consignments=(RECEIVED,), lines=COUNTED) == []


def test_a_slip_of_an_envelope_that_was_voided_or_is_not_counted_asks_for_no_signature_yet() -> None:
    voided = consignment(2, Stage.VOIDED)
    assert missing(consignments=(voided,), papers=(slip(voided),)) == []
    why = one(consignments=(RECEIVED,), lines=(line(RECEIVED, 1), COUNTED[1]), papers=(slip(),))
    assert why.kind is BlockerKind.UNCHECKED_LINE


def test_a_corrected_count_asks_for_a_new_signature() -> None:
    absent = (COUNTED[0], line(RECEIVED, 2, 2, outcome=Outcome.MISSING))
    signed = (signature(as_counted(absent)),)
    here: dict[str, Any] = {"consignments": (RECEIVED,), "papers": (slip(),), "signatures": signed}
    assert missing(**here, lines=absent) == []
    assert "重新签字" in one(**here, lines=COUNTED).zh
    followed = (COUNTED[0], line(RECEIVED, 2, 2, outcome=Outcome.MOVED))
    assert missing(**here, lines=followed) == [], "what comes with a later envelope changes nothing of this one"


@pytest.mark.parametrize("kind", ErrandKind)
def test_news_that_waits_for_a_person_keeps_it_open(kind: ErrandKind) -> None:
    parked = errand(kind)
    found = missing(consignments=(RECEIVED,), errands=(parked,))
    assert bool(found) is (kind in {ErrandKind.TRACK, ErrandKind.CANCEL, ErrandKind.REGISTER})
    assert all((why.kind, why.agency_id) == (BlockerKind.UNREAD_EVENT, SENDER) for why in found)
    assert missing(consignments=(RECEIVED,), errands=(errand(kind, done_at=at(3)),)) == []
    assert missing(consignments=(RECEIVED,), errands=(errand(kind, parked_at=None),)) == []


def test_unread_messages_and_files_that_are_gone_keep_it_open_and_the_administrator_must_act() -> None:
    for what, kind in (
        ({"unread_pushes": 2}, BlockerKind.UNREAD_EVENT),
        ({"unkept": (f"{NO}-1-J01",)}, BlockerKind.PAPER_NOT_KEPT),
    ):
        why = one(**what)
        assert (why.kind, why.agency_id, why.role) == (kind, None, Role.ADMINISTRATOR)


def test_an_answer_that_nobody_has_accepted_keeps_it_open_and_who_ordered_must_act() -> None:
    why = one(undecided={f"DB-{NO}-1": 9})
    assert (why.kind, why.agency_id, why.role) == (BlockerKind.ORDER_UNDECIDED, 9, Role.MANAGER)
    assert (why.place.kind, why.place.no) == ("supervision", f"DB-{NO}-1")


OPEN_MATTERS: dict[str, Any] = {
    "consignments": (consignment(4, Stage.BOOKED),),
    "lines": (line(RECEIVED, 1),),
    "discrepancies": (discrepancy(),),
    "holders": {1: OFFICE, 2: OFFICE},
    "deadlines": (deadline("transit"),),
    "papers": (slip(),),
    "errands": (errand(ErrandKind.TRACK),),
    "unread_pushes": 1,
    "unkept": ("x",),
}


@settings(max_examples=150, deadline=None)
@given(st.sets(st.sampled_from(sorted(OPEN_MATTERS))), st.booleans())
def test_whatever_is_open_it_never_closes_and_with_nothing_open_it_does(names: set[str], decided: bool) -> None:
    what = {name: OPEN_MATTERS[name] for name in names}
    envelopes = (RECEIVED, *what.get("consignments", ()))
    here = matters(decided, **{"lines": COUNTED, **what, "consignments": envelopes})
    found = blockers(here)
    assert bool(found) is bool(names or not decided)
    if not found:
        require_closable(here)
        return
    with pytest.raises(StillOpen) as refused:
        require_closable(here)
    assert refused.value.rule == "open_matters"
    assert refused.value.blockers == found
    assert all(why.zh in refused.value.zh and why.en in refused.value.en for why in found)
    assert all(why.role is Role.ADMINISTRATOR or why.agency_id in (SENDER, RECEIVER) for why in found)
