"""An Experiment as a PyTorch script of its own."""
