"""The page verify.html is open to all, and may do nothing but what it carries."""

from __future__ import annotations

from logistics.archive import page
from tests.web.conftest import Visitor


def test_a_stranger_gets_the_page_with_its_own_policy_and_nothing_else_allowed(stranger: Visitor) -> None:
    answer = stranger.get("/verify.html")
    assert answer.status_code == 200
    assert answer.data == page.whole()
    assert answer.headers["Content-Security-Policy"] == f"{page.policy()}; frame-ancestors 'none'"
    assert "unsafe" not in page.policy()
    assert page.policy().startswith("default-src 'none'")


def test_the_log_in_page_leads_to_it_in_both_languages(stranger: Visitor) -> None:
    assert '<a href="/verify.html">核验归档信息包</a>' in stranger.get("/login").text
    stranger.client.set_cookie("youdang_language", "en")
    assert '<a href="/verify.html">Check an archive package</a>' in stranger.get("/login").text
