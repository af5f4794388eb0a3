"""The applicant without a log-in: who gets in, what is told, what may be said; against real PostgreSQL."""

from __future__ import annotations

import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import ClassVar

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from couriers.contract import Booking
from logistics.actor import Actor, applicant_actor
from logistics.errors import Malformed, NotAllowed, NotYours, Rejected
from logistics.rules.inquiry import FAILURES_OF_A_CODE, FAILURES_OF_A_PLACE, Place, Step, shown
from logistics.services import dispatch, dossiers, hearing, inquiry, privacy, receipt
from logistics.services.papers.verbs import make_paper
from logistics.store import boards, find
from logistics.store import inquiry as stored
from logistics.store.crypto import Keyring
from logistics.store.work import reading, work
from logistics.tables import ApplicantWord, Discrepancy, Dossier, InquiryTry, LedgerEntry
from logistics.terms import DecisionResult, DiscrepancyKind, RatingReason, Resolution, Role
from tests import builders
from tests.builders import Envelope, House
from tests.services import filed

DIGITS = "0000"  # the last of the fictional 13900000000
HERE = "192.0.2.1"


def codes(hall: House, dossier_no: str) -> tuple[str, str]:
    """As printing the receipt makes them."""
    with work(hall.web, hall.window, "receipt") as w:
        return stored.codes(w.session, hall.web.keyring, w.dossier(dossier_no), w.now)


def entered(hall: House, dossier_no: str) -> Actor:
    return inquiry.enter(hall.web, HERE, codes(hall, dossier_no)[0], DIGITS)


def places(hall: House, actor: Actor) -> list[Place]:
    return [one.place for one in inquiry.see(hall.web, actor, hall.clock()).told.originals]


def decided(hall: House) -> Envelope:
    """Originals that arrived, with a decision."""
    envelope = builders.dispatched(hall)
    dispatch.record_booking(hall.system, envelope.no, Booking("1100000000011", "长沙 01-02"))
    builders.received(hall, envelope)
    dossiers.decide(hall.web, hall.receiver, hall.command(), envelope.dossier_no, DecisionResult.APPROVED, "")
    return envelope


def test_the_receipt_bears_the_code_and_the_same_one_on_every_copy(hall: House) -> None:
    envelope = builders.sealed(hall)
    code, key = codes(hall, envelope.dossier_no)
    make_paper(hall.web, hall.window, hall.command(), "intake", envelope.dossier_no)
    assert codes(hall, envelope.dossier_no) == (code, key)
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", shown(code))


def test_a_scan_of_the_receipts_qr_opens_the_dossier_for_our_own_people(hall: House) -> None:
    no = builders.opened(hall)
    _, key = codes(hall, no)
    with reading(hall.web.engine, hall.window) as session:
        for text in (f"https://hall.example/i/{no}/{key}", f"HTTPS://HALL.EXAMPLE/I/{no}/{key}"):
            found = find.by_code(session, text)
            assert found is not None
            assert found.dossier_no == no


def test_code_and_phone_open_the_dossier_however_they_are_typed(hall: House) -> None:
    no = builders.opened(hall)
    code, key = codes(hall, no)
    for typed in (
        code,
        shown(code).lower(),
        f" {code[:3]} {code[3:]} ",
        "".join(chr(ord(one) + 0xFEE0) for one in code),
    ):
        assert inquiry.enter(hall.web, HERE, typed, DIGITS).id == f"applicant:{no}"
    assert inquiry.enter_by_key(hall.web, HERE, key).id == f"applicant:{no}"


@pytest.mark.parametrize("wrong", ["digits", "code", "no digits", "key as code"])
def test_whoever_does_not_know_both_is_told_the_same(hall: House, wrong: str) -> None:
    code, key = codes(hall, builders.opened(hall))
    typed = {
        "digits": (code, "1234"),
        "code": ("A" * 10, DIGITS),
        "no digits": (code, ""),
        "key as code": (key, DIGITS),
    }
    with pytest.raises(Rejected) as refused:
        inquiry.enter(hall.web, HERE, *typed[wrong])
    assert refused.value.rule == "no_such_inquiry"


