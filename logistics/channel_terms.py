"""The words of what carries notices outside the inbox; `terms` has them too, with all others."""

from __future__ import annotations

from enum import Enum, StrEnum


class ChannelKind(StrEnum):
    """What carries a notice outside the inbox. In the order in which they are tried where nobody chose another."""

    MAIL = "mail"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"
    OTHER = "other"  # any service that Apprise speaks to
    SMS = "sms"


class DeliveryState(StrEnum):
    """What became of one message on one channel."""

    WAITING = "waiting"  # owed, not yet tried
    TRYING = "trying"  # a process set out; whether the message left, nobody knows before the next state
    SENT = "sent"  # the other side has taken it
    FAILED = "failed"  # not taken, and tried again
    FELL_TO_NEXT = "fell_to_next"  # given up, the next channel has it
    PARKED = "parked"  # given up, and no channel is left


class NoticeGroup(StrEnum):
    """Kinds of notice among which a person chooses channels."""

    WARNING = "warning"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    DIGEST = "digest"
    SUPERVISION = "supervision"
    CALENDAR = "calendar"
    FORESIGHT = "foresight"
    REST = "rest"


CHANNELS: dict[type[Enum], dict[Enum, str]] = {
    ChannelKind: {
        ChannelKind.MAIL: "邮件",
        ChannelKind.DINGTALK: "钉钉群机器人",
        ChannelKind.WECOM: "企业微信群机器人",
        ChannelKind.FEISHU: "飞书群机器人",
        ChannelKind.OTHER: "其他服务",
        ChannelKind.SMS: "短信",
    },
    DeliveryState: {
        DeliveryState.WAITING: "等着送出",
        DeliveryState.TRYING: "正在送",
        DeliveryState.SENT: "已送出",
        DeliveryState.FAILED: "没送到，会再试",
        DeliveryState.FELL_TO_NEXT: "没送到，已改用下一渠道",
        DeliveryState.PARKED: "没送到，等人处理",
    },
    NoticeGroup: {
        NoticeGroup.WARNING: "快到期",
        NoticeGroup.DUE: "到期",
        NoticeGroup.OVERDUE: "超时",
        NoticeGroup.ESCALATION: "升级督办",
        NoticeGroup.DIGEST: "汇总",
        NoticeGroup.SUPERVISION: "督办",
        NoticeGroup.CALENDAR: "日历变动",
        NoticeGroup.FORESIGHT: "预计误期",
        NoticeGroup.REST: "其他提醒",
    },
}
"""Chinese word of every term here, by its list."""
