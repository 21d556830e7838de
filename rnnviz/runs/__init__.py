"""Visitors' runs: the processes that train, and the server's end of the pipes to them."""
