# How a job ends before all its tests have passed.


class Ended(BaseException):
    """The program cannot go on: an outcome, and what else the result says.

    No `Exception`, so that a test that expects one does not catch it; `first` is kept for one that catches everything.
    """

    first = None

    def __init__(self, outcome, **facts):
        super().__init__(outcome)
        self.outcome = outcome
        self.facts = facts
        Ended.first = Ended.first or self


class Wrong(Exception):
    """A test has failed: what it expected, and what it got."""

    def __init__(self, **facts):
        super().__init__("wrong answer")
        self.facts = facts
