"""The effect that stands on a liquidation, as SQL: that of its last reliquidation, else of its decisions."""

from typing import Final

from services.liquidation.store.act_keys import reliquidation_key_sql

STANDING_EFFECT: Final = """
    coalesce(r.effect_duty_cents, CASE WHEN m.is_disregarded THEN 0 ELSE d.duty_cents END, 0)::bigint
        AS effect_duty_cents,
    coalesce(r.effect_fees_cents, CASE WHEN m.is_disregarded THEN 0 ELSE d.fees_cents END, 0)::bigint
        AS effect_fees_cents
"""
"""Columns over the joins of `join_standing`."""


def join_standing(which: str = "true") -> str:
    """Joins to `a`, an act of liquidation in `legal_events`; `which` limits the reliquidations (`done`) that count."""
    return f"""
LEFT JOIN assessments m ON m.entry_number = a.entry_number AND m.act_key = a.event_key
LEFT JOIN LATERAL (
    SELECT sum(duty_cents) AS duty_cents, sum(fees_cents) AS fees_cents FROM review_decisions
    WHERE entry_number = a.entry_number AND status = 'effective'
) d ON true
LEFT JOIN LATERAL (
    SELECT done.effect_duty_cents, done.effect_fees_cents FROM reliquidations done
    JOIN legal_events x ON x.entry_number = done.entry_number AND x.event_key = {reliquidation_key_sql("done.number")}
    WHERE done.entry_number = a.entry_number AND x.sequence > a.sequence AND {which} ORDER BY done.number DESC LIMIT 1
) r ON true
"""
