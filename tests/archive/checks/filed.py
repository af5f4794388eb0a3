"""A package as it is really filed: PDF/A papers, main file with the records inside, the GD report in its place."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import rfc8785

from labels.attachments import Attachment
from labels.pdfa import About
from labels.sheet import Sheet
from logistics.archive import bag, container, describing, evidence, payload
from logistics.archive.checks.report import CheckReport, Link
from logistics.archive.checks.running import run
from logistics.archive.checks.subject import LATER, REPORT_PDF, REPORT_XML, Batch, BatchLine
from logistics.archive.checks.written import report_xml
from logistics.archive.contents import PackageInput, PaperRecord
from logistics.archive.describing import Placed
from logistics.archive.eep import envelope
from logistics.archive.means import NOTHING, SealingMeans
from logistics.archive.package import finish, lay_out
from logistics.archive.premis import premis
from logistics.archive.profiles import Profile, load
from logistics.rules import chain
from tests.archive import made_up

NOW = made_up.at(1000)
TOP = made_up.TOP
Files = dict[str, bytes]


@cache
def paper(words: str, attachments: tuple[Attachment, ...] = ()) -> bytes:
    """A PDF/A of one page that says so."""
    sheet = Sheet(210, 297, About(words, "邮递专档", dt.datetime(2026, 9, 28, tzinfo=dt.UTC), attachments))
    sheet.text(20, 30, words, 12)
    return sheet.finish()


def papers(profile: Profile) -> list[PaperRecord]:
    """Three papers in the profile's folders."""
    return [
        PaperRecord(f"data/{profile.folders[letter]}/{letter}0{n}-{title}.pdf", kind, title, paper(title))
        for letter, n, kind, title in (
            ("B", 1, "label", "面单"),
            ("B", 2, "slip", "交接单"),
            ("A", 1, "cover", "专档封面"),
        )
    ]


def entries(kept: list[PaperRecord], received: Collection[str] = ()) -> list[chain.Entry]:
    """The made-up chain, its papers being these; those of `received` kinds came from others."""
    digests = iter([hashlib.sha256(one.content).hexdigest() for one in kept] * 3)  # a paper may be made again
    made: list[chain.Entry] = []
    for seq, (when, what, facts) in enumerate(made_up.acts(), start=1):
        if what == "paper:made":
            facts = {**facts, "sha256": next(digests)}
            what = "paper:kept" if facts["kind"] in received else what
        before = made[-1].hash if made else chain.genesis(made_up.NO)
        made.append(
            chain.link(
                before, dossier_no=made_up.NO, seq=seq, at=when, actor="officer:12", actor_name="窗口甲",
                agency="咸宁市政务服务大厅", what=what, why="按流程", facts=facts,
            )
        )  # fmt: skip
    return made


@cache
def sound(profile_name: str = "fuzhou") -> Mapping[str, bytes]:
    """The files of a package with nothing wrong, by their paths inside its folder."""
    return made(profile_name)


def made(
    profile_name: str = "fuzhou",
    kept: list[PaperRecord] | None = None,
    received: Collection[str] = (),
    means: SealingMeans = NOTHING,
    **changes: Any,
) -> Files:
    """A package of these papers, `changes` being made to what it is built from: all of it fits together."""
    profile = load(profile_name)
    kept = papers(profile) if kept is None else kept
    given = made_up.given(own=entries(kept, received))
    bare = replace(given, **{"papers": kept, "metadata": {}, **changes})
    described = _described(bare, profile)
    listed = [*described, describing.ENVELOPE, describing.PREMIS, REPORT_XML, REPORT_PDF]
    placed, data = _placed(bare, profile, described), payload.records(bare, listed)
    described[describing.ENVELOPE] = envelope(bare, made_up.identity(), profile, placed, data, made_up.KEY)
    described[describing.PREMIS] = premis(bare, {one.path: one.content for one in placed} | data)
    whole = replace(bare, metadata=described)
    laid_out = lay_out(whole, made_up.KEY, means, to_come=(REPORT_XML, REPORT_PDF))
    report = run(laid_out, Link.GD, made_up.at(920), sealed=False)
    laid_out |= {REPORT_XML: report_xml(report), REPORT_PDF: paper("四性检测报告")}
    return unpacked(finish(whole, laid_out, made_up.KEY, means))


