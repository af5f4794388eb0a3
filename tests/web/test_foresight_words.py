"""What is foretold stands on the pages of time, with share, sample, interval and first day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session, col, select

from logistics.app import create_app
from logistics.demo.seed import PASSWORD
from logistics.rules.foresight import Step
from logistics.store.embedded import Urls
from logistics.tables import Deadline, Foresight
from scheduler import foresight
from tests.played import NOON, both, played, played_template  # noqa: F401 - fixtures
from tests.web.conftest import Visitor

SINCE = datetime(2026, 7, 1, tzinfo=UTC)
BASIS = ("60 件", "40 件", "30 件", "75%", "60%–86%", "2026-07-01")


def test_a_clock_says_what_is_foretold_of_it_or_that_nothing_is(played: Urls, tmp_path: Path) -> None:  # noqa: F811
    with both(played, tmp_path) as (system, app):
        foresight.once(system)  # the demo's own lanes have too few finished parcels to speak
        with Session(system.engine) as session, session.begin():
            assert not session.exec(select(Foresight).where(col(Foresight.at_risk))).all()
            found = select(Deadline).where(col(Deadline.met_at).is_(None), Deadline.due_at > NOON)
            one = session.exec(found.order_by(col(Deadline.id))).first()
            assert one is not None
            id_ = one.id
            row = session.exec(select(Foresight).where(Foresight.deadline_id == one.id)).first() or Foresight(
                dossier_id=one.dossier_id, deadline_id=one.id or 0, reckoned_at=NOON, due_at=one.due_at, step="begun",
                step_at=NOON, among="", compared=0, total=0, hits=0, at_risk=False,
            )  # fmt: skip
            row.step, row.among, row.since = Step.IN_TRANSIT.value, "lane", SINCE
            row.compared, row.total, row.hits, row.at_risk = 60, 40, 30, True
            session.add(row)
        visitor = Visitor(create_app(app))
        visitor.log_in("xn-manager", PASSWORD)
        listed = visitor.get("/deadlines?whose=all&shelf=risk").text
        assert "可能超时 75%" in listed
        assert "n=40" in listed
        for page in (listed, visitor.get(f"/deadlines/{id_}").text):
            for figure in BASIS:
                assert figure in page
        with Session(system.engine) as session, session.begin():
            row = session.exec(select(Foresight).where(Foresight.deadline_id == id_)).one()
            row.among, row.total, row.hits = "", 0, 0
        shown = visitor.get("/deadlines?whose=all&shelf=risk").text + visitor.get(f"/deadlines/{id_}").text
        assert "很可能超时" in shown
        assert "先前预判很可能超时。样本不足，不作预测" in shown
