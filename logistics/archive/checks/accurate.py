"""真实性, items 1-2 to 1-4: do the metadata say what they may, and is each file what they say of it?"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from logistics.archive.checks import formats
from logistics.archive.checks.metadata import FileRow, Shape, Value, moment
from logistics.archive.checks.report import Outcome, is_ideograph, judged, not_applicable, note
from logistics.archive.checks.subject import LATER, Subject
from logistics.archive.payload import DOSSIER
from logistics.archive.report import Fault
from logistics.rules import archival_code
from logistics.terms import ZH, Secrecy

_CLOCKS_MAY_DIFFER = timedelta(minutes=5)
_SAME_IN_WORDS = (("secrecy_words", "secrecy", "密级"), ("retention_words", "retention in words", "保管期限"))
#: In the order in which they must have happened.
_ORDER = (("accepted_at", "受理时间"), ("closed_at", "办结时间"), ("archived_at", "归档时间"))
_SAME = (
    ("record_no", "record_no", "电子文件号"), ("archival_code", "archival_code", "档号"), ("title", "title", "题名"),
    ("dossier_no", "dossier_no", "专档编号"), ("retention", "retention", "保管期限"),
    ("agency_name", "agency", "立档单位"),
)  # fmt: skip


def lengths(given: Subject) -> Outcome:
    """No value is longer than its element may be."""
    faults = [
        _of(one, f"长 {len(one.text)}，至多 {one.rule.longest}", f"{len(one.text)} long, at most {one.rule.longest}")
        for one in given.metadata.values
        if one.rule.longest and len(one.text) > one.rule.longest
    ]
    return _values(given, faults, "的长度都在规定之内", "are within their lengths")


def shapes(given: Subject) -> Outcome:
    """Each value is of the type its element has, and written as its format wants."""
    faults = [
        _of(one, f"「{one.text}」不合类型或格式", f"{one.text!r} is not of its type or format")
        for one in given.metadata.values
        if one.text and not _fits(one)
    ]
    return _values(given, faults, "的类型和格式相符", "have their types and formats")


def _fits(one: Value) -> bool:
    if one.rule.shape is Shape.INSTANT:
        return _is_moment(one.text)
    if one.rule.shape is Shape.NUMBER:
        return one.text.isascii() and one.text.isdecimal()
    return not one.rule.pattern or re.fullmatch(one.rule.pattern, one.text) is not None


def _is_moment(text: str) -> bool:
    try:
        moment(text)
    except (ValueError, OverflowError):
        return False
    return True


def domains(given: Subject) -> Outcome:
    """Each value whose element has a list of words is one of them."""
    faults = [
        _of(one, f"「{one.text}」不在值域 {'、'.join(one.rule.values)} 之内", f"{one.text!r} is not a word of its list")
        for one in given.metadata.values
        if one.text and one.rule.values and one.text not in one.rule.values
    ]
    faults += given.told_of("retention_unknown")
    return _values(given, faults, "的值都在值域之内", "are words of their lists")


def reasonable(given: Subject) -> Outcome:
    """Times are in order and none is still to come; the same thing is said the same everywhere; counts balance."""
    if not given.metadata.values:
        return _NO_METADATA
    faults = [*_times(given), *_contradictions(given), *given.told_of("balance", "unknown_originals")]
    return given.unread(DOSSIER) or judged(
        faults,
        "时间先后合理，没有将来的时间；各处所记的编号、期限、密级一致；寄递件 所列 = 收到 + 缺件 + 移出",
        "times are in order and none is in the future; numbers, retention and 密级 agree everywhere; counts balance",
    )


def _times(given: Subject) -> Iterator[Fault]:
    path, latest = given.metadata.basic_path, given.at + _CLOCKS_MAY_DIFFER
    before: tuple[str, datetime] | None = None
    for key, zh in _ORDER:
        text = given.metadata.said(key)
        if not text or not _is_moment(text):
            continue
        at = moment(text)
        if at > latest:
            yield note(path, f"{zh} {text} 晚于检测时间", f"{text} is after the time of this check")
        if before and at < before[1]:
            yield note(path, f"{zh} {text} 早于{before[0]}", f"{text} is before what must come first")
        before = (zh, at)
    for one in given.metadata.values:
        late = one.rule.shape is Shape.INSTANT and _is_moment(one.text) and moment(one.text) > latest
        if late and one.rule.key not in dict(_ORDER):
            yield _of(one, f" {one.text} 晚于检测时间", f"{one.text} is after the time of this check")


def _contradictions(given: Subject) -> Iterator[Fault]:
    """Where basic information and dossier say two things of one."""
    said = {name: given.said(name) for _, name, _ in _SAME} | _in_words(given)
    for key, name, title in (*_SAME, *_SAME_IN_WORDS):
        here, there = given.metadata.said(key), said[name]
        if here and here != there:
            words = (f"{title}「{here}」与专档所记「{there}」不同", f"{here!r} is not what the dossier says: {there!r}")
            yield note(given.metadata.basic_path, *words)


def _in_words(given: Subject) -> dict[str, str]:
    """Retention and 密级 of the dossier as people write them."""
    secrecy, retention = given.said("secrecy"), given.said("retention")
    return {
        "secrecy": ZH[Secrecy][Secrecy(secrecy)] if secrecy in list(Secrecy) else "",
        "retention in words": archival_code.RETENTIONS.get(retention, ("", None))[0],
    }


def signs(given: Subject) -> Outcome:
    """No value holds what cannot be printed, was lost in a conversion, or is only half there."""
    faults = [
        _of(one, f"含有特殊字符 {_named(one.text)}", f"it holds {_named(one.text)}")
        for one in given.metadata.values
        if _odd(one.text)
    ]
    return _values(
        given, faults, "中没有控制字符、私用字符和乱码", "hold no control or private sign and none that was lost"
    )


def _odd(text: str) -> bool:
    return any(_is_odd(sign) for sign in text)


def _is_odd(sign: str) -> bool:
    """What cannot be printed or was lost. A line's end, a tab, and the joiners some scripts spell with are none."""
    if sign in "\n\t\u200c\u200d" or is_ideograph(sign):
        return False
    return sign == "\ufffd" or unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")


