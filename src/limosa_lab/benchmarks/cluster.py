"""The database of a benchmark: a cluster of its own, with fsync on."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limosa.servers.embedded_postgres import EmbeddedPostgres


@contextmanager
def measured_cluster() -> Iterator[Path]:
    """Start a cluster in a folder of its own, and set the environment to use it.

    Yields the folder, which may be used for other files.
    """
    with tempfile.TemporaryDirectory(prefix="limosa-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # As root, the server runs as another user, who must get in.
        cluster = EmbeddedPostgres(folder / "postgres", durable=True)
        try:
            os.environ |= {
                "DATABASE_URL": cluster.start(),
                "DJANGO_SETTINGS_MODULE": "limosa.config.settings",
                "LIMOSA_SECRET_KEY": "for this measurement only",
                "LIMOSA_LOG_LEVEL": "WARNING",
            }
            yield folder
        finally:
            cluster.stop()
            cluster.delete()
