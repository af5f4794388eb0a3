"""The four checks of packages that are as they should be, of packages nobody can make sense of, and of the report."""

from __future__ import annotations

import dataclasses
import io
import re
import zlib
from datetime import datetime

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from logistics.archive import bag, evidence, pades, payload, sm, timestamps
from logistics.archive.checks import formats, pdf
from logistics.archive.checks.items import ITEMS
from logistics.archive.checks.report import CheckReport, Link, Result
from logistics.archive.checks.running import run
from logistics.archive.checks.subject import LATER, REPORT_XML, VirusScan
from logistics.archive.checks.written import read_report, report_xml
from logistics.archive.means import SealingMeans
from tests.archive import made_up
from tests.archive.checks import filed
from tests.archive.test_sm import private_pem
from tests.authorities import Centre
from tests.tsa import Tsa

BY_PEOPLE = {"3-4.3", "4-1.1", "4-2.3", "4-4.2"}


def left_out(report: CheckReport) -> set[str]:
    return {one.code[3:] for one in report.parts if one.outcome.result is Result.NOT_APPLICABLE}


@pytest.mark.parametrize("profile", ["fuzhou", "zhejiang"])
@pytest.mark.parametrize("link", Link)
def test_a_good_package_passes_all_three_links(link: Link, profile: str) -> None:
    report = filed.checked(filed.sound(profile), link, folder=filed.TOP)
    assert report.passed, [(one.code, one.outcome.zh) for one in report.failed]
    assert [item.code for item in report.items] == [f"{link.value.upper()}-{asked.number}" for asked in ITEMS]
    assert left_out(report) == BY_PEOPLE | {"1-1.3", "1-1.4", "1-5.4"}
    assert (report.record_no, report.dossier_no) == (made_up.TOP, made_up.NO)


def test_a_batch_and_a_scanner_leave_less_to_be_looked_at() -> None:
    files = filed.sound()
    scan = VirusScan("clamscan 1.4", filed.NOW)
    report = filed.checked(files, Link.YJ, batch=filed.batch(files), virus=scan, folder=filed.TOP)
    assert report.passed
    assert left_out(report) == BY_PEOPLE - {"4-1.1"} | {"1-1.3", "1-1.4"}
    assert "clamscan 1.4" in report.item("4-1").parts[0].outcome.zh


def test_a_number_the_batch_leaves_out_with_a_reason_is_no_gap() -> None:
    files = filed.sound()
    whole = filed.batch(files)
    lines = (whole.lines[0], dataclasses.replace(whole.lines[2], record_no=filed.TOP[:-1] + "4"))
    gap = dataclasses.replace(
        whole, lines=lines, registered_packages=2, registered_bytes=sum(one.size for one in lines)
    )
    assert {one.code for one in filed.checked(files, Link.YJ, batch=gap).failed} == {"YJ-2-2.2"}
    explained = {filed.TOP[:-1] + n: "诉讼保全，暂不移交" for n in "23"}
    assert filed.checked(files, Link.YJ, batch=dataclasses.replace(gap, explained=explained)).passed


def test_numbers_run_through_the_items_of_a_year_and_retention() -> None:
    """Three dossiers of different items count on in one series; another retention has its own."""
    others = ("XL02-2026-D30-000002", "XK0101-2026-D30-000003", "XK0101-2026-Y-000009")
    numbers = [filed.TOP, *(f"421200-0077-{tail}" for tail in others)]
    files = filed.sound()
    whole = filed.batch(files)
    lines = tuple(dataclasses.replace(whole.lines[0], record_no=one, archival_code="") for one in numbers)
    total = sum(one.size for one in lines)
    batch = dataclasses.replace(whole, lines=lines, registered_packages=4, registered_bytes=total)
    assert filed.checked(files, Link.YJ, batch=batch).passed


@pytest.mark.parametrize("number", ["9" * 9, "9" * 5000])
def test_a_number_that_nobody_can_count_to_costs_nothing(number: str) -> None:
    files = filed.made("zhejiang")
    basic, text = "data/基本信息描述.XML", files["data/基本信息描述.XML"].decode()
    hostile = filed.refiled({
        **files,
        basic: text.replace("B02<", f"B{number}<").replace("<year", f"<year>{number}</year><year", 1).encode(),
        "data/电子文件封装包.xml": re.sub(
            r"(<计算机文件大小>)\d+", rf"\g<1>{number}", files["data/电子文件封装包.xml"].decode(), count=1
        ).encode(),
    })  # fmt: skip
    hostile["bag-info.txt"] = f"Payload-Oxum: {number}.{number}\n".encode()
    codes = {one.code for one in filed.checked(hostile, Link.BC).failed}
    assert {"BC-1-2.2", "BC-1-3.2", "BC-2-1.1", "BC-2-1.2"} <= codes


