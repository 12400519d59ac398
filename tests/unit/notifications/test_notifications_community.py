"""Broadcasts, subscriptions and questions as rules: examples, states, links, headers, and what is confidential."""

import email
import email.policy
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.acts.rendering import render_digest, render_mail
from services.notifications.domain.broadcasts import ACTS, TRANSITIONS
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.kind import VERSION, Lane
from services.notifications.domain.questions import find_confidential, rule_row_of
from services.notifications.domain.segments import Segment, bounds_of, document_of, segment_of
from services.notifications.domain.subscriptions import NEWS_KINDS, Links, read_token, topic_of
from services.notifications.handlers.audiences import traits_of_changed, traits_of_routed
from services.notifications.store.notices import WrittenNotice
from shared.mail.message import build_message
from tests.support.events import entry_number
from tests.support.recorded import recorded
from tests.unit.notifications.community import AT

LINKS = Links("https://bulletin.example/", (b"new" * 12, b"old" * 12))


def test_every_act_leads_from_a_state_that_there_is_and_released_words_stay() -> None:
    assert set(TRANSITIONS) == set(ACTS)
    assert TRANSITIONS["revise"] == (frozenset({"draft"}), None)
    assert TRANSITIONS["release"] == (frozenset({"draft"}), "sending")
    assert not any("withdrawn" in before for before, _ in TRANSITIONS.values())


@pytest.mark.parametrize("tariff", ["", "8", "847", "84-8471", "85-84", "84-", "8471.30", "ab", "84711"])
def test_a_range_of_tariff_numbers_is_whole_and_begins_before_it_ends(tariff: str) -> None:
    with pytest.raises(ValueError, match=r"range|digits"):
        bounds_of(tariff)


def test_a_segment_is_kept_as_json_has_it() -> None:
    segment = Segment(("filer", "agent"), ("84-85", "7208"), ("CTPAT",), ("small",), ("CN",))
    assert segment_of(document_of(segment)) == segment


def test_only_news_of_the_own_rule_can_be_ended() -> None:
    assert {kind for kind in NEWS_KINDS if CATALOGUE[kind].law != "own rule of Centerline"} == set()
    for kind in CATALOGUE.values():
        for variant in (None, *kind.variants):
            is_news = topic_of(kind.id, variant) is not None
            assert is_news == (kind.id in NEWS_KINDS), (kind.id, variant)
            assert not (is_news and (kind.words(variant).has_legal_effect or kind.is_lettered))
    assert {kind.id for kind in CATALOGUE.values() if kind.lane is Lane.NEWS} == {"N-33", "N-47"}


def test_a_link_is_known_under_the_key_before_and_is_of_one_recipient_only() -> None:
    before = Links("https://bulletin.example", LINKS.secrets[1:])
    token = before.token(UUID(int=7), "importer")
    read = read_token(token)
    assert read is not None
    assert LINKS.is_of(read[1], UUID(int=7), "importer")
    assert not LINKS.is_of(read[1], UUID(int=7), "filer:B76")
    assert not LINKS.is_of(read[1], UUID(int=8), "importer")
    assert LINKS.link(UUID(int=7), "importer").startswith("https://bulletin.example/unsubscribe/")
    assert token != LINKS.token(UUID(int=7), "importer")


def news_of(kind: str) -> WrittenNotice:
    return WrittenNotice(
        notice_id=UUID(int=7),
        kind=kind,
        subject="s",
        cause_sequence=1,
        version=VERSION,
        importer_number="07-345678900",
        entry_number=None,
        filer_code=None,
        surety_code=None,
        center="CEE007",
        issued_on=date(2026, 3, 6),
        due_on=None,
        citation=CATALOGUE[kind].law,
        if_nothing_is_done=CATALOGUE[kind].if_nothing_is_done,
        body={"recorded": [["subject", "SYNTHETIC"]], "translated": {"es": [["subject", "SINTÉTICO"]]}},
        caused_at=AT,
        variant=None,
        entry_numbers=(),
    )


def mail_of(kind: str) -> email.message.Message:
    mail = render_mail(
        news_of(kind),
        to="trade@importer.example",
        name="SYNTHETIC",
        message_id="<a@b.example>",
        base_url="https://bulletin.example",
        language="es",
        links=LINKS,
    )
    return email.message_from_bytes(build_message(mail, "a@b.example"), policy=email.policy.default)


def test_news_has_the_headers_of_one_click_and_no_other_mail_has() -> None:
    for kind in sorted(NEWS_KINDS):
        told = mail_of(kind)
        assert told["List-Unsubscribe"] == f"<{LINKS.link(UUID(int=7), 'importer')}>"
        assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "07-345678900" not in str(told)
    for kind in ("N-04", "N-09", "N-34"):
        assert mail_of(kind)["List-Unsubscribe"] is None
        assert mail_of(kind)["List-Unsubscribe-Post"] is None


