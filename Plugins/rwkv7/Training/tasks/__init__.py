"""The synthetic tasks that the demo model is trained on and evaluated with, one family a file."""
