"""What administrators changed about items and agreements, in words: one sentence a change, before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlmodel import Session

from logistics.tables import Agency, DirectoryAct
from logistics.terms import Form, LaneScope, Mode, Payer, Power
from logistics.web.language import locale
from logistics.web.naming import agency_name
from logistics.web.words import word

FIELDS = {
    "name": lazy_gettext("名称"),
    "promised_days": lazy_gettext("承诺时限"),
    "retention": lazy_gettext("保管期限"),
    "form": lazy_gettext("形式"),
    "quantity": lazy_gettext("份数"),
    "medium": lazy_gettext("介质"),
    "review_points": lazy_gettext("审查要点"),
    "original_wanted": lazy_gettext("要寄原件"),
    "e_certificate_shared": lazy_gettext("电子证照已共享"),
    "two_sealers": lazy_gettext("双人封装"),
    "no": lazy_gettext("编号"),
    "sender": lazy_gettext("受理单位"),
    "receiver": lazy_gettext("受理属地单位"),
    "powers": lazy_gettext("授权"),
    "payer": lazy_gettext("邮费"),
    "valid_from": lazy_gettext("生效日期"),
    "valid_until": lazy_gettext("截止日期"),
    "listed": lazy_gettext("在清单上"),
    "modes": lazy_gettext("办理模式"),
    "note": lazy_gettext("约定"),
}
"""What the fields of a change are called."""

_TERMS: dict[str, type[Form] | type[Power] | type[Mode]] = {"form": Form, "powers": Power, "modes": Mode}


def told(session: Session, act: DirectoryAct) -> list[str]:
    """The act in sentences, in the reader's language."""
    teller = _TELLERS.get(act.verb)
    return teller(session, act.data) if teller else [act.verb]


def shown(session: Session, name: str, value: Any) -> str:
    """One value of a field as people read it."""
    if value is None or value in ("", [], {}):
        return str(_("（空）"))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if name in ("sender", "receiver"):
        return agency_name(session.get_one(Agency, value))
    if name == "payer":
        pairs = [(LaneScope(scope), Payer(who)) for scope, who in value.items()]
        return str(_("；")).join(f"{word(scope, locale())} {word(who, locale())}" for scope, who in pairs)
    if name == "retention":
        return {"Y": str(_("永久")), "D30": str(_("30 年")), "D10": str(_("10 年"))}.get(value, str(value))
    if name in _TERMS:
        values = value if isinstance(value, list) else [value]
        return str(_("、")).join(word(_TERMS[name](one), locale()) for one in values)
    return str(value)


def changes(session: Session, changed: Mapping[str, Sequence[Any]]) -> list[str]:
    """`名称：旧 → 新` for each field."""
    return [
        _(
            "%(field)s：%(old)s → %(new)s",
            field=FIELDS.get(name, name),
            old=shown(session, name, old),
            new=shown(session, name, new),
        )
        for name, (old, new) in changed.items()
    ]


def _plain(sentence: Callable[[], str]) -> Callable[[Session, Mapping[str, Any]], list[str]]:
    return lambda _session, _data: [sentence()]


def _why(sentence: Callable[[str], str]) -> Callable[[Session, Mapping[str, Any]], list[str]]:
    return lambda _session, data: [sentence(str(data.get("why", "")))]


def _changed_material(session: Session, data: Mapping[str, Any]) -> list[str]:
    return [_("改材料“%(name)s”", name=data["material"]), *changes(session, data["changed"])]


def _moved(_session: Session, data: Mapping[str, Any]) -> list[str]:
    old, new = data["place"]
    return [_("“%(name)s”从第 %(old)s 项移到第 %(new)s 项", name=data["material"], old=old, new=new)]


def _put(session: Session, data: Mapping[str, Any]) -> list[str]:
    was, now = data["was"], data["is"]
    name = f"{data['item']} {data['name']}"
    if was is None:
        return [_("列入 %(item)s", item=name)]
    if was["listed"] and not now["listed"]:
        return [_("移出 %(item)s", item=name)]
    changed = {field: [was[field], now[field]] for field in now if was[field] != now[field]}
    return [_("改 %(item)s 的约定", item=name), *changes(session, changed)]


def _proposed(session: Session, data: Mapping[str, Any]) -> list[str]:
    first, *rest = _put(session, data)
    return [_("提出改动，等双方确认：%(what)s", what=first), *rest]


def _list_changed(_session: Session, data: Mapping[str, Any]) -> list[str]:
    items = str(_("、")).join(data["items"])
    return [_("双方都已确认清单改动，生效：%(items)s", items=items)]


def _list_refused(_session: Session, data: Mapping[str, Any]) -> list[str]:
    if data["theirs"]:
        return [_("不同意对方提出的清单改动：%(why)s", why=data["why"])]
    return [_("放弃清单改动：%(why)s", why=data["why"])]


def _ended(session: Session, data: Mapping[str, Any]) -> list[str]:
    return [_("终止：%(why)s", why=data["why"]), *changes(session, {"valid_until": data["valid_until"]})]


def _consented(session: Session, data: Mapping[str, Any]) -> list[str]:
    names = str(_("、")).join(agency_name(session.get_one(Agency, one)) for one in data["parties"])
    code = data["sha256"][:12]
    if "paper" in data:
        signed = {"name": data["signed_by"], "day": data["signed_on"]}
        return [
            _("登记%(party)s签署的纸质协议（%(name)s，%(day)s），校验码 %(code)s", party=names, code=code, **signed)
        ]
    return [_("代表%(party)s确认，校验码 %(code)s", party=names, code=code)]


def _imported(_session: Session, data: Mapping[str, Any]) -> list[str]:
    rows = ngettext("%(num)s 行有变动", "%(num)s 行有变动", data["changed"])
    if data.get("waits"):
        return [_("按清单“%(file)s”提出改动，等双方确认：%(rows)s", file=data["file"], rows=rows)]
    return [_("导入清单“%(file)s”：%(rows)s", file=data["file"], rows=rows)]


_TELLERS: dict[str, Callable[[Session, Mapping[str, Any]], list[str]]] = {
    "add_item": _plain(lambda: _("添加")),
    "change_item": changes,
    "use_item": _plain(lambda: _("恢复使用")),
    "retire_item": _why(lambda why: _("停用：%(why)s", why=why)),
    "add_material": lambda _s, data: [_("列入材料“%(name)s”", name=data["material"])],
    "change_material": _changed_material,
    "move_material": _moved,
    "drop_material": lambda _s, data: [_("去掉材料“%(name)s”", name=data["material"])],
    "draft_agreement": _plain(lambda: _("拟草稿")),
    "change_agreement": changes,
    "consent_agreement": _consented,
    "withdraw_consent": _why(lambda why: _("撤回确认：%(why)s", why=why)),
    "confirm_agreement": _plain(lambda: _("双方都已确认，生效")),
    "drop_agreement": _why(lambda why: _("作废草稿：%(why)s", why=why)),
    "end_agreement": _ended,
    "put_agreement_item": _put,
    "propose_agreement_item": _proposed,
    "confirm_list_change": _list_changed,
    "refuse_list_change": _list_refused,
    "import_items": _imported,
}
