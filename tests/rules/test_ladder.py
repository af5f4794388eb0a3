"""Who hears a rung, what an acknowledgement holds back and for how long, and how a flood becomes a digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from logistics.rules import digests
from logistics.rules.digests import Item, Leave
from logistics.rules.ladder import Climbed, Parties, Person, Staff, Standing, Step, climb, hearers, sentence
from logistics.rules.policies import DEFAULT_LADDER, Audience, Leg, RungKind
from logistics.terms import Role

HALL, AUTHORITY, CITY, PROVINCE = 1, 2, 3, 4
ABOVE = {HALL: CITY, CITY: PROVINCE, PROVINCE: None, AUTHORITY: None}
NOW = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)
DEFAULT = [Step(n, rung.audience, rung.unless_acknowledged) for n, rung in enumerate(DEFAULT_LADDER, start=1)]


def staff(*people: tuple[int, int, Role]) -> Staff:
    found: dict[int, list[Person]] = {}
    for id_, agency, role in people:
        found.setdefault(agency, []).append(Person(id_, agency, frozenset({role.value})))
    return Staff(found, ABOVE)


EVERYBODY = staff(
    (11, HALL, Role.WINDOW),
    (12, HALL, Role.WINDOW),
    (13, HALL, Role.MANAGER),
    (21, AUTHORITY, Role.RECEIVER),
    (22, AUTHORITY, Role.MANAGER),
    (31, CITY, Role.MANAGER),
    (41, PROVINCE, Role.MANAGER),
)
OURS = Parties(HALL, HALL, AUTHORITY)


def heard(
    audience: Audience, parties: Parties = OURS, who: Staff = EVERYBODY, kind: RungKind = RungKind.DUE
) -> list[int]:
    return [one.id for one in hearers([audience], parties, who, kind)]


def test_each_audience_is_a_rank_seen_from_the_agency_that_owns_the_leg() -> None:
    assert heard(Audience.OWNER) == [11, 12]
    assert heard(Audience.OWNER_MANAGER) == [13]
    assert heard(Audience.UPPER_MANAGER) == [31]
    assert heard(Audience.COUNTERPART) == [21]
    theirs = Parties(AUTHORITY, HALL, AUTHORITY)
    assert heard(Audience.OWNER, theirs) == [21]
    assert heard(Audience.COUNTERPART, theirs) == [11, 12]
    assert heard(Audience.UPPER_MANAGER, theirs) == [22], "with nobody above, the agency's own manager"


def test_the_officer_in_charge_is_warned_alone_and_from_the_due_moment_on_the_desk_hears_too() -> None:
    def told(officer_id: int, kind: RungKind) -> list[int]:
        return heard(Audience.OWNER, Parties(HALL, HALL, AUTHORITY, officer_id=officer_id), kind=kind)

    assert told(12, RungKind.WARNING) == [12]
    assert told(12, RungKind.DUE) == told(12, RungKind.OVERDUE) == [12, 11], "whoever is in charge may be on leave"
    assert told(99, RungKind.WARNING) == [11, 12], "no longer active"
    assert told(21, RungKind.WARNING) == [11, 12], "went to another agency"


def test_an_audience_nobody_fills_falls_to_the_managers_and_then_upward() -> None:
    assert heard(Audience.OWNER, who=staff((13, HALL, Role.MANAGER))) == [13]
    assert heard(Audience.OWNER, who=staff((41, PROVINCE, Role.MANAGER))) == [41]
    assert heard(Audience.UPPER_MANAGER, who=staff((13, HALL, Role.MANAGER))) == [13]
    assert heard(Audience.COUNTERPART, who=staff((22, AUTHORITY, Role.MANAGER), (13, HALL, Role.MANAGER))) == [22]
    assert heard(Audience.COUNTERPART, who=staff((13, HALL, Role.MANAGER))) == [13]
    assert heard(Audience.OWNER, who=staff((21, AUTHORITY, Role.RECEIVER))) == []


def test_without_an_acknowledgement_every_rung_tells_its_own_audience() -> None:
    assert climb(DEFAULT, Standing(last=5), acknowledged=False) == tuple(Climbed(s, (s.audience,)) for s in DEFAULT)


def test_an_acknowledgement_holds_the_first_escalation_back_for_one_rung() -> None:
    *_, manager, upper = climb(DEFAULT, Standing(last=5), acknowledged=True)
    assert manager.is_held
    assert upper.audiences == (Audience.UPPER_MANAGER, Audience.OWNER_MANAGER), "who was passed over hears now"


def test_what_was_held_back_yesterday_is_made_good_by_the_next_rung() -> None:
    stands = Standing(last=5, held=4, passed_over=Audience.OWNER_MANAGER, fired=3)
    [upper] = climb(DEFAULT[4:], stands, acknowledged=True)
    assert upper.audiences == (Audience.UPPER_MANAGER, Audience.OWNER_MANAGER)
    made_good = Standing(last=6, held=4, passed_over=Audience.OWNER_MANAGER, fired=5)
    [sixth] = climb([Step(6, Audience.UPPER_MANAGER)], made_good, acknowledged=True)
    assert sixth.audiences == (Audience.UPPER_MANAGER,)


@st.composite
def ladders(draw: st.DrawFn) -> list[Step]:
    size = draw(st.integers(1, 8))
    return [Step(n, draw(st.sampled_from(Audience)), draw(st.booleans())) for n in range(1, size + 1)]


def climbed_in_looks(steps: list[Step], acks: list[bool]) -> list[Climbed]:
    """One look a rung; what stands is kept between looks as the database keeps it."""
    standing = Standing(last=steps[-1].seq)
    done: list[Climbed] = []
    for step, known in zip(steps, acks, strict=True):
        [one] = climb([step], standing, known)
        done.append(one)
        held = next((each.step for each in done if each.is_held), None)
        fired = max((each.step.seq for each in done if not each.is_held), default=0)
        standing = Standing(standing.last, held.seq if held else 0, held.audience if held else None, fired)
    return done


@given(ladders(), st.integers(0, 8))
def test_an_acknowledgement_can_never_silence_a_deadline(steps: list[Step], from_rung: int) -> None:
    acks = [step.seq > from_rung for step in steps]
    done = climbed_in_looks(steps, acks)
    held = [one for one in done if one.is_held]
    assert len(held) <= 1
    assert not done[-1].is_held
    assert all(one.step.unless_acknowledged for one in held)
    for one, after in pairwise(done):
        own = {after.step.audience}
        assert set(after.audiences) == (own | {one.step.audience} if one.is_held else own) or after.is_held
    assert {one.step.audience for one in done} == {each for one in done for each in one.audiences}, "no rank is lost"


@given(ladders())
def test_rungs_that_come_due_together_climb_as_one_by_one(steps: list[Step]) -> None:
    together = climb(steps, Standing(last=steps[-1].seq), acknowledged=True)
    assert list(together) == climbed_in_looks(steps, [True] * len(steps))


def test_a_sentence_names_dossier_leg_and_moment_in_both_languages() -> None:
    zh, en = sentence(RungKind.OVERDUE, "XN-1", Leg.TRANSIT, datetime(2026, 9, 8, 9, 30, tzinfo=UTC))
    assert zh == "专档 XN-1「揽收至妥投」已超时，期限 9月8日 17:30。"
    assert en == "Dossier XN-1: 'transit' is overdue; due 8 Sep 17:30."


def items(*kinds: str) -> list[Item]:
    return [
        Item(n, kind, f"第{n}件。", f"No. {n}.", NOW, NOW - timedelta(days=n)) for n, kind in enumerate(kinds, start=1)
    ]


def test_a_few_messages_leave_alone_and_more_leave_as_one() -> None:
    assert digests.leave(digests.FEW, 0, None, NOW) is Leave.ALONE
    assert digests.leave(digests.FEW + 1, 0, None, NOW) is Leave.TOGETHER
    assert digests.leave(1, digests.FEW, None, NOW) is Leave.TOGETHER, "the sixth within the spell"
    assert digests.leave(9, 1, NOW - timedelta(minutes=9), NOW) is Leave.LATER
    assert digests.leave(9, 1, NOW - digests.SPELL, NOW) is Leave.TOGETHER


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 40)), max_size=40))
def test_no_flood_reaches_an_officer_however_it_comes_in(arrivals: list[tuple[int, int]]) -> None:
    """Looks a few seconds apart for an hour; any ten minutes hold at most six messages, and nothing is left behind."""
    assume(arrivals)
    waiting, sent = 0, list[tuple[datetime, Leave]]()
    moments = {NOW + timedelta(seconds=5 * at): much for at, much in arrivals}
    for tick in range(900):
        now = NOW + timedelta(seconds=5 * tick)
        waiting += moments.get(now, 0)
        lately = sum(now - at < digests.SPELL for at, _ in sent)
        last = max((at for at, how in sent if how is Leave.TOGETHER), default=None)
        how = digests.leave(waiting, lately, last, now) if waiting else Leave.LATER
        sent += [(now, how)] * (waiting if how is Leave.ALONE else how is Leave.TOGETHER)
        waiting = waiting if how is Leave.LATER else 0
        assert sum(now - at < digests.SPELL for at, _ in sent) <= digests.FEW + 1
    assert waiting == 0


def test_a_digest_counts_what_it_holds_and_says_the_most_urgent_in_full() -> None:
    found = digests.by_urgency(items("warning", "due", "supervision", "overdue", "escalation", "overdue", "warning"))
    assert [one.id for one in found] == [3, 5, 6, 4, 2, 7, 1]
    zh, en = digests.words(found)
    assert zh == (
        "有 7 项提醒：升级督办 1 项、已超时 2 项、已到期 1 项、快到期 2 项、其他 1 项。"
        "最急的 3 项：第3件。 第5件。 第6件。其余见站内提醒。"
    )
    assert en.startswith("7 reminders: 1 escalated, 2 overdue, 1 due now, 2 due soon, 1 other.")
