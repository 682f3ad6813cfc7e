from limosa.domain.esims.models import Esim, EsimState


def retire_esim(*, esim: Esim) -> None:
    """Take an eSIM out of service: it is hidden from its person, and can't be renewed.

    Afterwards `deleted`. The caller holds it.
    """
    esim.state = EsimState.DELETED
    esim.save(update_fields=["state"])
