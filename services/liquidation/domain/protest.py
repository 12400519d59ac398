"""A protest as it was filed: who, against what, with which contents, and whether it came in time for each entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from services.liquidation.domain.clocks import protest_decision_due
from services.liquidation.domain.counting import protest_filed_on
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.protest_clocks import (
    LONGER_PROTEST_SINCE,
    Protestant,
    ProtestedEntry,
    find_missing_contents,
    judge_further_protest,
    judge_protestant,
    judge_protested_decision,
    judge_protested_entries,
    judge_timeliness,
    protest_window,
    surety_window,
)
from services.liquidation.domain.rules import Finding
from shared.customs.calendar import Due

Timeliness = Literal["unknown", "timely", "arguable", "untimely", "too-early", "mixed"]

LIQUIDATED_DECISIONS: Final = frozenset({"appraised-value", "classification-rate-duty", "liquidation"})
"""Decisions that merge in the liquidation, so that the time to protest them runs from it; others have their own day."""

# With a day beyond these no period can be reckoned: it is taken as not stated.
_EARLIEST: Final = date(1900, 1, 1)
_LATEST: Final = date(2199, 12, 31)
_PROTESTANTS: Final[Mapping[str, Protestant]] = {
    "importer": "importer",
    "consignee": "consignee",
    "surety": "surety",
    "payer": "payer",
    "person-seeking-delivery": "person-seeking-delivery",
    "drawback-claimant": "drawback-claimant",
    "exporter": "origin-certifier",
    "producer": "origin-certifier",
    "agent": "agent",
    "broker": "agent",
    "filer": "agent",
    "trade-counsel": "agent",
    "attorney": "agent",
}
_DECISION_OF_CATEGORY: Final[Mapping[str, str]] = {
    "classification": "classification-rate-duty",
    "rate": "classification-rate-duty",
    "duty": "classification-rate-duty",
    "value": "appraised-value",
    "appraisement": "appraised-value",
    "charge": "charge-exaction",
    "fee": "charge-exaction",
    "interest": "charge-exaction",
    "exclusion": "exclusion-redelivery",
    "redelivery": "exclusion-redelivery",
    "drawback": "drawback-refusal",
    "preference": "preference-refusal-1520d",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """A protest in the words of the filer; `received_on` is the legal day of receipt (count-date-filed-protest).

    `filer_role` and `filer_id` are those of the filing, None when they are empty. `party` tells parties apart: an agent
    is the one for whom it files. `decision_on` is the day of the decision as the filer states it, `demanded_on` that of
    the demand on the surety.
    """

    number: str
    filer_role: str | None
    filer_id: str | None
    protestant: Protestant
    party: str
    importer_number: str
    received_at: datetime
    received_on: date
    entries: tuple[str, ...]
    decision: str
    categories: frozenset[str]
    issue: str
    decision_on: date | None
    demanded_on: date | None
    has_protestant: bool
    has_goods: bool
    has_objections: bool
    earlier_protest: str | None
    asks_like_treatment: bool
    is_non_collusion_certified: bool
    is_drawback_declared: bool
    is_section_337: bool
    is_origin_decision: bool
    is_redelivery: bool
    asks_further_review: bool
    further_review_criteria: tuple[str, ...]
    acceleration_mailed_on: date | None


def read_filing(
    number: str,
    importer_number: str,
    filed_by: Mapping[str, Any],
    entries: Sequence[str],
    received_at: datetime,
    body: Mapping[str, Any],
) -> Filing:
    """Read what a filing states; whatever it does not state in a form that can be read is taken as not stated."""
    role = str(filed_by.get("role", ""))
    protestant = _PROTESTANTS.get(role, "other")
    categories = frozenset(_texts(body.get("categories")) or _texts([body.get("claim")]))
    named = sorted(_DECISION_OF_CATEGORY[each] for each in categories if each in _DECISION_OF_CATEGORY)
    decision = _text(body.get("decision")) or (named[0] if named else "liquidation")
    received_on = protest_filed_on(received_at)
    person = body.get("protestant")
    person = person if isinstance(person, Mapping) else {}
    objections = body.get("objections")
    mailed_on = _date(body.get("acceleration_mailed_on"))
    is_own = protestant in ("surety", "origin-certifier", "payer", "person-seeking-delivery", "consignee", "other")
    return Filing(
        number=number,
        filer_role=role or None,
        filer_id=str(filed_by.get("id", "")) or None,
        protestant=protestant,
        party=f"{protestant}:{filed_by.get('id', '')}" if is_own else f"importer:{importer_number}",
        importer_number=importer_number,
        received_at=received_at,
        received_on=received_on,
        entries=tuple(dict.fromkeys(entries)),
        decision=decision,
        categories=categories,
        issue=_text(body.get("issue")) or f"{decision}: {', '.join(sorted(categories)) or 'no category'}",
        decision_on=_date(body.get("decision_on")),
        demanded_on=_date(body.get("demand_on")),
        has_protestant=bool(_text(person.get("name")) or filed_by.get("name")) and bool(_text(person.get("address"))),
        has_goods=bool(_text(body.get("goods"))),
        has_objections=_states_objections(objections, categories) or bool(_text(body.get("reasons")) and categories),
        earlier_protest=_text(body.get("earlier_protest")),
        asks_like_treatment=body.get("like_treatment") is True,
        is_non_collusion_certified=body.get("non_collusion_certified") is True,
        is_drawback_declared=body.get("drawback_declared") is True,
        is_section_337=body.get("section_337") is True,
        is_origin_decision=body.get("origin_decision") is True,
        is_redelivery="redelivery" in categories or body.get("redelivery") is True,
        asks_further_review=body.get("further_review") is True,
        further_review_criteria=_texts(body.get("further_review_criteria")),
        acceleration_mailed_on=(mailed_on or received_on) if body.get("accelerated_disposition") is True else None,
    )


@dataclass(frozen=True, slots=True)
class EntryOfProtest:
    """What the record says of a protested entry; all None while nothing is known."""

    entry_number: str
    importer_number: str | None = None
    entered_on: date | None = None
    surety_code: str | None = None
    center: str | None = None
    liquidated_on: date | None = None
    posted_on: date | None = None
    is_deemed: bool = False
    reliquidated_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the protest is in time for one entry; `decided_on` is the day from which the time was counted."""

    entry_number: str
    timeliness: Timeliness
    rule: str
    why: str
    decided_on: date | None = None
    window: Due | None = None


