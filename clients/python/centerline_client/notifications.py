"""Operations of notifications; made by `make client` from openapi/notifications.json, never by hand."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

from centerline_client.core import Answer, Service
from centerline_client.models import notifications as models


class Notifications(Service):
    """What importers are told, how it reached them, and the public bulletin."""

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

    def list_notices(
        self,
        *,
        kind: str | None = None,
        entry: str | None = None,
        importer: str | None = None,
        state: Literal["posted", "queued", "sent", "delivered", "acknowledged", "bounced", "no-address", "withdrawn"]
        | None = None,
        filer: str | None = None,
        due_from: date | None = None,
        due_to: date | None = None,
        unread: bool | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageNoticeOut]:
        """Notices

        GET /notices
        """
        return self._call(
            "GET",
            "/notices",
            returns=models.PageNoticeOut,
            query={
                "kind": kind,
                "entry": entry,
                "importer": importer,
                "state": state,
                "filer": filer,
                "due_from": due_from,
                "due_to": due_to,
                "unread": unread,
                "after": after,
                "limit": limit,
            },
        )

    def read_notice(
        self,
        notice_id: UUID,
    ) -> Answer[models.NoticeDetailOut]:
        """A notice with its words and its deliveries

        GET /notices/{notice_id}
        """
        return self._call(
            "GET",
            "/notices/{notice_id}",
            returns=models.NoticeDetailOut,
            names={"notice_id": notice_id},
        )

    def list_status_records(
        self,
        *,
        filer: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageStatusRecordOut]:
        """What happened, in the codes of CATAIR UC

        GET /status-records
        """
        return self._call(
            "GET",
            "/status-records",
            returns=models.PageStatusRecordOut,
            query={"filer": filer, "after": after, "limit": limit},
        )

    def read_inbox(
        self,
        *,
        issued_from: date | None = None,
        importer: str | None = None,
        kind: str | None = None,
        filer: str | None = None,
        due_from: date | None = None,
        due_to: date | None = None,
    ) -> Answer[models.InboxOut]:
        """What is unread

        GET /inbox
        """
        return self._call(
            "GET",
            "/inbox",
            returns=models.InboxOut,
            query={
                "issued_from": issued_from,
                "importer": importer,
                "kind": kind,
                "filer": filer,
                "due_from": due_from,
                "due_to": due_to,
            },
        )

    def acknowledge_notice(
        self,
        notice_id: UUID,
    ) -> Answer[None]:
        """Acknowledge a notice

        POST /notices/{notice_id}/acknowledge
        """
        return self._call(
            "POST",
            "/notices/{notice_id}/acknowledge",
            returns=None,
            names={"notice_id": notice_id},
        )

    def preview_notice(
        self,
        notice_id: UUID,
        *,
        language: Literal["en", "es"] | None = None,
        form: Literal["html", "text"] | None = None,
        edition: int | None = None,
    ) -> Answer[bytes]:
        """A notice as it is told

        GET /notices/{notice_id}/preview
        """
        return self._call(
            "GET",
            "/notices/{notice_id}/preview",
            returns=bytes,
            names={"notice_id": notice_id},
            query={"language": language, "form": form, "edition": edition},
        )

    def list_preferences(
        self,
    ) -> Answer[list[models.PreferenceOut]]:
        """What the caller's recipients asked for

        GET /preferences
        """
        return self._call(
            "GET",
            "/preferences",
            returns=list[models.PreferenceOut],
        )

    def write_preference(
        self,
        body: models.PreferenceIn | Mapping[str, Any],
    ) -> Answer[models.PreferenceOut]:
        """Ask for a language, a second contact and a time

        PUT /preferences
        """
        return self._call(
            "PUT",
            "/preferences",
            returns=models.PreferenceOut,
            body=body,
        )

    def reply_to_notice(
        self,
        notice_id: UUID,
        body: models.ReplyIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.GivenReplyOut]:
        """Reply to a notice

        POST /notices/{notice_id}/reply
        """
        return self._call(
            "POST",
            "/notices/{notice_id}/reply",
            returns=models.GivenReplyOut,
            names={"notice_id": notice_id},
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_webhooks(
        self,
    ) -> Answer[list[models.WebhookOut]]:
        """Webhooks of the caller's recipients

        GET /webhooks
        """
        return self._call(
            "GET",
            "/webhooks",
            returns=list[models.WebhookOut],
        )

    def register_webhook(
        self,
        body: models.WebhookIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.WebhookRegisteredOut]:
        """Register a webhook

        POST /webhooks
        """
        return self._call(
            "POST",
            "/webhooks",
            returns=models.WebhookRegisteredOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def read_webhook(
        self,
        webhook_id: UUID,
    ) -> Answer[models.WebhookOut]:
        """A webhook

        GET /webhooks/{webhook_id}
        """
        return self._call(
            "GET",
            "/webhooks/{webhook_id}",
            returns=models.WebhookOut,
            names={"webhook_id": webhook_id},
        )

    def rotate_webhook(
        self,
        webhook_id: UUID,
    ) -> Answer[models.WebhookSecretOut]:
        """Give a webhook a new secret

        POST /webhooks/{webhook_id}/rotate
        """
        return self._call(
            "POST",
            "/webhooks/{webhook_id}/rotate",
            returns=models.WebhookSecretOut,
            names={"webhook_id": webhook_id},
        )

    def disable_webhook(
        self,
        webhook_id: UUID,
    ) -> Answer[models.WebhookOut]:
        """Turn a webhook off

        POST /webhooks/{webhook_id}/disable
        """
        return self._call(
            "POST",
            "/webhooks/{webhook_id}/disable",
            returns=models.WebhookOut,
            names={"webhook_id": webhook_id},
        )

    def enable_webhook(
        self,
        webhook_id: UUID,
    ) -> Answer[models.WebhookOut]:
        """Turn a webhook on again

        POST /webhooks/{webhook_id}/enable
        """
        return self._call(
            "POST",
            "/webhooks/{webhook_id}/enable",
            returns=models.WebhookOut,
            names={"webhook_id": webhook_id},
        )

    def test_webhook(
        self,
        webhook_id: UUID,
    ) -> Answer[models.TrialOut]:
        """Send a test event

        POST /webhooks/{webhook_id}/test
        """
        return self._call(
            "POST",
            "/webhooks/{webhook_id}/test",
            returns=models.TrialOut,
            names={"webhook_id": webhook_id},
        )

    def list_webhook_deliveries(
        self,
        webhook_id: UUID,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageWebhookDeliveryOut]:
        """What went to a webhook

        GET /webhooks/{webhook_id}/deliveries
        """
        return self._call(
            "GET",
            "/webhooks/{webhook_id}/deliveries",
            returns=models.PageWebhookDeliveryOut,
            names={"webhook_id": webhook_id},
            query={"after": after, "limit": limit},
        )

    def list_letters(
        self,
        *,
        set_aside: bool | None = None,
        batch: UUID | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageLetterOut]:
        """Letters that are to be mailed

        GET /letters
        """
        return self._call(
            "GET",
            "/letters",
            returns=models.PageLetterOut,
            query={"set_aside": set_aside, "batch": batch, "after": after, "limit": limit},
        )

    def read_letter(
        self,
        notice_id: UUID,
        *,
        language: Literal["en", "es"] | None = None,
    ) -> Answer[bytes]:
        """A notice as a letter

        GET /notices/{notice_id}/letter.pdf
        """
        return self._call(
            "GET",
            "/notices/{notice_id}/letter.pdf",
            returns=bytes,
            names={"notice_id": notice_id},
            query={"language": language},
        )

    def note_letter_mailed(
        self,
        notice_id: UUID,
        body: models.MailedIn | Mapping[str, Any],
    ) -> Answer[None]:
        """Say that a letter was mailed

        POST /notices/{notice_id}/mailed
        """
        return self._call(
            "POST",
            "/notices/{notice_id}/mailed",
            returns=None,
            names={"notice_id": notice_id},
            body=body,
        )

    def note_letter_returned(
        self,
        notice_id: UUID,
        body: models.ReturnedIn | Mapping[str, Any],
    ) -> Answer[None]:
        """Say that the post brought a letter back

        POST /notices/{notice_id}/returned
        """
        return self._call(
            "POST",
            "/notices/{notice_id}/returned",
            returns=None,
            names={"notice_id": notice_id},
            body=body,
        )

    def open_letter_batch(
        self,
        body: models.LetterBatchIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.LetterBatchOut]:
        """Ask for a batch of the letters that wait

        POST /letter-batches
        """
        return self._call(
            "POST",
            "/letter-batches",
            returns=models.LetterBatchOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_letter_batches(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageLetterBatchOut]:
        """Batches of letters

        GET /letter-batches
        """
        return self._call(
            "GET",
            "/letter-batches",
            returns=models.PageLetterBatchOut,
            query={"after": after, "limit": limit},
        )

    def read_letter_batch(
        self,
        batch_id: UUID,
    ) -> Answer[models.LetterBatchOut]:
        """A batch of letters

        GET /letter-batches/{batch_id}
        """
        return self._call(
            "GET",
            "/letter-batches/{batch_id}",
            returns=models.LetterBatchOut,
            names={"batch_id": batch_id},
        )

    def read_letter_archive(
        self,
        batch_id: UUID,
    ) -> Answer[bytes]:
        """The letters of a batch

        GET /letter-batches/{batch_id}/letters.zip
        """
        return self._call(
            "GET",
            "/letter-batches/{batch_id}/letters.zip",
            returns=bytes,
            names={"batch_id": batch_id},
        )

    def read_letter_manifest(
        self,
        batch_id: UUID,
    ) -> Answer[Any]:
        """The manifest of a batch

        GET /letter-batches/{batch_id}/manifest.json
        """
        return self._call(
            "GET",
            "/letter-batches/{batch_id}/manifest.json",
            returns=Any,
            names={"batch_id": batch_id},
        )

    def read_letter_table(
        self,
        batch_id: UUID,
    ) -> Answer[bytes]:
        """The manifest of a batch as a table

        GET /letter-batches/{batch_id}/manifest.csv
        """
        return self._call(
            "GET",
            "/letter-batches/{batch_id}/manifest.csv",
            returns=bytes,
            names={"batch_id": batch_id},
        )

    def note_letter_batch_mailed(
        self,
        batch_id: UUID,
        body: models.BatchMailedIn | Mapping[str, Any],
    ) -> Answer[models.BatchMailedOut]:
        """Say that the letters of a batch were mailed

        POST /letter-batches/{batch_id}/mailed
        """
        return self._call(
            "POST",
            "/letter-batches/{batch_id}/mailed",
            returns=models.BatchMailedOut,
            names={"batch_id": batch_id},
            body=body,
        )

    def list_reconciliations(
        self,
        *,
        has_gaps: bool | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageComparedDayOut]:
        """The bulletin beside the legal record, by day

        GET /reconciliations
        """
        return self._call(
            "GET",
            "/reconciliations",
            returns=models.PageComparedDayOut,
            query={"has_gaps": has_gaps, "after": after, "limit": limit},
        )

    def read_notice_figures(
        self,
    ) -> Answer[models.NoticeFigures]:
        """Deliveries by kind of notice and state

        GET /figures
        """
        return self._call(
            "GET",
            "/figures",
            returns=models.NoticeFigures,
        )

    def draft_broadcast(
        self,
        body: models.BroadcastIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.BroadcastOut]:
        """Draft a broadcast

        POST /broadcasts
        """
        return self._call(
            "POST",
            "/broadcasts",
            returns=models.BroadcastOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_broadcasts(
        self,
        *,
        center: str | None = None,
        state: Literal["draft", "sending", "paused", "sent", "withdrawn"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageBroadcastOut]:
        """Broadcasts of the caller's Centers

        GET /broadcasts
        """
        return self._call(
            "GET",
            "/broadcasts",
            returns=models.PageBroadcastOut,
            query={"center": center, "state": state, "after": after, "limit": limit},
        )

    def read_broadcast(
        self,
        broadcast_id: UUID,
    ) -> Answer[models.BroadcastDetailOut]:
        """A broadcast with its progress

        GET /broadcasts/{broadcast_id}
        """
        return self._call(
            "GET",
            "/broadcasts/{broadcast_id}",
            returns=models.BroadcastDetailOut,
            names={"broadcast_id": broadcast_id},
        )

    def revise_broadcast(
        self,
        broadcast_id: UUID,
        body: models.BroadcastIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.BroadcastOut]:
        """Revise a draft

        PUT /broadcasts/{broadcast_id}
        """
        return self._call(
            "PUT",
            "/broadcasts/{broadcast_id}",
            returns=models.BroadcastOut,
            names={"broadcast_id": broadcast_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def count_audience(
        self,
        broadcast_id: UUID,
    ) -> Answer[models.AudienceOut]:
        """Count whom a broadcast would reach

        GET /broadcasts/{broadcast_id}/audience
        """
        return self._call(
            "GET",
            "/broadcasts/{broadcast_id}/audience",
            returns=models.AudienceOut,
            names={"broadcast_id": broadcast_id},
        )

    def preview_broadcast(
        self,
        broadcast_id: UUID,
        *,
        language: Literal["en", "es"] | None = None,
        form: Literal["html", "text"] | None = None,
        told_as: Literal["bulletin", "subscription"] | None = None,
    ) -> Answer[bytes]:
        """A broadcast as it is told

        GET /broadcasts/{broadcast_id}/preview
        """
        return self._call(
            "GET",
            "/broadcasts/{broadcast_id}/preview",
            returns=bytes,
            names={"broadcast_id": broadcast_id},
            query={"language": language, "form": form, "told_as": told_as},
        )

    def release_broadcast(
        self,
        broadcast_id: UUID,
        *,
        if_match: str | None,
    ) -> Answer[models.BroadcastOut]:
        """Release a broadcast

        POST /broadcasts/{broadcast_id}/release
        """
        return self._call(
            "POST",
            "/broadcasts/{broadcast_id}/release",
            returns=models.BroadcastOut,
            names={"broadcast_id": broadcast_id},
            headers={"If-Match": if_match},
        )

    def pause_broadcast(
        self,
        broadcast_id: UUID,
        body: models.ReasonIn | Mapping[str, Any],
    ) -> Answer[models.BroadcastOut]:
        """Pause a broadcast

        POST /broadcasts/{broadcast_id}/pause
        """
        return self._call(
            "POST",
            "/broadcasts/{broadcast_id}/pause",
            returns=models.BroadcastOut,
            names={"broadcast_id": broadcast_id},
            body=body,
        )

    def resume_broadcast(
        self,
        broadcast_id: UUID,
        body: models.ReasonIn | Mapping[str, Any],
    ) -> Answer[models.BroadcastOut]:
        """Resume a broadcast

        POST /broadcasts/{broadcast_id}/resume
        """
        return self._call(
            "POST",
            "/broadcasts/{broadcast_id}/resume",
            returns=models.BroadcastOut,
            names={"broadcast_id": broadcast_id},
            body=body,
        )

    def withdraw_broadcast(
        self,
        broadcast_id: UUID,
        body: models.ReasonIn | Mapping[str, Any],
    ) -> Answer[models.BroadcastOut]:
        """Withdraw a broadcast

        POST /broadcasts/{broadcast_id}/withdraw
        """
        return self._call(
            "POST",
            "/broadcasts/{broadcast_id}/withdraw",
            returns=models.BroadcastOut,
            names={"broadcast_id": broadcast_id},
            body=body,
        )

    def list_recipients(
        self,
        broadcast_id: UUID,
        *,
        standing: Literal["reached", "no-address", "unsubscribed", "unknown"] | None = None,
        state: Literal["waiting", "told", "left-out", "set-aside", "withdrawn"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageRecipientOut]:
        """Whom a broadcast was for

        GET /broadcasts/{broadcast_id}/recipients
        """
        return self._call(
            "GET",
            "/broadcasts/{broadcast_id}/recipients",
            returns=models.PageRecipientOut,
            names={"broadcast_id": broadcast_id},
            query={"standing": standing, "state": state, "after": after, "limit": limit},
        )

    def list_subscriptions(
        self,
    ) -> Answer[list[models.SubscriptionOut]]:
        """News that the caller's recipients asked for

        GET /subscriptions
        """
        return self._call(
            "GET",
            "/subscriptions",
            returns=list[models.SubscriptionOut],
        )

    def write_subscription(
        self,
        body: models.SubscriptionIn | Mapping[str, Any],
    ) -> Answer[models.SubscriptionOut]:
        """Ask for news of a Center, or for no more

        PUT /subscriptions
        """
        return self._call(
            "PUT",
            "/subscriptions",
            returns=models.SubscriptionOut,
            body=body,
        )

    def ask_question(
        self,
        body: models.QuestionIn | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Answer[models.QuestionOut]:
        """Ask a Center

        POST /questions
        """
        return self._call(
            "POST",
            "/questions",
            returns=models.QuestionOut,
            headers={"Idempotency-Key": idempotency_key},
            takes_key=True,
            body=body,
        )

    def list_questions(
        self,
        *,
        center: str | None = None,
        state: Literal["asked", "held", "admitted", "refused", "merged", "answered", "published"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageQuestionOut]:
        """Questions of one's own, or of one's Centers

        GET /questions
        """
        return self._call(
            "GET",
            "/questions",
            returns=models.PageQuestionOut,
            query={"center": center, "state": state, "after": after, "limit": limit},
        )

    def read_question(
        self,
        question_id: UUID,
    ) -> Answer[models.QuestionDetailOut]:
        """A question

        GET /questions/{question_id}
        """
        return self._call(
            "GET",
            "/questions/{question_id}",
            returns=models.QuestionDetailOut,
            names={"question_id": question_id},
        )

    def rephrase_question(
        self,
        question_id: UUID,
        body: models.WordsIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.QuestionOut]:
        """Rephrase a question

        PUT /questions/{question_id}
        """
        return self._call(
            "PUT",
            "/questions/{question_id}",
            returns=models.QuestionOut,
            names={"question_id": question_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def moderate_question(
        self,
        question_id: UUID,
        body: models.ModerationIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.QuestionOut]:
        """Moderate a question

        POST /questions/{question_id}/moderate
        """
        return self._call(
            "POST",
            "/questions/{question_id}/moderate",
            returns=models.QuestionOut,
            names={"question_id": question_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def answer_question(
        self,
        question_id: UUID,
        body: models.AnswerIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.QuestionOut]:
        """Answer a question

        PUT /questions/{question_id}/answer
        """
        return self._call(
            "PUT",
            "/questions/{question_id}/answer",
            returns=models.QuestionOut,
            names={"question_id": question_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def release_answer(
        self,
        question_id: UUID,
        *,
        if_match: str | None,
    ) -> Answer[models.QuestionOut]:
        """Release an answer

        POST /questions/{question_id}/release
        """
        return self._call(
            "POST",
            "/questions/{question_id}/release",
            returns=models.QuestionOut,
            names={"question_id": question_id},
            headers={"If-Match": if_match},
        )

    def withdraw_answer(
        self,
        question_id: UUID,
        body: models.ReasonIn | Mapping[str, Any],
        *,
        if_match: str | None,
    ) -> Answer[models.QuestionOut]:
        """Withdraw a published answer

        POST /questions/{question_id}/withdraw-answer
        """
        return self._call(
            "POST",
            "/questions/{question_id}/withdraw-answer",
            returns=models.QuestionOut,
            names={"question_id": question_id},
            headers={"If-Match": if_match},
            body=body,
        )

    def follow_question(
        self,
        answer_id: UUID,
        body: models.FollowIn | Mapping[str, Any],
    ) -> Answer[None]:
        """Follow a published question

        POST /answers/{answer_id}/follow
        """
        return self._call(
            "POST",
            "/answers/{answer_id}/follow",
            returns=None,
            names={"answer_id": answer_id},
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

    def read_waiting_deliveries(
        self,
    ) -> Answer[models.DeliveriesOut]:
        """Deliveries to people

        GET /ops/deliveries
        """
        return self._call(
            "GET",
            "/ops/deliveries",
            returns=models.DeliveriesOut,
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

    def search_bulletin(
        self,
        *,
        entry_number: str | None = None,
        filer: str | None = None,
        importer_number: str | None = None,
        port: str | None = None,
        liquidated_from: str | None = None,
        liquidated_to: str | None = None,
        posted_from: str | None = None,
        posted_to: str | None = None,
        entry_date: str | None = None,
        surety_code: str | None = None,
        event_type: str | None = None,
        basis: str | None = None,
        action: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PagePostingOut]:
        """Search the public bulletin

        GET /bulletin
        """
        return self._call(
            "GET",
            "/bulletin",
            returns=models.PagePostingOut,
            query={
                "entry_number": entry_number,
                "filer": filer,
                "importer_number": importer_number,
                "port": port,
                "liquidated_from": liquidated_from,
                "liquidated_to": liquidated_to,
                "posted_from": posted_from,
                "posted_to": posted_to,
                "entry_date": entry_date,
                "surety_code": surety_code,
                "event_type": event_type,
                "basis": basis,
                "action": action,
                "after": after,
                "limit": limit,
            },
        )

    def read_bulletin_page(
        self,
        *,
        entry_number: str | None = None,
        filer: str | None = None,
        importer_number: str | None = None,
        port: str | None = None,
        liquidated_from: str | None = None,
        liquidated_to: str | None = None,
        posted_from: str | None = None,
        posted_to: str | None = None,
        entry_date: str | None = None,
        surety_code: str | None = None,
        event_type: str | None = None,
        basis: str | None = None,
        action: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[bytes]:
        """The public bulletin as a page

        GET /bulletin.html
        """
        return self._call(
            "GET",
            "/bulletin.html",
            returns=bytes,
            query={
                "entry_number": entry_number,
                "filer": filer,
                "importer_number": importer_number,
                "port": port,
                "liquidated_from": liquidated_from,
                "liquidated_to": liquidated_to,
                "posted_from": posted_from,
                "posted_to": posted_to,
                "entry_date": entry_date,
                "surety_code": surety_code,
                "event_type": event_type,
                "basis": basis,
                "action": action,
                "after": after,
                "limit": limit,
            },
        )

    def read_bulletin_file(
        self,
        *,
        entry_number: str | None = None,
        filer: str | None = None,
        importer_number: str | None = None,
        port: str | None = None,
        liquidated_from: str | None = None,
        liquidated_to: str | None = None,
        posted_from: str | None = None,
        posted_to: str | None = None,
        entry_date: str | None = None,
        surety_code: str | None = None,
        event_type: str | None = None,
        basis: str | None = None,
        action: str | None = None,
    ) -> Answer[bytes]:
        """A search of the bulletin as a file

        GET /bulletin.csv
        """
        return self._call(
            "GET",
            "/bulletin.csv",
            returns=bytes,
            query={
                "entry_number": entry_number,
                "filer": filer,
                "importer_number": importer_number,
                "port": port,
                "liquidated_from": liquidated_from,
                "liquidated_to": liquidated_to,
                "posted_from": posted_from,
                "posted_to": posted_to,
                "entry_date": entry_date,
                "surety_code": surety_code,
                "event_type": event_type,
                "basis": basis,
                "action": action,
            },
        )

    def read_bulletin_feed(
        self,
        *,
        entry_number: str | None = None,
        filer: str | None = None,
        importer_number: str | None = None,
        port: str | None = None,
        liquidated_from: str | None = None,
        liquidated_to: str | None = None,
        posted_from: str | None = None,
        posted_to: str | None = None,
        entry_date: str | None = None,
        surety_code: str | None = None,
        event_type: str | None = None,
        basis: str | None = None,
        action: str | None = None,
    ) -> Answer[bytes]:
        """A search of the bulletin as a feed

        GET /bulletin.atom
        """
        return self._call(
            "GET",
            "/bulletin.atom",
            returns=bytes,
            query={
                "entry_number": entry_number,
                "filer": filer,
                "importer_number": importer_number,
                "port": port,
                "liquidated_from": liquidated_from,
                "liquidated_to": liquidated_to,
                "posted_from": posted_from,
                "posted_to": posted_to,
                "entry_date": entry_date,
                "surety_code": surety_code,
                "event_type": event_type,
                "basis": basis,
                "action": action,
            },
        )

    def read_posting(
        self,
        notice_id: UUID,
    ) -> Answer[models.PostingOut]:
        """One posting

        GET /bulletin/{notice_id}
        """
        return self._call(
            "GET",
            "/bulletin/{notice_id}",
            returns=models.PostingOut,
            names={"notice_id": notice_id},
        )

    def search_archive(
        self,
        *,
        center: str | None = None,
        since: date | None = None,
        until: date | None = None,
        q: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageArchivedOut]:
        """What the Centers told

        GET /broadcast-archive
        """
        return self._call(
            "GET",
            "/broadcast-archive",
            returns=models.PageArchivedOut,
            query={"center": center, "since": since, "until": until, "q": q, "after": after, "limit": limit},
        )

    def read_archive_page(
        self,
        *,
        center: str | None = None,
        since: date | None = None,
        until: date | None = None,
        q: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[bytes]:
        """What the Centers told, as a page

        GET /broadcast-archive.html
        """
        return self._call(
            "GET",
            "/broadcast-archive.html",
            returns=bytes,
            query={"center": center, "since": since, "until": until, "q": q, "after": after, "limit": limit},
        )

    def read_archived(
        self,
        broadcast_id: UUID,
    ) -> Answer[models.ArchivedOut]:
        """What a Center told

        GET /broadcast-archive/{broadcast_id}
        """
        return self._call(
            "GET",
            "/broadcast-archive/{broadcast_id}",
            returns=models.ArchivedOut,
            names={"broadcast_id": broadcast_id},
        )

    def show_unsubscribe(
        self,
        token: str,
    ) -> Answer[bytes]:
        """What a link ends

        GET /unsubscribe/{token}
        """
        return self._call(
            "GET",
            "/unsubscribe/{token}",
            returns=bytes,
            names={"token": token},
        )

    def unsubscribe(
        self,
        token: str,
    ) -> Answer[bytes]:
        """End what a link ends

        POST /unsubscribe/{token}
        """
        return self._call(
            "POST",
            "/unsubscribe/{token}",
            returns=bytes,
            names={"token": token},
        )

    def search_answers(
        self,
        *,
        center: str | None = None,
        q: str | None = None,
        rule: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Answer[models.PageAnsweredOut]:
        """Published answers of the Centers

        GET /answers
        """
        return self._call(
            "GET",
            "/answers",
            returns=models.PageAnsweredOut,
            query={"center": center, "q": q, "rule": rule, "after": after, "limit": limit},
        )

    def read_answer(
        self,
        answer_id: UUID,
    ) -> Answer[models.AnsweredOut]:
        """A published answer

        GET /answers/{answer_id}
        """
        return self._call(
            "GET",
            "/answers/{answer_id}",
            returns=models.AnsweredOut,
            names={"answer_id": answer_id},
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
