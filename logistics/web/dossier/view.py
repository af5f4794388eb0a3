"""What the dossier's page shows of originals, envelopes, differences and papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask_babel import gettext as _
from flask_babel import ngettext

from logistics.decision import Holder
from logistics.rules import custody, dossiers
from logistics.rules.policies import Leg
from logistics.store.find import Whole
from logistics.tables import Consignment, Custody, Discrepancy, Original, Packed, Tracking
from logistics.terms import DiscrepancyKind, Form, HolderKind, Outcome, Resolution, Stage
from logistics.web.dossier.telling import difference_words
from logistics.web.language import locale
from logistics.web.naming import agency_name, courier_name
from logistics.web.receiving.lines import SHOWN_AS
from logistics.web.words import word

TRAVELLING = frozenset({Stage.BOOKED, Stage.ON_THE_WAY, Stage.DELIVERED, Stage.RETURNED, Stage.LOST})
ICON_OF = {
    "closed": "done",
    "on_the_way": "moving",
    "delivered": "moving",
    "booked": "moving",
    "booking": "moving",
    "counting": "attention",
    "discrepancy": "attention",
    "returned": "attention",
    "lost": "late",
}
_FOR_LOSS = (Resolution.REPLACED, Resolution.WITHDRAWN)
_FOR_REST = (Resolution.ACCEPTED, Resolution.EXPLAINED, Resolution.SENT_BACK, Resolution.FOUND, Resolution.WITHDRAWN)


@dataclass(frozen=True)
class OriginalLine:
    """One row of the originals' table, as `parts.originals` draws it."""

    seq: int
    title: str
    note: str
    count: str
    form: Form
    holder: str
    since: datetime | None
    state: str
    words: str
    carried: str = ""  # by whom it is carried just now: who answers for it is the holder still
    last_seen: tuple[str, datetime] | None = None


def holders(whole: Whole) -> dict[int, Holder]:
    """Who holds each original now."""
    return {key: custody.accepted_by(link) for key, link in whole.last_custody().items()}


def state_of(whole: Whole) -> dossiers.State:
    """Where the dossier stands, in one sentence."""
    agencies = {cast(int, one.id): one for one in (whole.sender, whole.receiver)}
    return dossiers.state(
        whole.dossier,
        whole.originals,
        holders(whole),
        whole.consignments,
        whole.packed,
        whole.discrepancies,
        agencies,
    )


def originals(whole: Whole) -> list[OriginalLine]:
    """One row per original, with its holder and since when."""
    last = whole.last_custody()
    carried = {line.original_id: _carrier(whole, line) for line in whole.packed if line.open}
    rows = []
    for one in whole.originals:
        link = last.get(cast(int, one.id))
        state, words = _where(whole, one, link)
        courier, seen = carried.get(cast(int, one.id)) or ("", None)
        rows.append(
            OriginalLine(
                one.seq,
                one.title,
                _("清单外") if one.unlisted else one.code.rpartition("-")[2],
                _count(one),
                one.form,
                _holder(whole, link),
                link.at if link else None,
                state,
                words,
                courier,
                seen,
            )
        )
    return rows


def _carrier(whole: Whole, line: Packed) -> tuple[str, tuple[str, datetime] | None]:
    """Who carries the envelope of this line, where it was last seen; nobody before it has left or once it is here."""
    envelope = next(one for one in whole.consignments if one.id == line.consignment_id)
    if envelope.stage not in TRAVELLING or (envelope.stage is Stage.BOOKED and envelope.picked_up_at is None):
        return "", None
    seen = [row for row in whole.tracking if row.consignment_id == envelope.id]
    last = (_place_of(seen[-1]), seen[-1].happened_at) if seen else None
    courier = courier_name(envelope.courier)
    if envelope.stage is Stage.DELIVERED:
        return str(_("%(courier)s称已送到，还没有签收", courier=courier)), last
    if envelope.stage is Stage.LOST:
        return str(_("%(courier)s称遗失", courier=courier)), last
    return str(_("由%(courier)s运送", courier=courier)), last


def _place_of(row: Tracking) -> str:
    return row.place or row.text or row.code


