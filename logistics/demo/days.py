"""The demo's days: dossiers of weeks or months played through the real verbs, as they stand at the moment of the start.

Everything is done by the people of the directory, the scheduler's own queues and the couriers' sandbox; only the clock
is the play's. No row is written past the services.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, select

from logistics.demo.cases import CASES, LAST, Case
from logistics.demo.plots import Story, accepted_at
from logistics.demo.town import Town, opened
from logistics.store.context import Context
from logistics.tables import Dossier

Say = Callable[[str], None]
STEP, LINES = 6, 20  # dossiers to one line of progress at the least; lines at the most


def live(system: Context, app: Context, say: Say = lambda _sentence: None, cases: Sequence[Case] = CASES) -> int:
    """The dossiers of `cases` stand as they are at the system's present moment; how many were played.

    Nothing happens where any dossier exists. `say` hears how far it is. The demo's directory must be there.
    """
    with Session(system.engine) as session:
        if session.exec(select(Dossier.id)).first() is not None:
            return 0
    end = system.clock()
    starts = [accepted_at(end, case, number) for number, case in enumerate(cases)]
    with opened(system, app, min([end, *starts])) as town:
        for told in _play(town, list(zip(starts, cases, strict=True)), end):
            if told % max(STEP, len(cases) // LINES) == 0 or told == len(cases):
                say(f"正在演示办件 {told}/{len(cases)} …… Playing the demo's dossiers")
        town.at(end)
        town.settle_queues()
        town.notice_silences()
        town.look_ahead()
        Story(town, LAST, len(cases)).call_in_vain()
        town.fail_to_call()
    return len(cases)


def _play(town: Town, cases: Sequence[tuple[datetime, Case]], end: datetime) -> Iterator[int]:
    """All stories at once, each act at its time, up to `end`; says how many stand where they will stand."""
    told = 0
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for number, (start, case) in enumerate(sorted(cases, key=lambda pair: pair[0])):
        heapq.heappush(waiting, (start, number, Story(town, case, number).told()))
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        following = None
        if moment <= end:
            town.at(moment)
            following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (max(following, moment), number, story))
        else:
            told += 1
            yield told
