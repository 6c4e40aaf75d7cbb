"""Every address that a person can open, by who opens it. A new page must be put here, and be looked at."""

VISITORS = {
    "/p/{short_id}",
    "/p/{short_id}/embed",
    "/p/{short_id}/hold",
    "/p/{short_id}/preview",
    "/console/styleguide/page",
}
BUYERS = {"/download", "/orders/recover", "/orders/{token}", "/d/{token}"}
FRONT = {"/", "/pricing", "/signup", "/login", "/forgot", "/reset/{token}", "/verify/{token}"}
WORK = {
    "/console/analytics",
    "/console/codes",
    "/console/codes/new",
    "/console/codes/{code_id}",
    "/console/live",
    "/console/orders",
    "/console/orders/{order_id}",
    "/console/pages",
    "/console/pages/new",
    "/console/pages/{page_id}",
    "/console/pages/{page_id}/analytics",
    "/console/pages/{page_id}/edit",
    "/console/pages/{page_id}/rehearsals",
    "/console/pages/{page_id}/rehearsals/{rehearsal_id}",
    "/console/pages/{page_id}/share-links",
    "/console/products",
    "/console/products/new",
    "/console/products/{product_id}",
    "/console/styleguide",
}
BILLING = {"/console/billing", "/console/billing/invoices", "/console/billing/plans/{plan_key}"}
TEAM = {
    "/console/team",
    "/console/team/groups/{group_id}",
    "/console/team/members/{member_id}",
    "/invitations/{token}",
}
ACCOUNT = {
    "/console/account",
    "/console/account/password",
    "/console/account/security",
    "/console/account/sessions",
    "/console/account/two-factor",
    "/console/account/two-factor/codes",
    "/console/account/two-factor/removal",
    "/console/account/two-factor/setup",
    "/address/confirm/{token}",
    "/address/undo/{token}",
    "/login/code",
    "/login/recovery",
}
WAITING = {
    "/waitlist/{token}",
    "/unsubscribe/{token}",
    "/console/pages/{page_id}/messages/history",
    "/console/account/messages",
    "/registrations/{token}",
}
REGISTERING = {
    "/p/{short_id}/registered",
    "/registrations/confirm/{token}",
    "/registrations/{token}",
    "/console/pages/{page_id}/messages",
    "/console/registrations",
    "/console/registrations/{registration_id}",
}
# Files, streams, fragments, redirects, JSON, and the preview that VISITORS see by its signed link.
NOT_PAGES = {
    "/api/download-link",
    "/console",
    "/console/analytics/export.csv",
    "/console/account/data/state",
    "/console/account/data/exports/{export_id}/file",
    "/console/billing/started",
    "/console/live/stream",
    "/console/orders/export.csv",
    "/console/pages/{page_id}/figures",
    "/console/pages/{page_id}/preview",
    "/console/pages/{page_id}/rehearsals/{rehearsal_id}/state",
    "/console/pages/{page_id}/share-links/{link_id}/qr.svg",
    "/console/products/{product_id}/files/{file_id}/content",
    "/console/products/{product_id}/uploads/{upload_id}",
    "/download/start",
    "/download/status",
    "/embed.js",
    "/favicon.ico",
    "/healthz",
    "/media/samples/{token}",
    "/media/{token}",
    "/metrics",
    "/orders/{token}/files/{file_id}",
    "/p/theme/{name}",
    "/p/{short_id}/event.ics",
    "/p/{short_id}/fragments",
    "/p/{short_id}/live",
    "/p/{short_id}/puzzle",
    "/readyz",
    "/registrations/{token}/event.ics",
    "/registrations/{token}/export",
    "/console/registrations/export.csv",
    "/robots.txt",
    "/static/{digest}/{path}",
}
STAFF = {
    "/console/staff",
    "/console/staff/flags",
    "/console/staff/log",
    "/console/staff/operations",
    "/console/staff/orders/{order_id}",
    "/console/staff/pages",
    "/console/staff/pages/{page_id}",
    "/console/staff/plans",
    "/console/staff/plans/{plan_id}",
    "/console/staff/users/{user_id}",
}
PRIVACY = {
    "/privacy",
    "/privacy/receipts/{number}",
    "/account/erasure/{token}",
    "/console/account/data",
    "/console/account/erasure",
    "/console/staff/retention",
}
CONSOLE = PRIVACY | WORK | BILLING | TEAM | ACCOUNT | STAFF
