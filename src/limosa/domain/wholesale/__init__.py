"""What we buy, and at what price we sell it. Owns: PriceSheet (a supplier's price list as of a
time), ListedPlan, ListChange, PricingRule, PriceEnding, PriceProposal. Promises: a sheet is stored
whole or not at all; what has not changed is not written again; no price that the rules make is
below its floor. Callers: support, the console and the command line, through operations/."""
