"""Suppliers. Named in settings.SUPPLIER_ADAPTERS, imported by nobody (checked)."""
