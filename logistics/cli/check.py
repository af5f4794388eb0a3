"""`youdang check`: the four checks (四性检测) of an archive package, offline."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from logistics.archive.checks.opening import Package, Unreadable, open_path
from logistics.archive.checks.report import LINK_NAMES, RESULT_NAMES, CheckReport, Link, Result
from logistics.archive.checks.subject import VirusScan
from logistics.archive.checks.written import GROUPS, report_xml
from logistics.archive.profiles import Profile, ProfileFault, load

_MARKS = {Result.PASS: "✓", Result.FAIL: "✗", Result.NOT_APPLICABLE: "–"}
_UNREADABLE = 2
_SCAN_SECONDS = 600


@click.command("check", short_help="Look at an archive package item by item (DA/T 70): --link GD, YJ or BC.")
@click.argument("package", type=click.Path(path_type=Path))
@click.option("--link", "link", type=click.Choice([one.value.upper() for one in Link]), required=True, help="the link")
@click.option("--json", "as_json", is_flag=True, help="print the report as one JSON object")
@click.option("--pdf", "pdf", type=click.Path(path_type=Path, dir_okay=False), help="draw the report as PDF/A")
@click.option("--xml", "xml", type=click.Path(path_type=Path, dir_okay=False), help="write the report as XML")
@click.option(
    "--profile", "profile", metavar="FILE", help="the profile the package was made by, if it is no shipped one"
)
@click.option("--scanner", "scanner", metavar="COMMAND", help="virus scanner to ask: exit status 0 clean, 1 infected")
@click.pass_context
def check(
    ctx: click.Context,
    package: Path,
    link: str,
    as_json: bool,
    pdf: Path | None,
    xml: Path | None,
    profile: str | None,
    scanner: str | None,
) -> None:
    """对归档信息包 PACKAGE（ZIP 或已解开的文件夹）做四性检测，不需要数据库、设置和网络。

    Check the archive package PACKAGE, a ZIP or the folder it unpacks to, at the link GD (归档), YJ (移交与接收) or BC
    (长期保存). Exit status: 0 nothing failed, 1 something did (which file and why is printed), 2 unreadable, or what
    was asked could not be done.
    """
    known = _profiles(profile)
    try:
        opened = open_path(package)
    except Unreadable as why:
        click.echo(f"{package}：{why}", err=True)
        ctx.exit(_UNREADABLE)
    at = datetime.now(UTC)
    report = opened.check(Link(link.lower()), at, virus=_scan(scanner, package, opened), profiles=known)
    if xml is not None:
        _write(xml, report_xml(report))
    if pdf is not None:
        _write(pdf, _drawn(report, at))
    lines = [_json(report)] if as_json else list(_lines(package, report))
    click.echo("\n".join(lines).encode(errors="replace"))
    ctx.exit(0 if report.passed else 1)


class _NotDone(click.ClickException):
    """The check, or what was asked with it, did not take place: no verdict."""

    exit_code = _UNREADABLE


def _profiles(file: str | None) -> tuple[Profile, ...]:
    if file is None:
        return ()
    try:
        return (load(file),)
    except ProfileFault as why:
        raise click.UsageError(str(why)) from why


def _scan(command: str | None, path: Path, opened: Package) -> VirusScan | None:
    """What the scanner says of the whole package; it names no file that we could read out of its words."""
    if command is None:
        return None
    words = shlex.split(command)
    try:
        done = subprocess.run([*words, str(path)], capture_output=True, timeout=_SCAN_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired, IndexError) as why:
        raise _NotDone(f"防病毒命令没有运行成：{why} (the scanner did not run)") from why
    if done.returncode not in (0, 1):
        said = done.stderr.decode(errors="replace").strip()[:200]
        raise _NotDone(f"防病毒命令退出码 {done.returncode}，不算检测过：{said} (no scan took place)")
    return VirusScan(Path(words[0]).name, datetime.now(UTC), (opened.folder,) if done.returncode else ())


def _drawn(report: CheckReport, at: datetime) -> bytes:
    # the drawing library takes a while to load, which a check without --pdf need not wait for
    from labels.draw import draw
    from labels.reading import read_paper
    from logistics.archive.checks.sheet import KIND, sheet_json

    number = f"{report.dossier_no or 'package'}-{report.link.value.upper()}-{at:%Y%m%d%H%M%S}"
    return draw(read_paper(KIND, sheet_json(report, number, at, language="zh-en")))


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as why:
        raise _NotDone(f"写不了 {target}：{why.strerror} (cannot be written)") from why


def _json(report: CheckReport) -> str:
    plain = {
        "passed": report.passed,
        "link": report.link.value.upper(),
        "at": report.at.isoformat(),
        "record_no": report.record_no,
        "dossier_no": report.dossier_no,
        "files": len(report.covered),
        "items": [
            {
                "code": item.code,
                "group": GROUPS[item.group][1],
                "name_zh": item.zh,
                "name_en": item.en,
                "result": item.result.value,
                "parts": [
                    {
                        "code": part.code,
                        "name_zh": part.zh,
                        "name_en": part.en,
                        "result": part.outcome.result.value,
                        "reason_zh": part.outcome.zh,
                        "reason_en": part.outcome.en,
                        "files": list(part.outcome.files),
                    }
                    for part in item.parts
                ],
            }
            for item in report.items
        ],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1)


def _lines(package: Path, report: CheckReport) -> Iterator[str]:
    zh, en = LINK_NAMES[report.link]
    verdict = "四性检测通过 PASSED" if report.passed else "四性检测不通过 FAILED"
    yield f"{verdict}  {report.link.value.upper()} {zh} {en}  {package}"
    counts = "，".join(f"{RESULT_NAMES[one][0]} {report.count(one)}" for one in Result)
    yield f"  {report.record_no}  {len(report.covered)} 个文件 files  检测点 points：{counts}"
    for item in report.items:
        yield f"{_MARKS[item.result]} {item.code} {item.zh} {item.en}"
        for part in item.parts:
            if part.outcome.result is not Result.PASS:
                yield f"    {_MARKS[part.outcome.result]} {part.code} {part.zh}：{part.outcome.zh}"
                yield f"      {part.en}: {part.outcome.en}"
