"""Time stamps and the SM2 signature of a package: what they prove, and what is said when they do not hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from logistics.archive import bag, evidence, sm
from logistics.archive.verify import verify_bytes
from logistics.cli.verify import verify as command
from tests.archive import made_up, manglings
from tests.archive.test_sm import private_pem
from tests.authorities import Centre

EARLY, LATE, SIGNATURE, KEY = evidence.OPTIONAL


def packed(**changes: bytes | None) -> bytes:
    """The package with stamps and SM2, these of its files changed or gone (None), all manifests made to fit."""
    names = {"early": EARLY, "late": LATE, "signature": SIGNATURE, "key": KEY}
    files = manglings.unpacked(manglings.countersigned())
    for name, content in changes.items():
        if content is None:
            del files[names[name]]
        else:
            files[names[name]] = content
    statement = evidence.read_statement(files[evidence.STATEMENT])
    if statement.files == evidence.covered(
        files
    ):  # what the statement covers cannot change without its stamp going too
        return made_up.packed({**files, **bag.tag_manifests(files)})
    return made_up.resigned(files, made_up.KEY)


def found(package: bytes) -> set[tuple[str, str]]:
    return {(one.file, one.code) for one in verify_bytes(package).faults}


def test_stamps_prove_the_time_under_the_roots_that_are_named_and_say_so_without() -> None:
    whole = manglings.countersigned()
    trusted = verify_bytes(whole, None, [manglings.centre().root.certificate])
    plain = verify_bytes(whole)
    assert trusted.ok
    assert plain.ok
    proven, open_ = " ".join(one.zh for one in trusted.proven), " ".join(one.zh for one in trusted.not_proven)
    assert "第三方时间戳" in proven
    assert "2026-09-28T16:30:00.000000Z" in proven
    assert "时钟" not in open_
    assert "第三方时间戳" not in " ".join(one.zh for one in plain.proven)
    assert "不能证明真是它盖的" in " ".join(one.zh for one in plain.not_proven)
    assert "国密签名" in " ".join(one.zh for one in plain.proven)


def test_stamps_of_an_authority_outside_the_named_roots_are_faults() -> None:
    report = verify_bytes(manglings.countersigned(), None, [Centre().root.certificate])
    assert {(one.file, one.code) for one in report.faults} == {(EARLY, "stamp_untrusted"), (LATE, "stamp_untrusted")}


def test_one_stamp_alone_proves_no_time_of_sealing() -> None:
    report = verify_bytes(packed(late=None), None, [manglings.centre().root.certificate])
    assert report.ok
    assert "时钟" in " ".join(one.zh for one in report.not_proven)


def test_a_stamp_of_other_content_or_none_at_all_is_named() -> None:
    files = manglings.unpacked(manglings.countersigned())
    assert found(packed(late=files[EARLY])) == {(LATE, "stamp_of_other")}
    assert found(packed(late=b"<html>")) == {(LATE, "stamp_malformed")}


def test_an_sm2_signature_needs_its_key_and_must_hold() -> None:
    other = sm.load(private_pem())
    statement = manglings.unpacked(manglings.countersigned())[evidence.STATEMENT]
    assert found(packed(signature=None)) == {(KEY, "sm2_alone")}
    assert found(packed(signature=other.sign(statement))) == {(SIGNATURE, "sm2_signature")}
    assert (SIGNATURE, "sm2_alone") in found(packed(key=None))
    assert (KEY, "sm2_key") in found(packed(key=b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"))
    assert (KEY, "sm2_key") in found(packed(key=b"\n" + other.public_pem))


@pytest.mark.parametrize(("ours", "status"), [(True, 0), (False, 1)])
def test_the_command_takes_the_roots_from_a_file(tmp_path: Path, ours: bool, status: int) -> None:
    package, roots = tmp_path / "package.zip", tmp_path / "roots.pem"
    package.write_bytes(manglings.countersigned())
    roots.write_bytes((manglings.centre() if ours else Centre()).root.pem())
    answer = CliRunner().invoke(command, [str(package), "--json", "--tsa-roots", str(roots)])
    assert answer.exit_code == status
    assert json.loads(answer.stdout)["exit"] == status


def test_a_file_without_certificates_is_refused_before_anything_is_checked(tmp_path: Path) -> None:
    package = tmp_path / "package.zip"
    package.write_bytes(manglings.countersigned())
    answer = CliRunner().invoke(command, [str(package), "--tsa-roots", str(package)])
    assert answer.exit_code == 2
    assert "PEM" in answer.output
