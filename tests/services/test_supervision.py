"""督办 against real PostgreSQL: the life of an order, its clocks and ladder, who hears and who may see."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlmodel import Session, col, select

from logistics.actor import Actor
from logistics.errors import NotAllowed, NotYours, Rejected
from logistics.rules import closing
from logistics.services import deadlines, reminding, supervision
from logistics.services.supervision import NewOrder
from logistics.store import boards, find
from logistics.store import supervision as orders
from logistics.store.closing import matters
from logistics.store.work import reading
from logistics.tables import Deadline, LedgerEntry, Notice, Officer, Rung
from logistics.terms import BlockerKind, Cause, SupervisionState, Urgency
from tests import builders
from tests.builders import House

S = SupervisionState


def officer(hall: House, login: str) -> Actor:
    with Session(hall.system.engine) as session:
        return builders.officer(session, login)


@pytest.fixture
def upper(hall: House) -> Actor:
    """A manager of the province above the sender."""
    return officer(hall, "hb-manager")


def sender_id(hall: House) -> int:
    return hall.window.agency_id or 0


def ordered(hall: House, by: Actor, dossier: str, **more: object) -> str:
    given = {"addressee": sender_id(hall), "reason": "受理两天未寄出", "demand": "说明原因并今日寄出", **more}
    done = supervision.order(hall.web, by, hall.command(), dossier, NewOrder(**given))  # type: ignore[arg-type]
    return str(done["supervision"])


def chain(hall: House, no: str, by: Actor | None = None) -> orders.Chain:
    with reading(hall.web.engine, by or hall.window) as session:
        return orders.chain(session, no)


def clocks(hall: House, no: str) -> Sequence[Deadline]:
    return chain(hall, no).clocks


def entries(hall: House, dossier: str, prefix: str) -> list[tuple[str, str]]:
    with Session(hall.system.engine) as session:
        found = find.dossier_by_no(session, dossier)
        rows = session.exec(
            select(LedgerEntry)
            .where(LedgerEntry.dossier_id == found.id, col(LedgerEntry.what).startswith(prefix))
            .order_by(col(LedgerEntry.seq))
        )
        return [(row.what, row.why) for row in rows]


def told(hall: House, who: Actor) -> list[str]:
    with reading(hall.web.engine, who) as session:
        rows = session.exec(select(Notice).where(Notice.kind == "supervision").order_by(col(Notice.id)))
        return [row.zh for row in rows]


def answered(hall: House, no: str, words: str = "已补寄") -> None:
    supervision.answer(hall.web, hall.window, hall.command(), no, words, Cause.OURS, "每日下班前清点待寄")


def test_an_order_runs_to_its_answer_and_is_sent_back_once(hall: House, upper: Actor) -> None:
    dossier = builders.opened(hall)
    no = ordered(hall, upper, dossier)
    assert no == f"DB-{dossier}-1"
    (first,) = clocks(hall, no)
    assert (first.key, first.policy["length"], first.owner_agency_id) == (
        f"supervision_to_answer/{no}", 2, sender_id(hall),
    )  # fmt: skip
    supervision.sign(hall.web, hall.window, hall.command(), no)
    hall.clock.advance(hours=2)
    answered(hall, no)
    assert clocks(hall, no)[0].met_at == hall.clock()
    supervision.send_back(hall.web, upper, hall.command(), no, "没有说明原因")
    (_, second) = clocks(hall, no)
    assert (second.key, second.met_at, second.started_at) == (
        f"supervision_to_answer/{no}/2", None, hall.clock(),
    )  # fmt: skip
    answered(hall, no, "窗口人员交接遗漏，已补寄")
    supervision.accept(hall.web, upper, hall.command(), no, "同意")
    found = chain(hall, no)
    assert (found.line.state, found.line.round) == (S.CLOSED, 2)
    assert [step.act.verb.value for step in found.steps] == [
        "order", "sign", "answer", "send_back", "answer", "accept",
    ]  # fmt: skip
    assert all(clock.met_at for clock in found.clocks)
    assert entries(hall, dossier, "supervision:") == [
        ("supervision:ordered", "受理两天未寄出"),
        ("supervision:signed", ""),
        ("supervision:answered", "已补寄"),
        ("supervision:sent_back", "没有说明原因"),
        ("supervision:answered", "窗口人员交接遗漏，已补寄"),
        ("supervision:accepted", "同意"),
    ]


def test_each_side_hears_what_the_other_did(hall: House, upper: Actor) -> None:
    no = ordered(hall, upper, builders.opened(hall))
    supervision.sign(hall.web, hall.window, hall.command(), no)
    answered(hall, no)
    supervision.send_back(hall.web, upper, hall.command(), no, "原因不明")
    assert [words.startswith(f"督办 {no}") for words in told(hall, hall.window)] == [True, True]
    assert "原因不明" in told(hall, hall.window)[1]
    assert told(hall, upper) == [f"督办 {no}已答复，请审定。"]
    assert told(hall, hall.receiver) == []


def test_both_parties_see_an_order_and_only_its_addressee_answers(hall: House, upper: Actor) -> None:
    no = ordered(hall, upper, builders.opened(hall))
    assert chain(hall, no, hall.receiver).line.state is S.ORDERED
    with pytest.raises(NotAllowed) as no_part:
        supervision.sign(hall.web, hall.receiver, hall.command(), no)
    assert no_part.value.rule == "supervision_part"
    with pytest.raises(NotYours):
        supervision.sign(hall.web, officer(hall, "hz-window"), hall.command(), no)


def test_a_manager_orders_nobody_beside_or_above_them(hall: House) -> None:
    dossier = builders.opened(hall)
    with pytest.raises(NotAllowed) as beside:
        ordered(hall, hall.manager, dossier, addressee=hall.receiver.agency_id)
    assert beside.value.rule == "supervision_addressee"
    with pytest.raises(NotAllowed) as role:
        ordered(hall, hall.window, dossier)
    assert role.value.rule == "role"


def test_a_named_officer_answers_and_a_wrong_one_is_refused(hall: House, upper: Actor) -> None:
    dossier = builders.opened(hall)
    with pytest.raises(Rejected) as elsewhere:
        ordered(hall, upper, dossier, officer=hall.receiver.officer_id)
    assert elsewhere.value.rule == "supervision_officer"
    no = ordered(hall, upper, dossier, officer=hall.manager.officer_id)
    assert clocks(hall, no)[0].owner_officer_id == hall.manager.officer_id
    assert len(told(hall, hall.manager)) == 1
    assert told(hall, hall.window) == []
    with pytest.raises(NotAllowed):
        supervision.sign(hall.web, hall.window, hall.command(), no)
    supervision.sign(hall.web, hall.manager, hall.command(), no)


def test_an_urgent_order_gives_half_and_an_order_may_say_how_long(hall: House, upper: Actor) -> None:
    dossier = builders.opened(hall)
    urgent = ordered(hall, upper, dossier, urgency=Urgency.URGENT)
    longer = ordered(hall, upper, dossier, days=5)
    assert (clocks(hall, urgent)[0].policy["length"], clocks(hall, longer)[0].policy["length"]) == (1, 5)
    assert longer == f"DB-{dossier}-2"


def test_a_withdrawn_order_owes_nothing_and_its_clock_is_taken_back(hall: House, upper: Actor) -> None:
    dossier = builders.opened(hall)
    no = ordered(hall, upper, dossier)
    supervision.withdraw(hall.web, upper, hall.command(), no, "下错了单位")
    (clock,) = clocks(hall, no)
    assert clock.waived_at == hall.clock()
    with Session(hall.system.engine) as session:
        assert all(rung.dropped_at for rung in session.exec(select(Rung).where(Rung.deadline_id == clock.id)))
    with pytest.raises(Rejected) as over:
        supervision.sign(hall.web, hall.window, hall.command(), no)
    assert over.value.rule == "supervision_state"


def test_what_is_missing_is_asked_for_and_nothing_is_stored(hall: House, upper: Actor) -> None:
    dossier = builders.opened(hall)
    with pytest.raises(Rejected):
        ordered(hall, upper, dossier, demand=" ")
    no = ordered(hall, upper, dossier)
    supervision.sign(hall.web, hall.window, hall.command(), no)
    for words, cause in (("", Cause.OURS), ("已寄出", None)):
        with pytest.raises(Rejected):
            supervision.answer(hall.web, hall.window, hall.command(), no, words, cause)
    assert chain(hall, no).line.state is S.SIGNED


def test_an_act_sent_twice_is_done_once(hall: House, upper: Actor) -> None:
    no, command = ordered(hall, upper, builders.opened(hall)), hall.command()
    first = supervision.sign(hall.web, hall.window, command, no)
    assert supervision.sign(hall.web, hall.window, command, no) == first
    assert len(chain(hall, no).steps) == 2


def test_about_another_dossiers_deadline_there_is_no_order(hall: House, upper: Actor) -> None:
    one, other = builders.opened(hall), builders.opened(hall)
    with Session(hall.system.engine) as session:
        deadline = session.exec(
            select(Deadline.id).where(Deadline.dossier_id == find.dossier_by_no(session, other).id)
        ).first()
    with pytest.raises(NotYours):
        ordered(hall, upper, one, deadline=deadline)
    assert chain(hall, ordered(hall, upper, other, deadline=deadline)).deadline is not None


def test_an_unanswered_order_climbs_to_the_manager_who_waits_for_it(hall: House, upper: Actor) -> None:
    no = ordered(hall, upper, builders.opened(hall))
    (clock,) = clocks(hall, no)
    heard: dict[str, set[str]] = {}
    for _ in range(8):
        for rung in reminding.chase(hall.system, clock.id or 0):
            with Session(hall.system.engine) as session:
                rows = session.exec(
                    select(Officer.login)
                    .join(Notice, col(Notice.officer_id) == Officer.id)
                    .join(Rung, col(Rung.deadline_id) == Notice.deadline_id)
                    .where(Rung.name == rung, Notice.key == "rung:" + str(_rung_id(session, clock, rung)))
                )
                heard[rung] = set(rows)
        hall.clock.advance(days=1)
    assert list(heard) == ["warning", "due", "overdue", "escalated"]
    assert "xn-window" in heard["due"]
    assert heard["overdue"] == {"xn-manager"}
    assert heard["escalated"] == {"hb-manager"}


def _rung_id(session: Session, clock: Deadline, name: str) -> int:
    return session.exec(select(Rung.id).where(Rung.deadline_id == clock.id, Rung.name == name)).one() or 0


def test_the_workbench_shows_what_is_owed_and_what_waits_to_be_decided(hall: House, upper: Actor) -> None:
    no = ordered(hall, upper, builders.opened(hall))
    assert _queue(hall, hall.window) == [f"/supervision/{no}"]
    assert _queue(hall, hall.receiver) == _queue(hall, upper) == []
    supervision.sign(hall.web, hall.window, hall.command(), no)
    answered(hall, no)
    assert (_queue(hall, hall.window), _queue(hall, upper)) == ([], [f"/supervision/{no}"])


def _queue(hall: House, who: Actor) -> list[str]:
    with reading(hall.web.engine, who) as session:
        queues = [queue for queue in boards.waiting(session, who, hall.clock()) if queue.key.startswith("supervision")]
        return [item.link for queue in queues for item in queue.items]


def test_an_answer_not_accepted_yet_keeps_the_dossier_from_closing(hall: House, upper: Actor) -> None:
    dossier = builders.sealed(hall).dossier_no
    no = ordered(hall, upper, dossier)
    supervision.sign(hall.web, hall.window, hall.command(), no)
    answered(hall, no)

    def missing() -> list[str]:
        with reading(hall.web.engine, hall.window) as session:
            whole = find.whole(session, find.dossier_by_no(session, dossier))
            found = closing.blockers(matters(session, hall.web, whole, hall.clock()))
        return [one.place.no for one in found if one.kind is BlockerKind.ORDER_UNDECIDED]

    assert missing() == [no]
    supervision.accept(hall.web, upper, hall.command(), no)
    assert missing() == []


def test_a_waived_clock_of_an_order_still_takes_its_answer(hall: House, upper: Actor) -> None:
    dossier = builders.opened(hall)
    no = ordered(hall, upper, dossier)
    deadlines.waive(hall.web, hall.manager, hall.command(), dossier, clocks(hall, no)[0].id or 0, "系统停机")
    supervision.sign(hall.web, hall.window, hall.command(), no)
    answered(hall, no)
    assert chain(hall, no).line.state is S.ANSWERED


def test_whoever_answered_for_their_own_agency_does_not_see_it_as_theirs_to_decide(hall: House) -> None:
    dossier = builders.opened(hall)
    no = ordered(hall, hall.manager, dossier)
    with pytest.raises(NotAllowed):
        supervision.sign(hall.web, hall.manager, hall.command(), no)
    supervision.sign(hall.web, hall.window, hall.command(), no)
    answered(hall, no)
    assert _queue(hall, hall.manager) == [f"/supervision/{no}"]
    supervision.accept(hall.web, hall.manager, hall.command(), no)
    with reading(hall.web.engine, hall.manager) as session:
        assert [line.order.no for line in orders.over(session, hall.manager)] == [no]
        assert orders.ordered_by(session, hall.manager) == []
