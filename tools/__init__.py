"""Tools of the workshop: set-up, locks, generated pages, vendor files, news. Not part of the package."""
