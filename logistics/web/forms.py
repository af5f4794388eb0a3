"""Reading forms: marshmallow shapes, sentences at the field, and the same page again when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, cast
from uuid import uuid4

from flask import Response, flash, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import RAISE, Schema, ValidationError, fields

from logistics.errors import Malformed, NotAllowed, Rejected, Said, YoudangError
from logistics.web.language import locale

P = ParamSpec("P")

OWN = frozenset({"_csrf", "next"})  # fields of the page's machinery, not of the form's shape

PLAIN = {
    "Missing data for required field.": lazy_gettext("请填写这一项。"),
    "Field may not be null.": lazy_gettext("请填写这一项。"),
    "Unknown field.": lazy_gettext("这一项不属于本页。请刷新页面后重试。"),
    "Not a valid integer.": lazy_gettext("请填写整数，例如 3。"),
    "Not a valid number.": lazy_gettext("请填写数字。"),
    "Not a valid boolean.": lazy_gettext("请选择是或否。"),
    "Not a valid date.": lazy_gettext("请填写日期，例如 2026-11-21。"),
    "Not a valid UUID.": lazy_gettext("这一页的编号不完整。请刷新页面后重试。"),
    "Not a valid email address.": lazy_gettext("请填写电子邮箱，例如 li@example.org。"),
    "Not a valid time.": lazy_gettext("请填写时间，例如 09:30。"),
    "Not a valid datetime.": lazy_gettext("请填写日期和时间，例如 2026-11-21T09:30。"),
    "Not a valid string.": lazy_gettext("请检查这一项。"),
    "Invalid value.": lazy_gettext("请检查这一项。"),
    "Number too large.": lazy_gettext("这个数太大，请检查。"),
    "Special numeric values (nan or infinity) are not permitted.": lazy_gettext("请填写数字。"),
    "Shorter than minimum length 1.": lazy_gettext("请至少选一项。"),
}
"""marshmallow's own sentences in words for people."""

WITH_BOUNDS = (
    (re.compile(r"Longer than maximum length (?P<most>\d+)\."), lazy_gettext("最多 %(most)s 个字。")),
    (re.compile(r"Must be .* (?P<least>-?\d+) and .* (?P<most>-?\d+)\."), lazy_gettext("请填 %(least)s 至 %(most)s。")),
    (re.compile(r"Must be greater than or equal to (?P<least>-?\d+)\."), lazy_gettext("不能小于 %(least)s。")),
    (re.compile(r"Must be less than or equal to (?P<most>-?\d+)\."), lazy_gettext("不能大于 %(most)s。")),
    (re.compile(r"Must be one of: .*"), lazy_gettext("请从列出的里面选。")),
    (re.compile(r"String does not match expected pattern\."), lazy_gettext("请检查这一项。")),
)
"""Those of its sentences that name a bound or choices; codes of choices are left out."""


class FormShape(Schema):
    """The shape of one form; subclass it. Unknown fields are refused; `command_id` comes with every form."""

    class Meta:
        """Unknown fields are an error."""

        unknown = RAISE

    command_id = fields.UUID(required=True)


def read(shape: type[FormShape]) -> dict[str, Any]:
    """The posted form in that shape, `command_id` as text. Blank fields count as not given. Raises `Malformed`."""
    schema = shape()
    lists = {name for name, field in schema.fields.items() if isinstance(field, fields.List)}
    try:
        loaded: dict[str, Any] = schema.load(_posted(lists))
    except ValidationError as error:
        raise _malformed(error) from error
    return {**loaded, "command_id": str(loaded["command_id"])}


def redraws(draw: Callable[P, Response]) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """When the act is refused, answer with `draw` (same path parameters), sentences at the fields, input kept."""

    def decorate(act: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(act)
        def doing(*args: P.args, **kwargs: P.kwargs) -> Response:
            try:
                return act(*args, **kwargs)
            except (Malformed, Rejected, NotAllowed) as why:
                g.problem = _spoken(why)
                answer = draw(*args, **kwargs)
                answer.status_code = why.status
                return answer

        return doing

    return decorate


def said(sentence: str) -> None:
    """The next page shows this sentence as done, with a tick."""
    flash(sentence, "done")


def new_command_id() -> str:
    """A fresh id for one form: whatever is sent twice with it happens once."""
    return str(uuid4())


def here(sentence: object) -> Said:
    """A sentence that was looked up in the reader's language, as it stands at a field of this very answer."""
    return Said(str(sentence), str(sentence))


def problem() -> YoudangError | None:
    """Why the act of this request was refused; None when it was not."""
    return cast("YoudangError | None", g.get("problem"))


def errors_of(name: str) -> list[str]:
    """What is wrong with the field, in the reader's language."""
    why = problem()
    return [str(one) for one in why.fields.get(name, ())] if isinstance(why, Malformed) else []


def typed(name: str, default: Any = "") -> Any:
    """What the reader had typed there when the act was refused, else `default`."""
    return request.form.get(name, default) if problem() else default


def typed_list(name: str, default: list[str]) -> list[str]:
    """What the reader had ticked there when the act was refused, else `default`."""
    return request.form.getlist(name) if problem() else default


def _spoken(why: YoudangError) -> YoudangError:
    """The same refusal, its sentences at the fields in the reader's language."""
    if isinstance(why, Malformed):
        why.fields = {name: [here(one.sentence(locale())) for one in found] for name, found in why.fields.items()}
    return why


def _posted(lists: set[str]) -> Mapping[str, Any]:
    given: dict[str, Any] = {}
    for name in request.form:
        if name in OWN:
            continue
        values = [value.strip() for value in request.form.getlist(name) if value.strip()]
        if name in lists:
            given[name] = values
        elif values:
            given[name] = values[-1]
    return given


def _malformed(error: ValidationError) -> Malformed:
    messages: Mapping[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    by_field = {str(name): [here(one) for one in _sentences(found)] for name, found in messages.items()}
    return Malformed(
        f"还没有保存：有 {len(by_field)} 处需要改。请看标红的地方。",
        f"Not saved yet: {len(by_field)} field(s) need a correction. See the marked places.",
        by_field,
    )


def _sentences(found: object) -> list[str]:
    if isinstance(found, Mapping):  # a list field: position -> sentences
        return [sentence for part in found.values() for sentence in _sentences(part)]
    return [_plain(str(text)) for text in found] if isinstance(found, list) else [_("请检查这一项。")]


def _plain(text: str) -> str:
    for shape, said_so in WITH_BOUNDS:
        if bounds := shape.fullmatch(text):
            return str(said_so) % bounds.groupdict()
    return str(PLAIN.get(text, text))
