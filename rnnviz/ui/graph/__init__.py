"""The unrolled graph's page."""
