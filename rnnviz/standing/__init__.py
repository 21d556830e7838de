"""Who is ahead in a race: what its networks have come to, and sentences that claim no more than the numbers do."""

from rnnviz.standing.margin import to_reach
from rnnviz.standing.now import BETTER, Result, best, goal, standings, verdict
from rnnviz.standing.seeds import Outcome, Outcomes, Spread, in_words, losses, over_seeds, spread, steps, successes

__all__ = [
    "BETTER",
    "Outcome",
    "Outcomes",
    "Result",
    "Spread",
    "best",
    "goal",
    "in_words",
    "losses",
    "over_seeds",
    "spread",
    "standings",
    "steps",
    "successes",
    "to_reach",
    "verdict",
]
