"""Lock-outs: who has tried wrong passwords waits, longer each time, and never for good."""
