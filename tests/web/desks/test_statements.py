"""How many questions the main pages put to the database does not grow with the number of dossiers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from tests.web.desks.conftest import Desk
from tests.web.desks.under_way import Hall

At = Callable[[str], Desk]
PAGES = {
    "xn-window": ("/", "/receive", "/deadlines", "/discrepancies", "/pickups", "/print"),
    "fr-receiver": ("/", "/receive", "/deadlines"),
    "xn-manager": ("/", "/in-transit", "/disputed", "/parked", "/supervision", "/figures"),
}


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def questions(hall: Hall, at: At, more: tuple[str, ...] = ()) -> dict[tuple[str, str], int]:
    """Statements by reader and page, on a second visit: what a process looks up once is known by then."""
    found = {}
    for login, pages in PAGES.items():
        desk = at(login)
        for path in (*pages, *more):
            desk.read(path)
            with counted(hall.house.web.engine) as asked:
                desk.read(path)
            found[login, path] = len(asked)
    return found


def test_the_main_pages_ask_as_often_for_many_dossiers_as_for_few(hall: Hall, at: At) -> None:
    hall.listed(1).sent(seal="XN-000001", waybill="1000000000001").delivered()
    hall.listed(1)
    first = f"/dossiers/{hall.dossier}"
    few = questions(hall, at, (first,))
    for number in range(2, 5):
        hall.listed(1).sent(seal=f"XN-{number:06d}", waybill=f"{1000000000000 + number}").delivered()
        hall.listed(1)
    many = questions(hall, at, (first,))
    assert {page: (few[page], now) for page, now in many.items() if now > few[page]} == {}
    assert max(many.values()) <= 45
