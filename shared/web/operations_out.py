"""What the operations of operators answer and take: one form in every service."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.bus.dead_letters import LetterFilter, LetterGroup
from shared.contracts.terms import ShortText
from shared.customs.calendar import end_of_legal_day
from shared.db.job_runs import JobRun
from shared.db.operator_acts import OperatorAct
from shared.db.set_aside import RowSetAside
from shared.operations.letters import MOST_IDS, Preview
from shared.runtime.logging import mask_importer_numbers
from shared.web.fields import LARGEST_EXACT, BigOrdinal, LegalDay

LetterState = Literal["parked", "replay-requested", "replayed", "discarded"]
EventState = Literal["waiting", "returned", "discarded"]
Reason = Annotated[ShortText, Field(min_length=1, description="Why, in words that are kept with who asked.")]
_SECOND: Final = timedelta(microseconds=1)
_LETTER: Final[dict[str, Any]] = {
    "letter_id": 7,
    "state": "parked",
    "topic": "entry-filed",
    "partition": 3,
    "log_offset": 8812,
    "key": "B7603245279",
    "reason": "bad-check-digit",
    "detail": "data.entry_number: B7603245279 came; right is the check digit 8",
    "attempts": 1,
    "first_failed_at": "2026-03-02T19:03:12Z",
    "last_failed_at": "2026-03-02T19:03:12Z",
    "code_version": "1.0.0",
}
_ACT: Final[dict[str, Any]] = {
    "act_id": 12,
    "act": "replay-letters",
    "state": "done",
    "asked": {"reason": "bad-check-digit", "up_to": 4711},
    "reason": "Release 1.2 reads them.",
    "asked_by": "otto",
    "asked_at": "2026-03-02T20:00:00Z",
    "total": 29,
    "done": 29,
    "result": {},
    "ended_at": "2026-03-02T20:00:01Z",
}


class PlaceOut(BaseModel):
    """Where the service stands on a partition."""

    topic: str
    partition: int
    next_offset: int
    behind: int | None = Field(description="Records still to apply; null where the bus does not answer.")
    refused_in_a_row: int = Field(description="Letters in an unbroken row; beyond a limit the process stops.")
    failed_in_a_row: int
    moved_at: datetime | None


class OutboxOut(BaseModel):
    """What waits to be published."""

    waiting: int
    oldest_at: datetime | None
    oldest_seconds: float | None
    set_aside: int = Field(description="Events that the bus did not take and that wait for an operator.")


class LaneOut(BaseModel):
    """Deliveries of a lane and channel that wait."""

    lane: str
    channel: str
    waiting: int
    failing: int = Field(description="Of them those that were tried before and failed.")
    due: int = Field(description="Of them those whose next try is due.")
    held: int = Field(description="Of them those that the recipient wants later.")
    without_account: int = Field(description="Of them those whose importer's account is not known yet.")
    oldest_at: datetime


class DeliveriesOut(BaseModel):
    """Deliveries to people; no recipient is named."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "waiting": [
                        {
                            "lane": "usual",
                            "channel": "email",
                            "waiting": 14,
                            "failing": 2,
                            "due": 12,
                            "held": 1,
                            "without_account": 0,
                            "oldest_at": "2026-03-02T19:03:12Z",
                        }
                    ],
                    "by_state": {"queued": 14, "sent": 1200, "bounced": 3},
                }
            ]
        }
    )

    waiting: list[LaneOut]
    by_state: dict[str, int] | None = Field(description="All deliveries; null where they are too many to count now.")


class JobsSummaryOut(BaseModel):
    """How the scheduled jobs stand."""

    jobs: int
    failed: list[str] = Field(description="Those whose last run failed or was put off.")
    rows_set_aside: int


