"""What can be seen of a network at one moment."""
