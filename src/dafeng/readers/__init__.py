"""Delivered files as data: documents as paragraphs with positions, tables as rows with the cells they came from.

Nothing in here knows a plan, a method or an indicator; a file that cannot be read is refused whole.
"""
