"""Operations of routing; made by `make client` from openapi/routing.json, never by hand."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

from centerline_client.core import Answer, File, Service
from centerline_client.models import routing as models


class Routing(Service):
    """Which Center, division and lane an entry belongs to, and why."""

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

    def read_entry_routing(
        self,
        entry_number: str,
    ) -> Answer[models.EntryRoutingOut]:
        """Where an entry goes and why

        GET /entries/{entry_number}/routing
        """
        return self._call(
            "GET",
            "/entries/{entry_number}/routing",
            returns=models.EntryRoutingOut,
            names={"entry_number": entry_number},
        )

    def preview_routing(
        self,
        body: dict[str, Any],
    ) -> Answer[models.DecisionOut]:
        """Where an entry would go

        POST /route-preview
        """
        return self._call(
            "POST",
            "/route-preview",
            returns=models.DecisionOut,
            body=body,
        )

    def import_importers(
        self,
        *,
        content: str | bytes,
        content_type: Literal["text/csv", "application/x-ndjson"],
        idempotency_key: str | None = None,
    ) -> Answer[models.ImportOut]:
        """Import importer accounts from a file

        POST /importers/imports
        """
        return self._call(
            "POST",
            "/importers/imports",
            returns=models.ImportOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            content=content,
            content_type=content_type,
        )

    def read_import(
        self,
        import_id: str,
    ) -> Answer[models.ImportOut]:
        """How far an import has come

        GET /importers/imports/{import_id}
        """
        return self._call(
            "GET",
            "/importers/imports/{import_id}",
            returns=models.ImportOut,
            names={"import_id": import_id},
        )

    def list_import_results(
        self,
        import_id: str,
        *,
        result: Literal["created", "updated", "unchanged", "refused"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRowResultOut]:
        """What became of the rows of an import

        GET /importers/imports/{import_id}/results
        """
        return self._call(
            "GET",
            "/importers/imports/{import_id}/results",
            returns=models.PageRowResultOut,
            names={"import_id": import_id},
            query={"result": result, "after": after, "limit": limit},
        )

    def register_importers(
        self,
        body: models.AccountsIn | Mapping[str, Any],
    ) -> Answer[models.Registered]:
        """Register importer accounts

        POST /importers
        """
        return self._call(
            "POST",
            "/importers",
            returns=models.Registered,
            body=body,
        )

    def list_importers(
        self,
        *,
        center: str | None = None,
        family: str | None = None,
        program: str | None = None,
        size: Literal["small", "mid", "large"] | None = None,
        q: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageAccountOut]:
        """Importer accounts

        GET /importers
        """
        return self._call(
            "GET",
            "/importers",
            returns=models.PageAccountOut,
            query={
                "center": center,
                "family": family,
                "program": program,
                "size": size,
                "q": q,
                "after": after,
                "limit": limit,
            },
        )

    def read_importer(
        self,
        importer_number: str,
    ) -> Answer[models.AccountDetails]:
        """One importer account

        GET /importers/{importer_number}
        """
        return self._call(
            "GET",
            "/importers/{importer_number}",
            returns=models.AccountDetails,
            names={"importer_number": importer_number},
        )

    def change_importer(
        self,
        importer_number: str,
        body: models.AccountChangeIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.AccountDetails]:
        """Change an importer account

        PATCH /importers/{importer_number}
        """
        return self._call(
            "PATCH",
            "/importers/{importer_number}",
            returns=models.AccountDetails,
            names={"importer_number": importer_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def read_importer_history(
        self,
        importer_number: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageAccountChangeOut]:
        """What changed in an importer account

        GET /importers/{importer_number}/history
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/history",
            returns=models.PageAccountChangeOut,
            names={"importer_number": importer_number},
            query={"after": after, "limit": limit},
        )

    def list_families(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageFamilyOut]:
        """Account families

        GET /families
        """
        return self._call(
            "GET",
            "/families",
            returns=models.PageFamilyOut,
            query={"after": after, "limit": limit},
        )

    def read_family(
        self,
        family: str,
    ) -> Answer[models.FamilyDetails]:
        """One account family

        GET /families/{family}
        """
        return self._call(
            "GET",
            "/families/{family}",
            returns=models.FamilyDetails,
            names={"family": family},
        )

    def write_family(
        self,
        family: str,
        body: models.FamilyIn | Mapping[str, Any],
        *,
        if_match: str | None = None,
    ) -> Answer[models.FamilyDetails]:
        """Create or change an account family

        PUT /families/{family}
        """
        return self._call(
            "PUT",
            "/families/{family}",
            returns=models.FamilyDetails,
            names={"family": family},
            headers={"If-Match": if_match},
            body=body,
        )

    def read_assignment(
        self,
        importer_number: str,
        *,
        on: date | None = None,
    ) -> Answer[models.AssignmentOut]:
        """Which Center an importer has, and why

        GET /importers/{importer_number}/assignment
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/assignment",
            returns=models.AssignmentOut,
            names={"importer_number": importer_number},
            query={"on": on},
        )

    def read_activity(
        self,
        importer_number: str,
        *,
        on: date | None = None,
    ) -> Answer[models.ActivityOut]:
        """What an importer brought in over twelve months

        GET /importers/{importer_number}/activity
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/activity",
            returns=models.ActivityOut,
            names={"importer_number": importer_number},
            query={"on": on},
        )

    def run_proposals(
        self,
        body: models.RunIn | Mapping[str, Any],
    ) -> Answer[models.RunOut]:
        """Propose Centers from the figures of a day

        POST /assignment-proposals/runs
        """
        return self._call(
            "POST",
            "/assignment-proposals/runs",
            returns=models.RunOut,
            body=body,
        )

    def list_proposals(
        self,
        *,
        state: Literal["open", "confirmed", "rejected", "overridden", "superseded"] | None = None,
        center: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageProposalOut]:
        """Assignment proposals

        GET /assignment-proposals
        """
        return self._call(
            "GET",
            "/assignment-proposals",
            returns=models.PageProposalOut,
            query={"state": state, "center": center, "after": after, "limit": limit},
        )

    def read_proposal(
        self,
        proposal_id: int,
    ) -> Answer[models.ProposalOut]:
        """One assignment proposal

        GET /assignment-proposals/{proposal_id}
        """
        return self._call(
            "GET",
            "/assignment-proposals/{proposal_id}",
            returns=models.ProposalOut,
            names={"proposal_id": proposal_id},
        )

    def confirm_proposal(
        self,
        proposal_id: int,
        body: models.ConfirmationIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.ProposalOut]:
        """Give the account the proposed Center

        POST /assignment-proposals/{proposal_id}/confirm
        """
        return self._call(
            "POST",
            "/assignment-proposals/{proposal_id}/confirm",
            returns=models.ProposalOut,
            names={"proposal_id": proposal_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def reject_proposal(
        self,
        proposal_id: int,
        body: models.RejectionIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.ProposalOut]:
        """Leave the account as it is

        POST /assignment-proposals/{proposal_id}/reject
        """
        return self._call(
            "POST",
            "/assignment-proposals/{proposal_id}/reject",
            returns=models.ProposalOut,
            names={"proposal_id": proposal_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def override_proposal(
        self,
        proposal_id: int,
        body: models.OverrideIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.ProposalOut]:
        """Give the account another Center

        POST /assignment-proposals/{proposal_id}/override
        """
        return self._call(
            "POST",
            "/assignment-proposals/{proposal_id}/override",
            returns=models.ProposalOut,
            names={"proposal_id": proposal_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def list_assignment_policies(
        self,
    ) -> Answer[list[models.PolicyOut]]:
        """The versions of the assignment policy

        GET /assignment-policies
        """
        return self._call(
            "GET",
            "/assignment-policies",
            returns=list[models.PolicyOut],
        )

    def propose_assignment_policy(
        self,
        body: models.PolicyIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.PolicyOut]:
        """Propose an assignment policy

        POST /assignment-policies
        """
        return self._call(
            "POST",
            "/assignment-policies",
            returns=models.PolicyOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_assignment_policy(
        self,
        version: str,
    ) -> Answer[models.PolicyOut]:
        """One version of the assignment policy

        GET /assignment-policies/{version}
        """
        return self._call(
            "GET",
            "/assignment-policies/{version}",
            returns=models.PolicyOut,
            names={"version": version},
        )

    def confirm_assignment_policy(
        self,
        version: str,
        body: models.PolicyConfirmation | Mapping[str, Any],
    ) -> Answer[models.PolicyOut]:
        """Put an assignment policy in force from a day

        POST /assignment-policies/{version}/confirm
        """
        return self._call(
            "POST",
            "/assignment-policies/{version}/confirm",
            returns=models.PolicyOut,
            names={"version": version},
            body=body,
        )

    def change_directory(
        self,
        body: models.DirectoryChangeIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.DirectoryChangeOut]:
        """Change the directory

        POST /directory/changes
        """
        return self._call(
            "POST",
            "/directory/changes",
            returns=models.DirectoryChangeOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_directory_changes(
        self,
        *,
        since: date | None = None,
        center: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageDirectoryChangeOut]:
        """What changed in the directory

        GET /directory/changes
        """
        return self._call(
            "GET",
            "/directory/changes",
            returns=models.PageDirectoryChangeOut,
            query={"since": since, "center": center, "after": after, "limit": limit},
        )

    def list_tariff_maps(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageTariffMapOut]:
        """Versions of the tariff map

        GET /tariff-maps
        """
        return self._call(
            "GET",
            "/tariff-maps",
            returns=models.PageTariffMapOut,
            query={"after": after, "limit": limit},
        )

    def draft_tariff_map(
        self,
        *,
        content: str | bytes,
        content_type: Literal["application/json", "text/csv"],
        title: str | None = None,
        reason: str | None = None,
        based_on: str | None = None,
        idempotency_key: str | None = None,
    ) -> Answer[models.TariffMapOut]:
        """Draft a version

        POST /tariff-maps
        """
        return self._call(
            "POST",
            "/tariff-maps",
            returns=models.TariffMapOut,
            query={"title": title, "reason": reason, "based_on": based_on},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            content=content,
            content_type=content_type,
        )

    def read_tariff_map(
        self,
        version: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.TariffMapDetailOut]:
        """A version with its rows and history

        GET /tariff-maps/{version}
        """
        return self._call(
            "GET",
            "/tariff-maps/{version}",
            returns=models.TariffMapDetailOut,
            names={"version": version},
            query={"after": after, "limit": limit},
        )

    def edit_tariff_map(
        self,
        version: str,
        body: models.RowsIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.TariffMapOut]:
        """Edit the rows of a draft

        PATCH /tariff-maps/{version}/rows
        """
        return self._call(
            "PATCH",
            "/tariff-maps/{version}/rows",
            returns=models.TariffMapOut,
            names={"version": version},
            headers={"If-Match": if_match},
            body=body,
        )

    def validate_tariff_map(
        self,
        version: str,
        body: models.ValidationIn | Mapping[str, Any] | None = None,
    ) -> Answer[models.ReportOut]:
        """Find what is wrong with a draft

        POST /tariff-maps/{version}/validate
        """
        return self._call(
            "POST",
            "/tariff-maps/{version}/validate",
            returns=models.ReportOut,
            names={"version": version},
            body=body,
        )

    def diff_tariff_map(
        self,
        version: str,
        *,
        against: str | None = None,
        on: date | None = None,
    ) -> Answer[models.DiffOut]:
        """What a version would move

        GET /tariff-maps/{version}/diff
        """
        return self._call(
            "GET",
            "/tariff-maps/{version}/diff",
            returns=models.DiffOut,
            names={"version": version},
            query={"against": against, "on": on},
        )

    def publish_tariff_map(
        self,
        version: str,
        body: models.PublicationIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.TariffMapOut]:
        """Publish a validated version

        POST /tariff-maps/{version}/publish
        """
        return self._call(
            "POST",
            "/tariff-maps/{version}/publish",
            returns=models.TariffMapOut,
            names={"version": version},
            headers={"If-Match": if_match},
            body=body,
        )

    def roll_back_tariff_map(
        self,
        version: str,
        body: models.PublicationIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.TariffMapOut]:
        """Go back to the map before a version

        POST /tariff-maps/{version}/rollback
        """
        return self._call(
            "POST",
            "/tariff-maps/{version}/rollback",
            returns=models.TariffMapOut,
            names={"version": version},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_stale_criteria(
        self,
        *,
        expiry_days: int | None = None,
        silent_days: int | None = None,
        precision_basis_points: int | None = None,
        least_reviews: int | None = None,
        expectation_factor: int | None = None,
    ) -> Answer[models.StaleList]:
        """Criteria that should be looked at again

        GET /selection-criteria/stale
        """
        return self._call(
            "GET",
            "/selection-criteria/stale",
            returns=models.StaleList,
            query={
                "expiry_days": expiry_days,
                "silent_days": silent_days,
                "precision_basis_points": precision_basis_points,
                "least_reviews": least_reviews,
                "expectation_factor": expectation_factor,
            },
        )

    def read_performance(
        self,
        criterion_id: str,
        *,
        from_: date | None = None,
        to: date | None = None,
    ) -> Answer[models.PerformanceOut]:
        """What a criterion found

        GET /selection-criteria/{criterion_id}/performance
        """
        return self._call(
            "GET",
            "/selection-criteria/{criterion_id}/performance",
            returns=models.PerformanceOut,
            names={"criterion_id": criterion_id},
            query={"from": from_, "to": to},
        )

    def read_trusted_figures(
        self,
        *,
        from_: date | None = None,
        to: date | None = None,
    ) -> Answer[models.TrustedFigures]:
        """Whether trusted accounts see less work

        GET /figures/trusted
        """
        return self._call(
            "GET",
            "/figures/trusted",
            returns=models.TrustedFigures,
            query={"from": from_, "to": to},
        )

    def list_criteria(
        self,
        *,
        state: Literal["draft", "shadow", "live", "retired"] | None = None,
        tariff: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRevisionOut]:
        """Selection criteria

        GET /selection-criteria
        """
        return self._call(
            "GET",
            "/selection-criteria",
            returns=models.PageRevisionOut,
            query={"state": state, "tariff": tariff, "after": after, "limit": limit},
        )

    def draft_criterion(
        self,
        body: models.CriterionIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.CriterionOut]:
        """Draft a criterion

        POST /selection-criteria
        """
        return self._call(
            "POST",
            "/selection-criteria",
            returns=models.CriterionOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_one_criterion(
        self,
        criterion_id: str,
    ) -> Answer[models.CriterionOut]:
        """A criterion

        GET /selection-criteria/{criterion_id}
        """
        return self._call(
            "GET",
            "/selection-criteria/{criterion_id}",
            returns=models.CriterionOut,
            names={"criterion_id": criterion_id},
        )

    def edit_criterion(
        self,
        criterion_id: str,
        body: models.CriterionPatch | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.CriterionOut]:
        """Change a criterion

        PATCH /selection-criteria/{criterion_id}
        """
        return self._call(
            "PATCH",
            "/selection-criteria/{criterion_id}",
            returns=models.CriterionOut,
            names={"criterion_id": criterion_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def put_on_trial(
        self,
        criterion_id: str,
        body: models.ActIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.CriterionOut]:
        """Put a criterion on trial

        POST /selection-criteria/{criterion_id}/shadow
        """
        return self._call(
            "POST",
            "/selection-criteria/{criterion_id}/shadow",
            returns=models.CriterionOut,
            names={"criterion_id": criterion_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def ask_for_live(
        self,
        criterion_id: str,
        body: models.ReasonIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.CriterionOut]:
        """Ask for a criterion to go live

        POST /selection-criteria/{criterion_id}/live
        """
        return self._call(
            "POST",
            "/selection-criteria/{criterion_id}/live",
            returns=models.CriterionOut,
            names={"criterion_id": criterion_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def confirm_live(
        self,
        criterion_id: str,
        body: models.ActIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.CriterionOut]:
        """Let a criterion go live

        POST /selection-criteria/{criterion_id}/confirm
        """
        return self._call(
            "POST",
            "/selection-criteria/{criterion_id}/confirm",
            returns=models.CriterionOut,
            names={"criterion_id": criterion_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def retire_criterion(
        self,
        criterion_id: str,
        body: models.RetirementIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.CriterionOut]:
        """Retire a criterion

        POST /selection-criteria/{criterion_id}/retire
        """
        return self._call(
            "POST",
            "/selection-criteria/{criterion_id}/retire",
            returns=models.CriterionOut,
            names={"criterion_id": criterion_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def list_criterion_history(
        self,
        criterion_id: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageChangeOut]:
        """What was done with a criterion

        GET /selection-criteria/{criterion_id}/history
        """
        return self._call(
            "GET",
            "/selection-criteria/{criterion_id}/history",
            returns=models.PageChangeOut,
            names={"criterion_id": criterion_id},
            query={"after": after, "limit": limit},
        )

    def create_backtest(
        self,
        criterion_id: str,
        body: models.BacktestIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.BacktestOut]:
        """Try a criterion on past entries

        POST /selection-criteria/{criterion_id}/backtests
        """
        return self._call(
            "POST",
            "/selection-criteria/{criterion_id}/backtests",
            returns=models.BacktestOut,
            names={"criterion_id": criterion_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_backtests(
        self,
        criterion_id: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageBacktestOut]:
        """Back-tests of a criterion

        GET /selection-criteria/{criterion_id}/backtests
        """
        return self._call(
            "GET",
            "/selection-criteria/{criterion_id}/backtests",
            returns=models.PageBacktestOut,
            names={"criterion_id": criterion_id},
            query={"after": after, "limit": limit},
        )

    def read_backtest(
        self,
        criterion_id: str,
        backtest_id: UUID,
    ) -> Answer[models.BacktestOut]:
        """A back-test of a criterion

        GET /selection-criteria/{criterion_id}/backtests/{backtest_id}
        """
        return self._call(
            "GET",
            "/selection-criteria/{criterion_id}/backtests/{backtest_id}",
            returns=models.BacktestOut,
            names={"criterion_id": criterion_id, "backtest_id": backtest_id},
        )

    def withdraw_backtest(
        self,
        criterion_id: str,
        backtest_id: UUID,
    ) -> Answer[models.BacktestOut]:
        """Withdraw a back-test

        POST /selection-criteria/{criterion_id}/backtests/{backtest_id}/withdraw
        """
        return self._call(
            "POST",
            "/selection-criteria/{criterion_id}/backtests/{backtest_id}/withdraw",
            returns=models.BacktestOut,
            names={"criterion_id": criterion_id, "backtest_id": backtest_id},
        )

    def compute_unit_values(
        self,
        body: models.UnitValuesIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.UnitValuesOut]:
        """Compute medians of unit values

        POST /unit-values
        """
        return self._call(
            "POST",
            "/unit-values",
            returns=models.UnitValuesOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_unit_value_versions(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageUnitValuesOut]:
        """Versions of the medians of unit values

        GET /unit-values
        """
        return self._call(
            "GET",
            "/unit-values",
            returns=models.PageUnitValuesOut,
            query={"after": after, "limit": limit},
        )

    def list_medians(
        self,
        as_of: date,
        *,
        prefix: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageMedianOut]:
        """The medians of a version

        GET /unit-values/{as_of}
        """
        return self._call(
            "GET",
            "/unit-values/{as_of}",
            returns=models.PageMedianOut,
            names={"as_of": as_of},
            query={"prefix": prefix, "after": after, "limit": limit},
        )

    def file_appeal(
        self,
        body: models.AppealIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.AppealOut]:
        """Appeal against the assigned Center

        POST /appeals
        """
        return self._call(
            "POST",
            "/appeals",
            returns=models.AppealOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_appeals(
        self,
        *,
        state: Literal["appealed", "under-review", "upheld", "reassigned", "withdrawn"] | None = None,
        current_center: str | None = None,
        importer_number: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageAppealSummary]:
        """Appeals against assigned Centers

        GET /appeals
        """
        return self._call(
            "GET",
            "/appeals",
            returns=models.PageAppealSummary,
            query={
                "state": state,
                "current_center": current_center,
                "importer_number": importer_number,
                "after": after,
                "limit": limit,
            },
        )

    def check_appeal(
        self,
        body: models.AppealIn | Mapping[str, Any],
    ) -> Answer[models.AppealCheckOut]:
        """What filing an appeal would come to

        POST /appeals/check
        """
        return self._call(
            "POST",
            "/appeals/check",
            returns=models.AppealCheckOut,
            body=body,
        )

    def read_appeal(
        self,
        appeal_number: str,
    ) -> Answer[models.AppealOut]:
        """One appeal

        GET /appeals/{appeal_number}
        """
        return self._call(
            "GET",
            "/appeals/{appeal_number}",
            returns=models.AppealOut,
            names={"appeal_number": appeal_number},
        )

    def supplement_appeal(
        self,
        appeal_number: str,
        body: models.ContentsIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.AppealOut]:
        """Supply what an appeal lacks

        POST /appeals/{appeal_number}/supplements
        """
        return self._call(
            "POST",
            "/appeals/{appeal_number}/supplements",
            returns=models.AppealOut,
            names={"appeal_number": appeal_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def withdraw_appeal(
        self,
        appeal_number: str,
        body: models.WithdrawalIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.AppealOut]:
        """Withdraw an appeal

        POST /appeals/{appeal_number}/withdrawal
        """
        return self._call(
            "POST",
            "/appeals/{appeal_number}/withdrawal",
            returns=models.AppealOut,
            names={"appeal_number": appeal_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def review_appeal(
        self,
        appeal_number: str,
        body: models.ReviewIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.AppealOut]:
        """Take an appeal under review

        POST /appeals/{appeal_number}/review
        """
        return self._call(
            "POST",
            "/appeals/{appeal_number}/review",
            returns=models.AppealOut,
            names={"appeal_number": appeal_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def decide_appeal(
        self,
        appeal_number: str,
        body: models.DecisionIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.AppealOut]:
        """Decide an appeal

        POST /appeals/{appeal_number}/decision
        """
        return self._call(
            "POST",
            "/appeals/{appeal_number}/decision",
            returns=models.AppealOut,
            names={"appeal_number": appeal_number},
            headers={"If-Match": if_match},
            body=body,
        )

    def add_appeal_file(
        self,
        appeal_number: str,
        file: File,
        *,
        level: Literal["internal", "party", "law-enforcement"] | None = None,
        redacts: UUID | None = None,
        idempotency_key: str | None = None,
    ) -> Answer[models.FileOut]:
        """Add a file to an appeal

        POST /appeals/{appeal_number}/files
        """
        return self._call(
            "POST",
            "/appeals/{appeal_number}/files",
            returns=models.FileOut,
            names={"appeal_number": appeal_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            file=file,
            form={"level": level, "redacts": redacts},
        )

    def list_appeal_files(
        self,
        appeal_number: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageFileOut]:
        """Files of an appeal

        GET /appeals/{appeal_number}/files
        """
        return self._call(
            "GET",
            "/appeals/{appeal_number}/files",
            returns=models.PageFileOut,
            names={"appeal_number": appeal_number},
            query={"after": after, "limit": limit},
        )

    def read_appeal_file(
        self,
        appeal_number: str,
        file_id: UUID,
    ) -> Answer[bytes]:
        """The bytes of a file

        GET /appeals/{appeal_number}/files/{file_id}/content
        """
        return self._call(
            "GET",
            "/appeals/{appeal_number}/files/{file_id}/content",
            returns=bytes,
            names={"appeal_number": appeal_number, "file_id": file_id},
        )

    def read_filing(
        self,
        filing_number: str,
    ) -> Answer[models.FilingOut]:
        """Who has a filing, and until when

        GET /post-entry-filings/{filing_number}
        """
        return self._call(
            "GET",
            "/post-entry-filings/{filing_number}",
            returns=models.FilingOut,
            names={"filing_number": filing_number},
        )

    def list_importer_filings(
        self,
        importer_number: str,
        *,
        kind: Literal[
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
        | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageFilingSummary]:
        """The filings of an importer

        GET /importers/{importer_number}/post-entry-filings
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/post-entry-filings",
            returns=models.PageFilingSummary,
            names={"importer_number": importer_number},
            query={"kind": kind, "after": after, "limit": limit},
        )

    def move_entry(
        self,
        entry_number: str,
        body: models.MoveIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.MovedOut]:
        """Move an open entry to another Center

        POST /entries/{entry_number}/moves
        """
        return self._call(
            "POST",
            "/entries/{entry_number}/moves",
            returns=models.MovedOut,
            names={"entry_number": entry_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def move_filing(
        self,
        filing_number: str,
        body: models.MoveIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.MovedOut]:
        """Move an open filing to another Center

        POST /post-entry-filings/{filing_number}/moves
        """
        return self._call(
            "POST",
            "/post-entry-filings/{filing_number}/moves",
            returns=models.MovedOut,
            names={"filing_number": filing_number},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_parties(
        self,
        *,
        kind: Literal["filer", "surety", "agent", "counsel"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PagePartyOut]:
        """Filers, sureties, agents and counsel

        GET /parties
        """
        return self._call(
            "GET",
            "/parties",
            returns=models.PagePartyOut,
            query={"kind": kind, "after": after, "limit": limit},
        )

    def register_parties(
        self,
        body: models.PartiesIn | Mapping[str, Any],
    ) -> Answer[models.PartiesRegistered]:
        """Register parties

        POST /parties
        """
        return self._call(
            "POST",
            "/parties",
            returns=models.PartiesRegistered,
            body=body,
        )

    def read_party(
        self,
        party_id: str,
    ) -> Answer[models.PartyDetails]:
        """One party

        GET /parties/{party_id}
        """
        return self._call(
            "GET",
            "/parties/{party_id}",
            returns=models.PartyDetails,
            names={"party_id": party_id},
        )

    def write_party(
        self,
        party_id: str,
        body: models.PartyBody | Mapping[str, Any],
        *,
        if_match: str | None = None,
    ) -> Answer[models.PartyDetails]:
        """Register or change a party

        PUT /parties/{party_id}
        """
        return self._call(
            "PUT",
            "/parties/{party_id}",
            returns=models.PartyDetails,
            names={"party_id": party_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def change_contacts(
        self,
        party_id: str,
        body: models.PartyContactsIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.PartyDetails]:
        """Say whom to reach at a party

        PUT /parties/{party_id}/contacts
        """
        return self._call(
            "PUT",
            "/parties/{party_id}/contacts",
            returns=models.PartyDetails,
            names={"party_id": party_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def read_party_history(
        self,
        party_id: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PagePartyChangeOut]:
        """What changed of a party

        GET /parties/{party_id}/history
        """
        return self._call(
            "GET",
            "/parties/{party_id}/history",
            returns=models.PagePartyChangeOut,
            names={"party_id": party_id},
            query={"after": after, "limit": limit},
        )

    def list_delegations_to_party(
        self,
        party_id: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageDelegationOut]:
        """What importers delegated to a party

        GET /parties/{party_id}/delegations
        """
        return self._call(
            "GET",
            "/parties/{party_id}/delegations",
            returns=models.PageDelegationOut,
            names={"party_id": party_id},
            query={"after": after, "limit": limit},
        )

    def grant_delegation(
        self,
        party_id: str,
        body: models.DelegationIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.DelegationDetails]:
        """Delegate to a party

        POST /parties/{party_id}/delegations
        """
        return self._call(
            "POST",
            "/parties/{party_id}/delegations",
            returns=models.DelegationDetails,
            names={"party_id": party_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_delegations_of_importer(
        self,
        importer_number: str,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageDelegationOut]:
        """What an importer delegated

        GET /importers/{importer_number}/delegations
        """
        return self._call(
            "GET",
            "/importers/{importer_number}/delegations",
            returns=models.PageDelegationOut,
            names={"importer_number": importer_number},
            query={"after": after, "limit": limit},
        )

    def read_delegation(
        self,
        delegation_id: str,
    ) -> Answer[models.DelegationDetails]:
        """One delegation

        GET /delegations/{delegation_id}
        """
        return self._call(
            "GET",
            "/delegations/{delegation_id}",
            returns=models.DelegationDetails,
            names={"delegation_id": delegation_id},
        )

    def end_delegation(
        self,
        delegation_id: str,
        body: models.DelegationEndIn | Mapping[str, Any],
    ) -> Answer[models.DelegationDetails]:
        """End a delegation

        POST /delegations/{delegation_id}/revoke
        """
        return self._call(
            "POST",
            "/delegations/{delegation_id}/revoke",
            returns=models.DelegationDetails,
            names={"delegation_id": delegation_id},
            body=body,
        )

    def list_broadcasts(
        self,
        *,
        center: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageBroadcastOut]:
        """Bulletins of the Centers

        GET /broadcasts
        """
        return self._call(
            "GET",
            "/broadcasts",
            returns=models.PageBroadcastOut,
            query={"center": center, "after": after, "limit": limit},
        )

    def read_routing_figures(
        self,
    ) -> Answer[models.RoutingFigures]:
        """Entries by Center, basis and lane

        GET /figures
        """
        return self._call(
            "GET",
            "/figures",
            returns=models.RoutingFigures,
        )

    def create_recommendation(
        self,
        body: models.RecommendationIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RecommendationOut]:
        """Make a recommendation a draft

        POST /recommendations
        """
        return self._call(
            "POST",
            "/recommendations",
            returns=models.RecommendationOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_recommendations(
        self,
        *,
        reference: str | None = None,
        matter: UUID | None = None,
        due: bool | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRecommendationOut]:
        """Recommendations and what came of them

        GET /recommendations
        """
        return self._call(
            "GET",
            "/recommendations",
            returns=models.PageRecommendationOut,
            query={"reference": reference, "matter": matter, "due": due, "after": after, "limit": limit},
        )

    def compare_recommendation(
        self,
        recommendation_id: UUID,
        body: models.ResultIn | Mapping[str, Any],
    ) -> Answer[models.RecommendationOut]:
        """Compare a recommendation with what came of it

        POST /recommendations/{recommendation_id}/result
        """
        return self._call(
            "POST",
            "/recommendations/{recommendation_id}/result",
            returns=models.RecommendationOut,
            names={"recommendation_id": recommendation_id},
            body=body,
        )

    def announce_event(
        self,
        code: str,
        body: models.CalendarEventIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.CalendarEventOut]:
        """Announce an event of a Center

        POST /centers/{code}/calendar
        """
        return self._call(
            "POST",
            "/centers/{code}/calendar",
            returns=models.CalendarEventOut,
            names={"code": code},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def cancel_event(
        self,
        code: str,
        event_id: UUID,
        body: models.CancellationIn | Mapping[str, Any],
    ) -> Answer[models.CalendarEventOut]:
        """Cancel an event of a Center

        POST /centers/{code}/calendar/{event_id}/cancel
        """
        return self._call(
            "POST",
            "/centers/{code}/calendar/{event_id}/cancel",
            returns=models.CalendarEventOut,
            names={"code": code, "event_id": event_id},
            body=body,
        )

    def export_rulebook(
        self,
    ) -> Answer[bytes]:
        """Take out the rule book

        GET /rulebook/export
        """
        return self._call(
            "GET",
            "/rulebook/export",
            returns=bytes,
        )

    def take_events(
        self,
        *,
        content: str | bytes,
        content_type: Literal["application/cloudevents+json", "application/cloudevents-batch+json", "application/json"],
    ) -> Answer[models.EventsTakenOut]:
        """Hand events over without Kafka

        POST /events
        """
        return self._call(
            "POST",
            "/events",
            returns=models.EventsTakenOut,
            content=content,
            content_type=content_type,
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

    def read_authority(
        self,
        *,
        function: str,
        on: date | None = None,
    ) -> Answer[models.AuthorityOut]:
        """Who may decide

        GET /authority
        """
        return self._call(
            "GET",
            "/authority",
            returns=models.AuthorityOut,
            query={"function": function, "on": on},
        )

    def list_functions(
        self,
    ) -> Answer[list[models.FunctionOut]]:
        """The table of authority

        GET /authority/functions
        """
        return self._call(
            "GET",
            "/authority/functions",
            returns=list[models.FunctionOut],
        )

    def answer_what_if(
        self,
        body: models.WhatIfIn | Mapping[str, Any],
    ) -> Answer[models.WhatIfOut]:
        """Which Center an import history would get

        POST /what-if/assignment
        """
        return self._call(
            "POST",
            "/what-if/assignment",
            returns=models.WhatIfOut,
            body=body,
        )

    def list_centers(
        self,
        *,
        on: date | None = None,
    ) -> Answer[list[models.CenterOut]]:
        """The Centers

        GET /centers
        """
        return self._call(
            "GET",
            "/centers",
            returns=list[models.CenterOut],
            query={"on": on},
        )

    def read_center(
        self,
        code: str,
        *,
        on: date | None = None,
    ) -> Answer[models.CenterDetailOut]:
        """A Center with its people and contact points

        GET /centers/{code}
        """
        return self._call(
            "GET",
            "/centers/{code}",
            returns=models.CenterDetailOut,
            names={"code": code},
            query={"on": on},
        )

    def read_tariff_number(
        self,
        hts: str,
        *,
        on: date | None = None,
    ) -> Answer[models.TariffNumberOut]:
        """What is known of a tariff number

        GET /tariff-numbers/{hts}
        """
        return self._call(
            "GET",
            "/tariff-numbers/{hts}",
            returns=models.TariffNumberOut,
            names={"hts": hts},
            query={"on": on},
        )

    def read_transparency(
        self,
        period: str,
    ) -> Answer[models.TransparencyFigures]:
        """What each Center handles in a period

        GET /transparency/{period}
        """
        return self._call(
            "GET",
            "/transparency/{period}",
            returns=models.TransparencyFigures,
            names={"period": period},
        )

    def read_calendar(
        self,
        *,
        center: str | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> Answer[models.CalendarOut]:
        """Office hours and events of the Centers

        GET /calendar
        """
        return self._call(
            "GET",
            "/calendar",
            returns=models.CalendarOut,
            query={"center": center, "first": first, "last": last},
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
