"""The page `verify.html`: the verifier for a browser, one file that asks nothing of anybody.

`whole()` assembles it of the texts beside this file and of the sentences in `findings`; the same bytes every time.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files

from logistics.archive import findings

SCRIPTS = (
    "text", "json", "sm3", "digests", "numbers", "signatures", "der", "sm2", "certificates", "stamps", "inflate",
    "container", "directory", "opening", "bag", "ledger", "evidence", "countersigns", "story", "verify", "checks",
    "screen",
)  # fmt: skip
HERE = files("logistics.archive.page")
_POLICY = "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'"


@cache
def whole() -> bytes:
    """The page, UTF-8. Its content policy names its one script and one style by digest and forbids all else."""
    page = _read("page.html")
    for mark, text in (("POLICY", policy()), ("STYLE", _style()), ("SCRIPT", _script())):
        page = page.replace("{{" + mark + "}}", text)
    return page.encode()


@cache
def policy() -> str:
    """The content policy that the page carries and that whoever serves it must send."""
    return _POLICY.format(script=_digest(_script()), style=_digest(_style()))


def _style() -> str:
    return "\n" + _read("page.css")


@cache
def _script() -> str:
    """All scripts in one strict function of their own; first the sentences, which have their home in `findings`."""
    parts = [f"// ---- {name}.js\n\n{_read(name + '.js')}" for name in SCRIPTS]
    return "\n".join(["", '"use strict";', "(() => {", f"const WORDING = {_wording()};", *parts, "})();", ""])


def _wording() -> str:
    said = {
        "faults": findings.FAULTS,
        "proven": findings.PROVEN,
        "not_proven": findings.NOT_PROVEN,
        "verdicts": findings.VERDICTS,
    }
    return json.dumps(said, ensure_ascii=False, indent=1).replace("</", "<\\/")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return HERE.joinpath(name).read_text(encoding="utf-8")
