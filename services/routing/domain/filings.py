"""Where a post-entry filing goes: Center of record, division, process, authority, and until when CBP must act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from services.routing.domain import appeals
from services.routing.domain import center as centers
from services.routing.domain.authority import authority_for_process
from services.routing.domain.center import CITATION
from services.routing.domain.decisions import Division
from services.routing.domain.directory import OpenCenters
from services.routing.domain.facts import Account, Reason
from shared.customs.authority import Evidence
from shared.customs.calendar import add_days, add_years
from shared.customs.centers import PENDING
from shared.customs.ports import is_port_code
from shared.customs.tariff_map import TariffMap

Kind = Literal[
    "protest",
    "prior-disclosure",
    "reconciliation",
    "drawback-claim",
    "preference-claim",
    "internal-advice",
    "extension-request",
    "response",
    "petition",
    "center-appeal",
    "refund-declaration",
]
Basis = Literal["account", "pending", "drawback-office", "port"]
"""`account`: the importer's Center. Without one, `drawback-office` and `port` say who has it by law; else `pending`."""

FIELD_OPERATIONS: Final = "OFO"
DRAWBACK_OFFICE: Final = "DRAWBACK"
PENALTY_OFFICE: Final = "FPF"


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """A filing as received. `received_on` is the legal day on which it first reached CBP, at whatever place.

    `body` depends on the kind. Read of it: `filed_with` (port code, Center code, OFO, FPF or DRAWBACK: where it was
    handed in), `answers_request`, `goods`, `current_center`, `preferred_center`, `further_review`,
    `against_exclusion`, `accelerated_requested_on` (when the request was mailed), `is_oral`, `is_complete`, `due_on`,
    `imported_on`, `notice_kind`, `notice_mailed_on`, `period_ends_on`. What is absent is not known.
    """

    kind: Kind
    received_on: date
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clock:
    """A day by which something is due, with its rule of deadlines.md, citation and evidence tag."""

    rule: str
    citation: str
    what: str
    due_on: date
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class FilingRoute:
    """Where a filing goes and why; `center` is PNDING while no Center is known."""

    center: str
    basis: Basis
    division: Division
    process: str
    authority: str
    forwarded_from: str | None
    clocks: tuple[Clock, ...]
    reasons: tuple[Reason, ...]


DIVISIONS: Final[Mapping[Kind, Division]] = MappingProxyType({"petition": "enforcement"})
"""Which division works a kind; all others Validation and Compliance. On a petition the Center gives its opinion."""

_DIVISION: Final[Division] = "validation-and-compliance"
_PORT: Final = "port"


def route_filing(filing: FilingFacts, account: Account | None, open_centers: OpenCenters) -> FilingRoute:
    """Route a filing by itself and the importer's account on the day of receipt, so that no order of events matters.

    Deadlines section 14: the Center of record is the importer's, whatever the place of filing. `open_centers` are those
    of the day of receipt: a Center that has closed gives its work to its successor.
    """
    center, basis, why = _choose_center(filing, account, open_centers)
    forwarded_from, forwarded = _forward(filing, center, basis)
    clocks, notes = reckon_clocks(filing)
    return FilingRoute(
        center=center,
        basis=basis,
        division=DIVISIONS.get(filing.kind, _DIVISION),
        process=filing.kind,
        authority=authority_for_process(filing.kind, filing.received_on),
        forwarded_from=forwarded_from,
        clocks=clocks,
        reasons=(why, *_decided_elsewhere(filing), *_flaw_in_appeal(filing, account), *forwarded, *notes),
    )


def read_answered_request(body: Mapping[str, Any]) -> str | None:
    """The id of the CBP 28 or 29 that a filing says it answers, None when it names none that can be read."""
    named = body.get("answers_request")
    return named.strip() or None if isinstance(named, str) and len(named) <= _LONGEST_ID else None


def center_of_goods(body: Mapping[str, Any], tariff_map: TariffMap, open_centers: OpenCenters) -> str | None:
    """The Center of the goods that a filing names under `goods`, None when it names none that the map knows."""
    goods = body.get("goods")
    if not isinstance(goods, Sequence) or isinstance(goods, str):
        return None
    named = [(each["hts"], each.get("value_usd")) for each in goods if isinstance(each, Mapping) and _is_named(each)]
    valued = [(hts, value if isinstance(value, int) and value > 0 else 0) for hts, value in named]
    return centers.center_of_goods(valued, tariff_map, open_centers)


