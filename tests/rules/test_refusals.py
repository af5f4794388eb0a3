"""Advice about a refusal is given for published codes only."""

from __future__ import annotations

import pytest

from logistics.rules.refusals import advice


@pytest.mark.parametrize(
    ("courier", "code", "words", "said"),
    [
        ("sf", "1015", "收件人联系人为空", "收件单位"),
        ("sf", "8119", "月结卡号不存在或已失效", "月结"),
        ("sf", "8096", "超出营业时间", "改约"),
        ("ems", "FIELD", "寄方缺少电话，EMS 不受理", "补齐单位资料"),
        ("ems", "FIELD", "号段里的运单号 1 不是 EMS 的写法", "换一个号码"),
    ],
)
def test_a_published_code_has_its_advice(courier: str, code: str, words: str, said: str) -> None:
    found = advice(courier, code, words)
    assert found is not None
    assert said in found[0]


def test_a_code_that_nobody_published_has_none() -> None:
    assert advice("ems", "B00012", "收件人电话不完整") is None
    assert advice("sf", "9999", "？") is None
