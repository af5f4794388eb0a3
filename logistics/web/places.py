"""Addresses inside this site: where to go back to, never elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def back_to(wanted: str | None, default: str = "/") -> str:
    """`wanted` as a path of this site; `default` when it is missing or leads elsewhere."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return default
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or any(ord(letter) < 33 for letter in wanted):
        return default
    return wanted


def shown_page() -> str:
    """The page the reader looks at: this one for a GET, the one the form stood on otherwise."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.full_path.rstrip("?")
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "/")
    own = not parts.netloc or parts.netloc == request.host
    return back_to(parts.path + (f"?{parts.query}" if parts.query else "")) if own else "/"
