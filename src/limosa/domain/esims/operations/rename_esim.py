from limosa.domain.esims.models import Esim

LABEL_LENGTH_MAX = 40


def rename_esim(*, esim: Esim, label: str) -> None:
    """Set the name that a person gives an eSIM; surrounding spaces are stripped."""
    esim.label = label.strip()[:LABEL_LENGTH_MAX]
    esim.save(update_fields=["label"])
