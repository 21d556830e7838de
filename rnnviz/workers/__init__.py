"""The processes that train, and the server's end of the pipes to them. The server's side never imports torch."""
