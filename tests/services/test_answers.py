"""A difference found at the opening is a question to whoever packed: its clock, its answer, and who may give it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlmodel import Session, col, select

from couriers.contract import Milestone
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import answering
from logistics.services import answers, receipt
from logistics.services.receipt import ExtraFound
from logistics.store import answers as kept
from logistics.store import find
from logistics.store.work import reading
from logistics.tables import Deadline, Discrepancy, DiscrepancyAnswer, Notice
from logistics.terms import Cause, DiscrepancyKind, Outcome, Resolution
from tests import builders
from tests.builders import Envelope, House
from tests.services.meaning import booked, entries, hear, said

LEG = "notice_to_answer"


def opened(hall: House, found: dict[int, Outcome], **more: object) -> Envelope:
    """An envelope of two as the receiver found it."""
    envelope = booked(hall)
    findings = {envelope.originals[place]: outcome for place, outcome in found.items()}
    seal = str(more.pop("seal", hall.consignment(envelope.no).seal_no))
    receipt.receive(hall.web, hall.receiver, hall.command(), envelope.no, seal, findings, **more)  # type: ignore[arg-type]
    return envelope


def clocks(hall: House, envelope: Envelope) -> Sequence[Deadline]:
    with Session(hall.system.engine) as session:
        dossier = find.dossier_by_no(session, envelope.dossier_no)
        of = select(Deadline).where(Deadline.dossier_id == dossier.id, Deadline.leg == LEG)
        return session.exec(of.order_by(col(Deadline.id))).all()


def differences(hall: House, envelope: Envelope) -> Sequence[Discrepancy]:
    with Session(hall.system.engine) as session:
        dossier = find.dossier_by_no(session, envelope.dossier_no)
        of = select(Discrepancy).where(Discrepancy.dossier_id == dossier.id)
        return session.exec(of.order_by(col(Discrepancy.id))).all()


def told(hall: House, agency_id: int | None) -> list[str]:
    with Session(hall.system.engine) as session:
        rows = session.exec(select(Notice).where(Notice.kind == "difference", Notice.agency_id == agency_id))
        return [row.zh for row in rows]


def answer(hall: House, envelope: Envelope, words: str = "封装时漏放，今日补寄") -> None:
    row = differences(hall, envelope)[0]
    command = hall.command()
    answers.answer_discrepancy(hall.web, hall.window, command, envelope.dossier_no, row.id or 0, words, Cause.OURS)


def test_each_difference_of_an_opening_starts_a_clock_of_the_sender_and_tells_its_desk(hall: House) -> None:
    envelope = opened(
        hall,
        {0: Outcome.DAMAGED, 1: Outcome.MISSING},
        seal="FQ-WRONG",
        extras=[ExtraFound("户口簿", "夹在中间")],
    )
    found = {f"{LEG}/{row.key}" for row in differences(hall, envelope)}
    rows = clocks(hall, envelope)
    assert {row.key for row in rows} == found
    assert len(found) == 4
    assert {row.owner_agency_id for row in rows} == {hall.window.agency_id}
    assert {row.policy["length"] for row in rows} == {3}
    assert len(entries(hall, envelope, "discrepancy:notified")) == 4
    (words,) = set(told(hall, hall.window.agency_id))  # one word of all four, to each at the desk
    assert "4 项差异" in words


def test_an_answer_stops_the_clock_and_settles_nothing(hall: House) -> None:
    envelope = opened(hall, {0: Outcome.RECEIVED, 1: Outcome.MISSING})
    hall.clock.advance(hours=3)
    answer(hall, envelope)
    assert clocks(hall, envelope)[0].met_at == hall.clock()
    assert differences(hall, envelope)[0].settled_at is None
    (entry,) = entries(hall, envelope, "discrepancy:answered")
    assert (entry.why, entry.facts["cause"]) == ("封装时漏放，今日补寄", "ours")
    assert "封装时漏放" in told(hall, hall.receiver.agency_id)[0]


def test_a_later_answer_stands_beside_the_earlier_one(hall: House) -> None:
    envelope = opened(hall, {0: Outcome.RECEIVED, 1: Outcome.MISSING})
    answer(hall, envelope)
    answer(hall, envelope, "更正：由申请人本人带走")
    with reading(hall.web.engine, hall.receiver) as session:
        (rows,) = kept.by_difference(session, find.dossier_by_no(session, envelope.dossier_no).id).values()
    assert [(row.seq, row.words) for row in rows] == [(1, "封装时漏放，今日补寄"), (2, "更正：由申请人本人带走")]


def test_settling_stops_the_clock_too_and_leaves_nothing_to_answer(hall: House) -> None:
    envelope = opened(hall, {0: Outcome.RECEIVED, 1: Outcome.DAMAGED})
    row = differences(hall, envelope)[0]
    settled = (envelope.dossier_no, row.id or 0, Resolution.ACCEPTED, "字迹完整，不影响使用")
    receipt.settle(hall.web, hall.receiver, hall.command(), *settled)
    assert clocks(hall, envelope)[0].met_at == hall.clock()
    with pytest.raises(Rejected) as late:
        answer(hall, envelope)
    assert late.value.rule == "settled"


def test_whoever_packed_answers_and_nobody_else(hall: House) -> None:
    envelope = opened(hall, {0: Outcome.RECEIVED, 1: Outcome.MISSING})
    row = differences(hall, envelope)[0]
    for who in (hall.receiver, hall.manager):
        with pytest.raises(NotAllowed):
            answers.answer_discrepancy(
                hall.web, who, hall.command(), envelope.dossier_no, row.id or 0, "说明", Cause.OTHER
            )
    for words, cause in ((" ", Cause.OURS), ("说明", None)):
        with pytest.raises(Rejected):
            answers.answer_discrepancy(
                hall.web, hall.window, hall.command(), envelope.dossier_no, row.id or 0, words, cause
            )
    with Session(hall.system.engine) as session:
        assert session.exec(select(DiscrepancyAnswer)).all() == []


def test_a_courier_s_difference_asks_nothing_of_whoever_packed(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.LOST, 3))
    (row,) = differences(hall, envelope)
    assert row.kind is DiscrepancyKind.LOST
    assert clocks(hall, envelope) == []
    with pytest.raises(Rejected) as no:
        answer(hall, envelope)
    assert no.value.rule == "couriers_difference"


def test_who_takes_an_envelope_back_owes_themselves_no_answer(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, 1), said(hall, Milestone.RETURNED, 9))
    findings = {envelope.originals[0]: Outcome.RECEIVED, envelope.originals[1]: Outcome.MISSING}
    seal = hall.consignment(envelope.no).seal_no
    receipt.receive(hall.web, hall.window, hall.command(), envelope.no, seal, findings)
    assert DiscrepancyKind.MISSING in {row.kind for row in differences(hall, envelope)}
    assert clocks(hall, envelope) == []


def test_a_difference_of_another_dossier_is_not_there(hall: House) -> None:
    row = differences(hall, opened(hall, {0: Outcome.DAMAGED}))[0]
    other = builders.opened(hall)
    with pytest.raises(NotYours):
        answers.answer_discrepancy(hall.web, hall.window, hall.command(), other, row.id or 0, "说明", Cause.OURS)


@pytest.mark.parametrize("kind", DiscrepancyKind)
def test_only_what_the_opening_shows_is_asked(kind: DiscrepancyKind) -> None:
    assert answering.is_owed(kind, 1, 2) is (kind in answering.AT_THE_OPENING)
    assert not answering.is_owed(kind, 1, 1)
    assert not answering.is_owed(kind, 1, None)
