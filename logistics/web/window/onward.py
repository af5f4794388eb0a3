"""After an act: on to the next page, so that reloading or going back repeats nothing."""

from __future__ import annotations

from flask import Response, make_response, redirect


def onward(address: str) -> Response:
    """A 303 to an address of this site."""
    return make_response(redirect(address, 303))
