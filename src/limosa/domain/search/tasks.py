"""The worker's periodic job for search."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.search.operations.rebuild_index import rebuild_index


@app.periodic(cron="* * * * *")
@app.task(name="search.rebuild_index", queueing_lock="search.rebuild_index")
def follow_the_catalogue(timestamp: int) -> None:
    """Bring the index up to date if the catalogue or what is known of plans has changed."""
    rebuild_index(now=timezone.now())
