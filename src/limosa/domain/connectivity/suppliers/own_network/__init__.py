"""Our own network. Owns: the profiles that it makes, and their ICCIDs. Promises: an order has one
profile, and no ICCID is given twice. Calls nobody."""
