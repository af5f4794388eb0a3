"""Figures over a played demo: what stands in the rows and what the ledger tells are one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from logistics.rules import told
from logistics.rules.figures import Asked
from logistics.rules.troubles import TOLD
from logistics.store import figures
from logistics.store.context import Context
from logistics.store.embedded import Urls
from logistics.tables import Agency
from tests.played import NOON, both, played, played_template  # noqa: F401 - fixtures

EVERYTHING = Asked(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def system(played: Urls, tmp_path: Path) -> Iterator[Context]:  # noqa: F811
    with both(played, tmp_path) as (context, _app):
        yield context


def test_the_ledger_tells_the_clocks_and_troubles_as_the_rows_have_them(system: Context) -> None:
    with Session(system.engine) as session:
        agencies = session.exec(select(Agency.id)).all()
        now = figures.cases(session, EVERYTHING), figures.troubles(session, NOON)
        entries = figures.told(session, [one or 0 for one in agencies], NOON - timedelta(days=300), NOON)
    cases, troubles = told.read(entries, NOON)
    assert len(cases) > 30
    assert sorted(cases) == sorted(now[0])
    assert sorted(troubles) == sorted(one for one in now[1] if one.kind in TOLD)
    assert {one.kind for one in troubles} == TOLD
