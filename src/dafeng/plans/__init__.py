"""Plan documents as data (targets, tasks, organisations), and verdicts on targets.

Nothing in here reads a file format or knows where figures come from; ``work`` brings the document and the indicators.
"""
