"""Building the archive package of a dossier: the same input and key give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta, timezone
from importlib.resources import files as resources
from string import Template

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from logistics.archive import bag, container, contents, evidence
from logistics.archive.checkpoints import fingerprint, raw_public, verify_checkpoint
from logistics.archive.contents import PackageInput
from logistics.archive.means import NOTHING, SealingMeans
from logistics.archive.payload import payload
from logistics.rules import chain

README = "说明-README.txt"
_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff〔〕._-]{0,59}")
_CHINA = timezone(timedelta(hours=8))


def build(given: PackageInput, private_key: Ed25519PrivateKey, means: SealingMeans = NOTHING) -> bytes:
    """The package as a ZIP: BagIt 1.0, one folder named by the record's number (电子文件号).

    Of `means` the stamp, the SM2 key and the SM3 manifest are used here; without a stamp and SM2 the bytes follow from
    input and key alone. Raises ValueError when the input cannot make a package that verifies: an unfit number, a chain
    that does not hold or is not closed, an entry without proof, a checkpoint that another key signed, a handover no
    entry witnesses; `StampRefused` where no stamp could be had.
    """
    return finish(given, lay_out(given, private_key, means), private_key, means)


def lay_out(
    given: PackageInput, private_key: Ed25519PrivateKey, means: SealingMeans = NOTHING, to_come: Collection[str] = ()
) -> dict[str, bytes]:
    """The files that do not depend on others: all under `data/`, what explains them, and the evidence of the log.

    `to_come` are the paths of metadata that are made of these files and added before `finish`: the report of the four
    checks. Raises as `build` does.
    """
    public = raw_public(private_key)
    _refuse_unfit(given, public)
    files = payload(given, to_come)
    files[README] = _readme(given, public)
    files[evidence.CHECKPOINT] = evidence.checkpoint_file(given.checkpoint)
    files[evidence.PROOFS] = evidence.proofs_file(given.checkpoint.size, given.proofs)
    files[evidence.WITNESSES] = evidence.witnesses_file(given.checkpoint.size, given.witnesses)
    files[evidence.PUBLIC_KEY] = evidence.public_key_file(public)
    if means.stamp:
        files[evidence.CHECKPOINT_STAMP] = means.stamp(evidence.checkpoint_text(given.checkpoint))
    if means.sm2:
        files[evidence.SM2_KEY] = means.sm2.public_pem
    return files


def finish(
    given: PackageInput,
    laid_out: Mapping[str, bytes],
    private_key: Ed25519PrivateKey,
    means: SealingMeans = NOTHING,
) -> bytes:
    """The ZIP of these files with manifests, the signed statement, and the stamp and SM2 signature it may have."""
    files = {**laid_out, **bag.manifests(laid_out, sm3=means.sm3_manifest)}
    files["bagit.txt"] = bag.DECLARATION
    files["bag-info.txt"] = _bag_info(given, files)
    statement = evidence.Statement(
        dossier_no=given.dossier_no,
        record_no=given.record_no,
        made_at=given.made_at,
        entries=len(given.entries),
        head=given.entries[-1].hash,
        checkpoint_size=given.checkpoint.size,
        checkpoint_root=given.checkpoint.root_hex,
        key_id=fingerprint(raw_public(private_key)),
        files=evidence.covered(files),
    )
    files |= evidence.sign(private_key, statement)
    if means.stamp:
        files[evidence.STATEMENT_STAMP] = means.stamp(files[evidence.SIGNATURE])
    if means.sm2:
        files[evidence.SM2_SIGNATURE] = means.sm2.sign(files[evidence.STATEMENT])
    files |= bag.tag_manifests(files)
    return container.write({f"{given.record_no}/{path}": content for path, content in files.items()})


def _refuse_unfit(given: PackageInput, public_key: bytes) -> None:
    if not _NUMBER.fullmatch(given.record_no):
        raise ValueError(
            "a record's number names a folder: letters, digits, 汉字 and 〔〕._- only, at most 60 characters; "
            f"got {given.record_no!r}"
        )
    if not contents.closed(given.entries):
        raise ValueError(f"a package holds a dossier whose last act is {contents.CLOSED}")
    faults = chain.verify(given.entries)
    if faults or any(entry.dossier_no != given.dossier_no for entry in given.entries):
        raise ValueError(f"the chain does not hold or is another dossier's: {faults}")
    if given.checkpoint.public_key != public_key.hex() or not verify_checkpoint(given.checkpoint):
        raise ValueError("the checkpoint was not signed by the key that signs the package: make a new checkpoint first")
    missing = evidence.unproven(given.entries, given.proofs, given.checkpoint)
    if missing:
        raise ValueError(f"no inclusion proof under the checkpoint for entries {missing}")
    unwitnessed = evidence.unwitnessed(given.entries, given.witnesses, given.checkpoint)
    if unwitnessed:
        raise ValueError(f"no consistency proof for the heads printed on papers: {unwitnessed}")


def _bag_info(given: PackageInput, files: dict[str, bytes]) -> bytes:
    carried = {path: content for path, content in files.items() if path.startswith(bag.PAYLOAD)}
    labels = [
        ("Source-Organization", given.agency_name),
        ("External-Identifier", given.record_no),
        ("Internal-Sender-Identifier", given.dossier_no),
        ("External-Description", given.title),
        ("Bagging-Date", given.made_at.astimezone(_CHINA).date().isoformat()),
    ]
    return bag.info(labels, carried)


def _readme(given: PackageInput, public_key: bytes) -> bytes:
    template = resources("logistics.archive").joinpath("readme.txt").read_text(encoding="utf-8")
    filled = Template(template).substitute(
        dossier_no=given.dossier_no,
        record_no=given.record_no,
        archival_code=given.archival_code or "—",
        agency=given.agency_name,
        made_at=chain.stamp(given.made_at),
        key_id=fingerprint(public_key),
    )
    return filled.encode()
