"""Reads of batches and codes."""

from collections.abc import Mapping

from django.db.models import Count

from limosa.domain.redemption.code_keys import digester
from limosa.domain.redemption.engine.code_life import CodeState
from limosa.domain.redemption.engine.codes import read_code
from limosa.domain.redemption.models import Code, CodeBatch


def counts_by_state(batch: CodeBatch) -> Mapping[str, int]:
    """Return how many of a batch's codes are in each state that some are in, in its order."""
    rows = Code.objects.filter(serial__gte=batch.first_serial, serial__lte=batch.last_serial)
    counts = dict(rows.values_list("state").annotate(Count("serial")).order_by())
    return {state.value: counts[state] for state in CodeState if state in counts}


def find_code(text: str) -> Code | None:
    """Return the code with this serial, or this code. Raises as `read_code` for neither."""
    rows = Code.objects.select_related("batch", "redeemed_by").defer("batch__seed")
    digits = text.strip()
    if digits.isascii() and digits.isdecimal() and len(digits) <= 12:
        return rows.filter(serial=int(digits)).first()
    return rows.filter(digest=digester()(read_code(text))).first()


def redeemed_by(*, subscriber_id: int, most: int) -> list[Code]:
    """Return a person's latest codes, newest first."""
    rows = Code.objects.filter(redeemed_by=subscriber_id).select_related("batch")
    return list(rows.defer("batch__seed").order_by("-redeemed_at")[:most])