def test_the_filing_report_covers_every_file_but_those_that_depend_on_it() -> None:
    files = filed.sound()
    report = read_report(files[REPORT_XML])
    assert not report.sealed
    assert {one.path for one in report.covered} == files.keys() - LATER
    assert set(report.excluded) == LATER
    for one in report.covered:
        assert (one.size, one.sha256) == (len(files[one.path]), filed.sha256(files[one.path]))


def test_a_report_inside_the_package_says_what_could_not_be_looked_at_yet() -> None:
    report = read_report(filed.sound()[REPORT_XML])
    assert {"1-5.3", "2-4.3"} <= left_out(report)
    assert "尚未封装" in report.item("1-5").parts[2].outcome.zh


def test_the_same_package_at_the_same_instant_gives_the_same_report() -> None:
    first, second = (report_xml(filed.checked(dict(filed.sound()), Link.BC)) for _ in range(2))
    assert first == second


def test_an_instant_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        run(filed.sound(), Link.GD, datetime(2026, 10, 1))


def test_a_secret_dossier_is_kept_but_not_handed_over() -> None:
    files = filed.made(secrecy="secret")
    assert filed.checked(files, Link.BC).passed
    assert {one.code for one in filed.checked(files, Link.YJ).failed} == {"YJ-4-4.1"}


def test_a_signature_inside_a_pdf_is_verified() -> None:
    holder = Centre().issue("示例档案专用章")
    sign = pades.signing(pades.from_pkcs12(holder.pkcs12("pass", []), "pass"), "B-B")
    kept = filed.papers(filed.load("fuzhou"))
    signed = sign(kept[2].content)
    report = filed.checked(filed.made(kept=[*kept[:2], dataclasses.replace(kept[2], content=signed)]), Link.BC)
    assert report.passed, [(one.code, one.outcome.zh) for one in report.failed]
    assert "示例档案专用章" in report.item("1-1").parts[1].outcome.zh
    changed = signed.replace(b"/Producer", b"/Producez", 1)
    assert changed != signed
    broken = filed.made(kept=[*kept[:2], dataclasses.replace(kept[2], content=changed)])
    assert {one.code for one in filed.checked(broken, Link.BC).failed} == {"BC-1-1.2"}


def test_time_stamps_sm2_and_sm3_are_verified_where_they_are() -> None:
    centre = Centre()
    tsa = Tsa(centre, centre.issue("示例时间戳", stamps=True))
    means = SealingMeans(
        lambda content: tsa.answer(timestamps.ask(content)), sm2=sm.load(private_pem()), sm3_manifest=True
    )
    files = filed.made(means=means)
    report = filed.checked(files, Link.BC, folder=filed.TOP)
    assert report.passed, [(one.code, one.outcome.zh) for one in report.failed]
    assert "示例时间戳" in report.item("1-1").parts[3].outcome.zh
    assert "国密签名（SM2）" in report.item("1-1").parts[1].outcome.zh
    for path, other, part in (
        (evidence.STATEMENT_STAMP, files[evidence.CHECKPOINT_STAMP], "BC-1-1.4"),
        (evidence.SM2_SIGNATURE, means.sm2.sign(b"another") if means.sm2 else b"", "BC-1-1.2"),
        (bag.SM3_MANIFEST, files[bag.SM3_MANIFEST].replace(b"0", b"1"), "BC-1-1.1"),
    ):
        swapped = filed.resealed({**files, path: other}, oxum=False)
        if path == bag.SM3_MANIFEST:
            swapped[evidence.SM2_SIGNATURE] = means.sm2.sign(swapped[evidence.STATEMENT]) if means.sm2 else b""
            swapped |= bag.tag_manifests(swapped)
        assert part in {one.code for one in filed.checked(swapped, Link.BC).failed}


def test_a_name_in_the_newest_ideographs_holds_no_odd_sign() -> None:
    """Python's own tables may not know them yet: 𱍐 and 𮯰 came with Unicode 15."""
    basic = "data/基本信息元数据.xml"
    text = filed.sound()[basic].decode()
    named = filed.refiled({**filed.sound(), basic: text.replace("𠮷", "\U00031350\U0002ebf0").encode()})
    assert filed.checked(named, Link.BC).passed
    private = filed.refiled({**filed.sound(), basic: text.replace("𠮷", "\ue863").encode()})
    assert {one.code for one in filed.checked(private, Link.BC).failed} == {"BC-1-2.5"}


def scan(font: bool = False) -> bytes:
    """A countersigned slip as a scanner makes it: a picture, no PDF/A; with `font`, words that need the machine's."""
    out = io.BytesIO()
    Image.new("L", (60, 80), 255).save(out, "PDF")
    with pikepdf.open(out) as made:
        if font:
            bare = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
            made.pages[0].Resources["/Font"] = pikepdf.Dictionary(F1=made.make_indirect(bare))
        again = io.BytesIO()
        made.save(again)
        return again.getvalue()


