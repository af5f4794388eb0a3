"""What an archive reads first: basic and process information, the EEP envelope, PREMIS events; each by its schema."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from lxml import etree

from logistics.archive import da46, describing, eep, premis, profiles
from logistics.archive.acts import ACTS, act
from logistics.archive.profiles.shapes import STEPS
from logistics.rules.archival_code import ArchivalCode
from logistics.rules.chain import Entry
from tests.archive import made_up

E, P = {"e": eep.SPACE}, {"p": premis.SPACE}


def parsed(path: str) -> Any:
    return etree.fromstring(made_up.contents()[path])


@pytest.mark.parametrize("name", profiles.SHIPPED)
def test_each_profile_gives_sheets_that_keep_to_its_schemas(name: str) -> None:
    profile = profiles.load(name)
    made = describing.sheets(made_up.given(), made_up.identity(), profile, made_up.placed())
    assert list(made) == describing.names(profile)
    for sheet, content in zip([profile.basic, profile.process, profile.scope], made.values(), strict=False):
        assert sheet is not None
        etree.XMLSchema(etree.fromstring(profiles.sheet_xsd(sheet))).assertValid(etree.fromstring(content))


def test_the_basic_information_counts_and_names_every_file_with_its_digest() -> None:
    root = parsed("data/基本信息元数据.xml")
    assert root.findtext("electronic_record_code") == made_up.TOP
    assert root.findtext("archival_code") == "0077-ZY·2026-D30-0001"
    assert root.findtext("apply_name") == "𠮷**"
    listed = root.findall("fileset/file")
    assert root.findtext("total_number") == str(len(listed)) == str(len(made_up.placed()))
    for row, one in zip(listed, made_up.placed(), strict=True):
        content = made_up.contents()[f"data/{row.findtext('file_standard_name')}/{row.findtext('computer_file_name')}"]
        assert row.findtext("digital_summary") == hashlib.sha256(content).hexdigest()
        assert (row.findtext("file_code"), row.findtext("computer_file_size")) == (one.code[0], str(len(content)))


def test_the_process_tells_each_hand_over_with_who_when_from_whom_to_whom() -> None:
    rows = parsed("data/过程信息元数据.xml").findall("processes/process")
    handed = [row for row in rows if row.findtext("step_name") == "移交"]
    assert len(handed) == 12
    assert [row.findtext("step_code") for row in (rows[0], rows[-1])] == ["1", "4"]
    first = handed[0]
    assert (first.findtext("handed_from"), first.findtext("handed_to")) == ("𠮷**", "窗口甲")
    assert first.findtext("transact_time") == "2026-09-28 10:40:00"


def test_the_envelope_keeps_to_its_schema_and_numbers_its_elements() -> None:
    root = parsed(describing.ENVELOPE)
    schema = etree.XMLSchema(etree.fromstring(files("logistics.archive").joinpath("eep.xsd").read_bytes()))
    schema.assertValid(root)
    numbered = [one for one in root.iter() if isinstance(one, etree._Comment)]
    assert len(numbered) > 100
    for comment in numbered:
        assert etree.QName(comment.getnext()).localname == da46.NAMES[comment.text.strip()]


def test_the_envelope_holds_the_digest_of_every_file_and_record_beside_it() -> None:
    listed = {}
    for one in parsed(describing.ENVELOPE).iterfind(".//e:文档", E):
        assert one.findtext(".//e:反编码关键字", namespaces=E) == "sha256-base64Binary"
        path = "data/" + one.findtext(".//e:计算机文件名", namespaces=E)
        listed[path] = base64.b64decode(one.findtext(".//e:编码数据", namespaces=E))
    assert listed.keys() == {one.path for one in made_up.placed()} | {
        "data/dossier.json", "data/custody.json", "data/ledger.jsonl", "data/events/events.json",
    }  # fmt: skip
    for path, digest in listed.items():
        assert digest == hashlib.sha256(made_up.contents()[path]).digest()


def test_anybody_can_check_the_envelopes_signature_with_ordinary_tools() -> None:
    root = parsed(describing.ENVELOPE)
    signed = etree.fromstring(etree.tostring(root.find("e:被签名对象", E), encoding="unicode", with_tail=False))
    text = etree.tostring(signed, method="c14n2", with_comments=False)
    signature = base64.b64decode(root.findtext(".//e:签名结果", namespaces=E))
    made_up.KEY.public_key().verify(signature, text)


def test_every_entry_of_the_ledger_is_an_act_of_the_envelope_and_an_event_of_premis() -> None:
    acts = [one.text for one in parsed(describing.ENVELOPE).iterfind(".//e:业务行为", E)]
    entries = made_up.entries()
    assert acts == [act(entry).behaviour for entry in entries]
    assert {"受理", "移交", "签收", "制作单据", "归档"} <= set(acts)
    events = parsed(describing.PREMIS).findall("p:event", P)
    assert len(events) == len(entries) + 1
    assert [one.findtext("p:eventType", namespaces=P) for one in events[:-1]] == [act(one).event for one in entries]
    assert events[-1].findtext("p:eventType", namespaces=P) == "information package creation"


def test_premis_lists_each_file_with_its_digest_and_links_papers_to_their_making() -> None:
    root = parsed(describing.PREMIS)
    digests = {
        one.findtext("p:objectIdentifier/p:objectIdentifierValue", namespaces=P): one.findtext(
            ".//p:messageDigest", namespaces=P
        )
        for one in root.iterfind("p:object", P)
        if one.find("p:objectCharacteristics", P) is not None
    }
    for path, digest in digests.items():
        assert digest == hashlib.sha256(made_up.contents()[path]).hexdigest()
    linked = {
        link.text
        for event in root.findall("p:event", P)[:-1]
        for link in event.iterfind("p:linkingObjectIdentifier/p:linkingObjectIdentifierValue", P)
    }
    assert {paper.path for paper in made_up.papers()} <= linked


def test_every_act_has_a_step_the_profiles_know_and_an_unknown_one_a_general_name() -> None:
    assert {one.step for one in ACTS.values()} - {""} <= set(STEPS)
    entry = made_up.entries()[0]
    for what, name in (("consignment:flown", "寄递"), ("moon:risen", "记录")):
        other = Entry(**{field: getattr(entry, field) for field in Entry.__slots__} | {"what": what})
        assert act(other).behaviour == name


def test_a_code_that_the_archive_gives_later_is_left_out_of_the_sheets() -> None:
    bare = replace(made_up.given(), archival_code="")
    made = describing.sheets(bare, made_up.identity(), made_up.PROFILE, made_up.placed())
    assert b"archival_code" not in made["data/基本信息元数据.xml"]
    assert made_up.identity().code == ArchivalCode("0077", "ZY", 2026, "D30", 1)