def doing(whole: Whole, row: Discrepancy) -> tuple[str, datetime | None]:
    """What is being done about an open difference, in words, and by when it is due (None: nobody has promised)."""
    clock = f"{Leg.NOTICE_TO_ANSWER.value}/{row.key}"
    running = [
        one
        for one in whole.deadlines
        if (one.key == clock or one.key.startswith(f"{clock}#")) and one.met_at is None and one.waived_at is None
    ]
    if running:
        owner = next((one for one in (whole.sender, whole.receiver) if one.id == running[-1].owner_agency_id), None)
        return str(_("等%(agency)s答复", agency=agency_name(owner) if owner else "")), running[-1].due_at
    if any(one.discrepancy_id == row.id for one in whole.answers):
        return str(_("已答复，等核实后了结")), None
    return str(_("还没有人答复")), None


def _count(one: Original) -> str:
    copies = ngettext("%(num)s 份", "%(num)s 份", one.copies)
    return f"{copies} {ngettext('%(num)s 页', '%(num)s 页', one.pages)}"


def _holder(whole: Whole, link: Custody | None) -> str:
    if link is None:
        return "—"
    if link.to_kind is HolderKind.APPLICANT:
        return str(_("申请人"))
    agency = next((one for one in (whole.sender, whole.receiver) if one.id == link.to_agency_id), None)
    if agency is None:
        return link.to_name
    return f"{link.to_name} · {(agency.name_en if locale() == 'en' else '') or agency.short_name}"


def _where(whole: Whole, one: Original, link: Custody | None) -> tuple[str, str]:
    """The state of one original: where it is now if it travels, else what was last found or done with it."""
    lines = [line for line in whole.packed if line.original_id == one.id]
    inside = next((line for line in lines if line.open), None)
    if inside is not None:
        return _inside(whole, inside)
    if link is not None and link.to_kind is HolderKind.APPLICANT:
        return "done", _("已交还")
    if link is not None and link.to_kind is HolderKind.DEPARTMENT:
        return "quiet", _("科室审查中")
    counted = [line for line in lines if line.outcome is not Outcome.MOVED and _received(whole, line)]
    if not counted:
        return ("attention", _("清单外收到")) if one.unlisted else ("quiet", _("待装件"))
    outcome = counted[-1].outcome
    open_ = any(row.original_id == one.id and row.settled_at is None for row in whole.discrepancies)
    if outcome in {Outcome.UNCHECKED, Outcome.RECEIVED} or open_:
        state = "attention" if outcome is Outcome.UNCHECKED else SHOWN_AS[outcome]
        return state, word(outcome, locale())
    return "quiet", _("%(found)s，已了结", found=word(outcome, locale()))


def _received(whole: Whole, line: Packed) -> bool:
    return next(one.stage for one in whole.consignments if one.id == line.consignment_id) is Stage.RECEIVED


def _inside(whole: Whole, line: Packed) -> tuple[str, str]:
    stage = next(one.stage for one in whole.consignments if one.id == line.consignment_id)
    if stage is Stage.RECEIVED:
        return "attention", word(Outcome.UNCHECKED, locale())
    if stage in TRAVELLING:
        return "late" if stage is Stage.LOST else "moving", word(stage, locale())
    return "quiet", word(stage, locale())


def last_seen(whole: Whole) -> tuple[str, datetime] | None:
    """Where the courier last saw the envelope that is on its way, and when; None when none is."""
    moving: Sequence[Consignment] = [one for one in whole.consignments if one.stage in TRAVELLING]
    if not moving:
        return None
    seen = [row for row in whole.tracking if row.consignment_id == moving[-1].id]
    return (_place_of(seen[-1]), seen[-1].happened_at) if seen else None


def resolutions(row: Discrepancy) -> list[tuple[str, str]]:
    """How a difference may be settled by words: a loss only by its replacement, or as written by mistake."""
    loss = row.kind in {DiscrepancyKind.MISSING, DiscrepancyKind.EMPTY} and row.original_id is not None
    return [(one.value, word(one, locale())) for one in (_FOR_LOSS if loss else _FOR_REST)]


def words_of(whole: Whole, row: Discrepancy) -> str:
    """What differs, in the reader's language."""
    title = next((one.title for one in whole.originals if one.id == row.original_id), "")
    return difference_words(row.kind.value, row.key, row.note, title)


def is_loss(row: Discrepancy) -> bool:
    """Whether an original is not there."""
    return row.kind in {DiscrepancyKind.MISSING, DiscrepancyKind.WRONG, DiscrepancyKind.EMPTY, DiscrepancyKind.LOST}
