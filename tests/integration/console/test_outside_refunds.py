"""Pages of refund programs for parties: checked, declared, followed, taken back; offers answered; nothing of others."""

import csv
import io
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.console.api.outside_refunds import MAX_FILE_BYTES
from services.liquidation.acts.program_enrolling import enrol_known
from services.liquidation.domain.law import LAW
from services.liquidation.domain.program.explaining import CODES, NOTE_WORDS
from shared.customs.entry_number import format_entry_number
from tests.integration.console.house import House, open_house
from tests.integration.console.test_console_programs import IMPORTER, PAGE_BYTES, REASON, draft, file, release
from tests.integration.liquidation.builders import apply
from tests.support.pages import Reader
from tests.support.refund_programs import filed, goods, model

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

AT = "/my/refunds/ieepa-2026"
OTHER = "70-253082900"
OFFERED = model(program="on-offer", intake="offered", offering={"answer_days": 120, "silence": "drop"})


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2026, 4, 20, 13, tzinfo=UTC), "liquidation")


async def check(reader: Reader, numbers: list[str], **form: Any) -> str:
    answer = await reader.send(AT, f"{AT}/check", {"numbers": "\n".join(numbers), **form})
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


async def declare(reader: Reader, shown: str, **form: Any) -> Any:
    (name,) = re.findall(r'name="checked" value="([^"]+)"', shown)
    return await reader.send(AT, f"{AT}/declare", {"checked": name, "certified": "yes", **form})


async def test_an_importer_sees_what_could_be_asked_for_checks_it_and_declares_it(house: House) -> None:
    await release(house)
    one, two = await file(house), await file(house, entered="2026-02-12")
    other, event = filed(OTHER)
    await apply(house.engines["liquidation"], [event], now=house.clock.now())
    async with house.reading_as("ida") as ida:
        assert f'href="{AT}"' in await ida.read("/my/refunds")
        shown = await ida.read(AT)
        listed = shown.partition("What you could ask for")[2].partition("Or check a file")[0]
        assert [listed.find(format_entry_number(each)) > 0 for each in (one, two, other)] == [True, True, False]
        assert "$9,375.00" in listed
        assert NOTE_WORDS["payee-unknown"] in listed
        answer = await ida.send(AT, f"{AT}/check", {"entry": [one, two], "numbers": f"{other}\nB76-1"})
        assert "Nothing was sent yet" in answer.text
        assert "$18,750.00" in answer.text
        for code in ("not-yours", "number-malformed"):
            assert CODES[code].fact in unescape(answer.text)
            assert CODES[code].remedy in unescape(answer.text)
        assert "Nothing yet." in await ida.read(AT), "a check stores nothing"
        table = list(csv.DictReader(io.StringIO((await ida.client.get(f"{AT}/check.csv")).text)))
        assert [(each["row"], each["entry_number"], each["code"]) for each in table] == [
            ("1", format_entry_number(one), ""),
            ("2", format_entry_number(two), ""),
            ("3", format_entry_number(other), "not-yours"),
            ("4", "", "number-malformed"),
        ]
        sent = await declare(ida, answer.text)
        assert "Your list is with CBP" in sent.text
        assert str(sent.url.path).startswith(f"{AT}/declarations/")
        text = unescape(sent.text)
        assert text.count(CODES["not-yours"].fact) == 2, "in the sums and at the row"
        shown = await ida.read(AT)
        assert f"No other entry of {IMPORTER}" in shown
        assert "2 not taken, 2 taken" in shown
        again = await declare(ida, answer.text)
        assert again.status_code == 412
        assert "Another list was checked since, or this one was declared." in again.text


async def test_a_list_is_certified_or_nothing_is_sent(house: House) -> None:
    await release(house)
    number = await file(house)
    async with house.reading_as("ida") as ida:
        shown = await check(ida, [number])
        assert "corrections of these entries wait" in shown
        refused = await declare(ida, shown, certified="")
        assert refused.status_code == 422
        assert "The declaration is not certified." in refused.text
        assert "Nothing yet." in await ida.read(AT)
        other = await check(ida, ["B76-1"])
        stale = await declare(ida, shown)
        assert stale.status_code == 412, "another list was checked since"
        nobody = await declare(ida, other)
        assert nobody.status_code == 422
        assert "not one entry" in nobody.text


