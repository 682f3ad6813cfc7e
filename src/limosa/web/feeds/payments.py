"""Where payment providers tell us what happened."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.payments.facts import NotificationRefusedError
from limosa.domain.payments.registry import provider_for

logger = logging.getLogger(__name__)
BODY_BYTES_MAX = 64 * 1024


@csrf_exempt
@require_POST
def payment_notify(request: HttpRequest, provider_code: str) -> HttpResponse:
    """Answer as the provider wants, once everything is committed; a refused one changes nothing."""
    if provider_code not in settings.PAYMENT_PROVIDERS:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > BODY_BYTES_MAX:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        result = receive_notification(
            provider_code=provider_code, headers=headers, body=request.body, now=timezone.now()
        )
    except NotificationRefusedError as refused:
        logger.warning("%s notification refused: %s", provider_code, refused.reason)
        return _answer(provider_code, accepted=False)
    logger.info("%s notification: %s", provider_code, result)
    return _answer(provider_code, accepted=True)


def _answer(provider_code: str, *, accepted: bool) -> HttpResponse:
    status, content_type, body = provider_for(provider_code).acknowledge(accepted=accepted)
    return HttpResponse(body, status=status, content_type=content_type)