class StatusOut(BaseModel):
    """Where the service stands; a part that cannot be told in time is null, and `unknown` says why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service": "routing",
                    "version": "1.0.0",
                    "code_version": "abc123",
                    "roles": ["api", "consumer", "relay", "scheduler"],
                    "checks": {"migrations": None, "bus": None, "lag": None},
                    "is_ready": True,
                    "places": [
                        {
                            "topic": "entry-filed",
                            "partition": 0,
                            "next_offset": 8813,
                            "behind": 0,
                            "refused_in_a_row": 0,
                            "failed_in_a_row": 0,
                            "moved_at": "2026-03-02T19:03:12Z",
                        }
                    ],
                    "behind": 0,
                    "outbox": {"waiting": 0, "oldest_at": None, "oldest_seconds": None, "set_aside": 0},
                    "dead_letters": {"bad-check-digit": 29},
                    "jobs": {"jobs": 9, "failed": [], "rows_set_aside": 0},
                    "broken_invariants": {},
                    "deliveries": None,
                    "unknown": {},
                }
            ]
        }
    )

    service: str
    version: str
    code_version: str
    roles: list[str] = Field(description="What the process that answers runs; others of the service may run more.")
    checks: dict[str, str | None] | None
    is_ready: bool | None
    places: list[PlaceOut] | None
    behind: int | None = Field(description="Records to apply on all partitions; null where one is not known.")
    outbox: OutboxOut | None
    dead_letters: dict[str, int] | None = Field(description="Parked letters by reason.")
    jobs: JobsSummaryOut | None
    broken_invariants: dict[str, int] | None = Field(
        description="What the checks on a schedule found and did not find mended, by invariant."
    )
    deliveries: DeliveriesOut | None = Field(description="Null in a service that sends nothing to people.")
    unknown: dict[str, str] = Field(description="Parts that cannot be told now, and why.")


class DeadLetterGroupOut(BaseModel):
    """Dead letters of one reason and topic."""

    reason: str
    topic: str
    letters: int
    oldest: datetime
    newest: datetime

    @classmethod
    def of(cls, group: LetterGroup) -> "DeadLetterGroupOut":
        """A group as it is shown."""
        return cls(**{name: getattr(group, name) for name in cls.model_fields})


class DeadLetterGroupsOut(BaseModel):
    """Dead letters by reason and topic, the most first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "reason": "bad-check-digit",
                            "topic": "entry-filed",
                            "letters": 29,
                            "oldest": "2026-03-02T19:03:12Z",
                            "newest": "2026-03-02T19:09:01Z",
                        }
                    ]
                }
            ]
        }
    )

    items: list[DeadLetterGroupOut]


class DeadLetterOut(BaseModel):
    """A message that could not be applied."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LETTER]})

    letter_id: int
    state: str
    topic: str
    partition: int
    log_offset: int
    key: str = Field(description="An entry number, or an importer number, which is not shown whole.")
    reason: str
    detail: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    code_version: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "DeadLetterOut":
        """A row as it is shown."""
        return cls(**letter_fields(row))


class DeadLetterFaultOut(BaseModel):
    """One thing that is wrong with a message, as this release reads it."""

    field: str
    code: str
    right: str
    came: str | None


class BytesOut(BaseModel):
    """A part of a message's bytes."""

    size: int
    offset: int
    text: str
    hex_lines: list[str]
    is_masked: bool = Field(description="A number in it that can be a social security number is not shown whole.")


class WholeDeadLetterOut(DeadLetterOut):
    """A dead letter with its message."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_LETTER,
                    "headers": {"content-type": "application/cloudevents+json"},
                    "refused_now": "data.entry_number: B7603245279 came; right is the check digit 8",
                    "faults": [
                        {
                            "field": "data.entry_number",
                            "code": "bad-check-digit",
                            "right": "the check digit 8",
                            "came": "B7603245279",
                        }
                    ],
                    "message": {
                        "size": 2,
                        "offset": 0,
                        "text": "{}",
                        "hex_lines": ["00000000  7b 7d                                             |{}|"],
                        "is_masked": False,
                    },
                    "settled_by": None,
                }
            ]
        }
    )

    headers: dict[str, str]
    refused_now: str | None = Field(description="Why this release refuses its form; null where it can be read now.")
    faults: list[DeadLetterFaultOut] = Field(description="What is wrong with it by place, as far as it is an event.")
    message: BytesOut
    settled_by: "OperatorActOut | None" = Field(description="The last act of an operator on it, with who and why.")


class LetterFilterIn(BaseModel):
    """Which parked letters; what is left out is any."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    topic: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    failed_from: LegalDay | None = Field(default=None, description="Failed last on this legal day or later.")
    failed_to: LegalDay | None = Field(default=None, description="Failed last on this legal day or earlier.")

    def read(self) -> LetterFilter:
        """The filter that statements take."""
        return LetterFilter(
            self.reason,
            self.topic,
            None if self.failed_from is None else end_of_legal_day(self.failed_from - timedelta(days=1)) + _SECOND,
            None if self.failed_to is None else end_of_legal_day(self.failed_to),
        )


