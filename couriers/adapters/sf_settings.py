"""SF's settings: read from the environment, each wrong one named."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from couriers.adapters.sf_orders import SfSettings
from couriers.adapters.sf_wire import Auth, DigestMode
from couriers.contract import BadSettings

SETTINGS = ("COURIER_SF_URL", "COURIER_SF_PARTNER_ID", "COURIER_SF_CHECKWORD", "COURIER_SF_MONTHLY_CARD")
# Name -> default. DIGEST: urlencoded (标准MD5) or plain, as the account is set up. PRODUCT: expressTypeId, 1 特快 …
# PUSH_TOKEN: "" believes no push. OAUTH_URL: "" is derived from URL. AUTH: digest, or oauth2 for an access token in
# every call. LABEL: the cloud print's template without the partner's number. PHONES: last four digits of those of our
# phones that open routes which our card did not pay. The zone, the words that an order-state push is answered with and
# the name of the delivery-time list are not confirmed by any published page.
OPTIONAL = {
    "COURIER_SF_DIGEST": "urlencoded",
    "COURIER_SF_PRODUCT": "1",
    "COURIER_SF_TIMEZONE": "Asia/Shanghai",
    "COURIER_SF_PUSH_TOKEN": "",
    "COURIER_SF_OAUTH_URL": "",
    "COURIER_SF_STATE_ANSWER": '{"success":true,"code":"0","msg":""}',
    "COURIER_SF_DELIVERTM_LIST": "deliverTmDto",
    "COURIER_SF_AUTH": "digest",
    "COURIER_SF_LABEL": "fm_150_standard",
    "COURIER_SF_PHONES": "",
}
SHORTEST_TOKEN = 16


def settings_from(env: Mapping[str, str]) -> SfSettings:
    """The settings. Raises `BadSettings` that names every missing or wrong one at once."""
    problems = [f"缺少设置 {name}" for name in SETTINGS if not env.get(name, "").strip()]
    url, partner_id, checkword, card = (env.get(name, "").strip() for name in SETTINGS)
    mode, product, zone_name, token, oauth_url, state_answer, list_name, auth, label, phones = (
        env.get(name, "").strip() or default for name, default in OPTIONAL.items()
    )
    problems += [
        f"{name} 应是 http 或 https 的完整地址"
        for name, value in (("COURIER_SF_URL", url), ("COURIER_SF_OAUTH_URL", oauth_url))
        if value and not _is_address(value)
    ]
    wrong = {
        "COURIER_SF_MONTHLY_CARD 应是 10 位数字": bool(card) and not re.fullmatch("[0-9]{10}", card),
        "COURIER_SF_DIGEST 应是 urlencoded 或 plain": mode not in ("urlencoded", "plain"),
        "COURIER_SF_PRODUCT 应是 expressTypeId 的数字": not re.fullmatch("[0-9]{1,5}", product),
        f"COURIER_SF_PUSH_TOKEN 至少 {SHORTEST_TOKEN} 个 ASCII 字符": bool(token)
        and not (token.isascii() and len(token) >= SHORTEST_TOKEN),
        "COURIER_SF_STATE_ANSWER 应是一个 JSON 对象": not _is_object(state_answer),
        "COURIER_SF_AUTH 应是 digest 或 oauth2": auth not in ("digest", "oauth2"),
        "COURIER_SF_LABEL 应是模板名，例如 fm_150_standard": not re.fullmatch("[0-9A-Za-z_]{1,60}", label),
        "COURIER_SF_PHONES 应是电话后四位，多个以逗号分隔": not re.fullmatch("([0-9]{4}(,[0-9]{4})*)?", phones),
    }
    problems += [problem for problem, is_wrong in wrong.items() if is_wrong]
    try:
        zone = ZoneInfo(zone_name)
    except (ValueError, OSError, KeyError):
        problems.append("COURIER_SF_TIMEZONE 不是已知的时区名")
    if problems:
        raise BadSettings(problems)
    return SfSettings(
        url=url,
        oauth_url=oauth_url or _oauth_beside(url),
        partner_id=partner_id,
        checkword=checkword,
        monthly_card=card,
        digest_mode=cast(DigestMode, mode),
        product=int(product),
        zone=zone,
        push_token=token,
        state_answer=state_answer,
        delivery_time_list=list_name,
        auth=cast(Auth, auth),
        label_template=label,
        phones=tuple(filter(None, phones.split(","))),
    )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _oauth_beside(url: str) -> str:
    """/oauth2/accessToken on the same host; the production gateway bspgw has it on sfapi."""
    parts = urlsplit(url)
    host = "sfapi.sf-express.com" if parts.hostname == "bspgw.sf-express.com" else parts.netloc
    return urlunsplit((parts.scheme, host, "/oauth2/accessToken", "", ""))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
