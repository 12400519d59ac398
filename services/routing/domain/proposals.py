"""Which Center an importer's goods point to, and when that is enough to propose it: figures in, a proposal out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, NamedTuple, assert_never

from services.routing.domain.activity import NOTHING, WINDOW_MONTHS, Activity, Figures, months_before
from services.routing.domain.center import CITATION
from services.routing.domain.directory import OpenCenters
from services.routing.domain.facts import Reason
from services.routing.domain.policies import AssignmentPolicy, Measure
from shared.customs.tariff_map import TariffMap

PREDOMINANT_GOODS: Final = "predominant-goods"
"""Code of the reason that tells the figures by the measure of the policy."""

State = Literal["open", "confirmed", "rejected", "overridden", "superseded"]

SHOWN_MEASURES: tuple[Measure, ...] = ("goods", "value", "lines")
_NAMES: Mapping[Measure, str] = {"goods": "number of goods", "value": "value", "lines": "number of lines"}


class AssignmentRules(NamedTuple):
    """What an assignment is decided with: the policy, the tariff map and the open Centers of one day."""

    policy: AssignmentPolicy
    tariff_map: TariffMap
    open_centers: OpenCenters


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures by Center; `unmapped` are goods that the map gives to no open Center."""

    by_center: Mapping[str, Figures]
    unmapped: Figures

    @property
    def total(self) -> Figures:
        """All figures, those of no Center included."""
        total = self.unmapped
        for figures in self.by_center.values():
            total = total.plus(figures)
        return total


class Ranking(NamedTuple):
    """The Center with most by one measure, the one after it, and how far it is ahead.

    The margin is in basis points (1/10,000) of all that was counted, rounded down.
    """

    measure: Measure
    predominant: str | None
    runner_up: str | None
    margin_basis_points: int


class Candidate(NamedTuple):
    """An account with what a proposal for it looks at; `present` is the Center that it has, None while unaligned.

    `settled_on` is the first day of that Center when a person gave it against the figures: on appeal, or by override.
    `activity` is that of its whole family where the policy counts families together; only then `family` is given.
    `rejected` says for each Center in which month it was last rejected for this account.
    """

    importer_number: str
    family: str | None
    is_broker: bool
    present: str | None
    settled_on: date | None
    activity: Sequence[Activity]
    rejected: Mapping[str, date]


class Proposal(NamedTuple):
    """A Center proposed for an account, with the figures that it rests on."""

    importer_number: str
    family: str | None
    present: str | None
    center: str
    scores: Scores
    ranking: Ranking
    reasons: tuple[Reason, ...]


def score(cells: Iterable[tuple[str, Figures]], tariff_map: TariffMap, open_centers: OpenCenters) -> Scores:
    """Add up figures by the Center that does the work of each tariff number; subheadings or longer numbers."""
    by_center: dict[str, Figures] = {}
    unmapped = NOTHING
    for number, figures in cells:
        center = tariff_map.center_for(number)
        center = open_centers.get(center) if center else None
        if center is None:
            unmapped = unmapped.plus(figures)
        else:
            by_center[center] = by_center.get(center, NOTHING).plus(figures)
    return Scores({center: by_center[center] for center in sorted(by_center)}, unmapped)


def score_window(
    activity: Iterable[Activity], last_month: date, tariff_map: TariffMap, open_centers: OpenCenters
) -> Scores:
    """The scores of the twelve months that end with a month."""
    first_month = months_before(last_month, WINDOW_MONTHS - 1)
    cells = ((cell.hts6, cell.figures) for cell in activity if first_month <= cell.month <= last_month)
    return score(cells, tariff_map, open_centers)


def amount(figures: Figures, measure: Measure) -> int:
    """The figure of a measure."""
    match measure:
        case "goods":
            return figures.goods
        case "lines":
            return figures.lines
        case "value":
            return figures.value_usd
        case _:
            assert_never(measure)


def rank(scores: Scores, measure: Measure) -> Ranking:
    """The predominant Center by a measure; more value, then more goods, then the lower code break a tie."""
    order = sorted(
        (center for center, figures in scores.by_center.items() if amount(figures, measure) > 0),
        key=lambda center: (
            -amount(scores.by_center[center], measure),
            -scores.by_center[center].value_usd,
            -scores.by_center[center].goods,
            center,
        ),
    )
    first, second = (*order, None, None)[:2]
    margin = lead_basis_points(scores, first, second, measure) if first else 0
    return Ranking(measure, first, second, margin)


def lead_basis_points(scores: Scores, ahead: str, behind: str | None, measure: Measure) -> int:
    """By how much one Center is ahead of another, in basis points of all that was counted; below 0 when it is not."""
    total = amount(scores.total, measure)
    return _lead(scores, ahead, behind, measure) * 10_000 // total if total else 0


def is_ahead(scores: Scores, challenger: str, present: str | None, policy: AssignmentPolicy) -> bool:
    """Whether a Center is predominant and leads the present one by at least the points of the policy."""
    if rank(scores, policy.measure).predominant != challenger:
        return False
    lead = _lead(scores, challenger, present, policy.measure)
    return lead * 100 >= policy.lead_points * amount(scores.total, policy.measure)


