"""Who is ahead in a race: what its networks have come to, and sentences that claim no more than the numbers do."""

from rnnviz.standing.now import BETTER, Result, best, goal, standings, verdict
from rnnviz.standing.seeds import Outcome, Outcomes, Spread, over_seeds, spread, successes

__all__ = [
    "BETTER",
    "Outcome",
    "Outcomes",
    "Result",
    "Spread",
    "best",
    "goal",
    "over_seeds",
    "spread",
    "standings",
    "successes",
    "verdict",
]
