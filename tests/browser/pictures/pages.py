"""Every page that a person can reach, and the addresses that are none."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import User

from crm_inbox.accounts import password_path
from crm_inbox.views.helping import TOPICS
from sync.models import Attachment, Message
from tests.browser.pictures import steps
from tests.browser.pictures.camera import Picture
from tests.browser.pictures.content import Content

_LISTS = ("inbox", "archive", "sent", "trash", "shared", "contacts", "organizations")
DESKTOP, PHONE = (1440,), (390,)
# Addresses that show no page of their own.
_OF_LISTS = {
    f"{view}_{part}"
    for view in ("inbox", "archive", "sent", "trash", "search")
    for part in ("move", "count", "newer")
}
FRAGMENTS = {
    *("completions", "conversation_newer", "letter", "mail_frame", "mailbox_card", "news"),
    *("past_preview_state", "people", "person_add", "progress", "attachment_preview"),
}
FILES = {
    *("attachment_page", "contact_export", "mfa_download_recovery_codes"),
    *("live", "ready", "metrics", "mfa_login_webauthn"),
}
# What a button sends, after which another page comes.
ACTIONS = {
    *("undo", "delete_for_good", "empty_trash", "share", "person_address", "conversation_merge"),
    *("mail_images", "message_split", "attachment_fetch", "image_sender", "contact_address"),
    *("contact_main_address", "contact_remove_address", "contact_delete", "organization_delete"),
    *("past_sync", "past_preview", "mailbox_state", "repair", "why", "left_out", "import_message"),
    *(
        "inquiry_state",
        "run_state",
        "team_access",
        "team_password_link",
        "invitation_withdraw",
        "set_language",
    ),
}
ELSEWHERE = {
    "home": "leads to the inbox",
    "oauth_begin": "leads to the provider",
    "oauth_callback": "comes from the provider and leads on",
    "account_set_password": "nobody here is without a password",
}
NO_PAGES = _OF_LISTS | FRAGMENTS | FILES | ACTIONS | set(ELSEWHERE)


def first_run() -> list[Picture]:
    """Nothing is connected yet, and there are no contacts."""
    lists = [Picture(f"first-{name}", f"/{name}/") for name in _LISTS]
    return [*lists, Picture("first-email-sync", "/email-sync/")]


def mail(content: Content) -> list[Picture]:
    select = "#select-all"
    return [
        *(Picture(name, f"/{name}/") for name in ("inbox", "archive", "sent", "trash")),
        Picture("inbox-from-contacts", "/inbox/?filter=from-contact"),
        Picture("inbox-nothing-matches", f"/inbox/?account={content.new_account.pk}"),
        Picture("inbox-filters", "/inbox/", steps.press(".page-head .menu > summary")),
        Picture(
            "inbox-selected", "/inbox/", steps.press(select, then=".all-strip, .selection .button")
        ),
        Picture("inbox-delete", "/inbox/", steps.press(select, "[popovertarget=delete-sure]")),
        Picture("inbox-toast", "/inbox/", steps.archived),
        Picture("inbox-troubles", "/inbox/", steps.all_troubles),
        Picture("rail-open", "/inbox/", steps.press("[popovertarget=rail]"), sizes=PHONE),
        Picture("rail-folded", "/inbox/", steps.folded, sizes=DESKTOP),
        Picture("user-menu", "/inbox/", steps.press(".rail .menu > summary"), sizes=DESKTOP),
        Picture(
            "user-menu-open",
            *("/inbox/", steps.press("[popovertarget=rail]", ".rail .menu > summary")),
            sizes=PHONE,
        ),
        Picture("shortcuts", "/inbox/", lambda page: page.keyboard.press("?")),
        Picture("trash-empty", "/trash/", steps.press("[popovertarget=empty-sure]")),
        Picture("trash-for-good", "/trash/", steps.press(select, "[popovertarget=for-good-sure]")),
        Picture("search", "/search/?q=quote"),
        Picture("search-nothing", "/search/?q=ofefrta"),
        Picture("search-wrong", "/search/?q=before:soon"),
        Picture("search-completions", "/inbox/", steps.complete),
    ]


def conversations(content: Content) -> list[Picture]:
    long, stranger = (f"/conversations/{row.pk}/" for row in (content.long, content.stranger))
    other = "a[hx-get*='existing=1']"
    message = Message.objects.filter(thread=content.long)[0]
    file = content.with_file.message
    with_file = f"/conversations/{file.thread_id}/?open={file.pk}"
    return [
        Picture("conversation", long),
        Picture("conversation-menu", long, steps.press(".conversation-head .menu > summary")),
        Picture("conversation-letter-menu", long, steps.press(".letter-menu > summary")),
        Picture("conversation-sharing", long, steps.press(".sharing > summary")),
        Picture("conversation-details", long, steps.press(".letter[open] .header > summary")),
        Picture("conversation-stranger", stranger),
        Picture(
            "conversation-create-contact",
            *(
                stranger,
                steps.press("a[hx-get*='people/add']:not([hx-get*=existing])", then="#sheet h2"),
            ),
        ),
        Picture("conversation-existing", stranger, steps.press(other, then="#sheet h2")),
        Picture("conversation-delete", long, steps.press("[popovertarget=delete-sure]")),
        Picture(
            "conversation-merge-sheet",
            *(
                long,
                steps.press(
                    ".conversation-head .menu > summary", "a[hx-get*=others]", then="#sheet h2"
                ),
            ),
        ),
        Picture("conversation-merge", f"{long}others/"),
        Picture("conversation-file", with_file, steps.look_at_file),
        Picture("original", f"/messages/{message.pk}/original/"),
    ]


def keeping(content: Content) -> list[Picture]:
    contact, other = content.contact.pk, content.other.pk
    merge = f"/contacts/{contact}/merge/?with={other}"
    return [
        Picture("contacts", "/contacts/"),
        Picture("contacts-nobody", "/contacts/?words=nobody"),
        Picture("contacts-export", "/contacts/", steps.press(".page-head .menu > summary")),
        Picture("contact", f"/contacts/{contact}/"),
        Picture(
            "contact-delete", f"/contacts/{contact}/", steps.press("[popovertarget=delete-contact]")
        ),
        Picture("contact-merge", merge),
        Picture("contact-add", "/contacts/add/?address=jan@firma.example&words=ewa"),
        Picture("contact-add-wrong", "/contacts/add/", steps.press(".form .button-main")),
        Picture("import", "/contacts/import/"),
        Picture("import-preview", f"/contacts/import/{content.upload.pk}/"),
        Picture("import-report", f"/contacts/import/{content.imported.pk}/report/"),
        Picture("organizations", "/organizations/"),
        Picture("organization", f"/organizations/{content.contact.organization_id}/"),
        Picture("image-senders", "/images/"),
    ]


def syncing(content: Content) -> list[Picture]:
    account = f"/email-sync/{content.account.pk}"
    return [
        Picture("email-sync", "/email-sync/"),
        Picture("email-sync-menu", "/email-sync/", steps.press(".mailbox-menu > summary")),
        Picture("wizard-address", "/email-sync/add/"),
        Picture("wizard-address-wrong", "/email-sync/add/", steps.wrong_address),
        Picture("wizard-server", "/email-sync/add/server/?address=anna@gmail.com"),
        Picture("wizard-refused", "/email-sync/add/server/?address=anna@gmail.com", steps.refused),
        Picture("wizard-labels", f"/email-sync/{content.new_account.pk}/labels/"),
        Picture("labels", f"{account}/labels/"),
        Picture("password", f"{account}/password/"),
        Picture("completeness", f"{account}/completeness/"),
        Picture("remove-account", f"{account}/remove/"),
        Picture("why", f"/email-sync/found/{content.found.pk}/"),
        Picture("left-out", f"/email-sync/found/{content.left_out.pk}/"),
    ]


def personal() -> list[Picture]:
    return [
        Picture("settings", "/settings/"),
        Picture("help", "/help/"),
        Picture("help-clean-up", "/help/clean-up/"),
        *(Picture(f"help-{slug}", f"/help/{slug}/") for slug in TOPICS),
        Picture("security", "/account/"),
        Picture("change-password", "/account/password/"),
        Picture("change-password-wrong", "/account/password/", steps.wrong_password),
        Picture("sessions", "/account/sessions/"),
        Picture("confirm", "/account/confirm/"),
        Picture("app-add", "/account/app/add/"),
        Picture("passkeys-none", "/account/passkeys/"),
        Picture("passkey-add", "/account/passkeys/add/"),
        Picture("team", "/team/"),
        Picture("team-invited", "/team/", steps.invited),
        Picture("team-password-link", "/team/", steps.password_link),
        Picture("sign-out", "/sign-out/"),
    ]


def colleagues(content: Content) -> list[Picture]:
    """What Piotr sees, to whom Anna shows a conversation, and who has every second step."""
    passkey = f"/account/passkeys/{content.passkey.pk}"
    return [
        Picture("shared", "/shared/"),
        Picture("shared-conversation", f"/conversations/{content.long.pk}/"),
        Picture("security-all-steps", "/account/"),
        Picture("passkeys", "/account/passkeys/"),
        Picture("passkey-rename", f"{passkey}/"),
        Picture("passkey-remove", f"{passkey}/remove/"),
        Picture("app-remove", "/account/app/remove/"),
        Picture("codes", "/account/codes/"),
        Picture("codes-new", "/account/codes/new/"),
        Picture("confirm-code", "/account/confirm/code/"),
        Picture("confirm-passkey", "/account/confirm/passkey/"),
        Picture("admin-refused", "/admin/login/", status=403),
    ]


def door(content: Content) -> list[Picture]:
    """What people see who are not signed in."""
    return [
        Picture("sign-in", "/sign-in/"),
        Picture("sign-in-wrong", "/sign-in/", steps.wrong_sign_in),
        Picture("inactive", "/sign-in/inactive/"),
        Picture("sign-up", "/sign-up/"),
        Picture("invitation", f"/invitations/{content.invitation}/"),
        Picture("invitation-ended", "/invitations/x/", status=404),
        Picture("forgotten-sent", "/password/forgotten/sent/"),
        Picture("forgotten", "/password/forgotten/"),
        Picture("new-password-wrong-link", "/password/new/1-x-y/"),
        Picture("new-password-done", "/password/new/done/"),
        *(Picture(f"error-{status}", f"/error/{status}/", status=status) for status in (400, 500)),
        Picture("error-403", "/error/403/", status=403),
        Picture("error-404", "/nonsense/", status=404),
        Picture("error-429", "/error/429/", status=429),
        Picture("error-csrf", "/error/csrf/", status=403),
    ]


def administration(content: Content) -> list[Picture]:
    account = f"/admin/sync/account/{content.account.pk}"
    models = [model._meta for model in admin.site._registry]
    return [
        Picture("admin", "/admin/"),
        Picture("admin-state", "/admin/state/"),
        *(
            Picture(f"admin-{meta.model_name}", f"/admin/{meta.app_label}/{meta.model_name}/")
            for meta in models
        ),
        Picture("admin-account-change", f"{account}/change/"),
        Picture("admin-account-password", f"{account}/password/"),
        Picture("admin-account-remove", f"{account}/remove/"),
        Picture("admin-user-change", f"/admin/auth/user/{content.piotr.pk}/change/"),
    ]


def unreachable(content: Content) -> list[Picture]:
    """The mail server has gone away."""
    file = Attachment.objects.exclude(pk=content.with_file.pk)[0]
    message = Message.objects.filter(thread=content.stranger)[0]
    return [
        Picture("file-not-fetched", f"/attachments/{file.pk}/", status=502),
        Picture("original-not-fetched", f"/messages/{message.pk}/original/", status=502),
    ]


def new_password(user: User) -> list[Picture]:
    # A link is of the last sign-in, which was after `user` was read.
    user.refresh_from_db()
    return [Picture("new-password", password_path(user), steps.see("input[type=password]"))]