def judge_entry(filing: Filing, entry: EntryOfProtest, law: LawSettings = LAW) -> Verdict:
    """Whether a protest comes in time for an entry, by both readings; `unknown` until the day to count from is known.

    Rules protest-180 [S], 19 USC 1514(c)(3); protest-90-legacy [S]: entries before 18 December 2004; protest-deemed
    [U]: a deemed liquidation that was posted later arguably counts from the posting; protest-surety [S]: a surety
    counts from its demand; protest-reliq-scope [M]: a later reliquidation opens its own time for what it decided.
    """
    number = entry.entry_number
    if filing.protestant == "surety":
        if filing.demanded_on is None:
            return Verdict(number, "unknown", "protest-surety", "the day of the demand on the surety is not stated")
        return _judge(filing, number, filing.demanded_on, surety_window(filing.demanded_on, law), "protest-surety")
    if filing.decision not in LIQUIDATED_DECISIONS and filing.decision_on is not None:
        window = protest_window(filing.decision_on, entry.entered_on, law)
        return _judge(filing, number, filing.decision_on, window, _window_rule(entry))
    if filing.decision not in LIQUIDATED_DECISIONS and filing.decision != "charge-exaction":
        return Verdict(number, "unknown", "protest-180", "the day of the protested decision is not stated")
    if entry.liquidated_on is None:
        return Verdict(number, "unknown", "protest-180", "the entry is not known to be liquidated")
    window, rule = protest_window(entry.liquidated_on, entry.entered_on, law), _window_rule(entry)
    if entry.is_deemed:
        rule = "protest-deemed" if rule == "protest-180" else rule
        posted = protest_window(entry.posted_on or entry.liquidated_on, entry.entered_on, law)
        window = Due(window.safe, max(window.last_arguable, posted.last_arguable))
    verdict = _judge(filing, number, entry.liquidated_on, window, rule)
    for again_on in entry.reliquidated_on:
        if filing.decision_on == again_on or (verdict.timeliness == "untimely" and again_on <= filing.received_on):
            window = protest_window(again_on, entry.entered_on, law)
            verdict = _judge(filing, number, again_on, window, "protest-reliq-scope")
    return verdict


