"""What people do by forms alone, which is all that a browser without scripts has: files, acts, bulk, views, badges."""

import asyncio
import re

import pytest

from tests.support.files import PDF
from tests.support.pages import Reader, reading_as
from tests.support.product import Product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]


async def test_file_is_added_to_an_item_listed_and_given_out_as_it_came(product: Product, console: str) -> None:
    async with reading_as(console, "kim") as kim:
        [item, *_] = re.findall(r'href="(/items/[0-9a-f-]{36})"', await kim.read("/queue?center=CEE003&kind=review"))
        added = await kim.send(item, f"{item}/files", {"level": "internal"}, {"file": ("invoice 7.pdf", PDF)})
        assert "The file is kept" in added.text
        [(path, name)] = re.findall(rf'href="({item}/files/[^"]+)" download>([^<]+)<', added.text)
        assert name == "invoice 7.pdf"
        given = await kim.client.get(path)
        assert given.content == PDF
        assert given.headers["content-disposition"].startswith("attachment")

        refused = await kim.send(item, f"{item}/files", {}, {"file": ("run.exe", b"MZ\x90\x00\x00")})
        assert refused.status_code == 422
        assert "The content of the file is of no kind that is taken." in refused.text
        large = await kim.send(item, f"{item}/files", {}, {"file": ("scan.pdf", PDF + b" " * 27_000_000)})
        assert large.status_code == 413
        assert "A file may have 26214400 bytes at most." in large.text
        assert (await kim.client.get(f"{item}/files/{'0' * 8}-0000-0000-0000-{'0' * 12}")).status_code == 404
    async with reading_as(console, "ida") as ida:
        assert (await ida.client.get(path)).status_code in {403, 404}


async def test_protest_is_reviewed_and_recommended_from_its_work_item(product: Product, console: str) -> None:
    async with reading_as(console, "kim") as kim:
        board = await kim.read("/queue?center=CEE003&kind=protest&state=open")
        [item, *_] = re.findall(r'href="/items/([0-9a-f-]{36})"', board)
        page = await kim.read(f"/items/{item}")
        [protest, *_] = re.findall(r'href="(/protests/[^"]+)"', page)
        assert "Begin the review" in page
        old = {"act": "begin-review", "version": "7", "item": item}
        stale = await kim.send(f"/items/{item}", f"{protest}/acts", old)
        assert (stale.status_code, "Not done" in stale.text) == (412, True)
        begun = await kim.fill(f"/items/{item}", "begin-review")
        assert begun.url.path == f"/items/{item}"
        assert "in review" in begun.text
        half = {"field.reasons": "The description is right."}
        refused = await kim.fill(protest, "recommend", half)
        assert refused.status_code == 422
        assert "The description is right." in refused.text
        done = await kim.fill(protest, "recommend", {**half, "field.entry1.outcome": "denied"})
        assert "awaiting signature" in done.text
        assert "Sign the decision" not in done.text  # that is the director's
    async with reading_as(console, "dora") as dora:
        assert "Sign the decision" in await dora.read(protest)


async def test_one_act_on_many_items_is_looked_at_begun_and_followed(product: Product, console: str) -> None:
    async with reading_as(console, "ana") as ana:
        form = await ana.read("/queue/bulk?center=CEE003&process=ad-cvd")
        [count] = re.findall(r"<h1>One act on (\d+) items", form)
        asked = {"address": "center=CEE003&process=ad-cvd&state=open", "act": "assign", "reason": "Kim is away."}
        refused = await ana.send("/queue/bulk", "/queue/bulk", asked)
        assert (refused.status_code, "Kim is away." in refused.text) == (422, True)
        looked = await ana.send("/queue/bulk", "/queue/bulk", {**asked, "to": "lee"})
        run = looked.url.path
        assert f"of {count} items</strong>" in looked.text
        assert "would be done" in looked.text
        assert "Assign them to a person: lee" in looked.text
        begun = await ana.send(run, f"{run}/acts", {"act": "begin"})
        assert begun.status_code == 200
        async with asyncio.timeout(60):  # a job does it
            while "<strong>Done.</strong>" not in await ana.read(run):
                await asyncio.sleep(0.3)
        ended = await ana.client.get(f"{run}/progress")
        assert ended.headers["hx-refresh"] == "true"
        assert f'href="{run}">Assign them to a person: lee<' in await ana.read("/bulk?state=done")
        assert run not in await ana.read("/bulk?state=withdrawn")
        results = await ana.read(f"{run}?state=done")
        assert 0 < results.count('data-label="State">done<') <= int(count)
    async with reading_as(console, "ida") as ida:
        assert (await ida.client.get(run)).status_code in {403, 404}


