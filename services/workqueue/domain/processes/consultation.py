"""Advice of the Center to which goods of an entry belong, asked by the Center of record."""

from typing import Final

from services.workqueue.domain.processes.codes import ISSUES
from services.workqueue.domain.processes.shape import Act, Clock, Field, Process, Stage, Step

_BEFORE_ADVICE: Final = ("asked", "in-review", "waiting-asking-center")

CONSULTATION: Final = Process(
    code="consultation",
    label="Consultation",
    summary="The Center that knows the goods is heard; the Center of record decides the entry.",
    division="validation-and-compliance",
    citation="19 CFR 101.10 (one Center for an importer)",
    legal_state="liquidation",
    opened_by=("import-specialist",),
    opened_on=("entry-routed:consultation",),
    first="asked",
    stages=(
        Stage("asked", "Asked"),
        Stage("in-review", "Goods being looked at"),
        Stage("waiting-asking-center", "Waiting for facts from the Center of record", "another-center"),
        Stage("advised", "Advice given", "another-center"),
        Stage("used", "Used by the Center of record", is_end=True),
        Stage("declined", "Not this Center's goods", is_end=True),
        Stage("overtaken", "Entry liquidated before", is_end=True),
    ),
    acts=(
        Act(
            "take-up",
            "Take up the question",
            ("asked",),
            "in-review",
            fields=(
                Field("asked_on", "Day on which it was asked", "date"),
                Field("issue", "What about", "code", ISSUES),
                Field("question", "Question", "text", is_required=False),
            ),
            starts=("advice",),
        ),
        Act(
            "ask-back",
            "Ask the Center of record for facts",
            ("in-review",),
            "waiting-asking-center",
            fields=(Field("facts_wanted", "What is missing", "text"),),
            pauses=("advice",),
        ),
        Act(
            "give-facts",
            "Give the facts",
            ("waiting-asking-center",),
            "in-review",
            fields=(Field("facts", "Facts", "text"),),
            by_holder=False,
            resumes=("advice",),
        ),
        Act(
            "advise",
            "Give the advice",
            ("in-review",),
            "advised",
            fields=(
                Field("advice", "Advice", "code", {"agree": "Agrees with the entry", "differ": "Differs"}),
                Field("advice_reasons", "Reasons", "text"),
                Field("line_numbers", "Lines", "line-numbers", is_required=False),
                Field("rulings", "Rulings and decisions looked at", "references", is_required=False),
            ),
            ends=("advice",),
        ),
        Act(
            "follow",
            "Follow the advice",
            ("advised",),
            "used",
            by_holder=False,
            not_by=("advise",),
            outcome="followed",
        ),
        Act(
            "depart",
            "Decide otherwise",
            ("advised",),
            "used",
            fields=(Field("departure_reasons", "Why the Center of record decides otherwise", "text"),),
            by_holder=False,
            not_by=("advise",),
            outcome="departed",
        ),
        Act(
            "decline",
            "Send back: the goods are not this Center's",
            ("asked", "in-review"),
            "declined",
            fields=(Field("decline_reasons", "Why, and whose they are", "text"),),
            ends=("advice",),
            outcome="declined",
        ),
        Act(
            "follow-liquidation",
            "Entry liquidated",
            _BEFORE_ADVICE,
            "overtaken",
            (),
            ends=("advice",),
            outcome="overtaken",
            event="entry-changed:liquidated",
        ),
        Act(
            "follow-deemed-liquidation",
            "Entry liquidated by operation of law",
            _BEFORE_ADVICE,
            "overtaken",
            (),
            ends=("advice",),
            outcome="overtaken",
            event="entry-changed:deemed-liquidated",
        ),
    ),
    clocks=(
        Clock(
            "advice",
            "Advice",
            "goal",
            10,
            "business-days",
            "the Center of record may decide without it",
            "own rule of Centerline",
            "I",
            counts_from="asked_on",
        ),
    ),
    steps=(
        Step("goods", "The goods of the lines, and what the tariff map gives to this Center", "advise"),
        Step("like-goods", "What was decided on like goods, and by whom", "advise"),
    ),
    outcomes={
        "followed": "Advice followed",
        "departed": "Decided otherwise, with reasons",
        "declined": "Not this Center's goods",
        "overtaken": "Entry liquidated before the advice",
    },
    settings=(
        "No rule of law orders the consultation: the account's Center decides. Ten working days are a goal of "
        "Centerline, and stand still while the Center of record owes facts.",
        "Departures are kept with their reasons: they show where Centers do not decide alike.",
    ),
)
