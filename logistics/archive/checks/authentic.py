"""真实性, items 1-1 and 1-5: does what fixes the contents hold, and is this the package that was made and sent?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from logistics.archive import bag, container, evidence
from logistics.archive.checks.report import Link, Outcome, judged, not_applicable, note, passed
from logistics.archive.checks.subject import LATER, REPORT_XML, Subject
from logistics.archive.checks.written import read_report
from logistics.archive.report import Fault

NOT_YET = (
    "形成本报告时包尚未封装；封装后由校验清单和签名声明覆盖，封装程序和以后各环节再检测",
    "the package was not sealed yet; sealing and every later link check it again",
)


def digests(given: Subject) -> Outcome:
    """Every digest that stands anywhere in the package is the digest of that file."""
    faults = given.told_of("paper_differs", "paper_unknown", "raw_name")
    if given.sealed:
        faults += [one for one in bag.check(given.files, ()) if one.code not in ("unlisted", "listed_missing", "oxum")]
        faults += list(_not_as_stated(given))
    faults += [
        note(row.path, "与元数据所记的摘要不符", "not the digest in the metadata")
        for row in given.metadata.rows
        if row.sha256 and row.path in given.files and row.sha256 != given.digests[row.path]
    ]
    count = len(given.papers)
    if given.sealed:
        return judged(
            faults,
            f"逐个重算 {len(given.files)} 个文件的摘要，与校验清单、签名声明相符；{count} 份材料与留痕相符",
            f"the digests of all {len(given.files)} files agree with manifests and statement, "
            f"those of {count} papers with the ledger",
        )
    return judged(
        faults,
        f"重算 {count} 份材料的摘要，与专档和留痕所记相符；其余文件的摘要列入本报告",
        f"the digests of {count} papers agree with dossier and ledger; those of all files stand in this report",
    )


def _not_as_stated(given: Subject) -> Iterator[Fault]:
    try:
        stated = evidence.read_statement(given.files[evidence.STATEMENT]).files
    except (KeyError, ValueError):
        yield note(evidence.STATEMENT, "签名声明缺少或读不出", "the signed statement is missing or cannot be read")
        return
    own = evidence.covered(given.files)
    for path in sorted(own.keys() | stated.keys()):
        if own.get(path) != stated.get(path):
            yield note(path, "与签名声明所记的摘要不符", "not as the signed statement has it")


def layout(given: Subject) -> Outcome:
    """The folder is laid out as the format has it and named by the 电子文件号."""
    faults = [*given.container, *given.told_of("dossier_number", "record_number", "path_unfit")]
    must = given.always
    faults += [note(path, "缺少", "missing") for path in sorted(must - given.files.keys())]
    return judged(
        faults,
        f"目录结构符合归档信息包的规定，必有的 {len(must)} 个文件齐全",
        f"laid out as a package must be; all {len(must)} files that every package has are there",
    )


def as_filed(given: Subject) -> Outcome:
    """The package is what it was when its own filing report was made."""
    if not given.sealed:
        return not_applicable(*NOT_YET)
    try:
        filed = read_report(given.files[REPORT_XML])
    except (KeyError, ValueError) as why:
        fault = note(REPORT_XML, f"归档检测报告缺少或读不出：{why}", f"no legible filing report: {why}")
        return judged([fault], "", "")
    then = {one.path: one.sha256 for one in filed.covered}
    now = {one.path: one.sha256 for one in given.covered if one.path not in LATER}
    faults = [
        note(path, "与归档检测时不同", "not what it was when it was filed")
        for path in sorted(then.keys() | now.keys())
        if then.get(path) != now.get(path)
    ]
    return judged(
        faults,
        f"与归档检测报告所列 {len(then)} 个文件逐一相同",
        f"the same {len(then)} files as the filing report lists, byte for byte",
    )


def as_listed(given: Subject) -> Outcome:
    """The package is the one the batch's catalogue lists."""
    if given.link is Link.GD:
        return not_applicable("归档环节没有移交目录", "there is no transfer catalogue at filing")
    if given.batch is None:
        return not_applicable("没有给出移交批次的目录，未比对", "no catalogue of a batch was given to compare with")
    record_no = given.said("record_no")
    lines = [line for line in given.batch.lines if line.record_no == record_no]
    if len(lines) != 1:
        count = len(lines)
        fault = note("", f"批次 {given.batch.no} 的目录列有此包 {count} 次", f"the catalogue lists it {count} times")
        return judged([fault], "", "")
    data = container.write({f"{record_no}/{path}": content for path, content in given.files.items()})
    if lines[0].sha256 != hashlib.sha256(data).hexdigest():
        fault = note("", "包的摘要与移交目录所列不符", "the package's digest is not the one in the catalogue")
        return judged([fault], "", "")
    return passed("包的摘要与移交目录所列相符", "the package's digest is the one in the catalogue")
