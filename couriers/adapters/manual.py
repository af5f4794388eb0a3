"""专人 and 机要: nobody to call. The number comes from a book of forms, and people type what happened, with proof.

The courier offers nothing, so it is never asked and never believed; what a person typed becomes a tracking event here,
in the same words as everybody else's.
"""

# ruff: noqa: ARG001, ARG002 - the protocol's arguments, of which none is needed to say no
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from couriers.contract import (
    Answer,
    Booking,
    BookingRequest,
    Call,
    Garbled,
    Milestone,
    Operation,
    Push,
    Reason,
    Refused,
    Reply,
    Service,
    TrackingEvent,
)

CODE = "manual"
SETTINGS: tuple[str, ...] = ()  # nothing to set: it is always there
READING: Mapping[str, str] = {}

CORRECTION = "correction"
"""The code by which a person takes an earlier entry back, for the one that was typed by mistake."""

TYPED: tuple[tuple[str, str, Milestone, Reason | None], ...] = (
    ("departed", "取件出发", Milestone.PICKED_UP, None),
    ("on_the_way", "途中", Milestone.IN_TRANSIT, None),
    ("arrived", "到达收件地", Milestone.ARRIVED, None),
    ("delivering", "正在送达", Milestone.OUT_FOR_DELIVERY, None),
    ("signed", "送达签收", Milestone.DELIVERED, Reason.SIGNED_BY_ADDRESSEE),
    ("signed_by_other", "送达他人代收", Milestone.DELIVERED, Reason.SIGNED_BY_OTHER),
    ("mailroom", "送达收发室", Milestone.DELIVERED, Reason.MAILROOM),
    ("refused", "收件方拒收", Milestone.ATTEMPTED, Reason.REFUSED),
    ("nobody_there", "无人接收", Milestone.ATTEMPTED, Reason.UNREACHABLE),
    ("brought_back", "未送达带回", Milestone.RETURNING, None),
    ("returned", "未送达退回", Milestone.RETURNED, None),
    ("held", "途中被留置", Milestone.HELD, Reason.HELD),
    ("damaged", "封装破损", Milestone.DAMAGED, Reason.DAMAGED),
    ("lost", "遗失", Milestone.LOST, None),
    (CORRECTION, "更正误录", Milestone.INFO, None),
)
"""What a person may type: code, name, milestone, and the reason that lies in the choice."""

_BY_CODE = {code: (name, milestone, reason) for code, name, milestone, reason in TYPED}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_NOTE, _LONGEST_PLACE = 300, 200


def make(env: Mapping[str, str]) -> Manual:
    """The courier, ready, whatever the settings."""
    return Manual()


def event_of(
    waybill_no: str,
    code: str,
    happened_at: datetime,
    place: str = "",
    note: str = "",
    proof_sha256: str = "",
    *,
    takes_back: str = "",
    reference: str = "",
) -> TrackingEvent:
    """The event of what a person typed about the form `waybill_no`; `code` and `takes_back` are codes of `TYPED`.

    `proof_sha256` is the digest of the photo or countersigned form, named in the event's text. `takes_back` goes with
    CORRECTION, and only with it. Raises ValueError with a Chinese sentence for what may not be typed.
    """
    if code not in _BY_CODE:
        raise ValueError(f"没有「{code}」这种节点；可选：{'、'.join(name for _, name, _, _ in TYPED)}。")
    if not waybill_no.strip() or happened_at.tzinfo is None:
        raise ValueError("登记节点要有单据号，时间要带时区；请补齐后再登记。")
    if (code == CORRECTION) != bool(takes_back) or (takes_back and takes_back not in _BY_CODE) or takes_back == code:
        raise ValueError("更正误录要指明被更正的节点，其他节点不能更正别的登记；请改正后再登记。")
    if proof_sha256 and not _SHA256.fullmatch(proof_sha256):
        raise ValueError("凭证的 SHA-256 应是 64 位小写十六进制数字；请重新上传凭证。")
    name, milestone, reason = _BY_CODE[code]
    proof = f"（凭证 SHA-256：{proof_sha256}）" if proof_sha256 else ""
    corrected = f"「{_BY_CODE[takes_back][0]}」" if takes_back else ""
    told = f"：{note.strip()[:_LONGEST_NOTE]}" if note.strip() else ""
    return TrackingEvent(
        waybill_no=waybill_no.strip(),
        milestone=milestone,
        reason=reason,
        code=code,
        detail_code=takes_back,
        text=f"{name}{corrected}{told}{proof}",
        happened_at=happened_at,
        place=place.strip()[:_LONGEST_PLACE],
        voids=takes_back or None,
        courier=CODE,
        reference=reference,
    )


@dataclass(frozen=True)
class Manual:
    """The courier without an interface; see `couriers.contract.Courier`. Everything it is asked, it refuses."""

    code: str = CODE
    name_zh: str = "专人递送"
    name_en: str = "By hand"
    postal_enterprise: bool = False
    takes_pool_numbers: bool = False
    offers: frozenset[Operation] = frozenset()

    @property
    def services(self) -> Mapping[Operation, Service]:
        return {}

    def ask_booking(self, request: BookingRequest, at: datetime) -> Call:
        _no_interface()

    def read_booking(self, reply: Reply) -> Booking:
        _no_interface()

    def ask_cancel(self, waybill_no: str, reference: str, reason: str, at: datetime) -> Call:
        _no_interface()

    def read_cancel(self, reply: Reply) -> None:
        _no_interface()

    def ask_tracking(self, waybill_no: str, at: datetime) -> Call:
        _no_interface()

    def read_tracking(self, reply: Reply) -> tuple[TrackingEvent, ...]:
        _no_interface()

    def trusts(self, push: Push) -> bool:
        return False

    def read_push(self, push: Push) -> tuple[TrackingEvent, ...]:
        raise Garbled("专人递送没有推送。", push.body)

    def answer(self, push: Push, accepted: bool) -> Answer:
        return Answer(404, "text/plain; charset=utf-8", b"")


def _no_interface() -> NoReturn:
    raise Refused("MANUAL", "专人递送没有接口，请由经办人登记节点。")
