"""What moves: the frames of a run, and the boards of pictures they feed."""
