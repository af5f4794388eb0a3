"""Every sentence the product raises on purpose stands in both languages, told from the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3400-\u9fff]")
BILINGUAL = {"Said", "YoudangError", "Malformed", "Rejected", "NotAllowed"}
"""Calls whose first two arguments are one sentence in Chinese and in English; what stands at fields must be `Said` by
its type, which mypy checks."""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for package in ("logistics", "scheduler"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BILINGUAL:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def _words(node: ast.AST) -> str | None:
    """The sentence's own words, without what is put into it; None for one that is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value for one in node.values if isinstance(one, ast.Constant))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_words(node.left) or "") + (_words(node.right) or "")
    return None


def test_a_sentence_is_chinese_first_and_english_second() -> None:
    wrong, seen = [], 0
    for place, call in _calls():
        zh, en = (_words(one) for one in call.args[:2]) if len(call.args) > 1 else (None, None)
        seen += zh is not None and en is not None
        if zh and not CHINESE.search(zh):
            wrong.append(f"{place}: no Chinese in {zh!r}")
        if en is not None and (not en.strip() or CHINESE.search(en)):
            wrong.append(f"{place}: no English in {en!r}")
    assert wrong == []
    assert seen > 300
