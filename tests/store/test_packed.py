"""Raw bodies at rest come back byte for byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from logistics.store.packed import pack, unpack


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda one: (one * 9).encode()))
def test_what_is_packed_comes_back_and_is_never_longer(body: bytes) -> None:
    kept, packed = pack(body)
    assert unpack(kept, packed) == body
    assert len(kept) <= len(body)
    assert packed or kept == body


def test_a_courier_answer_takes_a_fraction_of_its_size() -> None:
    body = b'{"opCode":"203","opDesc":"\xe5\xb7\xb2\xe6\x94\xb6","opOrgCity":"\xe5\xb8\x82"},' * 30
    kept, packed = pack(body)
    assert packed
    assert len(kept) < len(body) / 5
