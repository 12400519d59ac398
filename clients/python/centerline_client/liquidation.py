"""Operations of liquidation; made by `make client` from openapi/liquidation.json, never by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from centerline_client.core import Answer, File, Service
from centerline_client.models import liquidation as models


class Liquidation(Service):
    """The legal record of each entry: its dates, suspensions, extensions, liquidation and protests."""

    def read_health(
        self,
    ) -> Answer[models.Alive]:
        """Is the process alive?

        GET /healthz
        """
        return self._call(
            "GET",
            "/healthz",
            returns=models.Alive,
        )

    def read_readiness(
        self,
    ) -> Answer[models.Ready]:
        """Can the process take work?

        GET /readyz
        """
        return self._call(
            "GET",
            "/readyz",
            returns=models.Ready,
        )

    def read_metrics(
        self,
    ) -> Answer[bytes]:
        """Metrics for Prometheus

        GET /metrics
        """
        return self._call(
            "GET",
            "/metrics",
            returns=bytes,
        )

    def list_entries(
        self,
        *,
        importer: str | None = None,
        sort: Literal["entry-date", "-entry-date", "period-end", "-period-end"] | None = None,
        after: str | None = None,
        limit: int | None = None,
        filer: str | None = None,
        state: Sequence[
            Literal["recorded", "scheduled", "suspended", "extended", "liquidated", "not-liquidating", "clock-unknown"]
        ]
        | None = None,
        center: Sequence[str] | None = None,
        port: str | None = None,
        entry_type: Sequence[str] | None = None,
        entry_from: date | None = None,
        entry_to: date | None = None,
        scheduled_from: date | None = None,
        scheduled_to: date | None = None,
        deemed_on_from: date | None = None,
        deemed_on_to: date | None = None,
        liquidated_from: date | None = None,
        liquidated_to: date | None = None,
        suspended: bool | None = None,
    ) -> Answer[models.PageEntryListedOut]:
        """Entries by whose they are, where they stand and by their days

        GET /entries
        """
        return self._call(
            "GET",
            "/entries",
            returns=models.PageEntryListedOut,
            query={
                "importer": importer,
                "sort": sort,
                "after": after,
                "limit": limit,
                "filer": filer,
                "state": state,
                "center": center,
                "port": port,
                "entry_type": entry_type,
                "entry_from": entry_from,
                "entry_to": entry_to,
                "scheduled_from": scheduled_from,
                "scheduled_to": scheduled_to,
                "deemed_on_from": deemed_on_from,
                "deemed_on_to": deemed_on_to,
                "liquidated_from": liquidated_from,
                "liquidated_to": liquidated_to,
                "suspended": suspended,
            },
        )

    def read_entry_record(
        self,
        entry_number: str,
    ) -> Answer[models.EntryRecordOut]:
        """The legal record of an entry

        GET /entries/{entry_number}
        """
        return self._call(
            "GET",
            "/entries/{entry_number}",
            returns=models.EntryRecordOut,
            names={"entry_number": entry_number},
        )

    def read_entry_timeline(
        self,
        entry_number: str,
    ) -> Answer[models.TimelineOut]:
        """What happened to an entry and what comes

        GET /entries/{entry_number}/timeline
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/timeline",
            returns=models.TimelineOut,
            names={"entry_number": entry_number},
        )

    def list_importer_deadlines(
        self,
        importer_number: str,
        *,
        after: str | None = None,
        limit: int | None = None,
        day_from: date | None = None,
        day_to: date | None = None,
        code: Sequence[str] | None = None,
        kind: Sequence[Literal["act", "law", "policy", "goal"]] | None = None,
        whose: Sequence[Literal["cbp", "importer", "surety"]] | None = None,
        filer: str | None = None,
        state: Sequence[
            Literal["recorded", "scheduled", "suspended", "extended", "liquidated", "not-liquidating", "clock-unknown"]
        ]
        | None = None,
        center: Sequence[str] | None = None,
        port: str | None = None,
        entry_type: Sequence[str] | None = None,
        entry_from: date | None = None,
        entry_to: date | None = None,
        scheduled_from: date | None = None,
        scheduled_to: date | None = None,
        deemed_on_from: date | None = None,
        deemed_on_to: date | None = None,
        liquidated_from: date | None = None,
        liquidated_to: date | None = None,
        suspended: bool | None = None,
    ) -> Answer[models.PageDeadlineOut]:
        """By when somebody has to act on an importer's entries

        GET /importers/{importer_number}/deadlines
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/deadlines",
            returns=models.PageDeadlineOut,
            names={"importer_number": importer_number},
            query={
                "after": after,
                "limit": limit,
                "day_from": day_from,
                "day_to": day_to,
                "code": code,
                "kind": kind,
                "whose": whose,
                "filer": filer,
                "state": state,
                "center": center,
                "port": port,
                "entry_type": entry_type,
                "entry_from": entry_from,
                "entry_to": entry_to,
                "scheduled_from": scheduled_from,
                "scheduled_to": scheduled_to,
                "deemed_on_from": deemed_on_from,
                "deemed_on_to": deemed_on_to,
                "liquidated_from": liquidated_from,
                "liquidated_to": liquidated_to,
                "suspended": suspended,
            },
        )

    def make_calendar_feed(
        self,
        body: models.CalendarFeedIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.FeedMadeOut]:
        """Make a calendar feed

        POST /calendar-feeds
        """
        return self._call(
            "POST",
            "/calendar-feeds",
            returns=models.FeedMadeOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_calendar_feeds(
        self,
    ) -> Answer[list[models.FeedOut]]:
        """Calendar feeds of the caller

        GET /calendar-feeds
        """
        return self._call(
            "GET",
            "/calendar-feeds",
            returns=list[models.FeedOut],
        )

    def list_entry_versions(
        self,
        entry_number: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageVersionOut]:
        """Versions of an entry summary

        GET /entries/{entry_number}/versions
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/versions",
            returns=models.PageVersionOut,
            names={"entry_number": entry_number},
            query={"after": after, "limit": limit},
        )

    def read_governing_version(
        self,
        entry_number: str,
    ) -> Answer[models.FiledVersionOut]:
        """The version of an entry summary that governs

        GET /entries/{entry_number}/versions/in-force
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/versions/in-force",
            returns=models.FiledVersionOut,
            names={"entry_number": entry_number},
        )

    def read_entry_version(
        self,
        entry_number: str,
        version: int,
    ) -> Answer[models.FiledVersionOut]:
        """A version of an entry summary as it was filed

        GET /entries/{entry_number}/versions/{version}
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/versions/{version}",
            returns=models.FiledVersionOut,
            names={"entry_number": entry_number, "version": version},
        )

    def read_entry_version_changes(
        self,
        entry_number: str,
        version: int,
        *,
        to: int | None = None,
    ) -> Answer[models.VersionChangesOut]:
        """What changed between two versions

        GET /entries/{entry_number}/versions/{version}/changes
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/versions/{version}/changes",
            returns=models.VersionChangesOut,
            names={"entry_number": entry_number, "version": version},
            query={"to": to},
        )

    def create_extension(
        self,
        entry_number: str,
        body: models.ExtensionIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ExtensionOut]:
        """Extend liquidation

        POST /entries/{entry_number}/extensions
        """
        return self._call(
            "POST",
            "/entries/{entry_number}/extensions",
            returns=models.ExtensionOut,
            names={"entry_number": entry_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_unknown_clocks(
        self,
        *,
        center: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageUnknownClockOut]:
        """Entries with a clock that cannot be computed

        GET /clocks-unknown
        """
        return self._call(
            "GET",
            "/clocks-unknown",
            returns=models.PageUnknownClockOut,
            query={"center": center, "after": after, "limit": limit},
        )

    def read_liquidation_figures(
        self,
    ) -> Answer[models.LiquidationFigures]:
        """Entries by state

        GET /figures
        """
        return self._call(
            "GET",
            "/figures",
            returns=models.LiquidationFigures,
        )

    def run_liquidation_cycle(
        self,
        body: models.CycleIn | Mapping[str, Any],
    ) -> Answer[models.CycleOut]:
        """Run a weekly liquidation cycle

        POST /cycles
        """
        return self._call(
            "POST",
            "/cycles",
            returns=models.CycleOut,
            body=body,
        )

    def list_liquidation_cycles(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageCycleOut]:
        """Cycles that have run

        GET /cycles
        """
        return self._call(
            "GET",
            "/cycles",
            returns=models.PageCycleOut,
            query={"after": after, "limit": limit},
        )

    def forecast_liquidation_cycle(
        self,
        *,
        date: date,
    ) -> Answer[models.ForecastOut]:
        """What a cycle would do

        GET /cycles/forecast
        """
        return self._call(
            "GET",
            "/cycles/forecast",
            returns=models.ForecastOut,
            query={"date": date},
        )

    def read_liquidation_cycle(
        self,
        friday: date,
    ) -> Answer[models.CycleStandingOut]:
        """How far a cycle has come

        GET /cycles/{friday}
        """
        return self._call(
            "GET",
            "/cycles/{friday}",
            returns=models.CycleStandingOut,
            names={"friday": friday},
        )

    def keep_cycle_forecast(
        self,
        friday: date,
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.SnapshotOut]:
        """Keep a dry run of a cycle

        POST /cycles/{friday}/forecasts
        """
        return self._call(
            "POST",
            "/cycles/{friday}/forecasts",
            returns=models.SnapshotOut,
            names={"friday": friday},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
        )

    def list_cycle_forecasts(
        self,
        friday: date,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageSnapshotOut]:
        """Dry runs of a cycle

        GET /cycles/{friday}/forecasts
        """
        return self._call(
            "GET",
            "/cycles/{friday}/forecasts",
            returns=models.PageSnapshotOut,
            names={"friday": friday},
            query={"after": after, "limit": limit},
        )

    def read_forecast_changes(
        self,
        friday: date,
        number: int,
        *,
        since: int | None = None,
    ) -> Answer[models.ChangesOut]:
        """What changed since an earlier dry run

        GET /cycles/{friday}/forecasts/{number}/changes
        """
        return self._call(
            "GET",
            "/cycles/{friday}/forecasts/{number}/changes",
            returns=models.ChangesOut,
            names={"friday": friday, "number": number},
            query={"since": since},
        )

    def list_forecast_changes(
        self,
        friday: date,
        number: int,
        *,
        since: int | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageChangedEntryOut]:
        """The entries that changed

        GET /cycles/{friday}/forecasts/{number}/changes/entries
        """
        return self._call(
            "GET",
            "/cycles/{friday}/forecasts/{number}/changes/entries",
            returns=models.PageChangedEntryOut,
            names={"friday": friday, "number": number},
            query={"since": since, "after": after, "limit": limit},
        )

    def create_cut_sheet(
        self,
        friday: date,
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.CutSheetOut]:
        """Make the cut sheet of a cycle

        POST /cycles/{friday}/cut-sheet
        """
        return self._call(
            "POST",
            "/cycles/{friday}/cut-sheet",
            returns=models.CutSheetOut,
            names={"friday": friday},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
        )

    def read_cut_sheet(
        self,
        friday: date,
    ) -> Answer[models.CutSheetOut]:
        """The cut sheet of a cycle

        GET /cycles/{friday}/cut-sheet
        """
        return self._call(
            "GET",
            "/cycles/{friday}/cut-sheet",
            returns=models.CutSheetOut,
            names={"friday": friday},
        )

    def confirm_liquidation_cut_sheet(
        self,
        friday: date,
        body: models.ConfirmationIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.CutSheetOut]:
        """Confirm a cut sheet

        POST /cycles/{friday}/cut-sheet/confirmations
        """
        return self._call(
            "POST",
            "/cycles/{friday}/cut-sheet/confirmations",
            returns=models.CutSheetOut,
            names={"friday": friday},
            headers={"If-Match": if_match},
            body=body,
        )

    def read_cycle_report(
        self,
        friday: date,
    ) -> Answer[models.CycleReportOut]:
        """What a cycle did against its cut sheet

        GET /cycles/{friday}/report
        """
        return self._call(
            "GET",
            "/cycles/{friday}/report",
            returns=models.CycleReportOut,
            names={"friday": friday},
        )

    def list_cycle_report_entries(
        self,
        friday: date,
        *,
        way: Literal["left-out", "added", "otherwise"] | None = None,
        why: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageDifferingEntryOut]:
        """Entries that a cycle did not treat as its cut sheet said

        GET /cycles/{friday}/report/entries
        """
        return self._call(
            "GET",
            "/cycles/{friday}/report/entries",
            returns=models.PageDifferingEntryOut,
            names={"friday": friday},
            query={"way": way, "why": why, "after": after, "limit": limit},
        )

    def create_hold_set(
        self,
        body: models.HoldSetIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.DraftedHoldSetOut]:
        """Draft a hold set

        POST /hold-sets
        """
        return self._call(
            "POST",
            "/hold-sets",
            returns=models.DraftedHoldSetOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_hold_sets(
        self,
        *,
        state: Literal["draft", "applied", "lifted"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageHoldSetOut]:
        """Hold sets

        GET /hold-sets
        """
        return self._call(
            "GET",
            "/hold-sets",
            returns=models.PageHoldSetOut,
            query={"state": state, "after": after, "limit": limit},
        )

    def read_hold_set(
        self,
        hold_set_id: str,
    ) -> Answer[models.HoldSetOut]:
        """A hold set with its history

        GET /hold-sets/{hold_set_id}
        """
        return self._call(
            "GET",
            "/hold-sets/{hold_set_id}",
            returns=models.HoldSetOut,
            names={"hold_set_id": hold_set_id},
        )

    def edit_hold_set(
        self,
        hold_set_id: str,
        body: models.HoldSetIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.HoldSetOut]:
        """Edit a draft

        PUT /hold-sets/{hold_set_id}
        """
        return self._call(
            "PUT",
            "/hold-sets/{hold_set_id}",
            returns=models.HoldSetOut,
            names={"hold_set_id": hold_set_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def preview_hold_set(
        self,
        hold_set_id: str,
    ) -> Answer[models.PreviewOut]:
        """What a hold set matches

        GET /hold-sets/{hold_set_id}/preview
        """
        return self._call(
            "GET",
            "/hold-sets/{hold_set_id}/preview",
            returns=models.PreviewOut,
            names={"hold_set_id": hold_set_id},
        )

    def list_hold_set_entries(
        self,
        hold_set_id: str,
        *,
        horizon: Literal["1", "7", "14", "30", "60", "90", "later", "no date"] | None = None,
        center: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageMatchedEntryOut]:
        """The entries that a hold set matches

        GET /hold-sets/{hold_set_id}/preview/entries
        """
        return self._call(
            "GET",
            "/hold-sets/{hold_set_id}/preview/entries",
            returns=models.PageMatchedEntryOut,
            names={"hold_set_id": hold_set_id},
            query={"horizon": horizon, "center": center, "after": after, "limit": limit},
        )

    def apply_hold_set(
        self,
        hold_set_id: str,
        *,
        if_match: str | None,
    ) -> Answer[models.EffectOut]:
        """Apply a hold set

        POST /hold-sets/{hold_set_id}/apply
        """
        return self._call(
            "POST",
            "/hold-sets/{hold_set_id}/apply",
            returns=models.EffectOut,
            names={"hold_set_id": hold_set_id},
            headers={"If-Match": if_match},
        )

    def lift_hold_set(
        self,
        hold_set_id: str,
        body: models.LiftIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.EffectOut]:
        """Lift a hold set

        POST /hold-sets/{hold_set_id}/lift
        """
        return self._call(
            "POST",
            "/hold-sets/{hold_set_id}/lift",
            returns=models.EffectOut,
            names={"hold_set_id": hold_set_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def read_radar(
        self,
        *,
        center: str | None = None,
    ) -> Answer[models.RadarOut]:
        """Deadlines by horizon and cause

        GET /radar
        """
        return self._call(
            "GET",
            "/radar",
            returns=models.RadarOut,
            query={"center": center},
        )

    def list_radar_entries(
        self,
        *,
        horizon: Literal["past", "1", "7", "14", "30", "60", "90"],
        cause: Literal["any", "review-open", "request-open", "suspension-lifted", "held", "extension-needed"]
        | None = None,
        center: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRadarEntryOut]:
        """Entries of a horizon and cause

        GET /radar/entries
        """
        return self._call(
            "GET",
            "/radar/entries",
            returns=models.PageRadarEntryOut,
            query={"horizon": horizon, "cause": cause, "center": center, "after": after, "limit": limit},
        )

    def list_extension_drafts(
        self,
        *,
        center: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageExtensionDraftOut]:
        """Extensions that should be posted

        GET /extension-drafts
        """
        return self._call(
            "GET",
            "/extension-drafts",
            returns=models.PageExtensionDraftOut,
            query={"center": center, "after": after, "limit": limit},
        )

    def list_deemed_cases(
        self,
        *,
        state: Literal["open", "closed"] | None = None,
        center: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageDeemedCaseOut]:
        """Entries deemed liquidated by oversight

        GET /deemed-cases
        """
        return self._call(
            "GET",
            "/deemed-cases",
            returns=models.PageDeemedCaseOut,
            query={"state": state, "center": center, "after": after, "limit": limit},
        )

    def read_deemed_case(
        self,
        entry_number: str,
    ) -> Answer[models.DeemedCaseOut]:
        """The case of an entry deemed liquidated

        GET /deemed-cases/{entry_number}
        """
        return self._call(
            "GET",
            "/deemed-cases/{entry_number}",
            returns=models.DeemedCaseOut,
            names={"entry_number": entry_number},
        )

    def close_deemed_case(
        self,
        entry_number: str,
        body: models.CloseIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.DeemedCaseOut]:
        """Close the case of an entry deemed liquidated

        POST /deemed-cases/{entry_number}/close
        """
        return self._call(
            "POST",
            "/deemed-cases/{entry_number}/close",
            returns=models.DeemedCaseOut,
            names={"entry_number": entry_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def create_instruction(
        self,
        body: models.InstructionIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.DraftedInstructionOut]:
        """Draft an instruction

        POST /instructions
        """
        return self._call(
            "POST",
            "/instructions",
            returns=models.DraftedInstructionOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_instructions(
        self,
        *,
        state: Literal["draft", "confirmed"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageInstructionOut]:
        """Instructions

        GET /instructions
        """
        return self._call(
            "GET",
            "/instructions",
            returns=models.PageInstructionOut,
            query={"state": state, "after": after, "limit": limit},
        )

    def read_instruction(
        self,
        instruction_id: str,
    ) -> Answer[models.InstructionOut]:
        """An instruction

        GET /instructions/{instruction_id}
        """
        return self._call(
            "GET",
            "/instructions/{instruction_id}",
            returns=models.InstructionOut,
            names={"instruction_id": instruction_id},
        )

    def preview_instruction(
        self,
        instruction_id: str,
    ) -> Answer[models.InstructionPreviewOut]:
        """What an instruction would mean

        GET /instructions/{instruction_id}/preview
        """
        return self._call(
            "GET",
            "/instructions/{instruction_id}/preview",
            returns=models.InstructionPreviewOut,
            names={"instruction_id": instruction_id},
        )

    def confirm_instruction(
        self,
        instruction_id: str,
        *,
        if_match: str | None,
    ) -> Answer[models.InstructionOut]:
        """Confirm and apply an instruction

        POST /instructions/{instruction_id}/confirmations
        """
        return self._call(
            "POST",
            "/instructions/{instruction_id}/confirmations",
            returns=models.InstructionOut,
            names={"instruction_id": instruction_id},
            headers={"If-Match": if_match},
        )

    def list_instruction_results(
        self,
        instruction_id: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageInstructionResultOut]:
        """What an instruction did to each entry

        GET /instructions/{instruction_id}/results
        """
        return self._call(
            "GET",
            "/instructions/{instruction_id}/results",
            returns=models.PageInstructionResultOut,
            names={"instruction_id": instruction_id},
            query={"after": after, "limit": limit},
        )

    def create_liquidation(
        self,
        entry_number: str,
        body: models.LiquidationIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.LiquidatedOut]:
        """Liquidate by hand

        POST /entries/{entry_number}/liquidations
        """
        return self._call(
            "POST",
            "/entries/{entry_number}/liquidations",
            returns=models.LiquidatedOut,
            names={"entry_number": entry_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def create_reliquidation(
        self,
        entry_number: str,
        body: models.ReliquidationIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ReliquidatedOut]:
        """Reliquidate

        POST /entries/{entry_number}/reliquidations
        """
        return self._call(
            "POST",
            "/entries/{entry_number}/reliquidations",
            returns=models.ReliquidatedOut,
            names={"entry_number": entry_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def create_voided_liquidation(
        self,
        entry_number: str,
        body: models.VoidingIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.VoidedOut]:
        """Note that a liquidation has no effect

        POST /entries/{entry_number}/voided-liquidations
        """
        return self._call(
            "POST",
            "/entries/{entry_number}/voided-liquidations",
            returns=models.VoidedOut,
            names={"entry_number": entry_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_recomputes(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRecomputeOut]:
        """Nightly comparisons of the record with its facts

        GET /recomputes
        """
        return self._call(
            "GET",
            "/recomputes",
            returns=models.PageRecomputeOut,
            query={"after": after, "limit": limit},
        )

    def read_clock_facts(
        self,
        entry_number: str,
    ) -> Answer[models.ClockFactsOut]:
        """Days of an entry that no summary carries

        GET /entries/{entry_number}/clock-facts
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/clock-facts",
            returns=models.ClockFactsOut,
            names={"entry_number": entry_number},
        )

    def put_clock_facts(
        self,
        entry_number: str,
        body: models.ClockFactsIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.ClockFactsOut]:
        """Record days of an entry that no summary carries

        PUT /entries/{entry_number}/clock-facts
        """
        return self._call(
            "PUT",
            "/entries/{entry_number}/clock-facts",
            returns=models.ClockFactsOut,
            names={"entry_number": entry_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def create_protest(
        self,
        body: models.ProtestIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.FiledOut]:
        """File a protest

        POST /protests
        """
        return self._call(
            "POST",
            "/protests",
            returns=models.FiledOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_protests(
        self,
        *,
        state: Literal[
            "filed",
            "in-review",
            "waiting-party",
            "suspended",
            "at-headquarters",
            "headquarters-decided",
            "awaiting-signature",
            "allowed",
            "allowed-in-part",
            "denied",
            "deemed-denied",
            "rejected",
            "withdrawn",
            "in-court",
        ]
        | None = None,
        is_open: bool | None = None,
        importer: str | None = None,
        entry: str | None = None,
        issue: str | None = None,
        due_before: date | None = None,
        overdue: bool | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageProtestSummaryOut]:
        """Protests

        GET /protests
        """
        return self._call(
            "GET",
            "/protests",
            returns=models.PageProtestSummaryOut,
            query={
                "state": state,
                "is_open": is_open,
                "importer": importer,
                "entry": entry,
                "issue": issue,
                "due_before": due_before,
                "overdue": overdue,
                "after": after,
                "limit": limit,
            },
        )

    def check_filing(
        self,
        body: models.ProtestIn | Mapping[str, Any],
    ) -> Answer[models.ProtestCheckOut]:
        """What filing a protest would come to

        POST /protests/check
        """
        return self._call(
            "POST",
            "/protests/check",
            returns=models.ProtestCheckOut,
            body=body,
        )

    def list_protest_issues(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageIssueOut]:
        """Questions common to protests

        GET /protest-issues
        """
        return self._call(
            "GET",
            "/protest-issues",
            returns=models.PageIssueOut,
            query={"after": after, "limit": limit},
        )

    def read_protest(
        self,
        protest_number: str,
    ) -> Answer[models.ProtestOut]:
        """A protest

        GET /protests/{protest_number}
        """
        return self._call(
            "GET",
            "/protests/{protest_number}",
            returns=models.ProtestOut,
            names={"protest_number": protest_number},
        )

    def create_protest_act(
        self,
        protest_number: str,
        body: models.PlainActIn
        | models.SuspendIn
        | models.AmendIn
        | models.AccelerateIn
        | models.FurtherReviewIn
        | models.ReasonedActIn
        | models.HeadquartersAnswerIn
        | models.RecommendIn
        | models.SignIn
        | models.RejectIn
        | models.SummonIn
        | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.ActDoneOut]:
        """Act on a protest

        POST /protests/{protest_number}/acts
        """
        return self._call(
            "POST",
            "/protests/{protest_number}/acts",
            returns=models.ActDoneOut,
            names={"protest_number": protest_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def preview_group_act(
        self,
        body: models.GroupPreviewIn | Mapping[str, Any],
    ) -> Answer[models.GroupOut]:
        """What an act would do on a group of protests

        POST /protest-groups/previews
        """
        return self._call(
            "POST",
            "/protest-groups/previews",
            returns=models.GroupOut,
            body=body,
        )

    def create_group_act(
        self,
        body: models.GroupActIn | Mapping[str, Any],
    ) -> Answer[models.GroupOut]:
        """Act on a group of protests

        POST /protest-groups/acts
        """
        return self._call(
            "POST",
            "/protest-groups/acts",
            returns=models.GroupOut,
            body=body,
        )

    def create_protest_selection(
        self,
        body: models.SelectionIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.SelectionOut]:
        """Draft an act on protests by criteria

        POST /protest-selections
        """
        return self._call(
            "POST",
            "/protest-selections",
            returns=models.SelectionOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_protest_selections(
        self,
        *,
        state: Literal["looking", "ready", "running", "done", "withdrawn"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageSelectionLineOut]:
        """Selections of protests

        GET /protest-selections
        """
        return self._call(
            "GET",
            "/protest-selections",
            returns=models.PageSelectionLineOut,
            query={"state": state, "after": after, "limit": limit},
        )

    def read_protest_selection(
        self,
        selection_id: UUID,
    ) -> Answer[models.SelectionOut]:
        """A selection of protests

        GET /protest-selections/{selection_id}
        """
        return self._call(
            "GET",
            "/protest-selections/{selection_id}",
            returns=models.SelectionOut,
            names={"selection_id": selection_id},
        )

    def act_on_protest_selection(
        self,
        selection_id: UUID,
        body: models.SelectionActIn | Mapping[str, Any],
    ) -> Answer[models.SelectionOut]:
        """Begin or withdraw a selection of protests

        POST /protest-selections/{selection_id}/acts
        """
        return self._call(
            "POST",
            "/protest-selections/{selection_id}/acts",
            returns=models.SelectionOut,
            names={"selection_id": selection_id},
            body=body,
        )

    def list_selection_sample(
        self,
        selection_id: UUID,
    ) -> Answer[models.SelectionSampleOut]:
        """The sample of a selection of protests

        GET /protest-selections/{selection_id}/sample
        """
        return self._call(
            "GET",
            "/protest-selections/{selection_id}/sample",
            returns=models.SelectionSampleOut,
            names={"selection_id": selection_id},
        )

    def look_at_selected_protest(
        self,
        selection_id: UUID,
        number: int,
        body: models.LookIn | Mapping[str, Any],
    ) -> Answer[models.SelectionSampleOut]:
        """Say what a protest of the sample is like

        POST /protest-selections/{selection_id}/sample/{number}
        """
        return self._call(
            "POST",
            "/protest-selections/{selection_id}/sample/{number}",
            returns=models.SelectionSampleOut,
            names={"selection_id": selection_id, "number": number},
            body=body,
        )

    def list_selected_protests(
        self,
        selection_id: UUID,
        *,
        state: Literal["pending", "left-out", "done", "refused"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageSelectedOut]:
        """What became of each protest

        GET /protest-selections/{selection_id}/protests
        """
        return self._call(
            "GET",
            "/protest-selections/{selection_id}/protests",
            returns=models.PageSelectedOut,
            names={"selection_id": selection_id},
            query={"state": state, "after": after, "limit": limit},
        )

    def list_selected_entries(
        self,
        selection_id: UUID,
        *,
        state: Literal["pending", "left-out", "done", "refused"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageSelectedEntryOut]:
        """The entries of a selection of protests

        GET /protest-selections/{selection_id}/entries
        """
        return self._call(
            "GET",
            "/protest-selections/{selection_id}/entries",
            returns=models.PageSelectedEntryOut,
            names={"selection_id": selection_id},
            query={"state": state, "after": after, "limit": limit},
        )

    def add_protest_file(
        self,
        protest_number: str,
        file: File,
        *,
        level: Literal["internal", "party", "law-enforcement"] | None = None,
        redacts: UUID | None = None,
        idempotency_key: str | None = None,
    ) -> Answer[models.FileOut]:
        """Add a file to a protest

        POST /protests/{protest_number}/files
        """
        return self._call(
            "POST",
            "/protests/{protest_number}/files",
            returns=models.FileOut,
            names={"protest_number": protest_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            file=file,
            form={"level": level, "redacts": redacts},
        )

    def list_protest_files(
        self,
        protest_number: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageFileOut]:
        """Files of a protest

        GET /protests/{protest_number}/files
        """
        return self._call(
            "GET",
            "/protests/{protest_number}/files",
            returns=models.PageFileOut,
            names={"protest_number": protest_number},
            query={"after": after, "limit": limit},
        )

    def read_protest_file(
        self,
        protest_number: str,
        file_id: UUID,
    ) -> Answer[bytes]:
        """The bytes of a file

        GET /protests/{protest_number}/files/{file_id}/content
        """
        return self._call(
            "GET",
            "/protests/{protest_number}/files/{file_id}/content",
            returns=bytes,
            names={"protest_number": protest_number, "file_id": file_id},
        )

    def read_preference_claim(
        self,
        filing_number: str,
    ) -> Answer[models.ClaimOut]:
        """A claim under 1520(d)

        GET /preference-claims/{filing_number}
        """
        return self._call(
            "GET",
            "/preference-claims/{filing_number}",
            returns=models.ClaimOut,
            names={"filing_number": filing_number},
        )

    def decide_preference_claim(
        self,
        filing_number: str,
        body: models.ClaimDecisionIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[None]:
        """Decide a claim under 1520(d)

        POST /preference-claims/{filing_number}/decision
        """
        return self._call(
            "POST",
            "/preference-claims/{filing_number}/decision",
            returns=None,
            names={"filing_number": filing_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def read_entry_amounts(
        self,
        entry_number: str,
    ) -> Answer[models.EntryAmountsOut]:
        """The money of an entry by class and line

        GET /entries/{entry_number}/amounts
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/amounts",
            returns=models.EntryAmountsOut,
            names={"entry_number": entry_number},
        )

    def tell_what_if(
        self,
        entry_number: str,
        body: models.WhatIfIn | Mapping[str, Any],
    ) -> Answer[models.WhatIfOut]:
        """What a decision would come to

        POST /entries/{entry_number}/what-if-decision
        """
        return self._call(
            "POST",
            "/entries/{entry_number}/what-if-decision",
            returns=models.WhatIfOut,
            names={"entry_number": entry_number},
            body=body,
        )

    def read_deposit_facts(
        self,
        entry_number: str,
    ) -> Answer[models.DepositOut]:
        """What is known of an entry's deposit

        GET /entries/{entry_number}/deposit-facts
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/deposit-facts",
            returns=models.DepositOut,
            names={"entry_number": entry_number},
        )

    def record_deposit_facts(
        self,
        entry_number: str,
        body: models.DepositIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.DepositOut]:
        """Record what is known of an entry's deposit

        PUT /entries/{entry_number}/deposit-facts
        """
        return self._call(
            "PUT",
            "/entries/{entry_number}/deposit-facts",
            returns=models.DepositOut,
            names={"entry_number": entry_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def read_refund_readiness(
        self,
        importer_number: str,
    ) -> Answer[models.ReadinessOut]:
        """Whether an importer can be refunded

        GET /importers/{importer_number}/refund-readiness
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/refund-readiness",
            returns=models.ReadinessOut,
            names={"importer_number": importer_number},
        )

    def read_refund_account(
        self,
        importer_number: str,
    ) -> Answer[models.AccountOut]:
        """What is known of a payee

        GET /importers/{importer_number}/refund-account
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/refund-account",
            returns=models.AccountOut,
            names={"importer_number": importer_number},
        )

    def record_refund_account(
        self,
        importer_number: str,
        body: models.AccountIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.AccountOut]:
        """Record what is known of a payee

        PUT /importers/{importer_number}/refund-account
        """
        return self._call(
            "PUT",
            "/importers/{importer_number}/refund-account",
            returns=models.AccountOut,
            names={"importer_number": importer_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def list_bills(
        self,
        *,
        state: Literal["open", "delinquent", "paid", "replaced"] | None = None,
        importer_number: str | None = None,
        entry_number: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageBillOut]:
        """Bills

        GET /bills
        """
        return self._call(
            "GET",
            "/bills",
            returns=models.PageBillOut,
            query={
                "state": state,
                "importer_number": importer_number,
                "entry_number": entry_number,
                "after": after,
                "limit": limit,
            },
        )

    def read_bill(
        self,
        bill_number: str,
    ) -> Answer[models.WholeBillOut]:
        """A bill

        GET /bills/{bill_number}
        """
        return self._call(
            "GET",
            "/bills/{bill_number}",
            returns=models.WholeBillOut,
            names={"bill_number": bill_number},
        )

    def read_payoff(
        self,
        bill_number: str,
        *,
        on: date | None = None,
    ) -> Answer[models.PayoffOut]:
        """What to pay on a bill on a day

        GET /bills/{bill_number}/payoff
        """
        return self._call(
            "GET",
            "/bills/{bill_number}/payoff",
            returns=models.PayoffOut,
            names={"bill_number": bill_number},
            query={"on": on},
        )

    def create_payment(
        self,
        bill_number: str,
        body: models.PaymentIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RecordedPaymentOut]:
        """Record a payment

        POST /bills/{bill_number}/payments
        """
        return self._call(
            "POST",
            "/bills/{bill_number}/payments",
            returns=models.RecordedPaymentOut,
            names={"bill_number": bill_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_refunds(
        self,
        *,
        state: Literal["waiting-for-enrollment", "ready", "certified", "paid", "replaced"] | None = None,
        importer_number: str | None = None,
        entry_number: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRefundOut]:
        """Refunds

        GET /refunds
        """
        return self._call(
            "GET",
            "/refunds",
            returns=models.PageRefundOut,
            query={
                "state": state,
                "importer_number": importer_number,
                "entry_number": entry_number,
                "after": after,
                "limit": limit,
            },
        )

    def read_refund(
        self,
        refund_number: str,
    ) -> Answer[models.WholeRefundOut]:
        """A refund

        GET /refunds/{refund_number}
        """
        return self._call(
            "GET",
            "/refunds/{refund_number}",
            returns=models.WholeRefundOut,
            names={"refund_number": refund_number},
        )

    def certify_refund(
        self,
        refund_number: str,
        *,
        if_match: str | None,
    ) -> Answer[models.WholeRefundOut]:
        """Certify a refund

        POST /refunds/{refund_number}/certify
        """
        return self._call(
            "POST",
            "/refunds/{refund_number}/certify",
            returns=models.WholeRefundOut,
            names={"refund_number": refund_number},
            headers={"If-Match": if_match},
        )

    def pay_refund(
        self,
        refund_number: str,
        body: models.RefundPaymentIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.WholeRefundOut]:
        """Record that a refund was paid

        POST /refunds/{refund_number}/pay
        """
        return self._call(
            "POST",
            "/refunds/{refund_number}/pay",
            returns=models.WholeRefundOut,
            names={"refund_number": refund_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def read_reconciliation_inventory(
        self,
        importer_number: str,
    ) -> Answer[models.InventoryOut]:
        """Flagged summaries that are not reconciled

        GET /importers/{importer_number}/reconciliation
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/reconciliation",
            returns=models.InventoryOut,
            names={"importer_number": importer_number},
        )

    def record_instructed_rate(
        self,
        body: models.RateIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RateOut]:
        """Record a rate that a message names

        POST /instructed-rates
        """
        return self._call(
            "POST",
            "/instructed-rates",
            returns=models.RateOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_adcvd_errors(
        self,
        *,
        after: str | None = None,
        since: date | None = None,
        unexplained: bool | None = None,
    ) -> Answer[models.ErrorsOut]:
        """Errors of AD/CVD at liquidation

        GET /adcvd-errors
        """
        return self._call(
            "GET",
            "/adcvd-errors",
            returns=models.ErrorsOut,
            query={"after": after, "since": since, "unexplained": unexplained},
        )

    def explain_adcvd_error(
        self,
        entry_number: str,
        body: models.ExplanationIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ExplanationOut]:
        """Explain an error of AD/CVD

        POST /adcvd-errors/{entry_number}/explanations
        """
        return self._call(
            "POST",
            "/adcvd-errors/{entry_number}/explanations",
            returns=models.ExplanationOut,
            names={"entry_number": entry_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_adcvd_collection(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageCollectionOut]:
        """Open bills of entries under AD/CVD cases

        GET /adcvd-collection
        """
        return self._call(
            "GET",
            "/adcvd-collection",
            returns=models.PageCollectionOut,
            query={"after": after, "limit": limit},
        )

    def list_templates(
        self,
    ) -> Answer[models.TemplatesOut]:
        """Programs shipped as data

        GET /program-templates
        """
        return self._call(
            "GET",
            "/program-templates",
            returns=models.TemplatesOut,
        )

    def list_programs(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageProgramOut]:
        """Programs of mass change

        GET /programs
        """
        return self._call(
            "GET",
            "/programs",
            returns=models.PageProgramOut,
            query={"after": after, "limit": limit},
        )

    def draft_program(
        self,
        body: models.RevisionIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RevisionOut]:
        """Draft a program

        POST /programs
        """
        return self._call(
            "POST",
            "/programs",
            returns=models.RevisionOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_program(
        self,
        program: str,
    ) -> Answer[models.ProgramOut]:
        """A program with its revisions and its history

        GET /programs/{program}
        """
        return self._call(
            "GET",
            "/programs/{program}",
            returns=models.ProgramOut,
            names={"program": program},
        )

    def draft_revision(
        self,
        program: str,
        body: models.RevisionIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RevisionOut]:
        """Draft another revision

        POST /programs/{program}/revisions
        """
        return self._call(
            "POST",
            "/programs/{program}/revisions",
            returns=models.RevisionOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def edit_revision(
        self,
        program: str,
        revision: int,
        body: models.RevisionIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.RevisionOut]:
        """Edit a draft

        PUT /programs/{program}/revisions/{revision}
        """
        return self._call(
            "PUT",
            "/programs/{program}/revisions/{revision}",
            returns=models.RevisionOut,
            names={"program": program, "revision": revision},
            headers={"If-Match": if_match},
            body=body,
        )

    def try_revision(
        self,
        program: str,
        revision: int,
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.TrialOut]:
        """Try a revision

        POST /programs/{program}/revisions/{revision}/trials
        """
        return self._call(
            "POST",
            "/programs/{program}/revisions/{revision}/trials",
            returns=models.TrialOut,
            names={"program": program, "revision": revision},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
        )

    def read_trial(
        self,
        program: str,
        revision: int,
        *,
        lines: bool | None = None,
    ) -> Answer[models.TrialOut]:
        """The last trial of a revision

        GET /programs/{program}/revisions/{revision}/trials/last
        """
        return self._call(
            "GET",
            "/programs/{program}/revisions/{revision}/trials/last",
            returns=models.TrialOut,
            names={"program": program, "revision": revision},
            query={"lines": lines},
        )

    def confirm_revision(
        self,
        program: str,
        revision: int,
        *,
        if_match: str | None,
    ) -> Answer[models.RevisionOut]:
        """Confirm a revision

        POST /programs/{program}/revisions/{revision}/confirmations
        """
        return self._call(
            "POST",
            "/programs/{program}/revisions/{revision}/confirmations",
            returns=models.RevisionOut,
            names={"program": program, "revision": revision},
            headers={"If-Match": if_match},
        )

    def release_revision(
        self,
        program: str,
        revision: int,
        *,
        if_match: str | None,
    ) -> Answer[models.RevisionOut]:
        """Release a revision

        POST /programs/{program}/revisions/{revision}/releases
        """
        return self._call(
            "POST",
            "/programs/{program}/revisions/{revision}/releases",
            returns=models.RevisionOut,
            names={"program": program, "revision": revision},
            headers={"If-Match": if_match},
        )

    def find_of_goods(
        self,
        program: str,
        entry_number: str,
        body: models.FindingIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ProductFindingOut]:
        """Find whether goods are the product of an order

        POST /programs/{program}/entries/{entry_number}/findings
        """
        return self._call(
            "POST",
            "/programs/{program}/entries/{entry_number}/findings",
            returns=models.ProductFindingOut,
            names={"program": program, "entry_number": entry_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_program_offers(
        self,
        importer_number: str,
        *,
        program: str | None = None,
        state: Literal["dropped", "withdrawn", "nothing", "waiting", "due", "posted"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageOfferOut]:
        """What programs took of an importer's entries

        GET /importers/{importer_number}/program-offers
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/program-offers",
            returns=models.PageOfferOut,
            names={"importer_number": importer_number},
            query={"program": program, "state": state, "after": after, "limit": limit},
        )

    def answer_offers(
        self,
        program: str,
        body: models.AnswerIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.AnswersOut]:
        """Answer what a program offers

        POST /programs/{program}/answers
        """
        return self._call(
            "POST",
            "/programs/{program}/answers",
            returns=models.AnswersOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_after_facts(
        self,
        program: str,
        *,
        team: Literal["drawback", "center"] | None = None,
        open: bool | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageAfterFactOut]:
        """What came after the posting

        GET /programs/{program}/after-the-fact
        """
        return self._call(
            "GET",
            "/programs/{program}/after-the-fact",
            returns=models.PageAfterFactOut,
            names={"program": program},
            query={"team": team, "open": open, "after": after, "limit": limit},
        )

    def sum_after_facts(
        self,
        program: str,
    ) -> Answer[models.AfterSumsOut]:
        """What came after the posting, by team and code

        GET /programs/{program}/after-the-fact/sums
        """
        return self._call(
            "GET",
            "/programs/{program}/after-the-fact/sums",
            returns=models.AfterSumsOut,
            names={"program": program},
        )

    def settle_after_fact(
        self,
        program: str,
        entry_number: str,
        body: models.SettlementIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.SettlementOut]:
        """Settle what came after the posting

        POST /programs/{program}/entries/{entry_number}/settlements
        """
        return self._call(
            "POST",
            "/programs/{program}/entries/{entry_number}/settlements",
            returns=models.SettlementOut,
            names={"program": program, "entry_number": entry_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_proof(
        self,
        program: str,
        entry_number: str,
    ) -> Answer[models.ProofOut]:
        """The proof of what a program did to an entry

        GET /programs/{program}/entries/{entry_number}/proof
        """
        return self._call(
            "GET",
            "/programs/{program}/entries/{entry_number}/proof",
            returns=models.ProofOut,
            names={"program": program, "entry_number": entry_number},
        )

    def make_program_report(
        self,
        program: str,
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ReportOut]:
        """Make the report of today

        POST /programs/{program}/reports
        """
        return self._call(
            "POST",
            "/programs/{program}/reports",
            returns=models.ReportOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
        )

    def list_program_reports(
        self,
        program: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageReportOut]:
        """Reports that were made

        GET /programs/{program}/reports
        """
        return self._call(
            "GET",
            "/programs/{program}/reports",
            returns=models.PageReportOut,
            names={"program": program},
            query={"after": after, "limit": limit},
        )

    def read_program_report(
        self,
        program: str,
        *,
        as_of: date,
    ) -> Answer[dict[str, Any]]:
        """The report of a day

        GET /programs/{program}/report
        """
        return self._call(
            "GET",
            "/programs/{program}/report",
            returns=dict[str, Any],
            names={"program": program},
            query={"as_of": as_of},
        )

    def read_program_report_csv(
        self,
        program: str,
        *,
        as_of: date,
    ) -> Answer[bytes]:
        """The report of a day as rows

        GET /programs/{program}/report.csv
        """
        return self._call(
            "GET",
            "/programs/{program}/report.csv",
            returns=bytes,
            names={"program": program},
            query={"as_of": as_of},
        )

    def sign_program_report(
        self,
        program: str,
        as_of: date,
        body: models.SigningIn | Mapping[str, Any],
    ) -> Answer[models.ReportOut]:
        """Sign a report

        POST /programs/{program}/reports/{as_of}/signatures
        """
        return self._call(
            "POST",
            "/programs/{program}/reports/{as_of}/signatures",
            returns=models.ReportOut,
            names={"program": program, "as_of": as_of},
            body=body,
        )

    def list_reversals(
        self,
        program: str,
        *,
        state: Literal["asked", "confirmed", "withdrawn"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageReversalRequestOut]:
        """Requests to reverse

        GET /programs/{program}/reversals
        """
        return self._call(
            "GET",
            "/programs/{program}/reversals",
            returns=models.PageReversalRequestOut,
            names={"program": program},
            query={"state": state, "after": after, "limit": limit},
        )

    def ask_reversal(
        self,
        program: str,
        body: models.ReversalIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ReversedOut]:
        """Ask for a reversal

        POST /programs/{program}/reversals
        """
        return self._call(
            "POST",
            "/programs/{program}/reversals",
            returns=models.ReversedOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def confirm_reversal(
        self,
        program: str,
        body: models.ReversalConfirmationIn | Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ReversedOut]:
        """Confirm a reversal

        POST /programs/{program}/reversals/confirmations
        """
        return self._call(
            "POST",
            "/programs/{program}/reversals/confirmations",
            returns=models.ReversedOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def withdraw_reversal(
        self,
        program: str,
        body: models.ReversalWithdrawalIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ReversedOut]:
        """Withdraw a reversal that is asked for

        POST /programs/{program}/reversals/withdrawals
        """
        return self._call(
            "POST",
            "/programs/{program}/reversals/withdrawals",
            returns=models.ReversedOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def pause_program(
        self,
        program: str,
        body: models.PauseIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.StandingOut]:
        """Pause or resume a program

        POST /programs/{program}/pauses
        """
        return self._call(
            "POST",
            "/programs/{program}/pauses",
            returns=models.StandingOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def stay_program(
        self,
        program: str,
        body: models.StayIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.StandingOut]:
        """Stay a program, or lift it

        POST /programs/{program}/stays
        """
        return self._call(
            "POST",
            "/programs/{program}/stays",
            returns=models.StandingOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def end_program(
        self,
        program: str,
        body: models.ReasonIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.StandingOut]:
        """End a program

        POST /programs/{program}/ends
        """
        return self._call(
            "POST",
            "/programs/{program}/ends",
            returns=models.StandingOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def abort_program(
        self,
        program: str,
        body: models.ReasonIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.StandingOut]:
        """Abort a program

        POST /programs/{program}/aborts
        """
        return self._call(
            "POST",
            "/programs/{program}/aborts",
            returns=models.StandingOut,
            names={"program": program},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_runs(
        self,
        program: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageProgramRunOut]:
        """Runs of a program

        GET /programs/{program}/runs
        """
        return self._call(
            "GET",
            "/programs/{program}/runs",
            returns=models.PageProgramRunOut,
            names={"program": program},
            query={"after": after, "limit": limit},
        )

    def read_progress(
        self,
        program: str,
    ) -> Answer[models.ProgressOut]:
        """How far a program is

        GET /programs/{program}/progress
        """
        return self._call(
            "GET",
            "/programs/{program}/progress",
            returns=models.ProgressOut,
            names={"program": program},
        )

    def list_days(
        self,
        program: str,
        *,
        within: int | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageNearDayOut]:
        """Entries whose last day comes near

        GET /programs/{program}/days
        """
        return self._call(
            "GET",
            "/programs/{program}/days",
            returns=models.PageNearDayOut,
            names={"program": program},
            query={"within": within, "after": after, "limit": limit},
        )

    def list_lost(
        self,
        program: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageLostOut]:
        """Entries that were liquidated with the duty, undeclared

        GET /programs/{program}/lost-to-clock
        """
        return self._call(
            "GET",
            "/programs/{program}/lost-to-clock",
            returns=models.PageLostOut,
            names={"program": program},
            query={"after": after, "limit": limit},
        )

    def declare(
        self,
        program: str,
        *,
        content: str | bytes,
        content_type: Literal["text/csv", "application/x-ndjson", "application/json"],
        certified: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Answer[models.DeclarationOut]:
        """Declare entries to a program

        POST /programs/{program}/declarations
        """
        return self._call(
            "POST",
            "/programs/{program}/declarations",
            returns=models.DeclarationOut,
            names={"program": program},
            query={"certified": certified},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            content=content,
            content_type=content_type,
        )

    def list_declarations(
        self,
        program: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageDeclarationOut]:
        """Declarations to a program

        GET /programs/{program}/declarations
        """
        return self._call(
            "GET",
            "/programs/{program}/declarations",
            returns=models.PageDeclarationOut,
            names={"program": program},
            query={"after": after, "limit": limit},
        )

    def check_declaration(
        self,
        program: str,
        *,
        content: str | bytes,
        content_type: Literal["text/csv", "application/x-ndjson", "application/json"],
    ) -> Answer[models.CheckOut]:
        """What a declaration would come to

        POST /programs/{program}/declarations/check
        """
        return self._call(
            "POST",
            "/programs/{program}/declarations/check",
            returns=models.CheckOut,
            names={"program": program},
            content=content,
            content_type=content_type,
        )

    def read_declaration(
        self,
        program: str,
        declaration_id: str,
    ) -> Answer[models.DeclarationOut]:
        """How far a declaration is

        GET /programs/{program}/declarations/{declaration_id}
        """
        return self._call(
            "GET",
            "/programs/{program}/declarations/{declaration_id}",
            returns=models.DeclarationOut,
            names={"program": program, "declaration_id": declaration_id},
        )

    def list_results(
        self,
        program: str,
        declaration_id: str,
        *,
        code: str | None = None,
        state: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRowOut]:
        """What became of the rows

        GET /programs/{program}/declarations/{declaration_id}/results
        """
        return self._call(
            "GET",
            "/programs/{program}/declarations/{declaration_id}/results",
            returns=models.PageRowOut,
            names={"program": program, "declaration_id": declaration_id},
            query={"code": code, "state": state, "after": after, "limit": limit},
        )

    def read_results_csv(
        self,
        program: str,
        declaration_id: str,
        *,
        after: int | None = None,
    ) -> Answer[bytes]:
        """What became of the rows, as a table

        GET /programs/{program}/declarations/{declaration_id}/results.csv
        """
        return self._call(
            "GET",
            "/programs/{program}/declarations/{declaration_id}/results.csv",
            returns=bytes,
            names={"program": program, "declaration_id": declaration_id},
            query={"after": after},
        )

    def withdraw(
        self,
        program: str,
        declaration_id: str,
        body: models.WithdrawalIn | Mapping[str, Any],
    ) -> Answer[models.WithdrawalOut]:
        """Withdraw requests

        POST /programs/{program}/declarations/{declaration_id}/withdrawals
        """
        return self._call(
            "POST",
            "/programs/{program}/declarations/{declaration_id}/withdrawals",
            returns=models.WithdrawalOut,
            names={"program": program, "declaration_id": declaration_id},
            body=body,
        )

    def read_program_entry(
        self,
        program: str,
        entry_number: str,
    ) -> Answer[models.RequestsOut]:
        """What a program makes of an entry

        GET /programs/{program}/entries/{entry_number}
        """
        return self._call(
            "GET",
            "/programs/{program}/entries/{entry_number}",
            returns=models.RequestsOut,
            names={"program": program, "entry_number": entry_number},
        )

    def list_program_payments(
        self,
        program: str,
        *,
        payee: str | None = None,
        state: Literal["waiting", "ready", "certified", "paid", "returned", "replaced"] | None = None,
        posted_on: date | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageProgramPaymentOut]:
        """Payments of a program

        GET /programs/{program}/payments
        """
        return self._call(
            "GET",
            "/programs/{program}/payments",
            returns=models.PageProgramPaymentOut,
            names={"program": program},
            query={"payee": payee, "state": state, "posted_on": posted_on, "after": after, "limit": limit},
        )

    def read_payment(
        self,
        payment: str,
    ) -> Answer[models.WholePaymentOut]:
        """A payment of a program

        GET /payments/{payment}
        """
        return self._call(
            "GET",
            "/payments/{payment}",
            returns=models.WholePaymentOut,
            names={"payment": payment},
        )

    def certify_payment(
        self,
        payment: str,
        *,
        if_match: str | None,
        idempotency_key: str | None = None,
    ) -> Answer[models.WholePaymentOut]:
        """Certify a payment of a program

        POST /payments/{payment}/certifications
        """
        return self._call(
            "POST",
            "/payments/{payment}/certifications",
            returns=models.WholePaymentOut,
            names={"payment": payment},
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
            takes_key=True,
        )

    def pay_payment(
        self,
        payment: str,
        body: models.PayoutIn | Mapping[str, Any],
        *,
        if_match: str | None,
        idempotency_key: str | None = None,
    ) -> Answer[models.WholePaymentOut]:
        """Record that a payment of a program was sent

        POST /payments/{payment}/payouts
        """
        return self._call(
            "POST",
            "/payments/{payment}/payouts",
            returns=models.WholePaymentOut,
            names={"payment": payment},
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def return_payment(
        self,
        payment: str,
        body: models.ReturnIn | Mapping[str, Any],
        *,
        if_match: str | None,
        idempotency_key: str | None = None,
    ) -> Answer[models.WholePaymentOut]:
        """Record that the bank returned a payment

        POST /payments/{payment}/returns
        """
        return self._call(
            "POST",
            "/payments/{payment}/returns",
            returns=models.WholePaymentOut,
            names={"payment": payment},
            headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_statement_csv(
        self,
        payment: str,
    ) -> Answer[bytes]:
        """The statement of a payment, as a table

        GET /payments/{payment}/statement.csv
        """
        return self._call(
            "GET",
            "/payments/{payment}/statement.csv",
            returns=bytes,
            names={"payment": payment},
        )

    def read_statement(
        self,
        payment: str,
    ) -> Answer[dict[str, Any]]:
        """The statement of a payment

        GET /payments/{payment}/statement
        """
        return self._call(
            "GET",
            "/payments/{payment}/statement",
            returns=dict[str, Any],
            names={"payment": payment},
        )

    def list_program_codes(
        self,
    ) -> Answer[models.ProgramCodesOut]:
        """What the codes of programs mean

        GET /program-codes
        """
        return self._call(
            "GET",
            "/program-codes",
            returns=models.ProgramCodesOut,
        )

    def list_program_candidates(
        self,
        importer_number: str,
        *,
        program: str,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageCandidateOut]:
        """What an importer could declare to a program

        GET /importers/{importer_number}/program-candidates
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/program-candidates",
            returns=models.PageCandidateOut,
            names={"importer_number": importer_number},
            query={"program": program, "after": after, "limit": limit},
        )

    def revoke_calendar_feed(
        self,
        feed_id: UUID,
    ) -> Answer[models.FeedOut]:
        """Revoke a calendar feed

        POST /calendar-feeds/{feed_id}/revoke
        """
        return self._call(
            "POST",
            "/calendar-feeds/{feed_id}/revoke",
            returns=models.FeedOut,
            names={"feed_id": feed_id},
        )

    def read_history(
        self,
        subject: str,
    ) -> Answer[models.HistoryOut]:
        """The history of one subject, under seal

        GET /history/{subject}
        """
        return self._call(
            "GET",
            "/history/{subject}",
            returns=models.HistoryOut,
            names={"subject": subject},
        )

    def list_history_runs(
        self,
        *,
        after: int | None = None,
        limit: int | None = None,
    ) -> Answer[models.SealRunsOut]:
        """Runs of sealing

        GET /history-runs
        """
        return self._call(
            "GET",
            "/history-runs",
            returns=models.SealRunsOut,
            query={"after": after, "limit": limit},
        )

    def read_history_run(
        self,
        run: int,
    ) -> Answer[models.SealRunLinksOut]:
        """A run of sealing with its links

        GET /history-runs/{run}
        """
        return self._call(
            "GET",
            "/history-runs/{run}",
            returns=models.SealRunLinksOut,
            names={"run": run},
        )

    def read_operations_status(
        self,
    ) -> Answer[models.StatusOut]:
        """Where the service stands

        GET /ops/status
        """
        return self._call(
            "GET",
            "/ops/status",
            returns=models.StatusOut,
        )

    def list_dead_letter_reasons(
        self,
        *,
        state: Literal["parked", "replay-requested", "replayed", "discarded"] | None = None,
    ) -> Answer[models.DeadLetterGroupsOut]:
        """Dead letters by reason and topic

        GET /ops/dead-letter-reasons
        """
        return self._call(
            "GET",
            "/ops/dead-letter-reasons",
            returns=models.DeadLetterGroupsOut,
            query={"state": state},
        )

    def list_dead_letters(
        self,
        *,
        state: Literal["parked", "replay-requested", "replayed", "discarded"] | None = None,
        after: str | None = None,
        limit: int | None = None,
        reason: str | None = None,
        topic: str | None = None,
        failed_from: date | None = None,
        failed_to: date | None = None,
    ) -> Answer[models.PageDeadLetterOut]:
        """Messages that could not be applied

        GET /ops/dead-letters
        """
        return self._call(
            "GET",
            "/ops/dead-letters",
            returns=models.PageDeadLetterOut,
            query={
                "state": state,
                "after": after,
                "limit": limit,
                "reason": reason,
                "topic": topic,
                "failed_from": failed_from,
                "failed_to": failed_to,
            },
        )

    def read_dead_letter(
        self,
        letter_id: int,
        *,
        offset: int | None = None,
        most: int | None = None,
    ) -> Answer[models.WholeDeadLetterOut]:
        """One dead letter with its bytes

        GET /ops/dead-letters/{letter_id}
        """
        return self._call(
            "GET",
            "/ops/dead-letters/{letter_id}",
            returns=models.WholeDeadLetterOut,
            names={"letter_id": letter_id},
            query={"offset": offset, "most": most},
        )

    def preview_dead_letters(
        self,
        *,
        reason: str | None = None,
        topic: str | None = None,
        failed_from: date | None = None,
        failed_to: date | None = None,
    ) -> Answer[models.DeadLettersPreviewOut]:
        """What an act on many letters would reach

        GET /ops/dead-letter-preview
        """
        return self._call(
            "GET",
            "/ops/dead-letter-preview",
            returns=models.DeadLettersPreviewOut,
            query={"reason": reason, "topic": topic, "failed_from": failed_from, "failed_to": failed_to},
        )

    def act_on_dead_letters(
        self,
        body: models.LetterActIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.OperatorActOut]:
        """Replay or discard dead letters

        POST /ops/dead-letter-acts
        """
        return self._call(
            "POST",
            "/ops/dead-letter-acts",
            returns=models.OperatorActOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_set_aside_events(
        self,
        *,
        state: Literal["waiting", "returned", "discarded"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageEventOut]:
        """Events that the bus did not take

        GET /ops/set-aside-events
        """
        return self._call(
            "GET",
            "/ops/set-aside-events",
            returns=models.PageEventOut,
            query={"state": state, "after": after, "limit": limit},
        )

    def act_on_set_aside_events(
        self,
        body: models.EventActIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.OperatorActOut]:
        """Publish events that were set aside, or discard them

        POST /ops/set-aside-event-acts
        """
        return self._call(
            "POST",
            "/ops/set-aside-event-acts",
            returns=models.OperatorActOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_scheduled_jobs(
        self,
    ) -> Answer[models.JobsOut]:
        """Scheduled jobs

        GET /ops/jobs
        """
        return self._call(
            "GET",
            "/ops/jobs",
            returns=models.JobsOut,
        )

    def list_job_rows(
        self,
        job: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRowLeftOut]:
        """Rows that a job leaves out

        GET /ops/jobs/{job}/rows
        """
        return self._call(
            "GET",
            "/ops/jobs/{job}/rows",
            returns=models.PageRowLeftOut,
            names={"job": job},
            query={"after": after, "limit": limit},
        )

    def run_job_now(
        self,
        job: str,
        body: models.AskIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.OperatorActOut]:
        """Run a job now

        POST /ops/jobs/{job}/runs
        """
        return self._call(
            "POST",
            "/ops/jobs/{job}/runs",
            returns=models.OperatorActOut,
            names={"job": job},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def retry_job_rows(
        self,
        job: str,
        body: models.RetryIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.OperatorActOut]:
        """Have rows tried again that a job leaves out

        POST /ops/jobs/{job}/retries
        """
        return self._call(
            "POST",
            "/ops/jobs/{job}/retries",
            returns=models.OperatorActOut,
            names={"job": job},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_invariants(
        self,
    ) -> Answer[models.InvariantsOut]:
        """Statements that must always hold

        GET /ops/invariants
        """
        return self._call(
            "GET",
            "/ops/invariants",
            returns=models.InvariantsOut,
        )

    def check_invariants_now(
        self,
        body: models.AskIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.OperatorActOut]:
        """Check every invariant now

        POST /ops/invariant-checks
        """
        return self._call(
            "POST",
            "/ops/invariant-checks",
            returns=models.OperatorActOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_operator_acts(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageOperatorActOut]:
        """What operators asked for

        GET /ops/acts
        """
        return self._call(
            "GET",
            "/ops/acts",
            returns=models.PageOperatorActOut,
            query={"after": after, "limit": limit},
        )

    def read_operator_act(
        self,
        act_id: int,
    ) -> Answer[models.OperatorActOut]:
        """How far an act is

        GET /ops/acts/{act_id}
        """
        return self._call(
            "GET",
            "/ops/acts/{act_id}",
            returns=models.OperatorActOut,
            names={"act_id": act_id},
        )

    def read_me(
        self,
    ) -> Answer[models.MeOut]:
        """Who I am and what I may do

        GET /me
        """
        return self._call(
            "GET",
            "/me",
            returns=models.MeOut,
        )

    def calculate_deadlines(
        self,
        body: models.CalculatorIn | Mapping[str, Any],
    ) -> Answer[models.CalculatorOut]:
        """Every legal clock for given facts

        POST /deadline-calculator
        """
        return self._call(
            "POST",
            "/deadline-calculator",
            returns=models.CalculatorOut,
            body=body,
        )

    def list_rules(
        self,
        *,
        section: str | None = None,
        evidence: Literal["S", "P", "M", "U"] | None = None,
        is_open: bool | None = None,
        q: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRuleSummaryOut]:
        """The rules of law

        GET /rules
        """
        return self._call(
            "GET",
            "/rules",
            returns=models.PageRuleSummaryOut,
            query={
                "section": section,
                "evidence": evidence,
                "is_open": is_open,
                "q": q,
                "after": after,
                "limit": limit,
            },
        )

    def read_rule(
        self,
        rule_id: str,
    ) -> Answer[models.RuleDetailOut]:
        """A rule of law with all that rests on it

        GET /rules/{rule_id}
        """
        return self._call(
            "GET",
            "/rules/{rule_id}",
            returns=models.RuleDetailOut,
            names={"rule_id": rule_id},
        )

    def list_preference_programs(
        self,
    ) -> Answer[models.PreferenceProgramsOut]:
        """Programs of a preference that may be claimed after entry

        GET /preference-programs
        """
        return self._call(
            "GET",
            "/preference-programs",
            returns=models.PreferenceProgramsOut,
        )

    def list_timeline_codes(
        self,
    ) -> Answer[models.TimelineCodesOut]:
        """What the codes of timelines mean

        GET /timeline-codes
        """
        return self._call(
            "GET",
            "/timeline-codes",
            returns=models.TimelineCodesOut,
        )

    def list_posted_acts(
        self,
        *,
        day: date,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PagePostedActOut]:
        """Acts of a day that are posted on the bulletin

        GET /posted-acts
        """
        return self._call(
            "GET",
            "/posted-acts",
            returns=models.PagePostedActOut,
            query={"day": day, "after": after, "limit": limit},
        )

    def read_calendar_feed(
        self,
        token: str,
    ) -> Answer[bytes]:
        """A calendar feed

        GET /calendar-feeds/{token}.ics
        """
        return self._call(
            "GET",
            "/calendar-feeds/{token}.ics",
            returns=bytes,
            names={"token": token},
        )

    def list_problems(
        self,
    ) -> Answer[models.ProblemKindsOut]:
        """Every problem that an answer or a refused event may name

        GET /problems
        """
        return self._call(
            "GET",
            "/problems",
            returns=models.ProblemKindsOut,
        )

    def read_problem(
        self,
        code: str,
    ) -> Answer[models.ProblemKindOut]:
        """What a problem means, and what to do

        GET /problems/{code}
        """
        return self._call(
            "GET",
            "/problems/{code}",
            returns=models.ProblemKindOut,
            names={"code": code},
        )
