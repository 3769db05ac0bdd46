"""A home's backup: what nothing can make again, copied so that a new home made of it publishes the same release."""
