"""Who is due for renewal, and what is offered. Owns: no table. Promises: the best choice comes
first; each person is reminded once per threshold. Callers: web, the worker."""
