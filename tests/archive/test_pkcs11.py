"""Signing with a key that never leaves its token, where a software token (SoftHSM) is installed."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from tests.authorities import Centre

MODULE = pathlib.Path(os.environ.get("SOFTHSM2_LIB", "/usr/lib/softhsm/libsofthsm2.so"))

#: In a process of its own: the module reads its settings once, and remembers who logged in.
PROGRAM = """
import sys
import pkcs11
from asn1crypto import keys, pem
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate
from labels.draw import draw
from logistics.archive import pades
from tests.labels.records import record

module, certificate, key = sys.argv[1], *(pem.unarmor(open(name, "rb").read())[2] for name in sys.argv[2:4])
library = pkcs11.lib(module)
private = keys.PrivateKeyInfo.load(key)["private_key"].parsed.dump()
with library.get_token(token_label="seals").open(user_pin="1234", rw=True) as session:
    for made in (decode_rsa_private_key(private), decode_x509_certificate(certificate)):
        made[pkcs11.Attribute.LABEL], made[pkcs11.Attribute.TOKEN] = "archive", True
        session.create_object(made)
signer = pades.from_pkcs11(module, "seals", "1234", "archive")
sys.stdout.buffer.write(pades.signing(signer, "B-B")(draw(record(1, 1, 1, 1))))
"""


@pytest.mark.skipif(
    not MODULE.is_file() or shutil.which("softhsm2-util") is None, reason="SoftHSM (softhsm2) is not installed"
)
def test_a_key_in_a_token_signs(tmp_path: pathlib.Path) -> None:
    from tests.archive.test_pades import status

    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    holder = Centre().issue("令牌里的章")
    (tmp_path / "certificate.pem").write_bytes(holder.pem())
    (tmp_path / "key.pem").write_bytes(holder.key_pem())
    environment = {**os.environ, "SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf")}
    making = ["softhsm2-util", "--module", str(MODULE), "--init-token", "--free", "--label", "seals"]
    subprocess.run([*making, "--pin", "1234", "--so-pin", "5678"], env=environment, capture_output=True, check=True)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(MODULE), str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    said = status(done.stdout)
    assert said.intact
    assert said.valid
