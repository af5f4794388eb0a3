"""完整性, items 2-1 to 2-4: is everything here that was registered, described, done and to be kept?"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from logistics.archive import bag, container
from logistics.archive.checks import formats
from logistics.archive.checks.authentic import NOT_YET
from logistics.archive.checks.report import Link, Outcome, judged, not_applicable, note
from logistics.archive.checks.subject import Subject
from logistics.archive.contents import HANDED_OVER, RAW, witnessed
from logistics.archive.payload import CUSTODY, DOSSIER, EVENTS, FIXED, LEDGER
from logistics.archive.report import Fault

_CODE = re.compile(r"([A-Z])([0-9]{1,4})")
_SERIAL = re.compile(r"(?:.*-)?([^-]+-[^-]+)-([0-9]{1,9})")  # a 电子文件号 ends with year, retention and number
_NAMED = 9


def pieces(given: Subject) -> Outcome:
    """The number of files is the one that the metadata, the bag and the registration form state."""
    meta, faults = given.metadata, []
    stated = meta.said("file_count")
    if stated != str(len(meta.rows)):
        said = (
            f"总件数记为 {stated or '空'}，著录 {len(meta.rows)} 件",
            f"{stated or 'nothing'} stated, {len(meta.rows)} listed",
        )
        faults.append(note(meta.basic_path, *said))
    faults += _oxum(given, 1)
    if given.batch and given.batch.registered_packages != len(given.batch.lines):
        here, there = given.batch.registered_packages, len(given.batch.lines)
        faults.append(
            note("", f"登记表记 {here} 个包，目录列 {there} 个", f"{here} packages registered, {there} listed")
        )
    return judged(
        faults, f"件数相符：著录 {len(meta.rows)} 件" + _and_batch(given), f"{len(meta.rows)} files, as stated"
    )


def volume(given: Subject) -> Outcome:
    """The bytes are those that the bag, the catalogue and the registration form state."""
    faults = list(_oxum(given, 0))
    if given.batch:
        total = sum(line.size for line in given.batch.lines)
        if total != given.batch.registered_bytes:
            said = (given.batch.registered_bytes, total)
            faults.append(
                note(
                    "", f"登记表记 {said[0]} 字节，目录合计 {said[1]}", f"{said[0]} bytes registered, {said[1]} listed"
                )
            )
        faults += _size_in_batch(given, given.said("record_no"))
    total = sum(one.size for one in given.covered)
    zh = f"字节数相符：{len(given.covered)} 个文件共 {total} 字节" + _and_batch(given)
    return judged(faults, zh, f"{total} bytes in {len(given.covered)} files, as stated")


def _size_in_batch(given: Subject, record_no: str) -> Iterator[Fault]:
    assert given.batch is not None
    for line in given.batch.lines:
        if line.record_no == record_no:
            size = len(container.write({f"{record_no}/{path}": content for path, content in given.files.items()}))
            if size != line.size:
                yield note(
                    "", f"目录记本包 {line.size} 字节，实为 {size}", f"{line.size} bytes in the catalogue, {size} here"
                )


def _and_batch(given: Subject) -> str:
    if given.batch:
        return f"；批次 {given.batch.no} 的登记表与目录相符"
    return "" if given.link is Link.GD else "；没有给出登记表，未比对批次总量"


def _oxum(given: Subject, place: int) -> Iterator[Fault]:
    """What `bag-info.txt` states of bytes (place 0) or files (place 1) is so."""
    if not given.sealed:
        return
    text = given.files.get("bag-info.txt", b"").decode(errors="replace")
    stated = re.search(r"^Payload-Oxum: ([0-9]{1,18})\.([0-9]{1,18})$", text, re.MULTILINE)
    payload = [content for path, content in given.files.items() if path.startswith(bag.PAYLOAD)]
    here = (sum(map(len, payload)), len(payload))[place]
    what = ("字节", "个文件")[place]
    if stated is None:
        yield note("bag-info.txt", "没有写明总量（Payload-Oxum）", "no Payload-Oxum")
    elif int(stated[place + 1]) != here:
        yield note(
            "bag-info.txt",
            f"所载 {stated[place + 1]} {what}，实为 {here}",
            f"states {stated[place + 1]}, here are {here}",
        )


def required(given: Subject) -> Outcome:
    """Every element that must be filled is."""
    meta = given.metadata
    faults = []
    for rule, path, row in meta.missing:
        where = f"第 {row} 行" if row else ""
        faults.append(
            note(path, f"{where}必填项 {rule.zh}（{rule.name}）没有填", f"{rule.name} must be filled and is not")
        )
    faults += [] if meta.required else meta.malformed
    faults += [note(DOSSIER, f"没有 {zh}", f"no {name}") for name, zh in _DOSSIER_NEEDS if not given.said(name)]
    return judged(faults, f"{meta.required} 个必填项都已填写", f"all {meta.required} elements that must be filled are")


_DOSSIER_NEEDS = (
    ("record_no", "电子文件号"), ("dossier_no", "专档编号"), ("title", "题名"), ("agency", "立档单位"),
    ("retention", "保管期限"), ("secrecy", "密级"),
)  # fmt: skip


def continuous(given: Subject) -> Outcome:
    """Numbers run on without gaps: file codes in their folder, links of custody, records of a batch."""
    if not given.metadata.rows:
        return not_applicable("没有读出著录的文件，未能核对编号", "no described files were read: not looked at")
    faults = list(_code_gaps(given))
    faults += given.told_of("link_gap")
    if given.batch:
        faults += _batch_gaps(given)
        zh, en = (
            f"；批次 {given.batch.no} 的电子文件号连续或已说明",
            "; so do the numbers of the batch, or a reason is given",
        )
    else:
        zh, en = "；没有给出批次，未核对批次内的连续", "; no batch was given to look for gaps in"
    return given.unread(CUSTODY) or judged(
        faults, "文件编号、交接环序号连续" + zh, "file codes and links of custody run on" + en
    )


def _code_gaps(given: Subject) -> Iterator[Fault]:
    series: dict[str, set[int]] = defaultdict(set)
    for row in given.metadata.rows:
        found = _CODE.fullmatch(row.code)
        if found:
            series[found[1]].add(int(found[2]))
    for letter, numbers in sorted(series.items()):
        missing = [f"{letter}{number:02}" for number in range(1, max(numbers)) if number not in numbers]
        if missing:
            codes = ", ".join(missing[:_NAMED])
            yield note(given.metadata.basic_path, f"文件编号缺 {codes}", f"file codes {codes} are left out")


def _batch_gaps(given: Subject) -> Iterator[Fault]:
    """Numbers are counted through for each year and retention, whatever stands before these in a 电子文件号."""
    assert given.batch is not None
    here: dict[str, set[int]] = defaultdict(set)
    told: dict[str, set[int]] = defaultdict(set)
    for numbers, into in (([line.record_no for line in given.batch.lines], here), (given.batch.explained, told)):
        for record_no in numbers:
            found = _SERIAL.fullmatch(record_no)
            if found:
                into[found[1]].add(int(found[2]))
    for series, found_here in sorted(here.items()):
        whole = sorted(found_here | told[series])
        for before, after in pairwise(whole):
            if after - before > 1 and min(found_here) < after <= max(found_here):
                lost = f"{series}-{before + 1}" + (f"…{after - 1}" if after - before > 2 else "")
                yield note("", f"批次内缺编号 {lost}，也没有说明", f"{lost} is left out without a reason")


def process(given: Subject) -> Outcome:
    """The process information is there, and each hand-over the ledger has is one of its steps."""
    meta = given.metadata
    faults = [*meta.malformed] if not meta.steps else []
    if not meta.steps:
        faults.append(note(meta.process_path, "没有办理过程", "no process is recorded"))
    told = {step.entry for step in meta.steps}
    handed = [entry.seq for entry in given.ledger[0] if entry.what == HANDED_OVER]
    faults += [
        note(meta.process_path, f"留痕第 {seq} 条所记的交接不在办理过程中", f"the handover of entry {seq} is no step")
        for seq in handed
        if meta.steps and str(seq) not in told
    ]
    if not given.ledger[0]:
        faults.append(note(LEDGER, "没有留痕可比对", "there is no ledger to compare with"))
    return judged(
        faults,
        f"办理过程 {len(meta.steps)} 步；留痕所记 {len(handed)} 次交接都在其中",
        f"{len(meta.steps)} steps; each of the ledger's {len(handed)} handovers is one",
    )


def contents(given: Subject) -> Outcome:
    """Each thing that is listed anywhere is here, and holds something."""
    faults = given.told_of("metadata_absent", "paper_absent")
    faults += [
        note(path, "专档列有它，包内没有", "listed in the dossier, not here")
        for path in sorted(given.papers.keys() - given.files.keys())
    ]
    faults += [note(path, "文件为 0 字节", "it has no bytes") for path, seen in given.looked.items() if not seen.size]
    count = len(given.papers) + len(given.made)
    return given.unread(DOSSIER) or judged(
        faults,
        f"专档所列 {count} 个文件都在，都有内容",
        f"all {count} files the dossier lists are here and hold something",
    )


def raw_messages(given: Subject) -> Outcome:
    """Each tracking event has the message it was read from, and each message is listed."""
    faults = given.told_of("raw_unpaired", "event_without_raw")
    count = sum(path.startswith(RAW) for path in given.files)
    return given.unread(EVENTS) or judged(
        faults, f"{count} 份原始报文与轨迹一一对应", f"{count} raw messages, each listed, each event with its own"
    )


def embedded(given: Subject) -> Outcome:
    """What the main file carries inside is what stands beside it."""
    faults, compared = [], 0
    by_name = {path.rpartition("/")[2]: path for path in (DOSSIER, CUSTODY, EVENTS, LEDGER)}
    by_name |= {path.rpartition("/")[2]: path for path in given.files if path.startswith(RAW)}
    for path in given.made:
        seen = given.looked.get(path)
        for name, digest in seen.embedded if seen else ():
            beside = by_name.get(name.rpartition("/")[2])
            compared += 1
            if beside is None or hashlib.sha256(given.files.get(beside, b"")).hexdigest() != digest:
                faults.append(
                    note(path, f"内嵌的 {name} 与包内的不同", f"{name} inside it is not the one in the package")
                )
    if not compared and not faults:
        return not_applicable("主文件没有内嵌附件", "the main file has no file inside")
    return judged(
        faults,
        f"主文件内嵌的 {compared} 个附件与包内逐字节相同",
        f"all {compared} files inside the main file are those beside it",
    )


def scope(given: Subject) -> Outcome:
    """What must be filed (归档范围) is: application or cover, process papers, result with the main file."""
    meta = given.metadata
    faults = [
        note(folder, "归档范围规定的材料文件夹是空的", "this folder must hold a paper and is empty")
        for folder in meta.needed
        if not any(path.startswith(folder) for path in given.files)
    ]
    lost = formats.spread((set(meta.must) | FIXED) - given.files.keys())
    faults += [note(path, "归档范围规定的文件缺少", "must be filed and is not here") for path in lost]
    faults += meta.malformed if not meta.folders else []
    return judged(
        faults,
        "归档范围内的材料、元数据、封装包、保存事件和各项记录齐全",
        "papers, metadata, envelope, events and records that must be filed are here",
    )


def papers_of_ledger(given: Subject) -> Outcome:
    """The package has every file that the ledger says was made, kept or signed."""
    named = set(witnessed(given.ledger[0]))
    here = set(given.papers.values())
    faults = []
    lost = named - here
    if lost:
        faults.append(
            note(
                DOSSIER,
                f"留痕记有 {len(lost)} 份单据不在专档所列之中",
                f"{len(lost)} papers of the ledger are not listed",
            )
        )
    return given.unread(DOSSIER) or judged(
        faults, f"留痕所记 {len(named)} 份单据和签字都已归档", f"all {len(named)} papers of the ledger are filed"
    )


def listed(given: Subject) -> Outcome:
    """The bag's own lists name every file, and nothing else."""
    if not given.sealed:
        return not_applicable(*NOT_YET)
    faults = [one for one in bag.check(given.files, ()) if one.code in ("unlisted", "listed_missing", "missing")]
    return judged(faults, "校验清单列有每个文件，不多不少", "the manifests list every file and no other")
