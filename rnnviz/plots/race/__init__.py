"""The pictures of a race: what its networks do, beside one another."""
