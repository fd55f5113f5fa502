# How a job ends before all its tests have passed.


class Ended(Exception):
    """The program cannot go on: an outcome, and what else the result says."""

    def __init__(self, outcome, **facts):
        super().__init__(outcome)
        self.outcome = outcome
        self.facts = facts


class Wrong(Exception):
    """A test has failed: what it expected, and what it got."""

    def __init__(self, **facts):
        super().__init__("wrong answer")
        self.facts = facts
