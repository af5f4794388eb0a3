"""Whatever comes when and how often, by push or by question, in whichever words, over whichever restarts: one timeline.

The envelope is a real one over real PostgreSQL; pushes go through the inbox in EMS's own form, answers to questions
through its reader. A restart is a process that stored what it read but died before it could say so, or one that died
with a push in hand.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from couriers import adapters
from couriers.adapters.ems_events import read_events
from couriers.adapters.ems_wire import seal
from couriers.contract import Booking, Push
from logistics.rules import invariants, repeats
from logistics.rules.reading import Meanings, read
from logistics.rules.workdays import CHINA
from logistics.services import dispatch, tracking
from logistics.store import find, queues
from logistics.store.embedded import Server
from logistics.terms import Stage
from scheduler import inbox
from tests import builders
from tests.builders import House
from tests.conftest import _new_database
from tests.services.conftest import EMS

Item = Mapping[str, str]
OTHER = "kuaidi100"

# hours after booking, EMS code, what it adds, words, place
STORIES: Mapping[str, Sequence[tuple[float, str, str, str, str]]] = {
    "delivered": [
        (1, "203", "", "中国邮政 已收取邮件", "咸宁市揽投部"),
        (2, "305", "", "离开【咸宁市揽投部】，下一站【武汉邮件处理中心】", "咸宁市揽投部"),
        (5, "954", "", "到达【武汉邮件处理中心】", "武汉邮件处理中心"),
        (5.005, "389", "", "离开【武汉邮件处理中心】，下一站【长沙邮件处理中心】", "武汉邮件处理中心"),
        (20, "702", "", "正在派送", "长沙市中心揽投部"),
        (21, "704", "10", "已签收，本人签收", "长沙市中心揽投部"),
    ],
    "delivered, taken back, delivered": [
        (1, "203", "", "中国邮政 已收取邮件", "咸宁市揽投部"),
        (20, "704", "10", "已签收，本人签收", "长沙市中心揽投部"),
        (20.5, "743", "", "妥投撤销", "长沙市中心揽投部"),
        (26, "704", "10", "已签收，本人签收", "长沙市中心揽投部"),
    ],
    "taken back for good": [
        (1, "203", "", "中国邮政 已收取邮件", "咸宁市揽投部"),
        (20, "704", "10", "已签收，本人签收", "长沙市中心揽投部"),
        (20.5, "743", "", "妥投撤销", "长沙市中心揽投部"),
    ],
    "returned, with a code nobody knows": [
        (1, "203", "", "中国邮政 已收取邮件", "咸宁市揽投部"),
        (9, "Z99", "", "新的操作说明", "武汉邮件处理中心"),
        (20, "708", "", "退件登记", "长沙市中心揽投部"),
        (30, "711", "", "退回妥投", "咸宁市揽投部"),
    ],
}
ENDS = {
    "delivered": Stage.DELIVERED,
    "delivered, taken back, delivered": Stage.DELIVERED,
    "taken back for good": Stage.ON_THE_WAY,
    "returned, with a code nobody knows": Stage.RETURNED,
}


@dataclass(frozen=True)
class Act:
    """One thing that comes: which statements, which way, in other words or not, and how the process fares."""

    which: tuple[int, ...]
    way: str  # push, poll, or second: an aggregator is asked
    reworded: bool
    restart: str  # "", "after" (stored, not noted as read), "during" (died with the push in hand)


ACTS = st.lists(
    st.builds(
        Act,
        st.lists(st.integers(0, 5), min_size=1, max_size=6, unique=True).map(tuple),
        st.sampled_from(["push", "poll", "second"]),
        st.booleans(),
        st.sampled_from(["", "", "after", "during"]),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def hall(postgres: Server, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One product for all examples; each has an envelope of its own."""
    folder: Path = tmp_path_factory.mktemp("timeline")
    with _new_database(postgres, seeded_template) as urls:
        couriers = {**adapters.from_settings(EMS), OTHER: adapters.make_reader(OTHER, {})}
        house = builders.house(urls, folder, couriers)
        yield house
        house.close()


def items(story: str, waybill_no: str, began: datetime) -> list[Item]:
    """The story as EMS says it."""
    told: list[Item] = []
    for hours, code, detail, words, place in STORIES[story]:
        at = (began + timedelta(hours=hours)).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
        item = {"waybillNo": waybill_no, "opTime": at, "opCode": code, "opDesc": words, "opOrgName": place}
        told.append({**item, "deliverCode": detail} if detail else item)
    return told


