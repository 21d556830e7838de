"""Training a network, step by step."""
