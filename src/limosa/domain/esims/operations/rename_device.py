from limosa.domain.esims.models import NAME_LENGTH_MAX, Device


def rename_device(*, device: Device, name: str) -> None:
    """Set the name that a person gives a device; surrounding spaces are stripped. Empty: it is
    called by its kind and number again."""
    device.name = name.strip()[:NAME_LENGTH_MAX]
    device.save(update_fields=["name"])