def reworded(item: Item, number: int) -> Item:
    """The same scan, as EMS says it the second time."""
    at = datetime.strptime(item["opTime"], "%Y-%m-%d %H:%M:%S") + timedelta(seconds=1 + number % 9)  # noqa: DTZ007
    place = item["opOrgName"].replace("市", "", 1)
    again = {"opTime": str(at), "opOrgName": f"【{place}】", "opDesc": f"您的邮件{item['opDesc']}（补录）"}
    return {**item, **again}


def push_of(told: Sequence[Item]) -> Push:
    """What EMS would send to the hook."""
    words = seal(json.dumps(told, ensure_ascii=False), EMS["COURIER_EMS_SIGN_KEY"], suffix=False)
    body = {"logitcsInterface": words, "method": "040002", "msgType": "0", "senderNo": "1100000000000"}
    return Push({"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def come(hall: House, told: Sequence[Item], act: Act) -> None:
    """One act, up to where its process stands or falls."""
    events = read_events(list(told), CHINA)
    if act.way == "second":  # its own codes, to the minute
        theirs = [
            replace(one, courier=OTHER, code=f"k{one.code}", happened_at=one.happened_at.replace(second=0), voids=None)
            for one in events
        ]
        tracking.absorb(hall.system, OTHER, theirs, "poll", hashlib.sha256(b"second").hexdigest(), hall.clock())
        return
    if act.way == "poll":
        tracking.absorb(hall.system, "ems", events, "poll", hashlib.sha256(b"poll").hexdigest(), hall.clock())
        return
    push = push_of(told)
    tracking.accept_push(hall.web, "ems", push)
    if act.restart == "after":
        tracking.absorb(hall.system, "ems", events, "push", hashlib.sha256(push.body).hexdigest(), hall.clock())
    if act.restart == "during":
        queues.claim_message(hall.system.engine, hall.clock(), timedelta(seconds=30))
        hall.clock.advance(minutes=1)
    inbox.once(hall.system, 50)


def timeline(hall: House, no: str, base: Sequence[str]) -> tuple[list[str], Any]:
    """Scan by scan the key of what stands for it, and what the envelope's row says; everything that must hold holds."""
    with Session(hall.system.engine) as session:
        dossier, envelope = find.consignment_by_no(session, no)
        whole = find.whole(session, dossier)
        told = repeats.beside(read(whole.tracking, Meanings(whole.mappings)), envelope.courier)
        rows = {row.natural_key for row in whole.tracking}
        assert rows == {one.natural_key for scan in told for one in (scan.head, *scan.again)}
        assert set(base) <= rows
        assert invariants.check(find.snapshot(session, dossier), hall.clock(), timedelta(days=4000)) == []
        own = [one.head.natural_key for one in told if one.head.courier == envelope.courier]
        return own, (envelope.stage, envelope.picked_up_at, envelope.delivered_at)


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example takes a second: shrinking would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(sorted(STORIES)), ACTS, st.randoms(use_true_random=False))
def test_any_interleaving_gives_one_timeline_and_one_stage(
    hall: House, story: str, acts: list[Act], dice: Random
) -> None:
    hall.clock.now = builders.TUESDAY
    waybill_no = f"11{secrets.randbelow(10**11):011d}"
    envelope = builders.dispatched(hall, originals=1)
    dispatch.record_booking(hall.system, envelope.no, Booking(waybill_no))
    told = items(story, waybill_no, hall.clock())
    hall.clock.advance(days=2)
    # whatever else comes, each statement comes once at least, somewhere among the rest
    acts = [*acts, *(Act((number,), dice.choice(["push", "poll"]), False, "") for number in range(len(told)))]
    dice.shuffle(acts)
    for act in acts:
        chosen = [number for number in act.which if number < len(told)]
        dice.shuffle(chosen)
        if chosen:
            come(hall, [reworded(told[number], number) if act.reworded else told[number] for number in chosen], act)
    inbox.once(replace(hall.system), 50)
    keys = [event.natural_key for event in read_events(told, CHINA)]
    shown, (stage, picked_up_at, delivered_at) = timeline(hall, envelope.no, keys)
    assert shown == keys
    assert stage is ENDS[story]
    events = read_events(told, CHINA)
    assert picked_up_at == events[0].happened_at
    assert delivered_at == (events[-1].happened_at if stage is Stage.DELIVERED else None)
