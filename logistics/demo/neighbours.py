"""More of the country for the demo's months: halls far away, their officers, and the lanes they agreed on.

All persons are fictional. The halls' names are made the way such halls are named; some are very long.
"""

from __future__ import annotations

from typing import cast

from sqlmodel import Session, select

from logistics.demo import seed
from logistics.demo.cases import Lane
from logistics.store.context import Context
from logistics.tables import Agency, Officer, ServiceItem
from logistics.terms import Power, Role

_AGENCIES = (
    ("yn", "云南省政务服务管理局", "Yunnan Government Service Administration", "530000", "province", None,
     "11530000MB1Q00100Q", "昆明市呈贡区示例路5号", "650500", "0871-00000001"),
    ("km", "昆明市五华区政务服务局", "Wuhua District Government Service Bureau, Kunming", "530102", "district", "yn",
     "11530102MB1Q00110U", "昆明市五华区样例街77号", "650021", "0871-00000002"),
    ("gd", "广东省政务服务和数据管理局", "Guangdong Government Service and Data Administration", "440000", "province",
     None, "11440000MB1Q001208", "广州市越秀区示例西路9号", "510030", "020-00000001"),
    ("th", "广州市天河区政务服务中心", "Tianhe District Service Centre, Guangzhou", "440106", "district", "gd",
     "11440106MB1Q001305", "广州市天河区示例北街12号", "510630", "020-00000002"),
    ("xj", "新疆维吾尔自治区政务服务管理局", "Xinjiang Government Service Administration", "650000", "province", None,
     "11650000MB1Q00140U", "乌鲁木齐市天山区示例路2号", "830002", "0991-00000001"),
    ("at", "克孜勒苏柯尔克孜自治州阿图什市政务服务和数字化管理局综合服务大厅",
     "Comprehensive Service Hall of the Artux City Government Service Bureau, Kizilsu Kyrgyz Autonomous Prefecture",
     "653001", "district", "xj", "11653001MB1Q00150G", "阿图什市示例南路31号", "845350", "0908-00000001"),
)  # fmt: skip

_OFFICERS = (
    ("km-window", "普丽华", "km", (Role.WINDOW, Role.RECEIVER)),
    ("km-manager", "李𬎆", "km", (Role.MANAGER,)),
    ("th-window", "区慧仪", "th", (Role.WINDOW, Role.RECEIVER)),
    ("th-manager", "冼伟明", "th", (Role.MANAGER,)),
    ("at-window", "古丽米热·艾合买提江", "at", (Role.WINDOW, Role.RECEIVER)),
    ("at-manager", "阿卜杜热依木·图尔荪", "at", (Role.MANAGER,)),
    ("yn-manager", "和振邦", "yn", (Role.MANAGER,)),
    ("gd-manager", "麦兆恒", "gd", (Role.MANAGER,)),
    ("xj-manager", "热合曼·卡德尔", "xj", (Role.MANAGER,)),
)

_FONDS = {"yn": "J104", "km": "J305", "gd": "J105", "th": "J306", "xj": "J106", "at": "J307"}
_ARCHIVES = {
    "5300": "云南省档案馆", "5301": "昆明市档案馆", "4400": "广东省档案馆", "4401": "广州市档案馆",
    "6500": "新疆维吾尔自治区档案馆", "6530": "克孜勒苏柯尔克孜自治州档案馆",
}  # fmt: skip

_AGREEMENTS = (
    ("AT-XN-2026-06", "阿图什—咸宁跨省通办协议", "at", "xn"),
    ("KM-XN-2026-07", "昆明五华—咸宁跨省通办协议", "km", "xn"),
    ("XN-TH-2026-08", "咸宁—广州天河跨省通办协议", "xn", "th"),
    ("TH-FR-2026-09", "广州天河—长沙芙蓉跨省通办协议", "th", "fr"),
)

LANES = {
    "at-xn": Lane("AT-XN-2026-06", "at-window", "xn-window2", "at-manager", "AT", "XN", (84, 150)),
    "km-xn": Lane("KM-XN-2026-07", "km-window", "xn-window2", "km-manager", "KM", "XN", (42, 88)),
    "xn-th": Lane("XN-TH-2026-08", "xn-window", "th-window", "xn-manager", "XN", "TH", (26, 50)),
    "th-fr": Lane("TH-FR-2026-09", "th-window", "fr-receiver", "th-manager", "TH", "FR", (16, 34)),
}
"""Lanes of the months, beside those of the present cast; that from Artux is too slow for its promise."""


def settle(ctx: Context) -> bool:
    """The neighbours are in the directory; False when they were there before. Needs the system role, and the demo's
    own directory.
    """
    with Session(ctx.engine) as session, session.begin():
        known = dict(session.exec(select(Officer.login, Officer.agency_id)).all())
        if _OFFICERS[0][0] in known:
            return False
        password_hash = session.exec(select(Officer.password_hash).where(Officer.login == "xn-window")).one()
        agencies = {"xn": known["xn-window"], "fr": known["fr-receiver"]}
        agencies |= seed.add_agencies(session, _AGENCIES, _FONDS, _ARCHIVES)
        seed.add_officers(session, _OFFICERS, agencies, password_hash)
        items = [cast(int, one.id) for one in session.exec(select(ServiceItem).order_by(ServiceItem.code))][:2]
        for no, name, sender, receiver in _AGREEMENTS:
            seed.add_agreement(session, no, name, agencies[sender], agencies[receiver], items, tuple(Power))
    return True


def long_names(session: Session) -> list[str]:
    """The agencies' names that are longer than thirty characters: pages must stand them."""
    return [name for name in session.exec(select(Agency.name)) if len(name) > 30]
