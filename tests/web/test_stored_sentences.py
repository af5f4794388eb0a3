"""What is stored in Chinese of our own making is told in English on an English page: every sentence of the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

from logistics.web.dossier.reasons import Telling, failed, happened, reason
from logistics.web.language import install
from logistics.web.stored import checks, couriers, differences, ledger, outside
from logistics.web.stored.reading import Parts, checked, read

ROOT = Path(__file__).parents[2]
HAN = re.compile(r"[\u3400-\u9fff]")
SAID = {"Busy", "Refused", "Garbled", "Unanswered", "Failed", "ForAPerson", "Postponed", "Closed", "Later", "No"}
SAID |= {"NotNow", "Done"}
"""Calls that carry a sentence which is kept beside an errand, a message or a batch."""
BLANK = re.compile(r"\{[a-z]+\}")
ELSEWHERE = {"tables.py", "sealing.py", "kdniao_settings.py"}
"""Where such a call carries no sentence that is kept."""


@pytest.fixture
def english() -> Iterator[None]:
    """The reader's language is English."""
    app = Flask(__name__)
    install(app)
    with app.test_request_context():
        g.locale = "en"
        yield


def sentence(node: ast.AST) -> str | None:
    """A sentence of the source with a number for what is put into it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (sentence(node.left) or "") + (sentence(node.right) or "")
    return None


def kept_sentences() -> Iterator[tuple[str, str]]:
    """Where it stands, and the sentence; `7` for every blank."""
    for package in ("couriers", "scheduler"):
        for file in sorted((ROOT / package).rglob("*.py")):
            if "sandbox" in file.parts or file.name in ELSEWHERE:
                continue
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAID:
                    for given in node.args:
                        said = sentence(given)
                        if said and HAN.search(said):
                            yield f"{file.relative_to(ROOT)}:{node.lineno}", said


def plain(parts: Parts) -> str:
    return "".join(words for words, _quoted in parts)


def test_every_sentence_that_a_failed_call_leaves_behind_has_english(english: None) -> None:
    silent, seen = [], 0
    for place, said in kept_sentences():
        seen += 1
        parts = read(said)
        if parts is None or any(quoted for _words, quoted in parts) or HAN.search(plain(parts)):
            silent.append(f"{place}: {said}")
    assert silent == []
    assert seen > 130


def test_an_english_shape_has_the_blanks_of_the_chinese_one() -> None:
    for table in (couriers.SENTENCES, differences.SENTENCES, outside.SENTENCES, ledger.SENTENCES):
        for chinese, told in table.items():
            assert not HAN.search(told), told
            assert set(BLANK.findall(told)) <= set(BLANK.findall(chinese)), chinese
            assert set(BLANK.findall(chinese)) == set(BLANK.findall(told)), chinese
    for chinese, told in checks.SENTENCES.items():
        assert not HAN.search(told), told
        assert set(BLANK.findall(told)) <= set(BLANK.findall(chinese)), chinese
    assert not [words for words in (*outside.WORDS.values(), *checks.TITLES.values()) if HAN.search(words)]


@pytest.mark.parametrize(
    ("chinese", "told"),
    [
        (
            "已尝试 5 次：连不上快递方或其应答中断（ConnectTimeout），稍后重试。",
            "Tries so far: 5. The courier cannot be reached, or its answer broke off (ConnectTimeout); tried again "
            "later.",
        ),
        (
            "已尝试 1 次：EMS 暂时不能受理（HTTP 503），稍后重试。",
            "Tries so far: 1. China Post EMS cannot take this now (HTTP 503); tried again later.",
        ),
        (
            "已尝试 2 次：快递方暂时不能受理（HTTP 503），稍后重试。",
            "Tries so far: 2. The courier cannot take this now (HTTP 503); tried again later.",
        ),
        ("快递方拒绝（B021）：寄件地址不支持", "The courier refused (B021): “寄件地址不支持”"),
        (
            "打印机「窗口一」（10.1.2.3:9100）没有收下（没有应答）。请看电源、网线、纸张和机盖。",
            "The printer “窗口一” (10.1.2.3:9100) did not take it: no answer. Look at its power, cable, paper "
            "and cover.",
        ),
        (
            "邮件：经办人没有登记邮箱。；钉钉群机器人：钉钉限流。",
            "Mail: The officer has no e-mail address here. DingTalk group robot: DingTalk limits how often we call.",
        ),
        (
            "寄件人缺少电话、地址，EMS 不受理；请补齐后再下单。",
            "Sender: telephone, address missing, so China Post EMS does not take it. Add it, then order again.",
        ),
        (
            "该快递账户今日的调用次数已用完，到时自动继续。",
            "The courier's account has used up today's calls. It goes on by itself.",
        ),
        (
            "时限「审核至办结」，应于 2025年11月9日 周日 09:30",
            "The deadline of Counted to decision, due on Sun 9 Nov 2025 09:30",
        ),
        (
            "最后一次轨迹在 2026-11-10 00:21，此后 16 个工作小时没有动向。请联系快递方核实邮件下落。",
            "Last seen on 10 Nov 2026 00:21, and 16 working hours later it had not moved. Ask the courier where it is.",
        ),
        (
            "寄递件 421200-2026-000012-1 清单第 3 项核验为「缺件」：信封里没有",
            "Envelope 421200-2026-000012-1, line 3 of its list: Missing. “信封里没有”",
        ),
        ("不可抗力：暴雨封路", "Force majeure: “暴雨封路”"),
        ("申请人家属来电，要求当面领取", "“申请人家属来电，要求当面领取”"),
    ],
)
def test_our_own_words_are_told_in_english_and_other_peoples_quoted(english: None, chinese: str, told: str) -> None:
    assert happened(chinese) == told
    assert reason(chinese) == told
    quoted = [words for words, is_quote in getattr(happened(chinese), "parts", ()) if is_quote]
    assert not HAN.search(told.translate(dict.fromkeys(map(ord, "".join(quoted))))) or quoted


def test_a_chinese_page_says_it_as_it_is_kept() -> None:
    app = Flask(__name__)
    install(app)
    with app.test_request_context():
        g.locale = "zh"
        assert happened("快递方拒绝（B021）：寄件地址不支持") == "快递方拒绝（B021）：寄件地址不支持"
        assert not isinstance(happened("程序内部错误(KeyError),已记入日志;稍后重试。"), Telling)


def test_what_the_four_checks_found_is_told_by_its_code_in_english(english: None) -> None:
    one = "GD-1-4 所列文件齐全：材料/授权书.pdf：文件为 0 字节；专档列有它，包内没有；另有 3 处"
    assert failed(f"{one}；YJ-2-1 签名：data/a.xml：与元数据所记的摘要不符") != ""
    assert failed(one) == (
        "GD-1-4 all that is listed: “材料/授权书.pdf”: it has no bytes; listed in the dossier, not here; and 3 more"
    )
    assert failed("manifest-sha256.txt：缺少这个文件") == "manifest-sha256.txt: this file is missing"
    assert happened(one) == failed(one)


def test_every_fault_of_the_four_checks_has_english(english: None) -> None:
    silent, seen = [], 0
    for file in sorted((ROOT / "logistics/archive/checks").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note" and len(node.args) > 2:
                said = sentence(node.args[1])
                seen += said is not None
                if said and HAN.search(said) and any(quoted for _words, quoted in checked(said)):
                    silent.append(f"{file.name}:{node.lineno}: {said}")
    assert silent == []
    assert seen > 60