class DeadLettersPreviewOut(BaseModel):
    """What an act on the letters of a filter would reach: send `letters` and `up_to` back with the act."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "letters": 29,
                    "up_to": 4711,
                    "oldest": "2026-03-02T19:03:12Z",
                    "newest": "2026-03-02T19:09:01Z",
                    "sample": [_LETTER],
                }
            ]
        }
    )

    letters: int
    up_to: int = Field(description="The last letter of them; what is parked later is not touched.")
    oldest: datetime | None
    newest: datetime | None
    sample: list[DeadLetterOut]

    @classmethod
    def of(cls, found: Preview) -> "DeadLettersPreviewOut":
        """A preview as it is shown."""
        return cls(**asdict(found.parked), sample=[DeadLetterOut.of(row) for row in found.sample])


class PreviewedIn(LetterFilterIn):
    """A filter with what its preview said."""

    letters: Annotated[int, Field(ge=1, le=LARGEST_EXACT)]
    up_to: BigOrdinal


class LetterActIn(BaseModel):
    """Replay or discard letters: those that are named, or all of a filter that was previewed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"act": "replay", "reason": "Release 1.2 reads them.", "ids": [7, 9]},
                {
                    "act": "discard",
                    "reason": "The filer sent them again under other ids.",
                    "matching": {"reason": "conflicting-repeat", "letters": 29, "up_to": 4711},
                },
            ]
        },
    )

    act: Literal["replay", "discard"]
    reason: Reason
    ids: Annotated[list[BigOrdinal], Field(min_length=1, max_length=MOST_IDS)] | None = None
    matching: PreviewedIn | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "LetterActIn":
        if (self.ids is None) == (self.matching is None):
            raise ValueError("name letters by ids, or by the filter of a preview, and not by both")
        return self


class EventOut(BaseModel):
    """An event that the bus did not take."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "event_id": 5,
                    "topic": "entry-routed",
                    "key": "B7603245278",
                    "bytes": 2_300_000,
                    "reason": "message too large",
                    "set_aside_at": "2026-03-02T19:03:12Z",
                    "state": "waiting",
                }
            ]
        }
    )

    event_id: int
    topic: str
    key: str
    bytes: int
    reason: str
    set_aside_at: datetime
    state: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "EventOut":
        """A row as it is shown."""
        return cls(**{**row, "event_id": row["id"], "key": mask_importer_numbers(row["key"])})


class EventActIn(BaseModel):
    """Publish events once more that were set aside, or discard them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"act": "publish", "reason": "The broker takes 4 MB now.", "ids": [5]}]},
    )

    act: Literal["publish", "discard"]
    reason: Reason
    ids: Annotated[list[BigOrdinal], Field(min_length=1, max_length=MOST_IDS)]


class JobOut(BaseModel):
    """How a scheduled job ran last, and when it runs next."""

    job: str
    every_seconds: float
    result: Literal["never", "running", "succeeded", "failed", "postponed"]
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None
    error: str | None
    last_succeeded_at: datetime | None
    next_run_at: datetime
    rows_set_aside: int

    @classmethod
    def of(cls, run: JobRun) -> "JobOut":
        """A run as it is shown."""
        return cls(**{**asdict(run), "rows_set_aside": run.set_aside})


