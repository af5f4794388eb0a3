"""安全性, items 4-1 to 4-4: nothing harmful, nothing foreign, and a process that was under control throughout."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from logistics.archive import evidence
from logistics.archive.checks import formats
from logistics.archive.checks.report import Link, Outcome, judged, not_applicable, note, passed
from logistics.archive.checks.subject import Subject, unseen_en, unseen_zh
from logistics.archive.contents import RAW, printed_heads
from logistics.archive.payload import CUSTODY, DOSSIER, LEDGER
from logistics.archive.report import Fault
from logistics.rules import chain
from logistics.terms import ZH, Secrecy

_UNSAFE = re.compile(r'[\\:*?"<>|\ufffd]')
_MINUTE = "%Y-%m-%d %H:%MZ"
_RAW = re.compile(rf"{RAW}[0-9a-f]{{64}}")


def viruses(given: Subject) -> Outcome:
    """What the agency's own scanner said; without its word nobody looked."""
    if given.virus is None:
        return not_applicable(
            "由本馆防病毒系统完成：没有给出其检测结果", "the agency's virus scanner has not been asked"
        )
    faults = [note(path, "防病毒系统报告感染", "the virus scanner objects to it") for path in given.virus.infected]
    by, at = given.virus.scanner, given.virus.at.strftime(_MINUTE)
    return judged(faults, f"{by} 于 {at} 检测，未报告感染", f"{by} scanned it at {at} and objected to nothing")


def active(given: Subject) -> Outcome:
    """No program, macro, or script that starts by itself."""
    faults = []
    for path, seen in given.looked.items():
        if seen.kind in formats.EXECUTABLE:
            said = (f"是可执行内容（{seen.kind}）", f"it is a program or may hold macros ({seen.kind})")
            faults.append(note(path, *said))
        if seen.active:
            words = ", ".join(seen.active)
            faults.append(note(path, f"含会自行动作的内容：{words}", f"it holds what acts by itself: {words}"))
    shut = given.shut
    return judged(
        faults,
        f"{len(given.looked) - shut} 个文件中没有可执行程序、宏，PDF 中没有脚本和启动动作" + unseen_zh(shut),
        f"no program or macro in {len(given.looked) - shut} files, no script or launching in any PDF" + unseen_en(shut),
    )


def foreign(given: Subject) -> Outcome:
    """Every file has its place in the package."""
    if given.places is None:
        fault = note(DOSSIER, "读不出各文件的位置，无法判断有无多余文件", "it does not say which files belong here")
        return judged([fault], "", "")
    strays = [path for path in formats.spread(given.files.keys() - given.places) if not _RAW.fullmatch(path)]
    faults = [note(path, "多余文件：包内没有它的位置", "foreign: the package has no place for it") for path in strays]
    return judged(
        faults,
        f"{len(given.files)} 个文件各有其位，没有多余文件",
        f"each of {len(given.files)} files has its place, none is foreign",
    )


def paths(given: Subject) -> Outcome:
    """No name could land outside its folder or on another file when it is unpacked."""
    faults = [*_odd_paths(given), *(one for one in given.container if one.code in _CONTAINER_PATHS)]
    return judged(
        faults,
        "路径都是普通路径，没有跳出目录、重名或仅大小写不同的",
        "all paths are plain: none leaves its folder, none is another but for its case",
    )


_CONTAINER_PATHS = ("unsafe_path", "same_but_case", "name_twice", "no_plain_file", "outside_folder")


def _odd_paths(given: Subject) -> Iterator[Fault]:
    seen: set[str] = set()
    for path in formats.spread(given.files):
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            yield note(path, "与另一文件仅大小写或写法不同", "differs from another file only in case or form")
        seen.add(folded)
        if _UNSAFE.search(path) or not path.isprintable() or {"", ".", ".."} & set(path.split("/")):
            yield note(path, "路径不安全", "the path is not safe")


def carrier(given: Subject) -> Outcome:  # noqa: ARG001 - every part is asked the same way
    """A disc is looked at by people and by a drive's own measurements (DA/T 38)."""
    return not_applicable(
        "在线保存和移交没有载体；用光盘等载体时，外观和 DA/T 38 指标由交接双方人工检验并记入登记表",
        "there is no medium online; of a disc or drive, looks and DA/T 38 figures are checked by people of both sides",
    )


