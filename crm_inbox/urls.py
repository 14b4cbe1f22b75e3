"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from crm_inbox import probes
from crm_inbox.admin.dashboard import dashboard
from crm_inbox.filters import VIEWS
from crm_inbox.views import (
    completing,
    helping,
    inbox,
    news,
    oauth,
    personal,
    sharing,
    trash,
    triage,
)
from crm_inbox.views.contacts import (
    addresses,
    exporting,
    importing,
    merging,
    organizations,
    people,
)
from crm_inbox.views.conversation import files, mail, page, rearranging, senders
from crm_inbox.views.conversation import people as participants
from crm_inbox.views.mailboxes import (
    asking,
    cards,
    changes,
    checking,
    lifecycle,
    past,
    why,
    wizard,
)

# One door for everybody, with its limits and second steps.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="inbox"), name="home"),
    *(path(f"{slug}/", inbox.conversations, {"view": slug}, name=slug) for slug in VIEWS),
    *(path(f"{slug}/move/", triage.move, {"view": slug}, name=f"{slug}_move") for slug in VIEWS),
    *(path(f"{slug}/count/", triage.count, {"view": slug}, name=f"{slug}_count") for slug in VIEWS),
    *(path(f"{slug}/newer/", inbox.newer, {"view": slug}, name=f"{slug}_newer") for slug in VIEWS),
    path("undo/<uuid:action>/", triage.undo, name="undo"),
    path("progress/<uuid:action>/", triage.progress, name="progress"),
    path("search/completions/", completing.completions, name="completions"),
    path("trash/delete-for-good/", trash.delete_for_good, name="delete_for_good"),
    path("trash/empty/", trash.empty, name="empty_trash"),
    path("conversations/<int:pk>/", page.conversation, name="conversation"),
    path("conversations/<int:pk>/newer/", page.newer, name="conversation_newer"),
    path("conversations/<int:pk>/share/", sharing.share, name="share"),
    path("shared/", sharing.shared, name="shared"),
    path("conversations/<int:pk>/people/", participants.people, name="people"),
    path("conversations/<int:pk>/people/add/", participants.add_person, name="person_add"),
    path(
        "conversations/<int:pk>/people/address/", participants.give_address, name="person_address"
    ),
    path("conversations/<int:pk>/merge/", rearranging.merge, name="conversation_merge"),
    path("conversations/<int:pk>/others/", rearranging.choose, name="conversation_others"),
    path("messages/<int:pk>/", mail.letter, name="letter"),
    path("messages/<int:pk>/frame/", mail.frame, name="mail_frame"),
    path("messages/<int:pk>/images/", mail.images, name="mail_images"),
    path("messages/<int:pk>/original/", mail.original, name="original"),
    path("messages/<int:pk>/split/", rearranging.split, name="message_split"),
    path("attachments/<int:pk>/", files.attachment, name="attachment"),
    path("attachments/<int:pk>/fetch/", files.fetch, name="attachment_fetch"),
    path("attachments/<int:pk>/preview/", files.preview, name="attachment_preview"),
    path("attachments/<int:pk>/page/", files.pdf_page, name="attachment_page"),
    path("images/", senders.senders, name="image_senders"),
    path("images/<int:pk>/", senders.distrust, name="image_sender"),
    path("contacts/", people.people, name="contacts"),
    path("contacts/add/", people.add, name="contact_add"),
    path("contacts/import/", importing.upload, name="contact_import"),
    path("contacts/import/<int:pk>/", importing.preview, name="contact_import_preview"),
    path("contacts/import/<int:pk>/report/", importing.report, name="contact_import_report"),
    path("contacts/export/", exporting.export, name="contact_export"),
    path("contacts/<int:pk>/", people.person, name="contact"),
    path("contacts/<int:pk>/addresses/", addresses.give, name="contact_address"),
    path("contacts/<int:pk>/addresses/main/", addresses.choose_main, name="contact_main_address"),
    path("contacts/<int:pk>/addresses/remove/", addresses.remove, name="contact_remove_address"),
    path("contacts/<int:pk>/merge/", merging.merge, name="contact_merge"),
    path("contacts/<int:pk>/delete/", people.delete, name="contact_delete"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/<int:pk>/", organizations.organization, name="organization"),
    path("organizations/<int:pk>/delete/", organizations.delete, name="organization_delete"),
    path("help/", helping.topics, name="help"),
    path("help/clean-up/", helping.clean_up, name="clean_up"),
    path("help/<slug:slug>/", helping.topic, name="help_topic"),
    path("email-sync/", cards.mailboxes, name="mailboxes"),
    path("email-sync/add/", wizard.add, name="mailbox_add"),
    path("email-sync/add/server/", wizard.server, name="mailbox_server"),
    path("email-sync/sign-in/<slug:provider>/", oauth.begin, name="oauth_begin"),
    path("email-sync/sign-in/<slug:provider>/back/", oauth.callback, name="oauth_callback"),
    path("email-sync/<int:pk>/", cards.card, name="mailbox_card"),
    path("email-sync/<int:pk>/labels/", changes.labels, name="mailbox_labels"),
    path("email-sync/<int:pk>/password/", wizard.password, name="mailbox_password"),
    path("email-sync/<int:pk>/past/", past.past, name="past_sync"),
    path("email-sync/<int:pk>/past/preview/", past.look_ahead, name="past_preview"),
    path("email-sync/previews/<int:pk>/", past.preview_state, name="past_preview_state"),
    path("email-sync/<int:pk>/state/", lifecycle.account_state, name="mailbox_state"),
    path("email-sync/<int:pk>/remove/", lifecycle.remove, name="mailbox_remove"),
    path("email-sync/<int:pk>/completeness/", checking.completeness, name="completeness"),
    path("email-sync/<int:pk>/repair/", checking.repair, name="repair"),
    path("email-sync/<int:pk>/why/", why.why, name="why"),
    path("email-sync/<int:pk>/left-out/", why.behind, name="left_out"),
    path("email-sync/found/<int:pk>/", why.answer, name="why_answer"),
    path("email-sync/found/<int:pk>/import/", why.take, name="import_message"),
    path("email-sync/inquiries/<int:pk>/", asking.inquiry_state, name="inquiry_state"),
    path("email-sync/runs/<int:pk>/", changes.run_state, name="run_state"),
    path("settings/", personal.personal, name="personal"),
    path("news/", news.news, name="news"),
    path("health/live", probes.live, name="live"),
    path("health/ready", probes.ready, name="ready"),
    path("metrics", probes.metrics, name="metrics"),
    path("", include("crm_inbox.account_urls")),
    path("admin/state/", admin.site.admin_view(dashboard), name="admin_state"),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
]
