"""What officers do all day, in a browser: next, ask, answer, decide; races, lost claims, drafts, teams and views."""

from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from shared.runtime.identity import Identity, RoleName
from shared.runtime.together import together
from tests.support.asking import ask, tell
from tests.support.browser import NARROW, WIDE, Said, look, open_context, sign_in, take_picture, violations
from tests.support.product import Product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]

DIVISIONS = frozenset({"partnership", "validation-and-compliance", "enforcement"})
LEE = Identity("lee", "Lee Moran", frozenset({RoleName.ENTRY_SPECIALIST}), frozenset({"CEE003"}), divisions=DIVISIONS)


async def be(context: BrowserContext, console: str, name: str) -> Page:
    page = await context.new_page()
    await sign_in(page, console, name)
    return page


async def call(product: Product, person: Identity, method: str, path: str, body: Any = None, key: str = "") -> Any:
    if method == "get":
        return await ask(product, person, "workqueue", path)
    return await tell(product, person, "workqueue", path, body, key=key or None)


async def open_items(product: Product, **query: str) -> list[dict[str, Any]]:
    filters = "&".join(f"{name}={value}" for name, value in query.items())
    found = await call(product, LEE, "get", f"/items?center=CEE003&state=open&{filters}")
    return list(found["items"])


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_next_item_is_asked_about_answered_checked_and_decided(
    product: Product, browser: Browser, console: str, width: int
) -> None:
    said = Said()
    context = await open_context(browser, width)
    page = await be(context, console, "Kim Sato")
    said.listen(page)
    await page.goto(f"{console}/queue?center=CEE003&process=preference")
    await page.get_by_role("button", name="Next item").click()
    await page.wait_for_url("**/items/*")
    item_id = page.url.rpartition("/")[2].partition("?")[0]
    await page.get_by_text("Why this one came next.").wait_for()

    await page.locator("#letter > summary").click()
    await page.get_by_label("Questions, or the action").fill("Who made the goods?\nWhere were they made?")
    await page.locator("#l-issue").select_option("06" if width == WIDE else "01")  # no second letter on one issue
    await page.get_by_role("button", name="Issue it now").click()
    await page.get_by_text("The letter is kept: see Letters.").wait_for()
    await take_picture(page, "flow-letter")
    item = await call(product, LEE, "get", f"/items/{item_id}")
    [letter] = item["requests"]
    importer = Identity(
        "ida", "Ida Fischer", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({item["importer_number"]})
    )
    path = f"/requests/{letter['request_id']}/answers"
    await call(product, importer, "post", path, {"text": "Made in Puebla by our own plant."}, key=f"answer-{width}")

    await page.get_by_role("link", name="CBP-28").click()
    await page.get_by_text("Made in Puebla by our own plant.").wait_for()
    await take_picture(page, "flow-answer")
    await page.goto(f"{console}/items/{item_id}")
    await page.get_by_text("No change: liquidate as entered").click()
    await page.get_by_label("What you found").fill("The certificate covers the goods.")
    await page.get_by_role("button", name="Check sums first").click()
    await page.get_by_text("The work queue would take this decision.").wait_for()
    await take_picture(page, "flow-check")
    await page.evaluate("window.scrollTo(0, 0)")
    await take_picture(page, "readme-item", is_whole=False)
    assert await page.get_by_label("What you found").input_value() == "The certificate covers the goods."
    await page.get_by_role("button", name="Decide", exact=True).click()
    await page.get_by_text("Decided.").wait_for()
    assert await page.get_by_role("button", name="Next item").count() == 1
    await take_picture(page, "flow-decided")
    decided = await call(product, LEE, "get", f"/items/{item_id}")
    assert (decided["state"], decided["outcome"], decided["decision"]["decided_by"]) == (
        "completed",
        "no-change",
        "kim",
    )
    assert [each["text"] for each in decided["decision"]["reasons"]] == ["The certificate covers the goods."]
    assert said.lines == []
    await context.close()


async def test_of_two_officers_one_gets_the_item_and_the_other_is_told_who(
    product: Product, browser: Browser, console: str
) -> None:
    item = (await open_items(product, process="ad-cvd"))[0]
    first, second = await open_context(browser), await open_context(browser)
    kim, lee = await be(first, console, "Kim Sato"), await be(second, console, "Lee Moran")
    for page in (kim, lee):
        await page.goto(f"{console}/items/{item['item_id']}")
    claims = [page.get_by_role("button", name="Claim", exact=True) for page in (kim, lee)]
    await together(*(claim.click() for claim in claims))
    mains = [await page.locator("main").inner_text() for page in (kim, lee)]
    held = (await call(product, LEE, "get", f"/items/{item['item_id']}"))["holder_name"]
    assert sorted("you, until" in text for text in mains) == [False, True]
    [loser] = [text for text in mains if "you, until" not in text]
    assert "Not done" in loser
    assert held in loser
    await take_picture(lee if held == "Kim Sato" else kim, "race-lost")
    await first.close()
    await second.close()


