"""Rows of one dossier for the rules' tests: Xianning hall (1) sends, Furong (2) receives. Persons are made up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from couriers.contract import Milestone, TrackingEvent
from logistics.decision import Handover, Holder
from logistics.tables import (
    Agency,
    Agreement,
    Consignment,
    Custody,
    Deadline,
    Discrepancy,
    Dossier,
    Original,
    Packed,
    Tracking,
)
from logistics.terms import (
    Direction,
    DiscrepancyKind,
    Form,
    HolderKind,
    LaneScope,
    Mode,
    Outcome,
    Secrecy,
    Stage,
)

SENDER, RECEIVER, STRANGER = 1, 2, 9
NO = "421200-2026-000123"
T0 = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)
APPLICANT = Holder(HolderKind.APPLICANT, "申请人")
WINDOW = Holder(HolderKind.OFFICER, "韩松", SENDER, 11)
COUNTER = Holder(HolderKind.OFFICER, "柳岸", RECEIVER, 21)
OFFICE = Holder(HolderKind.DEPARTMENT, "审批科", RECEIVER)


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def dossier(**changes: Any) -> Dossier:
    facts: dict[str, Any] = {
        "id": 1,
        "no": NO,
        "year": 2026,
        "number": 123,
        "sender_agency_id": SENDER,
        "receiver_agency_id": RECEIVER,
        "agreement_id": 1,
        "item_id": 1,
        "case_no": "BJ-1",
        "mode": Mode.ACCEPT_ELSEWHERE,
        "scope": LaneScope.CROSS,
        "applicant_name_sealed": "",
        "applicant_name_digest": "",
        "applicant_id_sealed": "",
        "applicant_id_digest": "",
        "applicant_phone_sealed": "",
        "consent_sha256": "0" * 64,
        "consent_signed_on": date(2026, 9, 28),
        "opened_at": T0,
        "opened_by": 11,
    }
    return Dossier(**{**facts, **changes})


def original(number: int = 1, **changes: Any) -> Original:
    facts: dict[str, Any] = {
        "id": number,
        "dossier_id": 1,
        "seq": number,
        "code": f"{NO}-Y{number:02d}",
        "kind": "证书",
        "title": "毕业证书",
        "number_sealed": "",
        "issuer": "某校",
        "holder_name_sealed": "",
        "pages": 1,
        "copies": 1,
        "form": Form.ORIGINAL,
        "irreplaceable": True,
        "must_return": True,
        "secrecy": Secrecy.NONE,
        "official_document": False,
        "listed_at": T0,
    }
    return Original(**{**facts, **changes})


def consignment(number: int = 1, stage: Stage = Stage.BOOKED, **changes: Any) -> Consignment:
    sealed = stage is not Stage.PACKING
    facts: dict[str, Any] = {
        "id": 100 + number,
        "dossier_id": 1,
        "seq": number,
        "no": f"{NO}-{number}",
        "direction": Direction.OUTBOUND,
        "from_agency_id": SENDER,
        "to_agency_id": RECEIVER,
        "stage": stage,
        "seal_no": f"SEAL-{number:04d}" if sealed else "",
        "manifest_sha256": "ab" * 32 if sealed else "",
        "created_at": T0,
        "created_by": 11,
    }
    if stage not in (Stage.PACKING, Stage.SEALED, Stage.BOOKING):
        facts |= {"courier": "ems", "waybill_no": f"11780000{number:05d}"}
    return Consignment(**{**facts, **changes})


def line(envelope: Consignment, original_id: int, seq: int = 1, **changes: Any) -> Packed:
    facts: dict[str, Any] = {
        "id": (envelope.id or 0) * 10 + seq,
        "dossier_id": 1,
        "consignment_id": envelope.id,
        "original_id": original_id,
        "seq": seq,
        "open": True,
        "outcome": Outcome.UNCHECKED,
    }
    return Packed(**{**facts, **changes})


def custody_of(handover: Handover, when: datetime = T0) -> Custody:
    """The row the unit of work stores for a handover."""
    source, target = handover.released_by, handover.accepted_by
    return Custody(
        dossier_id=1,
        original_id=handover.original_id,
        seq=handover.seq,
        consignment_id=handover.consignment_id,
        from_kind=source.kind,
        from_name=source.name,
        from_agency_id=source.agency_id,
        from_officer_id=source.officer_id,
        to_kind=target.kind,
        to_name=target.name,
        to_agency_id=target.agency_id,
        to_officer_id=target.officer_id,
        basis=handover.basis,
        manifest_sha256=handover.manifest_sha256,
        at=when,
    )


def taken_in(original_id: int, by: Holder = WINDOW) -> Custody:
    """The first link: the applicant gave the original to the window."""
    return custody_of(Handover(original_id, 1, APPLICANT, by, "acceptance"))


def discrepancy(number: int = 1, kind: DiscrepancyKind = DiscrepancyKind.MISSING, **changes: Any) -> Discrepancy:
    facts: dict[str, Any] = {
        "id": number,
        "dossier_id": 1,
        "kind": kind,
        "key": f"{kind.value}:{number}",
        "note": "说明",
        "opened_at": T0,
    }
    return Discrepancy(**{**facts, **changes})


def deadline(leg: str = "transit", **changes: Any) -> Deadline:
    facts: dict[str, Any] = {
        "id": 1,
        "dossier_id": 1,
        "key": leg,
        "leg": leg,
        "owner_agency_id": SENDER,
        "started_at": T0,
        "due_at": at(24),
        "provisional": False,
        "policy": {},
        "calendar_version": "2026",
        "explanation": [],
    }
    return Deadline(**{**facts, **changes})


def agreement(**changes: Any) -> Agreement:
    facts: dict[str, Any] = {
        "id": 1,
        "no": "XN-CS-2026-1",
        "name": "跨省通办协议",
        "sender_agency_id": SENDER,
        "receiver_agency_id": RECEIVER,
        "powers": [],
        "payer": {},
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
    }
    return Agreement(**{**facts, **changes})


def agencies() -> dict[int, Agency]:
    return {
        number: Agency(
            code=f"A{number:05d}",
            id=number,
            name=name,
            short_name=short,
            name_en=english,
            region_code=region,
            level="city",
            path=str(number),
            uscc=str(number),
            address="某路1号",
            postcode="437000",
            phone="0715-8000000",
        )
        for number, name, short, english, region in (
            (SENDER, "咸宁市政务服务中心", "咸宁市", "Xianning", "421200"),
            (RECEIVER, "长沙市芙蓉区政务服务中心", "芙蓉区", "Furong", "430102"),
        )
    }


def event(
    milestone: Milestone, hours: float, code: str = "", voids: str | None = None, text: str = ""
) -> TrackingEvent:
    """What an EMS adapter reads; codes default to the milestone's own word, so that each has one meaning."""
    return TrackingEvent(
        waybill_no="1178000000001",
        milestone=milestone,
        reason=None,
        code=code or milestone.value,
        detail_code="",
        text=text,
        happened_at=at(hours),
        place="咸宁",
        voids=voids,
        courier="ems",
    )


def stored(one: TrackingEvent, envelope: Consignment) -> Tracking:
    return Tracking(
        dossier_id=1,
        consignment_id=envelope.id or 0,
        natural_key=one.natural_key,
        courier=one.courier,
        waybill_no=one.waybill_no,
        milestone=one.milestone,
        code=one.code,
        text=one.text,
        voids=one.voids,
        happened_at=one.happened_at,
        received_at=one.happened_at,
        source="push",
        raw_sha256="0" * 64,
    )
