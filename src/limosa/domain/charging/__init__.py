"""Usage. Owns: UsageRecord, UsageDeduction, DailyUsage. Promises: a record counts once; a bundle is
never charged beyond its volume; an overrun is recorded and never billed; crossing a threshold
writes its message in the same transaction. Callers: servers, through operations/."""
