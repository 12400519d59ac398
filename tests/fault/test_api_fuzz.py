"""Every API against requests that its document allows, that it forbids, and that nobody in their senses would send.

The real applications run on real databases with sample entries. No call may be answered with 5xx; an error is a
problem detail, an answer is as documented. A run prints its seed: CENTERLINE_FUZZ_SEED repeats it, and
CENTERLINE_FUZZ_CALLS says how many calls are made. What a run finds is kept in tests/integration/test_api_edges.py.
"""

import asyncio
import os
import random
import sys
import traceback
from collections.abc import Coroutine, Iterator, MutableMapping
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
import structlog

from shared.db.embedded import EmbeddedPostgres
from tests.support.api_fuzz import Fuzzer, Tally
from tests.support.apis import Api, close_apis, known_numbers, open_apis
from tests.support.asgi import Answer, Call, send
from tests.support.databases import TestDatabases
from tests.support.invariants import find_violations

T = TypeVar("T")

SHORT_CALLS: Final = 6_000
LONG_CALLS: Final = 1_000_000
ROUND_CALLS: Final = 20_000
"""After these all begins anew, with what there is by then."""
LINES: Final = 600
CYCLE: Final = date(2026, 8, 14)
"""About half of the entries of the sample's beginning are due by then."""


class Site:
    """The four applications on a loop of their own, and the last error that one of them logged."""

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        self._loop = asyncio.new_event_loop()
        self._databases = TestDatabases(postgres)
        self._cause = ""
        self._logging = structlog.get_config()
        structlog.configure(processors=[self._keep_cause])
        self.apis: dict[str, Api] = self.run(open_apis(self._databases, lines=LINES, cycles=[CYCLE]))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def call(self, api: Api, call: Call) -> Answer:
        return self.run(send(api.app, call))

    def cause(self) -> str:
        """Where the last error came from, once."""
        cause, self._cause = self._cause, ""
        return cause

    def broken_invariants(self, api: Api) -> dict[str, list[str]]:
        found = self.run(find_violations(api.platform.engine, api.parts.invariants))
        return {name: lines for name, lines in found.items() if lines}

    def close(self) -> None:
        self.run(close_apis(self.apis))
        self.run(self._databases.close())
        self._loop.close()
        structlog.configure(**self._logging)

    def _keep_cause(self, _: Any, __: str, event: MutableMapping[str, Any]) -> Any:
        error = event.get("exc_info")
        if isinstance(error, BaseException):
            frames = [
                each for each in traceback.extract_tb(error.__traceback__) if "/site-packages/" not in each.filename
            ]
            place = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames[-4:]))
            self._cause = f"{type(error).__name__}: {str(error)[:200]} at {place}"
        raise structlog.DropEvent


@pytest.fixture(scope="module")
def site(postgres: EmbeddedPostgres) -> Iterator[Site]:
    site = Site(postgres)
    yield site
    site.close()


@pytest.mark.timeout(1800)
@pytest.mark.verify
@pytest.mark.sharing
def test_no_request_breaks_an_api(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    examine(site, int(os.environ.get("CENTERLINE_FUZZ_CALLS") or SHORT_CALLS), capsys)


@pytest.mark.timeout(6 * 3600)
@pytest.mark.long
def test_no_request_of_a_million_breaks_an_api(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    examine(site, int(os.environ.get("CENTERLINE_FUZZ_CALLS") or LONG_CALLS), capsys)


def examine(site: Site, calls: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Spread the calls over the services by how many operations each has; print the seed and the tally."""
    chosen = int(os.environ.get("CENTERLINE_FUZZ_SEED") or random.SystemRandom().randrange(2**32))
    with capsys.disabled():
        sys.stdout.write(f"\nCENTERLINE_FUZZ_SEED={chosen}\n")
        sys.stdout.flush()
    tally = Tally()
    known = {**known_numbers(LINES), "date": [CYCLE.isoformat()]}
    sizes = {name: sum(map(len, api.app.openapi()["paths"].values())) for name, api in site.apis.items()}
    for begun in count():
        left = min(ROUND_CALLS, calls - tally.calls)
        if left <= 0:
            break
        for name, api in site.apis.items():
            share = left * sizes[name] // sum(sizes.values())
            Fuzzer(api, partial(site.call, api), site.cause, known, chosen + begun, tally).run(share)
    with capsys.disabled():
        sys.stdout.write(f"{tally}\n")
        never = [name for api in site.apis.values() for name in tally.unreached(api)]
        sys.stdout.write(f"never answered with 2xx: {', '.join(never)}\n")
        sys.stdout.flush()
    assert not tally.findings, "\n" + "\n".join(map(str, tally.findings.values()))
    assert {name: broken for name, api in site.apis.items() if (broken := site.broken_invariants(api))} == {}
