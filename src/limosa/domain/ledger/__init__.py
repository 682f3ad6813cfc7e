"""Double-entry journal. Owns: Account, JournalEntry, Posting. Promises: an entry's postings sum to
zero per currency and never change; no wallet is below zero. Callers: ordering, console."""
