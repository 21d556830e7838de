"""What every page has: its frame, settings, address and run."""
