"""Many years of dispatch with fixed capacities: one interior-point kernel over the chain of hours, proven per year."""