def reckon_clocks(filing: FilingFacts) -> tuple[tuple[Clock, ...], tuple[Reason, ...]]:
    """The days by which CBP or the filer must act after this filing, and notes on what cannot be reckoned.

    Clocks that ended with the filing itself (180 days to protest, 60 to petition) are notes: nothing is due on them any
    more. A filing with neither has no period in the rules as read.
    """
    clocks, notes = _CLOCKS[filing.kind](filing)
    if not clocks and not notes:
        return (), (_NO_CLOCK,)
    return tuple(clocks), tuple(notes)


def _choose_center(
    filing: FilingFacts, account: Account | None, open_centers: OpenCenters
) -> tuple[str, Basis, Reason]:
    if filing.kind == "drawback-claim" and account is not None and account.is_broker:
        return PENDING, "drawback-office", _BROKER_DRAWBACK
    if account is not None and account.center is not None:
        center = open_centers.get(account.center)
        if center is not None and center != account.center:
            text = f"The importer's Center {account.center} has closed; {center} took over its work."
            return center, "account", Reason("center-closed", text, account.center, CITATION)
        if center is not None:
            text = f"The importer's account is assigned to {center} since {account.assigned_on}."
            return center, "account", Reason("center-by-account", text, account.assignment_basis, CITATION)
    match filing.kind:
        case "drawback-claim":
            return PENDING, "drawback-office", _UNALIGNED_DRAWBACK
        case "reconciliation":
            return PENDING, "port", _UNALIGNED_RECONCILIATION
        case "petition":
            return PENDING, "port", _UNALIGNED_PETITION
        case _:
            fact = account.name if account is not None else None
            return PENDING, "pending", Reason("center-pending", _PENDING_TEXT, fact, CITATION)


def _decided_elsewhere(filing: FilingFacts) -> tuple[Reason, ...]:
    match filing.kind:
        case "petition":
            return (_PETITION_DECIDED,)
        case "prior-disclosure":
            return (_DISCLOSURE_JUDGED,)
        case "center-appeal":
            return (_APPEAL_DECIDED,)
        case "drawback-claim":
            return (_DRAWBACK_WORKED,)
        case _:
            return ()


def _is_named(goods: Mapping[str, Any]) -> bool:
    hts = goods.get("hts")
    return isinstance(hts, str) and hts.isascii() and hts.isdigit() and 4 <= len(hts) <= 10


def _flaw_in_appeal(filing: FilingFacts, account: Account | None) -> tuple[Reason, ...]:
    """Why there is nothing for an appeal to decide, with what to do; one that comes over HTTP is refused for it."""
    if filing.kind != "center-appeal":
        return ()
    named = appeals.read_contents("", filing.body)
    assigned = account.center if account is not None else None
    flaw = appeals.find_flaw(named.current_center, named.preferred_center, assigned)
    return (Reason(flaw.code, f"{flaw.text} {flaw.remedy}", assigned, CITATION),) if flaw is not None else ()


def _right_places(filing: FilingFacts, center: str, basis: Basis) -> frozenset[str]:
    """Where a filing of this kind belongs; `_PORT` stands for any port, nothing for not known yet."""
    match filing.kind:
        case "center-appeal":
            return frozenset({FIELD_OPERATIONS})
        case "petition":
            return frozenset({PENALTY_OFFICE, _PORT})
        case "drawback-claim":
            return frozenset({DRAWBACK_OFFICE, center} - {PENDING})
        case "prior-disclosure":
            return frozenset({center, PENALTY_OFFICE}) if center != PENDING else frozenset()
        case _:
            if basis == "port":
                return frozenset({_PORT})
            return frozenset({center}) if center != PENDING else frozenset()


def _forward(filing: FilingFacts, center: str, basis: Basis) -> tuple[str | None, tuple[Reason, ...]]:
    """Where a misfiled paper was handed in; its day of receipt there counts (deadlines section 14, 81 FR 92978)."""
    place = filing.body.get("filed_with")
    if not isinstance(place, str) or not place:
        return None, ()
    right = _right_places(filing, center, basis)
    is_port = is_port_code(place)
    if place in right or (is_port and _PORT in right):
        return None, ()
    said = f"port {place}" if is_port else place[:64]
    if not right:
        text = f"It was handed in at {said} and goes on when the Center is known; the day of receipt counts."
        return None, (Reason("forwarding-waits", text, said, _PAPERS),)
    to = " or ".join(sorted("the port" if one == _PORT else one for one in right))
    text = f"It was handed in at {said} and belongs to {to}: forwarded, the day of receipt counts."
    return said, (Reason("forwarded", text, said, _PAPERS),)


Reckoned = tuple[list[Clock], list[Reason]]


