from datetime import datetime

from limosa.domain.charging.models import UsageWatch


def end_doubt(*, watch_id: int, problem: str, problem_at: datetime) -> bool:
    """Take an eSIM's count off those that are in doubt, since somebody has looked at it; return
    False if it is in doubt for another reason by now, or no longer.

    It is in doubt again once its supplier says something that is not believed.
    Locks: none; one UPDATE.
    """
    seen = UsageWatch.objects.filter(pk=watch_id, problem=problem, problem_at=problem_at)
    return bool(problem) and bool(seen.update(problem="", problem_at=None))