async def test_a_file_is_checked_as_spreadsheets_save_it_and_declared_as_it_was_checked(house: House) -> None:
    await release(house)
    number = await file(house)
    content = f"\ufeffClient;Entry number\r\nSECRET CLIENT;{format_entry_number(number)}\r\nx;{number}\r\n"
    async with house.reading_as("ida") as ida:
        sent = {"file": ("march.csv", content.encode("utf-16"), "application/vnd.ms-excel")}
        answer = await ida.send(AT, f"{AT}/check-file", {}, sent)
        assert answer.status_code == 200, answer.text
        assert CODES["repeated"].fact in unescape(answer.text)
        done = await declare(ida, answer.text)
        assert "Your list is with CBP" in done.text
        assert "SECRET" not in done.text
        for name, sent_bytes, said in (
            ("a.csv", b"\xff\xfe\xfa\xd8", "cannot be read"),
            ("a.xlsx", b"PK\x03\x04" + bytes([200]) * 90, "The file cannot be read"),
            ("a.csv", b"x;y\n1;2\n", "No column of the file is named entry number"),
            ("a.csv", b"x" * (MAX_FILE_BYTES + 100_000), "than"),
        ):
            bad = await ida.send(AT, f"{AT}/check-file", {}, {"file": (name, sent_bytes, "text/csv")})
            assert bad.status_code >= 400, name
            assert said in bad.text, bad.text.partition("Not done")[2][:300]
        empty = await ida.send(AT, f"{AT}/check", {"numbers": " \n"})
        assert empty.status_code == 422
        assert "No entry is ticked" in empty.text


async def test_requests_are_taken_back_one_by_one_or_all(house: House) -> None:
    await release(house)
    one, two, three = [await file(house) for _ in range(3)]
    async with house.reading_as("ida") as ida:
        page = str((await declare(ida, await check(ida, [one, two, three]))).url.path)
        none = await ida.send(page, f"{page}/withdraw", {"which": "some"})
        assert none.status_code == 422
        answer = await ida.send(page, f"{page}/withdraw", {"which": "some", "entry": [one]})
        assert "Taken back: 1 entry." in answer.text
        assert answer.text.count("You took it back.") == 1
        assert format_entry_number(one) in (await ida.read(AT)).partition("What you asked for")[0], "may be asked anew"
        assert format_entry_number(two) in await ida.read(f"{page}?state=due")
        assert format_entry_number(one) not in (await ida.read(f"{page}?state=due")).partition('id="rows"')[2]
        answer = await ida.send(page, f"{page}/withdraw", {"which": "all"})
        assert "Taken back: 2 entries." in answer.text
        assert "Take requests back" not in answer.text
        given = (await ida.client.get(f"{page}/results.csv")).text
        assert given.count("withdrawn") == 3


async def test_a_dropped_entry_says_why_what_to_do_and_until_when(house: House) -> None:
    await release(house)
    other = await file(house, lines=[goods("99038815")])
    async with house.reading_as("ida") as ida:
        answer = await declare(ida, await check(ida, [other, "B7600000098"]))
        page, text = str(answer.url.path), unescape(answer.text)
        for code in ("no-heading", "unknown-entry"):
            assert CODES[code].fact in text
            assert CODES[code].remedy in text
        assert "Wed 20 May 2026" in text, "an unknown entry is waited for 30 days"
        assert CODES["no-heading"].fact not in (await ida.read(f"{page}?code=unknown-entry")).partition('id="rows"')[2]


async def test_a_broker_asks_for_what_it_filed_and_others_see_nothing_of_it(house: House) -> None:
    await release(house)
    number, event = filed(OTHER, number="SP700000014")
    await apply(house.engines["liquidation"], [event], now=house.clock.now())
    async with house.reading_as("ben") as ben, house.reading_as("ida") as ida, house.reading_as("sue") as sue:
        listed = await ben.read(f"{AT}?importer={OTHER}")
        assert format_entry_number(number) in listed
        page = str((await declare(ben, await check(ben, [number]))).url.path)
        for path in (page, f"{page}/results.csv", f"{AT}?importer={OTHER}"):
            # Ben speaks for her importer as well: of what he declares she sees the rows of this importer, here none.
            shown = await ida.read(path)
            assert format_entry_number(number) not in shown
            assert number not in shown
        assert "Nothing yet." in await ida.read(AT)
        shown = await sue.read(AT)
        assert "Check these first" not in shown, "a surety reads, and asks for nothing"


