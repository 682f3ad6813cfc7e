"""Texts of Django's own that stand on our pages, and that we word ourselves in our catalogues.

Ours come before Django's. Nothing calls this: the texts stand here to be found.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

TEXTS = (
    gettext_noop("Enter a valid email address."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        8,
    ),
)
