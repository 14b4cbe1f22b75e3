# One image for every process of the site; docker-compose.yml says which it runs.
FROM python:3.13.14-slim-bookworm AS site

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
WORKDIR /srv/crm-inbox
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY manage.py ./
COPY contacts contacts
COPY sync sync
COPY crm_inbox crm_inbox
COPY static static
COPY templates templates
# The file system is read-only later, so the translations are compiled now; it needs no server.
# A new volume takes the owner of the folder that it is laid over.
RUN DATA_DIR=/tmp/build DATABASE_URL=postgresql:///none REDIS_URL=redis://none:6379/0 \
      python manage.py compile_translations \
    && rm -rf /tmp/build \
    && useradd --system --uid 10001 --user-group crm-inbox \
    && install --directory --owner crm-inbox --group crm-inbox --mode 0700 /data /mail /secrets \
    && install --directory --owner crm-inbox --group crm-inbox --mode 0755 /database-secret
USER 10001
EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--host=0.0.0.0", "--port=8000", "--blocking-threads=16", "--log-level=warning", "crm_inbox.wsgi:application"]

# The demo's mail server: the same, and Debian's Dovecot.
FROM site AS mailbox
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends dovecot-imapd \
    && rm -rf /var/lib/apt/lists/*
USER 10001
CMD ["python", "-m", "crm_inbox.local.mailbox", "/mail", "--listen=0.0.0.0", "--port=1143"]
