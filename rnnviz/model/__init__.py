"""The network: cells in layers and directions, and a read-out."""
