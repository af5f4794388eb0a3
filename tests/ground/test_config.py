"""Settings: read once, every fault reported at once, the README's table is the code's table."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couriers import adapters
from logistics.config import SETTINGS, Config, ConfigError, settings_table

ROOT = Path(__file__).parents[2]


def test_without_any_setting_everything_is_local_and_embedded() -> None:
    config = Config.from_env({})
    assert config.is_embedded
    assert (config.host, config.port, config.base_url) == ("127.0.0.1", 8420, "http://127.0.0.1:8420")
    assert config.var == Path("var").absolute()
    assert config.keyring_file == config.var / "secrets" / "keyring.json"
    assert not config.cookie_secure
    assert config.smtp_url is None


def test_every_missing_or_wrong_name_is_reported_at_once() -> None:
    wrong = {
        "DATABASE_URL": "mysql://somewhere/x",
        "YOUDANG_PORT": "eighty",
        "YOUDANG_TICK_SECONDS": "0",
        "YOUDANG_LEASE_SECONDS": "nan",
        "YOUDANG_LOG_LEVEL": "loud",
        "YOUDANG_COOKIE_SECURE": "maybe",
        "YOUDANG_BASE_URL": "youdang.example",
        "YOUDANG_SMTP_URL": "mail.example:25",
        "YOUDANG_PROT": "8420",
    }
    with pytest.raises(ConfigError) as caught:
        Config.from_env(wrong)
    assert sorted(problem.split(":")[0] for problem in caught.value.problems) == sorted(wrong)
    for problem in caught.value.problems:
        assert any("一" <= letter <= "鿿" for letter in problem), problem


def test_settings_that_disagree_are_named() -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_env({"YOUDANG_SMTP_URL": "smtp://mail.example:25", "YOUDANG_SANDBOX_PORT": "8420"})
    assert {problem.split(":")[0] for problem in caught.value.problems} == {"YOUDANG_MAIL_FROM", "YOUDANG_SANDBOX_PORT"}


def test_a_url_that_a_command_needs_is_asked_for_by_name() -> None:
    config = Config.from_env({"DATABASE_URL": "postgresql://app:word@db.example/youdang"})
    assert config.app_url == "postgresql+psycopg://app:word@db.example/youdang"
    with pytest.raises(ConfigError, match="DATABASE_OWNER_URL"):
        _ = config.owner_url


def test_no_secret_is_shown_when_settings_are_printed_or_refused() -> None:
    word = "geheim-9f2c"
    env = {
        "DATABASE_URL": f"postgresql://app:{word}@db.example/youdang",
        "YOUDANG_SMTP_URL": f"smtp://u:{word}@mail.example",
        "YOUDANG_MAIL_FROM": "youdang@mail.example",
        "COURIER_EMS_SIGN_KEY": word,
    }
    assert word not in repr(Config.from_env(env))
    with pytest.raises(ConfigError) as caught:
        Config.from_env({**env, "YOUDANG_PORT": "0", "YOUDANG_SMTP_URL": f"http://u:{word}@mail.example"})
    assert word not in str(caught.value)


def test_couriers_settings_pass_through_and_an_empty_one_counts_as_unset() -> None:
    config = Config.from_env({"COURIER_EMS_URL": "https://ems.example/", "COURIER_EMS_SIGN_KEY": "", "OTHER": "1"})
    assert config.couriers == {"COURIER_EMS_URL": "https://ems.example/"}


def test_an_https_address_makes_the_cookie_secure_unless_told_otherwise() -> None:
    assert Config.from_env({"YOUDANG_BASE_URL": "https://mail.example/"}).cookie_secure
    assert not Config.from_env({"YOUDANG_BASE_URL": "https://m.example", "YOUDANG_COOKIE_SECURE": "no"}).cookie_secure


@given(st.dictionaries(st.sampled_from([s.name for s in SETTINGS]), st.text(max_size=30)))
def test_any_values_give_settings_or_a_list_of_problems(env: dict[str, str]) -> None:
    with contextlib.suppress(ConfigError):
        assert 1 <= Config.from_env(env).port <= 65535


def test_every_courier_s_needed_setting_is_documented() -> None:
    documented = {setting.name for setting in SETTINGS}
    for code in adapters.names():
        assert set(adapters.settings_of(code)) <= documented, code


def test_the_readme_lists_exactly_the_settings_of_the_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, rest = readme.partition("<!-- settings -->\n")
    table, found, _ = rest.partition("\n<!-- /settings -->")
    assert found
    assert table == settings_table(), "run: python -m logistics.config"


def test_the_front_end_s_lock_file_names_no_host_and_every_licence() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert "://" not in json.dumps([{**p, "funding": None} for p in lock["packages"].values()])
    assert all(package.get("license") for package in lock["packages"].values())
