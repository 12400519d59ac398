"""Why an importer has its Center, on which figures, what would change it, and how it may appeal: in plain words."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from services.routing.domain.activity import Activity
from services.routing.domain.center import CITATION
from services.routing.domain.policies import GROUNDS, Ground
from services.routing.domain.proposals import (
    AssignmentRules,
    Scores,
    count_months_ahead,
    describe_ranking,
    format_points,
    lead_basis_points,
    rank,
)

HOW_TO_APPEAL: Final = "It may appeal at any time, in writing, to the Office of Field Operations (19 CFR 101.10)."
"""Deadlines section 14, read: at any time, in writing, to that office. What an appeal contains stands in `appeal`."""

_BASES: Final = {
    "registered": "as registered with the account",
    "predominant-goods": "confirmed from the predominant number of its goods",
    "predominant-value": "confirmed from the predominant value of its goods",
    "predominant-lines": "confirmed from the predominant number of its entry lines",
    "override": "by a person's decision against the figures",
    "appeal": "decided on appeal",
}


class Holding(NamedTuple):
    """An assignment in force: the Center with its name and office, since when, on which basis, with what ground.

    `figures_then` tells the figures that it rested on, if on any.
    """

    center: str
    center_name: str
    office: str
    since: date
    basis: str
    ground: Ground | None
    figures_then: str | None = None


class WouldChange(NamedTuple):
    """What another Center would need: its lead in basis points of the measure (below 0: behind), and for how long.

    `challenger` is None where no goods point to another Center.
    """

    challenger: str | None
    lead_basis_points: int | None
    months_ahead: int
    text: str


def explain_assignment(
    name: str,
    is_broker: bool,
    holding: Holding | None,
    scores: Scores,
    change: WouldChange,
    rules: AssignmentRules,
    family: str | None,
    open_matters: Sequence[str],
) -> str:
    """The assignment of an account in one plain paragraph.

    `family` is given where its figures are those of a whole family; `open_matters` are sentences on what is pending.
    """
    policy = rules.policy
    sentences = [_tell_holding(name, holding, rules)]
    if is_broker and policy.broker_by_goods:
        sentences.append(
            "It is a broker: where it is the importer of record, the goods on each entry decide (believed, uncertain)."
        )
    if scores.total.lines:
        sentences.append("In the last twelve months: " + describe_ranking(scores, rank(scores, policy.measure)))
    else:
        sentences.append("Nothing is known of its imports in the last twelve months.")
    if family is not None:
        sentences.append(f"These are the figures of all numbers of the family {family}, which are counted together.")
    return " ".join((*sentences, change.text, *open_matters, HOW_TO_APPEAL))


def tell_what_would_change(
    holding: Holding | None,
    is_broker: bool,
    activity: Sequence[Activity],
    month: date,
    scores: Scores,
    rules: AssignmentRules,
) -> WouldChange:
    """What the figures of the window that ends with `month` would have to become for another Center to be proposed."""
    policy = rules.policy
    if is_broker and policy.broker_by_goods:
        return WouldChange(None, None, 0, "No Center is proposed for a broker from its figures.")
    ranking = rank(scores, policy.measure)
    present = rules.open_centers.get(holding.center) if holding else None
    few = (
        f"A Center is proposed from {policy.minimum_lines} lines in twelve months on; there were {scores.total.lines}."
    )
    if present is None:
        if scores.total.lines < policy.minimum_lines or ranking.predominant is None:
            return WouldChange(ranking.predominant, None, 0, few)
        text = f"Its figures point to {ranking.predominant}, which the next run proposes and a person confirms."
        return WouldChange(ranking.predominant, ranking.margin_basis_points, 0, text)
    challenger = ranking.runner_up if ranking.predominant == present else ranking.predominant
    needed = (
        f"Another Center is proposed when it has most and leads by at least {policy.lead_points} percentage points in "
        f"the windows of {policy.months_ahead} consecutive months, and a person confirms it."
    )
    if challenger is None:
        return WouldChange(None, None, 0, f"No goods point to another Center. {needed}")
    lead = lead_basis_points(scores, challenger, present, policy.measure)
    months = count_months_ahead(activity, challenger, present, month, rules)
    if lead <= 0:
        text = f"{challenger} is {format_points(-lead)} percentage points behind {present}. {needed}"
    else:
        text = (
            f"{challenger} is {format_points(lead)} percentage points ahead of {present}, far enough in {months} of "
            f"{policy.months_ahead} windows. {needed}"
        )
    if scores.total.lines < policy.minimum_lines:
        text = f"{text} {few}"
    return WouldChange(challenger, lead, months, text)


def _tell_holding(name: str, holding: Holding | None, rules: AssignmentRules) -> str:
    if holding is None:
        return f"{name} has no Center yet: its entries go by the predominant number of goods on each ({CITATION})."
    basis = _BASES.get(holding.basis, f"on the basis {holding.basis}")
    ground = f" for {GROUNDS[holding.ground]}" if holding.ground else ""
    told = (
        f"{name} belongs to {holding.center} ({holding.center_name}, {holding.office}) since {holding.since}, "
        f"{basis}{ground} ({CITATION})."
    )
    if holding.figures_then is not None:
        told += f" The figures then: {holding.figures_then}"
    successor = rules.open_centers.get(holding.center)
    if successor == holding.center:
        return told
    instead = f"{successor} does its work" if successor else "the goods on each entry decide"
    return f"{told} {holding.center} takes no work on this day: {instead}."
