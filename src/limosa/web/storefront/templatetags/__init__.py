"""Tags and filters for storefront templates."""
