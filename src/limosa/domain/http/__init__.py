"""Calls to other parties' machines over HTTP. Owns nothing. Promises: a reply is bounded in size
and time, and nothing of the environment decides about a call. Callers: the payment providers, the
suppliers, and what tells operators of downloads."""
