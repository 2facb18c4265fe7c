"""The dispatcher's board: a county's runs of a day by urgency, live, and what a dispatcher does about them."""