def _named(text: str) -> str:
    found = sorted({f"U+{ord(sign):04X}" for sign in text if _is_odd(sign)})
    return ", ".join(found)


def archival_codes(given: Subject) -> Outcome:
    """The 档号 is built by DA/T 13-2022 and agrees with fonds, year and retention."""
    code = given.said("archival_code")
    if not code:
        return not_applicable("档号尚未编制，由档案馆在接收时编", "no 档号 yet: the archive gives it at intake")
    try:
        found = archival_code.read(code)
    except ValueError:
        fault = note(DOSSIER, f"档号「{code}」不合 DA/T 13-2022 的结构", f"{code!r} is not built by DA/T 13-2022")
        return judged([fault], "", "")
    elsewhere = {name: given.metadata.said(name) for name in ("fonds_no", "category", "year")}
    elsewhere["retention"] = given.said("retention")
    faults = []
    for name, title in (("fonds_no", "全宗号"), ("category", "门类"), ("year", "年度"), ("retention", "保管期限")):
        here, there = str(getattr(found, name)), elsewhere[name]
        if there and there != here:
            said = (f"档号中的{title} {here} 与元数据的 {there} 不同", f"{here} in it, {there} elsewhere")
            faults.append(note(DOSSIER, *said))
    return judged(faults, f"档号 {code} 合乎 DA/T 13-2022，各节与元数据一致", f"{code} is built by DA/T 13-2022")