async def test_what_was_written_survives_a_lost_claim(product: Product, browser: Browser, console: str) -> None:
    item = (await open_items(product, process="ad-cvd"))[1]
    context = await open_context(browser, bypass_csp=True)
    page = await be(context, console, "Kim Sato")
    await page.goto(f"{console}/items/{item['item_id']}")
    await page.get_by_role("button", name="Claim", exact=True).click()
    await page.get_by_text("No change: liquidate as entered").click()
    await page.get_by_label("What you found").fill("Forty lines of careful thought.")
    other = await context.new_page()  # in another window the item is given back, and Lee takes it
    await other.goto(f"{console}/items/{item['item_id']}")
    await other.get_by_role("button", name="Give back").click()
    token = (await call(product, LEE, "post", f"/items/{item['item_id']}/claim"))["token"]
    await page.get_by_role("button", name="Decide", exact=True).click()
    await page.get_by_text("What you wrote here is kept").wait_for()
    assert "Forty lines of careful thought." in await page.locator("main").inner_text()
    assert await violations(page) == []
    await take_picture(page, "claim-lost")
    await call(product, LEE, "post", f"/items/{item['item_id']}/release", {"token": token})
    await page.goto(f"{console}/items/{item['item_id']}")
    await page.get_by_role("button", name="Claim", exact=True).click()
    assert await page.get_by_label("What you found").input_value() == "Forty lines of careful thought."
    await page.get_by_role("button", name="Give back").click()
    await context.close()


