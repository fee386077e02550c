"""Ways to use a network, one module each: ``exact``, ``segments``, ``certified``, ``myopic``, ``rolling``, ``alternatives``.

``mode`` reads the word that asks for one, ``running`` runs it, ``answer`` is what all of them give.

Invariant: every mode works on any network and says how far its answer is from the optimum, or that it is the optimum.
"""
