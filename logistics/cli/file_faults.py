"""What is wrong at a place of an administrator's file, in both languages: the shape's own English sentence read."""

from __future__ import annotations

import re

from logistics.errors import Said

_SENTENCES = {
    r"Missing data for required field\.": "缺少这一项，请补上。",
    r"Unknown field\.": "没有这一项，请核对名称或删去。",
    r"Field may not be null\.": "这一项不能为 null，请填写或删去。",
    r"Not a valid string\.": "应是文本，请写在引号里。",
    r"Not a valid integer\.": "应是整数，例如 3。",
    r"Not a valid boolean\.": "应是 true 或 false。",
    r"Not a valid list\.": "应是列表，请写在 [ ] 里。",
    r"Not a valid date\.": "应是日期，例如 2026-11-21。",
    r"Not a valid mapping type\.|Invalid (?:input )?type\.": "应是一个对象，请写在 {{ }} 里。",
    r"Must be one of: (?P<known>.+)\.": "应为其中之一：{known}。",
    r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.": "长度应为 {least} 至 {most}。",
    r"Shorter than minimum length (?P<least>\d+)\.": "至少要有 {least} 个。",
    r"Must be greater than or equal to (?P<least>\d+)\.": "不能小于 {least}。",
    r"Must be greater than or equal to (?P<least>\d+) and less than or equal to (?P<most>\d+)\.": (
        "应在 {least} 至 {most} 之间。"
    ),
    r"String does not match expected pattern\.": "写法不对，请照说明文件里的样子写。",
}
"""The shape library's sentences that these files can meet."""


def said(english: str) -> Said:
    """The sentence in Chinese with its English; one that is not known is told as it came, behind what to do."""
    for shape, chinese in _SENTENCES.items():
        found = re.fullmatch(shape, english)
        if found:
            return Said(chinese.format(**found.groupdict()), english)
    return Said(f"这一项不对，请照说明文件改正（{english}）。", english)
