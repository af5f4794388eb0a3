"""Two people at one envelope or one checklist: the second is told who was first, and nothing is lost or overruled."""

from __future__ import annotations

from collections.abc import Callable

from tests.web.window.acts import ENVELOPE, codes, listed, opened, row, rows
from tests.web.window.conftest import Officer
from tests.web.window.hall import Hall
from tests.web.window.test_envelope import PACK, envelope, said

Enter = Callable[[str], Officer]


def test_a_list_that_a_colleague_changed_is_not_sealed_from_an_old_page(
    window: Officer, officer: Enter, desk: Hall
) -> None:
    listed(window)
    colleague = officer("xn-window2")
    colleague.send(PACK, inside=codes(2), was=codes(), then="keep")
    refused = window.send(PACK, inside=codes(), was=codes(), code="XN-0001", then="send")
    assert refused.status_code == 409
    assert "胡志远刚刚改过这个封套的清单" in refused.text
    assert refused.text.count("checked>") == 2  # as it stands now
    assert 'value="XN-0001"' in refused.text
    assert said(desk, "consignment:sealed") == 0
    answer = window.send(PACK, inside=codes(2), was=codes(2), code="XN-0001", then="send")
    assert answer.status_code == 303
    late = colleague.send(PACK, inside=codes(2), was=codes(2), code="XN-0009", then="send")
    assert late.status_code == 409
    assert envelope(desk).seal_no == "XN-0001"
    assert colleague.get(f"/consignments/{ENVELOPE}").status_code == 200


def test_an_original_listed_meanwhile_is_told_when_the_numbers_differ(
    window: Officer, officer: Enter, desk: Hall
) -> None:
    no = opened(window)
    first, *rest = rows(window, no)
    officer("xn-window2").send(f"/dossiers/{no}/originals", then="stay", extras="1", **row(first, number="A-1"))
    fields = {name: value for prefix in (first, *rest) for name, value in row(prefix).items()}
    refused = window.send(f"/dossiers/{no}/originals", then="pack", extras="1", **fields)
    assert refused.status_code == 409
    assert "刚由同事登记过" in refused.text
    assert said(desk, "original:listed") == 1
    assert f'value="NO-{rest[0]}"' in refused.text  # what was typed for the others is kept
    again = window.send(f"/dossiers/{no}/originals", then="pack", extras="1", **{**fields, **row(first, number="A-1")})
    assert again.status_code == 303
    assert said(desk, "original:listed") == 3
