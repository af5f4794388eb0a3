"""What a browser keeps to work without network: the worker, the shell page in both languages, and what they consist of.

The shell is the same for everybody: it is asked for without a log-in and holds no word about anybody.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, g, jsonify, make_response, render_template, send_from_directory, url_for

import logistics.web
from logistics.web.headers import POLICY, allow_camera
from logistics.web.language import LOCALES
from logistics.web.receiving.counting import EXTRAS
from logistics.web.receiving.lines import FINDINGS
from logistics.web.visit import open_to_all

pages = Blueprint("offline", __name__)
STATIC = Path(logistics.web.__path__[0]) / "static"
FILES = (
    "mark.svg",
    "vendor/tabler.min.css",
    "tokens.css",
    "youdang.css",
    "receiving.css",
    "signing.css",
    "offline.css",
    "vendor/idb.min.js",
    "vendor/zxing.min.js",
    "vendor/zxing_reader.wasm",
    "youdang.js",
    "device.js",
    "receiving.js",
    "signature.js",
    "lens.js",
    "camera.js",
    "offline-words.js",
    "held.js",
    "offline-envelope.js",
    "offline.js",
)
"""All that the shell page is made of, beside itself."""

CAMERA_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""For pages whose camera reads codes: the reader is WebAssembly, kept here like every other script."""


def with_camera(answer: Response) -> Response:
    """The answer, whose page may read codes with the camera."""
    answer.headers["Content-Security-Policy"] = CAMERA_POLICY
    return allow_camera(answer)


@pages.get("/worker.js")
@open_to_all
def worker() -> Response:
    """The worker, at the root so that it may answer for every page when there is no network."""
    answer = send_from_directory(STATIC, "worker.js", mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/device/shell.json")
@open_to_all
def shell() -> Response:
    """The files to keep, by addresses that carry their digest, the pages, and the version of it all."""
    return jsonify(version=version(), files=_addresses(), pages=[_page(one) for one in LOCALES])


@pages.get("/offline/<language>")
@open_to_all
def page(language: str) -> Response:
    """The receiving desk that needs no network. Says nothing about whoever asks."""
    if language not in LOCALES:
        abort(404)
    answer = with_camera(make_response(_drawn(language)))
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@cache
def version() -> str:
    """Changes whenever a file or a page of the shell does."""
    whole = "\n".join([*_addresses(), *(_drawn(one) for one in LOCALES)])
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _addresses() -> list[str]:
    return [url_for("static", filename=one, v=_digest(one)) for one in FILES]


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _page(language: str) -> str:
    return url_for("offline.page", language=language)


def _drawn(language: str) -> str:
    before = g.get("locale")
    g.locale = language
    try:
        return render_template("receiving/offline.html", findings=FINDINGS, extras=range(1, EXTRAS + 1))
    finally:
        g.pop("locale")
        if before is not None:
            g.locale = before
