"""Articles and the claims in them: reading, cleaning, propositions, holders, time, context.

Nothing here knows a model of meaning or the network.
"""
