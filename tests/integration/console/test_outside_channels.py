"""A party says how it is told and who acts for it: secrets are shown once, what is ended has ended."""

import re

import pytest

from shared.runtime.identity import Identity, RoleName
from tests.support.outsiders import IMPORTER, OTHER, PEOPLE, told
from tests.support.pages import reading_as
from tests.support.served import Served

pytestmark = pytest.mark.timeout(600)  # all services are begun for it

CHANNELS, DELEGATIONS = "/my/channels", "/my/delegations"
OPERATOR = Identity("olga", "Olga", frozenset({RoleName.OPERATOR, RoleName.OFFICE_OF_TRADE}))


def secret_in(text: str) -> list[str]:
    return re.findall(r"<code data-secret>([^<]+)</code>", text)


async def test_importer_asks_for_quiet_hours_and_spanish(served: Served) -> None:
    form = {"recipient": IMPORTER, "language": "es", "digest": "daily", "time_zone": "America/Los_Angeles"}
    async with reading_as(served.console, "ida") as ida:
        done = await ida.send(
            CHANNELS, f"{CHANNELS}/preferences", {**form, "quiet_since": "20:00", "quiet_to": "07:00"}
        )
        assert "Spanish, one mail a day, quiet from 20:00 to 07:00" in done.text
        refused = await ida.send(CHANNELS, f"{CHANNELS}/preferences", {**form, "time_zone": "Mars/Olympus"})
        assert (refused.status_code, "Not done" in refused.text) == (422, True)
        anothers = await ida.send(CHANNELS, f"{CHANNELS}/preferences", {**form, "recipient": OTHER})
        assert anothers.status_code in {403, 404, 422}
    [asked] = await served.ask("notifications", "/preferences", PEOPLE["ida"])
    assert (asked["language"], asked["reminders"]) == ("es", False)


async def test_address_of_a_calendar_feed_is_shown_once_and_closes_at_once(served: Served) -> None:
    async with reading_as(served.console, "ida") as ida:
        made = await ida.send(
            CHANNELS, f"{CHANNELS}/calendars", {"owner": IMPORTER, "name": "Our days", "alarm_days": "3"}
        )
        [address] = secret_in(made.text)
        assert "/calendar-feeds/" in address
        again = await ida.read(CHANNELS)
        assert "Our days" in again
        assert secret_in(again) == []
        assert address not in again
        [feed] = await served.ask("liquidation", "/calendar-feeds", PEOPLE["ida"])
        closed = await ida.send(CHANNELS, f"{CHANNELS}/calendars/{feed['feed_id']}/revoke", {})
        assert "revoked" in closed.text
    async with reading_as(served.console, "ben") as ben:
        stolen = await ben.send(CHANNELS, f"{CHANNELS}/calendars", {"owner": OTHER, "name": "Not ours"})
        assert stolen.status_code in {403, 404, 422}


async def test_secret_of_a_webhook_is_shown_once(served: Served) -> None:
    form = {"recipient": IMPORTER, "url": "https://receiver.example/hooks", "kinds": "N-03, N-09"}
    async with reading_as(served.console, "ida") as ida:
        made = await ida.send(CHANNELS, f"{CHANNELS}/webhooks", form)
        assert len(secret_in(made.text)) == 1, made.text
        page = await ida.read(CHANNELS)
        assert "https://receiver.example/hooks" in page
        assert secret_in(page) == []
        [webhook] = await served.ask("notifications", "/webhooks", PEOPLE["ida"])
        off = await ida.send(CHANNELS, f"{CHANNELS}/webhooks/{webhook['webhook_id']}/disable", {})
        assert "Turn it on" in off.text
        refused = await ida.send(CHANNELS, f"{CHANNELS}/webhooks", {**form, "url": "http://10.0.0.1/"})
        assert "Not done" in refused.text
    other = Identity("mia", "Mia", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({OTHER}))
    assert await served.ask("notifications", "/webhooks", other) == []


async def test_news_of_a_center_is_ended_and_asked_for(served: Served) -> None:
    form = {"recipient": IMPORTER, "topic": "broadcasts", "center": "CEE003"}
    async with reading_as(served.console, "ida") as ida:
        assert "ended" in (await ida.send(CHANNELS, f"{CHANNELS}/subscriptions", {**form, "is_on": "no"})).text
        assert ": on<" in (await ida.send(CHANNELS, f"{CHANNELS}/subscriptions", {**form, "is_on": "yes"})).text


async def test_importer_lets_a_broker_answer_and_the_broker_gives_it_back(served: Served) -> None:
    parties = {"parties": [{"party_id": "filer:SP7", "name": "SYNTHETIC BROKER SP7"}], "reason": "SYNTHETIC"}
    await told(served.apis["routing"], "/parties", parties, OPERATOR)
    await served.deliver()
    form = {"importer_number": IMPORTER, "party": "filer:SP7", "scope": ["respond", "protest"], "reason": "Our broker."}
    async with reading_as(served.console, "ida") as ida:
        done = await ida.send(DELEGATIONS, DELEGATIONS, form)
        assert done.status_code == 200, done.text
        assert "Answer CBP 28 and CBP 29; Protest. From" in re.sub(r"\s+", " ", done.text)
        twice = await ida.send(DELEGATIONS, DELEGATIONS, form)
        assert (twice.status_code, "Not done" in twice.text) == (409, True)
        anothers = await ida.send(DELEGATIONS, DELEGATIONS, {**form, "importer_number": OTHER})
        assert anothers.status_code in {403, 404}
    async with reading_as(served.console, "ben") as ben:
        page = await ben.read(DELEGATIONS)
        assert "For whom filer:SP7 acts" in page
        assert "Let somebody act" not in page
        found = await served.ask("routing", f"/importers/{IMPORTER}/delegations", PEOPLE["ida"])
        [given] = found["items"]
        ended = await ben.send(DELEGATIONS, f"{DELEGATIONS}/{given['delegation_id']}/end", {"reason": "No time."})
        assert "ended" in ended.text
    found = await served.ask("routing", f"/importers/{IMPORTER}/delegations", PEOPLE["ida"])
    assert [each["is_in_force"] for each in found["items"]] == [False]
