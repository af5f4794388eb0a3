"""The one blueprint of `/api/v1`, how a route is declared, and the OpenAPI document that describes them all."""

from __future__ import annotations

import http
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema
from werkzeug.routing import UnicodeConverter

from logistics.api import answers
from logistics.api.problems import MEDIA_TYPE
from logistics.api.schemas import Key, Nothing
from logistics.api.tokens import command_id

View = TypeVar("View", bound=Callable[..., Any])
PREFIX = "/api/v1"
NUMBER = r"[0-9A-Za-z-]{1,40}"

blueprint: Any = Blueprint("api", __name__, url_prefix=PREFIX)


class NumberConverter(UnicodeConverter):
    """A number people read: digits, letters, hyphens. Anything else in its place is no address at all."""

    regex = NUMBER
    part_isolating = True

    def __init__(self, map: Any) -> None:
        """Without a length of its own: the pattern has one."""
        super().__init__(map)
        self.regex = NUMBER


class V1(Api):  # type: ignore[misc]
    """The API without error handlers of its own: `problems` answers, by path, and leaves the pages theirs."""

    ERROR_SCHEMA = answers.Problem

    def _register_error_handlers(self) -> None:
        """None: see `problems.install`."""

    def _register_responses(self) -> None:
        """Every error is described as a problem document."""
        for status in http.HTTPStatus:
            self._describe(status.name, status.phrase, problem=status >= http.HTTPStatus.BAD_REQUEST)
        self._describe(self.DEFAULT_ERROR_RESPONSE_NAME, "Any other error", problem=True)

    def _describe(self, name: str, words: str, problem: bool) -> None:
        body = {"content": {MEDIA_TYPE: {"schema": self.ERROR_SCHEMA}}} if problem else {}
        self.spec.components.response(name, {"description": words, **body}, lazy=True)


def install(app: Flask) -> None:
    """`app` serves the routes and `openapi.json`."""
    from logistics.api import routes

    routes.load()
    app.config.update(
        API_TITLE="邮档 Youdang",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": "Mailing dossiers of original documents, for other systems of the same agencies."},
            "security": [{"token": []}],
        },
    )
    app.url_map.converters["number"] = NumberConverter
    api = V1()
    api.register_converter(NumberConverter, lambda _: {"type": "string", "pattern": f"^{NUMBER}$"})
    api.init_app(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.register_blueprint(blueprint)


def reads(rule: str, answer: type[Schema], query: type[Schema] = Nothing) -> Callable[[View], View]:
    """Declare a GET: the view gets the loaded query and the path's parts, and returns what `answer` dumps."""

    def declare(view: View) -> View:
        answering = blueprint.response(200, answer)(view)
        asking = blueprint.arguments(query, location="query", unknown=RAISE)(answering)
        _route(rule, "GET", view, asking)
        return view

    return declare


def gives_bytes(rule: str, media_types: Iterable[str]) -> Callable[[View], View]:
    """Declare a GET whose answer is a file of one of those kinds."""

    def declare(view: View) -> View:
        kinds: dict[str, dict[str, object]] = {kind: {} for kind in media_types}
        answering = blueprint.doc(responses={"200": {"description": "OK", "content": kinds}})(view)
        _route(rule, "GET", view, blueprint.alt_response(404, "NOT_FOUND")(answering))
        return view

    return declare


def acts(rule: str, answer: type[Schema], body: type[Schema] = Nothing, status: int = 200) -> Callable[[View], View]:
    """Declare a POST: the view gets the command id, the loaded body and the path's parts."""

    def declare(view: View) -> View:
        @wraps(view)
        def act(header: dict[str, str], given: dict[str, Any], **path: Any) -> Any:
            return view(command_id(header["key"]), given, **path)

        answering = blueprint.response(status, answer)(act)
        reading = blueprint.arguments(body, required=body is not Nothing)(answering)
        keyed = blueprint.arguments(Key, location="headers")(reading)
        _route(rule, "POST", view, keyed)
        return view

    return declare


def _route(rule: str, method: str, view: Callable[..., Any], answering: Callable[..., Any]) -> None:
    described = blueprint.doc(operationId=view.__name__)(answering)
    blueprint.add_url_rule(rule, endpoint=view.__name__, view_func=described, methods=[method])


def file(content: bytes, media_type: str, name: str) -> Response:
    """Bytes under a name."""
    return Response(content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
