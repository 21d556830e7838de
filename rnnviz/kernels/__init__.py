"""Each cell's forward and backward pass."""