def _protest(filing: FilingFacts) -> Reckoned:
    """Rules protest-decide-2y, protest-exclusion-30 [S], protest-accel-30 [P], afr-forward [U]; none of them rolls."""
    received, body = filing.received_on, filing.body
    clocks = [
        Clock(
            "protest-decide-2y",
            "19 USC 1515(a); 19 CFR 174.21(a)",
            "Decide the protest within two years of filing; nothing follows by law when it is not.",
            add_years(received, 2),
            "S",
        )
    ]
    notes: list[Reason] = []
    if body.get("against_exclusion") is True:
        clocks.append(
            Clock(
                "protest-exclusion-30",
                "19 CFR 174.21(b); 19 USC 1499(c)(5)",
                "Decide the protest against exclusion; at the end of this day it is treated as denied.",
                add_days(received, 30),
                "S",
            )
        )
    if "accelerated_requested_on" in body:
        mailed = _day(body, "accelerated_requested_on")
        if mailed is None:
            notes.append(_unknown("protest-accel-30", "accelerated_requested_on"))
        else:
            clocks.append(
                Clock(
                    "protest-accel-30",
                    "19 USC 1515(b); 19 CFR 174.22(c)-(d)",
                    "Decide the protest: accelerated disposition was requested; at the end of this day it is denied.",
                    add_days(mailed, 30),
                    "P",
                )
            )
    if body.get("further_review") is True:
        clocks.append(
            Clock(
                "afr-forward",
                "19 CFR 174.26 (length not confirmed)",
                "Forward the application for further review; believed to be 60 days, uncertain.",
                add_days(received, 60),
                "U",
            )
        )
    return clocks, notes


def _prior_disclosure(filing: FilingFacts) -> Reckoned:
    """Rules pd-oral-confirm [S], pd-unknown-data [M]; pd-tender runs from CBP's figure, which is not known here."""
    received, body = filing.received_on, filing.body
    clocks: list[Clock] = []
    if body.get("is_oral") is True:
        clocks.append(
            Clock(
                "pd-oral-confirm",
                "19 CFR 162.74(a)(2)",
                "The discloser confirms the oral disclosure in writing.",
                add_days(received, 10),
                "S",
            )
        )
    if body.get("is_complete") is not True:
        clocks.append(
            Clock(
                "pd-unknown-data",
                "19 CFR 162.74(b)(4)",
                "The discloser supplies the missing data; extendable, by the practice of 2021 once by 60 days.",
                add_days(received, 30),
                "M",
            )
        )
    tender = "The loss of duty is tendered with the disclosure or 30 days after CBP states its figure (from memory)."
    return clocks, [Reason("clock-later", tender, "pd-tender", "19 CFR 162.74(c)")]


def _reconciliation(filing: FilingFacts) -> Reckoned:
    """Rule liq-1yr-recon [S], 19 USC 1504(a)(1)(D): one year from the earlier of filed and due."""
    due_on = _day(filing.body, "due_on")
    from_on = min(filing.received_on, due_on) if due_on is not None else filing.received_on
    clock = Clock(
        "liq-1yr-recon",
        "19 USC 1504(a)(1)(D)",
        "Liquidate the reconciliation; after this day it is deemed liquidated at the amounts asserted in it.",
        add_years(from_on, 1),
        "S",
    )
    return [clock], [] if due_on is not None else [_unknown("liq-1yr-recon", "due_on")]


def _drawback_claim(filing: FilingFacts) -> Reckoned:
    """Rule liq-1yr-drawback [S, U on appeal], 19 USC 1504(a)(2)(A)."""
    clock = Clock(
        "liq-1yr-drawback",
        "19 USC 1504(a)(2)(A)",
        "Liquidate the claim; deemed liquidated after it if all designated imports are liquidated and final by then. "
        "What final means is under appeal.",
        add_years(filing.received_on, 1),
        "U",
    )
    return [clock], []


def _preference_claim(filing: FilingFacts) -> Reckoned:
    """Rule claim-1520d [S], 19 USC 1520(d): within one year of importation; no period for the answer was found."""
    citation = "19 USC 1520(d); 19 CFR 182.31-33"
    imported_on = _day(filing.body, "imported_on")
    if imported_on is None:
        return [], [_unknown("claim-1520d", "imported_on"), _NO_CLOCK]
    return [], [_time_to_file("claim-1520d", citation, add_years(imported_on, 1), filing), _NO_CLOCK]


def _extension_request(filing: FilingFacts) -> Reckoned:
    """Rules ext-request-late, ext-notice [S]: asked for and posted before the present period ends."""
    ends_on = _day(filing.body, "period_ends_on")
    if ends_on is None:
        return [], [_unknown("ext-notice", "period_ends_on")]
    clock = Clock(
        "ext-notice",
        "19 CFR 159.12(b), (d); 81 FR 89375",
        "Post the notice of extension before the present period ends; later it does not extend the period.",
        ends_on,
        "S",
    )
    return [clock], [_time_to_file("ext-request-late", "19 CFR 159.12(a)(1)(ii), (d)(2)", ends_on, filing)]


