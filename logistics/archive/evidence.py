"""The evidence in a package, outside `data/`: checkpoint, inclusion proofs, the signed statement, the public key.

The statement is canonical JSON; its signature is the 64 raw bytes of Ed25519 over exactly that file. It names the
SHA-256 of every file of the bag that the payload manifest does not cover, and of that manifest itself, so the one
signature covers every byte of the package. (The tag manifests follow from the other files and are compared with them.)
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from logistics.archive import shape
from logistics.archive.bag import PAYLOAD, TAG_MANIFESTS
from logistics.archive.checkpoints import Checkpoint, fingerprint, read_checkpoint, signing_text
from logistics.archive.contents import LeafProof, Witness, printed_heads
from logistics.rules import chain, merkle

CHECKPOINT = "evidence/checkpoint.json"
PROOFS = "evidence/inclusion-proof.json"
WITNESSES = "evidence/consistency-proof.json"
STATEMENT = "evidence/statement.json"
SIGNATURE = "evidence/statement.sig"
PUBLIC_KEY = "evidence/public-key.pem"
FILES = (CHECKPOINT, PROOFS, WITNESSES, STATEMENT, SIGNATURE, PUBLIC_KEY)
CHECKPOINT_STAMP = "evidence/checkpoint.tsr"
STATEMENT_STAMP = "evidence/statement.tsr"
SM2_SIGNATURE = "evidence/statement.sm2"
SM2_KEY = "evidence/sm2-public-key.pem"
OPTIONAL = (CHECKPOINT_STAMP, STATEMENT_STAMP, SM2_SIGNATURE, SM2_KEY)
FORMAT = "youdang-package/2"
_AFTER_STATEMENT = (STATEMENT, SIGNATURE, STATEMENT_STAMP, SM2_SIGNATURE, *TAG_MANIFESTS)  # they depend on it
_SPKI_ED25519 = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: what stands before the 32 bytes of a key


class OtherFormatError(ValueError):
    """The statement is of a format that is not read here; the text is its name."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the signature says: this manifest and these files are this dossier's package, up to this entry."""

    dossier_no: str
    record_no: str
    made_at: datetime  # aware UTC
    entries: int
    head: str  # hash of the last entry
    checkpoint_size: int
    checkpoint_root: str
    key_id: str
    files: Mapping[str, str]  # sha256 of every file outside data/ that `covered` names

    def written(self) -> bytes:
        """The bytes of `statement.json`, which are what is signed."""
        return rfc8785.dumps(
            {
                "format": FORMAT,
                "dossier_no": self.dossier_no,
                "record_no": self.record_no,
                "made_at": chain.stamp(self.made_at),
                "manifest_sha256": self.files["manifest-sha256.txt"],
                "entries": self.entries,
                "head": self.head,
                "checkpoint": {"size": self.checkpoint_size, "root": self.checkpoint_root},
                "key_id": self.key_id,
                "files": dict(self.files),
            }
        )


def read_statement(content: bytes) -> Statement:
    """The statement in `content`. Raises `OtherFormatError` for another format's, ValueError unless it is exactly what
    `Statement.written` writes.
    """
    raw = shape.parsed(content)
    if shape.text(raw, "format") != FORMAT:
        raise OtherFormatError(shape.text(raw, "format"))
    checkpoint = shape.table(raw, "checkpoint")
    files = shape.table(raw, "files")
    statement = Statement(
        dossier_no=shape.text(raw, "dossier_no"),
        record_no=shape.text(raw, "record_no"),
        made_at=chain.instant(shape.text(raw, "made_at")),
        entries=shape.number(raw, "entries"),
        head=shape.text(raw, "head"),
        checkpoint_size=shape.number(checkpoint, "size"),
        checkpoint_root=shape.text(checkpoint, "root"),
        key_id=shape.text(raw, "key_id"),
        files={name: shape.text(files, name) for name in files},
    )
    if "manifest-sha256.txt" not in statement.files or statement.written() != content:
        raise ValueError("not in canonical form")
    return statement


