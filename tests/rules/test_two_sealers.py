"""Which envelopes are sealed by two people, and who the second may be."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from logistics.errors import Rejected
from logistics.rules.two_sealers import Demand, confirm, demand, require_confirmed
from logistics.tables import Material
from logistics.terms import Form, Secrecy, Stage
from tests.rules.rows import consignment, original

FIRST, SECOND = 11, 12
ASKED = Demand("密级", "classified")


def refused(rule: str) -> AbstractContextManager[object]:
    return pytest.raises(Rejected, check=lambda no: no.rule == rule and no.zh.endswith("。") and no.en.endswith("."))


def material(two_sealers: bool) -> Material:
    return Material(id=7, item_id=1, seq=1, name="产权证", form=Form.ORIGINAL, two_sealers=two_sealers)


@pytest.mark.parametrize("secrecy", list(Secrecy))
def test_what_has_a_secrecy_class_is_sealed_by_two(secrecy: Secrecy) -> None:
    asked = demand([original(), original(secrecy=secrecy)], [])
    assert (asked is None) is (secrecy is Secrecy.NONE)


def test_a_checklist_may_ask_for_two_sealers_of_one_of_its_materials() -> None:
    assert demand([original(material_id=7)], [material(True)]) is not None
    assert demand([original(material_id=7)], [material(False)]) is None
    assert demand([original(material_id=None)], [material(True)]) is None
    assert demand([], [material(True)]) is None


def test_the_second_is_another_person_and_confirms_one_seal_once() -> None:
    sealed = consignment(stage=Stage.SEALED, sealed_by=FIRST)
    fact = confirm(sealed, SECOND, True)
    assert fact.data["confirmed_by"] == SECOND
    assert (fact.data["seal"], fact.data["where"]) == (sealed.seal_no, "same_desk")
    with refused("same_person"):
        confirm(sealed, FIRST, False)
    sealed.confirmed_by = SECOND
    with refused("confirmed"):
        confirm(sealed, 13, False)
    for stage in set(Stage) - {Stage.SEALED}:
        with refused("not_sealed"):
            confirm(consignment(stage=stage, sealed_by=FIRST), SECOND, False)


def test_an_envelope_that_asks_for_two_leaves_only_when_the_second_has_confirmed() -> None:
    sealed = consignment(stage=Stage.SEALED, sealed_by=FIRST)
    require_confirmed(sealed, None)
    with refused("second_sealer"):
        require_confirmed(sealed, ASKED)
    sealed.confirmed_by = SECOND
    require_confirmed(sealed, ASKED)
