"""Heads are time-stamped by an authority over HTTP, and what sealing may use is made from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from logistics.archive import sm, timestamps
from logistics.archive.means import NOTHING, StampRefused
from logistics.config import Config, ConfigError
from logistics.sealing import Sealing
from logistics.store import stamps
from logistics.tables import Checkpoint, CheckpointStamp
from scheduler import checkpoints, sealing
from tests.archive.test_sm import private_pem
from tests.authorities import Centre
from tests.builders import House, opened
from tests.tsa import Fault, Tsa, serving


@pytest.fixture(scope="module")
def authority() -> Iterator[Tsa]:
    with serving() as tsa:
        yield tsa


@pytest.fixture
def tsa(authority: Tsa) -> Tsa:
    authority.fault, authority.asked, authority.at = "", 0, None
    return authority


@pytest.fixture
def asks(tsa: Tsa, tmp_path: Path) -> Sealing:
    (tmp_path / "roots.pem").write_bytes(tsa.centre.root.pem())
    return Sealing(tsa_url=tsa.url, tsa_roots=tmp_path / "roots.pem")


def kept(youdang: House) -> list[CheckpointStamp]:
    with Session(youdang.system.engine) as session:
        return list(session.exec(select(CheckpointStamp).order_by(CheckpointStamp.size)))  # type: ignore[arg-type]


def test_each_new_head_is_stamped_once(youdang: House, tsa: Tsa, asks: Sealing) -> None:
    stamper = sealing.stamper(asks)
    for number in (1, 2):
        opened(youdang)
        assert checkpoints.once(youdang.system, 0, stamper) == 1
        assert checkpoints.once(youdang.system, 0, stamper) == 0
        assert tsa.asked == len(kept(youdang)) == number
    with Session(youdang.system.engine) as session:
        for row in kept(youdang):
            head = session.get_one(Checkpoint, row.size)
            said = timestamps.check(row.token, stamps.text(head), stamper.roots if stamper else None)
            assert (said.at, said.authority, said.trusted) == (row.stamped_at, row.authority, True)


@pytest.mark.parametrize("fault", ["down", "refuses", "nonsense", "other bytes"])
def test_an_authority_that_fails_delays_the_stamp_alone(
    youdang: House, tsa: Tsa, asks: Sealing, fault: Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    stamper = sealing.stamper(asks)
    tsa.fault = fault
    opened(youdang)
    assert checkpoints.once(youdang.system, 0, stamper) == 1
    assert kept(youdang) == []
    assert "stamp_missing" in capsys.readouterr().out
    tsa.fault = ""
    assert checkpoints.once(youdang.system, 300, stamper) == 0
    assert len(kept(youdang)) == 1


def test_after_a_long_silence_the_newest_head_is_stamped_which_covers_the_others(
    youdang: House, tsa: Tsa, asks: Sealing
) -> None:
    for _ in range(3):
        opened(youdang)
        checkpoints.once(youdang.system)
    checkpoints.once(youdang.system, 0, sealing.stamper(asks))
    with Session(youdang.system.engine) as session:
        assert [row.size for row in kept(youdang)] == [max(session.exec(select(Checkpoint.size)))]


def test_a_head_stamped_before_is_not_asked_for_again(youdang: House, tsa: Tsa, asks: Sealing) -> None:
    opened(youdang)
    checkpoints.once(youdang.system, 0, sealing.stamper(asks))
    with Session(youdang.system.engine) as session:
        text = stamps.text(session.exec(select(Checkpoint)).one())
    stamp = sealing.means(asks, youdang.system).stamp
    assert stamp is not None
    assert stamp(text) == kept(youdang)[0].token
    assert tsa.asked == 1
    timestamps.check(stamp(b"statement"), b"statement", None)
    assert tsa.asked == 2


def test_an_address_where_nobody_listens_is_a_refusal_to_try_again(asks: Sealing) -> None:
    stamp = sealing.means(Sealing(tsa_url="http://127.0.0.1:9/tsa")).stamp
    assert stamp is not None
    with pytest.raises(StampRefused, match="没有应答"):
        stamp(b"content")


def test_without_settings_nothing_is_used() -> None:
    assert sealing.means(Sealing()) == NOTHING
    assert Config.from_env({}).sealing == Sealing()
    assert sealing.stamper(Sealing()) is None


def test_every_means_is_made_from_its_setting(tsa: Tsa, tmp_path: Path) -> None:
    centre = Centre("另一个根 Other Root")
    files = {
        "key.p12": centre.issue("归档章").pkcs12("geheim", [centre.root.certificate]),
        "roots.pem": centre.root.pem() + tsa.centre.root.pem(),
        "crls.pem": centre.revocations() + tsa.centre.revocations(),
        "sm2.pem": private_pem(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    made = Config.from_env({
        "YOUDANG_TSA_URL": tsa.url, "YOUDANG_PDF_SIGNATURE": "B-LTA", "YOUDANG_SIGN_PASSPHRASE": "geheim",
        "YOUDANG_SIGN_PKCS12": str(tmp_path / "key.p12"), "YOUDANG_SIGN_ROOTS": str(tmp_path / "roots.pem"),
        "YOUDANG_SIGN_CRLS": str(tmp_path / "crls.pem"), "YOUDANG_SM2_KEY_FILE": str(tmp_path / "sm2.pem"),
        "YOUDANG_SM3_MANIFEST": "yes", "YOUDANG_ARCHIVE_PROFILE": "zhejiang",
    })  # fmt: skip
    assert "geheim" not in repr(made)
    means = sealing.means(made.sealing)
    assert means.sign_pdf
    assert means.sm2
    assert (means.sm3_manifest, means.profile) == (True, "zhejiang")
    assert sm.verify(means.sm2.public_pem, means.sm2.sign(b"statement"), b"statement")
    signed = means.sign_pdf(drawn())
    assert b"/DSS" in signed
    assert b"/DocTimeStamp" in signed
    (tmp_path / "crls.pem").write_bytes(centre.revocations())  # the authority's own list is gone: seen at once
    with pytest.raises(RuntimeError, match="没有签成"):
        means.sign_pdf(drawn())


def drawn() -> bytes:
    from labels.draw import draw
    from tests.labels.records import record

    return draw(record(1, 1, 1, 1))


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"YOUDANG_PDF_SIGNATURE": "B-B"}, "YOUDANG_SIGN_PKCS12"),
        ({"YOUDANG_SIGN_PKCS12": __file__}, "YOUDANG_SIGN_PKCS12"),
        ({"YOUDANG_PDF_SIGNATURE": "B-B", "YOUDANG_SIGN_PKCS11": __file__}, "YOUDANG_SIGN_KEY"),
        ({"YOUDANG_PDF_SIGNATURE": "B-T", "YOUDANG_SIGN_PKCS12": __file__}, "YOUDANG_TSA_URL"),
        ({"YOUDANG_TSA_ROOTS": __file__}, "YOUDANG_TSA_URL"),
        ({"YOUDANG_PDF_SIGNATURE": "B-LTA", "YOUDANG_SIGN_PKCS12": __file__, "YOUDANG_TSA_URL": "http://a/b"},
         "YOUDANG_SIGN_CRLS"),
        ({"YOUDANG_PDF_SIGNATURE": "B-X"}, "YOUDANG_PDF_SIGNATURE"),
        ({"YOUDANG_SM2_KEY_FILE": "/no/such/file"}, "YOUDANG_SM2_KEY_FILE"),
        ({"YOUDANG_SM3_MANIFEST": "maybe"}, "YOUDANG_SM3_MANIFEST"),
    ],
)  # fmt: skip
def test_a_setting_that_lacks_what_it_needs_is_named(env: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(env)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [named]


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"YOUDANG_SM2_KEY_FILE": __file__}, "YOUDANG_SM2_KEY_FILE"),
        ({"YOUDANG_TSA_URL": "http://a/b", "YOUDANG_TSA_ROOTS": __file__}, "YOUDANG_TSA_ROOTS"),
        ({"YOUDANG_PDF_SIGNATURE": "B-B", "YOUDANG_SIGN_PKCS12": __file__}, "口令"),
        ({"YOUDANG_ARCHIVE_PROFILE": __file__}, "YOUDANG_ARCHIVE_PROFILE"),
    ],
)
def test_a_file_that_holds_no_key_or_certificate_is_named_when_the_scheduler_starts(
    env: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        sealing.means(Config.from_env(env).sealing)
