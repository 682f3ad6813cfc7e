"""Usage. Owns: UsageRecord, UsageReading, UsageDeduction, DailyUsage, UsageWatch, CallAllowance,
Reserve.
Promises: a record or a reading counts once; a reading moves a bundle forward or not at all; a
bundle is never charged beyond its volume; an overrun is recorded and never billed; crossing a
threshold writes its message in the same transaction; no supplier is asked more often than it takes;
a bundle is followed by one reserve at most, which nobody pays for.
Callers: ordering, servers, through operations/."""
