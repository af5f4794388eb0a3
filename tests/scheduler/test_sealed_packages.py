"""A package sealed by every means: stamped over HTTP, its main file signed for long, SM2 beside; each checked apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, select
from structlog.testing import CapturingLogger

from logistics.archive import container, sm, timestamps
from logistics.archive.verify import verify_bytes
from logistics.config import Config
from logistics.store import ledger, stamps
from logistics.tables import Paper
from scheduler import checkpoints, packages, sealing
from tests.archive.test_pades import CENTRE, HOLDER, status
from tests.archive.test_sm import private_pem
from tests.builders import House
from tests.services.filed import closed
from tests.tsa import serving


def test_a_package_waits_for_its_stamp_and_then_proves_all_it_was_given(
    youdang: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "key.p12": HOLDER.pkcs12("geheim", [CENTRE.root.certificate]), "roots.pem": CENTRE.root.pem(),
        "crls.pem": CENTRE.revocations(), "sm2.pem": private_pem(),
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with serving(CENTRE) as tsa:
        config = Config.from_env({
            "YOUDANG_TSA_URL": tsa.url, "YOUDANG_TSA_ROOTS": str(tmp_path / "roots.pem"),
            "YOUDANG_PDF_SIGNATURE": "B-LTA", "YOUDANG_SIGN_PKCS12": str(tmp_path / "key.p12"),
            "YOUDANG_SIGN_PASSPHRASE": "geheim", "YOUDANG_SIGN_ROOTS": str(tmp_path / "roots.pem"),
            "YOUDANG_SIGN_CRLS": str(tmp_path / "crls.pem"), "YOUDANG_SM2_KEY_FILE": str(tmp_path / "sm2.pem"),
            "YOUDANG_SM3_MANIFEST": "yes",
        })  # fmt: skip
        means = sealing.means(config.sealing, youdang.system)
        closed(youdang, 2)
        tsa.fault = "down"
        checkpoints.once(youdang.system, 0, sealing.stamper(config.sealing))
        said = CapturingLogger()  # where else the log goes was settled by whichever test used it first
        monkeypatch.setattr(packages, "log", said)
        assert packages.once(youdang.system, means=means) == 0
        assert [call.args[0] for call in said.calls] == ["package_unstamped"]
        tsa.fault = ""
        checkpoints.once(youdang.system, 0, sealing.stamper(config.sealing))
        assert packages.once(youdang.system, means=means) == 1
        assert packages.once(youdang.system, means=means) == 0
    check(youdang, kept(youdang))


def kept(youdang: House) -> bytes:
    with Session(youdang.system.engine) as session:
        sha256 = session.exec(select(Paper.sha256).where(Paper.kind == "package")).one()
    return youdang.system.files.get(sha256)


def check(youdang: House, package: bytes) -> None:
    assert verify_bytes(package).ok
    inside = {name.partition("/")[2]: content or b"" for name, _, content in container.walk(package)}
    roots = [CENTRE.root.certificate]
    with Session(youdang.system.engine) as session:
        head = ledger.newest_checkpoint(session)
        assert head is not None
        assert inside["evidence/checkpoint.tsr"] == stamps.of(session, stamps.text(head))
        assert timestamps.check(inside["evidence/checkpoint.tsr"], stamps.text(head), roots).trusted
    assert timestamps.check(inside["evidence/statement.tsr"], inside["evidence/statement.sig"], roots).trusted
    statement, signature = inside["evidence/statement.json"], inside["evidence/statement.sm2"]
    assert sm.verify(inside["evidence/sm2-public-key.pem"], signature, statement)
    for line in inside["manifest-sm3.txt"].decode().splitlines():
        digest, path = line.split("  ", 1)
        assert sm.sm3(inside[path]) == digest
    (main,) = (content for path, content in inside.items() if "/C01-" in path)
    said = status(main)
    assert said.intact
    assert said.trusted
