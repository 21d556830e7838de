"""The gradient lab's page."""
