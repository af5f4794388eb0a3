"""What people do while schedulers die: send envelopes, waive and pause deadlines, close a day and open it again."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from logistics.errors import Rejected
from logistics.rules.workdays import CHINA
from logistics.services import calendars, deadlines, dispatch, pauses
from logistics.store.context import Context
from logistics.terms import Role
from scheduler.calendars import once as look
from tests import builders
from tests.journeys.ladder_load import Made
from tests.journeys.ladder_town import LadderTown

ENVELOPES = 8
WAIVED_SHARE = 0.02
PAUSES = 12
PATIENCE = 30.0  # seconds for one act, the database being killed meanwhile
LONGER = 240.0  # for what schedulers do of it, who are killed meanwhile
WEEKDAYS = "一二三四五六日"


class Acts:
    """The people of a hall and of an authority, acting through the verbs of the product."""

    def __init__(self, place: LadderTown, web: Context, system: Context, dice: random.Random) -> None:
        self.place, self.web, self.system, self._dice = place, web, system, dice
        with Session(system.engine) as session:
            self._window, receiver, self._manager = (
                builders.officer(session, login) for login in ("xn-window", "fr-receiver", "xn-manager")
            )
        self._administrator = replace(receiver, roles=frozenset({Role.ADMINISTRATOR}))
        self.hall_id, self.authority_id = self._window.agency_id or 0, receiver.agency_id or 0
        self._house = builders.House(web, system, builders.SlowClock(), self._window, receiver, self._manager)
        self._envelopes: list[builders.Envelope] = []
        self._open: list[Made] = []
        self._to_pause: list[Made] = []
        self._numbers: dict[int, str] = {}
        self._pause = 0.1
        self._enough = threading.Event()
        self._today = datetime.now(CHINA).date()
        self.waived, self.met, self.moved, self.repeats = 0, 0, 0, 0
        self.paused: list[int] = []

    def open_the_days(self, now: datetime) -> None:
        """The authority works round the clock on every day around today."""
        self._today = now.astimezone(CHINA).date()
        days = [self._today + timedelta(days=n) for n in range(-3, 12)]
        self._announce("\n".join(f"{day} 上班（按周{WEEKDAYS[min(day.weekday(), 4)]}） 轮班" for day in days))
        while look(self.system):
            pass
        self.place.sql("UPDATE agency SET receiving_hours = '00:00-24:00' WHERE id = %s", self.authority_id)
        self.place.sql("UPDATE officer SET email = ''")  # nothing of this town leaves by mail

    def seal_envelopes(self) -> None:
        """Envelopes stand sealed."""
        self._envelopes = [builders.sealed(self._house, 1) for _ in range(ENVELOPES)]

    def send_within(self, start: datetime, seconds: float) -> None:
        """The envelopes will be sent within so many seconds; the rungs of their first clock come due meanwhile."""
        self.place.sql(
            "UPDATE rung SET fires_at = %s + (seq - random()) * %s * interval '1 second'", start, seconds / 5
        )

    def know(self, made: Sequence[Made], seconds: float) -> None:
        """Some of these deadlines will be waived within so many seconds, others will stand still for a while."""
        self._open = self._dice.sample(list(made), max(10, int(len(made) * WAIVED_SHARE)) + PAUSES)
        self._to_pause = [self._open.pop() for _ in range(PAUSES)]
        self._pause = seconds / (1.2 * len(self._open))
        self._numbers = {int(id_): str(no) for id_, no in self.place.sql("SELECT id, no FROM dossier")}

    @contextmanager
    def busy(self) -> Iterator[None]:
        """People act while the block runs; at its end nobody does, and what was begun is done."""
        with ThreadPoolExecutor(4) as crew:
            working = [crew.submit(work) for work in (self._send, self._waive, self._rest, self._move)]
            try:
                yield
            finally:
                self._enough.set()
            for one in working:
                one.result()

    def said(self) -> dict[str, object]:
        known = {"waived": self.waived, "paused": len(self.paused), "met": self.met, "recomputed": self.moved}
        return {**known, "acts repeated": self.repeats}

    def _send(self) -> None:
        for envelope in self._envelopes:
            self._enough.wait(self._dice.uniform(0.2, 1.5))
            command = secrets.token_hex(8)
            self._until_done(partial(dispatch.dispatch, self.web, self._window, command, envelope.no, "ems"))
            self.met += 1

    def _waive(self) -> None:
        while self._open and not self._enough.wait(self._pause):
            one = self._open.pop()
            no, command = self._numbers[one.dossier_id], secrets.token_hex(8)
            self._until_done(partial(deadlines.waive, self.web, self._manager, command, no, one.id, "因停电顺延"))
            self.waived += 1

    def _rest(self) -> None:
        """One deadline after the other stands still for a moment, on two people's word, and runs on."""
        for one in self._to_pause:
            ask, approve, resume = (secrets.token_hex(8) for _ in range(3))
            asking = (self.web, self._window, ask, one.id, "force_majeure", "停电")
            try:
                asked = self._until_done(partial(pauses.ask_pause, *asking))
                self._until_done(partial(pauses.approve, self.web, self._manager, approve, asked["pause"]))
            except Rejected as late:  # it has come due meanwhile
                if late.rule not in {"late", "span"}:
                    raise
                continue
            self.paused.append(one.id)
            self._enough.wait(self._dice.uniform(0.1, 1.0))
            self._until_done(partial(pauses.resume, self.web, self._window, resume, one.id))

    def _move(self) -> None:
        """Today and tomorrow are closed, which moves what the authority owes; then they are opened again."""
        near = [self._today + timedelta(days=n) for n in (0, 1)]
        self._enough.wait(2)
        self._announce("\n".join(f"{day} 停电" for day in near))
        self._wait_applied()
        self._announce("\n".join(f"{day} 上班（按周{WEEKDAYS[min(day.weekday(), 4)]}） 恢复" for day in near))
        self._wait_applied()
        self.moved = len(self.place.sql("SELECT 1 FROM ledger_entry WHERE what = 'deadline:recomputed'"))

    def _announce(self, text: str) -> None:
        """The authority's own announcement is drafted, listed and confirmed."""
        draft, command = secrets.token_hex(8), secrets.token_hex(8)
        made = self._until_done(lambda: calendars.draft_own(self.web, self._administrator, draft, text))
        end = time.monotonic() + LONGER
        while True:
            try:
                self._until_done(lambda: calendars.confirm(self.web, self._administrator, command, made["notice"]))
                return
            except Rejected as early:
                if early.rule != "not_listed" or time.monotonic() > end:
                    raise
                self._list_before_anything_runs(made["notice"])
                time.sleep(0.2)

    def _list_before_anything_runs(self, notice_id: int) -> None:
        if not self._envelopes:
            calendars.list_moves(self.system, notice_id)

    def _wait_applied(self) -> None:
        """Schedulers have moved everything that the announcement moves."""
        end = time.monotonic() + LONGER
        asked = "SELECT 1 FROM calendar_notice WHERE applied_at IS NULL"
        while self._until_done(lambda: self.place.sql(asked)):
            assert time.monotonic() < end, "nobody applies it"
            time.sleep(0.2)

    def _until_done(self, act: Callable[[], Any]) -> Any:
        """What the act gives; asked again while the database is away. Its command id makes it single."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except (OperationalError, InterfaceError, psycopg.OperationalError):
                assert time.monotonic() < end, "the database is away for too long"
                self.repeats += 1
                time.sleep(0.2)
