"""A party answers a CBP 28 from its page: with files, late, twice; a draft is kept; nobody else sees any of it."""

from datetime import date

import pytest

from tests.support.outsiders import (
    CENTER_OF_OTHER,
    IMPORTER,
    OTHER,
    PEOPLE,
    Letter,
    ask_importer,
    file_entry,
    officer_at,
)
from tests.support.pages import reading_as
from tests.support.served import Served

pytestmark = pytest.mark.timeout(600)  # all services are begun for it

ENTERED = date(2026, 1, 8)


@pytest.fixture(scope="module")
async def letter(served: Served) -> Letter:
    return await ask_importer(
        served, await file_entry(served, IMPORTER, ENTERED), PEOPLE["kim"], ["Who made the cars?", "Of what?"]
    )


async def test_importer_answers_a_letter_with_a_file_and_the_officer_reads_both(served: Served, letter: Letter) -> None:
    on = f"/letters/{letter.request_id}"
    async with reading_as(served.console, "ida") as ida:
        page = await ida.read(on)
        assert "Who made the cars?" in page
        assert "Your answer" in page

        kept = await ida.send(on, f"{on}/draft", {"text": "By our plant in Puebla."})
        assert "By our plant in Puebla." in kept.text
        added = await ida.send(on, f"{on}/files", {}, {"file": ("bill.txt", b"100 cars", "text/plain")})
        assert "The file is kept" in added.text
        assert "By our plant in Puebla." in added.text, "a draft outlives the adding of a file"
        [file] = (await served.ask("workqueue", f"/items/{letter.item_id}/files", PEOPLE["ida"]))["items"]
        done = await ida.send(on, f"{on}/answer", {"text": "By our plant in Puebla.", "file": file["file_id"]})
        assert "Your answer is with CBP" in done.text
        assert "bill.txt" in done.text.partition("<h2>Answers</h2>")[2].partition("<section")[0]
    found = await served.ask("workqueue", f"/requests/{letter.request_id}", PEOPLE["kim"])
    assert found["state"] == "responded"
    [answer] = found["answers"]
    assert (answer["text"], answer["files"], answer["by"]) == ("By our plant in Puebla.", [file["file_id"]], "ida")


async def test_an_answer_without_words_comes_back_with_what_is_wrong(served: Served, letter: Letter) -> None:
    on = f"/letters/{letter.request_id}"
    async with reading_as(served.console, "ida") as ida:
        refused = await ida.send(on, f"{on}/answer", {"text": ""})
        assert refused.status_code == 422
        assert "Not done" in refused.text


async def test_nobody_else_sees_or_answers_it(served: Served) -> None:
    number = await file_entry(served, OTHER, ENTERED)
    letter = await ask_importer(served, number, officer_at(CENTER_OF_OTHER), ["Whose pigs?"])
    on = f"/letters/{letter.request_id}"
    async with reading_as(served.console, "ida") as ida:
        assert (await ida.client.get(on)).status_code == 404
        sent = await ida.send("/words", f"{on}/answer", {"text": "Mine."})
        assert sent.status_code == 404
    found = await served.ask("workqueue", f"/requests/{letter.request_id}", officer_at(CENTER_OF_OTHER))
    assert found["answers"] == []
