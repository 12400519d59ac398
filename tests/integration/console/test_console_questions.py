"""Questions to a Center on the real service: asked, held, moderated, answered, released, withdrawn, followed."""

import csv
from datetime import date

import pytest

from tests.integration.notifications.test_notifications_questions import RULE, ToldRules
from tests.support.outsiders import IMPORTER, file_entry
from tests.support.pages import Reader, reading_as
from tests.support.served import Served

pytestmark = pytest.mark.timeout(600)  # all services are begun for it

ASKED = {"recipient": IMPORTER, "center": "CEE003", "subject": "SYNTHETIC: until when"}
TEXT = "SYNTHETIC: from which day does the time to protest run?"


async def ask(ida: Reader, **changes: str) -> str:
    """A question from the page; gives its page."""
    asked = await ida.fill("/questions", "ask", ASKED | {"text": TEXT} | changes)
    assert asked.status_code == 200, asked.text
    return asked.url.path


async def test_a_question_is_asked_moderated_answered_and_released_by_another(served: Served) -> None:
    served.apis["notifications"].app.state.rule_book = ToldRules(RULE).book()
    async with reading_as(served.console, "ida") as ida, reading_as(served.console, "kim") as kim:
        empty = await ida.fill("/questions", "ask", ASKED | {"text": ""})
        assert (empty.status_code, 'value="SYNTHETIC: until when"' in empty.text) == (422, True)
        page = await ask(ida, is_anonymous="yes")
        number = page.rpartition("/")[2]
        assert TEXT in await ida.read(page)
        assert 'value="admit"' not in await ida.read(page)
        assert (await ida.client.get(f"/answers/{number}")).status_code == 404
        assert f'href="{page}"' in await kim.read("/questions?center=CEE003&state=asked")
        admitted = await kim.fill(page, "admit")
        assert "to be answered" in admitted.text
        said = {"text": "SYNTHETIC: from the day of liquidation.", "text_es": "SINTETICO.", "rule": "no-such-rule"}
        refused = await kim.fill(page, "answer", said)
        assert (refused.status_code >= 400, 'value="no-such-rule"' in refused.text) == (True, True)
        kept = await kim.fill(page, "answer", said | {"rule": "protest-180"})
        assert "Somebody else releases it." in kept.text
        assert 'value="release"' not in kept.text, "that is for a director"
        assert "from the day of liquidation" not in await ida.read(page), "it is not released yet"
    async with reading_as(served.console, "dora") as dora:
        assert "Published." in (await dora.fill(page, "release")).text
    async with reading_as(served.console, "ida") as ida:
        assert "from the day of liquidation" in await ida.read(page)
        shown = await ida.read(f"/answers/{number}")
        assert "Asked by anonymous" in shown
        assert '<p class="cl-words-of" lang="es">SINTETICO.</p>' in shown
        assert "19 USC 1514(c)(3)" in shown
        assert (
            "You are told when it is answered anew."
            in (await ida.fill(f"/answers/{number}", "follow", {"recipient": IMPORTER})).text
        )
        assert number in await ida.read("/answers?q=protest&center=CEE003")
        assert number not in await ida.read("/answers?rule=liq-1yr-entry")
        rows = list(csv.DictReader((await ida.read("/answers.csv?q=protest")).splitlines()))
        assert [(each["question_id"], each["rule"]) for each in rows] == [(number, "protest-180")]
    async with reading_as(served.console, "dora") as dora:
        withdrawn = await dora.fill(page, "withdraw", {"reason": "The day was wrong."})
        assert "All who follow it are told why." in withdrawn.text
        assert (await dora.client.get(f"/answers/{number}")).status_code == 404


async def test_a_question_that_names_a_matter_is_held_until_it_is_said_in_other_words(served: Served) -> None:
    entry = await file_entry(served, IMPORTER, date(2026, 1, 8))
    async with reading_as(served.console, "ida") as ida:
        page = await ask(ida, text=f"What of entry {entry}?")
        held = await ida.read(page)
        assert "held: it names somebody's matter" in held
        assert "It names an entry number." in held
        again = await ida.fill(page, "rephrase", {"subject": "SYNTHETIC", "text": TEXT})
        assert "Said in other words." in again.text
        assert TEXT in again.text
        stale = await ida.send(page, f"{page}/acts", {"act": "rephrase", "version": "1", "subject": "S", "text": "T"})
        assert (stale.status_code, ">T</textarea>" in stale.text) == (412, True)
    async with reading_as(served.console, "kim") as kim:
        unsaid = await kim.send(page, f"{page}/acts", {"act": "refuse", "version": "2", "reason": ""})
        assert unsaid.status_code == 422
        refused = await kim.fill(page, "refuse", {"reason": "Asked before."})
        assert "refused" in refused.text.partition("<h1>")[2].partition("</h1>")[0]
        assert "Asked before." in refused.text
        assert (await kim.send(page, f"{page}/acts", {"act": "burn"})).status_code == 422
    async with reading_as(served.console, "ida") as ida:
        assert "Asked before." in await ida.read(page)
    async with reading_as(served.console, "noor") as noor:
        assert (await noor.client.get(page)).status_code == 404, "it is of another Center"


async def test_two_questions_of_one_matter_are_merged(served: Served) -> None:
    async with reading_as(served.console, "ida") as ida, reading_as(served.console, "kim") as kim:
        first, second = await ask(ida, subject="SYNTHETIC: first"), await ask(ida, subject="SYNTHETIC: second")
        await kim.fill(first, "admit")
        merged = await kim.fill(second, "merge", {"into": first.rpartition("/")[2]})
        assert f'href="{first}"' in merged.text
        assert "Merged." in merged.text
