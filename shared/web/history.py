"""History under seal over HTTP, for auditors and courts: the lines of one subject, and the chain of runs."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.db import seals
from shared.db.seals import SealedLine, SealedTable
from shared.db.transaction import Transaction, snapshot
from shared.runtime.access import no_such
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LARGEST_EXACT
from shared.web.requests import engine_of

Withhold = Callable[[SealedLine], str | None]
"""Gives why a line is not shown to the reader; None: it is."""
Sight = Callable[[Request, Transaction, str, Identity], Awaitable[Withhold]]
"""Raises `NotFound` for a subject of which the reader learns nothing, else gives what of it is withheld."""

_SSN: Final = re.compile(r"\b[0-9]{3}-[0-9]{2}-(?=[0-9]{4}\b)")
_EXAMPLE: Final[dict[str, Any]] = {
    "source": "item_events",
    "position": 1,
    "run": 7,
    "digest": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    "link": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "text": '{"change": "claimed", "actor": "kim"}',
    "is_masked": False,
    "withheld": None,
}


class SealedLineOut(BaseModel):
    """A line of history with its seal: `digest` is the SHA-256 of its text, `link` that of the link before and it."""

    source: str = Field(description="The table of history.")
    position: int | None = Field(description="In the chain of the subject and source; null: it waits for the next run.")
    run: int | None
    digest: str | None
    link: str | None
    text: str | None = Field(description="The line as JSON, as it was sealed; null where it is withheld.")
    is_masked: bool = Field(description="A number in it that can be a social security number is not shown whole.")
    withheld: str | None = Field(description="Why the reader does not see it; its seal is shown all the same.")


class HistoryOut(BaseModel):
    """The history of one subject, table by table, in the order of each chain."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"subject": "B7603245278", "lines": [_EXAMPLE]}]})

    subject: str
    lines: list[SealedLineOut]


class SealRunOut(BaseModel):
    """A run of sealing: its link rests on all that were sealed before."""

    run: int
    sealed_at: datetime
    seals: int
    link: str


class SealRunsOut(BaseModel):
    """Runs of sealing, the first first."""

    items: list[SealRunOut]


class SealRunLinksOut(SealRunOut):
    """A run with the links that it made, in the order in which they are hashed."""

    links: list[str]
    before: str | None = Field(description="The link of the run before.")


def build_history_router(tables: Sequence[SealedTable], sight: Sight | None = None) -> APIRouter:
    """The operations by which auditors read the history of a service; `sight` says what a reader does not see."""
    router = APIRouter(tags=["audit"])

    @router.get("/history/{subject}", summary="The history of one subject, under seal")
    async def read_history(
        subject: Annotated[
            str,
            Path(
                min_length=1, max_length=200, description="An entry, item, letter, account or notice, by number or id."
            ),
        ],
        request: Request,
        caller: Annotated[Identity, allow("history.read")],
    ) -> HistoryOut:
        """For auditors (OIG, GAO) and courts: every line of history with its seal, as anyone can check it.

        What the reader may not see is withheld line by line; its digest and link stand there, so that the chain can be
        followed all the same.
        """
        async with snapshot(engine_of(request)) as tx:
            withhold = await sight(request, tx, subject, caller) if sight is not None else None
            lines = await seals.list_lines(tx, tables, subject)
        if not lines:
            raise no_such(f"history of {subject}")
        return HistoryOut(subject=subject, lines=[_line_out(line, withhold) for line in lines])

    @router.get("/history-runs", summary="Runs of sealing")
    async def list_history_runs(
        request: Request,
        _: Annotated[Identity, allow("history.read")],
        after: Annotated[int, Query(ge=0, le=LARGEST_EXACT, description="Runs after this one.")] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> SealRunsOut:
        """The chain of runs: a link that was copied elsewhere proves all that was sealed before it."""
        async with snapshot(engine_of(request)) as tx:
            runs = await seals.list_runs(tx, after, limit)
        return SealRunsOut(items=[SealRunOut(**_run_fields(run)) for run in runs])

    @router.get("/history-runs/{run}", summary="A run of sealing with its links")
    async def read_history_run(
        run: Annotated[int, Path(ge=1, le=LARGEST_EXACT, description="The run's number.", examples=[7])],
        request: Request,
        _: Annotated[Identity, allow("history.read")],
    ) -> SealRunLinksOut:
        """The link of a run is the SHA-256 of the link before and of the SHA-256 of these links, one after the other.

        They name no subject: who need not know of a matter does not learn of it here.
        """
        async with snapshot(engine_of(request)) as tx:
            found = [each for each in await seals.list_runs(tx, max(run - 2, 0), 2) if each.run <= run]
            links = await seals.list_links_of_run(tx, run)
        if not found or found[-1].run != run:
            raise no_such(f"run {run}")
        before = found[0].link.hex() if len(found) > 1 else None
        return SealRunLinksOut(**_run_fields(found[-1]), links=[link.hex() for link in links], before=before)

    return router


def _run_fields(run: seals.SealRun) -> dict[str, object]:
    return {"run": run.run, "sealed_at": run.sealed_at, "seals": run.seals, "link": run.link.hex()}


def _line_out(line: SealedLine, withhold: Withhold | None) -> SealedLineOut:
    withheld = withhold(line) if withhold is not None else None
    masked = _SSN.sub("***-**-", line.text)
    return SealedLineOut(
        source=line.source,
        position=line.position,
        run=line.run,
        digest=line.digest.hex() if line.digest is not None else None,
        link=line.link.hex() if line.link is not None else None,
        text=None if withheld is not None else masked,
        is_masked=withheld is None and masked != line.text,
        withheld=withheld,
    )
