"""Settings, all from the environment (docs/operator/settings.md lists every variable). There is no debug switch."""

import os
import sys
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from geoserver_app import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = env.secret()
DEMO = env.switch("DEMO")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
DEFAULT_JURISDICTION = env.text("DEFAULT_JURISDICTION")
DATA_DIR = Path(env.text("DATA_DIR") or BASE_DIR / ".onemap" / "data")

# The GDAL and GEOS inside the wheels of pyogrio and shapely; a system check says which are in use.
GDAL_LIBRARY_PATH = env.text("GDAL_LIBRARY_PATH") or env.wheel_library("pyogrio", "libgdal-*")
GEOS_LIBRARY_PATH = env.text("GEOS_LIBRARY_PATH") or env.wheel_library("shapely", "libgeos_c-*")

INSTALLED_APPS = [
    "geoserver_app.admin.apps.RoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.gis",
    "procrastinate.contrib.django",
    "leaflet",
    "csp",
    "layers",
    "geoserver_app.org",
    "geoserver_app.accounts",
    "geoserver_app.catalog",
    "geoserver_app.geocode",
    "geoserver_app.intake",
    "geoserver_app.link",
    "geoserver_app.duplicates",
    "geoserver_app.route",
    "geoserver_app.work",
    "geoserver_app.analyse",
    "geoserver_app.notify",
    "geoserver_app.density",
    "geoserver_app.editions",
    "geoserver_app.forward",
    "geoserver_app.past",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "geoserver_app.published",
    "geoserver_app.maps",
    "geoserver_app.report",
    "geoserver_app.follow",
    "geoserver_app.feeds",
    "geoserver_app.brief",
    "geoserver_app.measure",
    "geoserver_app.plan",
    "geoserver_app.console",
    "geoserver_app.console.notices",
    "geoserver_app.console.repeat",
    "geoserver_app.gis",
    "geoserver_app.drafts",
    "geoserver_app.rulebook",
    "geoserver_app.open311",
    "geoserver_app.api",
    "geoserver_app.site",
    "geoserver_app.admin",
    "geoserver_app.commands",
]

MIDDLEWARE = [
    "geoserver_app.open311.middleware.Open311Middleware",
    "geoserver_app.api.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "geoserver_app.maps.fast.PublicDataMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "geoserver_app.site.errors.PlainErrorMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "geoserver_app.site.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "geoserver_app.accounts.doors.ClosedStaffPagesMiddleware",
]

ROOT_URLCONF = "geoserver_app.urls"
WSGI_APPLICATION = "geoserver_app.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "geoserver_app" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "geoserver_app.site.context.city_hall",
            ],
        },
    },
]

# Commands that change the schema log in as the owner; everything else as a role that may only read and write rows.
_OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations"}
_as_owner = env.switch("ONEMAP_AS_OWNER") or (len(sys.argv) > 1 and sys.argv[1] in _OWNER_COMMANDS)
DATABASES = {
    "default": env.database(
        "OWNER_DATABASE_URL" if _as_owner else "DATABASE_URL",
        "it says where the PostgreSQL database is (postgresql://role:password@host:port/name).",
    )
}
DATABASES["default"]["OPTIONS"].setdefault("application_name", "onemap")
# Django turns server-side preparing off altogether; look-ups and linking ask for it by name (psycopg's prepare=True).
# Django's own cursors paste values in and are never prepared.
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 5)
DATABASES["default"]["TEST"] = {
    "NAME": env.text("ONEMAP_TEST_DB", "test_onemap"),
    "TEMPLATE": env.text("ONEMAP_TEMPLATE_DB", "onemap_template"),
}
PUBLISHED_DATABASE_URL = env.required(
    "PUBLISHED_DATABASE_URL", "tiles are read through it by the role published_reader."
)
# Tiles that each server process keeps in its memory; 0 keeps none.
TILE_MEMORY_MB = int(env.text("TILE_MEMORY_MB", "64"))
if DEMO and env.text("ONEMAP_PRIVATE_DATABASE") != "1":
    raise ImproperlyConfigured(
        "DEMO=1 creates log-ins whose passwords everybody knows, so it is only allowed with the private database "
        "that ./run makes. Unset DEMO."
    )

AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Log-in of staff (docs/operator/log-in.md). Residents need no account, and nobody makes one for himself.
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "geoserver_app.accounts.backends.RoleBackend",
]
STAFF_ADDRESSES = ("/console/", "/plan/", "/performance/")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/console/"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
ACCOUNT_ADAPTER = "geoserver_app.accounts.adapters.StaffAccounts"
ACCOUNT_FORMS = {
    "login": "geoserver_app.accounts.forms.StaffLoginForm",
    "reauthenticate": "geoserver_app.accounts.forms.StaffReauthenticateForm",
    "change_password": "geoserver_app.accounts.forms.StaffChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
PASSWORD_BY_MAIL = bool(env.text("EMAIL_HOST"))
SOCIALACCOUNT_ADAPTER = "geoserver_app.accounts.adapters.DirectoryAccounts"
# The city's own directory is believed about whose e-mail address it is; there is no other provider.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = env.openid_connect()
MFA_TOTP_ISSUER = "One Map City Hall"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the administrator wrote the address; nobody else can
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "geoserver_app" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or BASE_DIR / "staticfiles")
_OWN_STATIC = BASE_DIR / "geoserver_app" / "static"
# django-leaflet brings Leaflet 1.9.3; ours is found first under the same name.
STATICFILES_DIRS = [_OWN_STATIC, ("leaflet", _OWN_STATIC / "vendor" / "leaflet")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "geoserver_app.site.static.HashedStaticFiles"},
}
MEDIA_ROOT = DATA_DIR / "media"
# Files of layers that are uploaded, or fetched by schedule: how large, and the folder that they may be fetched from.
# What one network address may send in ten minutes (report/pace.py).
REPORTS_PER_ADDRESS = env.number("REPORTS_PER_ADDRESS", "12")
PHOTOS_PER_ADDRESS = env.number("PHOTOS_PER_ADDRESS", "60")
# Open311: calls that read, for one network address in ten minutes; the status of what was created (200 for old
# clients); hosts of agencies inside the city's own network that reports may be forwarded to without HTTPS.
OPEN311_READS_PER_ADDRESS = env.number("OPEN311_READS_PER_ADDRESS", "3000")
OPEN311_CREATED_STATUS = int(env.choice("OPEN311_CREATED_STATUS", ("201", "200")))
OPEN311_INSIDE_HOSTS = env.words("OPEN311_INSIDE_HOSTS")
UPLOAD_LIMIT_BYTES = env.number("UPLOAD_LIMIT_MB", "200") * 1_000_000
PULL_DIR = env.text("PULL_DIR")

# Mail. Without a server messages wait in the outbox; in the demo they are read at /console/outbox and count as sent.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.port("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
_email_security = env.choice("EMAIL_SECURITY", ("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = _email_security == "starttls", _email_security == "tls"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
MAIL_READY = bool(EMAIL_HOST) or DEMO
MAIL_PICTURE = "geoserver_app.maps.mail_picture.draw_for"
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "no-reply@localhost")

LEAFLET_CONFIG = {
    "TILES": [],
    "RESET_VIEW": False,
    "SCALE": "imperial",
    "ATTRIBUTION_PREFIX": "",
    "MIN_ZOOM": 10,
    "MAX_ZOOM": 19,
    "NO_GLOBALS": True,
}

# Outside geocoder (docs/geocoding.md): none, or one of those that geopy speaks to at an address of one's own choosing.
OUTSIDE_GEOCODER = env.choice("OUTSIDE_GEOCODER", ("none", "nominatim", "photon", "pelias"))
OUTSIDE_GEOCODER_URL = env.text("OUTSIDE_GEOCODER_URL")
OUTSIDE_GEOCODER_SECONDS = env.number("OUTSIDE_GEOCODER_SECONDS", "3")
if OUTSIDE_GEOCODER == "pelias" and not OUTSIDE_GEOCODER_URL:
    raise ImproperlyConfigured("OUTSIDE_GEOCODER=pelias needs OUTSIDE_GEOCODER_URL, the address of your own server.")

HTTPS = env.switch("HTTPS")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        # Browsers hold the redirect after a form to this rule too: log-in hands over to the city's directory.
        "form-action": [SELF, *env.openid_connect_origin()],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# One JSON object a line, on stderr. Messages carry ids and counts; no names, addresses, telephone numbers or IPs.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        }
    },
    "filters": {"impersonal": {"()": "geoserver_app.site.logs.WithoutPersonalData"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["impersonal"]}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "procrastinate": {"level": "WARNING"},
        "pyogrio": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
    },
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = ["geoserver_app.jobs"]
SILENCED_SYSTEM_CHECKS = [
    # Sub-domains and the browsers' preload list are decisions about a city's whole domain, not about this server.
    "security.W005",
    "security.W021",
    # Come with HTTPS=1; a city that tries it out on 127.0.0.1 has no certificate.
    *([] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]),
]
os.environ.setdefault("PGCONNECT_TIMEOUT", "10")
