"""EMS's settings: one agreement customer's access, read from the environment, each wrong one named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from couriers.adapters.ems_wire import key_of
from couriers.contract import BadSettings

SETTINGS = ("COURIER_EMS_URL", "COURIER_EMS_SENDER_NO", "COURIER_EMS_AUTHORIZATION", "COURIER_EMS_SIGN_KEY")
# Name -> default. PRODUCT: bizProductNo (1 特快专递, 11 国内标快, …, as the agreement says). TIMEZONE: of the wire.
# QUOTE_PRODUCT: productCode of 050005, 15 digits; the default is the only published one (电商标快, articles).
# SCOPE_TYPE: 030005 asks as 1 a private customer, 2 an agreement customer at once, 3 one with an appointment.
# ACCESS_CODES: retCodes that refuse our account and not the matter (inferred: the list is not published).
OPTIONAL = {
    "COURIER_EMS_PRODUCT": "1",
    "COURIER_EMS_TIMEZONE": "Asia/Shanghai",
    "COURIER_EMS_QUOTE_PRODUCT": "115104300000691",
    "COURIER_EMS_SCOPE_TYPE": "2",
    "COURIER_EMS_ACCESS_CODES": "A0001,A0002,S00001,S02,S03",
}


@dataclass(frozen=True)
class EmsSettings:
    """One agreement customer's access. `authorization` and `sign_key` are secrets and stay out of repr."""

    url: str
    sender_no: str
    authorization: str = field(repr=False)
    sign_key: str = field(repr=False)
    product: str
    zone: tzinfo
    quote_product: str = OPTIONAL["COURIER_EMS_QUOTE_PRODUCT"]
    scope_type: str = OPTIONAL["COURIER_EMS_SCOPE_TYPE"]
    access_codes: frozenset[str] = frozenset(OPTIONAL["COURIER_EMS_ACCESS_CODES"].split(","))


def settings_from(env: Mapping[str, str]) -> EmsSettings:
    """The settings. Raises `BadSettings` that names every missing or wrong one at once."""
    problems = [f"缺少设置 {name}" for name in SETTINGS if not env.get(name, "").strip()]
    url, sender_no, authorization, sign_key = (env.get(name, "").strip() for name in SETTINGS)
    product, zone_name, quoted, scope_type, access = (
        env.get(name, "").strip() or default for name, default in OPTIONAL.items()
    )
    if url and not _is_address(url):
        problems.append("COURIER_EMS_URL 应是 http 或 https 的完整网关地址")
    if sign_key:
        try:
            key_of(sign_key)
        except ValueError as e:
            problems.append(f"COURIER_EMS_SIGN_KEY 不可用：{e}")
    if not re.fullmatch(r"[0-9]{15}", quoted):
        problems.append("COURIER_EMS_QUOTE_PRODUCT 应是 15 位数字的产品代码")
    if scope_type not in ("1", "2", "3"):
        problems.append("COURIER_EMS_SCOPE_TYPE 应是 1、2 或 3")
    try:
        zone = ZoneInfo(zone_name)
    except (ValueError, OSError, KeyError):
        problems.append("COURIER_EMS_TIMEZONE 不是已知的时区名")
    if problems:
        raise BadSettings(problems)
    denials = frozenset(code.strip() for code in access.split(",")) - {""}
    return EmsSettings(url, sender_no, authorization, sign_key, product, zone, quoted, scope_type, denials)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
