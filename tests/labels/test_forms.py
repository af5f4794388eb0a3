"""The forms of dossiers, windows and halls: what is given stands on them in both languages, what must not does not."""

import dataclasses
import re
import typing
from collections.abc import Iterator

import pytest

from labels import arrival, lawful, notice, remarks, slip, words
from labels.draw import draw, drawing
from labels.linebreak import NOT_AT_END, NOT_AT_START
from labels.papers import (
    ArrivalReceipt,
    ArrivedItem,
    CatalogueItem,
    Finding,
    GuideMaterial,
    HandoverItem,
    HandoverSheet,
    IntakeReceipt,
    IrregularItem,
    Irregularity,
    IrregularityNotice,
    LabelParty,
    OriginalSticker,
    Paper,
    PaperLanguage,
    Remark,
    RemarkKind,
    SealState,
    SealSticker,
    SlipKind,
    Treatment,
    UnlawfulPaper,
    WaybillLabel,
)
from labels.surface import TextTooLong
from tests.labels import forms_examples as forms
from tests.labels.checks_examples import check_sheet
from tests.labels.examples import FURONG, LABEL, ROOT, SEAL, STICKER, XIANNING, cover, handover
from tests.labels.examples import slip as slip_of
from tests.labels.hearing import hear
from tests.labels.reading import codes, page_texts, poppler_text, rasters, squeezed, text
from tests.labels.records import record
from tests.labels.test_register import register

LANGUAGES: tuple[PaperLanguage, ...] = typing.get_args(PaperLanguage)
A4 = {**forms.FORMS, "slip": slip_of(5), "cover": cover(), "handover": handover()}
MASKED = {"applicant", "applicant_phone", "agent", "holder", "sealed_by", "collector"}
NOT_WORDS = {
    "qr_text",
    "kind",
    "finding",
    "treatment",
    "seal_state",
    "language",
    "secrecy",
    "size",
    "courier_code",
    "group",
    "result",
    "link",
}


def told(paper: typing.Any) -> Iterator[str]:
    """Every text of a paper that stands on it as it was given."""
    for field in dataclasses.fields(paper):
        value = getattr(paper, field.name)
        if isinstance(value, str) and value and field.name not in MASKED | NOT_WORDS:
            yield value
        elif isinstance(value, tuple):
            for one in value:
                yield from [one] if isinstance(one, str) else told(one)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", forms.FORMS)
def test_everything_given_stands_on_the_form_for_both_readers_and_its_code_scans(
    name: str, language: PaperLanguage
) -> None:
    paper = dataclasses.replace(forms.FORMS[name], language=language)
    pdf = draw(paper)
    for read in (text(pdf), poppler_text(pdf)):
        for wanted in told(paper):
            for part in re.split(r"(?<=[，。；])", wanted):  # a page may end between two sentences
                assert squeezed(part) in read, part
    assert codes(rasters(pdf)[0]) == {"QRCode": paper.qr_text}
    pages = page_texts(pdf)
    assert all(f"第{number}页共{len(pages)}页" in page for number, page in enumerate(pages, 1))
    assert str(paper.ledger_size) in pages[-1]


@pytest.mark.parametrize("paper", [*A4.values(), SEAL, STICKER], ids=[*A4, "seal", "original"])
def test_english_stands_beside_the_chinese_only_where_it_is_asked_for(paper: forms.AnyForm) -> None:
    chinese = hear(drawing(paper)).all()
    both = hear(drawing(dataclasses.replace(paper, language="zh-en"))).all()
    known = {word for word in words.ENGLISH.values() if len(word) > 12}
    assert not [word for word in known if word in chinese]
    assert re.search("Dossier|dossier|Seal|Original", both)


def test_a_word_without_english_is_noticed() -> None:
    with pytest.raises(KeyError):
        words.english("没有这个词", "zh-en")
    assert words.english("没有这个词", "zh") == ""
    assert all(word.replace("“", "").replace("”", "").replace("·", "").isascii() for word in words.ENGLISH.values())


