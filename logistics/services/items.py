"""An administrator keeps service items and their checklists; what dossiers opened before go by stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from logistics.actor import Actor
from logistics.errors import NotYours
from logistics.rules import access
from logistics.rules import items as rules
from logistics.rules.items import Line, Terms
from logistics.store import catalogue
from logistics.store.context import Context
from logistics.store.work import Work, work
from logistics.tables import DirectoryAct, ServiceItem


def add(ctx: Context, actor: Actor, command_id: str, agency_id: int, code: str, terms: Terms) -> dict[str, Any]:
    """The item is there, kept by that agency, without a checklist yet. Returns `{"item": id}`.

    Raises `Malformed` naming each field, `NotAllowed`, `NotYours` for an agency that is not theirs.
    """
    with work(ctx, actor, "add_item", command_id) as w:
        if w.done is not None:
            return w.done
        access.require_role(actor.roles, access.role_for("manage_items"))
        if agency_id not in actor.agencies:
            raise NotYours("单位", "agency")
        code = rules.folded_code(code)
        catalogue.hold_codes(w.session)
        wrong = rules.wrong_terms(terms)
        if rules.wrong_code(code):
            wrong["code"] = rules.wrong_code(code)
        elif catalogue.by_code(w.session, [code]):
            wrong["code"] = [rules.TAKEN_CODE]
        rules.refuse(wrong)
        row = ServiceItem(code=code, agency_id=agency_id, **asdict(terms))
        w.session.add(row)
        w.session.flush()
        _record(w, row, "add_item", asdict(terms))
        return w.finish(item=row.id)


def change(ctx: Context, actor: Actor, command_id: str, item_id: int, terms: Terms) -> dict[str, Any]:
    """The item says this for dossiers opened from now on. Raises as `add`."""
    with work(ctx, actor, "change_item", command_id) as w:
        if w.done is not None:
            return w.done
        row = _kept(w, actor, item_id)
        rules.refuse(rules.wrong_terms(terms))
        changed = catalogue.revise(w.session, row, terms, w.now)
        if changed:
            _record(w, row, "change_item", changed)
        return w.finish(item=item_id, changed=sorted(changed))


def use(ctx: Context, actor: Actor, command_id: str, item_id: int, *, active: bool, why: str = "") -> dict[str, Any]:
    """The item may be applied for, or no longer; dossiers under way go on. Raises as `add`; taking it out of use asks
    why."""
    with work(ctx, actor, "use_item", command_id) as w:
        if w.done is not None:
            return w.done
        row = _kept(w, actor, item_id)
        if not active and not why.strip():
            rules.refuse({"why": [rules.FILL_IN]})
        if row.active != active:
            row.active = active
            w.session.add(row)
            _record(w, row, "use_item" if active else "retire_item", {"why": why.strip()})
        return w.finish(item=item_id)


def add_material(ctx: Context, actor: Actor, command_id: str, item_id: int, line: Line) -> dict[str, Any]:
    """The checklist has one line more, at its end. Raises as `add`, `Rejected` ("checklist_full")."""
    with work(ctx, actor, "add_material", command_id) as w:
        if w.done is not None:
            return w.done
        row, lines = _checklist(w, actor, item_id)
        rules.refuse(rules.wrong_line(line, [one.name for one in lines]))
        _lay(w, row, [*lines, line], "add_material", {"material": line.name, **rules.said_of(line)})
        return w.finish(item=item_id)


def change_material(
    ctx: Context, actor: Actor, command_id: str, item_id: int, material_id: int, line: Line
) -> dict[str, Any]:
    """The line is so for dossiers opened from now on. Raises as `add`; `NotYours` for a line no longer in force."""
    with work(ctx, actor, "change_material", command_id) as w:
        if w.done is not None:
            return w.done
        row, lines = _checklist(w, actor, item_id)
        place = _place(w, item_id, material_id)
        before = lines[place]
        rules.refuse(rules.wrong_line(line, [one.name for number, one in enumerate(lines) if number != place]))
        changed = rules.differences(rules.said_of(before), rules.said_of(line))
        if changed:
            lines[place] = line
            _lay(w, row, lines, "change_material", {"material": before.name, "changed": changed})
        return w.finish(item=item_id, changed=sorted(changed))


def move_material(
    ctx: Context, actor: Actor, command_id: str, item_id: int, material_id: int, *, up: bool
) -> dict[str, Any]:
    """The line stands one place higher or lower. Raises as `change_material`."""
    with work(ctx, actor, "move_material", command_id) as w:
        if w.done is not None:
            return w.done
        row, lines = _checklist(w, actor, item_id)
        place = _place(w, item_id, material_id)
        after = rules.moved(lines, place, -1 if up else 1)
        if after != lines:
            now_at = [place + 1, after.index(lines[place]) + 1]
            _lay(w, row, after, "move_material", {"material": lines[place].name, "place": now_at})
        return w.finish(item=item_id)


def drop_material(ctx: Context, actor: Actor, command_id: str, item_id: int, material_id: int) -> dict[str, Any]:
    """The line is wanted no longer of dossiers opened from now on. Raises as `change_material`."""
    with work(ctx, actor, "drop_material", command_id) as w:
        if w.done is not None:
            return w.done
        row, lines = _checklist(w, actor, item_id)
        gone = lines.pop(_place(w, item_id, material_id))
        _lay(w, row, lines, "drop_material", {"material": gone.name, **rules.said_of(gone)})
        return w.finish(item=item_id)


def _checklist(w: Work, actor: Actor, item_id: int) -> tuple[ServiceItem, list[Line]]:
    row = _kept(w, actor, item_id)
    return row, [rules.line_of(one) for one in catalogue.materials_at(w.session, item_id)]


def _place(w: Work, item_id: int, material_id: int) -> int:
    ids = [one.id for one in catalogue.materials_at(w.session, item_id)]
    if material_id not in ids:
        raise NotYours("材料", "material")
    return ids.index(material_id)


def _lay(w: Work, row: ServiceItem, lines: Sequence[Line], verb: str, data: dict[str, Any]) -> None:
    rules.require_room(lines)
    catalogue.lay_down(w.session, row.id or 0, lines, w.now)
    _record(w, row, verb, data)


def _kept(w: Work, actor: Actor, item_id: int) -> ServiceItem:
    """The item, locked, where the actor keeps it. Raises `NotAllowed`, `NotYours`."""
    access.require_role(actor.roles, access.role_for("manage_items"))
    row = catalogue.item(w.session, item_id, lock=True)
    access.require_item_keeper(actor.agencies, catalogue.keeper(w.session, row).id)
    return row


def _record(w: Work, row: ServiceItem, verb: str, data: dict[str, Any]) -> None:
    keeper = row.agency_id if row.agency_id in w.actor.agencies else w.actor.agency_id
    w.session.add(
        DirectoryAct(
            agency_id=keeper or 0,
            officer_id=w.actor.officer_id or 0,
            subject=row.code,
            verb=verb,
            data=data,
            at=w.now,
            item_id=row.id,
        )
    )