def _described(bare: PackageInput, profile: Profile) -> Files:
    """Main file and sheets; the main file holds the records, which list all paths and no digests of theirs."""
    main = f"data/{profile.folders['C']}/C01-专档主文件.pdf"
    listed = [main, *describing.names(profile), describing.ENVELOPE, describing.PREMIS, REPORT_XML, REPORT_PDF]
    inside = tuple(
        Attachment(path.rpartition("/")[2], "application/json", "Source", content)
        for path, content in payload.records(bare, listed).items()
    )
    made = {main: paper("专档主文件", inside)}
    return made | describing.sheets(bare, made_up.identity(), profile, _placed(bare, profile, made))


def _placed(bare: PackageInput, profile: Profile, made: Mapping[str, bytes]) -> list[Placed]:
    main = f"data/{profile.folders['C']}/C01-专档主文件.pdf"
    return [
        Placed(main, "专档主文件", "record", made[main], made_up.at(915)),
        *(Placed(one.path, one.title, one.kind, one.content, made_up.at(130)) for one in bare.papers),
    ]


def unpacked(data: bytes) -> Files:
    """Files by path inside the folder."""
    return {name.partition("/")[2]: content or b"" for name, _, content in container.walk(data)}


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP."""
    return container.write({f"{TOP}/{path}": content for path, content in files.items()})


def checked(files: Mapping[str, bytes], link: Link = Link.GD, **more: object) -> CheckReport:
    """The report on the files."""
    return run(files, link, NOW, **more)  # type: ignore[arg-type]


def resealed(files: Mapping[str, bytes], *, oxum: bool = True) -> Files:
    """The files with statement, signature and manifests made anew by the key's holder: they are not at fault."""
    made = dict(files)
    if oxum:
        made |= bag.manifests(made)
        info = made["bag-info.txt"].decode().splitlines()[:-1]
        total = bag.info([], {path: content for path, content in made.items() if path.startswith("data/")}).decode()
        made["bag-info.txt"] = ("\n".join(info) + "\n" + total).encode()
    statement = evidence.read_statement(made[evidence.STATEMENT])
    made |= evidence.sign(made_up.KEY, replace(statement, files=evidence.covered(made)))
    return made | bag.tag_manifests(made)


def refiled(files: Mapping[str, bytes]) -> Files:
    """As `resealed`, with a filing report made anew that covers the files as they now are (and may say it failed)."""
    kept = {path: content for path, content in files.items() if path not in LATER}
    report = run(kept, Link.GD, made_up.at(920), sealed=False)
    return resealed({**files, REPORT_XML: report_xml(report)})


def batch(files: Mapping[str, bytes], **changes: object) -> Batch:
    """A batch of three packages, of which this is the middle one, as its catalogue and form should be."""
    data = packed(files)
    ours = BatchLine(TOP, "0077-ZY·2026-D30-0001", len(data), hashlib.sha256(data).hexdigest())
    others = [replace(ours, record_no=TOP[:-1] + n, archival_code=f"0077-ZY·2026-D30-000{n}", size=900) for n in "23"]
    lines = (ours, *others)
    made = Batch("20261001", lines, len(lines), sum(one.size for one in lines))
    return replace(made, **changes)  # type: ignore[arg-type]


def with_json(files: Mapping[str, bytes], path: str, change: Callable[[dict[str, object]], object]) -> Files:
    """The files, one record of theirs changed."""
    raw = json.loads(files[path])
    change(raw)
    return {**files, path: (json.dumps(raw, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()}


def with_entry(files: Mapping[str, bytes], seq: int, change: Callable[[dict[str, object]], object]) -> Files:
    """The files, one entry of the ledger changed, in canonical form and nothing after it made to fit."""
    lines = files[payload.LEDGER].splitlines()
    raw = json.loads(lines[seq - 1])
    change(raw)
    lines[seq - 1] = rfc8785.dumps(raw)
    return {**files, payload.LEDGER: b"\n".join(lines) + b"\n"}


def sha256(content: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(content).hexdigest()