def test_a_scan_that_others_signed_stays_as_it_came_and_is_counted() -> None:
    """Converting it would break the digest that was signed; a paper of our own must be a PDF/A all the same."""
    kept = filed.papers(filed.load("fuzhou"))
    kept[2] = dataclasses.replace(kept[2], content=scan())
    theirs = filed.checked(filed.made(kept=kept, received=("cover",)), Link.BC)
    assert theirs.passed, [(one.code, one.outcome.zh) for one in theirs.failed]
    assert "另有 1 个外来 PDF 不是 PDF/A" in theirs.item("3-2").parts[1].outcome.zh
    ours = filed.checked(filed.made(kept=kept), Link.BC)
    assert {one.code for one in ours.failed} == {"BC-3-2.2"}
    kept[2] = dataclasses.replace(kept[2], content=scan(font=True))
    needy = filed.checked(filed.made(kept=kept, received=("cover",)), Link.BC)
    assert {one.code for one in needy.failed} == {"BC-3-2.2", "BC-3-3.2"}


def test_what_nobody_can_read_is_not_called_passed() -> None:
    """Without a ledger nothing can be held against it; without metadata nothing in them was looked at."""
    ledger = filed.checked({**filed.sound(), payload.LEDGER: b"{}\n"}, Link.BC)
    for number, part in (("4-3", 2), ("2-3", 0), ("2-4", 1), ("2-3", 1), ("1-2", 3)):
        assert ledger.item(number).parts[part].outcome.result is Result.NOT_APPLICABLE
    assert ledger.item("4-3").result is Result.FAIL
    basic = "data/基本信息元数据.xml"
    blind = filed.checked({path: data for path, data in filed.sound().items() if path != basic}, Link.BC)
    for part in blind.item("1-2").parts[:5]:
        assert part.outcome.result is Result.NOT_APPLICABLE
    assert {"2-2", "2-4", "3-1"} <= {item.code[3:] for item in blind.items if item.result is Result.FAIL}


def test_an_empty_package_fails_and_passes_nothing_about_contents() -> None:
    report = run({}, Link.BC, filed.NOW)
    assert not report.passed
    assert (report.record_no, report.covered) == ("", ())
    assert read_report(report_xml(report)) == report


NAMES = sorted(filed.sound(), key=str)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_random_harm_never_crashes_and_its_report_can_be_written(data: st.DataObject) -> None:
    files = dict(filed.sound())
    for name in data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)):
        content = bytearray(files[name])
        harm = data.draw(st.sampled_from(["flip", "cut", "drop", "noise", "swap", "stretch"]))
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        if harm == "flip" and content:
            content[at] ^= data.draw(st.integers(1, 255))
        elif harm == "cut":
            del content[at:]
        elif harm == "noise":
            content = bytearray(data.draw(st.binary(max_size=60)))
        elif harm == "swap":
            content = bytearray(files[data.draw(st.sampled_from(NAMES))])
        elif harm == "stretch":
            content[at:at] = data.draw(st.binary(max_size=20))
        files[name] = bytes(content)
        if harm == "drop":
            files[name] = b""
    files[data.draw(st.text(max_size=12))] = b"x"
    link = data.draw(st.sampled_from(Link))
    report = filed.checked(files, link, folder=data.draw(st.sampled_from(["", filed.TOP, "別"])))
    assert not report.passed
    assert read_report(report_xml(report)) == report


@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=80), max_size=6), st.booleans())
@settings(max_examples=30, deadline=None)
def test_whatever_the_files_are_a_report_comes_back(files: dict[str, bytes], sealed: bool) -> None:
    report = run(files, Link.GD, filed.NOW, sealed=sealed)
    assert read_report(report_xml(report)) == report


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('结果="pass">通过</结论>', '结果="fail">不通过</结论>'),
        ('代码="GD"', '代码="XX"'),
        ('sha256="', 'sha256="0'),
        ("</四性检测报告>", "<!-- --></四性检测报告>"),
        ('编号="GD-1-1" 结果="pass"', '编号="GD-1-1" 结果="fail"'),
    ],
)
def test_a_report_whose_words_do_not_follow_from_its_parts_is_not_read(old: str, new: str) -> None:
    text = filed.sound()[REPORT_XML].decode()
    assert old in text
    with pytest.raises(ValueError, match=r"\S"):
        read_report(text.replace(old, new, 1).encode())


def test_a_pdf_that_swells_is_stopped_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_UNPACKED", 1 << 20)
    monkeypatch.setattr(pdf, "_WORTH_MEASURING", 1 << 10)
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        stream = pikepdf.Stream(made, b"")
        stream.write(zlib.compress(b" " * (3 << 20)), filter=pikepdf.Name.FlateDecode)
        made.pages[0].Contents = made.make_indirect(stream)
        made.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    seen = formats.look("data/x.pdf", out.getvalue())
    assert seen.swollen
    assert not seen.opened
    assert seen.unopened


def test_the_public_key_must_be_the_checkpoints() -> None:
    files = {**filed.sound(), evidence.PUBLIC_KEY: b"-----BEGIN PUBLIC KEY-----\n"}
    assert "1-1.2" in {one.code[3:] for one in filed.checked(files, Link.BC).failed}
