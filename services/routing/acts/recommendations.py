"""A recommendation of policy analysis becomes a draft, and is compared with what came of it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.routing.acts import criteria
from services.routing.domain.criteria import Criterion
from services.routing.domain.recommendations import Recommendation, RecommendedKind, Result
from services.routing.store import policies as policy_store
from services.routing.store import recommendations as store
from services.routing.store import tariff_maps as map_store
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import no_such
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def recommend(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    *,
    key: str,
    matter: UUID,
    kind: RecommendedKind,
    criterion: Criterion | None,
    reference: str | None,
    expected_effect: str,
    measure: str,
    before: Decimal,
    expected: Decimal,
    compare_on: date,
) -> Recommendation:
    """Keep what was recommended: a criterion is drafted with it; a draft map or policy is there already.

    Raises `NotFound` for a map or policy that is not, `Refused` for one that is no draft and for a day that has come,
    and `Conflict` for a criterion that there is.
    """
    if compare_on <= legal_date(now):
        raise Refused(
            "The day on which it is compared lies ahead.",
            rule="recommendation",
            code="compare-later",
            remedy="Name a day by which an effect can be seen.",
        )
    revision = None
    if criterion is not None:
        reason = f"Recommended in matter {matter}; {expected_effect}"[:500]
        await criteria.draft_criterion(tx, caller, criterion, reason=reason, now=now)
        reference, revision = criterion.id, criterion.revision
    elif reference is not None:
        await _demand_draft(tx, kind, reference)
    assert reference is not None
    recommended = Recommendation(
        UUID(event_id("recommendation", caller.subject, key)),
        matter,
        kind,
        reference,
        revision,
        expected_effect,
        measure,
        before,
        expected,
        compare_on,
        caller.signature,
        now,
    )
    await store.add(tx, recommended)
    return recommended


async def compare(
    tx: Transaction, caller: Identity, now: datetime, recommendation_id: UUID, actual: Decimal, finding: str
) -> tuple[Recommendation, Result]:
    """Say what became of a recommendation; raises `Conflict` before its day, and when it was said before."""
    recommended = await store.find(tx.connection, recommendation_id)
    if recommended is None:
        raise no_such(f"recommendation {recommendation_id}")
    if legal_date(now) < recommended.compare_on:
        raise Conflict(
            f"It is compared on {recommended.compare_on}.",
            rule="recommendation",
            code="compare-later",
            remedy="Wait for the day.",
        )
    result = Result(recommendation_id, actual, finding, caller.signature, now)
    if not await store.add_result(tx, result):
        raise Conflict(
            "It was compared before.", rule="recommendation", code="compared-before", remedy="GET /recommendations."
        )
    return recommended, result


async def _demand_draft(tx: Transaction, kind: RecommendedKind, reference: str) -> None:
    if kind == "tariff-map":
        version = await map_store.find_version(tx.connection, reference)
        if version is None:
            raise no_such(f"tariff map {reference}")
        is_draft = version.stage in {"draft", "validated"}
    else:
        policy = await policy_store.find_policy(tx.connection, reference)
        if policy is None:
            raise no_such(f"assignment policy {reference}")
        is_draft = policy.confirmed_by is None
    if not is_draft:
        raise Refused(
            f"{reference} is no draft any more.",
            rule="recommendation",
            code="not-a-draft",
            remedy="Draft a new version, and name that.",
        )
