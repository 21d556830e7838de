"""The page of a race: what it asks, and what it shows of up to four networks that train in step."""
