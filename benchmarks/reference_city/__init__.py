"""The city reference problem: tables of an invented coastal city, its variants, and the same problem for both sides."""
