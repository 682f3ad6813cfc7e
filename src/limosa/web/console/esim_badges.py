"""Where an eSIM stands, in a few words for its badge: what was reported of it last, and whether it
is being moved."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from limosa.domain.esims.engine.installation_life import ON_CARD
from limosa.domain.esims.models import Esim, EsimState, Move, MoveState
from limosa.domain.esims.queries import reported_states
from limosa.web.console.words import ESIM_BADGES


@dataclass(frozen=True, slots=True)
class EsimBadge:
    """`is_on`: a device has the eSIM, as far as is known."""

    text: str
    is_on: bool


def badges_of(esims: Sequence[Esim]) -> dict[int, EsimBadge]:
    """Return the badges of eSIMs, by their key. Two statements."""
    states = reported_states(esims)
    waiting = Move.objects.filter(esim__in=[esim.pk for esim in esims], state=MoveState.WAITING)
    moving = set(waiting.values_list("esim_id", flat=True))
    badges = {}
    for esim in esims:
        state = states.get(esim.pk)
        if esim.state == EsimState.DELETED:
            text, is_on = gettext("deleted"), False
        elif state is not None:
            text, is_on = str(ESIM_BADGES[state]), state in ON_CARD
        else:
            is_on = esim.state == EsimState.INSTALLED
            text = gettext("installed") if is_on else gettext("not installed yet")
        if esim.pk in moving:
            text = f"{text} · {gettext('being moved')}"
        badges[esim.pk] = EsimBadge(text, is_on)
    return badges
