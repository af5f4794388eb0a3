"""A web process for the kill test: the couriers' hook, and our verbs over HTTP with the caller's command id.

Verbs are called exactly as the product's doors call them, as the role that row-level security binds; an act is
acknowledged only after its transaction is committed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from couriers.contract import Push
from logistics import world
from logistics.actor import Actor
from logistics.config import Config
from logistics.errors import YoudangError
from logistics.services import dispatch, dossiers, receipt, tracking
from logistics.store.context import Context
from logistics.store.work import reading
from logistics.tables import Agreement, Consignment, Discrepancy, Dossier, ServiceItem
from logistics.terms import DecisionResult, Direction, Outcome, Resolution
from tests import builders

Verb = Callable[[Context, Actor, str, Mapping[str, Any]], dict[str, Any]]


def _open(ctx: Context, actor: Actor, command: str, said: Mapping[str, Any]) -> dict[str, Any]:
    with reading(ctx.engine, actor) as session:
        agreement = session.exec(select(Agreement.id).where(Agreement.no == "XN-FR-2026-01")).one()
        item = session.exec(select(ServiceItem.id).where(ServiceItem.code == "430102-XL-001")).one()
    new = builders.new_dossier(agreement or 0, item or 0, said["case"])
    return dossiers.open_dossier(ctx, actor, command, new)


VERBS: dict[str, Verb] = {
    "open": _open,
    "list": lambda c, a, k, s: dossiers.list_original(c, a, k, s["dossier"], builders.paper(s["title"])),
    "start": lambda c, a, k, s: dispatch.start_consignment(c, a, k, s["dossier"], Direction(s["direction"])),
    "pack": lambda c, a, k, s: dispatch.pack(c, a, k, s["consignment"], s["original"]),
    "seal": lambda c, a, k, s: dispatch.seal(c, a, k, s["consignment"], s["seal"]),
    "dispatch": lambda c, a, k, s: dispatch.dispatch(c, a, k, s["consignment"], "ems"),
    "void": lambda c, a, k, s: dispatch.void(c, a, k, s["consignment"], "演练作废"),
    "receive": lambda c, a, k, s: receipt.receive(
        c, a, k, s["consignment"], s["seal"], {code: Outcome(found) for code, found in s["found"].items()}
    ),
    "correct": lambda c, a, k, s: receipt.correct(c, a, k, s["consignment"], s["original"], "夹在封套内层"),
    "hand": lambda c, a, k, s: dossiers.hand_to_department(c, a, k, s["dossier"], "审批科", tuple(s["originals"])),
    "decide": lambda c, a, k, s: dossiers.decide(c, a, k, s["dossier"], DecisionResult.APPROVED, ""),
    "take_back": lambda c, a, k, s: dossiers.take_back(c, a, k, s["dossier"], tuple(s["originals"])),
    "give": lambda c, a, k, s: dossiers.give_to_applicant(c, a, k, s["dossier"], tuple(s["originals"])),
    "settle": lambda c, a, k, s: receipt.settle(
        c, a, k, s["dossier"], s["discrepancy"], Resolution.EXPLAINED, "作废件已由邮局追回"
    ),
    "close": lambda c, a, k, s: dossiers.close(c, a, k, s["dossier"]),
}


class Door:
    """The WSGI application."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._actor = cache(self._find)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        try:
            response = self._answer(request)
        except YoudangError as no:
            response = _json({"rule": no.rule, "en": no.en, "status": no.status}, 409)
        except DBAPIError as fault:  # rolled back; the caller asks again with the same id
            response = _json({"fault": type(fault).__name__}, 500)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/hooks/ems":
            return self._hook(request)
        said = json.loads(request.get_data())
        actor = self._actor(said["who"])
        if request.path == "/differences":
            with reading(self._ctx.engine, actor) as session:
                return _json({"open": _differences(session, said["dossier"])})
        if request.path == "/stage":
            with reading(self._ctx.engine, actor) as session:
                row = session.exec(select(Consignment).where(Consignment.no == said["consignment"])).one()
                return _json({"stage": row.stage.value, "refusal": row.refusal})
        return _json(VERBS[request.path[1:]](self._ctx, actor, said["command"], said))

    def _hook(self, request: Request) -> Response:
        courier = self._ctx.couriers["ems"]
        push = Push(dict(request.headers), request.get_data())
        trusted = courier.trusts(push)
        if trusted:
            tracking.accept_push(self._ctx, "ems", push)
        answer = courier.answer(push, trusted)
        return Response(answer.body, answer.status, content_type=answer.content_type)

    def _find(self, login: str) -> Actor:
        with Session(self._ctx.engine) as session:
            return builders.officer(session, login)


def _differences(session: Session, dossier_no: str) -> list[int]:
    found = session.exec(
        select(Discrepancy.id)
        .join(Dossier, col(Dossier.id) == Discrepancy.dossier_id)
        .where(Dossier.no == dossier_no, col(Discrepancy.settled_at).is_(None))
    )
    return [one for one in found if one is not None]


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object, **__: object) -> None:
        return


def serve(config: Config) -> None:
    """Answer on the config's port until killed."""
    with world.context(config, "app") as ctx:
        make_server("127.0.0.1", config.port, Door(ctx), threaded=True, request_handler=_Quiet).serve_forever()


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")
