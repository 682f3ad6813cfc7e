"""Where suppliers tell us what became of an order: /suppliers/{supplier}/callback."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from limosa.domain.connectivity.answers import CallbackRefusedError
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.ordering.operations.receive_supplier_callback import receive_supplier_callback

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def supplier_callback(request: HttpRequest, code: str) -> HttpResponse:
    """Apply a callback, and answer in the supplier's words once all of it is committed.

    One that is genuine and can't be applied yet is answered so that it is sent again.
    """
    if code not in settings.SUPPLIER_ADAPTERS:
        return HttpResponse(status=404, content_type="text/plain")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        is_kept = receive_supplier_callback(
            supplier_code=code, headers=headers, body=request.body, now=timezone.now()
        )
    except CallbackRefusedError as refused:
        logger.warning("%s callback refused: %s", code, refused.reason)
        status, content_type, body = adapter_for(code).acknowledge(accepted=False)
        return HttpResponse(body, status=max(status, 400), content_type=content_type)
    status, content_type, body = adapter_for(code).acknowledge(accepted=is_kept)
    return HttpResponse(body, status=status if is_kept else 503, content_type=content_type)
