"""Reminders of days that come near: they add to what the law has told, may be turned off, and are told while true."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.notifications.domain.kind import EMAIL, NoticeKind

REMINDER: Final = "N-45"
KIND: Final = NoticeKind(
    id=REMINDER,
    name="Reminder of a day that comes near",
    form="message of Centerline",
    trigger="deadline-near: near",
    routes=(EMAIL,),
    has_legal_effect=False,
    law="none: a reminder adds to what the law requires",
    days="the day of the clock that comes near, 30, 14, 7 and 1 days before it unless the operator chose others",
    text="A day by which you have to act on the entry below comes near. It is named here as the record has it today.",
    if_nothing_is_done="What happens when the day passes is stated below. This reminder itself changes no day and no "
    "right, and none depends on it: do not wait for one. Once the day has moved or is met there is no more of it. "
    "Reminders are turned off with PUT /preferences.",
)


@dataclass(frozen=True, slots=True)
class NearDay:
    """A day of the legal record that comes near: its clock, and the distance at which it is told."""

    clock: str
    entry_number: str
    importer_number: str
    center: str | None
    what: str
    due_on: date
    days_before: int
    told_on: date
    overtaken_on: date
    if_nothing_is_done: str | None
    citation: str


def subject_of(clock: str, due_on: date) -> str:
    """What the reminders of one day of a clock have in common."""
    return f"{clock} {due_on}"


def why_not_told(kind: str, body: Mapping[str, Any], today: date, *, is_wanted: bool, is_withdrawn: bool) -> str | None:
    """Why a notice is not sent any more today; None: it is. Nothing but a reminder is ever held back so.

    >>> near = {"overtaken_on": "2027-01-05"}
    >>> why_not_told("N-45", near, date(2027, 1, 4), is_wanted=True, is_withdrawn=False)
    >>> why_not_told("N-45", near, date(2027, 1, 5), is_wanted=True, is_withdrawn=False)
    'a nearer reminder took its place, or the day has passed'
    >>> why_not_told("N-13", {}, date(2027, 1, 5), is_wanted=False, is_withdrawn=True)
    """
    if kind != REMINDER:
        return None
    if is_withdrawn:
        return "the day moved, was met, or its clock has ended"
    if today >= date.fromisoformat(body["overtaken_on"]):
        return "a nearer reminder took its place, or the day has passed"
    return None if is_wanted else "the recipient turned reminders off"
