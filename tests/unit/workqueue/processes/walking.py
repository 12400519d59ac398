"""Walks through a process: each line is an act as law or practice writes it, and where the matter is then."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from services.workqueue.domain.processes.engine import Done, Standing, find_bar, follow, stand
from services.workqueue.domain.processes.shape import Process


@dataclass(frozen=True, slots=True)
class Line:
    """On a day somebody with a role does an act; then the matter is in a stage, and due on a day (None: never)."""

    on: date
    act: str
    role: str
    stage: str
    due_on: date | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    who: str = "kim"


def walk(process: Process, opened_on: date, *lines: Line) -> Standing:
    """Do what the lines say; each must be allowed, ask for no other fields, and lead where its line says."""
    done: list[Done] = []
    standing = stand(process, _noon(opened_on), done)
    for line in lines:
        act = process.act(line.act)
        if act.roles:
            bar = find_bar(process, standing, act, frozenset({line.role}), frozenset({line.who}))
            assert bar is None, f"{line.act}: {bar}"
        required = {each.name for each in act.fields if each.is_required}
        known = {each.name for each in act.fields}
        assert required <= line.fields.keys() <= known, f"{line.act} asks for {sorted(required)}"
        each = Done(line.act, _noon(line.on), frozenset({line.who} if act.roles else ()), line.fields)
        standing = follow(process, standing, each)
        done.append(each)
        assert (standing.stage, standing.due_on()) == (line.stage, line.due_on), f"after {line.act}"
    assert standing == stand(process, _noon(opened_on), done)
    return standing


def barred(process: Process, standing: Standing, act: str, role: str, who: str = "kim") -> str | None:
    """The code of what stands against an act; None: nothing does."""
    bar = find_bar(process, standing, process.act(act), frozenset({role}), frozenset({who}))
    return bar.code if bar is not None else None


def _noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 17, tzinfo=UTC)
