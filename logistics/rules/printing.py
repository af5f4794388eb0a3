"""Which papers lie in which printer, and where a printer may stand: pure checks before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from logistics.errors import Said, Wrong
from logistics.tables import LedgerEntry
from logistics.terms import PrinterLanguage, Stock

Networks = tuple[IPv4Network | IPv6Network, ...]

PRIVATE = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
"""Where printers stand unless an administrator of the machine says otherwise (RFC 1918, RFC 4193)."""

PORTS = (*range(9100, 9110), 6101)
"""Where printers take raw bytes: 9100 and the ports beside it, 6101 for mobile ones. 515 speaks LPD, no raw bytes."""

RESOLUTIONS = (203, 300)
LABELS = (Stock.LABEL_SMALL, Stock.LABEL, Stock.LABEL_TALL)
MOST_COPIES = 9

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")

_STOCK_OF: Mapping[str, tuple[Stock, ...]] = {"label": LABELS, "seal": (Stock.SEAL,), "stickers": (Stock.STICKER,)}


def stocks_for(kind: str) -> tuple[Stock, ...]:
    """What a paper of this kind is printed on; everything that is no label or sticker on a sheet."""
    return _STOCK_OF.get(kind, (Stock.SHEET,))


def networks(text: str) -> Networks:
    """`10.0.0.0/8,192.168.1.5` as networks. Raises ValueError naming the one that is none."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        try:
            found.append(ip_network(part))
        except ValueError as why:
            raise ValueError(f"不是网段 is no network: {part!r}") from why
    return tuple(found)


def is_allowed(address: str, allowed: Networks) -> bool:
    """Whether a printer may stand at this address. An IPv4 address in IPv6 clothes is judged as what it is."""
    found: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in one for one in allowed if one.version == found.version)


NO_HOST = Said(
    "请填写打印机的 IP 地址或内网主机名，例如 192.168.1.50。",
    "The printer's IP address or host name, such as 192.168.1.50.",
)
SHEET_WANTS_PDF = Said(
    "A4 纸请选 PDF 语言的办公打印机；标签打印机请选面单、封签或原件贴。",
    "A4 paper is for office printers (PDF); a label printer takes labels, seals or stickers.",
)


def host_fault(host: str, allowed: Networks) -> Said | None:
    """What is wrong with a printer's address; None for one that may be kept. A name is looked up, and its
    address judged, each time something is sent."""
    try:
        address = str(ip_address(host))
    except ValueError:
        last = host.rpartition(".")[2]
        good = len(host) <= 253 and _HOST.fullmatch(host) is not None and not last.isdigit() and host != "localhost"
        return None if good else NO_HOST
    if is_allowed(address, allowed):
        return None
    return Said(
        f"{host} 不在允许打印的内网网段内。请核对地址；网段由服务器的 YOUDANG_PRINTER_NETWORKS 设置。",
        f"{host} is outside the networks for printing (YOUDANG_PRINTER_NETWORKS). Check the address.",
    )


def faults(
    name: str, language: PrinterLanguage, dpi: int, stock: Stock, host: str, port: int, allowed: Networks
) -> Wrong:
    """What is wrong with a printer's data, by field; empty when all is well."""
    wrong: dict[str, Said] = {}
    if not name.strip():
        wrong["name"] = Said("请填写名称，例如「1 号窗口面单机」。", "Enter a name, such as label printer 1.")
    if dpi not in RESOLUTIONS:
        wrong["dpi"] = Said("只支持 203 点和 300 点。", "203 or 300 dots only.")
    if port not in PORTS:
        wrong["port"] = Said("只能是 9100–9109 或 6101。多数打印机用 9100。", "9100–9109 or 6101; mostly 9100.")
    if stock is Stock.SHEET and language is not PrinterLanguage.PDF:
        wrong["stock"] = SHEET_WANTS_PDF
    fault = host_fault(host, allowed)
    if fault is not None:
        wrong["host"] = fault
    return {field: [sentence] for field, sentence in wrong.items()}


def allowed_among(addresses: Sequence[str], allowed: Networks) -> list[str]:
    """Those of a name's addresses to which something may be sent, in their order."""
    return [one for one in addresses if is_allowed(one.partition("%")[0], allowed)]


@dataclass(frozen=True)
class Counted:
    """How often one paper went to a printer (`sent`, in copies), and to a browser that was to print it (`opened`)."""

    sent: int = 0
    opened: int = 0


def counted(entries: Iterable[LedgerEntry]) -> dict[str, Counted]:
    """By the paper's number, from the ledger's entries. What a browser did with a paper nobody can know."""
    found: dict[str, Counted] = {}
    for entry in entries:
        paper = str(entry.facts.get("paper", ""))
        so_far = found.get(paper, Counted())
        if entry.what == "paper:printed":
            found[paper] = replace(so_far, sent=so_far.sent + int(entry.facts.get("copies", 1)))
        elif entry.what == "paper:opened_for_print":
            found[paper] = replace(so_far, opened=so_far.opened + 1)
    return found
