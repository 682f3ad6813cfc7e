"""What machines send us: payment notifications and usage records."""
