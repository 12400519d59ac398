"""Notices as words: nothing that somebody wrote can become markup, a header or a number shown whole."""

import email
import email.policy
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jinja2 import UndefinedError

from services.notifications.acts.rendering import render_bulletin, render_digest, render_mail, render_text
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.store.notices import WrittenNotice
from shared.mail.folder import FolderMailer
from shared.mail.message import build_message
from shared.mail.protocol import Fate, Mail, Mailer, Outcome

HOSTILE = '<script>alert("x")</script> {{ 7 * 7 }} & Söhne\r\nBcc: eve@x.example'
BASE = "https://bulletin.example"
SENDER = "Centerline <notices@centerline.example>"


def facts(**changes: Any) -> WrittenNotice:
    notice = WrittenNotice(
        notice_id=UUID("11111111-2222-5333-8444-555555555555"),
        kind="N-09",
        subject="B7603245278",
        cause_sequence=2,
        version=2,
        importer_number="123-45-6789",
        entry_number="B7603245278",
        entry_numbers=("B7603245278",),
        filer_code="B76",
        surety_code=None,
        center="CEE007",
        issued_on=date(2026, 3, 6),
        due_on=date(2026, 9, 2),
        citation="19 CFR 159.9",
        if_nothing_is_done="It becomes final.",
        body={"change": "liquidated", "kind": "increase", "duty_effect_usd": "12.50"},
        caused_at=datetime(2026, 3, 6, 20, 0, tzinfo=UTC),
        variant=None,
    )
    return replace(notice, **changes)


def mail(name: str = "SYNTHETIC IMPORTER 0001", **changes: Any) -> Mail:
    return render_mail(
        facts(**changes),
        to="trade@importer.example",
        name=name,
        message_id="<N-09.1.importer@c.example>",
        base_url=BASE,
    )


def parsed(content: bytes) -> Any:
    return email.message_from_bytes(content, policy=email.policy.default)


def test_a_notice_says_what_happened_by_when_and_under_which_law() -> None:
    text = mail().text
    for words in (
        "To SYNTHETIC IMPORTER 0001",
        "Entry: B7603245278",
        "Center: CEE007 (Electronics",
        "What happened: Liquidated: increase",
        "Change in duty (USD): 12.50",
        "Protest by (safe last day): 2026-09-02",
        "If nothing is done: It becomes final.",
        "Law: 19 CFR 159.9",
        "https://bulletin.example/bulletin.html",
    ):
        assert words in text


def test_the_importer_number_is_masked_in_mails() -> None:
    sent = mail()
    assert "123-45-6789" not in sent.text + sent.html + sent.subject
    assert "***-**-6789" in sent.text


def test_hostile_names_and_reasons_stay_text() -> None:
    sent = mail(
        name=HOSTILE,
        kind="N-03",
        body={"request_id": "r", "questions": [HOSTILE], "reasons": [{"text": HOSTILE, "citation": HOSTILE}]},
    )
    assert "<script" not in sent.html
    assert "&lt;script&gt;" in sent.html
    assert "{{ 7 * 7 }}" in sent.html
    assert "\nBcc" not in sent.text.replace("\r", "\n")


def test_a_hostile_protest_number_cannot_leave_the_subject_line() -> None:
    message = parsed(build_message(mail(kind="N-16", subject=HOSTILE, entry_numbers=()), SENDER))
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Protest receipt: <script>")
    assert "Söhne" in message["Subject"]


def test_a_mail_reads_the_same_after_its_journey() -> None:
    sent = mail(name="Käse & Söhne")
    message = parsed(build_message(sent, "Zoll und Käse <a@b.example>"))
    assert message["From"].addresses[0].display_name == "Zoll und Käse"
    assert message["To"] == "trade@importer.example"
    assert message["Message-ID"] == "<N-09.1.importer@c.example>"
    assert message["Date"].datetime == datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().split() == sent.text.split()
    assert message.get_body(("html",)).get_content().split() == sent.html.split()
    assert not message.defects


def test_mail_lines_are_short_ascii_whatever_they_say() -> None:
    questions = ["ü" * 500, ".", "From here"]
    content = build_message(mail(kind="N-03", body={"request_id": "r", "questions": questions}), SENDER)
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert content.count(b"\n") == content.count(b"\r\n")
    assert "ü" * 500 in parsed(content).get_body(("plain",)).get_content()


def test_a_digest_tells_each_notice_whole_and_lets_nothing_become_markup_or_a_header() -> None:
    protest = facts(kind="N-16", subject=HOSTILE, entry_numbers=(), due_on=None, body={})
    digest = render_digest([facts(), protest], mail(), message_id="<digest.1@c.example>", name=HOSTILE, base_url=BASE)
    assert digest.subject == "2 notices"
    assert (
        "1. Courtesy notice of liquidation: entry B7603245278 (Protest by (safe last day): 2026-09-02)" in digest.text
    )
    for told in (facts(), protest):
        assert render_text(told, name=HOSTILE, base_url=BASE) in digest.text
    assert "<script" not in digest.html
    message = parsed(build_message(digest, SENDER))
    assert message["Bcc"] is None
    assert message["Message-ID"] == "<digest.1@c.example>"
    assert "123-45-6789" not in digest.text + digest.html


def test_the_same_notice_is_the_same_bytes() -> None:
    assert build_message(mail(), SENDER) == build_message(mail(), SENDER)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_kind_renders_from_bare_facts(kind: str) -> None:
    text = render_text(facts(kind=kind, body={}, center=None, due_on=None, entry_numbers=()), name="X", base_url=BASE)
    assert text.startswith(CATALOGUE[kind].name)


