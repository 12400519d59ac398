"""What people do by forms alone, which is all that a browser without scripts has: files, acts, bulk, views, badges."""

import re

import pytest

from tests.support.files import PDF
from tests.support.pages import reading_as
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
