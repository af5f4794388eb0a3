"""可用性, items 3-1 to 3-4: can metadata and contents be read now, without us, and in thirty years?"""

from __future__ import annotations

from collections.abc import Iterator

from logistics.archive.checks import formats
from logistics.archive.checks.report import Link, Outcome, judged, not_applicable, note
from logistics.archive.checks.subject import Subject, unseen_en, unseen_zh
from logistics.archive.contents import RAW
from logistics.archive.package import README
from logistics.archive.payload import LEDGER

WORDS = frozenset(["XML", "JSON", "JSON lines", "text"])


def readable(given: Subject) -> Outcome:
    """Every file of data opens: XML is well formed, JSON parses, in UTF-8."""
    looked = [(path, seen) for path, seen in _carried(given) if seen.wanted in WORDS]
    faults = [note(path, *seen.unopened) for path, seen in looked if seen.unopened]
    return judged(
        faults,
        f"{len(looked)} 个数据文件（XML、JSON、文本）都读得出，编码为 UTF-8",
        f"all {len(looked)} files of data (XML, JSON, text) can be read, in UTF-8",
    )


def shaped(given: Subject) -> Outcome:
    """The records hold what their format says, so that a program finds its way in them."""
    faults = given.told_of("content_malformed", "missing")
    if given.ledger[1]:
        faults.append(note(LEDGER, f"留痕读不全：{given.ledger[1]}", f"not legible to its end: {given.ledger[1]}"))
    faults += given.metadata.malformed
    return judged(
        faults,
        "基本信息、过程信息、专档、交接链、轨迹、留痕各按其格式可检索",
        "basic and process information, dossier, custody, events and ledger follow their formats",
    )


def opens(given: Subject) -> Outcome:
    """Every paper and picture opens, and is what its name says."""
    looked = [(path, seen) for path, seen in _carried(given) if seen.wanted not in WORDS]
    faults = [note(path, *seen.unopened) for path, seen in looked if seen.unopened]
    ours = [(path, seen) for path, seen in looked if path not in given.received]
    faults += [note(path, *_MENDED) for path, seen in ours if seen.repaired]
    scans = [(path, seen) for path, seen in looked if path in given.received and not seen.pictured]
    for path, seen in (*ours, *scans):
        if seen.mute:
            pages = ", ".join(map(str, seen.mute))
            said = (f"第 {pages} 页的文字提取不出来", f"the words of page {pages} cannot be extracted")
            faults.append(note(path, *said))
    zh = f"{len(looked)} 个内容文件逐一打开，格式与文件名相符；PDF 每页的文字都能提取（扫描件以图像为准）"
    en = f"all {len(looked)} files of contents open and are what their names say; the words of each PDF page extract"
    mended = sum(seen.repaired for _, seen in looked)
    if mended:
        zh += f"；{mended} 个外来 PDF 结构不规范，但能完整打开"
        en += f"; {mended} PDFs of others are irregular inside, but open whole"
    return judged(faults, zh, en + " (a scan is a picture)")


_MENDED = ("PDF 结构受损，靠猜测才读得出", "the PDF's structure is damaged and read by guessing")


def lasting(given: Subject) -> Outcome:
    """Each file is of a format that is kept for long; a PDF of ours says that it is a PDF/A.

    What others made is kept as it came, since its digest was signed: a PDF that needs nothing from outside will do.
    """
    faults, theirs = [], 0
    for path, seen in _carried(given):
        if seen.wanted not in formats.LASTING:
            end = formats.ending(path) or "—"
            said = (f"格式 {end} 不在长期保存格式之列", f"{end} is no format for long keeping")
            faults.append(note(path, *said))
        elif seen.unfit and path in given.received and not seen.loose_fonts and not seen.locked:
            theirs += 1
        elif seen.unfit:
            faults.append(note(path, *seen.unfit))
    count = sum(bool(seen.identity) for _, seen in _carried(given))
    zh = f"格式都在长期保存之列；{count} 个 PDF 标明为 PDF/A（本程序读其标识，不代替 PDF/A 验证器）" + unseen_zh(
        given.shut
    )
    en = f"all formats are for long keeping; {count} PDFs say they are PDF/A (their mark is read, which does not "
    en += "replace a validator)" + unseen_en(given.shut)
    if theirs:
        zh += f"；另有 {theirs} 个外来 PDF 不是 PDF/A，字体齐全、未加密，摘要已签字，原样留存"
        en += f"; {theirs} PDFs of others are none, need no font from outside, are not encrypted, and stay as signed"
    return judged(faults, zh, en)


