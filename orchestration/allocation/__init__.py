"""A state's methods of awarding §1003 money, from its `allocation.yaml` to rows that the models read."""
