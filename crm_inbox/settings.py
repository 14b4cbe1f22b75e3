"""Settings, read from the environment; README lists every variable."""

from pathlib import Path

from cryptography.fernet import Fernet
from django.utils.translation import gettext_lazy as _

from crm_inbox import database_url, env, logs
from crm_inbox.local import postgres, valkey
from crm_inbox.private_keys import own_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data"))).resolve()

# --- Keys

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "") or own_key(DATA_DIR, "secret_key")
# Fernet keys for the mail passwords. The first one encrypts, all of them decrypt.
FIELD_ENCRYPTION_KEYS = env.words("FIELD_ENCRYPTION_KEYS", "") or [
    own_key(DATA_DIR, "field_encryption_key", lambda: Fernet.generate_key().decode("ascii"))
]

# --- Web

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", "")
# People reach the site over HTTPS, through a proxy that sets X-Forwarded-Proto.
HTTPS = env.flag("HTTPS", default=not DEBUG)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Browsers' preload lists take whole domains, which are not ours to promise for.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_ENGINE = "crm_inbox.sessions"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
# With this name a browser takes a cookie only from this very host, and over HTTPS.
_COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
X_FRAME_OPTIONS = "DENY"
# The largest request that is read at all, and how much of it may be forms, in bytes.
UPLOAD_LIMIT = 16 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10

ROOT_URLCONF = "crm_inbox.urls"
WSGI_APPLICATION = "crm_inbox.wsgi.application"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "heroicons",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "contacts",
    "sync",
    "crm_inbox",
]

MIDDLEWARE = [
    "crm_inbox.probes.BeforeHosts",
    "crm_inbox.limits.UploadLimit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Lists of mail shrink to a tenth. It pads what it sends, so that sizes tell no secrets.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm_inbox.personal.PersonalSettings",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crm_inbox.redirects.TellRedirects",
    "crm_inbox.csp.ContentSecurityPolicy",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm_inbox.views.page.account_shell",
            ],
        },
    },
]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Names with a hash can be kept by browsers for ever; they need `manage.py collectstatic`.
HASHED_STATIC = env.flag("HASHED_STATIC", default=not DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Signing in: django-allauth reads every ACCOUNT_ and MFA_ setting

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "crm_inbox.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
# People come by invitation, which the administrator has addressed.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Seconds after which a change of password or second step wants a proof again.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "10/m/ip,3/10m/key",
}
MFA_ADAPTER = "crm_inbox.accounts.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "CRM Inbox"
MFA_TOTP_TOLERANCE = 1
# Browsers make passkeys over HTTPS, and on this machine.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# Proxies in front of the site that write X-Forwarded-For: whose word sign-in limits take.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 1 if HTTPS else 0, least=0)
# Links to choose a password, and invitations.
PASSWORD_RESET_TIMEOUT = 24 * 3600
INVITATION_DAYS = env.number("INVITATION_DAYS", 7, least=1)

# --- Mail that the site itself sends: links to choose a password, invitations

EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.number("EMAIL_PORT", 587, least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=not EMAIL_USE_SSL) and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "crm-inbox@localhost")

# --- Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("pl", _("Polish"))]
LOCALE_PATHS = [BASE_DIR / "crm_inbox" / "locale"]
FORMAT_MODULE_PATH = "crm_inbox.formats"
TIME_ZONE = "UTC"
USE_TZ = True

# --- Database

DATABASES = {
    "default": database_url.parse(env.text("DATABASE_URL", "") or postgres.ensure(DATA_DIR)),
}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: the cache, and the queues of crm_inbox/background.py

REDIS_URL = env.text("REDIS_URL", "") or valkey.ensure(DATA_DIR)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "crm_inbox",
    }
}

# --- Sync

