"""The dossier (邮递专档): whether it may be opened, its numbers, and where it stands (from `standing`, `closing`)."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from logistics.errors import Rejected
from logistics.rules.closing import complete, still_out
from logistics.rules.standing import State, state
from logistics.tables import Agreement

__all__ = [
    "State",
    "complete",
    "consignment_no",
    "dossier_no",
    "is_prefix",
    "may_open",
    "original_code",
    "state",
    "still_out",
]

_PREFIX = re.compile(r"[0-9A-Z]{6,12}")


def may_open(
    agreement: Agreement, agreement_item_ids: Collection[int], item_id: int, sender_agency_id: int, today: date
) -> None:
    """Returns when the agency may open a dossier for the item under the agreement on that day (both ends included).

    Raises `Rejected`: "agreement_party", "agreement_draft", "agreement_validity", "agreement_item".
    """
    if agreement.sender_agency_id != sender_agency_id:
        raise Rejected(
            f"本单位不是通办协议「{agreement.no}」的受理方，不能据此开专档。请改选本单位作为受理方的协议。",
            f"This agency does not accept under agreement {agreement.no}. Choose one where it does.",
            rule="agreement_party",
        )
    if agreement.draft:
        raise Rejected(
            f"通办协议「{agreement.no}」还是草稿，没有生效。请系统管理人员确认生效后再开专档。",
            f"Agreement {agreement.no} is a draft. Have the administrator put it in force first.",
            rule="agreement_draft",
        )
    if today < agreement.valid_from or (agreement.valid_until is not None and today > agreement.valid_until):
        until = agreement.valid_until.isoformat() if agreement.valid_until else "长期"
        raise Rejected(
            f"通办协议「{agreement.no}」有效期为 {agreement.valid_from.isoformat()} 至 {until}，今日不在其内。"
            "请改选有效的协议或续签。",
            f"Agreement {agreement.no} is not in force today. Choose one that is, or renew it.",
            rule="agreement_validity",
        )
    if item_id not in agreement_item_ids:
        raise Rejected(
            f"通办协议「{agreement.no}」的事项清单没有这个事项。请核对事项，或与对方单位补充清单。",
            f"Agreement {agreement.no} does not cover this item. Check the item, or have it added.",
            rule="agreement_item",
        )


def is_prefix(code: str) -> bool:
    """Whether the numbers of an agency's dossiers may begin with its code so."""
    return _PREFIX.fullmatch(code) is not None


def dossier_no(prefix: str, year: int, number: int) -> str:
    """`421200-2026-000123`: the agency's own prefix, the year, and its count without gaps from 1."""
    if not _PREFIX.fullmatch(prefix) or not 1000 <= year <= 9999 or number < 1:
        raise ValueError(f"not a dossier number: {prefix!r} {year} {number}")
    return f"{prefix}-{year}-{number:06d}"


def consignment_no(dossier_no: str, seq: int) -> str:
    """`421200-2026-000123-1`: the reference the courier knows the envelope by."""
    return f"{dossier_no}-{_from_one(seq)}"


def original_code(dossier_no: str, seq: int) -> str:
    """`421200-2026-000123-Y01`: what the original's sticker says."""
    return f"{dossier_no}-Y{_from_one(seq):02d}"


def _from_one(seq: int) -> int:
    if seq < 1:
        raise ValueError(f"counts from 1, not {seq}")
    return seq
