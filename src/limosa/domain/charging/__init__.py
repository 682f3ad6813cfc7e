"""Usage. Owns: UsageRecord, UsageReading, UsageDeduction, DailyUsage, UsageWatch, CallAllowance.
Promises: a record or a reading counts once; a reading moves a bundle forward or not at all; a
bundle is never charged beyond its volume; an overrun is recorded and never billed; crossing a
threshold writes its message in the same transaction; no supplier is asked more often than it takes.
Callers: ordering, servers, through operations/."""