def test_every_word_of_a_closed_list_has_its_english() -> None:
    lists: tuple[dict[typing.Any, str], ...] = (
        arrival.FINDING_WORDS, arrival.SEAL_WORDS, notice.KIND_WORDS, remarks.KIND_WORDS, slip.KIND_WORDS,
    )  # fmt: skip
    for kinds, choices in zip(lists, (Finding, SealState, Irregularity, RemarkKind, SlipKind), strict=True):
        assert set(kinds) == set(typing.get_args(choices))
        assert set(kinds.values()) <= set(words.ENGLISH)


@pytest.mark.parametrize("kind", slip.KIND_WORDS)
def test_a_slip_of_each_kind_has_its_own_fields_in_both_languages(kind: SlipKind) -> None:
    found = dataclasses.replace(slip_of(2).items[1], found="封皮撕裂，缺第 2 页")
    extra = dataclasses.replace(found, seq=3, title="户口簿", pages=0, copies=0, found="清单以外的 1 份")
    paper = dataclasses.replace(slip_of(2), items=(slip_of(1).items[0], found, extra), seal_found="XN-004513")
    if kind == "internal":
        paper = dataclasses.replace(paper, waybill_no="", seal_no="")
    paper = dataclasses.replace(paper, kind=kind)
    for language in LANGUAGES:
        said = text(draw(dataclasses.replace(paper, language=language)))
        assert ("运单号" in said) == ("封签号" in said) == (kind != "internal")
        assert ("实见封签号" in said) == ("实际所见" in said) == ("封皮撕裂" in said) == (kind == "discrepancy")
        assert ("清单未列" in said) == ("XN-004513" in said) == (kind == "discrepancy")


def test_an_internal_slip_with_a_waybill_is_refused() -> None:
    with pytest.raises(ValueError, match="内部移交不寄递"):
        dataclasses.replace(slip_of(), kind="internal")


def test_the_applicants_and_the_agents_names_and_phone_are_masked() -> None:
    pdf = draw(forms.intake())
    for read in (text(pdf), poppler_text(pdf)):
        for shown in ("欧阳*", "138******78", "王*", "委托他人代领"):
            assert shown in read
        for hidden in ("欧阳𠮷", "13812345678", "王䶮"):
            assert hidden not in read


@pytest.mark.parametrize("paper", [forms.intake(), forms.arrival(), forms.notice()])
@pytest.mark.parametrize("secrecy", ["秘密", "机密★10年", "内部"])
def test_a_paper_that_names_classified_documents_is_not_drawn(
    paper: IntakeReceipt | ArrivalReceipt | IrregularityNotice, secrecy: str
) -> None:
    with pytest.raises(UnlawfulPaper, match="机要"):
        draw(dataclasses.replace(paper, secrecy=secrecy, item_name="\U00031350"))


@pytest.mark.parametrize("phone", ["13812345678", "138-1234-5678", "+86 138 1234 5678", "１３８１２３４５６７８"])
def test_a_public_page_carries_no_persons_own_number(phone: str) -> None:
    page = forms.guide()
    contact = dataclasses.replace(page.contacts[0], phone=phone)
    with pytest.raises(UnlawfulPaper, match="值班电话"):
        draw(dataclasses.replace(page, contacts=(contact,)))


@pytest.mark.parametrize("phone", ["0715-8251234", "11183", "12345", "0715-8251234、0715-8251235", "400-810-1234"])
def test_an_agencys_number_stands_whole_on_the_public_page(phone: str) -> None:
    page = forms.guide()
    contact = dataclasses.replace(page.contacts[0], phone=phone)
    assert squeezed(phone) in text(draw(dataclasses.replace(page, contacts=(contact,))))


def test_what_goes_outside_the_envelope_has_no_field_to_name_the_contents_in() -> None:
    naming = {"title", "item_name", "issuer", "holder", "form", "note", "review_points", "applicant"}
    for outside in (WaybillLabel, LabelParty, SealSticker, HandoverSheet, HandoverItem):
        assert not {field.name for field in dataclasses.fields(outside)} & naming


