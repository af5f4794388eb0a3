"""The settings of 快递100: one enterprise's access, and the defaults of what its documents leave open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from couriers.adapters.kuaidi100_labels import Account
from couriers.contract import BadSettings

NAMES = tuple(f"COURIER_KUAIDI100_{name}" for name in ("URL", "KEY", "CUSTOMER", "SECRET", "SALT"))
OPTIONAL = {
    "COURIER_KUAIDI100_CARRIER": "ems",  # carrier of orders, and of numbers whose form says nothing
    "COURIER_KUAIDI100_RESULTV2": "4",  # 4: advanced states; 1: state names only; 8: also predicted arrival
    "COURIER_KUAIDI100_TIMEZONE": "Asia/Shanghai",  # of the wire's times (inferred)
    "COURIER_KUAIDI100_PHONE": "",  # ours, or its last four digits: proves to a carrier that we may ask
    "COURIER_KUAIDI100_PHONE_CARRIERS": "shunfeng,zhongtong",  # who want it (not confirmed to be all)
    "COURIER_KUAIDI100_LABEL_URL": "",  # default: derived from URL, see `_beside`
    "COURIER_KUAIDI100_RECOGNITION_URL": "",
    "COURIER_KUAIDI100_SERVICE": "标准快递",  # expType of orders
    "COURIER_KUAIDI100_TEMPLATE": "",  # tempId: lets 快递100 draw a label with each order
    "COURIER_KUAIDI100_SUBSCRIPTION_DAYS": "3",  # stopped after 3 days without any record; renewing early does no harm
    "COURIER_KUAIDI100_PARTNER_ID": "",  # the agency's account at the carrier, for orders
    "COURIER_KUAIDI100_PARTNER_KEY": "",
    "COURIER_KUAIDI100_PARTNER_SECRET": "",
    "COURIER_KUAIDI100_PARTNER_NAME": "",
    "COURIER_KUAIDI100_NET": "",
    "COURIER_KUAIDI100_PARTNER_CODE": "",
    "COURIER_KUAIDI100_CHECK_MAN": "",
}
READING = {
    "COURIER_KUAIDI100_URL": "http://127.0.0.1/",
    **dict.fromkeys(NAMES[1:], "none"),
}
CARRIER = re.compile(r"[a-z0-9]{2,40}")
LONGEST_SALT = 32
_DAYS = re.compile(r"[1-9]|[1-5][0-9]|60")  # a standing subscription ends after 60 days without a change
_PRODUCTION = "poll.kuaidi100.com"
_QUERY_PATHS = ("/poll/query.do", "/poll")


@dataclass(frozen=True)
class Access:
    """One enterprise's access. The three addresses have no path and no closing slash; secrets stay out of repr."""

    url: str
    label_url: str
    recognition_url: str
    key: str = field(repr=False)
    customer: str = field(repr=False)
    secret: str = field(repr=False)
    salt: str = field(repr=False)
    carrier: str
    resultv2: str
    zone: tzinfo
    phone: str = field(repr=False)
    phone_carriers: frozenset[str]
    service: str
    template: str
    subscription_days: int
    account: Account

    def phone_for(self, carrier: str, phone: str = "") -> str:
        """The last four digits that this carrier wants to see with a question: of `phone`, or else of ours.

        "" when it wants none or there are none. Four are enough, so the rest of a person's number stays here.
        """
        return re.sub(r"[^0-9]", "", phone or self.phone)[-4:] if carrier in self.phone_carriers else ""


def access_in(env: Mapping[str, str]) -> Access:
    """The access. Raises `BadSettings` that names every missing or wrong setting at once."""
    given = {name: env.get(name, "").strip() for name in NAMES}
    given |= {name: env.get(name, "").strip() or default for name, default in OPTIONAL.items()}
    value = {name.removeprefix("COURIER_KUAIDI100_"): text for name, text in given.items()}
    problems = [f"缺少设置 {name}" for name in NAMES if not given[name]]
    problems += _wrong(value)
    try:
        zone = ZoneInfo(value["TIMEZONE"])
    except (ValueError, OSError, KeyError):
        problems.append("COURIER_KUAIDI100_TIMEZONE 不是已知的时区名")
    if problems:
        raise BadSettings(problems)
    url = _root(value["URL"])
    accounts = ("PARTNER_ID", "PARTNER_KEY", "PARTNER_SECRET", "PARTNER_NAME", "NET", "PARTNER_CODE", "CHECK_MAN")
    return Access(
        url=url,
        label_url=_root(value["LABEL_URL"]) or _beside(url, "api.kuaidi100.com"),
        recognition_url=_root(value["RECOGNITION_URL"]) or _beside(url, "www.kuaidi100.com"),
        key=value["KEY"],
        customer=value["CUSTOMER"],
        secret=value["SECRET"],
        salt=value["SALT"],
        carrier=value["CARRIER"],
        resultv2=value["RESULTV2"],
        zone=zone,
        phone=value["PHONE"],
        phone_carriers=frozenset(value["PHONE_CARRIERS"].replace(",", " ").split()),
        service=value["SERVICE"],
        template=value["TEMPLATE"],
        subscription_days=int(value["SUBSCRIPTION_DAYS"]),
        account=Account(*(value[name] for name in accounts)),
    )


def _wrong(value: Mapping[str, str]) -> list[str]:
    problems = [
        f"COURIER_KUAIDI100_{name} 应是 http 或 https 的完整地址"
        for name in ("URL", "LABEL_URL", "RECOGNITION_URL")
        if value[name] and not _is_address(value[name])
    ]
    if len(value["SALT"]) > LONGEST_SALT:
        problems.append(f"COURIER_KUAIDI100_SALT 不得超过 {LONGEST_SALT} 个字符")
    if not CARRIER.fullmatch(value["CARRIER"]):
        problems.append("COURIER_KUAIDI100_CARRIER 应是快递100 的快递公司编码（小写字母与数字），例如 ems")
    if value["RESULTV2"] not in ("0", "1", "4", "8"):
        problems.append("COURIER_KUAIDI100_RESULTV2 只能是 0、1、4 或 8")
    if not _DAYS.fullmatch(value["SUBSCRIPTION_DAYS"]):
        problems.append("COURIER_KUAIDI100_SUBSCRIPTION_DAYS 应是 1 至 60 的整数（天）")
    return problems


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _root(url: str) -> str:
    """The address without the query's own path, so that both the host and the query's full address may be given."""
    bare = url.rstrip("/")
    return next((bare.removesuffix(path) for path in _QUERY_PATHS if bare.endswith(path)), bare)


def _beside(url: str, host: str) -> str:
    """The real service spreads its interfaces over hosts; any other server is taken to have them all."""
    return f"https://{host}" if urlsplit(url).hostname == _PRODUCTION else url
