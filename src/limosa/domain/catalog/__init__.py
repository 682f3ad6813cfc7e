"""What can be bought. Owns: Supplier, Carrier, Plan, Price, CatalogImport, ExchangeRate.
Promises: an import either succeeds as a whole or changes nothing; a price is a whole number of
minor units. Callers: everyone above, through queries; the command line, through operations/."""
