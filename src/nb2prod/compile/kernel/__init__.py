"""Compile the features of one record into plain Python: no table, no index, no array.

The features that a version serves are followed once with stand-ins in place of tables: what is done to a column is
written down as an expression of one row. Nothing here proves that the expression is right; ``nb2prod.prove.kernel``
does, and a kernel that it does not find equal never serves.
"""
