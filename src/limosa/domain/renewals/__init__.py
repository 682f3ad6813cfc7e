"""Who is due, and what is offered. Owns: no table. Promises: the best choice is first, and each
person is reminded once per threshold. Callers: web, the worker."""
