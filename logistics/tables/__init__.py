"""Every table of the product as SQLModel classes: shapes only, no behaviour, no session.

Rules and services read these rows; only store writes SQL about them.
"""

from logistics.tables.clocks import Deadline, Notice, Rung
from logistics.tables.couriers import (
    CodeMapping,
    CourierAccount,
    CourierFault,
    CourierQuote,
    CourierTrouble,
    HandoverLine,
    HandoverList,
    Pickup,
    PoolNumber,
    Subscription,
)
from logistics.tables.directory import (
    Agency,
    Agreement,
    AgreementItem,
    ApiClient,
    LoginSession,
    Material,
    Officer,
    Region,
    ServiceItem,
)
from logistics.tables.dossiers import (
    Consignment,
    Custody,
    Discrepancy,
    Dossier,
    DossierCounter,
    Original,
    Packed,
    Paper,
    Tracking,
)
from logistics.tables.keeping import (
    Disposal,
    FixityDay,
    FixityFault,
    KeptFile,
    LegalHold,
    PackageCheck,
    TransferBatch,
    TransferLine,
)
from logistics.tables.ledger import Checkpoint, LedgerEntry, LogLeaf, LogNode, LogPending
from logistics.tables.printing import Printer, PrintJob
from logistics.tables.queues import Command, Errand, Exchange, InboxMessage
from logistics.tables.signing import Signature

__all__ = [
    "Agency",
    "Agreement",
    "AgreementItem",
    "ApiClient",
    "Checkpoint",
    "CodeMapping",
    "Command",
    "Consignment",
    "CourierAccount",
    "CourierFault",
    "CourierQuote",
    "CourierTrouble",
    "Custody",
    "Deadline",
    "Discrepancy",
    "Disposal",
    "Dossier",
    "DossierCounter",
    "Errand",
    "Exchange",
    "FixityDay",
    "FixityFault",
    "HandoverLine",
    "HandoverList",
    "InboxMessage",
    "KeptFile",
    "LedgerEntry",
    "LegalHold",
    "LogLeaf",
    "LogNode",
    "LogPending",
    "LoginSession",
    "Material",
    "Notice",
    "Officer",
    "Original",
    "PackageCheck",
    "Packed",
    "Paper",
    "Pickup",
    "PoolNumber",
    "PrintJob",
    "Printer",
    "Region",
    "Rung",
    "ServiceItem",
    "Signature",
    "Subscription",
    "Tracking",
    "TransferBatch",
    "TransferLine",
]