def test_a_notice_on_many_entries_lists_some_and_counts_the_rest() -> None:
    text = render_text(facts(entry_numbers=tuple(f"E{n}" for n in range(60))), name="X", base_url=BASE)
    assert "E49 and 10 more" in text


def test_a_template_never_passes_over_a_missing_name() -> None:
    with pytest.raises(UndefinedError):
        render_text(facts(body={"reasons": [{}]}), name="X", base_url=BASE)


@pytest.mark.parametrize("base", ["https://cbp.example.gov/notices", "https://cbp.example.gov/notices/"])
def test_the_link_of_a_notice_goes_on_from_the_base_that_is_set(base: str) -> None:
    link = "https://cbp.example.gov/notices/bulletin.html"
    assert link in render_text(facts(), name="X", base_url=base)
    sent = render_mail(facts(), to="trade@importer.example", name="X", message_id="<a@c.example>", base_url=base)
    assert link in sent.text
    assert f'href="{link}"' in sent.html
    assert "localhost" not in f"{sent.text}{sent.html}"


def test_the_bulletin_page_of_a_demonstration_says_that_nothing_is_real() -> None:
    page = render_bulletin(
        terms={},
        postings=None,
        problem=None,
        problem_term=None,
        next_link=None,
        choices={"event_type": ("liquidation",), "action": ("refund",)},
        citation="CBP Dec. 16-25",
        demonstration_at=datetime(2026, 11, 22, 5, 39, tzinfo=UTC),
    )
    assert "A demonstration: nothing here is real, and the clock shows 2026-11-22 05:39 UTC." in page


def test_the_bulletin_page_escapes_terms_and_labels_every_field() -> None:
    page = render_bulletin(
        terms={"basis": '"><script>'},
        postings=[],
        problem="<b>wrong</b>",
        problem_term="basis",
        next_link=None,
        choices={"event_type": ("liquidation",), "action": ("refund",)},
        citation="CBP Dec. 16-25",
        demonstration_at=None,
    )
    assert "A demonstration" not in page
    assert "<script" not in page
    assert "<b>wrong" not in page
    assert page.lstrip().startswith("<!DOCTYPE html>")
    for name in ("entry_number", "filer", "importer_number", "port", "surety_code", "event_type", "basis", "action"):
        assert f'<label for="{name}">' in page
    assert 'aria-invalid="true"' in page


async def outcomes_of(mailer: Mailer, mails: list[Mail]) -> list[Outcome]:
    known: dict[int, Outcome] = {}

    async def write_down(outcomes: Sequence[tuple[int, Outcome]]) -> None:
        known.update(outcomes)

    await mailer.send(mails, write_down)
    return [known[position] for position in range(len(mails))]


async def test_a_folder_that_cannot_be_written_is_a_mailer_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file, not a folder")
    (outcome,) = await outcomes_of(FolderMailer(tmp_path / "mail", SENDER), [mail()])
    assert outcome.fate is Fate.AWAY
    assert outcome.error
    assert str(tmp_path) not in outcome.error


async def test_a_mail_sent_again_is_the_same_file_again(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "deep" / "mail", SENDER)
    for _ in range(2):
        assert [outcome.fate for outcome in await outcomes_of(mailer, [mail()])] == [Fate.SENT]
    assert [path.name for path in (tmp_path / "deep" / "mail").iterdir()] == ["N-09.1.importer.eml"]


def test_a_bill_is_told_with_its_amounts_by_class_and_what_is_due_when() -> None:
    body = {
        "change": "liquidated",
        "kind": "increase",
        "duty_effect_usd": "90.00",
        "fees_effect_usd": "10.00",
        "by_class": {"antidumping": "90.00", "499": "10.00"},
        "interest_usd": "2.50",
        "total_usd": "102.50",
        "bill_number": "B7603245278-B01",
        "bill_due_on": "2026-04-05",
    }
    text = mail(kind="N-09", variant="billed", body=body).text
    for words in (
        "of which antidumping duty (USD): 90.00",
        "of which class 499 (USD): 10.00",
        "Interest (USD, positive is due to CBP): 2.50",
        "Change in all (USD, positive is due to CBP): 102.50",
        "Bill: B7603245278-B01",
        "Bill due on: 2026-04-05",
        "Protest by (safe last day): 2026-09-02",
    ):
        assert words in text
    assert "Last day to pay without delinquency: 2026-04-05" in mail(kind="N-34", due_on=date(2026, 4, 5)).text


def test_a_refund_that_waits_says_what_is_missing() -> None:
    body = {"refund_number": "R01", "refund_state": "waiting-for-enrollment", "missing": "ach-enrollment"}
    text = mail(kind="N-37", body=body, due_on=None).text
    assert "State of the refund: waits for what is missing" in text
    assert "Missing: an enrollment for ACH refunds in the ACE account" in text


def test_a_denial_says_its_reasons_and_the_safe_last_day_to_sue_and_an_allowance_does_not() -> None:
    reasons = [{"text": "The goods are described by 8471.30.", "citation": None}]
    denial = mail(kind="N-17", subject="PR-1", body={"act": "deny", "reasons": reasons}, due_on=date(2026, 10, 31))
    assert denial.subject == "Protest decision: PR-1"
    assert "Decision: denied" in denial.text
    assert "Sue by (safe last day): 2026-10-31" in denial.text
    assert "- The goods are described by 8471.30." in denial.text
    allowed = mail(kind="N-17", variant="allowed", body={"act": "allow"}, due_on=None)
    assert "has been allowed" in allowed.text
    assert "civil action" not in allowed.text