def join_timeliness(verdicts: Sequence[Verdict]) -> Timeliness:
    """What the entries add up to: one word when they agree; `unknown` as long as any is; else `mixed`.

    >>> join_timeliness([Verdict("a", "timely", "protest-180", ""), Verdict("b", "untimely", "protest-180", "")])
    'mixed'
    """
    found = {each.timeliness for each in verdicts}
    if not found or "unknown" in found:
        return "unknown"
    return found.pop() if len(found) == 1 else "mixed"


def join_known(verdicts: Sequence[Verdict]) -> Timeliness:
    """What the entries add up to for acts of the law: one in time is enough, whatever is not known yet of others.

    >>> join_known([Verdict("a", "timely", "protest-180", ""), Verdict("b", "unknown", "protest-180", "")])
    'timely'
    """
    known = [each for each in verdicts if each.timeliness != "unknown"]
    is_any_in_time = any(each.timeliness in ("timely", "arguable") for each in known)
    return join_timeliness(known if is_any_in_time else verdicts)


@dataclass(frozen=True, slots=True)
class OtherProtest:
    """Another protest on one of the entries; `is_dropped`: withdrawn or rejected, so it stands in nobody's way."""

    number: str
    party: str
    categories: frozenset[str]
    received_at: datetime
    is_dropped: bool


def find_rivals(filing: Filing, others: Sequence[OtherProtest]) -> tuple[str | None, tuple[OtherProtest, ...]]:
    """The earlier protest of the same party on a category, by its number, and those of other parties on it.

    Rule protest-one-per-category [S], 19 USC 1514(c)(1), 19 CFR 174.15; of two the one received first stands.
    """
    earlier: str | None = None
    joined = []
    for each in sorted(others, key=lambda other: (other.received_at, other.number)):
        if each.is_dropped or each.number == filing.number:
            continue
        same = judge_further_protest(
            is_same_party=each.party == filing.party, is_same_category=bool(each.categories & filing.categories)
        )
        is_before = (each.received_at, each.number) < (filing.received_at, filing.number)
        if same.outcome == "reject" and is_before and earlier is None:
            earlier = each.number
        elif same.outcome == "consolidate":
            joined.append(each)
    return earlier, tuple(joined)


def decide_by(filing: Filing, joined: Sequence[OtherProtest]) -> date:
    """By when the protest is to be decided: two years after it, or after the last of those taken together with it.

    Rule protest-decide-2y [S], 19 USC 1515(a), 19 CFR 174.21(a); nothing happens by law when it is not.
    """
    received = [filing.received_on, *(protest_filed_on(each.received_at) for each in joined)]
    return protest_decision_due(max(received))


def find_defects(
    filing: Filing,
    entries: Sequence[EntryOfProtest],
    verdicts: Sequence[Verdict],
    others: Sequence[OtherProtest] = (),
) -> tuple[Finding, ...]:
    """What stands against a protest, or is to be known of it, each with its rule; empty when nothing does.

    Rules protest-decisions, protest-parties, protest-contents, protest-one-per-category, protest-multi-entry,
    protest-180.
    """
    found: list[Finding] = []
    decision = judge_protested_decision(filing.decision, is_section_337=filing.is_section_337)
    standing = judge_protestant(filing.protestant, is_origin_decision=filing.is_origin_decision)
    found += [each for each in (decision, standing) if each.outcome in ("not-protestable", "no-standing")]
    earlier, joined = find_rivals(filing, others)
    if (missing := _missing(filing, verdicts, is_alone=not joined)) is not None:
        found.append(missing)
    if earlier is not None:
        found.append(Finding("protest-one-per-category", "second-protest", f"protest {earlier} was received before"))
    if joined:
        numbers = ", ".join(each.number for each in joined)
        found.append(Finding("protest-one-per-category", "consolidate", f"taken together with {numbers}"))
    if len(entries) > 1 and (split := _judge_split(filing, entries)).outcome != "one-protest":
        found.append(split)
    timeliness = join_timeliness(verdicts)
    if timeliness in ("untimely", "too-early"):
        found.append(Finding("protest-180", timeliness, verdicts[0].why))
    elif timeliness == "mixed":
        late = [each.entry_number for each in verdicts if each.timeliness in ("untimely", "too-early")]
        if late:
            found.append(Finding("protest-180", "partly-out-of-time", f"out of time for {', '.join(late[:20])}"))
    return tuple(found)


