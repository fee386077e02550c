"""Reports that leave the house as files: the workbook.

Invariant: a report holds the figures of the view document as stored, each with its unit and its address.
"""
