"""Who keeps what holds for everybody."""

from __future__ import annotations

from sqlmodel import Session, col, create_engine, select

from logistics.actor import Actor
from logistics.store.embedded import Urls
from logistics.store.uppermost import is_uppermost, uppermost
from logistics.tables import Agency


def test_of_several_trees_the_first_alone_keeps_what_holds_for_all(seeded: Urls) -> None:
    engine = create_engine(seeded.owner)
    with Session(engine) as session:
        tops = session.exec(select(Agency).where(col(Agency.parent_id).is_(None)).order_by(col(Agency.id))).all()
        assert len(tops) > 1, "a partner of another province has nobody above it, either"
        actors = [Actor(f"officer:{top.id}", "某某", agency_id=top.id) for top in tops]
        assert uppermost(session) == tops[0]
        assert [is_uppermost(session, one) for one in actors] == [one is actors[0] for one in actors]
    engine.dispose()
