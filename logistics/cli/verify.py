"""`youdang verify`: check an archive package offline."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from logistics.archive import page, timestamps
from logistics.archive.checkpoints import fingerprint
from logistics.archive.checks.opening import Unreadable, open_path
from logistics.archive.checks.report import RESULT_NAMES, CheckReport, Link, Result
from logistics.archive.findings import VERDICTS
from logistics.archive.report import Report
from logistics.archive.verify import verify as check

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="print the report as one JSON object")
@click.option("--key", "key", metavar="FINGERPRINT|FILE", help="the key that must have signed: fingerprint or PEM file")
@click.option("--tsa-roots", "tsa_roots", metavar="FILE", help="PEM certificates under which time stamps must be given")
@click.option("--page", "target", type=click.Path(path_type=Path), metavar="FILE", help="write verify.html and end")
@click.pass_context
def verify(
    ctx: click.Context, file: Path | None, as_json: bool, key: str | None, tsa_roots: str | None, target: Path | None
) -> None:
    """核验归档信息包 FILE，不需要数据库、设置和网络。

    Check the archive package FILE without database, settings or network. Exit status: 0 sound, 1 a fault was found (its
    file and reason are printed), 2 unreadable. With --page it writes the page that does the same in a browser.
    """
    if target is not None:
        _write_page(target, file)
        return
    if file is None:
        raise click.UsageError("请给出归档信息包的文件名 / name the archive package")
    pinned = None if key is None else _pinned(key)
    report = check(file, pinned, () if tsa_roots is None else _roots(tsa_roots))
    looked = _four_checks(file) if report.readable else None
    lines = [_json(report, looked)] if as_json else [_printable(line) for line in _lines(file, report, looked)]
    click.echo("\n".join(lines).encode(errors="replace"))
    ctx.exit(report.exit_code)


def _four_checks(file: Path) -> CheckReport | None:
    """The four checks of the package as it is filed; they say more than the verdict and do not change it."""
    try:
        return open_path(file).check(Link.GD, datetime.now(UTC))
    except Unreadable:
        return None


def _write_page(target: Path, file: Path | None) -> None:
    if file is not None:
        raise click.UsageError("--page 只写出核验页，不核验文件；请分两次 / --page writes the page only: run it twice")
    try:
        target.write_bytes(page.whole())
    except OSError as why:
        raise click.ClickException(f"写不了 {target}：{why.strerror} / cannot be written") from why
    click.echo(f"核验页 / page: {target}  sha256 {hashlib.sha256(page.whole()).hexdigest()}")


def _pinned(key: str) -> str:
    """The fingerprint meant: typed (spaces and colons are ignored), or of the public key in a file."""
    typed = re.sub(r"[\s:]", "", key).lower()
    if _FINGERPRINT.fullmatch(typed):
        return typed
    try:
        content = Path(key).read_bytes()
        public = load_pem_public_key(content[max(content.find(b"-----BEGIN"), 0) :])
    except (OSError, ValueError) as why:
        raise click.BadParameter(
            "既不是 64 位十六进制指纹，也不是公钥文件；请核对后重试 / "
            "neither a fingerprint of 64 hexadecimal digits nor a public key file",
            param_hint="--key",
        ) from why
    if not isinstance(public, Ed25519PublicKey):
        raise click.BadParameter("不是 Ed25519 公钥 / not an Ed25519 public key", param_hint="--key")
    return fingerprint(public.public_bytes_raw())


def _roots(file: str) -> list[x509.Certificate]:
    try:
        return timestamps.roots_of(Path(file).read_bytes())
    except (OSError, ValueError) as why:
        raise click.BadParameter(
            "不是可读的 PEM 证书文件；请核对后重试 / no readable file of PEM certificates", param_hint="--tsa-roots"
        ) from why


def _printable(line: str) -> str:
    """Names come out of a file we do not trust: nothing in them may steer the terminal."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in line)


def _json(report: Report, looked: CheckReport | None) -> str:
    plain = {
        "ok": report.ok,
        "exit": report.exit_code,
        "faults": [asdict(fault) for fault in report.faults],
        "proven": [asdict(sentence) for sentence in report.proven],
        "not_proven": [asdict(sentence) for sentence in report.not_proven],
        "facts": dict(report.facts),
        "four_checks": None
        if looked is None
        else {
            "passed": looked.passed,
            "items": {result.value: looked.count(result) for result in Result},
            "failed": [{"code": one.code, "zh": one.outcome.zh, "en": one.outcome.en} for one in looked.failed],
        },
    }
    return json.dumps(plain, ensure_ascii=False, indent=1)


def _lines(file: Path, report: Report, looked: CheckReport | None) -> list[str]:
    lines = [f"{' '.join(VERDICTS[report.verdict])}  {file}"]
    lines += [f"  {name}: {value}" for name, value in report.facts.items()]
    for fault in report.faults:
        lines += [f"✗ {fault.file}", f"    {fault.reason_zh}", f"    {fault.reason_en}"]
    for title, sentences in (("已证明 Proven", report.proven), ("未证明 Not proven", report.not_proven)):
        if sentences:
            lines.append(title)
        for sentence in sentences:
            lines += [f"  · {sentence.zh}", f"    {sentence.en}"]
    return lines if looked is None else lines + _told(looked)


def _told(looked: CheckReport) -> list[str]:
    """How many items of the four checks passed, and what did not."""
    counts = "，".join(f"{RESULT_NAMES[one][0]} {RESULT_NAMES[one][1]} {looked.count(one)}" for one in Result)
    lines = ["四性检测（DA/T 70-2018，逐项见 youdang check）Four checks (item by item: youdang check)", f"  {counts}"]
    for one in looked.failed:
        lines += [f"  ✗ {one.code} {one.zh} {one.en}", f"    {one.outcome.zh}", f"    {one.outcome.en}"]
    return lines
