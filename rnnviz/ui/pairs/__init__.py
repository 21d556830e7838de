"""The page of two sequences: one module for each panel."""
