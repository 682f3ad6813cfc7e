"""Countries and regions, and what is known of a plan where it is used. Owns: RegionList,
NetworkSet, StatedFacts, CountyCoverage, CoverageImport; the lists that ship as files
(limosa/data/geo, mccmnc, operators).
Promises: what nobody states stays unknown; what is said of a plan holds wherever it may be bought;
an import either succeeds as a whole or changes nothing. Callers: everyone above, through queries;
the command line and the console, through operations/."""
