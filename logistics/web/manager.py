"""The manager's desk: where two words disagree, what waits for a person, what is on the way.

What is late or near it stands on the pages of time (`web.deadlines`), which old addresses lead to; how each lane keeps
its time on the one screen (`web.overview`).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from logistics.rules import access
from logistics.services import queues
from logistics.store import oversight
from logistics.store.lanes import LIMIT
from logistics.store.oversight import Parked, Travelling
from logistics.terms import Direction, Role
from logistics.web import figures
from logistics.web.dossier.wording import leg_name
from logistics.web.forms import FormShape, read, redraws, said
from logistics.web.language import locale
from logistics.web.naming import courier_name, lane_ends
from logistics.web.page import page
from logistics.web.visit import for_roles, look, me, now, world

MANAGERS = (Role.MANAGER, Role.ADMINISTRATOR)

pages = Blueprint("manager", __name__)


@pages.get("/disputed")
@for_roles(*MANAGERS)
def disputed() -> Response:
    """Envelopes about which the courier says one thing and our people another."""
    with look() as session:
        return _draw(session, "disputed.html", here="disputed", rows=oversight.disputed(session, now()))


@pages.get("/in-transit")
@for_roles(*MANAGERS)
def in_transit() -> Response:
    """Envelopes on their way, with the courier's last scan."""
    with look() as session:
        return _draw(session, "in_transit.html", here="in_transit", rows=oversight.in_transit(session))


@pages.get("/parked")
@for_roles(*MANAGERS)
def parked() -> Response:
    """Errands that wait for a person, with the reason."""
    with look() as session:
        rows = [(row, may_retry(row)) for row in oversight.parked(session)]
        return _draw(session, "parked.html", here="parked", rows=rows)


@pages.post("/parked/<int:errand_id>/retry")
@for_roles(*MANAGERS)
@redraws(lambda errand_id: parked())  # noqa: ARG005 - the list is the same whichever errand was refused
def retry(errand_id: int) -> Response:
    """The errand is tried again now."""
    queues.retry(world(), me(), read(FormShape)["command_id"], errand_id)
    said(_("已重新办理。结果一两分钟内出现在专档里；再不成功会回到这里。"))
    return _to("manager.parked")


def may_retry(row: Parked) -> bool:
    """Whether this reader may have it tried again: whoever may send the envelope; a manager for a mail."""
    if row.asker_id is None:
        return access.role_for("chase") in me().roles
    return row.asker_id == me().agency_id and _desk(row) in me().roles


def _desk(row: Parked) -> Role:
    return access.role_for("dispatch", row.direction or Direction.OUTBOUND)


def _draw(session: Session, template: str, **values: Any) -> Response:
    """The page with the numbers on top."""
    words: dict[str, Any] = {
        "leg_name": leg_name,
        "agency": _agency,
        "ends": lane_ends,
        "courier": courier_name,
        "desk_of": _desk,
        "way": _way,
    }
    return page(
        f"manager/{template}",
        figures=figures.of_reader(session),
        limit=LIMIT,
        **{**words, **values},
    )


def _to(endpoint: str) -> Response:
    answer: AnyResponse = redirect(url_for(endpoint), 303)
    assert isinstance(answer, Response)
    return answer


def _agency(zh: str, en: str) -> str:
    return en if locale() == "en" else zh


def _way(row: Travelling) -> tuple[str, str]:
    """From where to where the envelope really goes: the way back is the lane turned round."""
    source, target = lane_ends(row.route)
    return (target, source) if row.direction is Direction.RETURN else (source, target)
