"""What somebody means who types a place, a carrier or a kind of plan. Owns: Term, PlanEntry,
IndexState; the reviewed list of other names that ships as a file (limosa/data/search). Promises:
any text gets an answer, at a bounded cost; a guess is told as one; prices are the catalogue's, the
index only orders by them. Callers: web, through queries; the worker and the command line, through
operations/."""
