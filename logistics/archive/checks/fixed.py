"""真实性, item 1-1: signatures, seals and time stamps that fix the package, each verified where there is one."""

from __future__ import annotations

from collections.abc import Iterator

from logistics.archive import evidence, timestamps
from logistics.archive.checkpoints import verify_checkpoint, verify_signature
from logistics.archive.checks import envelope, signed_pdf
from logistics.archive.checks.report import Outcome, judged, not_applicable, note
from logistics.archive.checks.subject import Subject
from logistics.archive.describing import ENVELOPE
from logistics.archive.report import Fault


def signatures(given: Subject) -> Outcome:
    """The checkpoint's and the statement's signatures hold, and every further one that is there."""
    faults = list(_checkpoint_faults(given))
    zh, en = ["总账检查点"], ["the checkpoint"]
    if given.sealed:
        faults += [*_statement_faults(given), *_sm2_faults(given)]
        zh, en = [*zh, "包声明"], [*en, "the statement"]
    if given.sealed and evidence.SM2_SIGNATURE in given.files:
        zh, en = [*zh, "国密签名（SM2）"], [*en, "SM2"]
    if ENVELOPE in given.files:
        faults += envelope.signature_faults(given)
        zh, en = [*zh, "电子文件封装包"], [*en, "the DA/T 48 envelope"]
    for path, seen in given.looked.items():
        if seen.signed:
            wrong, signers = signed_pdf.faults(given.files[path])
            faults += [note(path, *one) for one in wrong]
            zh, en = [*zh, f"{path}（{'、'.join(signers)}）"], [*en, f"{path} ({', '.join(signers)})"]
    return judged(
        faults,
        f"签名成立：{'、'.join(zh)}；公钥和证书属于谁须另行核对" + ("" if given.sealed else "；包声明在封装时签名"),
        f"the signatures hold: {', '.join(en)}; whose keys they are must be learnt by another way",
    )


def _checkpoint_faults(given: Subject) -> Iterator[Fault]:
    if given.checkpoint is None:
        yield note(evidence.CHECKPOINT, "缺少或读不出", "missing or unreadable")
    elif not verify_checkpoint(given.checkpoint):
        yield note(evidence.CHECKPOINT, "签名不成立", "its signature does not hold")


def _statement_faults(given: Subject) -> list[Fault]:
    if given.checkpoint is None:
        return []
    public = bytes.fromhex(given.checkpoint.public_key)
    faults = []
    content, signature = given.files.get(evidence.STATEMENT), given.files.get(evidence.SIGNATURE)
    if content is None or signature is None or not verify_signature(public, signature, content):
        faults.append(note(evidence.SIGNATURE, "对声明的签名不成立", "the signature of the statement does not hold"))
    if given.files.get(evidence.PUBLIC_KEY) != evidence.public_key_file(public):
        faults.append(note(evidence.PUBLIC_KEY, "不是检查点的公钥", "not the key of the checkpoint"))
    return faults


def _sm2_faults(given: Subject) -> Iterator[Fault]:
    key, signature = given.files.get(evidence.SM2_KEY), given.files.get(evidence.SM2_SIGNATURE)
    if key is None and signature is None:
        return
    if key is None or signature is None:
        yield note(evidence.SM2_SIGNATURE, "国密签名与公钥须成对", "an SM2 signature and its key come together")
        return
    from logistics.archive import sm  # its library is needed only where such a signature is

    if not sm.verify(key, signature, given.files.get(evidence.STATEMENT, b"")):
        yield note(evidence.SM2_SIGNATURE, "国密签名（SM2）不成立", "the SM2 signature does not hold")


def seals(given: Subject) -> Outcome:
    """Electronic seals (GB/T 38540): the packages of this house bear none, and none of a stranger's is vouched for."""
    sealed = [path for path, seen in given.looked.items() if seen.kind == "OFD"]
    if sealed:
        return not_applicable(
            f"有 {len(sealed)} 个 OFD 文件，其电子印章须由签章系统验证",
            f"{len(sealed)} OFD files: their electronic seals must be verified by the sealing system",
        )
    return not_applicable("包内没有加盖电子印章的文件", "no file in the package bears an electronic seal")


def stamps(given: Subject) -> Outcome:
    """Each RFC 3161 stamp that is there is whole, and of what it must stamp."""
    wanted = {} if given.checkpoint is None else {evidence.CHECKPOINT_STAMP: evidence.checkpoint_text(given.checkpoint)}
    wanted[evidence.STATEMENT_STAMP] = given.files.get(evidence.SIGNATURE, b"")
    there = [path for path in (evidence.CHECKPOINT_STAMP, evidence.STATEMENT_STAMP) if path in given.files]
    if not there:
        return not_applicable("包内没有时间戳：没有设置时间戳机构", "no time stamp: no authority was set")
    faults, said = [], []
    for path in there:
        try:
            stamped = timestamps.check(given.files[path], wanted.get(path, b""), None)
        except timestamps.StampWrong as why:
            faults.append(note(path, f"时间戳不成立：{why}", f"the stamp does not hold: {why}"))
        else:
            said.append(f"{stamped.authority} {stamped.at:%Y-%m-%dT%H:%M:%SZ}")
    words = "；".join(said)
    return judged(
        faults,
        f"时间戳与所盖内容相符（{words}）；其机构是否可信须以根证书另行核对",
        f"each stamp is of what it must stamp ({words}); whose it is must be checked with the authority's root",
    )
