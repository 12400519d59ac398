"""What routing says, in the words of the domain: decisions on entries, routings of filings, accounts with a Center."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.workqueue.domain.filing import Clock, FilingRoute
from services.workqueue.domain.goods import DeclaredGoods
from services.workqueue.domain.item import Goods
from services.workqueue.domain.review import NO_REVIEW, Consultation, RoutedVersion
from services.workqueue.store.importers import Importer
from shared.contracts.decision import Reason
from shared.contracts.envelope import Event
from shared.contracts.routing import AccountAssigned, EntryRouted, FilingRouted
from shared.customs.money import to_cents


def on_entry_routed(event: Event[EntryRouted]) -> RoutedVersion:
    """A routing decision as the queue keeps it."""
    data = event.data
    return RoutedVersion(
        entry_number=data.entry_number,
        version=data.version,
        event_id=event.id,
        filed_at=event.time,
        importer_number=data.importer_number,
        center=data.center,
        division=data.division,
        lane=data.lane,
        processes=data.processes,
        value_usd=data.value_usd,
        move=data.move,
        move_reason=next((each.text for each in data.reasons if each.code == "moved"), None) if data.move else None,
        consultations=tuple(
            [
                Consultation(each.center, Goods(each.tariff, each.line_count, each.value_usd))
                for each in data.consultations
            ]
        ),
        authority=data.authority,
        entry_type=data.entry_type,
        port_of_entry=data.port_of_entry,
        goods=tuple(
            [
                DeclaredGoods(
                    line_number=each.line_number,
                    key=each.key,
                    tariff=each.tariff,
                    special_tariffs=each.special_tariffs,
                    origin=each.origin,
                    manufacturer_id=each.manufacturer_id,
                    description=each.description,
                    value_usd=each.value_usd,
                    duty_cents=to_cents(each.duty_usd),
                    preference=each.preference,
                    cases=each.cases,
                    quantity=each.quantity,
                    unit=each.unit,
                )
                for each in data.goods
            ]
        ),
        duty_cents=to_cents(data.duty_usd),
        reasons=_reasons(data.reasons) if data.lane != NO_REVIEW else (),
    )


def on_filing_routed(event: Event[FilingRouted]) -> FilingRoute:
    """A routing of a post-entry filing, or its move to another Center."""
    data = event.data
    return FilingRoute(
        filing_number=data.filing_number,
        sequence=data.sequence,
        event_id=event.id,
        routed_at=event.time,
        kind=data.kind,
        importer_number=data.importer_number,
        entry_numbers=data.entry_numbers,
        center=data.center,
        division=data.division,
        process=data.process,
        authority=data.authority,
        received_at=data.received_at,
        forwarded_from=data.forwarded_from,
        clocks=tuple(Clock(each.rule, each.citation, each.what, each.due_on, each.evidence) for each in data.clocks),
        reasons=_reasons(data.reasons),
        basis=data.basis,
        answers_request=_read_request_id(data.answers_request),
        goods_center=data.goods_center,
    )


def on_account_assigned(event: Event[AccountAssigned]) -> Importer:
    """An importer account with its Center."""
    data = event.data
    programs = tuple(data.trusted_programs)
    return Importer(data.importer_number, data.sequence, data.name, data.center, programs)


def _reasons(told: Iterable[Reason]) -> tuple[Mapping[str, str | None], ...]:
    return tuple(
        [{"code": each.code, "text": each.text, "fact": each.fact, "citation": each.citation} for each in told]
    )


def _read_request_id(named: str | None) -> UUID | None:
    """The id of a request as the queue gives it; what a filer writes otherwise names none."""
    try:
        return UUID(named) if named is not None else None
    except ValueError:
        return None
