"""From a published figure down to the cells that people typed, and the models on the way.

The trace is sound: a cell whose change (with the identities of rows left alone) would change the figure is
in it. It is as narrow as the SQL of the models shows without running them on other data: by column, and by
the identities (organization, period, code, submission …) that a model hands on unchanged.
"""
