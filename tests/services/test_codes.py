"""Unknown codes: one decision of a manager, and everything told in the code is read again, over all agencies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from couriers.contract import Milestone, Reason
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.services import codes
from logistics.store.codes import unknown
from logistics.store.work import reading
from logistics.terms import DiscrepancyKind, Resolution, Stage
from scheduler import rereading
from tests import builders
from tests.builders import House
from tests.services.meaning import booked, differences, entries, hear, said, violations

UNKNOWN = Milestone.UNRECOGNISED


def decide(hall: House, milestone: Milestone, reason: Reason | None = None, code: str = "Z99", detail: str = "") -> int:
    done = codes.map_code(
        hall.web, hall.manager, hall.command(), "ems", code, detail, milestone, reason, "快递方来函说明"
    )
    return int(done["version"])


def test_a_decided_code_moves_what_was_told_in_it_before_and_explains_the_difference(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, -2, "203"), said(hall, UNKNOWN, -1, "Z99"))
    assert hall.consignment(envelope.no).stage is Stage.ON_THE_WAY
    [opened] = differences(hall, envelope, DiscrepancyKind.UNRECOGNISED_CODE)
    assert opened.settled_at is None
    assert decide(hall, Milestone.DELIVERED, Reason.SIGNED_BY_ADDRESSEE) == 1
    assert violations(hall, envelope) == []  # decided but not yet read again is no fault
    assert rereading.once(hall.system) == 1
    row = hall.consignment(envelope.no)
    assert row.stage is Stage.DELIVERED
    assert row.delivered_at is not None
    [settled] = differences(hall, envelope, DiscrepancyKind.UNRECOGNISED_CODE)
    assert settled.resolution is Resolution.EXPLAINED
    [entry] = entries(hall, envelope, "tracking:reread")
    assert (entry.why, entry.facts["milestone"], entry.facts["version"]) == ("快递方来函说明", "delivered", 1)
    assert entry.facts["decided_by"]
    assert violations(hall, envelope) == []
    assert rereading.once(hall.system) == 0  # once is enough


def test_a_decided_code_holds_for_what_arrives_later(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, UNKNOWN, -3, "Z99"))
    decide(hall, Milestone.PICKED_UP)
    rereading.once(hall.system)
    later = booked(hall, "1100000000012")
    hear(hall, said(hall, UNKNOWN, -1, "Z99", waybill_no="1100000000012"))
    assert hall.consignment(later.no).stage is Stage.ON_THE_WAY
    assert differences(hall, later, DiscrepancyKind.UNRECOGNISED_CODE) == []
    assert rereading.once(hall.system) == 0
    assert violations(hall, later) == violations(hall, envelope) == []


def test_taking_a_decision_back_takes_the_delivery_back_for_everybody_to_see(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.PICKED_UP, -2, "203"), said(hall, UNKNOWN, -1, "Z99"))
    decide(hall, Milestone.DELIVERED)
    rereading.once(hall.system)
    assert decide(hall, UNKNOWN) == 2
    rereading.once(hall.system)
    assert hall.consignment(envelope.no).stage is Stage.ON_THE_WAY
    [entry] = entries(hall, envelope, "consignment:delivery_taken_back")
    assert entry.why == codes.NO_LONGER_DELIVERED
    assert [one.facts["to"] for one in entries(hall, envelope, "consignment:moved")][-2:] == ["delivered", "on_the_way"]
    first, again = differences(hall, envelope, DiscrepancyKind.UNRECOGNISED_CODE)
    assert first.settled_at is not None
    assert again.settled_at is None  # an open question once more
    assert violations(hall, envelope) == []


def test_what_our_own_officer_received_does_not_move(hall: House) -> None:
    envelope = booked(hall)
    hear(hall, said(hall, Milestone.DELIVERED, -2, "704"), said(hall, UNKNOWN, -1, "Z99"))
    builders.received(hall, envelope)
    decide(hall, Milestone.RETURNED)
    rereading.once(hall.system)
    assert hall.consignment(envelope.no).stage is Stage.RECEIVED
    assert len(entries(hall, envelope, "tracking:reread")) == 1
    assert violations(hall, envelope) == []


def test_a_detail_code_of_its_own_goes_before_the_code(hall: House) -> None:
    envelope = booked(hall)
    hear(
        hall,
        said(hall, UNKNOWN, -3, "Z99", detail="1", place="甲"),
        said(hall, UNKNOWN, -2, "Z99", detail="2", place="乙"),
    )
    decide(hall, Milestone.INFO)
    decide(hall, Milestone.DELIVERED, detail="2")
    rereading.once(hall.system)
    assert hall.consignment(envelope.no).stage is Stage.DELIVERED


def test_one_command_decides_once_and_the_history_keeps_every_version(hall: House) -> None:
    booked(hall)
    hear(hall, said(hall, UNKNOWN, -1, "Z99", text="致电13900000000"))
    command = hall.command()
    for _ in range(2):
        codes.map_code(hall.web, hall.manager, command, "ems", "Z99", "", Milestone.HELD, Reason.CUSTOMS, "海关来函")
    decide(hall, Milestone.HELD, Reason.OTHER)
    with reading(hall.web.engine, hall.manager) as session:
        [one] = unknown(session)
    assert [(past.row.version, past.row.reason) for past in one.history] == [(2, Reason.OTHER), (1, Reason.CUSTOMS)]
    assert one.times == one.dossier_count == 1
    assert one.holds is one.history[0].row


@pytest.mark.parametrize(
    ("milestone", "reason", "why", "rule"),
    [
        (Milestone.HELD, None, "  ", "why"),
        (Milestone.DELIVERED, Reason.CUSTOMS, "来函", "reason"),
        (UNKNOWN, None, "来函", "same_meaning"),
    ],
)
def test_a_decision_without_ground_or_sense_is_refused(
    hall: House, milestone: Milestone, reason: Reason | None, why: str, rule: str
) -> None:
    booked(hall)
    hear(hall, said(hall, UNKNOWN, -1, "Z99"))
    with pytest.raises(Rejected) as refused:
        codes.map_code(hall.web, hall.manager, hall.command(), "ems", "Z99", "", milestone, reason, why)
    assert refused.value.rule == rule


def test_only_a_manager_decides_and_only_about_codes_of_their_own_dossiers(hall: House) -> None:
    booked(hall)
    hear(hall, said(hall, UNKNOWN, -1, "Z99"))
    with pytest.raises(NotAllowed):
        codes.map_code(hall.web, hall.window, hall.command(), "ems", "Z99", "", Milestone.HELD, None, "来函")
    with pytest.raises(NotYours):
        decide(hall, Milestone.HELD, code="Z98")
    stranger = replace(hall.manager, agencies=())
    with pytest.raises(NotYours):
        codes.map_code(hall.web, stranger, hall.command(), "ems", "Z99", "", Milestone.HELD, None, "来函")
    with reading(hall.web.engine, stranger) as session:
        assert unknown(session) == []
