"""What a notice tells of its matter beside what the act records that causes it: facts of earlier acts.

A notice of a penalty names the statute, which was recorded when the package was made. Nothing else of a matter leaves
the work queue: what officers found stays in the Center.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from services.workqueue.domain.processes.shape import Act

NOTICE_FACTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "N-04": ("assessment_reasons", "effect_usd"),
        "N-07": ("reject_reason", "rejected_on"),
        "N-08": ("requested_quantity", "reserved_quantity"),
        "N-20": ("case_number", "determined_on"),
        "N-21": ("program", "intent_facts", "intent_on"),
        "N-22": ("goods", "ground", "presented_on", "detained_on", "detention_reason"),
        "N-23": ("goods", "ground", "presented_on"),
        "N-24": ("received_on", "disclosed_on"),
        "N-25": ("loss_usd", "loss_computed_on", "tendered_usd"),
        "N-26": ("issue", "flagged_entries", "earliest_summary_on", "earliest_import_on"),
        "N-27": ("question",),
        "N-28": ("claim_type", "privilege"),
        "N-29": ("statute", "violation", "culpability", "loss_usd"),
        "N-30": ("claim_kind", "statute", "violation"),
        "N-31": ("claim_kind", "notice_kind", "statute", "assessed_usd", "petition_number"),
        "N-32": ("statute", "violation_on", "limitation_from_on"),
        "N-33": ("recommendation",),
    }
)
"""By notice the names of the facts, in the order of the catalogue of notices."""


def facts_told(act: Act, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Of the facts of a matter those that the notices of an act tell."""
    names = dict.fromkeys(name for notice in act.tells for name in NOTICE_FACTS.get(notice, ()))
    return {name: facts[name] for name in names if name in facts}