def test_a_code_tells_nobody_what_the_paper_hides() -> None:
    zhang = dataclasses.replace(LABEL.receiver, person="Zhang San", phone="138-1234-5678")
    label = dataclasses.replace(LABEL, receiver=zhang)
    for qr_text in ("YD1|W|13812345678", "YD1|W|+86 138 1234 5678", "YD1|Zhang San", "YD1|zhang-san|3"):
        with pytest.raises(UnlawfulPaper, match="二维码"):
            draw(dataclasses.replace(label, qr_text=qr_text))
    for qr_text in ("YD1|W|421200-2026-000123", "YD1|Zhangjiajie|Santa"):
        lawful.check(dataclasses.replace(label, qr_text=qr_text))
    with pytest.raises(UnlawfulPaper):
        draw(dataclasses.replace(forms.intake(), applicant="Anna Li", qr_text="YD1|ANNA LI"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: CatalogueItem(1, "", "", "题", "2026-9-1", 1, 1), "八位数字"),
        (lambda: CatalogueItem(1, "", "", "题", "20260231", 1, 1), "八位数字"),
        (lambda: CatalogueItem(1, "", "", "题", "", 5, 4), "不能小于"),
        (lambda: Remark(1, "题", "lost", "", ""), "只能是"),  # type: ignore[arg-type]
        (lambda: ArrivedItem(1, "题", "", "原件", 1, 1, "fine"), "只能是"),  # type: ignore[arg-type]
        (lambda: IrregularItem(1, "题", "", "odd", "", ""), "只能是"),  # type: ignore[arg-type]
        (lambda: GuideMaterial(1, "题", "原件", 1, "flies", "", ""), "只能是"),  # type: ignore[arg-type]
        (lambda: dataclasses.replace(forms.notice(), items=()), "至少为 1"),
        (lambda: dataclasses.replace(forms.guide(), language="en"), "language"),  # type: ignore[arg-type]
    ],
)
def test_a_value_no_form_can_have_is_refused(make: typing.Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


def test_the_catalogue_numbers_its_pages_as_spans() -> None:
    said = text(draw(forms.catalogue(4)))
    assert "202609283-8" in said
    assert "合计4件11页" in said
    assert text(draw(forms.catalogue(60))).count("证书") == 45
    thick = dataclasses.replace(forms.catalogue(1).items[0], first_page=1002, last_page=1010)
    assert "1002-1010" in hear(drawing(dataclasses.replace(forms.catalogue(1), items=(thick,)))).written


def test_the_note_says_what_was_registered_or_that_nothing_was() -> None:
    assert "没有登记缺件、破损、更换" in text(draw(forms.remarks(0)))
    many = text(draw(forms.remarks(3)))
    assert "没有登记" not in many
    for kind in ("破损", "缺件", "更换"):
        assert kind in many


def test_a_receipt_counts_each_finding_and_keeps_unchecked_apart_from_missing() -> None:
    said = text(draw(forms.arrival(7)))
    assert "合计7件完好1未核1缺件1破损1错件1无法辨认1多件1" in said
    assert "“未核”只表示还没有清点，不是缺件" in said


@pytest.mark.parametrize("state", typing.get_args(SealState))
def test_a_notice_sets_the_seal_found_beside_the_seal_expected(state: SealState) -> None:
    said = text(draw(dataclasses.replace(forms.notice(), seal_state=state)))
    assert f"清单封签号XN-004512实见封签号XN-004513（{arrival.SEAL_WORDS[state]}）" in said
    assert "寄出单位答复" in said


@pytest.mark.parametrize("treatment", typing.get_args(Treatment))
def test_a_guide_says_how_each_material_travels(treatment: Treatment) -> None:
    one = dataclasses.replace(forms.guide().materials[0], treatment=treatment)
    page = dataclasses.replace(forms.guide(), materials=(one,), language="zh-en")
    assert "校名、印章、编号齐全" in text(draw(page))


def test_signatures_stand_once_at_the_end_of_a_long_notice() -> None:
    pages = page_texts(draw(forms.notice(40, 12)))
    assert ["寄出单位答复" in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert sum(page.count("封套正面与撕口") for page in pages) == 12


PROSE = "甲乙，（丙丁）：“戊己”；《庚辛》！〔壬癸〕％。" * 5
#: What is a number, a name of a choice or a date, so that prose would not do.
KEPT = NOT_WORDS | {"number", "date", "sha256", "ledger_root", "manifest_sha256", "list_sha256", "signature_sha256",
                    "waybill_no", "applicant_phone", "seal_no", "seal_expected", "seal_found", "consignment_no",
                    "phone", "form"}  # fmt: skip


def prose(length: int) -> str:
    """Full of marks, and ending with none."""
    return PROSE[: length - 1] + "终"


def in_prose(paper: typing.Any, length: int, deep: bool = False) -> typing.Any:
    """The paper with every free text replaced by so much prose, a quarter of it in the single fields of its head."""
    changed: dict[str, object] = {}
    for field in dataclasses.fields(paper):
        value = getattr(paper, field.name)
        if isinstance(value, tuple):
            changed[field.name] = tuple(
                prose(length) if isinstance(one, str) else in_prose(one, length, deep=True) for one in value
            )
        elif isinstance(value, str) and field.name not in KEPT:
            long = deep or field.name in ("account", "situation")
            changed[field.name] = prose(length if long else 5 + length // 4)
    return dataclasses.replace(paper, **changed)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", A4)
def test_no_line_of_any_form_begins_with_a_closing_or_ends_with_an_opening_mark(
    name: str, language: PaperLanguage
) -> None:
    assert_marks_are_well_placed(dataclasses.replace(A4[name], language=language), 60)


@pytest.mark.parametrize("paper", [record(carried=False), register(5), check_sheet(9)])
def test_no_line_of_the_archives_papers_does_either(paper: Paper) -> None:
    assert_marks_are_well_placed(paper, 32)


def assert_marks_are_well_placed(paper: Paper, longest: int) -> None:
    for length in range(3, longest, 4):
        for line in hear(drawing(in_prose(paper, length))).written:
            if line.strip(" ·（）—") and not line.isascii():
                assert line[0] not in NOT_AT_START, line
                assert line[-1] not in NOT_AT_END, line


LONG = "湖北省咸宁市咸安区政务服务和大数据管理局市民之家办事大厅跨省通办综合服务窗口"
NUMBER = "11421200MB1234567X4000120007000001-2026-0123"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", A4)
def test_the_longest_names_and_numbers_in_use_still_fit(name: str, language: PaperLanguage) -> None:
    """Agencies of 40 characters, numbers of 40 signs, in every field at once; what is longer still is refused."""
    paper = A4[name]
    long = {
        field.name: LONG if field.name.endswith("agency") or field.name in ("agency", "item_name") else NUMBER
        for field in dataclasses.fields(paper)
        if field.name.endswith(("agency", "_no", "item_name", "archival_code")) and field.name != "copy_no"
    }
    assert hear(drawing(dataclasses.replace(paper, language=language, **long))).written  # type: ignore[arg-type]
    with pytest.raises(TextTooLong):
        hear(drawing(dataclasses.replace(paper, language=language, **{next(iter(long)): FURONG * 40})))  # type: ignore[arg-type]


def test_the_stickers_and_the_label_carry_their_number_and_the_ledgers_root() -> None:
    papers = (LABEL, SEAL, STICKER)
    for paper in papers:
        said = text(draw(dataclasses.replace(paper, ledger_root=ROOT)))
        assert f"留痕{ROOT[:32]}" in said
        assert squeezed(paper.number) in said
        assert "留痕" not in text(draw(paper)).replace("留痕检查点", "")


@pytest.mark.parametrize("sticker", [SEAL, STICKER])
def test_a_bilingual_sticker_scans_and_keeps_its_words(sticker: SealSticker | OriginalSticker) -> None:
    pdf = draw(dataclasses.replace(sticker, language="zh-en", agency=XIANNING + "十二号窗口", ledger_root=ROOT))
    assert codes(rasters(pdf)[0])["QRCode"] == sticker.qr_text
    assert "Seal" in text(pdf) or "Original2of8" in text(pdf)
