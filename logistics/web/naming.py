"""What agencies, lanes and couriers are called in the reader's language."""

from __future__ import annotations

import re
from functools import cache

from flask_babel import gettext as _

from couriers import adapters
from couriers.contract import Courier
from logistics.store.lanes import LaneName
from logistics.tables import Agency
from logistics.web.language import locale
from logistics.web.visit import world

LANE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


def agency_name(agency: Agency) -> str:
    """The agency's short name; its English name for English readers where it has one."""
    return (agency.name_en if locale() == "en" else "") or agency.short_name


def lane_ends(lane: LaneName) -> tuple[str, str]:
    """The names of the lane's two agencies."""
    return (lane.sender_en, lane.receiver_en) if locale() == "en" else (lane.sender, lane.receiver)


def lane_of(text: str) -> tuple[int, int] | None:
    """The two agencies of a lane in an address; None for what is none."""
    found = LANE.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def who_acted(actor: str, name: str) -> str:
    """Who acted, by the name the ledger keeps; a courier by its name in the reader's language."""
    kind, _colon, code = actor.partition(":")
    return courier_name(code) if kind == "courier" and locale() == "en" else name


def courier_name(code: str) -> str:
    """The courier's name, whether it is configured or not; the code itself for one that nobody knows here."""
    if code == "manual":
        return str(_("专人或机要"))
    configured = world().couriers.get(code)
    known = _reader(code) if configured is None else configured
    if known is None:
        return code.upper()
    return known.name_en if locale() == "en" else known.name_zh


@cache
def _reader(code: str) -> Courier | None:
    """A courier that is not configured here; None for one that nobody knows."""
    return adapters.make_reader(code, {}) if code in adapters.names() else None
