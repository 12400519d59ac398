"""docs/processes: every process of the Centers with its way, acts and clocks, written from the tables."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from services.workqueue.domain.processes.engine import UNITS
from services.workqueue.domain.processes.shape import Act, Clock, Process
from services.workqueue.domain.processes.table import PROCESSES

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "processes"
_DIVISIONS: Final[Mapping[str, str]] = {
    "partnership": "Partnership",
    "validation-and-compliance": "Validation and Compliance",
    "enforcement": "Enforcement",
}


def pages() -> dict[str, str]:
    """Every page by its name."""
    found = {f"{process.code}.md": page(process) for process in PROCESSES.values()}
    return {"README.md": _overview(), **found}


def write() -> None:
    """Write all pages, and remove those of processes that are no more."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def page(process: Process) -> str:
    """One process."""
    return "\n".join(
        [
            f"# {process.label}\n",
            "Written by `make contracts` from `services/workqueue/domain/processes/`; do not edit.\n",
            f"{process.summary} {process.citation}. Division: {_DIVISIONS[process.division]}.",
            *_owners(process),
            "",
            "```mermaid",
            *_diagram(process),
            "```",
            "\n## Stages\n",
            "| stage | what | waits for |\n|---|---|---|",
            *(f"| `{each.code}` | {each.label} | {each.waits_for or ''} |" for each in process.stages),
            "\n## Acts\n",
            "| act | from | to | who | records | clocks | ends as | notices | citation |",
            "|---|---|---|---|---|---|---|---|---|",
            *map(_act, process.acts),
            *_clocks(process),
            *_steps(process),
            *_outcomes(process),
            *_settings(process),
            "",
        ]
    )


def _overview() -> str:
    rows = (
        f"| [{each.label}]({each.code}.md) | `{each.code}` | {_DIVISIONS[each.division]} | {len(each.stages)} |"
        f" {len(each.acts)} | {len(each.clocks)} |"
        for each in PROCESSES.values()
    )
    return "\n".join(
        [
            "# Processes of the Centers\n",
            "Written by `make contracts` from `services/workqueue/domain/processes/`; do not edit.\n",
            "Each is a table: stages, acts, clocks, steps and outcomes. `GET /processes` of the work queue serves those"
            " that are not law-enforcement-sensitive.\n",
            "| process | code | division | stages | acts | clocks |\n|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _owners(process: Process) -> Iterator[str]:
    if process.legal_state != "none":
        yield f"What the law says of the matter is kept by {process.legal_state}; the item follows its events."
    if process.opened_by:
        yield f"Opened by: {', '.join(process.opened_by)}."
    if process.opened_on:
        yield f"Opened by the events: {', '.join(f'`{each}`' for each in process.opened_on)}."
    if process.is_sensitive:
        yield "Law-enforcement-sensitive: no notice goes to a party, and no matter is opened before its compartment is."


def _diagram(process: Process) -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {_name(process.first)}"
    for act in process.acts:
        for source in act.source:
            if act.target is not None and act.target != source:
                yield f"    {_name(source)} --> {_name(act.target)}: {act.code}"
    for stage in process.stages:
        if stage.is_end:
            yield f"    {_name(stage.code)} --> [*]"


def _name(stage: str) -> str:
    return stage.replace("-", "_")


def _act(act: Act) -> str:
    who = ", ".join(act.roles) if act.roles else f"event `{act.event}`"
    who += " (holder)" if act.roles and act.by_holder else ""
    if act.not_by:
        who += f"; not who did {', '.join(act.not_by)}"
    fields = ", ".join(each.name if each.is_required else f"({each.name})" for each in act.fields)
    moves = (("begins", act.starts), ("stops", act.pauses), ("continues", act.resumes), ("ends", act.ends))
    clocks = "; ".join(f"{verb} {', '.join(names)}" for verb, names in moves if names)
    cells = (
        f"`{act.code}` {act.label}",
        ", ".join(act.source),
        act.target or "",
        who,
        fields,
        clocks,
        act.outcome or "",
        ", ".join([*act.tells, *([f"`{act.publishes}`"] if act.publishes is not None else [])]),
        act.citation or "",
    )
    return f"| {' | '.join(cells)} |"


def _clocks(process: Process) -> Iterator[str]:
    if process.clocks:
        yield "\n## Clocks\n"
        yield "| clock | what | kind | length | then | citation | evidence |\n|---|---|---|---|---|---|---|"
    for each in process.clocks:
        words = (f"`{each.code}`", each.label, each.kind, _length(each), each.effect, each.citation, each.evidence)
        yield f"| {' | '.join(words)} |"


def _length(clock: Clock) -> str:
    since = f"`{clock.counts_from}`" if clock.counts_from is not None else "the act"
    if clock.length == 0:
        return f"until {since}"
    if clock.length < 0:
        return f"until {-clock.length} {UNITS[clock.unit]} before {since}"
    return f"{clock.length} {UNITS[clock.unit]} from {since}"


def _steps(process: Process) -> Iterator[str]:
    if process.steps:
        yield "\n## Checklist\n"
    for each in process.steps:
        yield f"- {each.label}, before `{each.before}`" + (f" ({each.citation})" if each.citation else "")


def _outcomes(process: Process) -> Iterator[str]:
    yield "\n## How it ends\n"
    for code, label in process.outcomes.items():
        yield f"- `{code}`: {label}"


def _settings(process: Process) -> Iterator[str]:
    if process.settings:
        yield "\n## What is not settled, and how it is read here\n"
    for each in process.settings:
        yield f"- {each}"
