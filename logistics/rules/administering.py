"""What an administrator may change about officers: only of agencies they keep, and never their own way out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection

from logistics.errors import Malformed, Rejected, Said, Wrong
from logistics.terms import Role

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
SHORTEST = 12
"""A password has so many letters at least (GB/T 22239, identification at level three, asks for strength; NIST SP
800-63B for length instead of odd signs)."""
LOGIN_SHAPE = Said(
    "登录名用 2 至 32 个小写字母、数字或 . _ -，以字母开头。",
    "2 to 32 small letters, digits or . _ -, beginning with a letter.",
)
TOO_EASY = Said(
    "新密码太容易猜：不要含登录名，也不要只重复几个字。",
    "Too easy to guess: leave out the log-in name, and do not repeat a few letters.",
)
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 4, 4


def new_password() -> str:
    """A password to be read out once: sixteen letters and digits nobody takes for one another, in four groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def require_sound(login: str, name: str, roles: Collection[Role]) -> None:
    """Returns for an officer who can be kept so. Raises `Malformed` naming each field."""
    wrong: Wrong = {}
    if not LOGIN.fullmatch(login):
        wrong["login"] = [LOGIN_SHAPE]
    if not name.strip():
        wrong["name"] = [Said("请填写姓名。", "Enter the name.")]
    if not roles:
        wrong["roles"] = [Said("请至少选一个角色。", "Choose at least one role.")]
    if wrong:
        raise Malformed("还没有保存，请看标红的地方。", "Not saved yet. See the marked fields.", wrong)


def require_not_oneself(own: bool, roles: Collection[Role], active: bool) -> None:
    """Returns unless administrators take away their own right to administer. Raises `Rejected` ("own_account")."""
    if own and (Role.ADMINISTRATOR not in roles or not active):
        raise Rejected(
            "不能停用自己或去掉自己的系统管理角色。请由另一位系统管理人员办理。",
            "You cannot switch yourself off or drop your own administrator role. Ask another administrator.",
            "own_account",
        )


def require_strong(password: str, login: str, again: str) -> None:
    """Returns for a new password that may be used. Raises `Malformed`."""
    wrong: Wrong = {}
    if len(password) < SHORTEST:
        wrong["new"] = [
            Said(f"新密码至少 {SHORTEST} 位，可以是一句话。", f"At least {SHORTEST} characters; a sentence will do.")
        ]
    elif len(set(password)) < 5 or login.lower() in password.lower():
        wrong["new"] = [TOO_EASY]
    if password != again:
        wrong["again"] = [Said("两次输入的新密码不一样。", "The two new passwords differ.")]
    if wrong:
        raise Malformed("密码没有更改，请看标红的地方。", "The password was not changed.", wrong)
