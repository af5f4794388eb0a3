"""Sentences of templates: in the reader's language, and what is put into them is escaped."""

from __future__ import annotations

from flask import Flask, g, render_template_string

COUNT = "{{ ngettext('%(num)s 份评价', '%(num)s 份评价', many) }}"


def drawn(site: Flask, language: str, template: str, **values: object) -> str:
    with site.test_request_context("/"):
        g.locale = language
        return render_template_string(template, **values)


def test_a_sentence_is_in_the_readers_language_and_escapes_what_is_put_into_it(site: Flask) -> None:
    template = "{{ _('责任单位 %(agency)s', agency=agency) }}"
    assert drawn(site, "zh", template, agency="<b>&甲") == "责任单位 &lt;b&gt;&amp;甲"
    assert drawn(site, "en", template, agency="<b>") == "&lt;b&gt; responsible"
    assert drawn(site, "en", "{{ _('这一句谁也没有翻译 100%%') }}") == "这一句谁也没有翻译 100%"


def test_a_sentence_with_a_number_takes_the_form_for_it(site: Flask) -> None:
    assert [drawn(site, "en", COUNT, many=number) for number in (0, 1, 2)] == ["0 ratings", "1 rating", "2 ratings"]
    assert drawn(site, "zh", COUNT, many=3) == "3 份评价"