def ledger(given: Subject) -> Outcome:
    """The chain of everything done joins from its first entry to the closing one."""
    entries, unread = given.ledger
    faults = [] if not unread else [note(LEDGER, f"读不全：{unread}", f"not legible to its end: {unread}")]
    for found in chain.verify(entries):
        said = (f"第 {found.seq} 条：{found.reason_zh}", f"entry {found.seq}: {found.reason_en}")
        faults.append(note(LEDGER, *said))
    faults += given.told_of("not_closed")
    return judged(
        faults,
        f"留痕 {len(entries)} 条首尾相接，止于办结",
        f"all {len(entries)} entries of the ledger join, up to the closing one",
    )


def logged(given: Subject) -> Outcome:
    """Every entry stands in the log that the checkpoint signs, and so do the heads printed on papers."""
    entries, checkpoint = given.ledger[0], given.checkpoint
    if checkpoint is None:
        fault = note(evidence.CHECKPOINT, "没有检查点，无从证明", "without a checkpoint nothing can be shown")
        return judged([fault], "", "")
    faults = []
    try:
        _, proofs = evidence.read_proofs_file(given.files[evidence.PROOFS])
        faults += [
            note(LEDGER, f"第 {seq} 条不在已签名的总账中", f"entry {seq} is not in the signed log")
            for seq in evidence.unproven(entries, proofs, checkpoint)
        ]
    except (KeyError, ValueError) as why:
        faults.append(note(evidence.PROOFS, f"总账证明缺少或读不出：{why}", f"no legible proofs: {why}"))
    try:
        _, witnesses = evidence.read_witnesses_file(given.files[evidence.WITNESSES])
        faults += [
            note(
                evidence.WITNESSES, f"印在单据上的根值 {root[:16]}… 未得证明", f"printed root {root[:16]}… is not shown"
            )
            for _, root in evidence.unwitnessed(entries, witnesses, checkpoint)
        ]
    except (KeyError, ValueError) as why:
        faults.append(note(evidence.WITNESSES, f"根值证明缺少或读不出：{why}", f"no legible proofs: {why}"))
    heads = len(printed_heads(entries))
    return judged(
        faults,
        f"{len(entries)} 条留痕都在检查点所签的总账中；单据上印的 {heads} 个根值都是它的早先状态",
        f"all {len(entries)} entries stand in the signed log; the {heads} heads printed on papers are earlier states",
    )


def custody(given: Subject) -> Outcome:
    """Each original's handovers join without a gap, as the ledger has them."""
    faults = given.told_of(
        "no_handover", "link_gap", "link_start", "link_unwitnessed", "link_contradicts", "handover_absent",
        "originals_differ",
    )  # fmt: skip
    return given.unread(CUSTODY) or judged(
        faults, "每件原件的交接环环相接，与留痕逐条相符", "each original's handovers join and agree with the ledger"
    )


def secrecy(given: Subject) -> Outcome:
    """The 密级 is one of the four words, and what bears one is not handed over by this system."""
    found = given.said("secrecy")
    if found not in list(Secrecy):
        said = (f"密级标识「{found}」不是规定的四种之一", f"the 密级 {found!r} is none of the four")
        return judged([note(DOSSIER, *said)], "", "")
    if found == Secrecy.NONE:
        return passed("专档没有密级", "the dossier bears no 密级")
    if given.link is Link.YJ:
        said = (
            "专档有密级，不得经本系统移交，请按保密规定由机要渠道移交",
            "secret: not to be handed over by this system",
        )
        return judged([note(DOSSIER, *said)], "", "")
    word = ZH[Secrecy][Secrecy(found)]
    return passed(
        f"标明密级「{word}」；保存和利用须按保密规定", "its 密级 is marked; keep and use it by the rules of secrecy"
    )


def premises(given: Subject) -> Outcome:
    """Software's holes and the rooms are the archive's own affair."""
    if given.link is not Link.BC:
        return not_applicable("系统漏洞和保管环境在长期保存环节检测", "software and rooms are checked while it is kept")
    return not_applicable(
        "软件系统漏洞由本馆信息安全检查完成，保管环境（温度、湿度、介质寿命）由本馆检查并登记",
        "holes in software and the rooms (heat, damp, age of media) are checked by the archive",
    )
