"""Roles and powers: what is not granted is refused by name."""

from __future__ import annotations

import itertools

import pytest

from logistics.errors import NotAllowed
from logistics.rules.access import POWER_FOR, ROLE_FOR, require_agency, require_power, require_role, role_for
from logistics.terms import Direction, Power, Role, zh


@pytest.mark.parametrize(("held", "wanted"), list(itertools.product(Role, repeat=2)))
def test_only_the_role_itself_opens_the_act(held: Role, wanted: Role) -> None:
    if held is wanted:
        require_role([held.value], wanted)
        return
    with pytest.raises(NotAllowed) as no:
        require_role([held.value], wanted)
    assert no.value.rule == "role"
    assert zh(wanted) in no.value.zh


@pytest.mark.parametrize("verb", sorted(ROLE_FOR))
def test_a_verb_without_its_power_is_refused_and_names_power_and_agreement(verb: str) -> None:
    require_power([power.value for power in Power], verb)
    wanted = POWER_FOR.get(verb)
    others = [power.value for power in Power if power is not wanted]
    if wanted is None:
        require_power([], verb)
        return
    with pytest.raises(NotAllowed) as no:
        require_power(others, verb, "XN-CS-2026-1")
    assert no.value.rule == "power"
    assert zh(wanted) in no.value.zh
    assert "XN-CS-2026-1" in no.value.zh
    assert "XN-CS-2026-1" in no.value.en


def test_every_power_an_agreement_may_grant_is_wanted_by_some_verb() -> None:
    assert set(POWER_FOR.values()) == set(Power)
    assert set(POWER_FOR) <= set(ROLE_FOR)


def test_a_verb_nobody_wrote_down_is_free_to_nobody() -> None:
    with pytest.raises(KeyError):
        require_power([power.value for power in Power], "seel")
    with pytest.raises(KeyError):
        role_for("seel")


def test_on_the_way_back_the_authority_packs_and_the_hall_opens() -> None:
    assert (role_for("seal"), role_for("receive")) == (Role.WINDOW, Role.RECEIVER)
    assert (role_for("seal", Direction.RETURN), role_for("receive", Direction.RETURN)) == (Role.RECEIVER, Role.WINDOW)
    unturned = set(ROLE_FOR) - {
        "create_consignment",
        "pack",
        "unpack",
        "seal",
        "reopen",
        "dispatch",
        "void",
        "answer_discrepancy",
        "receive",
        "correct",
    }
    assert all(role_for(verb, Direction.RETURN) is ROLE_FOR[verb] for verb in unturned)


def test_an_act_belongs_to_one_agency() -> None:
    require_agency(1, 1)
    with pytest.raises(NotAllowed) as no:
        require_agency(1, 2)
    assert no.value.rule == "agency"
