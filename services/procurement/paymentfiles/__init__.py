"""Payment files: what a county pays its cooperatives in one batch, for its bank, and how old what is due has grown."""
