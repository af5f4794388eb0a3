"""The dossier's main file (邮递专档主文件): the whole story for people, with the data it was told from inside it."""

import dataclasses
import datetime as dt

from labels.attachments import Attachment
from labels.papers.parts import at_least_one, aware, printable


@dataclasses.dataclass(frozen=True, slots=True)
class RecordParty:
    """An agency by its name and 统一社会信用代码, which may be empty."""

    agency: str
    uscc: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class RecordLink:
    """One link of an original's custody chain: from whom to whom, on what basis, in which envelope (or none)."""

    seq: int
    at: dt.datetime
    released_by: str
    accepted_by: str
    basis: str
    consignment_no: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class RecordOriginal:
    """One original and everybody who answered for it, first holder first."""

    code: str
    title: str
    number: str
    issuer: str
    holder: str
    pages: int
    copies: int
    form: str
    note: str = ""
    links: tuple[RecordLink, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of an envelope's list and what the receiver found, in words."""

    original_code: str
    title: str
    outcome: str


@dataclasses.dataclass(frozen=True, slots=True)
class RecordEnvelope:
    """One consignment. Times that never came are None, numbers it never had are empty."""

    no: str
    direction: str
    sender_agency: str
    receiver_agency: str
    stage: str
    courier: str = ""
    waybill_no: str = ""
    seal_no: str = ""
    seal_found: str = ""
    manifest_sha256: str = ""
    sealed_at: dt.datetime | None = None
    picked_up_at: dt.datetime | None = None
    delivered_at: dt.datetime | None = None
    received_at: dt.datetime | None = None
    lines: tuple[RecordLine, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class RecordEvent:
    """One thing a courier said: milestone in our word, text and place in theirs, and how we heard of it."""

    at: dt.datetime
    waybill_no: str
    milestone: str
    text: str
    place: str
    courier: str
    source: str


@dataclasses.dataclass(frozen=True, slots=True)
class RecordDeadline:
    """One promise: `outcome` says in words how it ended (met, late, waived and why), `explanation` how it was made."""

    leg: str
    started_at: dt.datetime
    due_at: dt.datetime
    met_at: dt.datetime | None
    outcome: str
    explanation: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class RecordDiscrepancy:
    """What differed and how it was settled; `settlement` is empty while it was not."""

    kind: str
    note: str
    opened_at: dt.datetime
    settlement: str
    settled_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RecordSignature:
    """A custody signature: who signed in which part (移交人, 接收人 …), how, under which list's digest."""

    at: dt.datetime
    signer: str
    agency: str
    part: str
    manner: str
    consignment_no: str
    manifest_sha256: str
    signature_sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class RecordPaper:
    """A paper in the package: what it is, where it lies and its digest (hex)."""

    title: str
    path: str
    sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class DossierRecord:
    """The main file, A4, as many pages as it takes; PDF/A-3u with `attachments`, PDF/A-2u without.

    `record_no` is the 电子文件号, `archival_code` the 档号 (may be empty), `retention` and `secrecy` in words. The
    ledger's witness: number of entries, hash of the last, and the checkpoint (size, root, time, key) that covers them.
    `applicant` stands as given: the file belongs to the dossier, which only its parties see.
    """

    number: str
    record_no: str
    archival_code: str
    dossier_no: str
    case_no: str
    item_name: str
    item_code: str
    agreement_no: str
    mode: str
    scope: str
    archiving_agency: str
    sender: RecordParty
    receiver: RecordParty
    applicant: str
    retention: str
    secrecy: str
    opened_at: dt.datetime
    decision: str
    decided_at: dt.datetime | None
    closed_at: dt.datetime | None
    ledger_entries: int
    ledger_head: str
    checkpoint_size: int
    checkpoint_root: str
    checkpoint_at: dt.datetime
    key_id: str
    printed_at: dt.datetime
    qr_text: str
    originals: tuple[RecordOriginal, ...] = ()
    envelopes: tuple[RecordEnvelope, ...] = ()
    events: tuple[RecordEvent, ...] = ()
    deadlines: tuple[RecordDeadline, ...] = ()
    discrepancies: tuple[RecordDiscrepancy, ...] = ()
    signatures: tuple[RecordSignature, ...] = ()
    papers: tuple[RecordPaper, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    copy_no: int = 1

    def __post_init__(self) -> None:
        printable("qr_text", self.qr_text)
        for name in ("opened_at", "checkpoint_at", "printed_at"):
            aware(name, getattr(self, name))
        at_least_one("ledger_entries", self.ledger_entries)
        at_least_one("copy_no", self.copy_no)
