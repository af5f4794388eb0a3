"""What every answer carries: a strict content policy, no sniffing, nothing of a page kept in a cache."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS = "camera=(), microphone=(), geolocation=()"
LASTING = "public, max-age=31536000, immutable"  # for files whose address carries their digest


def install(app: Flask) -> None:
    """Every answer of `app` carries the headers."""
    app.after_request(_add)


def allow_camera(answer: Response) -> Response:
    """The answer, whose page may look through a camera of the reader's device; every other page may not even ask."""
    answer.headers["Permissions-Policy"] = PERMISSIONS.replace("camera=()", "camera=(self)")
    return answer


def _add(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", POLICY)
    answer.headers.setdefault("Permissions-Policy", PERMISSIONS)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint == "static" and answer.status_code == 200:
        answer.headers["Cache-Control"] = LASTING if request.args.get("v") else "no-cache"
    else:
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
