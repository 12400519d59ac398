"""Letters in a second: `python -m bench.letters` typesets 1,000 letters and puts them into a store, as a batch does."""

import asyncio
import io
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from services.notifications.acts.typesetting import LetterRules, typeset
from services.notifications.domain.editions import words_in_edition
from services.notifications.domain.kind import VERSION
from services.notifications.domain.letters import Addressee
from services.notifications.store.notices import WrittenNotice
from shared.customs.postal import PostalAddress
from shared.files.depot import Depot
from shared.files.scan import NoScanner

_ADDRESS = PostalAddress(("1 Example Plaza", "Suite 400"), "Chicago", "US", "IL", "60601")
_RULES = LetterRules("https://bulletin.example")


def letter_of(serial: int) -> WrittenNotice:
    """A request for information with two questions, of one page."""
    return WrittenNotice(
        notice_id=UUID(int=serial),
        kind="N-03",
        subject=f"request-{serial}",
        cause_sequence=1,
        version=VERSION,
        importer_number="07-345678900",
        entry_number="B7609000038",
        filer_code="B76",
        surety_code=None,
        center="CEE007",
        issued_on=date(2026, 3, 2),
        due_on=date(2026, 4, 1),
        citation="CBP Form 28; 19 USC 1509(a)",
        if_nothing_is_done=words_in_edition("N-03", None, VERSION).if_nothing_is_done,
        body={
            "request_id": f"request-{serial}",
            "contact": "Kim Synthetic",
            "questions": ["SYNTHETIC: please send the sales contract.", "SYNTHETIC: what is the article made of?"],
        },
        caused_at=datetime(2026, 3, 2, 15, tzinfo=UTC),
        variant=None,
        entry_numbers=("B7609000038",),
    )


async def measure(many: int, depot: Depot) -> tuple[int, float, float]:
    """Pages, seconds, and the processor's seconds of as many letters, each typeset, hashed and stored."""
    typeset(letter_of(0), Addressee("SYNTHETIC IMPORTER", _ADDRESS, "en"), _RULES)  # fonts are read once
    began, worked = time.perf_counter(), time.process_time()
    pages = 0
    for serial in range(1, many + 1):
        addressee = Addressee(f"SYNTHETIC IMPORTER {serial:04d}", _ADDRESS, "en")
        made = await asyncio.to_thread(typeset, letter_of(serial), addressee, _RULES)
        await depot.put(made.sha256, io.BytesIO(made.pdf))
        pages += made.pages
    return pages, time.perf_counter() - began, time.process_time() - worked


def main() -> None:
    """Print pages in a second."""
    from obstore.store import LocalStore  # noqa: PLC0415  only here

    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="centerline-letters-") as folder:
        store = LocalStore(Path(folder))
        depot = Depot(store, "notifications", NoScanner(), max_bytes=1, is_scan_required=False)
        pages, seconds, worked = asyncio.run(measure(many, depot))
    print(
        f"{many} letters, {pages} pages: {pages / seconds:.1f} pages a second,"
        f" {pages / worked:.1f} in a second of the processor"
    )


if __name__ == "__main__":
    main()
