"""What stands against a protest: the decision, the party, the contents, the entries, another protest, the time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from services.liquidation.domain.protest.filing import Filing, Protestant
from services.liquidation.domain.protest.other_protests import OtherProtest, find_rivals
from services.liquidation.domain.protest.timeliness import ProtestedEntry, Verdict, join_timeliness
from services.liquidation.domain.rules.rule import Finding

NAMED: Final = slice(20)
"""As many entries as a finding names; not law."""

PROTESTABLE: Final = frozenset(
    {
        "appraised-value",
        "classification-rate-duty",
        "charge-exaction",
        "exclusion-redelivery",
        "liquidation",
        "drawback-refusal",
        "preference-refusal-1520d",
    }
)
CONTENTS: Final = (
    "protestant",
    "importer-number",
    "entry",
    "decision-date",
    "goods",
    "objections",
)
"""What every protest states, 19 CFR 174.13; the rest of that section depends on the case."""


def judge_protested_decision(kind: str, *, is_section_337: bool = False) -> Finding:
    """Whether a kind of decision can be protested.

    Rule protest-decisions [S], 19 USC 1514(a)(1)-(7). Rates of Commerce, fines and petitions, a reconciliation flag
    and the refusal to void a denial cannot; nor an exclusion under section 337.

    >>> judge_protested_decision("liquidation").outcome, judge_protested_decision("commerce-rate").outcome
    ('protestable', 'not-protestable')
    """
    is_protestable = kind in PROTESTABLE and not (kind == "exclusion-redelivery" and is_section_337)
    return Finding("protest-decisions", "protestable" if is_protestable else "not-protestable", f"decision: {kind}")


def judge_protestant(who: Protestant, *, is_origin_decision: bool = False) -> Finding:
    """Whether someone may protest.

    Rule protest-parties [S, partly recalled], 19 USC 1514(c)(2); an exporter or producer who certified the origin only
    against a decision on origin.

    >>> judge_protestant("surety").outcome, judge_protestant("origin-certifier").outcome
    ('may-protest', 'no-standing')
    """
    may = who != "other" and (who != "origin-certifier" or is_origin_decision)
    return Finding("protest-parties", "may-protest" if may else "no-standing", f"protestant: {who}")


def find_missing_contents(given: Collection[str]) -> Finding | None:
    """What a protest does not state; None when it is complete. It may be repaired only while time remains.

    Rule protest-contents [S], 19 CFR 174.13.

    >>> find_missing_contents(CONTENTS) is None
    True
    """
    missing = [each for each in CONTENTS if each not in given]
    return Finding("protest-contents", "incomplete", f"missing: {', '.join(missing)}") if missing else None


@dataclass(frozen=True, slots=True)
class EntryInCommon:
    """What several entries must have in common so that one protest covers them."""

    is_liquidated: bool
    protestant: str
    category: str
    decision: str
    center: str


def judge_protested_entries(entries: Sequence[EntryInCommon]) -> Finding:
    """Whether one protest can cover these entries.

    Rule protest-multi-entry [P, U for several ports], 19 CFR 174.13(b).

    >>> one = EntryInCommon(True, "importer", "computers", "classification", "CEE007")
    >>> judge_protested_entries([one, one]).outcome
    'one-protest'
    """
    if not all(entry.is_liquidated for entry in entries):
        return Finding("protest-multi-entry", "split", "an entry is not liquidated")
    if len({(entry.protestant, entry.category, entry.decision, entry.center) for entry in entries}) > 1:
        return Finding("protest-multi-entry", "split", "party, category, decision or Center differ")
    return Finding("protest-multi-entry", "one-protest", f"{len(entries)} entries with one decision in common")


def find_defects(
    filing: Filing,
    entries: Sequence[ProtestedEntry],
    verdicts: Sequence[Verdict],
    others: Sequence[OtherProtest],
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
            found.append(Finding("protest-180", "partly-out-of-time", f"out of time for {', '.join(late[NAMED])}"))
    return tuple(found)


def list_missing(filing: Filing, verdicts: Sequence[Verdict], *, is_alone: bool) -> list[str]:
    """What a protest does not state: of what every protest states, then what its own case asks for.

    `is_alone`: no protest of another party on the same decision is taken together with it.
    """
    given = {
        "protestant": filing.has_protestant,
        "importer-number": bool(filing.importer_number),
        "entry": bool(filing.entries),
        "decision-date": filing.decision_on is not None or any(each.decided_on is not None for each in verdicts),
        "goods": filing.has_goods,
        "objections": filing.has_objections,
    }
    missing = [name for name in CONTENTS if not given[name]]
    if filing.protestant == "surety" and is_alone and not filing.is_non_collusion_certified:
        missing.append("non-collusion-certificate")
    if filing.decision == "drawback-refusal" and not filing.is_drawback_declared:
        missing.append("drawback-declaration")
    if filing.asks_like_treatment and filing.earlier_protest is None:
        missing.append("earlier-protest-number")
    return missing


def _missing(filing: Filing, verdicts: Sequence[Verdict], *, is_alone: bool) -> Finding | None:
    missing = list_missing(filing, verdicts, is_alone=is_alone)
    of_every = find_missing_contents([each for each in CONTENTS if each not in missing])
    more = [each for each in missing if each not in CONTENTS]
    if not more:
        return of_every
    head = f"{of_every.why}, " if of_every is not None else "missing: "
    return Finding("protest-contents", "incomplete", head + ", ".join(more))


def _judge_split(filing: Filing, entries: Sequence[ProtestedEntry]) -> Finding:
    party = "surety" if filing.protestant == "surety" else None
    category = ", ".join(sorted(filing.categories))
    known = [each for each in entries if each.importer_number is not None]
    # Whether each is liquidated is judged with its time, and several Centers are unsettled: neither splits it here.
    finding = judge_protested_entries(
        [EntryInCommon(True, party or each.importer_number or "", category, filing.decision, "") for each in known]
    )
    centers = sorted({each.center for each in known if each.center is not None})
    if finding.outcome == "one-protest" and len(centers) > 1:
        why = f"whether one protest may cover several Centers is unsettled: {', '.join(centers)}"
        return Finding("protest-multi-entry", "several-centers", why)
    return finding
