"""From the open envelope to the courier's order."""

from __future__ import annotations

import dataclasses
import hashlib
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.errors import Rejected
from logistics.rules.packing import (
    MANIFEST_FORMATS,
    ManifestLine,
    dispatch,
    frozen_as,
    manifest_sha256,
    pack,
    reopen,
    seal,
    unpack,
    void,
)
from logistics.terms import Channel, ErrandKind, Secrecy, Stage
from tests.rules.rows import COUNTER, RECEIVER, SENDER, at, consignment, original, taken_in

DIGEST = "cd" * 32
LINES = [
    ManifestLine(1, "X-Y01", "证书", "毕业证书", "A1", "某校", "李𠮷", 2, 1, "original"),
    ManifestLine(2, "X-Y02", "证明", "户籍证明", "B2", "某所", "王一", 1, 1, "original"),
]


def refused(rule: str) -> AbstractContextManager[object]:
    return pytest.raises(Rejected, check=lambda no: no.rule == rule and no.zh.endswith("。") and no.en.endswith("."))


def test_an_original_this_agency_holds_is_packed() -> None:
    decision = pack(consignment(stage=Stage.PACKING), original(), taken_in(1), SENDER, False)
    assert [fact.what for fact in decision.facts] == ["original:packed"]
    assert decision.stage is None


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.PACKING])
def test_a_frozen_list_takes_nothing_in_and_gives_nothing_out(stage: Stage) -> None:
    with refused("stage"):
        pack(consignment(stage=stage), original(), taken_in(1), SENDER, False)
    with refused("stage"):
        unpack(consignment(stage=stage), original())


def test_what_is_in_another_open_envelope_is_not_packed_twice() -> None:
    with refused("packed_elsewhere"):
        pack(consignment(stage=Stage.PACKING), original(), taken_in(1), SENDER, True)


@pytest.mark.parametrize("agency", [RECEIVER, 77])
def test_only_the_agency_that_holds_an_original_packs_it(agency: int) -> None:
    with refused("not_held"):
        pack(consignment(stage=Stage.PACKING), original(), taken_in(1), agency, False)
    with refused("not_held"):
        pack(consignment(stage=Stage.PACKING), original(), None, agency, False)
    with refused("not_held"):
        pack(consignment(stage=Stage.PACKING), original(), taken_in(1, COUNTER), SENDER, False)


def test_an_original_of_another_dossier_stays_out() -> None:
    with refused("other_dossier"):
        pack(consignment(stage=Stage.PACKING), original(dossier_id=2), taken_in(1), SENDER, False)


def test_an_original_leaves_an_open_envelope() -> None:
    decision = unpack(consignment(stage=Stage.PACKING), original())
    assert [fact.what for fact in decision.facts] == ["original:unpacked"]


def test_sealing_freezes_the_list_by_its_hash() -> None:
    decision = seal(consignment(stage=Stage.PACKING), [original(1), original(2)], "A-1234", DIGEST)
    assert decision.stage is Stage.SEALED
    [fact] = decision.facts
    assert fact.what == "consignment:sealed"
    assert fact.data["manifest_sha256"] == DIGEST
    assert fact.data["originals"] == [original(1).code, original(2).code]


def test_an_empty_envelope_is_not_sealed() -> None:
    with refused("empty_envelope"):
        seal(consignment(stage=Stage.PACKING), [], "A-1234", DIGEST)


@pytest.mark.parametrize("seal_no", ["", "ABC", "A" * 33, "ab-1234", "AB 1234", "AB1234\n", "封1234", "123４"])
def test_a_seal_number_of_the_wrong_shape_is_refused(seal_no: str) -> None:
    with refused("seal_number"):
        seal(consignment(stage=Stage.PACKING), [original()], seal_no, DIGEST)


def test_a_list_hash_that_is_no_hash_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        seal(consignment(stage=Stage.PACKING), [original()], "A-1234", "")


def test_reopening_says_why_and_which_seal_no_longer_counts() -> None:
    sealed = consignment(stage=Stage.SEALED)
    decision = reopen(sealed, " 漏装一份 ")
    assert decision.stage is Stage.PACKING
    assert decision.facts[0].why == "漏装一份"
    assert decision.facts[0].data["seal"] == sealed.seal_no
    with refused("reason"):
        reopen(sealed, "  ")


def test_voiding_a_booked_envelope_owes_one_cancellation() -> None:
    booked = consignment(stage=Stage.BOOKED)
    decision = void(booked, "申请人撤回")
    [errand] = decision.errands
    assert (decision.stage, errand.kind, errand.key) == (Stage.VOIDED, ErrandKind.CANCEL, f"cancel:{booked.no}")
    assert errand.payload["waybill_no"] == booked.waybill_no


@pytest.mark.parametrize("stage", [Stage.PACKING, Stage.SEALED])
def test_voiding_before_any_waybill_owes_nothing(stage: Stage) -> None:
    decision = void(consignment(stage=stage), "装错")
    assert (decision.stage, decision.errands) == (Stage.VOIDED, ())


