"""The product on one page: every address and the door that answers it."""

from django.contrib import admin
from django.urls import include, path

from geoserver_app.site import health

urlpatterns = [
    path("", include("geoserver_app.maps.urls")),
    path("", include("geoserver_app.brief.urls")),
    path("", include("geoserver_app.site.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("performance/", include("geoserver_app.measure.urls")),
    path("plan/", include("geoserver_app.plan.urls")),
    path("report/", include("geoserver_app.report.urls")),
    path("feeds/", include("geoserver_app.feeds.urls")),
    path("requests/sensitive/", include("geoserver_app.feeds.sensitive_urls")),
    path("requests/", include("geoserver_app.follow.urls")),
    path("open311/", include("geoserver_app.open311.urls")),
    path("api/", include("geoserver_app.api.urls")),
    path("console/gis/", include("geoserver_app.gis.urls")),
    path("console/gis/", include("geoserver_app.drafts.urls")),
    path("console/rules/", include("geoserver_app.rulebook.urls")),
    path("console/", include("geoserver_app.console.urls")),
    path("accounts/", include("geoserver_app.accounts.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "geoserver_app.site.errors.bad_request"
handler403 = "geoserver_app.site.errors.permission_denied"
handler404 = "geoserver_app.site.errors.not_found"
handler500 = "geoserver_app.site.errors.server_error"
