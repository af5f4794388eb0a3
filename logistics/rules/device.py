"""What a device says that worked without network: when, for which list, with what result. Its clock is a claim.

The act itself happens when the server accepts it (decision 25). What the device states beside is kept in the ledger
under names that say whose clock it was, with how far that clock was ahead of ours when the act was sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785

from logistics.decision import Fact, Json
from logistics.errors import Rejected
from logistics.rules import signing
from logistics.rules.chain import stamp
from logistics.rules.receipt import AS_SENT, Outside
from logistics.tables import Consignment
from logistics.terms import Outcome

COUNT_FORMAT = "youdang-device-count-1"
LISTS_KEPT = timedelta(hours=16)
"""How long a device may keep the lists it loaded: one working day with its evening, never the next one."""


@dataclass(frozen=True)
class Stated:
    """Instants by the device's own clock: when the act was made there, and when it was sent."""

    made_at: datetime
    sent_at: datetime

    def ahead(self, now: datetime) -> int:
        """By how many seconds the device's clock is ahead of ours (negative: behind), as it showed when sending."""
        return round((self.sent_at - now).total_seconds())

    def made_by_our_clock(self, now: datetime) -> datetime:
        """When the act was made if the device's clock ran evenly since: a reckoning for readers, no proof."""
        return self.made_at - (self.sent_at - now)


@dataclass(frozen=True)
class Seen:
    """The list as the device held it while the envelope was counted."""

    seal_no: str
    manifest_sha256: str


def stated(
    consignment_no: str,
    act: str,
    said: Stated,
    now: datetime,
    count_sha256: str = "",
    photos: Sequence[str] = (),
) -> Fact:
    """The ledger's fact of an act that was made on a device without network and accepted `now`; `photos` by digest."""
    data: dict[str, Json] = {
        "consignment": consignment_no,
        "act": act,
        "device_made_at": stamp(said.made_at.astimezone(UTC)),
        "device_sent_at": stamp(said.sent_at.astimezone(UTC)),
        "device_ahead_seconds": said.ahead(now),
        "accepted_at": stamp(now),
    }
    if count_sha256:
        data["device_count_sha256"] = count_sha256
    if photos:
        data["device_photos_sha256"] = list(photos)
    return Fact("consignment:made_on_device", "", data)


def require_same_list(consignment: Consignment, seen: Seen) -> None:
    """Returns when the envelope is sealed as the device knew it. Raises `Rejected` ("other_list")."""
    if (consignment.seal_no, consignment.manifest_sha256) == (seen.seal_no, seen.manifest_sha256):
        return
    raise Rejected(
        f"寄递件 {consignment.no} 的封签或清单在本机装入之后换过：本机的封签是 {seen.seal_no or '（无）'}，"
        f"现在是 {consignment.seal_no or '（已拆封）'}。请装入新清单，对着它再核。",
        f"The seal or list of {consignment.no} changed after this device loaded it: {seen.seal_no or 'none'} there, "
        f"{consignment.seal_no or 'opened'} now. Load the new list and count against it.",
        "other_list",
    )


def count_sha256(
    consignment_no: str,
    seen: Seen,
    seal_found: str,
    outcomes: Mapping[str, Outcome],
    extras: Iterable[tuple[str, str]],
    outside: Outside = AS_SENT,
) -> str:
    """SHA-256, lower-case hex, of what stood on the device when it was signed there: RFC 8785 canonical JSON.

    `outcomes` by original's code; `extras` as (code, title) in the order in which they were written down. What was
    wrong `outside` is in it; what was not is left out.
    """
    document: dict[str, Any] = {
        "format": COUNT_FORMAT,
        "consignment": consignment_no,
        "seal": seen.seal_no,
        "manifest_sha256": seen.manifest_sha256,
        "seal_found": seal_found,
        "lines": [{"original": code, "outcome": outcomes[code].value} for code in sorted(outcomes)],
        "extras": [{"code": code, "title": title} for code, title in extras],
    }
    document |= signing.outer(outside.seal_broken, outside.damaged)
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def require_signed_count(shown: str, counted: str, no: str) -> None:
    """Returns when what was signed on the device is what it sends. Raises `Rejected` ("other_list")."""
    if shown == counted:
        return
    raise Rejected(
        f"寄递件 {no} 的签字不是为这次核验签的，没有保存。请在本机重新核过再签。",
        f"The signature for {no} is not of this count; nothing was kept. Count and sign again on the device.",
        "other_list",
    )
