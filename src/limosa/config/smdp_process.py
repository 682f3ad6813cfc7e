"""How a process of `limosa smdp` begins: Django is set up before models are imported."""

import django

django.setup()

from limosa.config.smdp_asgi import make_smdp_applications  # noqa: E402

__all__ = ["make_smdp_applications"]