def covered(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of every file that the statement names itself: all outside `data/` that do not depend on it.

    The signatures and the stamp of the statement are covered by the tag manifests alone.
    """
    return {
        path: hashlib.sha256(content).hexdigest()
        for path, content in sorted(files.items())
        if not path.startswith(PAYLOAD) and path not in _AFTER_STATEMENT
    }


def sign(private_key: Ed25519PrivateKey, statement: Statement) -> dict[str, bytes]:
    """The statement and its signature, by path."""
    content = statement.written()
    return {STATEMENT: content, SIGNATURE: private_key.sign(content)}


def public_key_file(public_key: bytes) -> bytes:
    """The key as PEM, as `openssl` reads it; the line above names its fingerprint."""
    body = base64.b64encode(_SPKI_ED25519 + public_key).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
    return f"fingerprint (SHA-256 of the 32 key bytes): {fingerprint(public_key)}\n{pem}".encode()


def checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """What a time stamp of the checkpoint stamps: the text under its signature."""
    return signing_text(checkpoint.size, checkpoint.root_hex, checkpoint.signed_at)


def checkpoint_file(checkpoint: Checkpoint) -> bytes:
    """`checkpoint.json`, laid out for people."""
    return (json.dumps(checkpoint.plain(), indent=1, sort_keys=True) + "\n").encode()


def read_checkpoint_file(content: bytes) -> Checkpoint:
    """The checkpoint in the file. Raises ValueError."""
    return read_checkpoint(shape.parsed(content))


def proofs_file(size: int, proofs: Iterable[LeafProof]) -> bytes:
    """`inclusion-proof.json`: for each entry its leaf and its path, one entry a line."""
    rows = [
        json.dumps({"seq": proof.seq, "leaf": proof.leaf, "path": [value.hex() for value in proof.path]})
        for proof in proofs
    ]
    return ('{"size": ' + str(size) + ', "entries": [\n' + ",\n".join(rows) + "\n]}\n").encode()


def read_proofs_file(content: bytes) -> tuple[int, list[LeafProof]]:
    """Log size and proofs. Raises ValueError."""
    raw = shape.parsed(content)
    proofs = [
        LeafProof(
            shape.number(row, "seq"), shape.number(row, "leaf"), [bytes.fromhex(v) for v in shape.texts(row, "path")]
        )
        for row in shape.rows(raw, "entries")
    ]
    return shape.number(raw, "size"), proofs


def witnesses_file(size: int, witnesses: Iterable[Witness]) -> bytes:
    """`consistency-proof.json`: for each head printed on a paper its proof up to the checkpoint, one head a line."""
    rows = [
        json.dumps({"size": one.size, "root": one.root_hex, "path": [value.hex() for value in one.path]})
        for one in witnesses
    ]
    return ('{"size": ' + str(size) + ', "heads": [\n' + ",\n".join(rows) + "\n]}\n").encode()


def read_witnesses_file(content: bytes) -> tuple[int, list[Witness]]:
    """Log size and witnesses. Raises ValueError."""
    raw = shape.parsed(content)
    witnesses = [
        Witness(
            shape.number(row, "size"), shape.text(row, "root"), [bytes.fromhex(v) for v in shape.texts(row, "path")]
        )
        for row in shape.rows(raw, "heads")
    ]
    return shape.number(raw, "size"), witnesses


def unwitnessed(
    entries: Sequence[chain.Entry], witnesses: Sequence[Witness], checkpoint: Checkpoint
) -> list[tuple[int, str]]:
    """The (size, root) of every printed head without proof and of every proof that does not hold."""
    head = bytes.fromhex(checkpoint.root_hex)
    held = {
        (one.size, one.root_hex): _is_hash(one.root_hex)
        and merkle.verify_consistency(one.size, checkpoint.size, bytes.fromhex(one.root_hex), head, one.path)
        for one in witnesses
    }
    return sorted({one for one, holds in held.items() if not holds} | (printed_heads(entries).keys() - held.keys()))


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def unproven(entries: Sequence[chain.Entry], proofs: Sequence[LeafProof], checkpoint: Checkpoint) -> list[int]:
    """The numbers of the entries that no proof shows to stand in the log, each at its own leaf, in order."""
    by_seq = {proof.seq: proof for proof in proofs}
    head, missing, previous = bytes.fromhex(checkpoint.root_hex), [], -1
    for seq, entry in enumerate(entries, start=1):
        proof = by_seq.get(seq)
        leaf = merkle.leaf_hash(chain.leaf(entry))
        if (
            proof is None
            or proof.leaf <= previous
            or not merkle.verify_inclusion(leaf, proof.leaf, checkpoint.size, proof.path, head)
        ):
            missing.append(seq)
        else:
            previous = proof.leaf
    return missing
