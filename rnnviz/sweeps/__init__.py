"""Many networks at once: the engine that runs jobs, and the jobs."""
