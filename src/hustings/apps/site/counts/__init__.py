"""Counting as web pages: send ballots, choose a counting rule, keep the link to the result."""
