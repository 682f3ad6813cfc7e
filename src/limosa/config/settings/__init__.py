"""Settings, from the environment, one module per subject.

Each variable is declared where it is read, those of a payment provider or a supplier in its own
folder. Logs, error pages, `limosa check` and docs/reference/settings.md use the declarations. An
invalid value prevents the start, with its name and what to do.
"""

from limosa.config.settings.applications import *  # noqa: F403
from limosa.config.settings.basics import *  # noqa: F403
from limosa.config.settings.caches import *  # noqa: F403
from limosa.config.settings.database import *  # noqa: F403
from limosa.config.settings.languages import *  # noqa: F403
from limosa.config.settings.logs import *  # noqa: F403
from limosa.config.settings.logs import logging_without
from limosa.config.settings.mail import *  # noqa: F403
from limosa.config.settings.moves import *  # noqa: F403
from limosa.config.settings.pages import *  # noqa: F403
from limosa.config.settings.payments import *  # noqa: F403
from limosa.config.settings.people import *  # noqa: F403
from limosa.config.settings.processes import *  # noqa: F403
from limosa.config.settings.reading import refuse_faults, secret_texts
from limosa.config.settings.smdp import *  # noqa: F403

refuse_faults()
# Last, when all that may hold a secret has been read.
SECRET_TEXTS = secret_texts()
LOGGING = logging_without(SECRET_TEXTS)
