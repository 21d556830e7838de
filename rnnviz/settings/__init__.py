"""What is chosen: an Experiment, a View, a Link, and how a setting is declared."""
