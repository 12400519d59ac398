"""The console in a browser, in short: the start page, signing in, the queue, and who may send forms."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.browser import Said, look, open_context, running_browser, sign_in, violations
from tests.support.product import Product, running_product

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def empty(open_folder: Path) -> AsyncIterator[Product]:
    async with running_product(bus="postgres", folder=open_folder / "console-short") as product:
        yield product


async def test_somebody_looks_signs_in_asks_for_work_and_leaves(empty: Product) -> None:
    console, said = empty.environment.address_of("console"), Said()
    async with running_browser() as browser:
        context = await open_context(browser)
        page = await context.new_page()
        said.listen(page)
        answer = await look(page, console)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        await sign_in(page, console, "Kim Sato")
        await page.wait_for_url("**/queue")
        await page.get_by_role("button", name="Next item").click()
        await page.get_by_text("Nothing here is for you to take now.").wait_for()
        for path in ("/team", "/radar", "/calculator?entry_type=01&entry_date=2026-03-02"):
            assert (await look(page, console + path)).status == 200
            assert await page.locator("h1").count() == 1
        await page.get_by_role("button", name="Sign out").click()
        await page.goto(f"{console}/queue")
        assert page.url == f"{console}/login?to=/queue"
        assert said.lines == []

        # Another site's page, and a caller that is no browser, sign nobody in.
        for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "none"}, {}):
            refused = await context.request.post(
                f"{console}/login/as", form={"subject": "kim"}, headers=headers, max_redirects=0
            )
            assert refused.status == 403
        assert await context.cookies() == []
        await context.close()

        checked = await open_context(browser, bypass_csp=True)
        page = await checked.new_page()
        await page.goto(console)
        assert await violations(page) == []
        await checked.close()
