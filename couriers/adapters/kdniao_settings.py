"""快递鸟: what an administrator sets, and the values that stand where nothing is set."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from couriers.contract import BadSettings

SETTINGS = ("COURIER_KDNIAO_URL", "COURIER_KDNIAO_EBUSINESS_ID", "COURIER_KDNIAO_APP_KEY")
# name -> default
OPTIONAL = {
    # the carrier of orders, and of numbers that do not show theirs
    "COURIER_KDNIAO_SHIPPER": "EMS",
    # 1 asks 8001 and 8008, which give every step a code but are a package of their own; 0 asks 1002 and 1008
    "COURIER_KDNIAO_EXTENDED": "0",
    # the carrier's own account for labels; with a name or a month code the sender pays monthly, else at once
    "COURIER_KDNIAO_CUSTOMER_NAME": "",
    "COURIER_KDNIAO_CUSTOMER_PWD": "",
    "COURIER_KDNIAO_MONTH_CODE": "",
    "COURIER_KDNIAO_EXP_TYPE": "1",
    # four digits that go with queries for these carriers: SF needs them; what JD wants is not confirmed
    "COURIER_KDNIAO_PHONE_TAIL": "",
    "COURIER_KDNIAO_PHONE_TAIL_FOR": "SF",
    # after how many days without a push a subscription is asked for again; 快递鸟 names no end of one: 0 never
    "COURIER_KDNIAO_SUBSCRIPTION_DAYS": "0",
    # the zone of the wire's times is not documented
    "COURIER_KDNIAO_TIMEZONE": "Asia/Shanghai",
}


@dataclass(frozen=True)
class KdniaoSettings:
    """One customer's access at 快递鸟. `app_key` and `customer_pwd` are secrets and stay out of repr.

    `shipper` is the ShipperCode that orders go to and that a number is asked of when it does not show its carrier;
    `customer_name`, `customer_pwd`, `month_code` are the carrier's own account for labels; `phone_tail` are the four
    digits that carriers in `phone_tail_for` want beside a query; `subscription_days` is 0 when one never lapses.
    """

    url: str
    ebusiness_id: str
    app_key: str = field(repr=False)
    shipper: str
    extended: bool
    customer_name: str
    customer_pwd: str = field(repr=False)
    month_code: str
    exp_type: str
    phone_tail: str = field(repr=False)
    phone_tail_for: frozenset[str]
    subscription_days: int
    zone: tzinfo

    @property
    def account(self) -> dict[str, str]:
        """The carrier's account as the order and the cancellation carry it, without what is not set."""
        fields = {"CustomerName": self.customer_name, "CustomerPwd": self.customer_pwd}
        return {name: value for name, value in fields.items() if value}


def read_settings(env: Mapping[str, str]) -> KdniaoSettings:
    """The settings in `env`. Raises `BadSettings` that names every missing or wrong one at once."""
    given = {name: env.get(name, "").strip() or OPTIONAL.get(name, "") for name in (*SETTINGS, *OPTIONAL)}
    problems = [f"缺少设置 {name}" for name in SETTINGS if not given[name]]
    problems += [f"{name} {rule}" for name, (fits, rule) in _RULES.items() if given[name] and not fits(given[name])]
    if problems:
        raise BadSettings(problems)
    return KdniaoSettings(
        url=given["COURIER_KDNIAO_URL"],
        ebusiness_id=given["COURIER_KDNIAO_EBUSINESS_ID"],
        app_key=given["COURIER_KDNIAO_APP_KEY"],
        shipper=given["COURIER_KDNIAO_SHIPPER"],
        extended=given["COURIER_KDNIAO_EXTENDED"] == "1",
        customer_name=given["COURIER_KDNIAO_CUSTOMER_NAME"],
        customer_pwd=given["COURIER_KDNIAO_CUSTOMER_PWD"],
        month_code=given["COURIER_KDNIAO_MONTH_CODE"],
        exp_type=given["COURIER_KDNIAO_EXP_TYPE"],
        phone_tail=given["COURIER_KDNIAO_PHONE_TAIL"],
        phone_tail_for=frozenset(re.split(r"[,，\s]+", given["COURIER_KDNIAO_PHONE_TAIL_FOR"])),
        subscription_days=int(given["COURIER_KDNIAO_SUBSCRIPTION_DAYS"]),
        zone=ZoneInfo(given["COURIER_KDNIAO_TIMEZONE"]),
    )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


_RULES: dict[str, tuple[Callable[[str], object], str]] = {
    "COURIER_KDNIAO_URL": (_is_address, "应是 http 或 https 的网关地址"),
    "COURIER_KDNIAO_SHIPPER": (re.compile(r"[A-Z0-9_]{1,20}").fullmatch, "应是快递鸟的快递公司编码，例如 EMS"),
    "COURIER_KDNIAO_EXTENDED": (re.compile("[01]").fullmatch, "只能是 0 或 1"),
    "COURIER_KDNIAO_PHONE_TAIL": (re.compile("[0-9]{4}").fullmatch, "应是电话号码的后四位"),
    "COURIER_KDNIAO_SUBSCRIPTION_DAYS": (re.compile("[0-9]{1,4}").fullmatch, "应是天数，0 表示不失效"),
    "COURIER_KDNIAO_TIMEZONE": (_is_zone, "不是已知的时区名"),
}
