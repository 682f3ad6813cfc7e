"""Payment providers. Named in settings.PAYMENT_PROVIDERS, imported by nobody (checked)."""
