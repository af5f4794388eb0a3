"""The linter of our scripts looks at all of them, and sees what it is there for."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from logistics.archive import page

HOME = Path(__file__).parents[2]
LINTER = HOME / "node_modules" / ".bin" / "oxlint"

FAULTS = {
    "no-undef": "console.log(nowhere);",
    "no-unused-vars": "(() => { const left = 1; })();",
    "no-unreachable": "(() => { const one = () => { return 1; console.log(2); }; one(); })();",
    "eqeqeq": "if (document.title == 1) console.log(1);",
    "require-await": "(async () => { console.log(1); })();",
    "no-async-promise-executor": "console.log(new Promise(async (done) => { await fetch('/'); done(); }));",
}
"""By rule: a script with this one fault."""
NOT_OURS = {"vendor", "node_modules", ".venv", "out", "var"}


def linted(file: Path) -> str:
    """What the linter says about a script, by the project's settings."""
    order = [str(LINTER), "--config", str(HOME / ".ci" / "oxlint.json"), "--format", "unix", str(file)]
    return subprocess.run(order, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_in_a_script_is_found(rule: str, tmp_path: Path) -> None:
    script = tmp_path / "page.js"
    script.write_text(f'"use strict";\n{FAULTS[rule]}\n', encoding="utf-8")
    assert f"({rule})" in linted(script)


def test_the_verification_page_s_script_as_it_is_handed_out_has_none_of_these_faults(tmp_path: Path) -> None:
    script = tmp_path / "verify.js"
    joined = page.whole().decode().partition("<script>")[2].partition("</script>")[0]
    script.write_text(joined, encoding="utf-8")
    said = linted(script)
    assert "problems" in said, "the linter did not read it"  # it has its own habits: names said twice, inner and outer
    assert not [
        one for one in said.splitlines() if any(f"({rule})" in one for rule in FAULTS if rule != "require-await")
    ]


def test_every_script_of_ours_is_looked_at() -> None:
    asked = json.loads((HOME / "package.json").read_text(encoding="utf-8"))["scripts"]["lint"]
    assert "logistics/web/static/*.js" in asked
    folders = {
        file.parent.relative_to(HOME).as_posix() for file in HOME.rglob("*.js") if not NOT_OURS & set(file.parts)
    }
    assert folders == {"logistics/web/static", "logistics/archive/page"}