def propose_center(candidate: Candidate, month: date, rules: AssignmentRules) -> Proposal | None:
    """The Center to propose for an account by the window that ends with `month`, None when there is nothing to propose.

    An account without a Center gets a proposal when it has brought in enough; one with a Center only when another has
    been ahead long and far enough. A person confirms either: nothing flips by itself (19 CFR 101.10; the thresholds
    are policy).
    """
    policy = rules.policy
    if candidate.is_broker and policy.broker_by_goods:
        return None
    scores = score_window(candidate.activity, month, rules.tariff_map, rules.open_centers)
    if scores.total.lines < policy.minimum_lines:
        return None
    ranking = rank(scores, policy.measure)
    center = ranking.predominant
    if center is None or _rests(candidate, center, month, policy):
        return None
    present = rules.open_centers.get(candidate.present) if candidate.present else None
    if present == center:
        return None
    if present is not None and not _has_been_ahead(candidate, center, present, month, rules):
        return None
    reasons = _reasons(candidate, present, scores, ranking, rules)
    return Proposal(candidate.importer_number, candidate.family, candidate.present, center, scores, ranking, reasons)


def count_months_ahead(
    activity: Sequence[Activity], challenger: str, present: str, month: date, rules: AssignmentRules
) -> int:
    """In how many consecutive windows, back from `month`, the Center was far enough ahead; the policy's at most."""
    for count in range(rules.policy.months_ahead):
        scores = score_window(activity, months_before(month, count), rules.tariff_map, rules.open_centers)
        if not is_ahead(scores, challenger, present, rules.policy):
            return count
    return rules.policy.months_ahead


def describe_scores(scores: Scores, first_month: date | None, last_month: date | None) -> dict[str, Any]:
    """The scores as JSON: every measure by Center with its share, the rankings, what has no Center, the totals.

    The months are those of the window; None for figures that belong to no months.
    """
    total = scores.total
    return {
        "first_month": first_month.isoformat() if first_month else None,
        "last_month": last_month.isoformat() if last_month else None,
        "total": total._asdict(),
        "unmapped": scores.unmapped._asdict(),
        "centers": [
            {
                "center": center,
                **figures._asdict(),
                "share_of_goods_pct": format_share(figures.goods, total.goods),
                "share_of_value_pct": format_share(figures.value_usd, total.value_usd),
            }
            for center, figures in scores.by_center.items()
        ],
        "rankings": [
            {
                "measure": ranking.measure,
                "predominant": ranking.predominant,
                "runner_up": ranking.runner_up,
                "margin_points": format_points(ranking.margin_basis_points),
            }
            for ranking in (rank(scores, measure) for measure in SHOWN_MEASURES)
        ],
    }


def describe_ranking(scores: Scores, ranking: Ranking) -> str:
    """The outcome by one measure in a sentence."""
    name = _NAMES[ranking.measure]
    if ranking.predominant is None:
        return f"By {name}, no goods point to an open Center."
    total = amount(scores.total, ranking.measure)
    first = format_share(amount(scores.by_center[ranking.predominant], ranking.measure), total)
    if ranking.runner_up is None:
        return f"By {name}, {ranking.predominant} has {first}% and no other Center has any."
    second = format_share(amount(scores.by_center[ranking.runner_up], ranking.measure), total)
    return (
        f"By {name}, {ranking.predominant} has {first}% and {ranking.runner_up} {second}%: "
        f"{format_points(ranking.margin_basis_points)} percentage points less."
    )


def format_share(part: int, total: int) -> str:
    """A share in percent with two decimals, rounded down.

    >>> format_share(1, 3)
    '33.33'
    """
    return format_points(part * 10_000 // total if total else 0)


def format_points(basis_points: int) -> str:
    """Basis points as percentage points with two decimals.

    >>> format_points(-1205)
    '-12.05'
    """
    sign, points = ("-", -basis_points) if basis_points < 0 else ("", basis_points)
    return f"{sign}{points // 100}.{points % 100:02d}"


def _lead(scores: Scores, ahead: str, behind: str | None, measure: Measure) -> int:
    first = amount(scores.by_center.get(ahead, NOTHING), measure)
    return first - (amount(scores.by_center.get(behind, NOTHING), measure) if behind else 0)


def _rests(candidate: Candidate, center: str, month: date, policy: AssignmentPolicy) -> bool:
    """A person has said no a short while ago: to this Center, or to what the figures say."""
    said_no = (candidate.rejected.get(center), candidate.settled_on)
    return any(day is not None and day >= months_before(month, policy.rest_months - 1) for day in said_no)


def _has_been_ahead(candidate: Candidate, center: str, present: str, month: date, rules: AssignmentRules) -> bool:
    return count_months_ahead(candidate.activity, center, present, month, rules) == rules.policy.months_ahead


def _reasons(
    candidate: Candidate, present: str | None, scores: Scores, ranking: Ranking, rules: AssignmentRules
) -> tuple[Reason, ...]:
    policy = rules.policy
    reasons = [Reason(PREDOMINANT_GOODS, describe_ranking(scores, ranking), policy.version, CITATION)]
    other: Measure = "value" if policy.measure != "value" else "goods"
    by_other = rank(scores, other)
    code = "other-measure-agrees" if by_other.predominant == ranking.predominant else "other-measure-differs"
    reasons.append(Reason(code, describe_ranking(scores, by_other), by_other.predominant))
    if candidate.present is None:
        text = f"The account has no Center and has brought in at least {policy.minimum_lines} lines in twelve months."
        reasons.append(Reason("enough-activity", text, str(scores.total.lines)))
    elif present is None:
        text = f"{candidate.present} has closed and no Center has taken over its work."
        reasons.append(Reason("center-closed", text, candidate.present, CITATION))
    else:
        lead = format_points(lead_basis_points(scores, ranking.predominant or "", present, policy.measure))
        text = (
            f"{ranking.predominant} leads {present} by {lead} percentage points and has led it by at least "
            f"{policy.lead_points} in the windows of {policy.months_ahead} consecutive months."
        )
        reasons.append(Reason("present-center-overtaken", text, lead))
    if candidate.family is not None:
        text = "The numbers of one account family are counted together."
        reasons.append(Reason("family-together", text, candidate.family))
    return tuple(reasons)