class CountingRing(Keyring):
    """A key ring that notes what it was asked to do."""

    asked: ClassVar[list[str]] = []

    def seal(self, text: str, place: str) -> str:
        """As the ring does, noted."""
        self.asked.append(f"seal {len(text)}")
        return super().seal(text, place)

    def unseal(self, sealed: str, place: str) -> str:
        """As the ring does, noted."""
        text = super().unseal(sealed, place)
        self.asked.append(f"unseal {len(text)}")
        return text

    def digest(self, text: str, column: str) -> str:
        """As the ring does, noted."""
        self.asked.append(f"digest {column}")
        return super().digest(text, column)


def test_a_code_that_is_nobodys_costs_the_same_questions_and_reckoning_as_one_with_wrong_digits(hall: House) -> None:
    code, _ = codes(hall, builders.opened(hall))
    ring = hall.web.keyring
    ctx = replace(hall.web, keyring=CountingRing(ring.current, ring.keys, ring.digest_key, ring.session_key))
    asked = CountingRing.asked

    def question(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    def work_of(typed: str) -> list[str]:
        asked.clear()
        with pytest.raises(Rejected) as refused:
            inquiry.enter(ctx, HERE, typed, "9999")
        assert refused.value.rule == "no_such_inquiry"
        return [*asked]

    event.listen(ctx.engine, "before_cursor_execute", question)
    try:
        wrong_digits, nobodys = work_of(code), work_of("A" * len(code))
    finally:
        event.remove(ctx.engine, "before_cursor_execute", question)
    assert wrong_digits == nobodys
    assert "unseal 11" in nobodys
    assert len([one for one in nobodys if "dossier" in one]) >= 2


def test_a_code_that_is_guessed_at_waits_and_the_right_digits_do_not_help(hall: House) -> None:
    code, _ = codes(hall, builders.opened(hall))
    for number in range(FAILURES_OF_A_CODE):
        with pytest.raises(Rejected):
            inquiry.enter(hall.web, f"192.0.2.{number}", code, "9999")
    with pytest.raises(Rejected) as refused:
        inquiry.enter(hall.web, "192.0.2.99", code, DIGITS)
    assert refused.value.rule == "too_many_tries"
    hall.clock.advance(hours=1)
    assert inquiry.enter(hall.web, "192.0.2.99", code, DIGITS).dossier_id


def test_guesses_at_the_same_moment_get_no_further_than_guesses_one_by_one(hall: House) -> None:
    code, _ = codes(hall, builders.opened(hall))
    at_once = threading.Barrier(8)

    def guess(number: int) -> list[str]:
        rules = []
        at_once.wait()
        for turn in range(3):
            with pytest.raises(Rejected) as refused:
                inquiry.enter(hall.web, f"198.51.100.{number * 3 + turn}", code, "9999")
            rules.append(refused.value.rule)
        return rules

    with ThreadPoolExecutor(8) as threads:
        told = Counter(rule for rules in threads.map(guess, range(8)) for rule in rules)
    assert told == {"no_such_inquiry": FAILURES_OF_A_CODE, "too_many_tries": 24 - FAILURES_OF_A_CODE}


def test_a_place_from_which_codes_are_tried_waits_too(hall: House) -> None:
    code, _ = codes(hall, builders.opened(hall))
    source = hall.web.keyring.digest(HERE, stored.SOURCE)
    with work(hall.web, Actor("applicant", "申请人"), "test") as w:
        for _number in range(FAILURES_OF_A_PLACE):
            stored.failed(w.session, [source], w.now)
    with pytest.raises(Rejected) as refused:
        inquiry.enter(hall.web, HERE, code, DIGITS)
    assert refused.value.rule == "too_many_tries"
    assert inquiry.enter(hall.web, "192.0.2.7", code, DIGITS).dossier_id
    with Session(hall.system.engine) as session:
        assert HERE not in str([row.source_digest for row in session.exec(select(InquiryTry))])


def test_an_inquiry_sees_one_dossier_and_changes_none_of_its_rows(hall: House) -> None:
    mine, other = builders.opened(hall), builders.opened(hall)
    actor = entered(hall, mine)
    with reading(hall.web.engine, actor) as session:
        assert [row.no for row in session.exec(select(Dossier))] == [mine]
    with pytest.raises(NotYours), work(hall.web, actor, "test") as w:
        w.dossier(other)
    with pytest.raises(DBAPIError), work(hall.web, actor, "test") as w:
        w.dossier(mine).case_no = "别的"


def test_the_page_follows_the_originals_and_never_moves_them_by_a_couriers_word(hall: House) -> None:
    envelope = builders.sealed(hall)
    actor = entered(hall, envelope.dossier_no)
    assert set(places(hall, actor)) == {Place.SEALED}
    with hall.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE errand SET done_at = created_at WHERE kind = 'enquire'")
    dispatch.dispatch(hall.web, hall.window, hall.command(), envelope.no, "ems")
    dispatch.record_booking(hall.system, envelope.no, Booking("1100000000011", "长沙 01-02"))
    assert set(places(hall, actor)) == {Place.SEALED}, "no courier has said that it has the envelope"
    told = inquiry.see(hall.web, actor, hall.clock()).told
    assert (told.current, told.late) == (Step.ARRIVED, False)
    builders.received(hall, envelope)
    assert set(places(hall, actor)) == {Place.AUTHORITY}
    told = inquiry.see(hall.web, actor, hall.clock()).told
    assert told.current is Step.DECIDED
    assert next(one for one in told.steps if one.step is Step.DECIDED).due_at is not None


def test_nothing_told_names_a_person_or_a_document(hall: House) -> None:
    envelope = decided(hall)
    seen = inquiry.see(hall.web, entered(hall, envelope.dossier_no), hall.clock())
    assert not [secret for secret in ("李样例", "42120019900101001X", "13900000000", "EX-0001") if secret in str(seen)]


def test_a_rating_stands_once_and_a_low_one_says_why(hall: House) -> None:
    early = entered(hall, builders.opened(hall))
    with pytest.raises(Rejected) as refused:
        inquiry.rate(hall.web, early, 5, [], "")
    assert refused.value.rule == "too_early"
    actor = entered(hall, decided(hall).dossier_no)
    with pytest.raises(Malformed) as unsaid:
        inquiry.rate(hall.web, actor, 2, [], "等了很久")
    assert list(unsaid.value.fields) == ["reasons"]
    inquiry.rate(hall.web, actor, 2, [RatingReason.SLOW], "等了很久")
    with pytest.raises(Rejected) as refused:
        inquiry.rate(hall.web, actor, 5, [], "")
    assert refused.value.rule == "rated"
    with Session(hall.system.engine) as session:
        row = session.exec(select(ApplicantWord)).one()
        assert (row.stars, row.reasons) == (2, ["slow"])
        assert "等了很久" not in row.words_sealed
        assert "applicant:rated" in list(session.exec(select(LedgerEntry.what)))


def test_an_original_that_did_not_come_back_becomes_a_difference_once(hall: House) -> None:
    no = builders.sealed(hall).dossier_no
    actor = entered(hall, no)
    with pytest.raises(Rejected) as refused:
        inquiry.dispute(hall.web, actor, 1, "")
    assert refused.value.rule == "not_with_you"
    single = builders.opened(hall)
    code = str(dossiers.list_original(hall.web, hall.window, hall.command(), single, builders.paper())["original"])
    dossiers.give_to_applicant(hall.web, hall.window, hall.command(), single, (code,))
    actor = entered(hall, single)
    assert places(hall, actor) == [Place.WITH_YOU]
    inquiry.dispute(hall.web, actor, 1, "没有人打电话给我")
    with pytest.raises(Rejected) as refused:
        inquiry.dispute(hall.web, actor, 1, "")
    assert refused.value.rule == "disputed"
    with Session(hall.system.engine) as session:
        row = session.exec(select(Discrepancy).where(Discrepancy.kind == DiscrepancyKind.NOT_RETURNED)).one()
        assert row.key == "applicant:not_received:1"


def waiting(hall: House, actor: Actor) -> list[str]:
    """The dossiers on the officer's workbench whose applicants wait for an answer."""
    with reading(hall.web.engine, actor) as session:
        queues = {queue.key: queue.items for queue in boards.waiting(session, actor, hall.clock())}
    return [item.dossier_no for item in queues.get("not_received", [])]


def heard(hall: House, actor: Actor, no: str) -> list[hearing.Heard]:
    with reading(hall.web.engine, actor) as session:
        return hearing.heard(hall.web, session, find.whole(session, find.dossier_by_no(session, no)))


def test_an_original_missed_after_the_closing_waits_on_the_workbench_until_the_hall_answers_the_applicant(
    hall: House,
) -> None:
    no = filed.closed(hall)
    actor = entered(hall, no)
    inquiry.dispute(hall.web, actor, 1, "没有人打电话给我")
    (said,) = heard(hall, hall.window, no)
    assert (said.seq, said.title, said.own, said.waits) == (1, "证书0", True, True)
    assert waiting(hall, hall.window) == [no]
    assert waiting(hall, hall.receiver) == []
    with pytest.raises(NotAllowed):
        hearing.answer(hall.web, hall.receiver, hall.command(), no, 1, "不归我答")
    with pytest.raises(Malformed) as empty:
        hearing.answer(hall.web, hall.window, hall.command(), no, 1, " ")
    assert list(empty.value.fields) == ["answered-1"]
    hearing.answer(hall.web, hall.window, hall.command(), no, 1, "您家人已代领，签字在案")
    with pytest.raises(Rejected) as twice:
        hearing.answer(hall.web, hall.window, hall.command(), no, 1, "再答一次")
    assert twice.value.rule == "nothing_to_answer"
    assert waiting(hall, hall.window) == []
    seen = inquiry.see(hall.web, actor, hall.clock())
    assert seen.disputed == frozenset()
    assert seen.answered[1].words == "您家人已代领，签字在案"
    with Session(hall.system.engine) as session:
        assert "applicant:answered" in list(session.exec(select(LedgerEntry.what)))
        assert not [row for row in session.exec(select(ApplicantWord)) if "代领" in row.words_sealed]


def test_settling_the_difference_of_an_open_dossier_answers_the_applicant_too(hall: House) -> None:
    no = builders.opened(hall)
    code = str(dossiers.list_original(hall.web, hall.window, hall.command(), no, builders.paper())["original"])
    dossiers.give_to_applicant(hall.web, hall.window, hall.command(), no, (code,))
    actor = entered(hall, no)
    inquiry.dispute(hall.web, actor, 1, "")
    assert [one.waits for one in heard(hall, hall.window, no)] == [False]
    assert waiting(hall, hall.window) == []
    with Session(hall.system.engine) as session:
        row = session.exec(select(Discrepancy).where(Discrepancy.kind == DiscrepancyKind.NOT_RETURNED)).one()
    receipt.settle(hall.web, hall.window, hall.command(), no, row.id or 0, Resolution.EXPLAINED, "已核对交还签字")
    seen = inquiry.see(hall.web, actor, hall.clock())
    assert (seen.disputed, seen.answered[1].words) == (frozenset(), "")


def test_an_applicants_own_words_are_read_by_the_halls_managers_alone_and_the_ledger_says_so(hall: House) -> None:
    no = decided(hall).dossier_no
    inquiry.rate(hall.web, entered(hall, no), 2, [RatingReason.SLOW], "等了很久")
    manager = replace(hall.window, roles=frozenset({Role.MANAGER}))
    elsewhere = replace(hall.receiver, roles=frozenset({Role.MANAGER}))
    assert privacy.unmask(hall.web, hall.window, hall.command(), no, "核对评价内容").words == {}
    assert privacy.unmask(hall.web, elsewhere, hall.command(), no, "核对评价内容").words == {}
    assert privacy.unmask(hall.web, manager, hall.command(), no, "核对评价内容").words == {"rating": "等了很久"}
    with Session(hall.system.engine) as session:
        rows = session.exec(select(LedgerEntry).where(LedgerEntry.what == "person:unmasked")).all()
    assert [row.facts.get("words") for row in rows] == [None, None, ["rating"]]


def test_an_actor_without_a_dossier_sees_none(hall: House) -> None:
    builders.opened(hall)
    with reading(hall.web.engine, applicant_actor("", 0)) as session:
        assert session.exec(select(Dossier)).all() == []
