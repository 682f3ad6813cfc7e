"""Pure rules of charging: which bundle usage is deducted from."""
