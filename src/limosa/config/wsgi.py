"""Django's pages as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from limosa.web.content_type import with_plain_type

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limosa.config.settings")
application = with_plain_type(get_wsgi_application())
