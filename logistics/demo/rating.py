"""What the demo's applicants say at the end of their case, on their own page."""

from __future__ import annotations

from sqlmodel import Session, select

from logistics.actor import applicant_actor
from logistics.demo.cases import Plot
from logistics.demo.town import Town
from logistics.services import inquiry
from logistics.tables import Dossier
from logistics.terms import RatingReason

REASONS = {
    Plot.DAMAGED: (RatingReason.DAMAGED,),
    Plot.MISSING: (RatingReason.DAMAGED, RatingReason.TROUBLE),
    Plot.FOUND: (RatingReason.UNCLEAR,),
}
"""Why somebody is not content, by what happened; else it took too long."""
WORDS = {1: "打了三次电话才问到原件在哪里。", 2: "说好五天，等了快半个月。", 5: "不用跑长沙了，谢谢窗口的同志。"}


def rate(town: Town, dossier_no: str, plot: Plot, stars: int) -> None:
    """The applicant has rated the hall."""
    with Session(town.system.engine) as session:
        key = session.exec(select(Dossier.id).where(Dossier.no == dossier_no)).one()
    reasons = REASONS.get(plot, (RatingReason.SLOW,)) if stars <= 3 else ()
    inquiry.rate(town.app, applicant_actor(dossier_no, key or 0), stars, reasons, WORDS.get(stars, ""))
