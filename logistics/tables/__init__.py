"""Every table of the product as SQLModel classes: shapes only, no behaviour, no session.

Rules and services read these rows; only store writes SQL about them.
"""

from logistics.tables.calendars import CalendarMove, CalendarNotice
from logistics.tables.channels import Channel, Contact, Delivery, Preference
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
    AgreementConsent,
    AgreementItem,
    ApiClient,
    DirectoryAct,
    ItemList,
    LoginSession,
    Material,
    Officer,
    Region,
    ServiceItem,
    ServiceItemPast,
)
from logistics.tables.dossiers import (
    Consignment,
    Custody,
    Discrepancy,
    Dossier,
    DossierCounter,
    FilingCounter,
    Original,
    Packed,
    Paper,
    Tracking,
)
from logistics.tables.feeds import Feed
from logistics.tables.foresight import Foresight
from logistics.tables.inquiry import ApplicantWord, InquiryCode, InquiryTry
from logistics.tables.inside import InsideHandover
from logistics.tables.keeping import (
    Disposal,
    FixityDay,
    FixityFault,
    KeptFile,
    KeptPackage,
    LegalHold,
    PackageCheck,
    TransferBatch,
    TransferLine,
)
from logistics.tables.ledger import Checkpoint, CheckpointStamp, LedgerEntry, LogLeaf, LogNode, LogPending
from logistics.tables.old_ledgers import OldLedger, OldLedgerMapping, OldLedgerRemark, OldRecord
from logistics.tables.pauses import Pause
from logistics.tables.pictures import Picture
from logistics.tables.policies import PolicyMove, PolicyVersion
from logistics.tables.printing import Printer, PrintJob
from logistics.tables.queues import Command, Errand, Exchange, InboxMessage
from logistics.tables.reports import Report, ReportOrder
from logistics.tables.signing import Signature
from logistics.tables.supervision import DiscrepancyAnswer, Supervision, SupervisionAct

__all__ = [
    "Agency",
    "Agreement",
    "AgreementConsent",
    "AgreementItem",
    "ApiClient",
    "ApplicantWord",
    "CalendarMove",
    "CalendarNotice",
    "Channel",
    "Checkpoint",
    "CheckpointStamp",
    "CodeMapping",
    "Command",
    "Consignment",
    "Contact",
    "CourierAccount",
    "CourierFault",
    "CourierQuote",
    "CourierTrouble",
    "Custody",
    "Deadline",
    "Delivery",
    "DirectoryAct",
    "Discrepancy",
    "DiscrepancyAnswer",
    "Disposal",
    "Dossier",
    "DossierCounter",
    "Errand",
    "Exchange",
    "Feed",
    "FilingCounter",
    "FixityDay",
    "FixityFault",
    "Foresight",
    "HandoverLine",
    "HandoverList",
    "InboxMessage",
    "InquiryCode",
    "InquiryTry",
    "InsideHandover",
    "ItemList",
    "KeptFile",
    "KeptPackage",
    "LedgerEntry",
    "LegalHold",
    "LogLeaf",
    "LogNode",
    "LogPending",
    "LoginSession",
    "Material",
    "Notice",
    "Officer",
    "OldLedger",
    "OldLedgerMapping",
    "OldLedgerRemark",
    "OldRecord",
    "Original",
    "PackageCheck",
    "Packed",
    "Paper",
    "Pause",
    "Pickup",
    "Picture",
    "PolicyMove",
    "PolicyVersion",
    "PoolNumber",
    "Preference",
    "PrintJob",
    "Printer",
    "Region",
    "Report",
    "ReportOrder",
    "Rung",
    "ServiceItem",
    "ServiceItemPast",
    "Signature",
    "Subscription",
    "Supervision",
    "SupervisionAct",
    "Tracking",
    "TransferBatch",
    "TransferLine",
]