async def test_offers_are_accepted_declined_and_contested_with_a_reason(house: House) -> None:
    one, two, three = [await file(house) for _ in range(3)]
    await release(house, OFFERED)
    await enrol_known(house.engines["liquidation"], house.clock, LAW.cycle, LAW)
    async with house.reading_as("ida") as ida:
        assert 'href="/my/offers?program=on-offer"' in await ida.read("/my/refunds")
        shown = await ida.read("/my/offers")
        assert shown.count(NOTE_WORDS["waits-answer"]) == 3
        assert "Tue 18 Aug 2026" in shown
        given = {"entry": [one], "answer": "accept"}
        assert "Answered: 1 entry." in (await ida.fill("/my/offers", "answer-on-offer", given)).text
        refused = await ida.fill("/my/offers", "answer-on-offer", {"entry": [two], "answer": "contest"})
        assert refused.status_code == 422
        assert f'aria-label="Answer for {format_entry_number(two)}" checked' in refused.text
        why = {"entry": [two], "answer": "contest", "explanation": "Line 2 is missing."}
        answer = await ida.fill("/my/offers", "answer-on-offer", why)
        assert NOTE_WORDS["waits-contest"] in unescape(answer.text)
        answer = await ida.fill("/my/offers", "answer-on-offer", {"entry": [three], "answer": "decline"})
        assert "You took it back." in answer.text
        assert format_entry_number(one) in await ida.read("/my/offers?state=due")
        assert "None." in await ida.read("/my/offers?state=posted")
        declared = await ida.client.get("/my/refunds/on-offer")
        assert declared.status_code == 200
        assert "takes entries by itself" in declared.text


async def test_parties_are_told_how_a_program_stands(house: House) -> None:
    await release(house)
    number = await file(house)
    async with house.reading_as("dora") as dora, house.reading_as("ida") as ida:
        standing = "/programs/ieepa-2026/progress"
        await dora.fill(standing, "stay", REASON)
        for page in ("/my/refunds", AT):
            assert "An order stays it: nothing is paid" in await ida.read(page)
        assert "It takes lists now" in await ida.read(AT)
        declared = str((await declare(ida, await check(ida, [number]))).url.path)
        await dora.fill(standing, "lift", REASON)
        assert "An order stays it" not in await ida.read(AT)
        await dora.fill(standing, "end", REASON)
        for page in ("/my/refunds", AT):
            shown = await ida.read(page)
            assert "It takes no lists any more: it has ended." in shown
            assert "Mon 20 Apr 2026" in shown
            assert "takes lists now" not in shown
            assert "no last day yet" not in shown
            assert "You ask for it" not in shown
        assert "Check these first" not in await ida.read(AT)
        answer = await ida.send(declared, f"{declared}/withdraw", {"which": "all"})
        assert "Taken back: 1 entry." in answer.text
        await dora.fill(standing, "abort", REASON)
        for page in ("/my/refunds", AT):
            assert "It takes no lists any more: it was aborted." in await ida.read(page)


async def test_an_offer_of_a_program_that_is_over_can_only_be_declined(house: House) -> None:
    number = await file(house)
    await release(house, OFFERED)
    await enrol_known(house.engines["liquidation"], house.clock, LAW.cycle, LAW)
    async with house.reading_as("dora") as dora, house.reading_as("ida") as ida:
        await dora.fill("/programs/on-offer/progress", "end", REASON)
        assert "It takes no entries any more: it has ended." in await ida.read("/my/refunds")
        shown = await ida.read("/my/offers")
        assert 'value="accept"' not in shown
        answer = await ida.fill("/my/offers", "answer-on-offer", {"entry": [number], "answer": "decline"})
        assert "You took it back." in answer.text


async def test_pages_of_refunds_are_light_with_a_long_list(house: House) -> None:
    await release(house)
    numbers = [await file(house, entered=f"2026-02-{day:02}") for day in range(1, 20)]
    async with house.reading_as("ida") as ida:
        first = await ida.client.get(AT)
        assert "More entries" in first.text
        shown = await check(ida, [*numbers, *(f"B76-{n}" for n in range(400))])
        declared = await declare(ida, shown)
        pages = [shown.encode(), first.content, declared.content, (await ida.client.get("/my/offers")).content]
        assert max(map(len, pages)) <= PAGE_BYTES, list(map(len, pages))
        after = re.findall(r"after=([^\"#&]+)#rows", declared.text)[0]
        assert "B76-399" not in await ida.read(f"{declared.url.path}?after={after}")


async def test_nobody_is_told_of_a_program_before_it_is_released(house: House) -> None:
    async with house.reading_as("omar") as omar, house.reading_as("ida") as ida:
        await draft(omar, model())
        assert "No program gives refunds now." in await ida.read("/my/refunds")
        assert (await ida.client.get(AT)).status_code == 404
    async with house.reading_as("kim") as kim:
        for path in ("/my/refunds", AT, "/my/offers"):
            assert (await kim.client.get(path)).status_code == 404
