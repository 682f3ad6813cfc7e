"""Other parties of the product, in memory, behind the ports that it talks to them through."""
