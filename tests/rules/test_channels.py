"""The law on what may travel how, over the whole matrix."""

from __future__ import annotations

import itertools

import pytest

from logistics.errors import Rejected
from logistics.rules.channels import allowed, gate
from logistics.terms import Channel, Secrecy, zh
from tests.rules.rows import original

ORDINARY = frozenset(Channel)
POSTAL_ONLY = frozenset({Channel.POSTAL})
GUARDED = frozenset({Channel.CONFIDENTIAL_POST, Channel.APPOINTED_PERSON})
Case = tuple[Secrecy, bool, frozenset[Channel]]
MATRIX: list[Case] = [
    (Secrecy.NONE, False, ORDINARY),
    (Secrecy.NONE, True, POSTAL_ONLY),
    *((secrecy, official, GUARDED) for secrecy in list(Secrecy)[1:] for official in (False, True)),
]


@pytest.mark.parametrize(("secrecy", "official", "expected"), MATRIX)
@pytest.mark.parametrize("channel", Channel)
def test_each_original_travels_only_by_the_channels_the_law_leaves_open(
    secrecy: Secrecy, official: bool, expected: frozenset[Channel], channel: Channel
) -> None:
    one = original(secrecy=secrecy, official_document=official)
    assert allowed([secrecy], official) == expected
    if channel in expected:
        gate([one], channel)
        return
    with pytest.raises(Rejected) as no:
        gate([one], channel)
    said = no.value
    law = "保守国家秘密法" if secrecy is not Secrecy.NONE else "邮政法"
    assert said.rule == "channel"
    assert law in said.zh
    assert one.code in said.zh
    assert all(zh(open_one) in said.zh for open_one in expected)
    assert all(open_one.value in said.en for open_one in expected)


@pytest.mark.parametrize("mix", list(itertools.product(MATRIX, repeat=2)))
def test_an_envelope_travels_as_its_most_guarded_original(mix: tuple[Case, Case]) -> None:
    together = allowed([secrecy for secrecy, _, _ in mix], any(official for _, official, _ in mix))
    assert together == min((channels for _, _, channels in mix), key=lambda one: (one != GUARDED, len(one)))


def test_the_refusal_names_only_the_originals_that_forbid_the_channel() -> None:
    free, guarded = original(1), original(2, secrecy=Secrecy.SECRET)
    with pytest.raises(Rejected) as no:
        gate([free, guarded], Channel.COURIER)
    assert guarded.code in no.value.zh
    assert free.code not in no.value.zh
