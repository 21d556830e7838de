"""The live bench."""
