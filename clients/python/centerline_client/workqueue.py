"""Operations of workqueue; made by `make client` from openapi/workqueue.json, never by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from centerline_client.core import Answer, File, Service
from centerline_client.models import workqueue as models


class Workqueue(Service):
    """Which piece of work a Center team takes next, who holds it, what was decided."""

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

    def list_items(
        self,
        *,
        center: Sequence[str] | None = None,
        division: Sequence[Literal["partnership", "validation-and-compliance", "enforcement"]] | None = None,
        process: Sequence[str] | None = None,
        kind: Sequence[Literal["review", "consultation", "protest", "filing", "matter"]] | None = None,
        state: Sequence[Literal["open", "claimed", "completed", "cancelled"]] | None = None,
        stage: Sequence[str] | None = None,
        waits_for: Sequence[str] | None = None,
        holder: Sequence[str] | None = None,
        assigned_to: Sequence[str] | None = None,
        importer: Sequence[str] | None = None,
        entry: str | None = None,
        filing: str | None = None,
        protest: str | None = None,
        tariff: Sequence[str] | None = None,
        entry_type: Sequence[str] | None = None,
        port_of_entry: Sequence[str] | None = None,
        priority: Sequence[int] | None = None,
        value_from: int | None = None,
        value_below: int | None = None,
        due_from: date | None = None,
        due_before: date | None = None,
        due_within: int | None = None,
        due: Sequence[Literal["overdue", "today", "this-week", "next-week", "later", "unknown"]] | None = None,
        opened_from: date | None = None,
        opened_before: date | None = None,
        overdue: bool | None = None,
        text: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageItemOut]:
        """Items in the order of the queue

        GET /items
        """
        return self._call(
            "GET",
            "/items",
            returns=models.PageItemOut,
            query={
                "center": center,
                "division": division,
                "process": process,
                "kind": kind,
                "state": state,
                "stage": stage,
                "waits_for": waits_for,
                "holder": holder,
                "assigned_to": assigned_to,
                "importer": importer,
                "entry": entry,
                "filing": filing,
                "protest": protest,
                "tariff": tariff,
                "entry_type": entry_type,
                "port_of_entry": port_of_entry,
                "priority": priority,
                "value_from": value_from,
                "value_below": value_below,
                "due_from": due_from,
                "due_before": due_before,
                "due_within": due_within,
                "due": due,
                "opened_from": opened_from,
                "opened_before": opened_before,
                "overdue": overdue,
                "text": text,
                "after": after,
                "limit": limit,
            },
        )

    def open_matter(
        self,
        body: models.MatterIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.OpenedOut]:
        """Open a matter

        POST /items
        """
        return self._call(
            "POST",
            "/items",
            returns=models.OpenedOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def count_items(
        self,
        *,
        center: Sequence[str] | None = None,
        division: Sequence[Literal["partnership", "validation-and-compliance", "enforcement"]] | None = None,
        process: Sequence[str] | None = None,
        kind: Sequence[Literal["review", "consultation", "protest", "filing", "matter"]] | None = None,
        state: Sequence[Literal["open", "claimed", "completed", "cancelled"]] | None = None,
        stage: Sequence[str] | None = None,
        waits_for: Sequence[str] | None = None,
        holder: Sequence[str] | None = None,
        assigned_to: Sequence[str] | None = None,
        importer: Sequence[str] | None = None,
        entry: str | None = None,
        filing: str | None = None,
        protest: str | None = None,
        tariff: Sequence[str] | None = None,
        entry_type: Sequence[str] | None = None,
        port_of_entry: Sequence[str] | None = None,
        priority: Sequence[int] | None = None,
        value_from: int | None = None,
        value_below: int | None = None,
        due_from: date | None = None,
        due_before: date | None = None,
        due_within: int | None = None,
        due: Sequence[Literal["overdue", "today", "this-week", "next-week", "later", "unknown"]] | None = None,
        opened_from: date | None = None,
        opened_before: date | None = None,
        overdue: bool | None = None,
        text: str | None = None,
    ) -> Answer[models.CountOut]:
        """How many items a filter gives

        GET /items/count
        """
        return self._call(
            "GET",
            "/items/count",
            returns=models.CountOut,
            query={
                "center": center,
                "division": division,
                "process": process,
                "kind": kind,
                "state": state,
                "stage": stage,
                "waits_for": waits_for,
                "holder": holder,
                "assigned_to": assigned_to,
                "importer": importer,
                "entry": entry,
                "filing": filing,
                "protest": protest,
                "tariff": tariff,
                "entry_type": entry_type,
                "port_of_entry": port_of_entry,
                "priority": priority,
                "value_from": value_from,
                "value_below": value_below,
                "due_from": due_from,
                "due_before": due_before,
                "due_within": due_within,
                "due": due,
                "opened_from": opened_from,
                "opened_before": opened_before,
                "overdue": overdue,
                "text": text,
            },
        )

    def export_items(
        self,
        *,
        center: Sequence[str] | None = None,
        division: Sequence[Literal["partnership", "validation-and-compliance", "enforcement"]] | None = None,
        process: Sequence[str] | None = None,
        kind: Sequence[Literal["review", "consultation", "protest", "filing", "matter"]] | None = None,
        state: Sequence[Literal["open", "claimed", "completed", "cancelled"]] | None = None,
        stage: Sequence[str] | None = None,
        waits_for: Sequence[str] | None = None,
        holder: Sequence[str] | None = None,
        assigned_to: Sequence[str] | None = None,
        importer: Sequence[str] | None = None,
        entry: str | None = None,
        filing: str | None = None,
        protest: str | None = None,
        tariff: Sequence[str] | None = None,
        entry_type: Sequence[str] | None = None,
        port_of_entry: Sequence[str] | None = None,
        priority: Sequence[int] | None = None,
        value_from: int | None = None,
        value_below: int | None = None,
        due_from: date | None = None,
        due_before: date | None = None,
        due_within: int | None = None,
        due: Sequence[Literal["overdue", "today", "this-week", "next-week", "later", "unknown"]] | None = None,
        opened_from: date | None = None,
        opened_before: date | None = None,
        overdue: bool | None = None,
        text: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[bytes]:
        """Items as a table

        GET /items.csv
        """
        return self._call(
            "GET",
            "/items.csv",
            returns=bytes,
            query={
                "center": center,
                "division": division,
                "process": process,
                "kind": kind,
                "state": state,
                "stage": stage,
                "waits_for": waits_for,
                "holder": holder,
                "assigned_to": assigned_to,
                "importer": importer,
                "entry": entry,
                "filing": filing,
                "protest": protest,
                "tariff": tariff,
                "entry_type": entry_type,
                "port_of_entry": port_of_entry,
                "priority": priority,
                "value_from": value_from,
                "value_below": value_below,
                "due_from": due_from,
                "due_before": due_before,
                "due_within": due_within,
                "due": due,
                "opened_from": opened_from,
                "opened_before": opened_before,
                "overdue": overdue,
                "text": text,
                "after": after,
                "limit": limit,
            },
        )

    def read_item(
        self,
        item_id: UUID,
    ) -> Answer[models.ItemDetailOut]:
        """An item with its history

        GET /items/{item_id}
        """
        return self._call(
            "GET",
            "/items/{item_id}",
            returns=models.ItemDetailOut,
            names={"item_id": item_id},
        )

    def read_goods(
        self,
        item_id: UUID,
    ) -> Answer[models.ReviewedGoodsOut]:
        """The goods of an item, with earlier decisions on them

        GET /items/{item_id}/goods
        """
        return self._call(
            "GET",
            "/items/{item_id}/goods",
            returns=models.ReviewedGoodsOut,
            names={"item_id": item_id},
        )

    def act_on_item(
        self,
        item_id: UUID,
        body: models.ActIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ActedOut]:
        """Do an act of a process

        POST /items/{item_id}/acts
        """
        return self._call(
            "POST",
            "/items/{item_id}/acts",
            returns=models.ActedOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_named(
        self,
        item_id: UUID,
    ) -> Answer[models.NamedListOut]:
        """Who is named on a sensitive matter

        GET /items/{item_id}/need-to-know
        """
        return self._call(
            "GET",
            "/items/{item_id}/need-to-know",
            returns=models.NamedListOut,
            names={"item_id": item_id},
        )

    def name_person(
        self,
        item_id: UUID,
        body: models.NamedIn | Mapping[str, Any],
    ) -> Answer[models.NamedListOut]:
        """Name somebody on a sensitive matter

        POST /items/{item_id}/need-to-know
        """
        return self._call(
            "POST",
            "/items/{item_id}/need-to-know",
            returns=models.NamedListOut,
            names={"item_id": item_id},
            body=body,
        )

    def list_reads(
        self,
        item_id: UUID,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageReadOut]:
        """Who read what of a sensitive matter

        GET /items/{item_id}/reads
        """
        return self._call(
            "GET",
            "/items/{item_id}/reads",
            returns=models.PageReadOut,
            names={"item_id": item_id},
            query={"after": after, "limit": limit},
        )

    def remove_person(
        self,
        item_id: UUID,
        subject: str,
    ) -> Answer[models.NamedListOut]:
        """Take somebody off a sensitive matter

        DELETE /items/{item_id}/need-to-know/{subject}
        """
        return self._call(
            "DELETE",
            "/items/{item_id}/need-to-know/{subject}",
            returns=models.NamedListOut,
            names={"item_id": item_id, "subject": subject},
        )

    def claim_next_item(
        self,
        body: models.NextIn | Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.NextOut | None]:
        """Claim the next item

        POST /items/next
        """
        return self._call(
            "POST",
            "/items/next",
            returns=models.NextOut | None,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def claim_item(
        self,
        item_id: UUID,
    ) -> Answer[models.ClaimOut]:
        """Claim an item

        POST /items/{item_id}/claim
        """
        return self._call(
            "POST",
            "/items/{item_id}/claim",
            returns=models.ClaimOut,
            names={"item_id": item_id},
        )

    def keep_item(
        self,
        item_id: UUID,
        body: models.TokenIn | Mapping[str, Any],
    ) -> Answer[models.ClaimOut]:
        """Keep a claim

        POST /items/{item_id}/heartbeat
        """
        return self._call(
            "POST",
            "/items/{item_id}/heartbeat",
            returns=models.ClaimOut,
            names={"item_id": item_id},
            body=body,
        )

    def release_item(
        self,
        item_id: UUID,
        body: models.TokenIn | Mapping[str, Any],
    ) -> Answer[None]:
        """Give an item back

        POST /items/{item_id}/release
        """
        return self._call(
            "POST",
            "/items/{item_id}/release",
            returns=None,
            names={"item_id": item_id},
            body=body,
        )

    def skip_item(
        self,
        item_id: UUID,
        body: models.SkipIn | Mapping[str, Any],
    ) -> Answer[models.SkippedOut]:
        """Pass an item over

        POST /items/{item_id}/skip
        """
        return self._call(
            "POST",
            "/items/{item_id}/skip",
            returns=models.SkippedOut,
            names={"item_id": item_id},
            body=body,
        )

    def assign_item(
        self,
        item_id: UUID,
        body: models.AssignIn | Mapping[str, Any],
    ) -> Answer[models.AssignedOut]:
        """Assign an item

        POST /items/{item_id}/assign
        """
        return self._call(
            "POST",
            "/items/{item_id}/assign",
            returns=models.AssignedOut,
            names={"item_id": item_id},
            body=body,
        )

    def offer_item(
        self,
        item_id: UUID,
        body: models.TransferIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.TransferOut]:
        """Offer an item to another

        POST /items/{item_id}/transfers
        """
        return self._call(
            "POST",
            "/items/{item_id}/transfers",
            returns=models.TransferOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_transfers(
        self,
        *,
        state: Literal["offered", "accepted", "refused", "withdrawn", "returned"] | None = None,
        port: str | None = None,
        item: UUID | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageTransferOut]:
        """What was offered

        GET /transfers
        """
        return self._call(
            "GET",
            "/transfers",
            returns=models.PageTransferOut,
            query={"state": state, "port": port, "item": item, "after": after, "limit": limit},
        )

    def read_transfer(
        self,
        transfer_id: UUID,
    ) -> Answer[models.TransferOut]:
        """One transfer

        GET /transfers/{transfer_id}
        """
        return self._call(
            "GET",
            "/transfers/{transfer_id}",
            returns=models.TransferOut,
            names={"transfer_id": transfer_id},
        )

    def act_on_transfer(
        self,
        transfer_id: UUID,
        body: models.TransferActIn | Mapping[str, Any],
    ) -> Answer[models.TransferOut]:
        """Answer a transfer

        POST /transfers/{transfer_id}/acts
        """
        return self._call(
            "POST",
            "/transfers/{transfer_id}/acts",
            returns=models.TransferOut,
            names={"transfer_id": transfer_id},
            body=body,
        )

    def list_item_clocks(
        self,
        item_id: UUID,
    ) -> Answer[models.ClocksOut]:
        """The clocks of an item

        GET /items/{item_id}/clocks
        """
        return self._call(
            "GET",
            "/items/{item_id}/clocks",
            returns=models.ClocksOut,
            names={"item_id": item_id},
        )

    def act_on_item_clock(
        self,
        item_id: UUID,
        body: models.ClockActIn | Mapping[str, Any],
    ) -> Answer[models.ClocksOut]:
        """Set, pause or resume a policy clock

        POST /items/{item_id}/clocks
        """
        return self._call(
            "POST",
            "/items/{item_id}/clocks",
            returns=models.ClocksOut,
            names={"item_id": item_id},
            body=body,
        )

    def list_escalations(
        self,
        *,
        center: str | None = None,
        told: Literal["holder", "team-lead", "assistant-center-director", "center-director", "headquarters"]
        | None = None,
        level: int | None = None,
        item: UUID | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageEscalationOut]:
        """Who was told that a clock runs down

        GET /escalations
        """
        return self._call(
            "GET",
            "/escalations",
            returns=models.PageEscalationOut,
            query={"center": center, "told": told, "level": level, "item": item, "after": after, "limit": limit},
        )

    def complete_item(
        self,
        item_id: UUID,
        body: models.CompletionIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.CompletedOut]:
        """Decide an item

        POST /items/{item_id}/complete
        """
        return self._call(
            "POST",
            "/items/{item_id}/complete",
            returns=models.CompletedOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def check_decision(
        self,
        item_id: UUID,
        body: models.DecisionCheckIn | Mapping[str, Any],
    ) -> Answer[models.DecisionCheckOut]:
        """What a decision would come to

        POST /items/{item_id}/decision-check
        """
        return self._call(
            "POST",
            "/items/{item_id}/decision-check",
            returns=models.DecisionCheckOut,
            names={"item_id": item_id},
            body=body,
        )

    def issue_request(
        self,
        item_id: UUID,
        body: models.RequestIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RequestOut]:
        """Issue a request for information or a notice of action

        POST /items/{item_id}/requests
        """
        return self._call(
            "POST",
            "/items/{item_id}/requests",
            returns=models.RequestOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def draft_request(
        self,
        item_id: UUID,
        body: models.RequestIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RequestOut]:
        """Draft a request for information or a notice of action

        POST /items/{item_id}/drafts
        """
        return self._call(
            "POST",
            "/items/{item_id}/drafts",
            returns=models.RequestOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def edit_draft(
        self,
        request_id: UUID,
        body: models.EditIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RequestOut]:
        """Write a draft anew

        PUT /requests/{request_id}
        """
        return self._call(
            "PUT",
            "/requests/{request_id}",
            returns=models.RequestOut,
            names={"request_id": request_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_request(
        self,
        request_id: UUID,
    ) -> Answer[models.RequestDetailOut]:
        """A letter with its acts and answers

        GET /requests/{request_id}
        """
        return self._call(
            "GET",
            "/requests/{request_id}",
            returns=models.RequestDetailOut,
            names={"request_id": request_id},
        )

    def issue_draft(
        self,
        request_id: UUID,
        body: models.IssueIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RequestOut]:
        """Issue a draft

        POST /requests/{request_id}/issue
        """
        return self._call(
            "POST",
            "/requests/{request_id}/issue",
            returns=models.RequestOut,
            names={"request_id": request_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def act_on_request(
        self,
        request_id: UUID,
        body: models.RequestActIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RequestActedOut]:
        """Do an act on a letter

        POST /requests/{request_id}/acts
        """
        return self._call(
            "POST",
            "/requests/{request_id}/acts",
            returns=models.RequestActedOut,
            names={"request_id": request_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def answer_request(
        self,
        request_id: UUID,
        body: models.AnswerIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.AnsweredOut]:
        """Answer a letter

        POST /requests/{request_id}/answers
        """
        return self._call(
            "POST",
            "/requests/{request_id}/answers",
            returns=models.AnsweredOut,
            names={"request_id": request_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_requests(
        self,
        *,
        state: Sequence[
            Literal[
                "draft",
                "issued",
                "reminded",
                "responded",
                "overdue",
                "assessed",
                "cf29-proposed",
                "closed",
                "proposed",
                "silent",
                "action-taken",
                "withdrawn",
            ]
        ]
        | None = None,
        form: Literal["CBP-28", "CBP-29"] | None = None,
        center: str | None = None,
        importer: str | None = None,
        entry: str | None = None,
        due_before: date | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRequestOut]:
        """Requests for information and notices of action

        GET /requests
        """
        return self._call(
            "GET",
            "/requests",
            returns=models.PageRequestOut,
            query={
                "state": state,
                "form": form,
                "center": center,
                "importer": importer,
                "entry": entry,
                "due_before": due_before,
                "after": after,
                "limit": limit,
            },
        )

    def list_templates(
        self,
    ) -> Answer[list[models.TemplateOut]]:
        """Questions to begin a letter with, by issue

        GET /request-templates
        """
        return self._call(
            "GET",
            "/request-templates",
            returns=list[models.TemplateOut],
        )

    def add_item_file(
        self,
        item_id: UUID,
        file: File,
        *,
        level: Literal["internal", "party", "law-enforcement"] | None = None,
        redacts: UUID | None = None,
        idempotency_key: str | None = None,
    ) -> Answer[models.FileOut]:
        """Add a file to an item

        POST /items/{item_id}/files
        """
        return self._call(
            "POST",
            "/items/{item_id}/files",
            returns=models.FileOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            file=file,
            form={"level": level, "redacts": redacts},
        )

    def list_item_files(
        self,
        item_id: UUID,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageFileOut]:
        """Files of an item

        GET /items/{item_id}/files
        """
        return self._call(
            "GET",
            "/items/{item_id}/files",
            returns=models.PageFileOut,
            names={"item_id": item_id},
            query={"after": after, "limit": limit},
        )

    def read_item_file(
        self,
        item_id: UUID,
        file_id: UUID,
    ) -> Answer[bytes]:
        """The bytes of a file

        GET /items/{item_id}/files/{file_id}/content
        """
        return self._call(
            "GET",
            "/items/{item_id}/files/{file_id}/content",
            returns=bytes,
            names={"item_id": item_id, "file_id": file_id},
        )

    def write_note(
        self,
        item_id: UUID,
        body: models.NoteIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.NoteOut]:
        """Write a note on an item

        POST /items/{item_id}/notes
        """
        return self._call(
            "POST",
            "/items/{item_id}/notes",
            returns=models.NoteOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_notes(
        self,
        item_id: UUID,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageNoteOut]:
        """Notes on an item

        GET /items/{item_id}/notes
        """
        return self._call(
            "GET",
            "/items/{item_id}/notes",
            returns=models.PageNoteOut,
            names={"item_id": item_id},
            query={"after": after, "limit": limit},
        )

    def list_queues(
        self,
        *,
        center: str | None = None,
        division: Literal["partnership", "validation-and-compliance", "enforcement"] | None = None,
        process: str | None = None,
    ) -> Answer[list[models.QueueOut]]:
        """How much work waits, by queue

        GET /queues
        """
        return self._call(
            "GET",
            "/queues",
            returns=list[models.QueueOut],
            query={"center": center, "division": division, "process": process},
        )

    def read_workqueue_figures(
        self,
    ) -> Answer[models.WorkqueueFigures]:
        """Items by state and queue

        GET /figures
        """
        return self._call(
            "GET",
            "/figures",
            returns=models.WorkqueueFigures,
        )

    def propose_acting(
        self,
        body: models.ActingIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ActingOut]:
        """Propose acting authority

        POST /staff/delegations
        """
        return self._call(
            "POST",
            "/staff/delegations",
            returns=models.ActingOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_acting(
        self,
        *,
        center: str | None = None,
        from_subject: str | None = None,
        to_subject: str | None = None,
    ) -> Answer[list[models.ActingOut]]:
        """Delegations of acting authority

        GET /staff/delegations
        """
        return self._call(
            "GET",
            "/staff/delegations",
            returns=list[models.ActingOut],
            query={"center": center, "from_subject": from_subject, "to_subject": to_subject},
        )

    def release_acting(
        self,
        delegation_id: UUID,
    ) -> Answer[models.ActingOut]:
        """Release acting authority

        POST /staff/delegations/{delegation_id}/release
        """
        return self._call(
            "POST",
            "/staff/delegations/{delegation_id}/release",
            returns=models.ActingOut,
            names={"delegation_id": delegation_id},
        )

    def end_acting(
        self,
        delegation_id: UUID,
    ) -> Answer[models.ActingOut]:
        """End acting authority

        POST /staff/delegations/{delegation_id}/end
        """
        return self._call(
            "POST",
            "/staff/delegations/{delegation_id}/end",
            returns=models.ActingOut,
            names={"delegation_id": delegation_id},
        )

    def list_staff(
        self,
        *,
        center: str | None = None,
        division: Literal["partnership", "validation-and-compliance", "enforcement"] | None = None,
        team: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageMemberOut]:
        """People of the Centers

        GET /staff
        """
        return self._call(
            "GET",
            "/staff",
            returns=models.PageMemberOut,
            query={"center": center, "division": division, "team": team, "after": after, "limit": limit},
        )

    def read_staff_member(
        self,
        subject: str,
    ) -> Answer[models.MemberOut]:
        """A person

        GET /staff/{subject}
        """
        return self._call(
            "GET",
            "/staff/{subject}",
            returns=models.MemberOut,
            names={"subject": subject},
        )

    def write_staff_member(
        self,
        subject: str,
        body: models.MemberIn | Mapping[str, Any],
        *,
        if_match: str | None = None,
    ) -> Answer[models.MemberOut]:
        """Write a person

        PUT /staff/{subject}
        """
        return self._call(
            "PUT",
            "/staff/{subject}",
            returns=models.MemberOut,
            names={"subject": subject},
            headers={"If-Match": if_match},
            body=body,
        )

    def declare_for_staff_member(
        self,
        subject: str,
        body: models.DeclarationIn | Mapping[str, Any],
    ) -> Answer[models.MemberOut]:
        """Declare interests and absences

        POST /staff/{subject}/declarations
        """
        return self._call(
            "POST",
            "/staff/{subject}/declarations",
            returns=models.MemberOut,
            names={"subject": subject},
            body=body,
        )

    def import_staff(
        self,
        *,
        content: str | bytes,
        content_type: Literal["text/csv"],
    ) -> Answer[models.StaffImportOut]:
        """Import people from a table

        POST /staff/import
        """
        return self._call(
            "POST",
            "/staff/import",
            returns=models.StaffImportOut,
            content=content,
            content_type=content_type,
        )

    def list_skill_demands(
        self,
        center: str,
    ) -> Answer[list[models.DemandOut]]:
        """What work asks of people

        GET /centers/{center}/skill-demands
        """
        return self._call(
            "GET",
            "/centers/{center}/skill-demands",
            returns=list[models.DemandOut],
            names={"center": center},
        )

    def write_skill_demands(
        self,
        center: str,
        process: str,
        body: models.DemandsIn | Mapping[str, Any],
    ) -> Answer[list[models.DemandOut]]:
        """Say what work asks of people

        PUT /centers/{center}/skill-demands/{process}
        """
        return self._call(
            "PUT",
            "/centers/{center}/skill-demands/{process}",
            returns=list[models.DemandOut],
            names={"center": center, "process": process},
            body=body,
        )

    def list_views(
        self,
        *,
        counts: bool | None = None,
    ) -> Answer[models.ViewsOut]:
        """Saved views

        GET /views
        """
        return self._call(
            "GET",
            "/views",
            returns=models.ViewsOut,
            query={"counts": counts},
        )

    def create_view(
        self,
        body: models.ViewIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.ViewOut]:
        """Save a view

        POST /views
        """
        return self._call(
            "POST",
            "/views",
            returns=models.ViewOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_view(
        self,
        view_id: UUID,
    ) -> Answer[models.ViewOut]:
        """A saved view

        GET /views/{view_id}
        """
        return self._call(
            "GET",
            "/views/{view_id}",
            returns=models.ViewOut,
            names={"view_id": view_id},
        )

    def change_view(
        self,
        view_id: UUID,
        body: models.ViewIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.ViewOut]:
        """Change a view

        PUT /views/{view_id}
        """
        return self._call(
            "PUT",
            "/views/{view_id}",
            returns=models.ViewOut,
            names={"view_id": view_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def delete_view(
        self,
        view_id: UUID,
    ) -> Answer[None]:
        """Delete a view

        DELETE /views/{view_id}
        """
        return self._call(
            "DELETE",
            "/views/{view_id}",
            returns=None,
            names={"view_id": view_id},
        )

    def create_bulk_run(
        self,
        body: models.BulkIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.RunOut]:
        """Ask for an act on many items

        POST /bulk-runs
        """
        return self._call(
            "POST",
            "/bulk-runs",
            returns=models.RunOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_bulk_runs(
        self,
        *,
        state: Literal["looking", "ready", "running", "done", "withdrawn"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRunLineOut]:
        """Bulk runs

        GET /bulk-runs
        """
        return self._call(
            "GET",
            "/bulk-runs",
            returns=models.PageRunLineOut,
            query={"state": state, "after": after, "limit": limit},
        )

    def read_bulk_run(
        self,
        run_id: UUID,
    ) -> Answer[models.RunOut]:
        """A bulk run

        GET /bulk-runs/{run_id}
        """
        return self._call(
            "GET",
            "/bulk-runs/{run_id}",
            returns=models.RunOut,
            names={"run_id": run_id},
        )

    def act_on_bulk_run(
        self,
        run_id: UUID,
        body: models.BulkActIn | Mapping[str, Any],
    ) -> Answer[models.RunOut]:
        """Begin or withdraw a bulk run

        POST /bulk-runs/{run_id}/acts
        """
        return self._call(
            "POST",
            "/bulk-runs/{run_id}/acts",
            returns=models.RunOut,
            names={"run_id": run_id},
            body=body,
        )

    def list_bulk_sample(
        self,
        run_id: UUID,
    ) -> Answer[models.RunSampleOut]:
        """The sample of a bulk run

        GET /bulk-runs/{run_id}/sample
        """
        return self._call(
            "GET",
            "/bulk-runs/{run_id}/sample",
            returns=models.RunSampleOut,
            names={"run_id": run_id},
        )

    def check_bulk_item(
        self,
        run_id: UUID,
        number: int,
        body: models.CheckIn | Mapping[str, Any],
    ) -> Answer[models.RunSampleOut]:
        """Say what an item of the sample is like

        POST /bulk-runs/{run_id}/sample/{number}
        """
        return self._call(
            "POST",
            "/bulk-runs/{run_id}/sample/{number}",
            returns=models.RunSampleOut,
            names={"run_id": run_id, "number": number},
            body=body,
        )

    def list_bulk_results(
        self,
        run_id: UUID,
        *,
        state: Literal["pending", "done", "refused"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageResultOut]:
        """What became of each item

        GET /bulk-runs/{run_id}/items
        """
        return self._call(
            "GET",
            "/bulk-runs/{run_id}/items",
            returns=models.PageResultOut,
            names={"run_id": run_id},
            query={"state": state, "after": after, "limit": limit},
        )

    def read_load(
        self,
        center: str,
    ) -> Answer[models.LoadOut]:
        """Open work against capacity

        GET /centers/{center}/load
        """
        return self._call(
            "GET",
            "/centers/{center}/load",
            returns=models.LoadOut,
            names={"center": center},
        )

    def suggest_moves(
        self,
        center: str,
    ) -> Answer[list[models.SuggestionOut]]:
        """Moves that would balance the load

        GET /centers/{center}/rebalance
        """
        return self._call(
            "GET",
            "/centers/{center}/rebalance",
            returns=list[models.SuggestionOut],
            names={"center": center},
        )

    def read_management(
        self,
        *,
        center: Sequence[str] | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> Answer[models.ManagementOut]:
        """What came, went and waits

        GET /management
        """
        return self._call(
            "GET",
            "/management",
            returns=models.ManagementOut,
            query={"center": center, "since": since, "until": until},
        )

    def read_account_work(
        self,
        importer_number: str,
    ) -> Answer[models.AccountWorkOut]:
        """An account's work, nationwide

        GET /accounts/{importer_number}/work
        """
        return self._call(
            "GET",
            "/accounts/{importer_number}/work",
            returns=models.AccountWorkOut,
            names={"importer_number": importer_number},
        )

    def list_related(
        self,
        item_id: UUID,
    ) -> Answer[list[models.RelatedOut]]:
        """What is related to an item

        GET /items/{item_id}/related
        """
        return self._call(
            "GET",
            "/items/{item_id}/related",
            returns=list[models.RelatedOut],
            names={"item_id": item_id},
        )

    def split_item(
        self,
        item_id: UUID,
        body: models.SplitIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.GroupedOut]:
        """Split a matter

        POST /items/{item_id}/split
        """
        return self._call(
            "POST",
            "/items/{item_id}/split",
            returns=models.GroupedOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def join_items(
        self,
        item_id: UUID,
        body: models.JoinIn | Mapping[str, Any],
    ) -> Answer[models.GroupedOut]:
        """Join matters into one

        POST /items/{item_id}/join
        """
        return self._call(
            "POST",
            "/items/{item_id}/join",
            returns=models.GroupedOut,
            names={"item_id": item_id},
            body=body,
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

    def read_quality_plan(
        self,
        center: str,
    ) -> Answer[models.PlanOut]:
        """How many decisions are reviewed a second time

        GET /centers/{center}/quality-plan
        """
        return self._call(
            "GET",
            "/centers/{center}/quality-plan",
            returns=models.PlanOut,
            names={"center": center},
        )

    def set_quality_plan(
        self,
        center: str,
        body: models.PlanIn | Mapping[str, Any],
        *,
        if_match: str | None = None,
    ) -> Answer[models.PlanOut]:
        """Set how many decisions are reviewed a second time

        PUT /centers/{center}/quality-plan
        """
        return self._call(
            "PUT",
            "/centers/{center}/quality-plan",
            returns=models.PlanOut,
            names={"center": center},
            headers={"If-Match": if_match},
            body=body,
        )

    def list_quality_samples(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageSampleOut]:
        """Decisions to review a second time

        GET /quality-samples
        """
        return self._call(
            "GET",
            "/quality-samples",
            returns=models.PageSampleOut,
            query={"after": after, "limit": limit},
        )

    def take_quality_sample(
        self,
        sample_id: UUID,
    ) -> Answer[models.TakenOut]:
        """Take a second review

        POST /quality-samples/{sample_id}/take
        """
        return self._call(
            "POST",
            "/quality-samples/{sample_id}/take",
            returns=models.TakenOut,
            names={"sample_id": sample_id},
        )

    def record_quality_result(
        self,
        sample_id: UUID,
        body: models.ResultIn | Mapping[str, Any],
    ) -> Answer[models.ComparedOut]:
        """Record what a second review found

        POST /quality-samples/{sample_id}/result
        """
        return self._call(
            "POST",
            "/quality-samples/{sample_id}/result",
            returns=models.ComparedOut,
            names={"sample_id": sample_id},
            body=body,
        )

    def read_quality_sample(
        self,
        sample_id: UUID,
    ) -> Answer[models.ComparedOut]:
        """Both results of a second review

        GET /quality-samples/{sample_id}
        """
        return self._call(
            "GET",
            "/quality-samples/{sample_id}",
            returns=models.ComparedOut,
            names={"sample_id": sample_id},
        )

    def read_board(
        self,
        center: str,
    ) -> Answer[models.BoardOut]:
        """The enforcement board of a Center

        GET /centers/{center}/board
        """
        return self._call(
            "GET",
            "/centers/{center}/board",
            returns=models.BoardOut,
            names={"center": center},
        )

    def set_board(
        self,
        center: str,
        body: models.BoardIn | Mapping[str, Any],
        *,
        if_match: str | None = None,
    ) -> Answer[models.BoardOut]:
        """Set the enforcement board of a Center

        PUT /centers/{center}/board
        """
        return self._call(
            "PUT",
            "/centers/{center}/board",
            returns=models.BoardOut,
            names={"center": center},
            headers={"If-Match": if_match},
            body=body,
        )

    def stand_aside(
        self,
        item_id: UUID,
        body: models.RecusalIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.VotesOut]:
        """Stand aside in a matter

        POST /items/{item_id}/recusals
        """
        return self._call(
            "POST",
            "/items/{item_id}/recusals",
            returns=models.VotesOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def show_comparables(
        self,
        item_id: UUID,
    ) -> Answer[models.PanelOut]:
        """Comparable matters, before the vote

        POST /items/{item_id}/comparables
        """
        return self._call(
            "POST",
            "/items/{item_id}/comparables",
            returns=models.PanelOut,
            names={"item_id": item_id},
        )

    def vote(
        self,
        item_id: UUID,
        body: models.VoteIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.VotesOut]:
        """Vote in a matter

        POST /items/{item_id}/votes
        """
        return self._call(
            "POST",
            "/items/{item_id}/votes",
            returns=models.VotesOut,
            names={"item_id": item_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_votes(
        self,
        item_id: UUID,
    ) -> Answer[models.VotesOut]:
        """What the board did in a matter

        GET /items/{item_id}/votes
        """
        return self._call(
            "GET",
            "/items/{item_id}/votes",
            returns=models.VotesOut,
            names={"item_id": item_id},
        )

    def list_limitations(
        self,
        *,
        center: str | None = None,
        months: int | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageLimitationOut]:
        """Matters by the day on which suit is barred

        GET /limitations
        """
        return self._call(
            "GET",
            "/limitations",
            returns=models.PageLimitationOut,
            query={"center": center, "months": months, "after": after, "limit": limit},
        )

    def list_satisfaction_questions(
        self,
    ) -> Answer[models.QuestionsOut]:
        """What the caller is asked about

        GET /satisfaction-questions
        """
        return self._call(
            "GET",
            "/satisfaction-questions",
            returns=models.QuestionsOut,
        )

    def answer_satisfaction(
        self,
        item_id: UUID,
        body: models.SatisfactionAnswerIn | Mapping[str, Any],
    ) -> Answer[models.SatisfactionAnswerOut]:
        """Say how it went

        POST /items/{item_id}/satisfaction
        """
        return self._call(
            "POST",
            "/items/{item_id}/satisfaction",
            returns=models.SatisfactionAnswerOut,
            names={"item_id": item_id},
            body=body,
        )

    def read_data_pack(
        self,
        item_id: UUID,
        *,
        period: str | None = None,
        criterion: str | None = None,
    ) -> Answer[models.DataPackOut]:
        """Figures for a matter of policy analysis

        GET /items/{item_id}/data-pack
        """
        return self._call(
            "GET",
            "/items/{item_id}/data-pack",
            returns=models.DataPackOut,
            names={"item_id": item_id},
            query={"period": period, "criterion": criterion},
        )

    def make_calendar_feed(
        self,
        body: models.OfficerFeedIn | Mapping[str, Any],
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

    def list_processes(
        self,
    ) -> Answer[models.ProcessesOut]:
        """The processes of the Centers

        GET /processes
        """
        return self._call(
            "GET",
            "/processes",
            returns=models.ProcessesOut,
        )

    def read_process(
        self,
        code: str,
    ) -> Answer[models.ProcessDetailOut]:
        """A process with its stages, acts and clocks

        GET /processes/{code}
        """
        return self._call(
            "GET",
            "/processes/{code}",
            returns=models.ProcessDetailOut,
            names={"code": code},
        )

    def read_trade_figures(
        self,
        period: str,
    ) -> Answer[models.TradeFiguresOut]:
        """Waiting at headquarters, satisfaction, agreement of reviews

        GET /trade-figures/{period}
        """
        return self._call(
            "GET",
            "/trade-figures/{period}",
            returns=models.TradeFiguresOut,
            names={"period": period},
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
