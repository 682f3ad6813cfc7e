"""Migrate the database to this version.

Safe to run at every start; says if there is nothing to do. Refuses a schema that is newer.
"""

import argparse

from limosa.config.command import CommandFault, counted, set_up_django


def run(_arguments: argparse.Namespace) -> int:
    set_up_django(work="migrate")
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from limosa.config.checks.database_check import check_not_newer
    from limosa.config.checks.finding import faults_of

    if faults := faults_of(check_not_newer()):
        raise CommandFault("\n".join(faults))
    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not steps:
        print("database: nothing to change")
        return 0
    print(f"database: {counted(len(steps), 'change')} to make")
    call_command("migrate", interactive=False, verbosity=0)
    print("database: done")
    return 0