def repetition(given: Subject) -> Outcome:
    """What must be one of a kind is: elements, file codes, places; and in a batch the numbers of records."""
    if not given.metadata.values:
        return _NO_METADATA
    faults = [
        note(given.metadata.basic_path, f"元数据项 {name} 出现 {count} 次", f"{name} stands {count} times")
        for name, count in Counter(one.rule.name for one in _single(given)).items()
        if count > 1
    ]
    faults += _twice(given, "文件编号", (row.code for row in given.metadata.rows))
    faults += _twice(given, "文件位置", (row.path for row in given.metadata.rows))
    if given.batch:
        for zh, values in (
            ("电子文件号", [line.record_no for line in given.batch.lines]),
            ("档号", [line.archival_code for line in given.batch.lines]),
        ):
            faults += _twice(given, zh, values, "")
    return judged(
        faults,
        "元数据项、文件编号、文件位置没有重复" + ("；批次内电子文件号、档号没有重复" if given.batch else ""),
        "elements, file codes and places stand once" + ("; so do numbers and 档号 in the batch" if given.batch else ""),
    )


def _single(given: Subject) -> Iterator[Value]:
    """The values of the basic information, whose elements stand once each."""
    return (one for one in given.metadata.values if not one.row and one.path == given.metadata.basic_path)


def _twice(given: Subject, zh: str, values: Iterable[str], path: str | None = None) -> Iterator[Fault]:
    where = given.metadata.basic_path if path is None else path
    for value, count in Counter(value for value in values if value).items():
        if count > 1:
            yield note(where, f"{zh} {value} 出现 {count} 次", f"{value} stands {count} times")


def attributes(given: Subject) -> Outcome:
    """What the metadata say of each file — bytes, format — is what the file is."""
    faults, compared = [], 0
    for row in given.metadata.rows:
        content = given.files.get(row.path)
        if content is None or (not given.sealed and row.path in LATER):
            continue  # 1-4 says that it is missing
        compared += 1
        if row.size != str(len(content)):
            said = (f"元数据记 {row.size} 字节，实为 {len(content)}", f"{len(content)} bytes, not {row.size}")
            faults.append(note(row.path, *said))
        if not _same_format(row, given.looked[row.path]):
            kind = given.looked[row.path].kind
            faults.append(note(row.path, f"元数据记格式 {row.format}，实为 {kind}", f"it is {kind}, not {row.format}"))
    if not compared:
        return not_applicable("元数据没有著录包内的文件，无从比对", "the metadata describe no file to compare with")
    return judged(
        faults,
        f"{compared} 个文件的大小、格式与元数据所记相同",
        f"bytes and format of {compared} files are as the metadata say",
    )


def _same_format(row: FileRow, seen: formats.Looked) -> bool:
    said = row.format.strip().lower().lstrip(".")
    names = {seen.kind.lower(), formats.MIME.get(seen.kind, ""), *formats.endings(seen.kind)} - {""}
    return any(said == name or said.startswith((f"{name}/", f"{name} ")) for name in names)


def placed(given: Subject) -> Outcome:
    """Each row of the file set leads to a file, and each file of the material folders has its row."""
    rows, folders = {row.path for row in given.metadata.rows}, tuple(given.metadata.folders)
    kept = {path for path in given.files if folders and path.startswith(folders)}
    lost, unsaid = formats.spread(rows - given.files.keys()), formats.spread(kept - rows)
    faults = [note(path, "元数据列有它，包内没有", "in the metadata, not in the package") for path in lost]
    faults += [note(path, "包内有它，元数据没有列", "in the package, not in the metadata") for path in unsaid]
    if not given.metadata.values:
        return _NO_METADATA
    return judged(
        faults,
        f"元数据所列 {len(rows)} 个文件都在其位，材料文件夹里的文件都已著录",
        f"all {len(rows)} files of the metadata are in their places, and every paper is described",
    )


def _of(one: Value, zh: str, en: str) -> Fault:
    where, there = (f"第 {one.row} 行", f"row {one.row}, ") if one.row else ("", "")
    return note(one.path, f"{where}{one.rule.zh}（{one.rule.name}）{zh}", f"{there}{one.rule.name}: {en}")


_NO_METADATA = not_applicable("元数据读不出，未能检测（见 2-2、3-1）", "the metadata cannot be read: not looked at")


def _values(given: Subject, faults: Iterable[Fault], zh: str, en: str) -> Outcome:
    if not given.metadata.values:
        return _NO_METADATA
    count = len(given.metadata.values)
    return judged(faults, f"{count} 个元数据项{zh}", f"{count} elements {en}")
