"""Who may take originals at the counter."""

from __future__ import annotations

import pytest

from logistics.errors import Malformed, Rejected
from logistics.rules.handing_back import AGENT, APPLICANT, MANDATED, basis, told, who


@pytest.mark.parametrize("person", [APPLICANT, AGENT])
@pytest.mark.parametrize("by_agent", [True, False])
def test_a_document_on_file_says_who_it_is_whatever_was_ticked(person: str, by_agent: bool) -> None:
    assert who(True, person, by_agent, "", False) == person
    assert "与登记一致" in basis(person, True, True)


def test_without_a_reader_the_officer_answers_for_the_comparison() -> None:
    assert who(False, None, False, "", False) == APPLICANT
    assert who(False, None, True, "", False) == AGENT
    assert "已核对" in basis(APPLICANT, True, False)


def test_a_stranger_needs_a_mandate_a_document_and_a_signature() -> None:
    with pytest.raises(Malformed) as why:
        who(True, None, False, "", True)
    assert why.value.fields["id_no"][0].endswith("。")
    with pytest.raises(Malformed):
        who(False, None, False, "张三", True)
    with pytest.raises(Rejected) as unsigned:
        who(True, None, False, "张三", False)
    assert unsigned.value.rule == "unsigned"
    assert who(True, None, False, "张三", True) == MANDATED
    assert "委托书" in basis(MANDATED, True, False)


@pytest.mark.parametrize("taker", [APPLICANT, AGENT, MANDATED])
@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("compared", [True, False])
def test_what_the_ledger_says_of_a_hand_back_is_read_again_for_the_page(
    taker: str, checked: bool, compared: bool
) -> None:
    said = basis(taker, checked, compared)
    found, proof = told(said)
    assert found == taker
    assert said.endswith(proof)
    assert bool(proof) is (checked or compared or taker == MANDATED)
    assert told("旧系统迁入") == ("", "")