async def test_draft_is_kept_by_its_button_and_gone_when_empty(
    product: Product, browser: Browser, console: str
) -> None:
    item = (await open_items(product, process="ad-cvd"))[2]
    context = await open_context(browser, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{console}/login")
    await page.get_by_role("button", name="Sign in as Kim Sato").click()
    await page.goto(f"{console}/items/{item['item_id']}")
    await page.get_by_role("button", name="Claim", exact=True).click()
    await page.get_by_label("What you found").fill("Half a thought")
    await page.locator("form[action$='/decide']").get_by_role("button", name="Keep as a draft").click()
    await page.goto(f"{console}/items/{item['item_id']}")
    assert await page.get_by_label("What you found").input_value() == "Half a thought"
    await page.get_by_label("What you found").fill("")
    await page.locator("form[action$='/decide']").get_by_role("button", name="Keep as a draft").click()
    await page.goto(f"{console}/items/{item['item_id']}")
    assert await page.get_by_label("What you found").input_value() == ""
    await page.get_by_role("button", name="Give back").click()
    await context.close()


async def test_the_keyboard_is_enough_to_find_claim_and_decide(
    product: Product, browser: Browser, console: str
) -> None:
    context = await open_context(browser)
    page = await be(context, console, "Kim Sato")
    await page.goto(f"{console}/queue?center=CEE003&process=quota")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    assert await page.locator("tr.cl-here").count() == 1
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/items/*")
    item_id = page.url.rpartition("/")[2]
    await page.keyboard.press("c")
    await page.get_by_text("you, until").wait_for()
    reached = None
    for _ in range(120):
        await page.keyboard.press("Tab")
        reached = await page.evaluate("document.activeElement.id")
        if reached.startswith("o-"):
            break
    assert reached == "o-no-change"
    await page.keyboard.press("Space")
    while await page.evaluate("document.activeElement.id") != "d-reason":
        await page.keyboard.press("Tab")
    await page.keyboard.type("In quota, in order.")
    await page.keyboard.press("Control+Enter")
    await page.get_by_text("Decided.").wait_for()
    assert await page.evaluate("document.activeElement.id") == "refusal"
    assert (await call(product, LEE, "get", f"/items/{item_id}"))["outcome"] == "no-change"
    await context.close()


async def test_keys_are_off_where_somebody_turned_them_off(browser: Browser, console: str) -> None:
    context = await open_context(browser)
    page = await be(context, console, "Kim Sato")
    await page.goto(f"{console}/queue?center=CEE003")
    await page.get_by_label("keys off").check()
    await page.keyboard.press("Escape")
    await page.locator("h1").click()
    await page.keyboard.press("j")
    assert await page.locator("tr.cl-here").count() == 0
    await context.close()


async def test_double_click_on_next_claims_one_item(product: Product, browser: Browser, console: str) -> None:
    context = await open_context(browser)
    page = await be(context, console, "Kim Sato")
    before = len((await call(product, LEE, "get", "/items?center=CEE003&state=claimed"))["items"])
    await page.goto(f"{console}/queue?center=CEE003&process=quota")
    await page.get_by_role("button", name="Next item").dblclick()
    await page.wait_for_url("**/items/*")
    after = (await call(product, LEE, "get", "/items?center=CEE003&state=claimed"))["items"]
    assert len(after) == before + 1
    await page.get_by_role("button", name="Give back").click()
    await context.close()


async def test_view_is_kept_shared_with_the_center_and_taken_away(browser: Browser, console: str) -> None:
    first, second = await open_context(browser), await open_context(browser)
    kim, lee = await be(first, console, "Kim Sato"), await be(second, console, "Lee Moran")
    await kim.goto(f"{console}/queue?center=CEE003&process=ad-cvd&due_before=2027-02-01")
    await kim.get_by_text("Views").click()
    await kim.get_by_label("Keep this view as").fill("Friday cut")
    await kim.get_by_text("for all of").click()
    await kim.get_by_role("button", name="Keep", exact=True).click()
    await lee.goto(f"{console}/queue")
    await lee.get_by_text("Views").click()
    await lee.get_by_role("link", name="Friday cut").click()
    assert "due_before=2027-02-01" in lee.url
    assert await lee.get_by_label("Due before").input_value() == "2027-02-01"
    await lee.get_by_text("Views").click()
    assert await lee.get_by_role("button", name="Take away the view").count() == 0
    await kim.get_by_text("Views").click()
    await kim.get_by_role("button", name="Take away the view Friday cut").click()
    assert await kim.get_by_role("link", name="Friday cut").count() == 0
    await first.close()
    await second.close()


async def test_team_board_shows_who_has_what_and_assigns(product: Product, browser: Browser, console: str) -> None:
    ana = Identity(
        "ana", "Ana Ruiz", frozenset({RoleName.ASSISTANT_CENTER_DIRECTOR}), frozenset({"CEE003"}), divisions=DIVISIONS
    )
    item = (await open_items(product, process="ad-cvd"))[3]
    context = await open_context(browser)
    page = await be(context, console, "Ana Ruiz")
    await page.goto(f"{console}/team?center=CEE003&process=ad-cvd")
    box = page.locator(f"input[name=item][value='{item['item_id']}']")
    await box.check()
    await page.get_by_label("Offer to").select_option("lee")
    await page.locator("form[action='/team/assign']").get_by_label("Why").fill("Knows this case.")
    await page.get_by_role("button", name="Assign").click()
    await page.get_by_text("1 of 1 item is now offered to Lee Moran first.").wait_for()
    await take_picture(page, "team-assigned")
    history = (await call(product, ana, "get", f"/items/{item['item_id']}"))["history"]
    assert "assigned" in {each["change"] for each in history}
    await context.close()


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("CEE003", "/centers/CEE003"),
        ("liq-1yr-entry", "/rules/liq-1yr-entry"),
        ("07-544500400", "/accounts/07-544500400"),
        ("8471.30.0100", "/tariff/8471300100"),
    ],
)
async def test_search_box_knows_numbers(browser: Browser, console: str, typed: str, leads_to: str) -> None:
    context = await open_context(browser)
    page = await be(context, console, "Kim Sato")
    await page.keyboard.press("/")
    await page.keyboard.type(typed)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{leads_to}")
    await context.close()


async def test_days_of_an_entry_come_as_a_calendar(product: Product, browser: Browser, console: str) -> None:
    entry = (await open_items(product, process="preference"))[0]["entry_number"]
    context = await open_context(browser)
    await be(context, console, "Kim Sato")
    answer = await context.request.get(f"{console}/entries/{entry}/days.ics")
    lines = (await answer.body()).decode().split("\r\n")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") > 0
    assert all(len(line.encode()) <= 75 for line in lines)
    public = await context.request.get(f"{console}/calculator/days.ics?entry_type=01&entry_date=2026-03-02")
    text = (await public.body()).decode()
    assert "DTSTART;VALUE=DATE:20270302" in text  # 19 USC 1504(a): deemed liquidated a year after entry
    await context.close()


async def test_outsider_sees_own_entries_and_no_queue(browser: Browser, console: str, product: Product) -> None:
    other = (await open_items(product, process="preference"))[0]
    context = await open_context(browser)
    page = await be(context, console, "Ida Fischer")
    await page.wait_for_url("**/my")
    await page.goto(f"{console}/accounts/07-544500400")
    assert await page.get_by_role("link", name="Queue").count() == 0
    await take_picture(page, "account-importer")
    for path, status in ((f"/items/{other['item_id']}", {403, 404}), ("/radar", {403}), ("/team", {403})):
        assert (await look(page, console + path)).status in status, path
    strange = await look(page, f"{console}/accounts/{other['importer_number']}")
    assert (strange.status in {403, 404}) == (other["importer_number"] != "07-544500400")
    await context.close()


async def test_form_of_an_earlier_session_does_nothing(browser: Browser, console: str, product: Product) -> None:
    item = (await open_items(product, process="ad-cvd"))[4]
    context = await open_context(browser)
    page = await be(context, console, "Kim Sato")
    await page.goto(f"{console}/items/{item['item_id']}")
    other = await be(context, console, "Lee Moran")  # the same browser is somebody else now
    await page.get_by_role("button", name="Claim", exact=True).click()
    await page.get_by_role("heading", name="The form is too old").wait_for()
    await other.goto(f"{console}/items/{item['item_id']}")
    assert await other.get_by_text("nobody", exact=True).count() == 1
    await context.close()
