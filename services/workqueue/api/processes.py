"""Every process of the Centers as a table: a page can draw each form without knowing the process."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.workqueue.domain.processes.shape import Act, Clock, Division, Process, Stage, Step
from services.workqueue.domain.processes.shape import Field as ActField
from services.workqueue.domain.processes.table import PROCESSES
from shared.runtime.access import is_staff
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity
from shared.web.access import allow

router = APIRouter(tags=["processes"])


class StageOut(BaseModel):
    """Where a matter may stand."""

    code: str = Field(examples=["perfecting"])
    label: str
    waits_for: str | None = Field(description="Who has to do something first; null: the Center.")
    is_end: bool


class FieldOut(BaseModel):
    """What an act records."""

    name: str = Field(examples=["missing"])
    label: str
    kind: str = Field(examples=["text"])
    codes: Mapping[str, str] | None = Field(description="The values of a code, each with its meaning.")
    is_required: bool


class ActOut(BaseModel):
    """What somebody may do, or what an event does."""

    code: str = Field(examples=["ask-for-data"])
    label: str
    source: list[str] = Field(description="The stages in which it is done.")
    target: str | None = Field(description="The stage to which it leads; null: it stays.")
    roles: list[str] = Field(description="Who may; empty: an event does it.")
    by_holder: bool = Field(description="Needs the token of the item's claim.")
    not_by: list[str] = Field(description="Whoever did one of these acts may not do this one.")
    fields: list[FieldOut]
    starts: list[str] = Field(description="Clocks that it begins.")
    pauses: list[str]
    resumes: list[str]
    ends: list[str]
    outcome: str | None = Field(description="How the matter ends by it.")
    event: str | None = Field(description="The event that does it by itself.")
    opens: str | None = Field(description="The process of a matter that it opens beside this one.")
    notices: list[str]
    publishes: str | None = Field(description="The topic on which another service hears of it.")
    citation: str | None


class ProcessClockOut(BaseModel):
    """A time limit of a process."""

    code: str = Field(examples=["tender"])
    label: str
    kind: str = Field(description="`statutory`, `policy` or `goal`.")
    length: int
    unit: str
    effect: str = Field(description="What follows when the day has passed.")
    citation: str
    evidence: str = Field(description="How well it is evidenced: S, P, M, U, or I for an own rule of Centerline.")
    counts_from: str | None = Field(description="The field with the day from which it counts; null: that of the act.")


class StepOut(BaseModel):
    """A point of the checklist."""

    code: str
    label: str
    before: str = Field(description="The act before which it is looked at.")
    citation: str | None


class ProcessOut(BaseModel):
    """A process in a line."""

    code: str = Field(examples=["prior-disclosure"])
    label: str
    summary: str
    division: Division
    citation: str
    legal_state: str = Field(description="The service that owns what the law says of the matter; `none`: nobody.")
    opened_by: list[str] = Field(description="Who may open a matter with POST /items; empty: an event does.")
    opened_on: list[str] = Field(description="The events that open one.")
    is_of_importer: bool = Field(description="No matter is opened without an importer number.")


class ProcessDetailOut(ProcessOut):
    """A process with everything that it is made of."""

    first: str
    stages: list[StageOut]
    acts: list[ActOut]
    clocks: list[ProcessClockOut]
    steps: list[StepOut]
    outcomes: Mapping[str, str]
    settings: list[str] = Field(description="What is not public or not settled, and how it is read here.")


class ProcessesOut(BaseModel):
    """All processes, in order of code."""

    items: list[ProcessOut]


@router.get("/processes", summary="The processes of the Centers")
async def list_processes(caller: Annotated[Identity, allow("process.read")]) -> ProcessesOut:
    """Each with its division, who opens a matter, and who owns its legal state.

    Those that are law-enforcement-sensitive are shown to whoever works for CBP.
    """
    shown = [process for process in PROCESSES.values() if _is_shown(process, caller)]
    return ProcessesOut(items=[ProcessOut(**_line(process)) for process in shown])


@router.get("/processes/{code}", summary="A process with its stages, acts and clocks")
async def read_process(
    code: Annotated[str, Path(max_length=64, examples=["prior-disclosure"])],
    caller: Annotated[Identity, allow("process.read")],
) -> ProcessDetailOut:
    """Everything a page needs to draw its way and its forms."""
    process = PROCESSES.get(code)
    if process is None or not _is_shown(process, caller):
        raise NotFound(f"There is no process {code}; GET /processes lists them.")
    return ProcessDetailOut(
        **_line(process),
        first=process.first,
        stages=[_stage(stage) for stage in process.stages],
        acts=[act_out(act) for act in process.acts],
        clocks=[_clock(clock) for clock in process.clocks],
        steps=[_step(step) for step in process.steps],
        outcomes=dict(process.outcomes),
        settings=list(process.settings),
    )


def _is_shown(process: Process, caller: Identity) -> bool:
    return not process.is_sensitive or is_staff(caller)


def act_out(act: Act) -> ActOut:
    """An act as it is shown."""
    return ActOut(
        code=act.code,
        label=act.label,
        source=list(act.source),
        target=act.target,
        roles=list(act.roles),
        by_holder=act.by_holder,
        not_by=list(act.not_by),
        fields=[field_out(each) for each in act.fields],
        starts=list(act.starts),
        pauses=list(act.pauses),
        resumes=list(act.resumes),
        ends=list(act.ends),
        outcome=act.outcome,
        event=act.event,
        opens=act.opens,
        notices=list(act.tells),
        publishes=act.publishes,
        citation=act.citation,
    )


def field_out(field: ActField) -> FieldOut:
    """A field as it is shown."""
    return FieldOut(
        name=field.name,
        label=field.label,
        kind=field.kind,
        codes=dict(field.codes) if field.codes is not None else None,
        is_required=field.is_required,
    )


def _line(process: Process) -> dict[str, object]:
    return {
        "code": process.code,
        "label": process.label,
        "summary": process.summary,
        "division": process.division,
        "citation": process.citation,
        "legal_state": process.legal_state,
        "opened_by": list(process.opened_by),
        "opened_on": list(process.opened_on),
        "is_of_importer": process.is_of_importer,
    }


def _stage(stage: Stage) -> StageOut:
    return StageOut(code=stage.code, label=stage.label, waits_for=stage.waits_for, is_end=stage.is_end)


def _clock(clock: Clock) -> ProcessClockOut:
    return ProcessClockOut(
        code=clock.code,
        label=clock.label,
        kind=clock.kind,
        length=clock.length,
        unit=clock.unit,
        effect=clock.effect,
        citation=clock.citation,
        evidence=clock.evidence,
        counts_from=clock.counts_from,
    )


def _step(step: Step) -> StepOut:
    return StepOut(code=step.code, label=step.label, before=step.before, citation=step.citation)