def test_news_in_a_digest_has_its_link_and_the_digest_has_no_header() -> None:
    notices = [news_of("N-33"), replace(news_of("N-41"), notice_id=UUID(int=9))]
    first = render_mail(
        notices[0],
        to="trade@importer.example",
        name="SYNTHETIC",
        message_id="<a@b.example>",
        base_url="https://bulletin.example",
        links=LINKS,
    )
    told = render_digest(
        notices, first, message_id="<d@b.example>", name="SYNTHETIC", base_url="https://bulletin.example", links=LINKS
    )
    assert told.unsubscribe is None
    assert told.text.count(LINKS.link(UUID(int=7), "importer")) == 1


@given(st.integers(min_value=0, max_value=9_999_999), st.sampled_from(["", "-"]), st.sampled_from(["", " ", ",", "("]))
def test_an_entry_number_is_found_however_it_is_written(serial: int, hyphen: str, before: str) -> None:
    number = entry_number(serial)
    text = f"What of{before or ' '}{number[:3]}{hyphen}{number[3:10]}{hyphen}{number[10]}?"
    assert find_confidential(None, text) is not None


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("123-45-6789", "importer"),
        ("123 45 6789", "importer"),
        ("123.45.6789", "importer"),
        ("123456789", "importer"),
        ("12-3456789-00", "importer"),
        ("12 3456789", "importer"),
        ("12 3456789 AB", "importer"),
        ("EIN12-3456789", "importer"),
        ("123\u201345\u20136789", "importer"),
        ("12\u20113456789", "importer"),
        ("12\u22123456789", "importer"),
        ("123\u00a045\u20096789", "importer"),
        ("12\u00ad-345\u200b6789", "importer"),
        ("\uff11\uff12\uff0d\uff13\uff14\uff15\uff16\uff17\uff18\uff19", "importer"),
        ("\u0661\u0662\u0663-\u0664\u0665-\u0666\u0667\u0668\u0669", "importer"),
        ("990123 45678", "importer"),
        ("990123-45678", "importer"),
        ("B76-03245278", "entry"),
        ("B76 - 0324527 - 8", "entry"),
        ("B76\u20110324527\u20118", "entry"),
        ("b76 0324527 8", "entry"),
        ("EntryB7603245278", "entry"),
        ("001 B76-0324527-8", "entry"),
    ],
)
def test_a_number_is_confidential_in_whatever_way_it_is_written(number: str, what: str) -> None:
    for text in (number, f"We are {number}.", f"({number}), 19 CFR 174.12"):
        assert find_confidential("What of it?", text) == f"it names an {what} number"


@pytest.mark.parametrize(
    "text",
    [
        "Is 8471.30.0100 in chapter 84?",
        "Is 8471 30 0100 in it, or 9903.88.15 with a value of 1 250 000.00?",
        "HQ 227879 of 1999 and HQ H301619, 19 CFR 152.103(a) 2005.",
        "Is 8471300100 in chapter 84?",
        "Within 180 days after 2026-03-06, by 19 USC 1514(c)(3)?",
        "Call 555-0102, or +1 202 555 0102.",
        "CSMS 18-000234 says so.",
    ],
)
def test_tariff_numbers_days_and_telephones_are_not_confidential(text: str) -> None:
    assert find_confidential(text) is None


def test_the_version_of_a_rule_is_what_it_says_of_the_law() -> None:
    rule = {
        "id": "r",
        "section": "s",
        "text": "t",
        "citation": "c",
        "evidence": "S",
        "effective_from": None,
        "effective_until": None,
        "applies_to": None,
        "unsettled": None,
    }
    same = rule_row_of(rule | {"section": "other", "evidence": "P"})
    assert rule_row_of(rule).digest == same.digest
    for field in ("text", "citation", "effective_from", "effective_until", "applies_to", "unsettled"):
        assert rule_row_of(rule | {field: "2026-01-01"}).digest != same.digest, field


def test_an_entry_shows_goods_countries_and_centers_of_importer_and_filer_and_the_center_of_its_surety() -> None:
    data = recorded("routing/entry-of-account-with-consultation").data
    shown = {(trait.recipient, trait.kind, trait.value) for trait in traits_of_routed(data)}
    for recipient in (data.importer_number, f"filer:{data.entry_number[:3]}"):
        assert {(recipient, "heading", "847130"), (recipient, "heading", "870323")} <= shown
        assert {value for who, kind, value in shown if (who, kind) == (recipient, "country")} == set(data.origins)
    assert (f"filer:{data.entry_number[:3]}", "center", data.center) in shown
    assert not any(kind == "heading-partly" for _, kind, _ in shown)
    bonded = recorded("liquidation/liquidated-as-entered").data
    assert bonded.center is None or [trait.value for trait in traits_of_changed(bonded)] == [bonded.center]
