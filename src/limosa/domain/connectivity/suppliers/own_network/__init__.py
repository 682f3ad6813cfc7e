"""Our own network. Owns: the profiles that it creates, and their ICCIDs. Promises: an order has one
profile, and no ICCID is issued twice. Makes no outside calls."""
