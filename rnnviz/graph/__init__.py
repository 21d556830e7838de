"""The unrolled computation graph as data."""
