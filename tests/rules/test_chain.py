"""The chain of a dossier: what enters it, and that no change of it goes unseen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from logistics.rules import chain

AT = datetime(2026, 10, 10, 1, 2, 3, 4, UTC)
ABOUT = {
    "dossier_no": "421200-2026-000001",
    "actor": "officer:12",
    "actor_name": "𠮷田",
    "agency": "咸宁市政务服务大厅",
    "what": "original:handed_over",
    "why": "收件",
}


def chained(count: int) -> list[chain.Entry]:
    entries: list[chain.Entry] = []
    prev = chain.genesis(ABOUT["dossier_no"])
    for seq in range(1, count + 1):
        facts = {"original": seq, "pages": [1, 2]}
        entries.append(chain.link(prev, seq=seq, at=AT + timedelta(seconds=seq), facts=facts, **ABOUT))
        prev = entries[-1].hash
    return entries


texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=4), texts)
def test_an_entry_written_as_a_line_is_read_back_the_same(facts, why):
    entry = chain.link(chain.genesis("D"), seq=1, at=AT, facts=facts, **{**ABOUT, "dossier_no": "D", "why": why})
    assert chain.read(chain.line(entry)) == entry
    assert chain.verify([entry]) == []


@given(st.dictionaries(texts | st.text("abc_", max_size=4), values, max_size=5))
def test_the_quick_way_of_writing_gives_the_bytes_of_rfc_8785(facts):
    assert chain._canonical(facts) == rfc8785.dumps(facts)


@given(st.dictionaries(st.text("ab_\x00\"\\", max_size=4), st.text(max_size=4) | st.integers(), max_size=5))
def test_what_rfc_8785_refuses_is_refused_the_quick_way_too(facts):
    try:
        wanted = rfc8785.dumps(facts)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        with pytest.raises(chain.NotCanonicalError):
            chain._canonical(facts)
    else:
        assert chain._canonical(facts) == wanted


def test_the_hash_can_be_computed_with_a_json_library_alone():
    entry = chained(1)[0]
    fields = json.loads(chain.line(entry))
    wanted = fields.pop("hash")
    plain = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(plain).hexdigest() == wanted == chain.leaf(entry).hex()
    assert fields["at"] == "2026-10-10T01:02:04.000004Z"


def test_a_whole_chain_has_no_fault():
    assert chain.verify(chained(12)) == []
    assert chain.verify([]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"dossier_no": "other"},
        {"seq": 9},
        {"at": AT},
        {"actor": "officer:13"},
        {"actor_name": "x"},
        {"agency": "x"},
        {"what": "original:lost"},
        {"why": ""},
        {"facts": {}},
        {"command_id": "c"},
        {"prev_hash": "0" * 64},
        {"hash": "0" * 64},
    ],
)
@pytest.mark.parametrize("place", [0, 3, 5])
def test_a_change_of_any_field_of_any_entry_is_found_there(change, place):
    entries = chained(6)
    entries[place] = replace(entries[place], **change)
    assert place + 1 in {fault.seq for fault in chain.verify(entries)}


@given(st.integers(0, 7), st.integers(0, 7))
def test_a_removed_repeated_or_swapped_entry_is_found(i, j):
    whole = chained(8)
    if i < 7:
        assert chain.verify(whole[:i] + whole[i + 1 :])
    assert chain.verify([*whole[: i + 1], whole[i], *whole[i + 1 :]])
    swapped = list(whole)
    swapped[i], swapped[j] = swapped[j], swapped[i]
    assert bool(chain.verify(swapped)) == (i != j)


def test_a_changed_entry_hashed_again_no_longer_joins_the_next():
    entries = chained(4)
    draft = replace(entries[1], why="别的理由")
    entries[1] = replace(draft, hash=hashlib.sha256(chain.body(draft)).hexdigest())
    assert [fault.seq for fault in chain.verify(entries)] == [3]


def test_a_chain_does_not_pass_for_another_dossiers():
    first = chained(1)[0]
    renamed = replace(first, dossier_no="421200-2026-000002")
    moved = replace(renamed, hash=hashlib.sha256(chain.body(renamed)).hexdigest())
    assert [fault.seq for fault in chain.verify([moved])] == [1]


@pytest.mark.parametrize("value", [1.0, float("nan"), [0.5], {"a": {"b": 1.5}}, {1: 2}, b"x", AT, 2**60, "\ud800"])
def test_a_value_without_one_written_form_is_refused(value):
    with pytest.raises(chain.NotCanonicalError):
        chain.link(chain.genesis("D"), seq=1, at=AT, facts={"v": value}, **{**ABOUT, "dossier_no": "D"})


@pytest.mark.parametrize("at", [AT.replace(tzinfo=None), AT.astimezone(timezone(timedelta(hours=8)))])
def test_a_time_that_is_not_utc_is_refused(at):
    with pytest.raises(chain.NotCanonicalError, match="UTC"):
        chain.link(chain.genesis("D"), seq=1, at=at, facts={}, **ABOUT)


def test_facts_are_copied_so_a_later_change_of_them_changes_nothing():
    facts = {"pages": [1]}
    entry = chain.link(chain.genesis(ABOUT["dossier_no"]), seq=1, at=AT, facts=facts, **ABOUT)
    facts["pages"].append(2)
    assert chain.verify([entry]) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text + b"\n",
        lambda text: text.replace(b":", b": ", 1),
        lambda text: text.replace(b'"seq":1', b'"seq":1.0'),
        lambda text: text.replace(b'"seq":1', b'"seq":true'),
        lambda text: text.replace(b'"command_id":null,', b""),
        lambda text: text.replace(b'{"actor"', b'{"aa":1,"actor"'),
        lambda text: text.replace(b"2026-10-10T", b"2026-13-10T"),
        lambda text: b"[" * 100000,
        lambda text: text.replace(b'"prev_hash":"', b'"prev_hash":"g'),
        lambda text: text.replace(b'"hash":"', b'"hash":"G'),
        lambda text: b"\xff",
        lambda text: text.replace(b'"why":"', b'"why":"","why":"'),
    ],
)
def test_a_line_in_any_other_form_is_refused(spoil):
    with pytest.raises(chain.NotCanonicalError):
        chain.read(spoil(chain.line(chained(1)[0])))
