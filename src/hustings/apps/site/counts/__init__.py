"""Counting as web pages: send ballots, choose a rule, keep the link to the result."""
