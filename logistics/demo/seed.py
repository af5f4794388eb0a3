"""The demo's directory: agencies of Xianning and Changsha, officers in every role, items, materials, agreements.

All persons are fictional. Log-ins are printed by `youdang run`; passwords are for the demo only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from logistics.store import passwords
from logistics.store.context import Context
from logistics.tables import Agency, Agreement, AgreementItem, Material, Officer, ServiceItem
from logistics.terms import Form, Payer, Power, Role

PASSWORD = "youdang-demo-2026"  # noqa: S105 - the demo's one password, printed at start


@dataclass(frozen=True)
class Login:
    """One demo log-in as it is printed: login, password, role and agency in Chinese."""

    login: str
    password: str
    role: str
    agency: str


LOGINS = (
    Login("xn-window", PASSWORD, "窗口经办", "咸宁市政务服务大厅"),
    Login("fr-receiver", PASSWORD, "收件核验", "长沙市芙蓉区政务服务中心"),
    Login("xn-manager", PASSWORD, "督查管理", "咸宁市政务服务大厅"),
    Login("hb-admin", PASSWORD, "系统管理", "湖北省政务服务管理办公室"),
)

# short key: name, English, region, level, parent, USCC, address, postcode, phone
_AGENCIES = (
    (
        "hb",
        "湖北省政务服务管理办公室",
        "Hubei Government Service Office",
        "420000",
        "province",
        None,
        "11420000MB1Q00001B",
        "武汉市武昌区示例路1号",
        "430071",
        "027-00000001",
    ),
    (
        "xn",
        "咸宁市政务服务大厅",
        "Xianning Government Service Hall",
        "421200",
        "city",
        "hb",
        "11421200MB1Q000025",
        "咸安区示例大道36号",
        "437100",
        "0715-0000001",
    ),
    (
        "xa",
        "咸安区政务服务中心",
        "Xian'an District Service Centre",
        "421202",
        "district",
        "xn",
        "11421202MB1Q000035",
        "咸安区样例街8号",
        "437000",
        "0715-0000002",
    ),
    (
        "ws",
        "温泉街道便民服务中心",
        "Wenquan Street Service Centre",
        "421202",
        "street",
        "xa",
        "11421202MB1Q000048",
        "咸安区温泉路20号",
        "437100",
        "0715-0000003",
    ),
    (
        "hn",
        "湖南省政务管理服务局",
        "Hunan Government Service Bureau",
        "430000",
        "province",
        None,
        "11430000MB1Q00005U",
        "长沙市岳麓区示例路3号",
        "410004",
        "0731-00000001",
    ),
    (
        "cs",
        "长沙市行政审批服务局",
        "Changsha Approval Service Bureau",
        "430100",
        "city",
        "hn",
        "11430100MB1Q000064",
        "长沙市岳麓区示例大道218号",
        "410013",
        "0731-00000002",
    ),
    (
        "fr",
        "长沙市芙蓉区政务服务中心",
        "Furong District Service Centre, Changsha",
        "430102",
        "district",
        "cs",
        "11430102MB1Q000074",
        "长沙市芙蓉区示例中路189号",
        "410011",
        "0731-00000003",
    ),
    (
        "hz",
        "杭州市行政审批服务管理办公室",
        "Hangzhou Approval Service Office",
        "330100",
        "city",
        None,
        "11330100MB1Q00008K",
        "杭州市上城区样例路18号",
        "310020",
        "0571-00000001",
    ),
    (
        "xx",
        "湘西土家族苗族自治州吉首市乾州街道便民服务中心（政务服务驿站）",
        "Qianzhou Street Service Centre, Jishou, Xiangxi Tujia and Miao Autonomous Prefecture",
        "433101",
        "street",
        "hn",
        "11433101MB1Q00009F",
        "吉首市乾州示例路66号",
        "416000",
        "0743-00000001",
    ),
)

_OFFICERS = (
    ("xn-window", "陈晓岚", "xn", (Role.WINDOW,)),
    ("xn-window2", "胡志远", "xn", (Role.WINDOW, Role.RECEIVER)),
    ("xn-manager", "吴建平", "xn", (Role.MANAGER, Role.RECEIVER)),
    ("xa-window", "刘敏", "xa", (Role.WINDOW, Role.RECEIVER)),
    ("hb-manager", "郑国梁", "hb", (Role.MANAGER,)),
    ("hb-admin", "宋雨", "hb", (Role.ADMINISTRATOR,)),
    ("fr-receiver", "谭婧", "fr", (Role.RECEIVER,)),
    ("fr-manager", "罗卫东", "fr", (Role.MANAGER,)),
    ("cs-manager", "彭立新", "cs", (Role.MANAGER,)),
    ("hz-window", "沈佳", "hz", (Role.WINDOW, Role.RECEIVER)),
    ("hz-manager", "俞文", "hz", (Role.MANAGER,)),
    ("xx-window", "田㛃", "xx", (Role.WINDOW, Role.RECEIVER)),
    ("hn-manager", "石启明", "hn", (Role.MANAGER,)),
)

# item code, name, promised working days, materials: name, form, quantity, review points, original wanted,
# e-certificate shared
_ITEMS = (
    (
        "430102-XL-001",
        "学历学位公证",
        10,
        (
            ("毕业证书", Form.ORIGINAL, 1, "钢印清晰；证书编号与学信网一致", True, False),
            ("学位证书", Form.ORIGINAL, 1, "学位专业与毕业证书一致", True, False),
            ("成绩单", Form.ORIGINAL, 1, "教务处骑缝章完整", True, False),
            ("居民身份证", Form.COPY, 1, "电子证照已共享，免交", False, True),
        ),
    ),
    (
        "430102-BDC-002",
        "不动产权属证明核验",
        8,
        (
            ("不动产权证书", Form.ORIGINAL, 1, "权利人、坐落与登记簿一致", True, False),
            ("婚姻登记证", Form.ORIGINAL, 1, "登记机关印章清晰", True, False),
            ("居民户口簿", Form.COPY, 1, "电子证照已共享，免交", False, True),
        ),
    ),
    (
        "430102-ZY-003",
        "执业资格证书变更注册",
        15,
        (
            ("执业资格证书", Form.ORIGINAL, 1, "注册页完整", True, False),
            ("原单位离职证明", Form.ORIGINAL, 1, "加盖单位公章", True, False),
            ("机关推荐函", Form.ORIGINAL, 1, "国家机关公文，只能交邮政企业寄递", True, False),
        ),
    ),
)


# 全宗号 and the archive that will take over: fictional numbers, as an archive would give them
_FONDS = {
    "hb": "J101", "xn": "J201", "xa": "J301", "ws": "J302", "hn": "J102", "cs": "J202", "fr": "J303", "hz": "J203",
    "xx": "J304",
}  # fmt: skip
_ARCHIVES = {
    "4200": "湖北省档案馆", "4212": "咸宁市档案馆", "4300": "湖南省档案馆", "4301": "长沙市档案馆",
    "3301": "杭州市档案馆", "4331": "湘西土家族苗族自治州档案馆",
}  # fmt: skip


def seed(ctx: Context) -> bool:
    """The demo directory is there; False when it was there before. Needs the system role."""
    with Session(ctx.engine) as session, session.begin():
        return fill(session)


def fill(session: Session) -> bool:
    """As `seed`, in a session whose owner commits."""
    if session.exec(select(Agency.id)).first() is not None:
        return False
    agencies = add_agencies(session, _AGENCIES, _FONDS, _ARCHIVES)
    add_officers(session, _OFFICERS, agencies, passwords.hashed(PASSWORD))
    items = [_seed_item(session, *item) for item in _ITEMS]
    everything = tuple(Power)
    add_agreement(
        session, "XN-FR-2026-01", "咸宁—长沙芙蓉跨省通办协议", agencies["xn"], agencies["fr"], items, everything
    )
    add_agreement(
        session,
        "XA-FR-2026-02",
        "咸安—长沙芙蓉跨省通办协议",
        agencies["xa"],
        agencies["fr"],
        items[:1],
        (Power.ACCEPT, Power.FORMAL_REVIEW, Power.VERIFY_ORIGINALS),
    )
    add_agreement(session, "XN-XA-2026-03", "咸宁市内通办协议", agencies["xn"], agencies["xa"], items, everything)
    add_agreement(
        session, "HZ-XN-2026-04", "杭州—咸宁跨省通办协议", agencies["hz"], agencies["xn"], items[1:], everything
    )
    add_agreement(
        session, "XX-XN-2026-05", "湘西—咸宁跨省通办协议", agencies["xx"], agencies["xn"], items[:2], everything
    )
    session.flush()
    return True


def add_officers(
    session: Session,
    officers: Iterable[tuple[str, str, str, tuple[Role, ...]]],
    agencies: Mapping[str, int],
    password_hash: str,
) -> None:
    """The officers (login, name, short key of the agency, roles) may log in."""
    session.add_all(
        Officer(
            agency_id=agencies[agency],
            login=login,
            name=name,
            roles=[role.value for role in roles],
            password_hash=password_hash,
            email=f"{login}@example.invalid",
        )
        for login, name, agency, roles in officers
    )


def add_agencies(
    session: Session,
    agencies: Iterable[tuple[str, str, str, str, str, str | None, str, str, str, str]],
    fonds: Mapping[str, str],
    archives: Mapping[str, str],
) -> dict[str, int]:
    """The agencies are there, those above before those below; their ids by short key. `fonds` by short key, `archives`
    by the first four digits of the region.
    """
    ids: dict[str, int] = {}
    paths: dict[str, str] = {}
    for short, name, name_en, region, level, parent, uscc, address, postcode, phone in agencies:
        row = Agency(
            code=region if level != "street" else f"{region}001",
            name=name,
            short_name=name,
            name_en=name_en,
            region_code=region,
            level=level,
            parent_id=ids[parent] if parent else None,
            path="",
            uscc=uscc,
            address=address,
            postcode=postcode,
            phone=phone,
            fonds_no=fonds[short],
            archives_code=region,
            archives_name=archives[region[:4]],
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        ids[short] = row.id
        paths[short] = f"{paths[parent]}{row.id}." if parent else f"{row.id}."
        row.path = paths[short]
        session.add(row)
    session.flush()
    return ids


def _seed_item(
    session: Session, code: str, name: str, days: int, materials: tuple[tuple[str, Form, int, str, bool, bool], ...]
) -> int:
    row = ServiceItem(code=code, name=name, promised_days=days)
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(
        Material(
            item_id=row.id,
            seq=seq,
            name=title,
            form=form,
            quantity=quantity,
            review_points=points,
            original_wanted=wanted,
            e_certificate_shared=shared,
        )
        for seq, (title, form, quantity, points, wanted, shared) in enumerate(materials, start=1)
    )
    return row.id


def add_agreement(
    session: Session, no: str, name: str, sender: int, receiver: int, items: Iterable[int], powers: tuple[Power, ...]
) -> None:
    """The agreement between the two is in force: these items, these powers; the sender pays."""
    row = Agreement(
        no=no,
        name=name,
        sender_agency_id=sender,
        receiver_agency_id=receiver,
        powers=[power.value for power in powers],
        payer={"city": Payer.SENDER.value, "province": Payer.SENDER.value, "cross": Payer.SENDER.value},
        valid_from=date(2021, 6, 7),
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(AgreementItem(agreement_id=row.id, item_id=item) for item in items)
