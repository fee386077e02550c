"""The city reference problem: invented tables of a coastal city, its variants, and builders of the same problem for both sides."""
