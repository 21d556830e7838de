"""The page of words: one module a panel."""
