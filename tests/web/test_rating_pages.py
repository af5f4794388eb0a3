"""Managers read how applicants rated their halls: every number opens its ratings, and another hall's are not shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session, select

from logistics.demo.seed import PASSWORD
from logistics.rules.inquiry import RATING
from logistics.store import inquiry
from logistics.store.embedded import Urls
from logistics.tables import ApplicantWord, Dossier
from tests.builders import House, house, opened
from tests.site import application
from tests.web.conftest import Visitor

ROW = re.compile(r'<tr>\s*<th scope="row"><a class="number"')
NUMBER = re.compile(r'href="(/ratings\?[^"]+)"[^>]*>(?:[^<]*<span class="count">)?([0-9]+)<')
GIVEN: Sequence[tuple[int, tuple[str, ...]]] = (
    (5, ()), (5, ()), (4, ()), (3, ("slow",)), (2, ("slow", "unclear")), (1, ("damaged",)),
)  # fmt: skip
As = Callable[[str], Visitor]


@pytest.fixture
def hall(seeded: Urls, tmp_path: Path) -> Iterator[House]:
    """Six dossiers of 咸宁, rated with all five grades; the worst rating has words of the applicant's."""
    made = house(seeded, tmp_path, {})
    numbers = [opened(made) for _ in GIVEN]
    with Session(made.system.engine) as session:
        for no, (stars, reasons) in zip(numbers, GIVEN, strict=True):
            dossier = session.exec(select(Dossier).where(Dossier.no == no)).one()
            own = made.web.keyring.seal("柜台说话很冲", inquiry.place_of(no, RATING)) if stars == 1 else ""
            session.add(
                ApplicantWord(
                    dossier_id=dossier.id or 0, key=RATING, stars=stars, reasons=list(reasons), words_sealed=own,
                    said_at=made.clock(),
                )
            )  # fmt: skip
        session.commit()
    yield made
    made.close()


@pytest.fixture
def site(hall: House) -> Flask:
    """The application."""
    return application(hall.web)


@pytest.fixture
def as_(site: Flask) -> As:
    """A visitor logged in as that officer of the demo's directory."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        assert visitor.log_in(login, PASSWORD).status_code == 303
        return visitor

    return enter


def test_every_number_of_ratings_opens_exactly_so_many(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = as_("hb-manager")
    page = manager.get("/ratings").text
    assert "6 份评价" in page
    assert "67%" in page
    numbers = {address.replace("&amp;", "&"): int(count) for address, count in NUMBER.findall(page)}
    assert len(numbers) >= 9
    for address, count in numbers.items():
        assert len(ROW.findall(manager.get(address).text)) == count, address
    monkeypatch.setattr("logistics.web.ratings.LEAF", 4)
    first = manager.get("/ratings")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    second = manager.get(following[1].replace("&amp;", "&")).text
    assert (len(ROW.findall(first.text)), len(ROW.findall(second))) == (4, 2)
    assert "第 5–6 条，共 6 条" in second
    for wrong in ("page=3", "page=0", "page=x", "hall=9999", "grade=6", "reason=x", "since=x", "until=9999-12-31"):
        assert manager.get(f"/ratings?{wrong}").status_code == 404, wrong


def test_the_halls_below_stand_side_by_side_each_with_its_own(as_: As, hall: House) -> None:
    with hall.system.engine.begin() as connection:
        below = "(SELECT id FROM agency WHERE parent_id = (SELECT id FROM agency WHERE code = '421200') LIMIT 1)"
        last = "(SELECT max(id) FROM dossier)"
        connection.execute(text(f"UPDATE dossier SET sender_agency_id = {below} WHERE id = {last}"))
    manager = as_("xn-manager")
    page = manager.get("/ratings").text
    sides = page[page.index('<h2 id="halls">') : page.index('<h2 id="each">')]
    assert re.findall(r">([0-9]+)</a>", sides) == ["5", "4", "1", "1", "0", "1"]
    assert "80%" in sides, "of five a share is told, of one none"
    assert sides.count("%") == 1
    numbers = {address.replace("&amp;", "&"): int(count) for address, count in NUMBER.findall(sides)}
    for address, count in numbers.items():
        assert len(ROW.findall(manager.get(address).text)) == count, address


def test_ratings_are_for_the_halls_managers_and_their_words_for_the_dossiers_page(as_: As) -> None:
    shown = as_("xn-manager").get("/ratings?grade=bad").text
    assert "有留言" in shown
    assert "柜台说话很冲" not in shown
    assert "材料有损坏或缺少" in shown
    for stranger in ("fr-manager", "hz-manager"):  # the authority that was sent the originals, and another hall
        assert "这一段时间没有人评价" in as_(stranger).get("/ratings").text
    assert as_("xn-window").get("/ratings").status_code == 403
