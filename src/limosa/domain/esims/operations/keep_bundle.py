from datetime import datetime

from limosa.domain.esims.models import OPEN_STATES, Bundle


def keep_bundle(*, bundle: Bundle, volume_bytes: int | None, ends_at: datetime | None) -> None:
    """Have a bundle keep so much, until then: less than was bought while another one is about to
    take its place, or all of it again. One that is over is unchanged.

    `volume_bytes`: in all, with what was used; None: unlimited. The caller holds the eSIM and the
    bundle.
    Raises: IntegrityError if more was used; nothing changed.
    """
    if bundle.state not in OPEN_STATES:
        return
    bundle.volume_bytes, bundle.ends_at = volume_bytes, ends_at
    bundle.save(update_fields=["volume_bytes", "ends_at"])