# Seconds between two looks at an account where the server cannot tell of new mail itself.
SYNC_POLL_SECONDS = env.number("SYNC_POLL_SECONDS", 60, least=5)
# The same where a watcher hears of new mail: only for what a server forgets to tell.
SYNC_WATCHED_POLL_SECONDS = env.number("SYNC_WATCHED_POLL_SECONDS", 600, least=5)
# A task works at most this long, then makes room for other accounts.
SYNC_SLICE_SECONDS = env.number("SYNC_SLICE_SECONDS", 20, least=5)
# A look for new mail is shorter: what needs longer goes on in another queue.
SYNC_LOOK_SECONDS = 5
# Connections to one account at once, of all workers, the watcher and the site (Gmail takes few).
SYNC_ACCOUNT_CONNECTIONS = env.number("SYNC_ACCOUNT_CONNECTIONS", 3, least=2)
# The same to a host, for those that are named.
SYNC_HOST_CONNECTIONS = env.limits("SYNC_HOST_CONNECTIONS")
# Megabytes of past mail that are fetched from a Gmail account in a day; it gives about 2,500.
SYNC_GMAIL_DAILY_MB = env.number("SYNC_GMAIL_DAILY_MB", 2000, least=1)
# FETCH commands in flight; 1 for servers that cannot take more.
SYNC_PIPELINE_DEPTH = env.number("SYNC_PIPELINE_DEPTH", 8, least=1)
# Lets people connect without encryption to other machines than this one.
SYNC_ALLOW_PLAINTEXT = env.flag("SYNC_ALLOW_PLAINTEXT", default=False)
# Mail servers inside the own network that people may connect to.
ALLOW_PRIVATE_HOSTS = env.reach("ALLOW_PRIVATE_HOSTS")
# Mail servers, by name, whose certificate is taken unseen.
ALLOW_BAD_CERTIFICATES = {name.lower() for name in env.words("ALLOW_BAD_CERTIFICATES", "")}
# Days after which the content of deleted mail is gone for good; 0: at once, without a trash.
TRASH_DAYS = env.number("TRASH_DAYS", 30, least=0)

# --- Signing in to mailboxes at the provider (OAuth 2): offered where there is a client id

OAUTH_PROVIDERS = {
    "google": {
        "name": "Google",
        "client_id": env.text("OAUTH_GOOGLE_CLIENT_ID", ""),
        "client_secret": env.text("OAUTH_GOOGLE_CLIENT_SECRET", ""),
        "authorize_url": env.text(
            "OAUTH_GOOGLE_AUTHORIZE_URL", "https://accounts.google.com/o/oauth2/v2/auth"
        ),
        "token_url": env.text("OAUTH_GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token"),
        "scope": "https://mail.google.com/",
        "host": "imap.gmail.com",
        # Without these Google gives a permission for an hour only.
        "more": {"access_type": "offline", "prompt": "consent"},
    },
    "microsoft": {
        "name": "Microsoft",
        "client_id": env.text("OAUTH_MICROSOFT_CLIENT_ID", ""),
        "client_secret": env.text("OAUTH_MICROSOFT_CLIENT_SECRET", ""),
        "authorize_url": env.text(
            "OAUTH_MICROSOFT_AUTHORIZE_URL",
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        ),
        "token_url": env.text(
            "OAUTH_MICROSOFT_TOKEN_URL",
            "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        ),
        "scope": "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        "host": "outlook.office365.com",
    },
}

# --- What administrators watch

# Touched by workers, beat and watcher while they live; for health checks of containers.
ALIVE_FILE = env.text("ALIVE_FILE", "")
# Who may read /metrics: whoever has the token, and these networks where no proxy is between.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
METRICS_NETWORKS = env.networks("METRICS_NETWORKS")

# Whether administrators may read people's mail in the administration; each look is noted.
ADMIN_READS_MAIL = env.flag("ADMIN_READS_MAIL", default=False)

# --- Logs

LOG_FORMAT = env.choice("LOG_FORMAT", "text", ("text", "json"))
LOGGING = logs.config(LOG_FORMAT, env.text("LOG_LEVEL", "INFO"))
if SENTRY_DSN := env.text("SENTRY_DSN", ""):
    from crm_inbox import sentry

    sentry.start(SENTRY_DSN)
