"""A scan whose moment cannot be read: kept with all its words, moving nothing, for a person to look at."""

from __future__ import annotations

import json
from datetime import datetime

from couriers.adapters.texts import said
from couriers.contract import Milestone, TrackingEvent

LONGEST_TEXT = 500


def untimed(
    item: object,
    beside: datetime,
    courier: str,
    waybill_no: str,
    *,
    reference: str = "",
    org_code: str = "",
    what: str = "时间无法读出的轨迹",
) -> TrackingEvent:
    """The unrecognised event that holds `item` as text; it stands at the moment of the scan `beside` it."""
    return TrackingEvent(
        waybill_no=waybill_no,
        milestone=Milestone.UNRECOGNISED,
        reason=None,
        code="",
        detail_code="",
        text=f"{what}：{_written(item)}"[:LONGEST_TEXT],
        happened_at=beside,
        place="",
        voids=None,
        courier=courier,
        reference=reference,
        org_code=org_code,
    )


def _written(item: object) -> str:
    try:
        return said(json.dumps(item, ensure_ascii=False, separators=(",", ":")))
    except RecursionError:
        return "（嵌套过深）"
    except ValueError:  # Python refuses to write out integers of thousands of digits
        return "（内容无法写出）"
