"""A profile is a file: two are shipped, a third needs no code, and a wrong one says every fault at once."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from logistics.archive import profiles
from logistics.archive.profiles import fields
from logistics.archive.profiles.shapes import Sheet

AT = datetime(2026, 10, 10, 17, 30, tzinfo=UTC)  # the 11th in China
SHEETS = ("basic", "process", "scope", "catalogue")
NUMBER = {
    "region_code": "421200", "agency_code": "421200", "fonds_no": "J201", "category": "ZY", "task_code": "XK-01",
    "year": 2026, "retention": "D30", "retention_words": "30年", "serial": 21,
}  # fmt: skip


def shipped(name: str) -> str:
    return files("logistics.archive.profiles").joinpath(f"{name}.toml").read_text("utf-8")


def filled(vocabulary: dict[str, type]) -> dict[str, Any]:
    made = {str: "𠮷 & <值>\x00", int: 7, datetime: AT}
    return {name: made[kind] for name, kind in vocabulary.items()}


def sheets(profile: profiles.Profile) -> list[tuple[Sheet, dict[str, Any], dict[str, Any]]]:
    """Each sheet with a value for every field of its head and of its rows."""
    found = []
    for name in SHEETS:
        sheet = getattr(profile, name)
        if sheet is not None:
            head = filled(fields.BATCH if name == "catalogue" else fields.BASIC)
            rows = {"basic": fields.FILE, "process": fields.STEP, "scope": fields.FOLDER, "catalogue": fields.PACKAGE}
            found.append((sheet, head, filled(rows[name])))
    return found


@pytest.mark.parametrize("name", profiles.SHIPPED)
def test_every_sheet_of_a_shipped_profile_keeps_to_its_schema(name: str) -> None:
    profile = profiles.load(name)
    assert profile.name == name
    for sheet, head, row in sheets(profile):
        schema = etree.XMLSchema(etree.fromstring(profiles.sheet_xsd(sheet)))
        for rows in ([], [row], [row, row]):
            schema.assertValid(etree.fromstring(profiles.sheet_xml(sheet, head, rows)))


@pytest.mark.parametrize("name", profiles.SHIPPED)
def test_an_element_that_is_not_obligatory_is_left_out_when_empty_and_an_obligatory_one_is_missed(name: str) -> None:
    for sheet, head, _ in sheets(profiles.load(name)):
        for element in sheet.elements:
            if element.constant or head[element.field] == 7 or head[element.field] == AT:
                continue
            given = {**head, element.field: " "}
            needed = {one.title for one in sheet.elements if one.field == element.field and one.need == "必选"}
            if needed:
                with pytest.raises(profiles.ElementMissing) as missed:
                    profiles.sheet_xml(sheet, given, [])
                assert set(missed.value.titles) == needed
            else:
                root = etree.fromstring(profiles.sheet_xml(sheet, given, []))
                assert root.find(element.name) is None


def test_times_are_chinas_and_the_file_set_names_each_file() -> None:
    fuzhou = profiles.load("fuzhou")
    root = etree.fromstring(
        profiles.sheet_xml(fuzhou.basic, filled(fields.BASIC), [filled(fields.FILE) | {"file_name": "B01-面单.pdf"}])
    )
    assert (root.tag, root.get("title")) == ("base_info", "基本信息元数据")
    assert root.findtext("archive_time") == "2026-10-11 01:30:00"
    assert root.findtext("fileset/file/computer_file_name") == "B01-面单.pdf"
    assert root.find("fileset/file").get("id") == "7"


def test_a_hand_over_stands_in_the_process_under_the_citys_own_words() -> None:
    zhejiang = profiles.load("zhejiang")
    step = filled(fields.STEP) | {"node": "原件交接", "step": zhejiang.steps["handed_over"], "who": "窗口甲"}
    root = etree.fromstring(profiles.sheet_xml(zhejiang.process, filled(fields.BASIC), [step]))
    (opinion,) = root
    assert (root.tag, opinion.tag, opinion.get("nodename")) == ("Opinions", "Opinion", "原件交接")
    assert (opinion.findtext("Type"), opinion.findtext("Author")) == ("交接意见", "窗口甲")


@pytest.mark.parametrize(
    ("name", "root", "file"),
    [("fuzhou", "transfer_info", "归档（移交）目录-20261011.xml"),
     ("zhejiang", "description", "存档信息包目录清单-（YOUDANG）-（20261011）.XML")],
)  # fmt: skip
def test_a_batch_has_its_catalogue_with_counts_and_digests(name: str, root: str, file: str) -> None:
    profile = profiles.load(name)
    header = profiles.BatchHeader("20261011", AT, "示例甲")
    package = profiles.BatchPackage(
        "421200-J201-XK01-2026-D30-000001", "企业变更登记", AT, 1234, "ab" * 32, "咸宁市政务服务大厅", "J201", "421200",
        "11421200MB1Q000025", "ZY", 2026, "XK01", "D30", "无密级",
    )  # fmt: skip
    content = profiles.catalogue_xml(profile, header, [package, package])
    etree.XMLSchema(etree.fromstring(profiles.sheet_xsd(profile.catalogue))).assertValid(etree.fromstring(content))
    tree = etree.fromstring(content)
    assert tree.tag == root
    assert (tree.findtext("sendnumber") or tree.findtext("send_number")) == "2"
    assert len(tree.find("directories")) == 2
    assert profiles.catalogue_name(profile, header) == file


@pytest.mark.parametrize(
    ("name", "number"), [("fuzhou", "421200-J201-XK-01-2026-D30-000021"), ("zhejiang", "421200-XK-01-2026-30年-21")]
)
def test_the_record_number_follows_the_profiles_pattern_and_must_name_a_folder(name: str, number: str) -> None:
    profile = profiles.load(name)
    assert profile.record_no(**NUMBER) == number
    for unfit in ("a/b", "a b", "x" * 60):
        with pytest.raises(ValueError, match="电子文件号"):
            profile.record_no(**NUMBER | {"task_code": unfit})


def test_a_profile_of_ones_own_is_a_file(tmp_path: Path) -> None:
    own = tmp_path / "示例市.toml"
    own.write_text(shipped("fuzhou").replace('"base_info"', '"基本信息"').replace('"apply_name"', '"申请人"'), "utf-8")
    profile = profiles.load(str(own))
    root = etree.fromstring(profiles.sheet_xml(profile.basic, filled(fields.BASIC), []))
    assert root.tag == "基本信息"
    assert root.findtext("申请人")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('root = "base_info"', 'root = "base info"', "basic.root"),
        ('["region_code", "行政区划编码", "region_code"', '["region code", "", "region_code"', "不能作元素名"),
        ('"record_no", "必选"', '"record_number", "必选"', "没有字段 'record_number'"),
        ('"record_no", "必选"', '"record_no", "必填"', "约束性只能是"),
        ('"archived_at", "必选", "日期时间型"', '"archived_at", "必选", "数值型"', "不是数值型"),
        ('"字符型"],\n  ["archival_code"', '"文字"],\n  ["archival_code"', "数据类型只能是"),
        ('B = "过程文件"', 'B = "申报文件"', "互不相同"),
        ('C = "结果文件"', 'C = "结果/文件"', "folders.C"),
        ('cover = "A"', 'cover = "D"', "kinds.cover"),
        ('closed = "4"', "", "steps"),
        ("{serial:06d}", "{serial:06d}{nobody}", "record_no"),
        ("-{serial:06d}", "", "须含 serial"),
        ('file = "基本信息元数据.xml"', 'file = "基本信息元数据.txt"', "basic.file"),
        ('file = "过程信息元数据.xml"', 'file = "基本信息元数据.xml"', "文件名须互不相同"),
        ('attributes = { id = "seq" }', 'attributes = { id = "none" }', "basic.rows.attributes.id"),
        ("[process.rows]", "[process.row]", "process.row：没有这一项"),
        ('name = "fuzhou"', 'name = ""', "name：要写一段文字"),
        ("[folders]", "[folders", "不是 TOML"),
        ('["social_code", "统一社会信用代码"', '["region_code", "统一社会信用代码"', "写了两次"),
        ('  ["year", "年度", "year", "必选", "数值型"],', '  ["year", "年度"],', "要写五项文字"),
    ],
)  # fmt: skip
def test_a_wrong_profile_says_what_is_wrong_and_where(old: str, new: str, said: str) -> None:
    text = shipped("fuzhou")
    assert old in text
    with pytest.raises(profiles.ProfileFault, match="归档样式文件") as fault:
        profiles.parse(text.replace(old, new, 1))
    assert any(said in one for one in fault.value.faults), fault.value.faults


def test_all_faults_are_said_at_once_and_a_file_that_is_not_there_too() -> None:
    spoilt = shipped("zhejiang").replace('"必选"', '"必填"').replace('A = "申请材料"', "")
    with pytest.raises(profiles.ProfileFault) as fault:
        profiles.parse(spoilt)
    assert len(fault.value.faults) > 20
    with pytest.raises(profiles.ProfileFault, match="fuzhou、zhejiang"):
        profiles.load("/nowhere/x.toml")
