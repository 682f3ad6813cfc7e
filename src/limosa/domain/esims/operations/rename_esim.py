from limosa.domain.esims.models import Esim

LABEL_LENGTH_MAX = 40


def rename_esim(*, esim: Esim, label: str) -> None:
    """Give an eSIM the name its person wants; spaces around it are dropped."""
    esim.label = label.strip()[:LABEL_LENGTH_MAX]
    esim.save(update_fields=["label"])
