"""The field's words: every closed list the product speaks, in one place.

Code uses the English word; screens and papers use the Chinese one, which stands beside it here.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from logistics.agreement_terms import AGREEMENTS
from logistics.agreement_terms import AgreementState as AgreementState
from logistics.agreement_terms import RowFate as RowFate
from logistics.channel_terms import CHANNELS
from logistics.channel_terms import ChannelKind as ChannelKind
from logistics.channel_terms import DeliveryState as DeliveryState
from logistics.channel_terms import NoticeGroup as NoticeGroup
from logistics.inquiry_terms import INQUIRY
from logistics.inquiry_terms import RatingReason as RatingReason
from logistics.keeping_terms import KEEPING
from logistics.keeping_terms import CheckLink as CheckLink
from logistics.keeping_terms import FileFault as FileFault
from logistics.keeping_terms import LockMode as LockMode
from logistics.keeping_terms import TransferLineState as TransferLineState
from logistics.keeping_terms import TransferState as TransferState
from logistics.keeping_terms import TransferTarget as TransferTarget
from logistics.old_ledger_terms import OLD_LEDGERS
from logistics.old_ledger_terms import OldLedgerColumn as OldLedgerColumn
from logistics.old_ledger_terms import OldLedgerState as OldLedgerState
from logistics.old_ledger_terms import RowVerdict as RowVerdict
from logistics.supervision_terms import SUPERVISION
from logistics.supervision_terms import Cause as Cause
from logistics.supervision_terms import SupervisionState as SupervisionState
from logistics.supervision_terms import SupervisionVerb as SupervisionVerb
from logistics.supervision_terms import Urgency as Urgency
from logistics.window_terms import WINDOW
from logistics.window_terms import PictureOf as PictureOf


class LaneScope(StrEnum):
    """How far a lane reaches, computed from two GB/T 2260 codes."""

    CITY = "city"
    PROVINCE = "province"
    CROSS = "cross"


class Role(StrEnum):
    """What an officer may do; an officer holds one or more."""

    WINDOW = "window"
    RECEIVER = "receiver"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Power(StrEnum):
    """What an agreement grants the accepting agency (通办授权)."""

    ACCEPT = "accept"
    FORMAL_REVIEW = "formal_review"
    VERIFY_ORIGINALS = "verify_originals"
    NOTIFY_ONCE = "notify_once"
    DELIVER_RESULT = "deliver_result"


class Mode(StrEnum):
    """How the case is handled across regions (业务模式)."""

    ACCEPT_ELSEWHERE = "accept_elsewhere"
    JOINT = "joint"
    ONLINE = "online"


class Payer(StrEnum):
    """Who pays the postage of a lane."""

    SENDER = "sender"
    RECEIVER = "receiver"
    APPLICANT = "applicant"


class Direction(StrEnum):
    """Which way a consignment goes between the two agencies of a dossier."""

    OUTBOUND = "outbound"
    RETURN = "return"


class Form(StrEnum):
    """What kind of document a listed original is."""

    ORIGINAL = "original"
    CERTIFIED_COPY = "certified_copy"
    COPY = "copy"


class Secrecy(StrEnum):
    """密级; anything but NONE never goes by an ordinary channel."""

    NONE = "none"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"
    TOP_SECRET = "top_secret"


class Channel(StrEnum):
    """How an envelope travels. POSTAL is China Post and EMS; COURIER is any courier company."""

    POSTAL = "postal"
    COURIER = "courier"
    CONFIDENTIAL_POST = "confidential_post"
    APPOINTED_PERSON = "appointed_person"


class Stage(StrEnum):
    """Where a consignment is in its life; the only stage the product stores."""

    PACKING = "packing"
    SEALED = "sealed"
    BOOKING = "booking"
    BOOKED = "booked"
    ON_THE_WAY = "on_the_way"
    DELIVERED = "delivered"
    RECEIVED = "received"
    RETURNED = "returned"
    LOST = "lost"
    VOIDED = "voided"


class Verb(Enum):
    """What our own people (and our own booking) do to a consignment; deliberately no StrEnum, so that it never
    equals a milestone.
    """

    SEAL = "seal"
    REOPEN = "reopen"
    DISPATCH = "dispatch"
    RECORD_BOOKING = "record_booking"
    RECORD_REFUSAL = "record_refusal"
    VOID = "void"
    RECEIVE = "receive"


class Outcome(StrEnum):
    """What the receiver found for one listed original. UNCHECKED (未核) is not MISSING (缺件)."""

    UNCHECKED = "unchecked"
    RECEIVED = "received"
    DAMAGED = "damaged"
    MISSING = "missing"
    WRONG = "wrong"
    ILLEGIBLE = "illegible"
    MOVED = "moved"


class DiscrepancyKind(StrEnum):
    """How found differs from expected."""

    MISSING = "missing"
    EXTRA = "extra"
    WRONG = "wrong"
    DAMAGED = "damaged"
    ILLEGIBLE = "illegible"
    EMPTY = "empty"
    SEAL = "seal"
    UNRECOGNISED_CODE = "unrecognised_code"
    ODD_MOVEMENT = "odd_movement"
    DELIVERY_DISPUTED = "delivery_disputed"
    LOST = "lost"
    RETURNED = "returned"
    SILENT = "silent"  # no movement for too many working hours
    SOURCES_DISAGREE = "sources_disagree"
    SECOND_WAYBILL = "second_waybill"  # the courier knows our order by another number than the one on the envelope
    UNREGISTERED = "unregistered"  # the courier refused the order for a number from the pool
    NOT_RETURNED = "not_returned"  # the applicant says that an original handed back was not


class Resolution(StrEnum):
    """How a discrepancy was settled."""

    FOLLOWED = "followed"  # the missing original came with a later consignment
    FOUND = "found"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    REPLACED = "replaced"
    EXPLAINED = "explained"
    WITHDRAWN = "withdrawn"


class HolderKind(StrEnum):
    """Who may hold an original. A courier never does: the sender answers until the receiver signs."""

    APPLICANT = "applicant"
    OFFICER = "officer"
    DEPARTMENT = "department"
    UNKNOWN = "unknown"  # only as the source of an unlisted original found in an envelope


class ErrandKind(StrEnum):
    """What we may owe the outside."""

    BOOK = "book"
    CANCEL = "cancel"
    TRACK = "track"
    NOTIFY = "notify"
    REGISTER = "register"  # an order for a number from the pool, whose label is printed already
    SUBSCRIBE = "subscribe"
    SECOND_SOURCE = "second_source"  # what an aggregator says of the same waybill
    ENQUIRE = "enquire"  # scope and price before an order
    PRINT = "print"  # a paper's bytes to a printer on the network


class PrinterLanguage(StrEnum):
    """What a network printer understands."""

    ZPL = "zpl"
    TSPL = "tspl"
    CPCL = "cpcl"
    PDF = "pdf"


class Stock(StrEnum):
    """The paper in a printer: width by height in millimetres, or A4."""

    LABEL_SMALL = "76x130"
    LABEL = "100x150"
    LABEL_TALL = "100x180"
    SEAL = "70x50"
    STICKER = "60x40"
    SHEET = "a4"


class CallResult(StrEnum):
    """How one call to a courier went. OK and REFUSED: the courier answered; all others are troubles of the account."""

    OK = "ok"
    REFUSED = "refused"
    NETWORK = "network"
    TIMEOUT = "timeout"
    SERVER_ERROR = "http_5xx"
    THROTTLED = "throttled"
    GARBLED = "garbled"
    ACCESS = "access"  # credentials, signature, clock or address were refused


class DecisionResult(StrEnum):
    """What the authority decided on the case."""

    APPROVED = "approved"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"  # 材料存疑


class SigningRole(StrEnum):
    """What somebody signs for."""

    RELEASE = "release"  # the envelope was closed over this list and let go
    ACCEPTANCE = "acceptance"  # this is what was found in it
    WITNESS = "witness"  # a second person saw one of the two
    TAKEN_IN = "taken_in"  # the applicant's side gave these originals to the window
    HANDED_BACK = "handed_back"  # and has them again


class SignatureKind(StrEnum):
    """How it was signed."""

    PEN = "pen"  # on the screen
    SLIP = "slip"  # on paper, kept as a scan or photograph


class BlockerKind(StrEnum):
    """What keeps a dossier from closing."""

    NO_DECISION = "no_decision"
    ENVELOPE_OPEN = "envelope_open"
    UNCHECKED_LINE = "unchecked_line"
    DISCREPANCY_OPEN = "discrepancy_open"
    ORIGINAL_OUT = "original_out"
    DEADLINE_OPEN = "deadline_open"
    UNSIGNED_SLIP = "unsigned_slip"
    UNREAD_EVENT = "unread_event"
    PAPER_NOT_KEPT = "paper_not_kept"
    ORDER_UNDECIDED = "order_undecided"  # 督办: answered, and nobody has accepted the answer or sent it back


ZH: dict[type[Enum], dict[Enum, str]] = {
    **AGREEMENTS,
    **INQUIRY,
    **CHANNELS,
    **KEEPING,
    **OLD_LEDGERS,
    **SUPERVISION,
    **WINDOW,
    LaneScope: {
        LaneScope.CITY: "市内",
        LaneScope.PROVINCE: "省内",
        LaneScope.CROSS: "跨省",
    },
    Role: {
        Role.WINDOW: "窗口经办",
        Role.RECEIVER: "收件核验",
        Role.MANAGER: "督查管理",
        Role.ADMINISTRATOR: "系统管理",
    },
    Power: {
        Power.ACCEPT: "收件受理权",
        Power.FORMAL_REVIEW: "形式审查权",
        Power.VERIFY_ORIGINALS: "原件核验权",
        Power.NOTIFY_ONCE: "一次性告知权",
        Power.DELIVER_RESULT: "审批结果送达权",
    },
    Mode: {
        Mode.ACCEPT_ELSEWHERE: "异地代收代办",
        Mode.JOINT: "多地联办",
        Mode.ONLINE: "全程网办",
    },
    Payer: {
        Payer.SENDER: "寄出单位付费",
        Payer.RECEIVER: "收件单位付费",
        Payer.APPLICANT: "申请人付费",
    },
    Direction: {
        Direction.OUTBOUND: "寄往受理属地",
        Direction.RETURN: "退回",
    },
    Form: {
        Form.ORIGINAL: "原件",
        Form.CERTIFIED_COPY: "经核证的副本",
        Form.COPY: "复印件",
    },
    Secrecy: {
        Secrecy.NONE: "无密级",
        Secrecy.CONFIDENTIAL: "秘密",
        Secrecy.SECRET: "机密",
        Secrecy.TOP_SECRET: "绝密",
    },
    Channel: {
        Channel.POSTAL: "邮政企业（EMS）",
        Channel.COURIER: "快递企业",
        Channel.CONFIDENTIAL_POST: "机要交通/机要通信",
        Channel.APPOINTED_PERSON: "专人递送",
    },
    Stage: {
        Stage.PACKING: "装件中",
        Stage.SEALED: "已封装",
        Stage.BOOKING: "下单中",
        Stage.BOOKED: "已下单",
        Stage.ON_THE_WAY: "在途",
        Stage.DELIVERED: "已妥投",
        Stage.RECEIVED: "已签收核验",
        Stage.RETURNED: "已退回",
        Stage.LOST: "快递称遗失",
        Stage.VOIDED: "已作废",
    },
    Verb: {
        Verb.SEAL: "封装",
        Verb.REOPEN: "拆封重装",
        Verb.DISPATCH: "寄出",
        Verb.RECORD_BOOKING: "登记运单",
        Verb.RECORD_REFUSAL: "登记拒单",
        Verb.VOID: "作废",
        Verb.RECEIVE: "签收核验",
    },
    Outcome: {
        Outcome.UNCHECKED: "未核",
        Outcome.RECEIVED: "完好",
        Outcome.DAMAGED: "破损",
        Outcome.MISSING: "缺件",
        Outcome.WRONG: "错件",
        Outcome.ILLEGIBLE: "无法辨认",
        Outcome.MOVED: "改由后续寄递件核收",
    },
    DiscrepancyKind: {
        DiscrepancyKind.MISSING: "缺件",
        DiscrepancyKind.EXTRA: "多件",
        DiscrepancyKind.WRONG: "错件",
        DiscrepancyKind.DAMAGED: "破损",
        DiscrepancyKind.ILLEGIBLE: "无法辨认",
        DiscrepancyKind.EMPTY: "空封",
        DiscrepancyKind.SEAL: "封签不符",
        DiscrepancyKind.UNRECOGNISED_CODE: "未识别的轨迹代码",
        DiscrepancyKind.ODD_MOVEMENT: "轨迹异常",
        DiscrepancyKind.DELIVERY_DISPUTED: "称妥投而未收到",
        DiscrepancyKind.LOST: "快递称遗失",
        DiscrepancyKind.RETURNED: "邮件被退回",
        DiscrepancyKind.SILENT: "长时间无轨迹",
        DiscrepancyKind.SOURCES_DISAGREE: "两个来源说法不一",
        DiscrepancyKind.SECOND_WAYBILL: "一件出现两个运单号",
        DiscrepancyKind.UNREGISTERED: "号段运单补登被拒",
        DiscrepancyKind.NOT_RETURNED: "申请人称没有收回",
    },
    Resolution: {
        Resolution.FOLLOWED: "随后续寄递件补到",
        Resolution.FOUND: "已找到",
        Resolution.ACCEPTED: "收件单位接受",
        Resolution.SENT_BACK: "已退回",
        Resolution.REPLACED: "已补办",
        Resolution.EXPLAINED: "已说明",
        Resolution.WITHDRAWN: "登记有误，撤回",
    },
    HolderKind: {
        HolderKind.APPLICANT: "申请人",
        HolderKind.OFFICER: "经办人",
        HolderKind.DEPARTMENT: "科室",
        HolderKind.UNKNOWN: "来源不明",
    },
    ErrandKind: {
        ErrandKind.BOOK: "快递下单",
        ErrandKind.CANCEL: "快递撤单",
        ErrandKind.TRACK: "查询轨迹",
        ErrandKind.NOTIFY: "发送提醒",
        ErrandKind.REGISTER: "补登号段运单",
        ErrandKind.SUBSCRIBE: "订阅轨迹推送",
        ErrandKind.SECOND_SOURCE: "向聚合平台核对轨迹",
        ErrandKind.ENQUIRE: "询问揽收范围与资费",
        ErrandKind.PRINT: "网络打印",
    },
    PrinterLanguage: {
        PrinterLanguage.ZPL: "ZPL（斑马等）",
        PrinterLanguage.TSPL: "TSPL（国产桌面机）",
        PrinterLanguage.CPCL: "CPCL（便携机）",
        PrinterLanguage.PDF: "PDF（办公打印机）",
    },
    Stock: {
        Stock.LABEL_SMALL: "面单 76×130 毫米",
        Stock.LABEL: "面单 100×150 毫米",
        Stock.LABEL_TALL: "面单 100×180 毫米",
        Stock.SEAL: "封签 70×50 毫米",
        Stock.STICKER: "原件贴 60×40 毫米",
        Stock.SHEET: "A4 纸",
    },
    CallResult: {
        CallResult.OK: "正常",
        CallResult.REFUSED: "业务拒绝",
        CallResult.NETWORK: "网络不通",
        CallResult.TIMEOUT: "应答超时",
        CallResult.SERVER_ERROR: "对方故障",
        CallResult.THROTTLED: "对方限流",
        CallResult.GARBLED: "应答不可读",
        CallResult.ACCESS: "授权或签名被拒",
    },
    SigningRole: {
        SigningRole.RELEASE: "移交人",
        SigningRole.ACCEPTANCE: "接收人",
        SigningRole.WITNESS: "监交人",
        SigningRole.TAKEN_IN: "交件人",
        SigningRole.HANDED_BACK: "领件人",
    },
    BlockerKind: {
        BlockerKind.NO_DECISION: "没有审批结果",
        BlockerKind.ENVELOPE_OPEN: "信封未了",
        BlockerKind.UNCHECKED_LINE: "清单未核",
        BlockerKind.DISCREPANCY_OPEN: "差异未了结",
        BlockerKind.ORIGINAL_OUT: "原件未退还",
        BlockerKind.DEADLINE_OPEN: "时限未了",
        BlockerKind.UNSIGNED_SLIP: "交接单未签",
        BlockerKind.UNREAD_EVENT: "轨迹未读",
        BlockerKind.PAPER_NOT_KEPT: "文件缺失",
        BlockerKind.ORDER_UNDECIDED: "督办未了",
    },
    SignatureKind: {
        SignatureKind.PEN: "屏上签字",
        SignatureKind.SLIP: "纸上签字",
    },
    DecisionResult: {
        DecisionResult.APPROVED: "准予",
        DecisionResult.REFUSED: "不予",
        DecisionResult.DOUBTFUL: "材料存疑",
    },
}
"""Chinese word of every term that people read, by its list: two lists may use one English word for different things."""


def zh(term: Enum) -> str:
    """The Chinese word of a term. Raises KeyError for a term nobody has named (a test covers all)."""
    return ZH[type(term)][term]
