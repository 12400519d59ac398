"""Proofs made without a database, from fields and rules alone, as a service renders them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any, Final

from services.liquidation.domain.money.interest import Interest, PayeeKind, Segment, accrue_segments
from services.liquidation.domain.money.settings import MONEY
from services.liquidation.domain.money.terms import Terms
from services.liquidation.domain.program.merkle import find_root, hash_leaf, list_path
from services.liquidation.domain.program.proof_documents import (
    PROOF_FORM,
    clip_to_terms,
    describe_posted,
    describe_segment,
    leap_years_matter,
)
from services.liquidation.domain.program.proving import Posted, definition_digest, leaf_digest, leaf_text
from shared.customs.money import format_cents

DEFINITION: Final[Mapping[str, Any]] = {
    "program": "synthetic-order",
    "title": "Synthetic order",
    "basis": {"order": "SYNTHETIC order of a court", "citation": "SYNTHETIC"},
    "removes": [{"headings": "99030120-99030125"}],
    "intake": "declared",
    "money": {"interest": "1505c", "small": "by-writer", "fees": "as-asserted", "base_check": "review"},
    "declaring": {"from": "2026-04-20", "max_rows": 100, "by": ["importer"]},
    "cohorts": [{"name": "recent", "when": {"liquidated": True}, "act": "reliquidate", "by": "center", "last_day": 90}],
    "corrections": {"lock": True},
}
POSTED: Final = Posted(
    "synthetic-order",
    1,
    definition_digest(DEFINITION),
    "B7603245278",
    1,
    "0c6d0b58-6f0c",
    3,
    "recent",
    "reliquidate",
    "center",
    "reliquidation:1",
    20_000_001,
    date(2026, 5, 20),
    date(2026, 5, 20),
    date(2025, 3, 12),
    ("99030124", "99030125"),
    9_375_00,
    "refund",
    799_68,
    10_174_68,
    "B7603245278-R01",
    None,
)
"""The vector of the design: 9,375.00 paid on 2025-03-12 and reliquidated on 2026-05-20, to a natural person."""
LINES: Final = ((1, "99030124", 9_000_00), (2, "99030125", 375_00))


def build_proof(
    posted: Posted = POSTED,
    *,
    segments: tuple[Segment, ...] | None = None,
    payee: PayeeKind | None = "non-corporate",
    terms: Terms | None = None,
    definition: Mapping[str, Any] | None = DEFINITION,
    beside: int = 5,
) -> tuple[dict[str, Any], str]:
    """A proof among so many other leaves, and the root as it is published.

    Interest and refund of `posted` are reckoned from the segments: one of the whole refund where none are given.
    """
    paid_on = posted.paid_on or posted.liquidated_on
    segments = segments or (Segment("cbp", posted.removed_cents, paid_on, posted.liquidated_on),)
    interest = accrue_segments(segments, payee, MONEY, terms)
    assert isinstance(interest, Interest)
    segments, owed = tuple(clip_to_terms(interest.segments, terms)), posted.removed_cents - interest.cents
    posted = replace(posted, interest_cents=-interest.cents, refund_cents=owed)
    nodes = [hash_leaf(sha256(bytes([n])).digest()) for n in range(beside)]
    nodes.insert(beside // 2, hash_leaf(leaf_digest(posted)))
    kind = terms.interest if terms is not None else "1505c"
    needs_payee = kind == "1505c"
    is_ordered = terms is not None and terms.ordered_from is not None
    proof = {
        "form": PROOF_FORM,
        "posted": describe_posted(posted),
        "leaf": {"text": leaf_text(posted), "sha256": leaf_digest(posted).hex()},
        "tree": {
            "leaves": len(nodes),
            "index": beside // 2,
            "path": [each.hex() for each in list_path(nodes, beside // 2)],
            "root": find_root(nodes).hex(),
        },
        "program": {"definition": dict(definition) if definition is not None else None},
        "lines": [
            {
                "line_number": number,
                "hts": hts,
                "before_usd": format_cents(cents),
                "removed_usd": format_cents(cents),
                "after_usd": "0.00",
            }
            for number, hts, cents in LINES
        ],
        "money": {
            "payee": payee if needs_payee else None,
            "terms": kind,
            "ordered_rate_pct": terms.ordered_rate_pct if terms is not None and is_ordered else None,
            "ordered_from": terms.ordered_from.isoformat() if terms is not None and terms.ordered_from else None,
            "days_in_leap_year": MONEY.days_in_leap_year if leap_years_matter(segments) else None,
            "segments": [describe_segment(each, payee, terms) for each in segments],
            "interest_usd": format_cents(interest.cents),
            "assessed_before_usd": "0.00",
            "change_usd": format_cents(-posted.removed_cents),
            "total_usd": format_cents(-owed),
            "is_disregarded": False,
        },
        "told": {"importer_number": "***-**-3456"},
    }
    return proof, f"{len(nodes)}:{find_root(nodes).hex()}"