class _Petition(NamedTuple):
    rule: str
    citation: str
    days: int


_PETITIONS: Final[Mapping[str, _Petition]] = MappingProxyType(
    {
        "penalty": _Petition("penalty-petition", "19 CFR 171.2(b)(2), (e)", 60),
        "seizure": _Petition("seizure-petition", "19 CFR 171.2(b)(1)", 30),
        "liquidated-damages": _Petition("ld-petition", "19 CFR 172.3, 172.4 (from memory)", 60),
    }
)


def _petition(filing: FilingFacts) -> Reckoned:
    """Rules penalty-petition, seizure-petition [S], ld-petition [M]; the notice may have set another period."""
    kind = filing.body.get("notice_kind")
    rule = _PETITIONS.get(kind) if isinstance(kind, str) else None
    mailed_on = _day(filing.body, "notice_mailed_on")
    if rule is None:
        return [], [_unknown("penalty-petition", "notice_kind"), _NO_CLOCK]
    if mailed_on is None:
        return [], [_unknown(rule.rule, "notice_mailed_on"), _NO_CLOCK]
    return [], [_time_to_file(rule.rule, rule.citation, add_days(mailed_on, rule.days), filing), _NO_CLOCK]


def _without_clock(_: FilingFacts) -> Reckoned:
    """No rule as read gives a period: internal advice, answers to requests and notices, appeals against a Center."""
    return [], []


_CLOCKS: Final[Mapping[Kind, Callable[[FilingFacts], Reckoned]]] = MappingProxyType(
    {
        "protest": _protest,
        "prior-disclosure": _prior_disclosure,
        "reconciliation": _reconciliation,
        "drawback-claim": _drawback_claim,
        "preference-claim": _preference_claim,
        "internal-advice": _without_clock,
        "extension-request": _extension_request,
        "response": _without_clock,
        "petition": _petition,
        "center-appeal": _without_clock,
        "refund-declaration": _without_clock,
    }
)


def _day(body: Mapping[str, Any], name: str) -> date | None:
    """The legal day that the body states, None when it states none that can be read or reckoned with."""
    value = body.get(name)
    if not isinstance(value, str):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _time_to_file(rule: str, citation: str, last_on: date, filing: FilingFacts) -> Reason:
    said = "in time" if filing.received_on <= last_on else "after that: it is for the officer to judge"
    text = f"It could be filed until {last_on} (before any roll to a business day); it was received {said}."
    return Reason("time-to-file", text, rule, citation)


def _unknown(rule: str, field: str) -> Reason:
    text = f"The filing does not state {field}, so this day cannot be reckoned for certain."
    return Reason("clock-unknown", text, rule)


_LONGEST_ID: Final = 64
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 9000
_PAPERS: Final = "81 FR 92978: papers are taken at the port or electronically"
_PENDING_TEXT: Final = (
    "The importer's account has no Center on the day of receipt: the work queue looks who asked for it, who has its"
    " entries, whether the account gets a Center, and to whom its goods belong."
)
_NO_CLOCK: Final = Reason("no-clock", "The rules as read state no day by which this filing must be answered.")
_BROKER_DRAWBACK: Final = Reason(
    "drawback-office", "A broker's own drawback claims are not aligned to a Center: the drawback office has it."
)
_UNALIGNED_DRAWBACK: Final = Reason(
    "drawback-office", "The claimant has no Center for its imports, so the drawback office has it."
)
_UNALIGNED_RECONCILIATION: Final = Reason(
    "port-routes", "The importer has no Center, so the port routes the reconciliation.", None, "CBP reconciliation page"
)
_UNALIGNED_PETITION: Final = Reason(
    "port-chain", "The importer has no Center that could give its opinion; the port's FP&F officer has the petition."
)
_PETITION_DECIDED: Final = Reason(
    "decided-by-fpf",
    "The fines, penalties and forfeitures officer decides; the Center gives its opinion.",
    None,
    "19 CFR 171, 172",
)
_DISCLOSURE_JUDGED: Final = Reason(
    "validity-by-fpf",
    "The FP&F officer judges whether the disclosure is valid; the Center validates the figures.",
    None,
    "19 CFR 162.74",
)
_APPEAL_DECIDED: Final = Reason(
    "decided-by-ofo",
    "The Office of Field Operations decides; until then the present Center keeps its authority.",
    None,
    "19 CFR 101.10",
)
_DRAWBACK_WORKED: Final = Reason(
    "worked-by-drawback-office",
    "Drawback specialists work the claim in the drawback offices.",
    None,
    "81 FR 92978",
)
