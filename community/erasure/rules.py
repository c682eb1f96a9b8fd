"""What becomes of each row that names a person who is erased. A column that is in no list here fails the suite."""

from collections.abc import Mapping

# Rows of hers: they go, in this order (what points at others first).
GO = (
    "delivery.person_id", "acknowledgement.person_id", "door_answer.person_id", "join_request.person_id",
    "admin_call.person_id",
    "duty.person_id",
    "appointment.person_id", "office.person_id", "office_bearer.person_id", "role_end.person_id", "ban.person_id",
    "suggestion_voice.person_id", "translation_request.person_id", "helper.person_id", "person_word.person_id",
    "contact.person_id", "consent.person_id", "silence.person_id", "listener.person_id", "membership.person_id",
    "reaction.person_id", "talk_mark.person_id", "child.parent_id", "block.person_id", "block.blocked_id",
    "measure.person_id", "held.person_id", "spent.person_id",
    "passkey.person_id", "number.person_id", "pin.person_id", "pin_tries.person_id", "sign_in_code.person_id",
    "session.person_id", "recovery.person_id", "sealed_message.person_id", "phone_key.person_id",
    "sealed_thread.asker_id", "rumour_flag.person_id",
)  # fmt: skip
# Where only her name leaves the row.
UNNAMED = (
    "sign_in_code.issuer_id",
    "photo.owner_id",
    "voice.owner_id",
    "membership.role_by",
    "report.person_id",
    "care_case.accused_id",
    "care_case.other_id",
    "sealed_thread.erased_by",
)
# They go with her, or stay without her: as she says.
ASKED = ("recording.person_id",)
# What she did with a power over others, or said to them: it stays, and says "someone who left" from now on.
STAYS: Mapping[str, str] = {
    "audit_entry.actor_id": "the log is only ever added to; without a person behind it the number says nothing",
    "audit_entry.subject_id": "the log is only ever added to; without a person behind it the number says nothing",
    "announcement.author_id": "others have heard it, and may look for it; unsaid or removed words are emptied",
    "message.person_id": "others have read it, and answered; unseen or removed words are emptied",
    "question.person_id": "who answered keeps that it was answered; her words, her voice and what only she read go",
    "answer.person_id": "others have heard it; her voice goes as she says",
    "correction.author_id": "the words are the announcement's, and are emptied with it",
    "translation.author_id": "the words are the announcement's",
    "good_answer.person_id": "others look for it and hear it; her voice goes as she says",
    "rumour.author_id": "the words are the announcement's or the message's",
    "erasure.person_id": "that she was erased, and when: a number",
    **dict.fromkeys(
        (
            "door_question.made_by",
            "group.archived_by", "recording.answered_by", "admin_call.called_by", "appointment.issuer_id",
            "appointment.taken_by", "appointment.answered_by", "ban.banned_by", "brought_sheet.person_id",
            "brought_sheet.asked_by", "errand.person_id", "errand.undo_by", "invitation.inviter_id",
            "invitation.revoked_by", "level_template.made_by", "merger.asked_by", "merger.answered_by",
            "merger.agreed_by", "merger.closed_by", "merger.undone_by", "office.given_by", "office.ended_by",
            "suggestion.answered_by", "unlisted.person_id", "unlisted.ended_by", "announcement.pinned_by",
            "announcement.removed_by", "message.removed_by", "join_request.answered_by", "office_bearer.answered_by",
            "translation.approved_by", "translation_request.asked_by", "translation_request.answered_by",
            "category.retired_by", "budget.changed_by", "care_case.decided_by", "held.answered_by", "measure.by_id",
            "measure.ended_by", "open_news.person_id", "recovery.issuer_id", "recovery.restored_by",
            "urgency.asked_by", "urgency.answered_by", "duty.made_by", "duty.ended_by", "question.taken_by",
            "aid.person_id", "question.removed_by", "question_step.person_id", "question_step.to_id",
            "good_answer.ended_by", "rumour.answered_by", "rumour.removed_by",
        ),
        "what was done to others or to the place, and by whom: it is theirs to know that somebody did",
    ),
}  # fmt: skip