class JobsOut(BaseModel):
    """Every scheduled job of the service."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "job": "check-invariants",
                            "every_seconds": 300.0,
                            "result": "succeeded",
                            "started_at": "2026-03-02T19:00:00Z",
                            "ended_at": "2026-03-02T19:00:01Z",
                            "duration_seconds": 1.2,
                            "error": None,
                            "last_succeeded_at": "2026-03-02T19:00:01Z",
                            "next_run_at": "2026-03-02T19:05:01Z",
                            "rows_set_aside": 0,
                        }
                    ]
                }
            ]
        }
    )

    items: list[JobOut]


class RowLeftOut(BaseModel):
    """A row that a job could not do and leaves out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "row_id": 7,
                    "key": "B7603245278",
                    "error": "ValueError: no rate",
                    "attempts": 2,
                    "first_failed_at": "2026-03-01T19:03:12Z",
                    "last_failed_at": "2026-03-02T19:03:12Z",
                    "skipped_until": "2026-03-03T04:59:59Z",
                }
            ]
        }
    )

    row_id: int = Field(description="What names the row where its key is not shown whole.")
    key: str
    error: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    skipped_until: datetime

    @classmethod
    def of(cls, row: RowSetAside) -> "RowLeftOut":
        """A row as it is shown."""
        fields = {name: getattr(row, name) for name in cls.model_fields}
        return cls(**{**fields, "key": mask_importer_numbers(row.key), "error": mask_importer_numbers(row.error)})


class AskIn(BaseModel):
    """Ask for a run, with why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "The mail server is back; no need to wait."}]}
    )

    reason: Reason


class RetryIn(AskIn):
    """Rows that the next run is to try again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "Release 1.2 can do them.", "ids": [7]}]},
    )

    keys: (
        Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=500)] | None
    ) = Field(default=None, description="Their keys; all of the job without keys and ids.")
    ids: Annotated[list[BigOrdinal], Field(min_length=1, max_length=MOST_IDS)] | None = Field(
        default=None, description="Their numbers (`row_id`), which name rows whose keys are not shown whole."
    )


class OperatorActOut(BaseModel):
    """What an operator asked for, with who and why, and how far it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ACT]})

    act_id: int
    act: Literal[
        "replay-letters",
        "discard-letters",
        "publish-events",
        "discard-events",
        "run-job",
        "retry-rows",
        "check-invariants",
        "restore-archive",
    ]
    state: Literal["going-on", "done", "failed"]
    asked: dict[str, Any] = Field(description="The filter or the ids, the job or the keys.")
    reason: str
    asked_by: str
    asked_at: datetime
    total: int
    done: int
    result: dict[str, Any]
    ended_at: datetime | None

    @classmethod
    def of(cls, act: OperatorAct) -> "OperatorActOut":
        """An act as it is shown."""
        fields = {name: getattr(act, name) for name in cls.model_fields}
        asked = dict(act.asked)
        if "keys" in asked:
            asked["keys"] = [mask_importer_numbers(each) for each in asked["keys"]]
        return cls(**{**fields, "asked": asked, "result": dict(act.result)})


class InvariantOut(BaseModel):
    """A statement that must always hold, and what is known of it."""

    name: str
    meaning: str
    is_walked: bool = Field(description="Checked on a schedule slice by slice; else whole each time.")
    broken: int | None = Field(description="What the schedule found and did not find mended; null where not kept.")
    last_asked_at: datetime | None
    last_asked_by: str | None
    violations: int | None = Field(description="What the last check on demand found in the whole database, up to 100.")
    lines: list[str]
    problem: str | None = Field(description="Why the last check on demand could not tell.")


class InvariantsOut(BaseModel):
    """Every invariant of the service."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "name": "every_entry_routed_once",
                            "meaning": "Every entry has one decision in force.",
                            "is_walked": True,
                            "broken": 0,
                            "last_asked_at": "2026-03-02T19:00:00Z",
                            "last_asked_by": "otto",
                            "violations": 0,
                            "lines": [],
                            "problem": None,
                        }
                    ]
                }
            ]
        }
    )

    items: list[InvariantOut]


def letter_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is shown of a letter without its message."""
    names: Sequence[str] = [name for name in DeadLetterOut.model_fields if name not in {"letter_id", "key", "detail"}]
    return {
        **{name: row[name] for name in names},
        "letter_id": row["id"],
        "key": mask_importer_numbers((row["key"] or b"").decode("utf-8", "replace")),
        "detail": mask_importer_numbers(row["detail"]),
    }
