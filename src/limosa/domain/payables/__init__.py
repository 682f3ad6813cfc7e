"""What suppliers hold for us and charge us. Owns: SupplierAccount, BalanceReading, Statement,
ChargedLine, ChargeDifference, SupplierDeposit. Promises: a line of a statement is stored once, and
once every difference is resolved, a supplier's account in our books equals what it charged.
Callers: support, the console and the command line, through operations/."""
