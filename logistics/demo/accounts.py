"""Accounts that nobody has at any courier, made up for the sandbox: the demo and a training can use them all."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping

from couriers.sandbox import desk

SECOND_SOURCE = "kuaidi100"
"""The sandbox's aggregator that is also asked about the others' parcels."""


def invented() -> dict[str, str]:
    """Fresh settings of every courier that has a desk in the sandbox, without their addresses."""
    return {
        "COURIER_EMS_SENDER_NO": f"1100{secrets.randbelow(10**9):09d}",
        "COURIER_EMS_AUTHORIZATION": secrets.token_hex(16),
        "COURIER_EMS_SIGN_KEY": base64.b64encode(secrets.token_bytes(16)).decode("ascii"),
        "COURIER_SF_PARTNER_ID": "YOUDANGDEMO",
        "COURIER_SF_CHECKWORD": secrets.token_hex(16),
        "COURIER_SF_MONTHLY_CARD": f"{secrets.randbelow(10**10):010d}",
        "COURIER_SF_PUSH_TOKEN": secrets.token_urlsafe(24),
        "COURIER_KUAIDI100_KEY": secrets.token_hex(8),
        "COURIER_KUAIDI100_CUSTOMER": secrets.token_hex(16).upper(),
        "COURIER_KUAIDI100_SECRET": secrets.token_hex(16),
        "COURIER_KUAIDI100_SALT": secrets.token_hex(8),
        "COURIER_KUAIDI100_PARTNER_ID": "YOUDANGDEMO",
        "COURIER_KUAIDI100_PARTNER_KEY": secrets.token_hex(8),
        "COURIER_KDNIAO_EBUSINESS_ID": f"demo{secrets.randbelow(10**7):07d}",
        "COURIER_KDNIAO_APP_KEY": secrets.token_hex(16),
        "COURIER_KDNIAO_EXTENDED": "1",
        "COURIER_KDNIAO_CUSTOMER_NAME": "YOUDANGDEMO",
        "COURIER_KDNIAO_CUSTOMER_PWD": secrets.token_hex(8),
        "COURIER_JDL_APP_KEY": secrets.token_hex(16),
        "COURIER_JDL_APP_SECRET": secrets.token_hex(16),
        "COURIER_JDL_ACCESS_TOKEN": secrets.token_hex(16),
        "COURIER_JDL_CUSTOMER_CODE": f"010K{secrets.randbelow(10**6):06d}",
        "COURIER_SECOND_SOURCE": SECOND_SOURCE,
    }


def at_sandbox(accounts: Mapping[str, str], root: str) -> dict[str, str]:
    """The accounts with the addresses that lead each of them to the sandbox at `root`."""
    addresses = (one.addresses(root) for one in desk.desks(accounts).values())
    return {**accounts, **{name: url for found in addresses for name, url in found.items()}}
