"""Pure rules of what is offered first."""
