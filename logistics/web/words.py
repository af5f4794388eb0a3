"""Terms as people read them: the Chinese word of the field, or plain English."""

from __future__ import annotations

from enum import Enum
from typing import cast

from logistics.terms import (
    BlockerKind,
    CallResult,
    Cause,
    ChannelKind,
    CheckLink,
    DeliveryState,
    Direction,
    HolderKind,
    Mode,
    NoticeGroup,
    Payer,
    Power,
    PrinterLanguage,
    RatingReason,
    Role,
    SignatureKind,
    SigningRole,
    Stock,
    SupervisionState,
    TransferState,
    TransferTarget,
    zh,
)

ENGLISH: dict[Enum, str] = {
    BlockerKind.NO_DECISION: "No decision yet",
    BlockerKind.UNCHECKED_LINE: "List not counted",
    BlockerKind.ORIGINAL_OUT: "Original not returned",
    BlockerKind.PAPER_NOT_KEPT: "File missing",
    BlockerKind.ORDER_UNDECIDED: "Answer not accepted",
    CallResult.OK: "Answered",
    CallResult.REFUSED: "Refused by rule",
    CallResult.NETWORK: "Unreachable",
    CallResult.TIMEOUT: "No answer in time",
    CallResult.SERVER_ERROR: "Fault at the courier",
    CallResult.GARBLED: "Unreadable answer",
    CallResult.ACCESS: "Access refused",
    ChannelKind.DINGTALK: "DingTalk group robot",
    ChannelKind.WECOM: "WeCom group robot",
    ChannelKind.FEISHU: "Feishu group robot",
    ChannelKind.OTHER: "Other service",
    ChannelKind.SMS: "Text message",
    Cause.OURS: "Our own agency",
    Cause.COUNTERPART: "The other agency",
    Cause.RECORD: "Wrong record",
    CheckLink.GD: "At filing",
    CheckLink.YJ: "At transfer",
    CheckLink.BC: "In keeping",
    DeliveryState.WAITING: "Waiting to be sent",
    DeliveryState.TRYING: "Being sent",
    DeliveryState.SENT: "Sent",
    DeliveryState.FAILED: "Not sent and tried again",
    DeliveryState.FELL_TO_NEXT: "Next channel used",
    DeliveryState.PARKED: "Waits for somebody",
    Direction.OUTBOUND: "To the authority",
    Direction.RETURN: "Coming back",
    HolderKind.UNKNOWN: "Origin unknown",
    Mode.ACCEPT_ELSEWHERE: "Accepted elsewhere",
    Mode.JOINT: "Handled jointly",
    NoticeGroup.WARNING: "Due soon",
    NoticeGroup.DUE: "Due now",
    NoticeGroup.ESCALATION: "Escalated",
    NoticeGroup.CALENDAR: "Calendar changed",
    NoticeGroup.FORESIGHT: "Probably late",
    NoticeGroup.REST: "Other notices",
    Payer.SENDER: "Sender pays",
    Payer.RECEIVER: "Receiver pays",
    Payer.APPLICANT: "Applicant pays",
    Power.ACCEPT: "Accept applications",
    Power.FORMAL_REVIEW: "Review formally",
    Power.VERIFY_ORIGINALS: "Verify originals",
    Power.NOTIFY_ONCE: "Tell all defects at once",
    Power.DELIVER_RESULT: "Deliver the result",
    PrinterLanguage.ZPL: "ZPL (Zebra and others)",
    PrinterLanguage.TSPL: "TSPL (desktop printers)",
    PrinterLanguage.CPCL: "CPCL (mobile printers)",
    PrinterLanguage.PDF: "PDF (office printers)",
    RatingReason.SLOW: "It took too long",
    RatingReason.UNCLEAR: "Not explained well",
    RatingReason.MANNERS: "Unfriendly",
    RatingReason.DAMAGED: "Papers damaged or missing",
    RatingReason.TROUBLE: "Needless trips",
    RatingReason.OTHER: "Something else",
    Role.WINDOW: "Window officer",
    Role.RECEIVER: "Receiving officer",
    SignatureKind.PEN: "Signed on screen",
    SignatureKind.SLIP: "Signed on paper",
    SigningRole.RELEASE: "Released by",
    SigningRole.ACCEPTANCE: "Accepted by",
    SigningRole.WITNESS: "Witnessed by",
    SigningRole.TAKEN_IN: "Given in by",
    SigningRole.HANDED_BACK: "Taken back by",
    TransferState.ORDERED: "Being handed over",
    TransferTarget.FOLDER: "Exchange folder",
    TransferTarget.S3: "Object store",
    Stock.LABEL_SMALL: "Label 76×130 mm",
    Stock.LABEL: "Label 100×150 mm",
    Stock.LABEL_TALL: "Label 100×180 mm",
    Stock.SEAL: "Seal 70×50 mm",
    Stock.STICKER: "Sticker 60×40 mm",
    Stock.SHEET: "A4 paper",
    SupervisionState.SIGNED: "In hand",
    SupervisionState.ANSWERED: "Answered and waiting",
}
"""English words that do not follow from the code's own word."""


def english(term: Enum) -> str:
    """The English word of a term, first letter large."""
    own = next((words for known, words in ENGLISH.items() if known is term), None)
    return own or cast(str, term.value).replace("_", " ").capitalize()


def word(term: Enum, locale: str) -> str:
    """The word of a term in the reader's language."""
    return zh(term) if locale.startswith("zh") else english(term)