def test_what_a_collector_signed_for_is_voided_only_when_it_is_back_and_the_entry_says_so() -> None:
    envelope = consignment(stage=Stage.BOOKED, courier="ems", waybill_no="1100000000001")
    with pytest.raises(Rejected) as refused:
        void(envelope, "撤回", 7, "421200-JJ20261124-01")
    assert refused.value.rule == "handed_over"
    assert "421200-JJ20261124-01" in refused.value.zh
    (fact,) = void(envelope, "撤回", 7, "421200-JJ20261124-01", taken_back=True).facts
    assert fact.data["taken_back_from"] == "421200-JJ20261124-01"
    assert fact.data["corrects"] == 7
    assert "taken_back_from" not in void(envelope, "撤回", 7, taken_back=True).facts[0].data


def test_what_the_courier_has_cannot_be_voided() -> None:
    with refused("picked_up"):
        void(consignment(stage=Stage.BOOKED, picked_up_at=at(3)), "撤回")
    with refused("stage"):
        void(consignment(stage=Stage.ON_THE_WAY, picked_up_at=at(3)), "撤回")


def test_dispatching_owes_one_order_and_a_new_attempt_another() -> None:
    sealed = consignment(stage=Stage.SEALED)
    first = dispatch(sealed, [original()], Channel.POSTAL, "ems", at(1), 1)
    second = dispatch(sealed, [original()], Channel.POSTAL, "ems", at(2), attempt=2)
    assert first.stage is Stage.BOOKING
    assert [one.errands[0].key for one in (first, second)] == [f"book:{sealed.no}:1", f"book:{sealed.no}:2"]
    assert first.errands[0].payload["courier"] == "ems"


def test_dispatching_by_a_channel_the_law_closes_changes_nothing() -> None:
    sealed = consignment(stage=Stage.SEALED)
    with refused("channel"):
        dispatch(sealed, [original(secrecy=Secrecy.SECRET)], Channel.POSTAL, "ems", at(1), 1)
    with refused("channel"):
        dispatch(sealed, [original(official_document=True)], Channel.COURIER, "sf", at(1), 1)
    assert sealed.stage is Stage.SEALED


def test_only_a_sealed_envelope_is_dispatched() -> None:
    for stage in set(Stage) - {Stage.SEALED}:
        with refused("stage"):
            dispatch(consignment(stage=stage), [original()], Channel.POSTAL, "ems", at(1), 1)


def test_the_list_hash_is_that_of_the_canonical_text_anybody_can_write_down() -> None:
    text = (
        '{"consignment":"X-1","format":"youdang-manifest-1","lines":['
        '{"code":"X-Y01","copies":1,"form":"original","holder":"李𠮷","issuer":"某校","kind":"证书","number":"A1","pages":2,'
        '"seq":1,"title":"毕业证书"},'
        '{"code":"X-Y02","copies":1,"form":"original","holder":"王一","issuer":"某所","kind":"证明","number":"B2","pages":1,'
        '"seq":2,"title":"户籍证明"}],"seal":"S-0001"}'
    )
    first = MANIFEST_FORMATS[-1]
    assert manifest_sha256("X-1", "S-0001", LINES, first) == hashlib.sha256(text.encode()).hexdigest()
    text = text.replace("manifest-1", "manifest-2").replace('"pages":2,', f'"pages":2,"pictures":["{DIGEST}"],')
    text = text.replace('"pages":1,', '"pages":1,"pictures":[],')
    seen = [dataclasses.replace(LINES[0], pictures=(DIGEST,)), LINES[1]]
    assert manifest_sha256("X-1", "S-0001", seen) == hashlib.sha256(text.encode()).hexdigest()


@given(st.sampled_from(MANIFEST_FORMATS), st.booleans())
def test_a_list_is_known_again_by_the_format_it_was_frozen_under(written: str, pictured: bool) -> None:
    lines = [dataclasses.replace(LINES[0], pictures=(DIGEST,) if pictured else ()), LINES[1]]
    digest = manifest_sha256("X-1", "S-0001", lines, written)
    assert frozen_as(digest, "X-1", "S-0001", lines) == written
    assert frozen_as(digest, "X-1", "S-0002", lines) is None
    assert frozen_as(digest, "X-1", "S-0001", lines[:1]) is None


@given(st.permutations(LINES))
def test_the_list_hash_does_not_depend_on_the_order_rows_were_read(lines: list[ManifestLine]) -> None:
    assert manifest_sha256("X-1", "S-0001", lines) == manifest_sha256("X-1", "S-0001", LINES)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(ManifestLine)])
def test_any_change_of_the_list_changes_its_hash(field: str) -> None:
    value = getattr(LINES[0], field)
    more = {int: 10, str: "改", tuple: (DIGEST,)}
    other: dict[str, Any] = {field: value + more[type(value)]}
    changed = dataclasses.replace(LINES[0], **other)
    assert manifest_sha256("X-1", "S-0001", [changed, LINES[1]]) != manifest_sha256("X-1", "S-0001", LINES)
    assert manifest_sha256("X-1", "S-0002", LINES) != manifest_sha256("X-1", "S-0001", LINES)
    assert manifest_sha256("X-2", "S-0001", LINES) != manifest_sha256("X-1", "S-0001", LINES)
