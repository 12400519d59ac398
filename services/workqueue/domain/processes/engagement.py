"""Engagement with the trade: visits, calls and trainings, planned, held and reported with hours and attendees."""

from typing import Final

from services.workqueue.domain.processes.shape import Act, Clock, Field, Process, Stage, Step

_HOSTS: Final = (
    "national-account-manager",
    "import-specialist",
    "entry-specialist",
    "international-trade-specialist",
    "assistant-center-director",
    "center-director",
)
_PLAN: Final = (
    Field("planned_on", "Day", "date"),
    Field(
        "kind",
        "Kind",
        "code",
        {
            "visit": "Visit to a site",
            "call": "Call",
            "training": "Training",
            "webinar": "Webinar",
            "meeting": "Meeting at the Center",
        },
    ),
    Field("topics", "Topics", "text"),
    Field("guests", "Who is invited", "text"),
)

ENGAGEMENT: Final = Process(
    code="engagement",
    label="Engagement",
    summary="A visit, call or training is planned, held, and reported with its hours and attendees.",
    division="partnership",
    citation="Practice of the Centers",
    opened_by=_HOSTS,
    is_of_importer=False,
    first="planned",
    stages=(
        Stage("planned", "Planned", "meeting"),
        Stage("held", "Held, to be reported"),
        Stage("reported", "Reported", is_end=True),
        Stage("cancelled", "Cancelled", is_end=True),
    ),
    acts=(
        Act(
            "set-day",
            "Set the day, or another one",
            ("planned",),
            None,
            _HOSTS,
            fields=_PLAN,
            starts=("day",),
            ends=("day",),
        ),
        Act(
            "hold",
            "Record that it was held",
            ("planned",),
            "held",
            _HOSTS,
            fields=(Field("held_on", "Day", "date"),),
            ends=("day",),
        ),
        Act(
            "report",
            "Report it",
            ("held",),
            "reported",
            _HOSTS,
            fields=(
                Field("hours", "Hours of the Center's people", "hours"),
                Field("attendees", "Attendees from the trade", "integer"),
                Field("who_came", "Who came", "text", is_required=False),
                Field("findings", "What was found or agreed", "text"),
                Field("follow_up", "What follows, and who does it", "text", is_required=False),
            ),
            tells=("N-42",),
            outcome="reported",
        ),
        Act(
            "cancel",
            "Cancel it",
            ("planned",),
            "cancelled",
            _HOSTS,
            fields=(
                Field(
                    "cancelled_by",
                    "Who called it off",
                    "code",
                    {"center": "The Center", "guest": "The guest", "nobody-came": "Nobody came"},
                ),
                Field("cancelled_reason", "Why", "text"),
            ),
            ends=("day",),
            outcome="cancelled",
        ),
    ),
    clocks=(
        Clock(
            "day",
            "The day of the engagement",
            "goal",
            0,
            "days",
            "it is to be recorded as held, or given another day",
            "own rule of Centerline",
            "I",
            counts_from="planned_on",
        ),
    ),
    steps=(
        Step("open-work", "Open work of the account was looked through", "hold"),
        Step("no-decision", "Nothing was decided on a matter of a party", "report"),
    ),
    outcomes={"reported": "Held and reported", "cancelled": "Cancelled"},
    settings=("No time to report an engagement was found; none is counted.",),
)
