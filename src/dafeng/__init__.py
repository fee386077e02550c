"""The city dual-carbon platform: the public verbs and types, nothing else.

Invariant: what stands here is the same under the same name in the command line and in the addresses of the cockpit.
"""