def surroundings(given: Subject) -> Outcome:
    """The package says what software it needs: its own explanation is there and names the ways to read it."""
    text = given.files.get(README, b"").decode(errors="replace")
    faults = []
    if not text.strip():
        faults.append(note(README, "没有说明软硬件环境的说明文件", "no file explains what is needed to read it"))
    elif "sha256sum" not in text:
        faults.append(note(README, "说明文件没有写明怎样核验", "the explanation does not say how to check"))
    return judged(
        faults,
        "说明文件写明所需软件：文本编辑器、浏览器、PDF 阅读器和通用校验工具",
        "the explanation says what is needed: a text editor, a browser, a PDF reader, common checksum tools",
    )


def independent(given: Subject) -> Outcome:
    """No PDF needs a font of the machine it is shown on."""
    faults = [
        note(path, f"字体未嵌入：{', '.join(seen.loose_fonts)}", f"fonts not embedded: {', '.join(seen.loose_fonts)}")
        for path, seen in _carried(given)
        if seen.loose_fonts
    ]
    zh, en = "PDF 所用字体都已嵌入，不依赖本机字体", "every font of every PDF is embedded"
    return judged(faults, zh + unseen_zh(given.shut), en + unseen_en(given.shut))


def unlocked(given: Subject) -> Outcome:
    """Nothing is encrypted."""
    faults = [note(path, "已加密", "it is encrypted") for path, seen in given.looked.items() if seen.locked]
    return judged(faults, f"{len(given.looked)} 个文件都没有加密", f"none of {len(given.looked)} files is encrypted")


def unpacked(given: Subject) -> Outcome:
    """Nothing is packed a second time; the ZIP around it, where there was one, is plain and harmless."""
    faults = [
        note(path, f"是压缩包（{seen.kind}），移交前应解开", f"it is packed ({seen.kind}) and should be unpacked")
        for path, seen in given.looked.items()
        if seen.kind in formats.PACKED
    ]
    swollen = [path for path, seen in given.looked.items() if seen.swollen]
    faults += [note(path, "压缩率超过 90%，疑为压缩炸弹", "packed by more than 90 %: a bomb?") for path in swollen]
    faults += [one for one in given.container if one.code in ("odd_compression", "bomb", "swollen")]
    if given.zipped:
        zh, en = "；外层 ZIP 为通用方式，压缩率都不超过 90%", "; the ZIP is a common one, nothing packed beyond 90 %"
    else:
        zh, en = "；检测的是展开的文件夹，没有外层压缩", "; what was checked is a folder, with no packing around it"
    return judged(faults, "没有嵌套的或非公开的压缩" + zh, "nothing is packed inside or by secret means" + en)


def recoverable(given: Subject) -> Outcome:
    """Restoring a backup is an act of the archive's own, not a property of the package."""
    if given.link is not Link.BC:
        return not_applicable("备份数据的可恢复性在长期保存环节检测", "backups are tested while the package is kept")
    return not_applicable(
        "备份恢复须由本馆演练，并登记结果；本程序只重读本份",
        "restoring backups is drilled by the archive; this program reads this copy again",
    )


def _carried(given: Subject) -> Iterator[tuple[str, formats.Looked]]:
    """Files people or programs open; raw messages are evidence, kept as they came, whatever they are."""
    for path, seen in given.looked.items():
        if path.startswith("data/") and not path.startswith(RAW):
            yield path, seen
