"""Models as graphs of quantities over named axes, compiled once and run for many draws without a copy per draw."""
