"""The judgement of a protest: what follows from its acts, the record of its entries and the other protests of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.clocks import ProtestClock, find_act_of_law, list_clocks, next_due
from services.liquidation.domain.protest.decision import decide_by, suit_due
from services.liquidation.domain.protest.defects import find_defects
from services.liquidation.domain.protest.other_protests import OtherProtest, find_rivals
from services.liquidation.domain.protest.record import ProtestRecord, list_outcomes
from services.liquidation.domain.protest.stages import EntryOutcome
from services.liquidation.domain.protest.timeliness import (
    ProtestedEntry,
    Timeliness,
    Verdict,
    join_known,
    join_timeliness,
    judge_entry,
)
from services.liquidation.domain.rules.rule import Finding


@dataclass(frozen=True, slots=True)
class JudgedProtest:
    """A protest with everything that follows from what is known: one row of `protests` and those of its entries.

    `law_acts_after` is the day after which the law acts by itself; `due` what CBP has to do first.
    """

    record: ProtestRecord
    verdicts: tuple[Verdict, ...]
    outcomes: Mapping[str, EntryOutcome]
    timeliness: Timeliness
    defects: tuple[Finding, ...]
    decide_by: date
    sue_by: date | None
    due: ProtestClock | None
    law_acts_after: date | None


def judge_protest(
    record: ProtestRecord,
    same_entries: Sequence[ProtestRecord],
    entries: Mapping[str, ProtestedEntry],
    law: LawSettings,
) -> JudgedProtest:
    """Judge a protest; `same_entries` are the other protests that name one of its entries."""
    filing = record.filing
    protested = [entries[each] for each in filing.entries]
    verdicts = tuple(judge_entry(filing, each, law) for each in protested)
    others = [
        OtherProtest(
            other.filing.number,
            other.filing.party,
            other.filing.categories,
            other.filing.received_at,
            is_dropped=other.is_dropped,
        )
        for other in same_entries
    ]
    _, joined = find_rivals(filing, others)
    until = decide_by(filing, joined)
    act_of_law = find_act_of_law(record, join_known(verdicts), date.max, law)
    return JudgedProtest(
        record=record,
        verdicts=verdicts,
        outcomes=list_outcomes(record),
        timeliness=join_timeliness(verdicts),
        defects=find_defects(filing, protested, verdicts, others),
        decide_by=until,
        sue_by=suit_due(record.denied_on, law).safe if record.denied_on is not None else None,
        due=next_due(list_clocks(record, verdicts, until, law)) if record.is_open else None,
        law_acts_after=act_of_law.on if act_of_law is not None else None,
    )