async def test_moves_that_balance_are_suggested_and_accepted(product: Product, console: str) -> None:
    async with reading_as(console, "ana") as ana:
        board = await ana.read("/team?center=CEE003")
        moves = re.findall(r'name="move" value="([^"]+)"', board)
        assert moves
        accepted = await ana.send("/team?center=CEE003", "/team/rebalance", {"move": moves[:2], "reason": "Balances."})
        assert f"{len(moves[:2])} of {len(moves[:2])} item" in accepted.text
    async with reading_as(console, "kim") as kim:
        assert "Rebalance" not in await kim.read("/team?center=CEE003")


async def test_view_that_a_role_begins_with_is_where_its_people_begin(product: Product, console: str) -> None:
    view = {"address": "center=CEE003&process=quota&state=open", "name": "Quota first", "role": "import-specialist"}
    async with reading_as(console, "ana") as ana, reading_as(console, "kim") as kim:
        kept = await ana.send("/queue?center=", "/queue/views", view)
        assert "Quota first" in kept.text
        again = await ana.send("/queue?center=", "/queue/views", {**view, "address": "center=CEE003&process=ad-cvd"})
        assert again.text.count("Take away the view Quota first") == 1
        begins = await kim.client.get("/queue")
        assert begins.url.params["process"] == "ad-cvd"
        refused = await kim.send("/queue?center=", "/queue/views", view)
        assert refused.status_code == 403
        [drop] = re.findall(
            r'action="(/queue/views/[^"]+/drop)"[^>]*>[^<]*<input[^>]*><button[^>]*Quota first', again.text
        )
        await ana.send("/queue?center=", drop, {})
        assert "process" not in (await kim.client.get("/queue")).url.params


async def test_badges_are_sent_once_and_keep_no_session_alive(product: Product, console: str) -> None:
    async with reading_as(console, "kim") as kim:
        first = await kim.client.get("/badges")
        assert re.search(r'Open <span class="cl-count">\d+<', first.text)
        assert first.headers["cache-control"] == "private, no-cache"
        again = await kim.client.get("/badges", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for state in ("responded", "issued"):
            assert "<h1>Letters" in await kim.read(f"/letters?state={state}")
        await kim.client.post("/logout", data={})
        kim.client.cookies.clear()
        assert (await kim.client.get("/badges")).status_code == 204
    async with reading_as(console, "ida") as ida:
        assert "/badges" not in await ida.read("/centers")


async def test_page_costs_little_more_than_its_slowest_call(product: Product, console: str) -> None:
    """Of several tries the best one counts: others use the machine too."""
    async with reading_as(console, "kim") as kim:
        board = await kim.read("/queue?center=CEE003&kind=review")
        [item, *_] = re.findall(r'href="(/items/[0-9a-f-]{36})"', board)
        [entry, *_] = re.findall(r'href="(/entries/[^"]+)"', await kim.read(item))
        pages = {"/queue?center=CEE003": 1, item: 2, entry: 1, "/team?center=CEE003": 1, "/radar": 1, "/centers": 1}
        shares = {path: min([await share_of(kim, path) for _ in range(8)]) for path in pages}
    assert {path: share for path, share in shares.items() if share > MOST * pages[path]} == {}


MOST = 1.5


async def share_of(reader: Reader, path: str) -> float:
    """How long a page takes, against the slowest call that it makes."""
    answer = await reader.client.get(path)
    told = dict(re.findall(r"(\w+);dur=([0-9.]+)", answer.headers["server-timing"]))
    return float(told["page"]) / float(told["slowest"])
