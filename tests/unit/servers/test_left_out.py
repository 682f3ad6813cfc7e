"""A worker neither makes nor takes the jobs that it leaves to others."""

from procrastinate import App
from procrastinate.testing import InMemoryConnector

from limosa.servers.worker import all_queues_but


def test_jobs_that_are_left_out_are_neither_made_nor_taken() -> None:
    app = App(connector=InMemoryConnector())
    for name, queue in (("a", "default"), ("b", "other"), ("c", "left")):

        @app.periodic(cron="* * * * *")
        @app.task(name=name, queue=queue)
        def job(timestamp: int) -> None:
            """Do nothing."""

    taken = all_queues_but(["left"], app)
    assert {"default", "other"} <= set(taken)
    assert isinstance(taken, list)  # What takes a job passes it to PostgreSQL as an array.
    assert "left" not in taken
    made = {one.task.name for one in app.periodic_registry.periodic_tasks.values()}
    assert made == {"a", "b"}
