"""Who keeps what holds for everybody."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, create_engine, select

from logistics.actor import Actor
from logistics.store.embedded import Urls
from logistics.store.uppermost import is_uppermost, uppermost
from logistics.tables import Agency, Officer, PolicyVersion
from tests.web.town import NOON


def test_of_several_trees_the_first_alone_keeps_what_holds_for_all(seeded: Urls) -> None:
    engine = create_engine(seeded.owner)
    with Session(engine) as session:
        tops = session.exec(select(Agency).where(col(Agency.parent_id).is_(None)).order_by(col(Agency.id))).all()
        assert len(tops) > 1, "a partner of another province has nobody above it, either"
        actors = [Actor(f"officer:{top.id}", "某某", agency_id=top.id) for top in tops]
        assert uppermost(session) == tops[0]
        assert [is_uppermost(session, one) for one in actors] == [one is actors[0] for one in actors]
    engine.dispose()


def test_the_database_takes_a_rule_for_everybody_from_that_agency_alone(seeded: Urls) -> None:
    engine = create_engine(seeded.app)
    with Session(engine) as session:
        tops = session.exec(select(Agency).where(col(Agency.parent_id).is_(None)).order_by(col(Agency.id))).all()
        officer = session.exec(select(Officer.id)).first()
        says = {"unit": "wd", "whose": "owner", "length": 1, "rungs": [], "looser": [], "starts": [], "stops": []}
        for top in tops:
            words = text("SELECT set_config('youdang.agencies', :a, true)")
            session.connection().execute(words, {"a": f"{{{top.id}}}"})
            made = {"valid_from": NOON, "made_at": NOON, "made_by": officer, "reason": "通用规则"}
            held = session.begin_nested()
            session.add(PolicyVersion(leg="booked_to_collected", version=1, **says, **made))
            if top is tops[0]:
                session.flush()
            else:
                with pytest.raises(DBAPIError, match="row-level security"):
                    session.flush()
            held.rollback()
    engine.dispose()