def amend(filing: Filing, categories: Sequence[str]) -> Filing:
    """The filing with further categories, which an amendment in time adds.

    Rule protest-amend [S], 19 USC 1514(c)(1), 19 CFR 174.14.
    """
    return replace(filing, categories=filing.categories | frozenset(categories))


def open_window(verdicts: Sequence[Verdict]) -> Due | None:
    """The time to protest that ends first among the entries; None while no day to count from is known."""
    windows = [each.window for each in verdicts if each.window is not None]
    if not windows:
        return None
    return Due(min(each.safe for each in windows), min(each.last_arguable for each in windows))


def _judge(filing: Filing, entry_number: str, decided_on: date, window: Due, rule: str) -> Verdict:
    finding = judge_timeliness(window, decided_on, filing.received_on)
    timeliness: Timeliness = finding.outcome  # type: ignore[assignment]
    return Verdict(entry_number, timeliness, rule, finding.why, decided_on, window)


def _window_rule(entry: EntryOfProtest) -> str:
    is_legacy = entry.entered_on is not None and entry.entered_on < LONGER_PROTEST_SINCE
    return "protest-90-legacy" if is_legacy else "protest-180"


def _missing(filing: Filing, verdicts: Sequence[Verdict], *, is_alone: bool) -> Finding | None:
    given = {
        "protestant": filing.has_protestant,
        "importer-number": bool(filing.importer_number),
        "entry": bool(filing.entries),
        "decision-date": filing.decision_on is not None or any(each.decided_on is not None for each in verdicts),
        "goods": filing.has_goods,
        "objections": filing.has_objections,
    }
    missing = find_missing_contents([name for name, is_given in given.items() if is_given])
    more = []
    if filing.protestant == "surety" and is_alone and not filing.is_non_collusion_certified:
        more.append("non-collusion-certificate")
    if filing.decision == "drawback-refusal" and not filing.is_drawback_declared:
        more.append("drawback-declaration")
    if filing.asks_like_treatment and filing.earlier_protest is None:
        more.append("earlier-protest-number")
    if not more:
        return missing
    head = f"{missing.why}, " if missing is not None else "missing: "
    return Finding("protest-contents", "incomplete", head + ", ".join(more))


def _judge_split(filing: Filing, entries: Sequence[EntryOfProtest]) -> Finding:
    party = "surety" if filing.protestant == "surety" else None
    category = ", ".join(sorted(filing.categories))
    known = [each for each in entries if each.importer_number is not None]
    # Whether each is liquidated is judged with its time, and several Centers are unsettled: neither splits it here.
    finding = judge_protested_entries(
        [ProtestedEntry(True, party or each.importer_number or "", category, filing.decision, "") for each in known]
    )
    centers = sorted({each.center for each in known if each.center is not None})
    if finding.outcome == "one-protest" and len(centers) > 1:
        why = f"whether one protest may cover several Centers is unsettled: {', '.join(centers)}"
        return Finding("protest-multi-entry", "several-centers", why)
    return finding


def _states_objections(objections: Any, categories: frozenset[str]) -> bool:
    if not isinstance(objections, list) or not objections:
        return False
    stated = {
        str(each.get("category"))
        for each in objections
        if isinstance(each, Mapping) and _text(each.get("nature")) and _text(each.get("reasons"))
    }
    return bool(stated) and categories <= stated


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value))) if isinstance(value, list | tuple) else ()


def _date(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        given = date.fromisoformat(value)
    except ValueError:
        return None
    return given if _EARLIEST <= given <= _LATEST else None
