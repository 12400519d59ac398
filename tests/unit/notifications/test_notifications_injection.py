"""What anybody writes stays text: it becomes no header, no markup and no template, in any language and edition."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notifications.acts.rendering import render_feed, render_mail
from services.notifications.domain.kind import EDITIONS
from services.notifications.store.notices import WrittenNotice
from shared.mail.message import build_message
from shared.mail.protocol import Mail

HOSTILE = (
    '<script>alert("x")</script>',
    "{{ 7 * 7 }}{% for x in y %}",
    "a\r\nBcc: eve@x.example\r\n\r\n<b>",
    "\u2028Bcc: eve@x.example",
    "' onload='x",
)
WORDS = st.one_of(
    st.sampled_from(HOSTILE), st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)
)


def mail(word: str, version: int, language: str) -> Mail:
    """A request for information in which everything that a person can write is one word."""
    notice = WrittenNotice(
        notice_id=UUID("11111111-2222-5333-8444-555555555555"),
        kind="N-03",
        subject=word,
        cause_sequence=1,
        version=version,
        importer_number="07-345678900",
        entry_number=None,
        entry_numbers=(),
        filer_code="B76",
        surety_code=None,
        center="CEE007",
        issued_on=date(2026, 3, 2),
        due_on=date(2026, 4, 1),
        citation=word,
        if_nothing_is_done="The Center decides on what it has.",
        body={
            "request_id": word,
            "questions": [word],
            "reasons": [{"text": word, "citation": word}],
            "recorded": [["remarks", word]],
            "faults": [{"field": word, "came": word, "right": word}],
            "contact": word,
            "status": word,
        },
        caused_at=datetime(2026, 3, 2, 20, 0, tzinfo=UTC),
        variant=None,
    )
    return render_mail(
        notice,
        to="trade@importer.example",
        name=word,
        message_id="<a@c.example>",
        base_url="https://b.example",
        language=language,
    )


class Markup(HTMLParser):
    """The tags of a page with their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("version", [edition.version for edition in EDITIONS])
@given(word=WORDS)
@example(word=HOSTILE[0])
@example(word=HOSTILE[1])
@example(word=HOSTILE[2])
def test_what_somebody_wrote_makes_neither_headers_nor_markup_nor_templates(
    version: int, language: str, word: str
) -> None:
    told, plain = mail(word, version, language), mail("word", version, language)
    assert Markup(told.html).tags == Markup(plain.html).tags
    assert len(told.text.splitlines()) >= 1
    parsed = email.message_from_bytes(build_message(told, "C <n@c.example>"), policy=email.policy.default)
    names = email.message_from_bytes(build_message(plain, "C <n@c.example>")).keys()
    assert list(parsed.keys()) == list(names)
    if "7 * 7" in word:
        assert "{{ 7 * 7 }}" in told.text
        assert "49" not in told.text


@pytest.mark.parametrize("word", HOSTILE)
def test_a_feed_is_well_formed_whatever_was_searched(word: str) -> None:
    names = ("notice_id", "event_type", "entry_number", "action", "voided_on", "event_on", "posted_on")
    posting = dict.fromkeys((*names, "port_of_entry", "filer_code", "basis", "kept_until"), word)
    feed = render_feed([posting], base_url="https://b.example", query=word, now=datetime(2026, 3, 2, 20, 0, tzinfo=UTC))
    root = ET.fromstring(feed)
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1


def test_a_notice_is_told_for_ever_in_the_edition_that_it_was_made_with() -> None:
    old, new = mail("word", 2, "en").text, mail("word", 3, "en").text
    assert old.index("Issued on") < old.index("If nothing is done")  # facts came first
    assert new.index("Reply by") < new.index("If nothing is done") < new.index("Issued on")
    assert ("edition 3 of 2026-11-29" in new, "edition" in old) == (True, False)
    assert replace(mail("word", 1, "en"), message_id="x").text == replace(mail("word", 2, "en"), message_id="x").text
