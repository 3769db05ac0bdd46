"""Contracts: what a submission and a feed look like, and what is generated from that."""
